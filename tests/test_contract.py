"""docs/contract.md and docs/schema say what the files hold, and the files hold it."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from pipeline.config import PublishOptions, RenderOptions
from pipeline.publish import publish
from pipeline.render import DATA, render
from tests.small_interview import INTERVIEW, VIDEO

DOCS = Path(__file__).parent.parent / "docs"
CONTRACT = (DOCS / "contract.md").read_text(encoding="utf-8")
FILES = [*DATA, "data/published.json"]


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_schemas", DOCS / "schema" / "make_schemas.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DOCS / "schema" / Path(name).name).read_text())
    return loaded


def fields(part: object) -> set[str]:
    """Every field named anywhere in a schema."""
    if isinstance(part, list):
        return {field for item in part for field in fields(item)}
    if not isinstance(part, dict):
        return set()
    own = set(part["properties"]) if isinstance(part.get("properties"), dict) else set()
    return own | {field for item in part.values() for field in fields(item)}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = render(INTERVIEW, RenderOptions(), folder=tmp_path_factory.mktemp("pages"))
    output = tmp_path_factory.mktemp("output")
    return publish(VIDEO, pages, PublishOptions(), str(output)).folder


def test_the_schemas_are_those_of_the_nouns() -> None:
    made = dict(maker().schemas())
    assert {path.name for path in made} == {path.name for path in DOCS.glob("schema/*.json")}
    for path, text in made.items():
        assert path.read_text() == text, f"run python docs/schema/make_schemas.py: {path.name}"


@pytest.mark.parametrize("name", FILES)
def test_a_published_file_keeps_to_its_schema(published: Path, name: str) -> None:
    told = schema(name)
    validator = jsonschema.Draft202012Validator(told)
    validator.check_schema(told)
    validator.validate(json.loads((published / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", FILES)
def test_a_schema_refuses_a_renamed_field(published: Path, name: str) -> None:
    value = json.loads((published / name).read_text(encoding="utf-8"))
    thing = value[0] if isinstance(value, list) else value
    required = schema(name).get("required") or schema(name)["$defs"]
    thing["renamed"] = thing.pop(next(field for field in thing if field in str(required)))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema(name))


@pytest.mark.parametrize("name", FILES)
def test_the_contract_names_every_field(name: str) -> None:
    title = name.removeprefix("data/")
    section = re.split(r"\n#+ ", CONTRACT.split(f"# {title}\n", 1)[1])[0]
    section += CONTRACT if name == "data/transcript.json" else ""  # voices: a file of its own
    missing = {field for field in fields(schema(name)) if f"`{field}`" not in section}
    assert not missing


def test_the_contract_names_every_file_there_is(published: Path) -> None:
    files = {path.relative_to(published).as_posix() for path in published.rglob("*.*")}
    assert {name for name in files if Path(name).name not in CONTRACT} == set()


def test_the_contract_names_every_field_of_the_front_matter(published: Path) -> None:
    front = (published / "article.md").read_text(encoding="utf-8").split("---\n")[1]
    names = set(re.findall(r"^\s*-? ?(\w+):", front, re.MULTILINE))
    assert len(names) > 15
    assert {name for name in names if f"`{name}`" not in CONTRACT} == set()
