"""The whole way, on the bundled interview: real weights, real files, real links."""

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import jiwer
import pytest
from whisper.normalizers import EnglishTextNormalizer

from flows.cli import main
from tests.runs import AUDIO, GOLDEN, INFO, SAMPLE, STAGES, Run, mytake, replaying

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def truth() -> Any:
    return json.loads((SAMPLE / "truth.json").read_text("utf-8"))


def true_words(truth: Any) -> list[tuple[str, float, float, str]]:
    return sorted(
        (
            (word["text"], word["start"], word["end"], turn["speaker"])
            for turn in truth["turns"]
            for word in turn["words"]
        ),
        key=lambda word: word[1],
    )


def test_at_most_eight_percent_of_the_words_are_wrong(sample: Run, truth: Any) -> None:
    normal = EnglishTextNormalizer()
    said = " ".join(text for text, *_ in true_words(truth))
    heard = " ".join(word["text"] for word in sample.data("transcript")["words"])
    assert jiwer.wer(normal(said), normal(heard)) <= 0.08


def test_both_people_are_counted_and_named(sample: Run) -> None:
    people = {(speaker["role"], speaker["name"]) for speaker in sample.data("speakers")}
    assert people == {("host", "Daniel Price"), ("guest", "Helen Marsh")}


def test_ninety_seven_percent_of_the_words_go_to_the_right_person(sample: Run, truth: Any) -> None:
    roles = {speaker["id"]: speaker["role"] for speaker in sample.data("speakers")}
    words = sample.data("transcript")["words"]
    true = true_words(truth)
    right = 0
    for turn in sample.data("turns"):
        first, last = turn["words"]
        for word in words[first : last + 1]:
            middle = (word["start"] + word["end"]) / 2
            nearest = min(true, key=lambda one: abs((one[1] + one[2]) / 2 - middle))
            right += nearest[3] == roles[turn["speaker"]]
    assert right / len(words) >= 0.97


def test_the_five_questions_were_asked_by_the_host(sample: Run, truth: Any) -> None:
    asked = " ".join(turn["text"] for turn in truth["turns"] if turn["speaker"] == "host")
    normal = EnglishTextNormalizer()
    questions = sample.data("article")["questions"]
    assert len(questions) == 5
    for question in questions:
        words = normal(question["text"]).split()
        heard = jiwer.process_words(normal(question["text"]), normal(asked))
        assert heard.hits >= 0.8 * len(words), question["text"]


def test_every_link_points_within_a_second_of_the_words(sample: Run, truth: Any) -> None:
    normal = EnglishTextNormalizer()
    # "There's" is "there is": of what is spelled out, the first word.
    true = [(normal(text).partition(" ")[0], start) for text, start, *_ in true_words(truth)]
    for question in sample.data("article")["questions"]:
        for statement in question["answer"]:
            first = normal(statement["text"]).partition(" ")[0]
            near = [start for text, start in true if text == first]
            assert min(abs(start - statement["start"]) for start in near) <= 1, statement


def test_the_receipt_says_ready_and_the_front_matter_says_the_same(sample: Run) -> None:
    receipt = json.loads(sample.text("receipt.json"))
    assert [check for check in receipt["checks"] if not check["passed"]] == []
    assert receipt["status"] == "ready"
    assert "status: ready" in sample.text("article.md")


def test_the_sponsor_is_not_in_the_article_but_in_the_transcript(sample: Run) -> None:
    assert "Larkfield" not in sample.text("article.md")
    assert "Larkfield" in sample.text("transcript.md")


def test_every_sentence_of_an_answer_has_its_time(sample: Run) -> None:
    statements = [
        statement
        for question in sample.data("article")["questions"]
        for statement in question["answer"]
    ]
    clocks = re.findall(r"\d+:\d\d", sample.text("article.md").split("---", 2)[2])
    assert len(clocks) >= len(statements) + 5


