"""What the benchmark counts, held to examples worked by hand. No model."""

import sys
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import hearing, made, measure, recordings, report, score, tables
from benchmarks.measure import Run
from benchmarks.recordings import Known
from benchmarks.score import Rate
from pipeline.engines.audio.wav import Wav
from pipeline.model import Speaker, Video, Voice, Word


def test_word_errors_are_counted_after_whispers_own_normalizer() -> None:
    # "Mr." is mister, "twenty" is 20, "um" is nothing: one word changed, one left out, one invented
    reference = "Mr. Price, um, paid twenty dollars for the old mill"
    heard = "Mister Price paid $20 for an mill today"
    assert score.wer(reference, heard) == Rate(3, 8)
    assert score.wer("", "you you") == Rate(2, 0)
    assert score.wer("A mill.", "") == Rate(2, 2)


SAID = (("Ann", "What is it?"), ("Ben", "It is a mill, and"), ("Ben", "it runs."), ("Ann", "Oh."))


def test_a_word_in_the_wrong_mouth_counts_twice() -> None:
    # The last word of Ann's question went to Ben: one is missing with her, one too many with him.
    heard = (("S1", "What is"), ("S2", "it? It is a mill, and it runs."), ("S1", "Oh."))
    assert score.cp_wer(SAID, heard) == Rate(2, 11)
    assert score.wer(*(" ".join(text for _, text in said) for said in (SAID, heard))).wrong == 0


def test_a_person_split_in_two_and_two_made_one_are_all_wrong_words() -> None:
    split = (("S1", "What is it?"), ("S2", "It is a mill, and"), ("S3", "it runs."), ("S1", "Oh."))
    assert score.cp_wer(SAID, split) == Rate(4, 11)  # "it runs" is missing, and invented by S3
    one = (("S1", "What is it? It is a mill, and it runs. Oh."),)
    assert score.cp_wer(SAID, one) == Rate(8, 11)  # 4 of Ann's invented by Ben, and missing
    assert score.cp_wer(SAID, ()) == Rate(11, 11)
    assert score.cp_wer((), ()) == Rate(0, 0)


def test_only_words_that_were_heard_right_tell_whose_they_are() -> None:
    # "mill" was misheard; of the ten others "it" of the question is with the wrong person
    heard = (("S1", "What is"), ("S2", "it? It is a mule, and it runs."), ("S1", "Oh."))
    assert score.word_speakers(SAID, heard) == Rate(1, 10)
    assert score.word_speakers(SAID, ()) == Rate(0, 0)


def test_a_third_label_is_nobody() -> None:
    heard = (("S1", "What is it?"), ("S2", "It is a mill, and"), ("S3", "it runs. Oh."))
    assert score.word_speakers(SAID, heard) == Rate(3, 11)


def test_who_has_no_voice_of_their_own_has_no_role() -> None:
    heard = (("S1", "What is it?"), ("S2", "It is a mill, and it runs. Oh."))
    people = (Speaker("S1", None, "host", 2), Speaker("S2", None, "other", 5))
    truth = {"Ann": "host", "Ben": "guest", "Cal": "other"}
    assert score.roles(SAID, heard, truth, people) == Rate(2, 3)
    assert score.roles(SAID, heard, {}, people) == Rate(0, 0)


def test_words_go_by_the_clock_too() -> None:
    words = [Word("a", 0, 1), Word("b", 1, 2), Word("c", 2, 3), Word("d", 3, 4)]
    reference = (Voice("Ann", 0, 2), Voice("Ben", 2, 4), Voice("Ann", 3, 4))
    assert score.misplaced(words, ["S1", "S2", "S2", "S1"], reference) == Rate(1, 4)
    assert score.misplaced(words, ["S1", "S1", "S2", "S2"], reference) == Rate(0, 4)


# Ann speaks for 10 s, then Ben for 10; Ben talks into her last 2 s.
TRUE = (Voice("Ann", 0, 10), Voice("Ben", 8, 20))
# Heard: the change at 11, no overlap, and a voice where nobody speaks.
HEARD = (Voice("S1", 0, 11), Voice("S2", 11, 20), Voice("S2", 21, 22))


