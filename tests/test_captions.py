from pathlib import Path

import pytest

from pipeline.config import TranscribeOptions
from pipeline.engines.hearing.captions import Captions
from pipeline.errors import UnreadableCaptions
from pipeline.model import Transcript, Voice


def read(tmp_path: Path, text: str | bytes) -> Transcript:
    file = tmp_path / "captions.vtt"  # by what is in it, not by its ending
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Captions().transcribe(file, TranscribeOptions(language="en"), lambda _: None)


def text(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words)


def vtt(*cues: str) -> str:
    """A file of cues of one second each."""
    times = (f"00:00:{n:02}.000 --> 00:00:{n + 1:02}.000" for n in range(len(cues)))
    return "WEBVTT\n\n" + "".join(
        f"{time}\n{cue}\n\n" for time, cue in zip(times, cues, strict=True)
    )


def srt(*cues: str) -> str:
    times = (f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000" for n in range(len(cues)))
    return "".join(f"{time}\n{cue}\n\n" for time, cue in zip(times, cues, strict=True))


def test_the_words_of_a_cue_share_its_time_by_their_length(tmp_path: Path) -> None:
    words = read(tmp_path, vtt("abc abc", "a abcdefgh")).words
    assert [(word.start, word.end) for word in words] == [
        (0, 0.5),
        (0.5, 1),
        (1, pytest.approx(1.182)),
        (pytest.approx(1.182), 2),
    ]
    assert {word.probability for word in words} == {None}


def test_a_cue_that_stays_on_is_no_slow_speech(tmp_path: Path) -> None:
    (word,) = read(tmp_path, "WEBVTT\n\n00:10.000 --> 00:20.000\nYes.\n").words
    assert word.start == 10
    assert word.end == 11


def test_voices_of_vtt_are_kept(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        vtt(
            "<v Ada King>Who are you?</v>",
            "<v.loud Tom &amp; Co>I am Tom.</v>\n<v Ada King>And I Ada.",
            "nobody knows who",
        ),
    )
    assert text(found) == "Who are you? I am Tom. And I Ada. nobody knows who"
    assert [voice.speaker for voice in found.voices] == ["Ada King", "Tom & Co", "Ada King"]
    assert found.voices[0] == Voice("Ada King", 0, 1)
    assert found.voices[-1].end == 2
    assert (found.source, found.engine, found.language) == ("captions", "captions", "en")


def test_style_in_the_middle_of_a_word_does_not_cut_it(tmp_path: Path) -> None:
    found = read(
        tmp_path, vtt("un<i>believ</i>able<c.loud>, </c>yes&nbsp;sir <video> <script>alert")
    )
    assert text(found) == "unbelievable, yes sir alert"


def test_two_cues_of_the_same_moment_are_read_one_after_the_other(tmp_path: Path) -> None:
    both = "00:01.000 --> 00:03.000\n<v {}>{}\n\n"
    found = read(tmp_path, "WEBVTT\n\n" + both.format("A", "One two.") + both.format("B", "Yes."))
    assert text(found) == "One two. Yes."
    assert [(voice.speaker, voice.end <= 3) for voice in found.voices] == [("A", True), ("B", True)]


def test_overlapping_cues_keep_their_order_and_run_forwards(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "WEBVTT\n\n00:01.000 --> 00:09.000\nThis sentence takes its time to be said.\n\n"
        "00:01.500 --> 00:02.000\nRight.\n\n00:08.000 --> 00:09.000\nEnd.\n",
    )
    assert text(found).endswith("said. Right. End.")
    ends = [word.end for word in found.words]
    assert all(word.start >= end for word, end in zip(found.words[1:], ends, strict=False))
    assert found.words[-1].start == 8


# As YouTube writes it, where &nbsp; on its own stands for its lines of one space.
SCROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.389 align:start position:0%
&nbsp;
no<00:00:00.480><c> no</c><00:00:00.640><c> welcome</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
no no welcome
&nbsp;

00:00:02.399 --> 00:00:04.000 align:start position:0%
no no welcome
to<00:00:02.600><c> the</c><00:00:02.900><c> [&nbsp;__&nbsp;]</c><00:00:03.100><c> show</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
to the [ __ ] show
&nbsp;

00:00:04.010 --> 00:00:05.000 align:start position:0%
to the [ __ ] show
yes
"""


def test_scrolling_captions_are_read_once_with_the_time_of_each_word(tmp_path: Path) -> None:
    words = read(tmp_path, SCROLLING).words
    assert [word.text for word in words] == ["no", "no", "welcome", "to", "the", "show", "yes"]
    assert [word.start for word in words] == [0.16, 0.48, 0.64, 2.399, 2.6, 3.1, 4.01]


def test_a_line_said_twice_is_kept_twice_where_nothing_scrolls(tmp_path: Path) -> None:
    found = read(tmp_path, srt("No.", "No.", "I said", "it is late.", "We should go.", "Now."))
    assert text(found) == "No. No. I said it is late. We should go. Now."


def test_json3_words_have_their_own_times_where_it_says_so(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """{"wireMagic": "pb3", "events": [
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
        {"tStartMs": 1000, "dDurationMs": 4000, "segs": [
            {"utf8": "hello"},
            {"utf8": " dear", "tOffsetMs": 500},
            {"utf8": " x<y>", "tOffsetMs": 900}]},
        {"tStartMs": 2500, "aAppend": 1, "segs": [{"utf8": "\\n"}]},
        {"tStartMs": 3000, "dDurationMs": 2000, "segs": [{"utf8": "people here"}]}]}""",
    )
    times = [(word.text, word.start) for word in found.words]
    assert times[:4] == [("hello", 1), ("dear", 1.5), ("x<y>", 1.9), ("people", 3)]
    assert found.words[2].end <= 3


def test_what_nobody_says_is_left_out(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        srt(
            "[upbeat\nmusic] Hello",
            "(APPLAUSE) dear (which you are) friends",
            "♪ la la la ♪ again",
            "♪ and on and on",
            "{\\an8}<font color='red'>Red &lt;b&gt; &amp; blue</font>",
            "*laughs* Fine.\u200b\u202e",
        ),
    )
    assert text(found) == "Hello dear (which you are) friends again Red <b> & blue Fine."


def test_names_before_colons_are_voices_where_two_people_are_named_again_and_again(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        srt(
            ">> ADA KING: Who are you?",
            "TOM: I am\nTom.",
            "And I stay so.",
            "ADA KING: Really?",
            "TOM (laughing): Note: yes.",
            ">> Who knows?",
        ),
    )
    assert text(found) == ("Who are you? I am Tom. And I stay so. Really? Note: yes. Who knows?")
    assert [voice.speaker for voice in found.voices] == ["Ada King", "Tom", "Ada King", "Tom"]
    assert found.voices[-1].end == 5, "after >> it is somebody else, not named"


def test_a_colon_in_a_sentence_is_no_name(tmp_path: Path) -> None:
    lines = ("Question: why?", "The answer: because.", "Question: so?", "Time 10:30 it was.")
    found = read(tmp_path, srt(*lines))
    assert text(found) == " ".join(lines)
    assert found.voices == ()


def test_marks_of_another_speaker_go(tmp_path: Path) -> None:
    assert text(read(tmp_path, srt("- Are you?\n- I am - always.", ">>> Well"))) == (
        "Are you? I am - always. Well"
    )


def test_where_another_speaker_begins_is_kept(tmp_path: Path) -> None:
    shown = ("- Are you?\n- I am - always.", ">>> Well", "so", "&gt;&gt; What?")
    transcript = read(tmp_path, srt(*shown))
    begins = [transcript.words[place].text for place in transcript.changes]
    assert begins == ["Are", "I", "Well", "What?"]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_any_line_ends_and_a_byte_order_mark_are_read(ends: str, tmp_path: Path) -> None:
    for whole in (vtt("Hello there."), srt("Hello there.")):
        told = whole.replace("\n", ends)
        assert text(read(tmp_path, "\ufeff" + told)) == "Hello there."
        assert text(read(tmp_path, told.encode("utf-16"))) == "Hello there."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "neither WebVTT, SRT nor json3"),
        (b"Just a text.", "neither WebVTT, SRT nor json3"),
        (b"WEBVTT\n\nNOTE nothing\n", "no cue"),
        (b'{"events": []}', "no cue"),
        (b'{"events": [{"segs": [{"utf8": "a"}], "tStartMs": -5}]}', "json3"),
        (b'{"hello": 1}', "json3"),
        (b"{nonsense", "json3"),
        (srt("Hello caf\u00e9").encode("latin-1"), "not UTF-8: byte 0xe9"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not UTF-8"),
    ],
)
def test_what_is_no_captions_file_is_told(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaptions, match=why):
        read(tmp_path, content)


def test_a_cue_that_ends_before_it_begins_does_no_harm(tmp_path: Path) -> None:
    found = read(tmp_path, "WEBVTT\n\n00:05.000 --> 00:01.000\nback in time\n")
    assert [word.start for word in found.words] == [5, 5, 5]
