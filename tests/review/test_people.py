"""Who is who, and how names are spelled: told on the page, then written again by a real run."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from flows import review as served
from flows.cli import main
from pipeline import config as knobs
from pipeline.engines.people import spellings
from pipeline.model import Glossary, Term
from tests import lighthouse as vik
from tests.review.reviewer import Browser, data

CONFIG = Path(__file__).parent.parent.parent / "config" / "mytake.toml"


def captions(path: Path, last: str = "Tomás Lind") -> Path:
    """The lighthouse keeper's interview as captions that say who speaks; `last`: at the end."""
    names = {vik.HOST: "Ruth Okafor", vik.GUEST: "Tomás Lind"}
    cues = ["WEBVTT"]
    final = [turn for turn in vik.TURNS.turns if turn.speaker == vik.GUEST][-1]
    for turn in vik.TURNS.turns:
        times = " --> ".join(f"00:{int(t // 60):02}:{t % 60:06.3f}" for t in (turn.start, turn.end))
        cues.append(f"{times}\n<v {last if turn is final else names[turn.speaker]}>{turn.text}")
    path.write_text("\n\n".join(cues) + "\n", encoding="utf-8")
    return path


class Reviewer(Browser):
    """A browser on the page as `mytake review` serves it."""

    def __init__(self, output: Path) -> None:
        super().__init__(output)
        page = served.page(output, knobs.load(CONFIG), CONFIG, "127.0.0.1")
        self.client = TestClient(page, base_url="http://127.0.0.1:8321")

    def tell(self, folder: Path, what: str, **fields: str) -> Any:
        path = f"/drafts/{folder.name}"
        answer = self.post(f"{path}/{what}", stamp=self.stamp(folder), **fields)
        until = time.monotonic() + 120
        while "Writing it again" in answer.text and time.monotonic() < until:
            time.sleep(0.2)
            answer = self.get(f"{path}/job")
        return answer


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("people") / "output"
    file = captions(output.parent / "vik.vtt")
    assert main(["run", str(file), "--out", str(output), "--questions", "3"]) == 0
    (folder,) = (path for path in output.iterdir() if not path.name.startswith("."))
    return folder


def test_a_speaker_is_renamed_and_only_later_steps_are_done_again(written: Path) -> None:
    """In one run: what is mended stays, what is told stays told, names are spelled anew."""
    page = Reviewer(written.parent)
    before = data(written, "data/article.json")
    assert "Tomás Lind" in before["opener"] and len(before["questions"]) == 3
    page.mend(written, "reword", "title", text="My own title about Vik")

    answer = page.tell(written, "people", **{"name-S2": "Thomas Lind", "role-S2": "guest"})
    assert answer.headers.get("hx-refresh") == "true", answer.text
    told = data(written, "data/article.json")
    assert "Thomas Lind" in told["opener"] and told["title"] == "My own title about Vik"
    assert len(told["questions"]) == 3, "with the knobs of the first run"
    assert data(written, "review.json")["names"] == {"S2": "guest: Thomas Lind"}
    assert not list(written.rglob("*.new.*"))

    answer = page.tell(written, "spelling", heard="Vik", right="Wick")
    assert answer.headers.get("hx-refresh") == "true", answer.text
    for name in ("article.md", "transcript.md", "article.html"):
        # What was heard is told at the transcript's end.
        text = (written / name).read_text("utf-8").split("## Spelling that was corrected")[0]
        assert "Wick" in text and "at Vik" not in text, name
    assert data(written, "data/article.json")["title"] == "My own title about Wick"
    assert "Thomas Lind" in data(written, "data/article.json")["opener"]
    assert not next(c for c in data(written, "receipt.json")["checks"] if c["name"] == "quotes")[
        "found"
    ]

    file = written.parent.parent / "vik.vtt"
    assert main(["run", str(file), "--out", str(written.parent), "--questions", "3"]) == 0
    assert data(written, "data/speakers.json")[1]["name"] == "Thomas Lind", "in every later run"
    assert not list(written.rglob("*.new.*"))


def test_a_voice_that_was_named_may_turn_out_to_be_another_ones(tmp_path: Path) -> None:
    output, file = tmp_path / "output", captions(tmp_path / "vik.vtt", last="The keeper")
    assert main(["run", str(file), "--out", str(output), "--questions", "3"]) == 0
    (folder,) = (path for path in output.iterdir() if not path.name.startswith("."))
    page = Reviewer(output)
    answer = page.tell(folder, "people", **{"name-S3": "Tom Lind", "role-S3": "guest"})
    assert answer.headers.get("hx-refresh") == "true", answer.text
    answer = page.tell(folder, "people", **{"same-S3": "S2"})
    assert answer.headers.get("hx-refresh") == "true", answer.text
    assert [one["name"] for one in data(folder, "data/speakers.json")] == [
        "Ruth Okafor",
        "Tomás Lind",
    ]


def test_what_cannot_be_told_is_refused(written: Path) -> None:
    page = Reviewer(written.parent)
    for fields in (
        {"name-S1": "9", "role-S1": "host"},
        {"name-S1": "x" * 200, "role-S1": "host"},
        {"name-S1": "Ruth", "role-S1": "king"},
        {"same-S1": "S9"},
        {"same-S1": "S2", "same-S2": "S1"},
    ):
        assert page.tell(written, "people", **fields).status_code == 422, fields
    for heard, right in (("", "x"), ("Vik", "Vik"), ("one two three four five", "six")):
        assert page.tell(written, "spelling", heard=heard, right=right).status_code == 422


def test_a_draft_whose_working_files_are_gone_says_so(tmp_path: Path) -> None:
    from tests import drafts

    (tmp_path / "output").mkdir()
    folder = drafts.put(tmp_path / "output")
    answer = Reviewer(folder.parent).tell(folder, "people", **{"name-S2": "X", "role-S2": "guest"})
    assert "could not be written again" in answer.text and "run mytake on the recording" in (
        answer.text
    )


def test_names_are_kept_for_their_channel_alone(tmp_path: Path) -> None:
    spellings.keep(vik.VIDEO, "Vick", "Vik", tmp_path)
    spellings.keep(vik.VIDEO, "Vik", "Wick", tmp_path)
    assert spellings.known(vik.VIDEO, tmp_path) == {"Vick": "Wick", "Vik": "Wick"}
    other = replace(vik.VIDEO, channel="Another", channel_url="https://example.org/another")
    assert spellings.known(other, tmp_path) == {}
    spellings.keep(vik.VIDEO, "Wick", "Vik", tmp_path)
    assert spellings.known(vik.VIDEO, tmp_path) == {"Vick": "Vik", "Wick": "Vik"}
    learnt = spellings.taught(
        Glossary((Term("Vik", "title"),), "Vik"), {"Vick": "Vik", "W": "Wick"}
    )
    assert [term.text for term in learnt.terms] == ["Vik", "Wick"] and learnt.prompt == "Vik"