def test_diarization_errors_by_hand() -> None:
    found = score.der(TRUE, HEARD)
    # Not scored: 0.25 s around 0, 8, 10, 20: of 22 s of speech 19.75 + 0.25 (the start) are left
    # to Ann 0.25-7.75 and 8.25-9.75, to Ben 8.25-9.75 and 10.25-19.75.
    speech = 7.5 + 1.5 + 1.5 + 9.5
    assert found.missed == pytest.approx(1.5 / speech, abs=0.002)
    assert found.confused == pytest.approx(0.75 / speech, abs=0.002)  # 10.25-11
    assert found.false == pytest.approx(1 / speech, abs=0.002)


@pytest.fixture
def pyannote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(sys.prefix) / "bench"))
    pytest.importorskip("pyannote.metrics", reason="not there before make bench-hearing")


def test_our_rates_and_pyannotes_are_the_same(pyannote: None) -> None:
    theirs, ours = score.diarization(TRUE, HEARD, 22), score.der(TRUE, HEARD)
    assert parts(theirs.collared) == pytest.approx(parts(ours), abs=0.002)
    assert parts(theirs.plain) == pytest.approx([2 / 22, 1 / 22, 1 / 22])
    # Ann: 10 of the 11 s that she or S1 has; Ben: 9 of 13
    assert theirs.jer == pytest.approx(1 - (10 / 11 + 9 / 13) / 2)
    assert (theirs.found, theirs.there) == (2, 2)


def parts(rate: score.Der) -> Sequence[float]:
    return [rate.missed, rate.false, rate.confused]


# --- what is printed ---


def run(contender: str, recording: str, text: str, call: str = "a") -> Run:
    answer = {"text": text}
    return Run(call, contender, recording, 20.0, 1, "", 2.0, 0.5, 3.0, 4e8, "", answer=answer)


KNOWN = {
    name: Known(name, Path("unread.wav"), Video(name, None, name), (("", text),))
    for name, text in (("one", "What is it?"), ("two", "It is a mill, and it runs."))
}


def test_a_table_of_words_pools_what_all_have_heard() -> None:
    runs = [
        run("mytake", "one", "What is it?"),
        run("mytake", "two", "It is a mill and it ran."),
        run("mytake", "three", "Nobody else heard this."),
        run("faster-whisper", "one", "What?"),
        replace(run("faster-whisper", "two", "It is a mill, and it runs."), cpu=6.0),
    ]
    lines = tables.words(runs, KNOWN)
    assert lines[2] == "| mytake | 10.0 | 1 of 10 | 0.100 | 0.150 | 0.5 | 400 | 1.0 |"
    assert lines[3] == "| faster-whisper | 20.0 | 2 of 10 | 0.200 | 0.150 | 0.5 | 400 | 2.0 |"
    assert "| two | 14.3 | 0.0 |" in lines
    assert "On 40 s: one, two." in lines


def test_what_was_measured_in_two_calls_is_not_compared() -> None:
    runs = [run("mytake", "one", "What?"), run("whisper.cpp", "one", "What?", call="b")]
    with pytest.raises(report.MixedCalls, match="not measured in one call, but in a and b"):
        tables.words(runs, KNOWN)
    with pytest.raises(report.MixedCalls):  # not even side by side
        tables.parts(runs, KNOWN, hearing.PARTS)


def test_a_part_that_was_not_asked_for_replaces_no_table() -> None:
    runs = [run("mytake", "one", "What is it?")]  # heard to tell who said it
    assert "words" in tables.parts(runs, KNOWN, hearing.PARTS)
    assert tables.parts(runs, KNOWN, {"voices", "who"}) == {}


def test_who_failed_is_told_with_the_reason_and_compared_with_nobody() -> None:
    failed = replace(run("whisper.cpp", "one", ""), failed="out of | memory", answer={})
    lines = tables.words([run("mytake", "one", "What is it?"), failed], KNOWN)
    assert "| whisper.cpp (failed: out of / memory) | — | — | — | — | — | — | — |" in lines
    absent = replace(failed, failed=measure.ABSENT)
    ours = [run("mytake", "one", "What is it?"), run("mytake", "two", "It is.")]
    lines = tables.words([*ours, absent], KNOWN)
    assert "To install it: `make bench-hearing`." in lines[-1]
    assert "On 40 s: one, two." in lines, "who never heard the second one does not take it away"