def test_a_second_run_does_nothing_and_asks_no_network(
    sample: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a request")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("flows.server.answers", lambda: False)
    before = {path: path.stat().st_mtime_ns for path in sample.folder.rglob("*")}
    assert mytake(sample.output) == 0
    assert {path: path.stat().st_mtime_ns for path in sample.folder.rglob("*")} == before
    err = capfd.readouterr().err
    assert err.count("kept") == len(STAGES), err


def test_a_changed_knob_redoes_only_what_depends_on_it(
    replayed: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert mytake(tmp_path / "out", "--config", str(replayed)) == 0
    for count in (1, 3, 8):
        capfd.readouterr()
        assert mytake(tmp_path / "out", "--config", str(replayed), "--questions", str(count)) == 0
        err = capfd.readouterr().err
        kept = re.findall(r"^  (\w+) +kept", err, re.M)
        assert kept == STAGES[: STAGES.index("compose")], err
        assert len(Run(tmp_path / "out").data("article")["questions"]) == count


KILLED = """
import os, signal, sys
from pipeline import store
finish = store.Work._finish
def killed(self, name, *rest):
    if name == {stage!r}:
        os.kill(os.getpid(), signal.SIGKILL)
    finish(self, name, *rest)
store.Work._finish = killed
from flows.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_killed_in_any_stage_a_rerun_repeats_only_that_stage(
    replayed: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    args = ["run", str(AUDIO), "--info", str(INFO), "--out", str(output), "--config", str(replayed)]
    for number, stage in enumerate(STAGES):
        run = subprocess.run(
            [sys.executable, "-c", KILLED.format(stage=stage), *args],
            check=False,
            capture_output=True,
            text=True,
            cwd=SAMPLE.parent.parent,
        )
        assert run.returncode == -signal.SIGKILL, run.stderr
        assert re.findall(r"^  (\w+) +kept", run.stderr, re.M) == STAGES[: max(0, number - 1)], (
            run.stderr
        )
        if stage != "publish":
            assert not list(output.glob("[!.]*")), "a half-written folder"
    assert main(args) == 0
    assert Run(output).text("article.md")


def test_the_article_reads_as_agreed(
    replayed: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Golden: from saved hearing to the article, byte for byte."""
    assert mytake(tmp_path / "out", "--config", str(replayed)) == 0
    written = Run(tmp_path / "out").text("article.md")
    if request.config.getoption("update_golden"):
        (GOLDEN / "article.md").write_text(written, "utf-8")
    assert written == (GOLDEN / "article.md").read_text("utf-8")


# --- the other styles, beside it ---

STYLES = ("brief", "essay", "feature", "report")


@pytest.fixture(scope="module")
def in_all_styles(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The golden hearing in every style, the last two added by a second run."""
    folder = tmp_path_factory.mktemp("styles")
    args = ("--config", str(replaying(folder)))
    assert mytake(folder / "out", *args, "--style", "brief", "--style", "essay") == 0
    assert mytake(folder / "out", *args, "--style", "report", "--style", "feature") == 0
    return Run(folder / "out")


@pytest.mark.parametrize("style", STYLES)
def test_each_style_reads_as_agreed(
    in_all_styles: Run, style: str, request: pytest.FixtureRequest
) -> None:
    """Golden, byte for byte."""
    golden = GOLDEN / f"article-{style}.md"
    written = in_all_styles.text(f"article-{style}.md")
    if request.config.getoption("update_golden"):
        golden.write_text(written, "utf-8")
    assert written == golden.read_text("utf-8")


def test_the_main_article_is_the_same_with_others_beside_it(in_all_styles: Run) -> None:
    assert in_all_styles.text("article.md") == (GOLDEN / "article.md").read_text("utf-8")


@pytest.mark.parametrize("style", STYLES)
def test_each_style_has_its_own_files_and_a_receipt_that_is_ready(
    in_all_styles: Run, style: str
) -> None:
    assert in_all_styles.data(f"article-{style}")["style"] == style
    assert json.loads(in_all_styles.text(f"receipt-{style}.json"))["status"] == "ready"
    assert "Helen Marsh" in in_all_styles.text(f"article-{style}.html")


def test_a_style_that_was_written_stays_and_is_not_written_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ("--config", str(replaying(tmp_path)))
    assert mytake(tmp_path / "out", *args, "--style", "brief") == 0
    said = capfd.readouterr()
    assert said.out.strip().endswith("/article-brief.md")
    assert mytake(tmp_path / "out", *args) == 0
    said = capfd.readouterr()
    assert said.out.strip().endswith("/article.md")
    assert "compose-brief kept" in said.err
    assert Run(tmp_path / "out").text("article-brief.md")
    (Run(tmp_path / "out").folder / "article-brief.md").unlink()
    assert mytake(tmp_path / "out", *args) == 0
    assert Run(tmp_path / "out").text("article-brief.md")
    assert mytake(tmp_path / "out", *args, "--questions", "3") == 0
    assert Run(tmp_path / "out").data("article-brief")["style"] == "brief"
