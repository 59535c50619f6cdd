"""The house stands as drawn: who may import whom, and each outside library has one door."""

import ast
import re
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINES = ROOT / "pipeline" / "engines"
FLOOR = {"model", "errors", "config", "store", "speech", "history"}  # what every stage may stand on

# library -> the only file that may import it
DOORS = {
    "yt_dlp": "pipeline/engines/sites/ytdlp.py",
    "faster_whisper": "pipeline/engines/hearing/faster_whisper.py",
    "whisper": "pipeline/engines/hearing/openai_whisper.py",
    "markdown": "pipeline/engines/pages/page.py",
    "nh3": "pipeline/engines/pages/page.py",
    "docx": "pipeline/engines/pages/export_docx.py",
    "ffmpeg": "pipeline/engines/audio/ffmpeg.py",
    "deno": "pipeline/engines/sites/ytdlp.py",
    "pydub": "pipeline/engines/audio/sound.py",
    "onnxruntime": "pipeline/engines/networks/__init__.py",
    "kaldi_native_fbank": "pipeline/engines/voices/campplus.py",
    "pyannote": "pipeline/engines/voices/pyannote_voices.py",
    "spellchecker": "pipeline/engines/words/word_list.py",
    "HanTa": "pipeline/engines/words/word_classes.py",
    "pydantic_ai": "pipeline/engines/language_models/llm.py",
    "tomlkit": "pipeline/engines/channel_file.py",
    "cronsim": "pipeline/channels.py",
    "fsspec": "flows/mirror.py",
    "apprise": "pipeline/engines/notices.py",
    "openai": "pipeline/engines/language_models/llm.py",
    "anthropic": "pipeline/engines/language_models/llm.py",
    "google": "pipeline/engines/language_models/llm.py",
    "genai_prices": "pipeline/engines/language_models/llm.py",
    "httpx2": "pipeline/engines/language_models/llm.py",
}
# what the parts of an engine may stand on, beside what lies in engines/ itself: what checks an
# article knows nothing of what writes it
FOLDERS: dict[str, set[str]] = {
    "networks": set(),
    "audio": set(),
    "words": set(),
    "pages": set(),
    "sites": {"audio"},
    "voices": {"audio", "networks"},
    "hearing": {"audio", "words"},
    "people": {"words"},
    "filler": {"words"},
    "topics": {"words", "networks"},
    "writing": {"words"},
    "checking": {"words"},
    "language_models": {"words", "writing", "checking"},
}
# library -> the extra that brings it; `pip install mytake` alone does not
EXTRAS = {
    "pyannote": "pyannote",
    "pydantic_ai": "llm",
    "openai": "llm",
    "anthropic": "llm-anthropic",
    "google": "llm-google",
    "httpx2": "llm",  # what openai, anthropic and pydantic-ai speak with
    "genai_prices": "llm",  # comes with pydantic-ai
}
GIVEN_BY = dict.fromkeys(list(EXTRAS)[1:], "pydantic-ai-slim")


def files() -> list[Path]:
    folders = ("pipeline/**", "flows/**", "review")
    return sorted(file for folder in folders for file in ROOT.glob(f"{folder}/*.py"))


@cache
def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def stages() -> set[str]:
    return {file.stem for file in ROOT.glob("pipeline/*.py")} - FLOOR - {"__init__"}


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_follow_the_arrows(file: Path) -> None:
    names = imports(file)
    if "pipeline" in file.parts:
        assert not {name for name in names if name.split(".")[0] in ("flows", "prefect", "review")}
        assert "os.environ" not in file.read_text(encoding="utf-8"), "only flows reads it"
    if file.parent.name == "review":
        assert not {name for name in names if name.split(".")[0] in ("flows", "prefect", "uvicorn")}
    if file.parent.name == "pipeline":
        others = {f"pipeline.{stage}" for stage in stages()} - {f"pipeline.{file.stem}"}
        assert not names & others, "stages do not know each other"
    if file.parent.name == "pipeline" and file.stem in FLOOR:
        assert not {name for name in names if name.startswith("pipeline.engines")}
    if file.parent.name != "commands" and file.stem != "cli":
        assert not {name for name in names if name.startswith("flows.commands")}
    if "engines" in file.parts:
        assert not names & {f"pipeline.{stage}" for stage in stages()}


def test_no_files_import_each_other_in_a_circle() -> None:
    named = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files()}
    TopologicalSorter({name: imports(file) & set(named) for name, file in named.items()}).prepare()


def test_the_folders_of_engines_know_only_what_they_stand_on() -> None:
    used = {}
    for folder in FOLDERS:
        names = set[str]().union(*map(imports, (ENGINES / folder).glob("*.py")))
        used[folder] = {
            name.split(".")[2] for name in names if name.startswith("pipeline.engines.")
        }
    assert {folder: found & set(FOLDERS) - {folder} for folder, found in used.items()} == FOLDERS
    assert {file.parent.name for file in ENGINES.glob("*/*.py")} == set(FOLDERS)


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    doors = [
        str(file.relative_to(ROOT))
        for file in files()
        if library in {name.split(".")[0] for name in imports(file)}
    ]
    assert doors == [DOORS[library]]


def test_every_library_that_is_imported_is_asked_for() -> None:
    """What happens to be installed on one machine is not there on the next."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {name(line) for line in project["dependencies"]}
    locked = {name(line) for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()}
    givers = packages_distributions()
    used = {
        library: {name(giver) for giver in givers.get(library, [])}
        for file in files()
        if file.parent.name != "networks"  # needed once, by whoever makes the networks again
        for library in {module.split(".")[0] for module in imports(file)}
        if library not in {*sys.stdlib_module_names, *EXTRAS, "pipeline", "flows", "review"}
    }
    assert {library for library, given in used.items() if not given & asked} == set()
    assert asked - {"audioop-lts"} <= locked


@pytest.mark.parametrize(("library", "extra"), EXTRAS.items())
def test_a_library_of_an_extra_is_asked_for_by_it_and_imported_only_in_use(
    library: str, extra: str
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["optional-dependencies"][extra]
    giver = GIVEN_BY.get(library, library)
    assert [line for line in asked if line.startswith(giver) and "<" in line], "with a bound"
    assert not {name(line) for line in asked} & {name(line) for line in project["dependencies"]}
    at_the_top = {
        module.split(".")[0]
        for node in ast.parse((ROOT / DOORS[library]).read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        + [part.name for part in node.names]
    }
    assert library not in at_the_top


def name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def test_every_stage_has_its_test() -> None:
    tested = {file.stem.removeprefix("test_") for file in (ROOT / "tests").glob("test_*.py")}
    assert stages() <= tested