def test_only_the_measured_parts_of_the_page_are_written_anew() -> None:
    page = "# A\n\n<!-- hearing: words -->\nold\n<!-- /hearing: words -->\n\n## B\n"
    new = report.put_into(page, {"words": r"a \1 table"})
    assert new == page.replace("old", r"a \1 table")
    assert report.put_into(new, {}) == new
    assert report.put_into("# A\n", {"long": "x"}).endswith("<!-- /hearing: long -->\n")


# --- what it is measured on, and with ---


def test_a_recording_begins_again_later_with_its_voices(tmp_path: Path) -> None:
    sound = made.write("noise", 2, tmp_path / "short.wav")
    known = Known("short", sound, Video("short", None, "short"), voices=(Voice("A", 0.5, 1.0),))
    first, second = recordings.starts(known, 2, tmp_path)
    assert first is known
    assert (second.name, second.voices) == ("short+0.6s", (Voice("A", 1.1, 1.6),))
    with wave.open(str(second.sound)) as later:
        assert later.getnframes() == round(2.6 * 16_000)
        assert not any(later.readframes(round(0.6 * 16_000)))


def test_without_evaluation_data_there_is_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recordings, "DATA", tmp_path / "nothing")
    found = recordings.recordings(tmp_path)
    assert "skipped: no evaluation data" in capsys.readouterr().err
    assert list(found) == ["sample", "opening"]
    opening, sample = found["opening"], found["sample"]
    assert sample.text.startswith(opening.text) and opening.text.endswith(".")
    with Wav(opening.sound) as wav:
        assert 30 < wav.duration <= recordings.OPENING
        assert wav.duration > max(voice.end for voice in opening.voices)
    assert set(sample.roles.values()) == {"host", "guest"}


def test_a_name_that_no_recording_has_is_told_with_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recordings, "DATA", tmp_path / "nothing")
    with pytest.raises(SystemExit) as ended:
        hearing.main(["simple", "--only", "words"])
    assert ended.value.code == 2
    assert "called like 'simple'; there are: sample, opening" in capsys.readouterr().err


def test_hours_are_made_of_pieces_and_always_the_same(tmp_path: Path) -> None:
    pieces = [
        made.write("noise", 30, tmp_path / "a.wav"),
        made.write("music", 9, tmp_path / "b.wav"),
    ]
    first = made.long(pieces, 0.03, tmp_path / "1.wav")
    with Wav(first) as wav:
        assert wav.duration == 108
    assert first.read_bytes() == made.long(pieces, 0.03, tmp_path / "2.wav").read_bytes()
    assert first.read_bytes() != made.long(pieces[:1], 0.03, tmp_path / "3.wav").read_bytes()


def test_a_process_answers_for_its_own_seconds_and_bytes(tmp_path: Path) -> None:
    held = bytearray(200_000_000)  # wait4 would say that the child had held these
    code = (
        "import time; from benchmarks.contender import _peak\n"
        "while time.process_time() < 0.5: pass\n"
        "print(_peak())"
    )
    log = tmp_path / "log"
    command = [sys.executable, "-c", code]
    failed, cpu = measure._wait(command, log, measure._environment("mytake", 1))
    assert failed == "" and 0.5 <= cpu < 5
    assert int(log.read_text()) < 100_000_000 < len(held)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ValueError('no such thing')", "ValueError: no such thing"),
        ("import no_such_library", measure.ABSENT),
        ("raise SystemExit(3)", "it ended with exit code 3"),
    ],
)
def test_why_a_contender_failed_is_kept(tmp_path: Path, code: str, told: str) -> None:
    failed, _ = measure._wait([sys.executable, "-c", code], tmp_path / "log", {})
    assert failed == told
    assert measure._wait(["/no/such/python"], tmp_path / "log", {})[0] == measure.ABSENT
