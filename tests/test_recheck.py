"""`mytake verify` reads an edited article back, and says of each change whether it holds."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from flows.cli import main
from flows.recheck import Rechecked, recheck
from pipeline.config import Config, RenderOptions
from pipeline.errors import BrokenFolder
from pipeline.model import Interview, Receipt, Voice, Voices
from pipeline.render import render
from tests.good_articles import STYLES, Good, good_articles

pytestmark = pytest.mark.slow

CONFIG = Config.model_validate({"verify": {"support": "none"}})
CASES = [
    f"{interview} {style}"
    for interview, styles in (
        ("lighthouse", ("take", "take reworded", "report", "essay", "feature", "brief")),
        ("mill", ("take", "take reworded", "brief")),
        ("bakers", ("take", "take reworded", "report", "essay", "feature", "brief")),
    )
    for style in styles
]


@cache
def good(name: str) -> Good:
    (found,) = [one for one in good_articles() if one.name == name]
    return found


def published(folder: Path, name: str, **changes: object) -> Path:
    """The article's folder, without pictures."""
    it = good(name).interview
    spans = tuple(Voice(turn.speaker, turn.start, turn.end) for turn in it.turns.turns)
    article = good(name).article
    whole = Interview(
        it.video, None, it.transcript, Voices("offline", spans), it.turns, it.speakers, it.edited,
        it.topics, article, good(name).receipt(),
    )  # fmt: skip
    render(replace(whole, **changes), RenderOptions(html=False, timeline=False), folder=folder)  # type: ignore[arg-type]
    return folder / "article.md"


def checked(file: Path) -> Rechecked:
    return recheck(file, CONFIG, STYLES)


def edited(folder: Path, name: str, *changes: tuple[str, str]) -> Rechecked:
    file = published(folder, name)
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) >= 1, before
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")
    return checked(file)


def told(found: Rechecked) -> str:
    assert (found.receipt.status == "ready") == (not found.receipt.reasons)
    return "\n".join(found.lines())


def failed(found: Rechecked) -> set[str]:
    return {check.name for check in found.receipt.checks if not check.passed}


# --- untouched ---


@pytest.mark.parametrize("name", CASES)
def test_an_untouched_article_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    file = published(tmp_path, name)
    found = checked(file)
    assert found.article == good(name).article
    assert json.loads((tmp_path / "receipt.json").read_text())["status"] == "ready"
    assert (told(found), found.receipt) == ("", good(name).receipt())
