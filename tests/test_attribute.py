"""Who said it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.score import labels, wrong_words
from pipeline.attribute import attribute
from pipeline.config import AttributeOptions, DiarizeOptions
from pipeline.diarize import diarize
from pipeline.engines import base
from pipeline.model import Audio, Transcript, Turns, Voice, Voices, Word
from tests.hearing import sample_audio, sample_turns, sample_words

OPTIONS = AttributeOptions()
VOICES = Path(__file__).parent / "golden" / "tide-mill" / "voices.json"  # as they were heard
AUDIO = Audio(Path("unread.wav"), None, 60.0, "")


class Ears:
    """Voiceprints of a made-up recording: the host up to second 4, the guest up to 12, the host

    again; the guest agrees at 16.
    """

    SPANS = ((0, 0, 4), (1, 4, 12), (0, 12, 15.9), (1, 15.9, 16.5), (0, 16.5, 30))

    def embed(self, audio: Path, spans: Sequence[tuple[float, float]]) -> NDArray[np.float32]:
        points = np.zeros((len(spans), 2), np.float32)
        for row, (start, end) in enumerate(spans):
            for who, a, b in self.SPANS:
                points[row, who] += max(0.0, min(b, end) - max(a, start))
        return points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)


def spoken(*parts: tuple[float, str]) -> Transcript:
    """Words of 0.4 s every half second, each part from its own second on."""
    words = [
        Word(text, start + at / 2, start + at / 2 + 0.4)
        for start, part in parts
        for at, text in enumerate(part.split())
    ]
    return Transcript("en", "whisper", "faster-whisper", "base", tuple(words))


def heard(*spans: tuple[str, float, float], engine: str = "offline") -> Voices:
    return Voices(engine, tuple(Voice(*span) for span in spans))


def read(turns: Turns) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in turns.turns]


def test_every_word_is_in_exactly_one_turn() -> None:
    transcript = spoken(
        (0, "What is it?"), (3, "A mill. It runs."), (7, "On what?"), (9, "The moon.")
    )
    voices = heard(("S1", 0, 2), ("S2", 3, 6), ("S1", 7, 8.5), ("S2", 9, 10), engine="captions")
    turns = attribute(transcript, voices, None, OPTIONS)
    assert [turn.id for turn in turns.turns] == ["t1", "t2", "t3", "t4"]
    assert [n for t in turns.turns for n in range(t.words[0], t.words[1] + 1)] == list(range(11))
    assert read(turns)[1] == ("S2", "A mill. It runs.")
    assert turns.doubtful == ()


def test_a_word_between_voices_goes_to_the_nearest() -> None:
    transcript = spoken((0, "Yes."), (2, "No."), (4, "So."))
    voices = heard(("S1", 0, 1), ("S2", 3, 5), engine="captions")
    assert read(attribute(transcript, voices, None, OPTIONS)) == [("S1", "Yes."), ("S2", "No. So.")]


def test_what_the_voices_are_called_and_whether_they_are_proven_goes_on() -> None:
    voices = Voices("captions", (Voice("S1", 0, 9),), proven=False, called=(("S1", "Ada"),))
    turns = attribute(spoken((0, "Hello there.")), voices, None, OPTIONS)
    assert turns.called == (("S1", "Ada"),) and not turns.proven


def test_no_voices_are_one_speaker_and_no_words_are_no_turns() -> None:
    assert read(attribute(spoken((0, "Hello.")), heard(), AUDIO, OPTIONS)) == [("S1", "Hello.")]
    assert attribute(spoken(), heard(("S1", 0, 9)), AUDIO, OPTIONS).turns == ()


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(base.VOICEPRINTS, "campplus", f"{__name__}:Ears")


def test_the_last_words_of_a_question_stay_with_who_asked(ears: None) -> None:
    transcript = spoken(
        (0, "And how does it go round and round?"), (4.2, "With water. Only water.")
    )
    early = heard(("S1", 0, 2.2), ("S2", 2.2, 12))  # the edge is nearly two seconds off
    assert read(attribute(transcript, early, AUDIO, OPTIONS)) == [
        ("S1", "And how does it go round and round?"),
        ("S2", "With water. Only water."),
    ]


def test_agreeing_inside_a_sentence_takes_no_turn_and_is_never_quoted(ears: None) -> None:
    transcript = spoken(
        (4.2, "It is only the moon that pulls."),
        (12.5, "So the long low tide will"),
        (16, "right"),
        (16.6, "come back at night."),
    )
    voices = heard(("S2", 4, 12), ("S1", 12, 15.9), ("S2", 15.9, 16.5), ("S1", 16.5, 30))
    turns = attribute(transcript, voices, AUDIO, OPTIONS)
    assert read(turns)[1:] == [("S1", "So the long low tide will right come back at night.")]
    assert [transcript.words[index].text for index in turns.doubtful] == ["right"]


def test_words_beside_a_change_within_a_sentence_are_doubtful(ears: None) -> None:
    transcript = spoken(
        (8.0, "It went and then the whole wheel was it very loud in the old house.")
    )
    voices = heard(("S2", 4, 12), ("S1", 12, 30))
    turns = attribute(transcript, voices, AUDIO, OPTIONS)
    assert [turn.speaker for turn in turns.turns] == ["S2", "S1"]
    assert [transcript.words[index].text for index in turns.doubtful] == ["was", "it"]


def test_agreeing_between_two_sentences_is_an_aside_of_who_said_it(ears: None) -> None:
    transcript = spoken((0, "It is so."), (4.5, "Mm-hm."), (6, "We sing."), (8, "Is it? Yes. So."))
    voices = heard(
        ("S1", 0, 3), ("S2", 4, 5), ("S1", 6, 9), ("S2", 9, 9.5), ("S1", 9.5, 12), engine="captions"
    )
    turns = attribute(transcript, voices, None, OPTIONS).turns
    assert [(turn.speaker, turn.text, turn.aside) for turn in turns] == [
        ("S1", "It is so.", False),
        ("S2", "Mm-hm.", True),
        ("S1", "We sing. Is it?", False),
        ("S2", "Yes.", False),  # an answer
        ("S1", "So.", False),
    ]


def test_of_two_who_both_put_something_in_nobody_goes_on(ears: None) -> None:
    transcript = spoken((0, "It is so."), (4.5, "Right."), (6, "Yeah."), (8, "Exactly. So be it."))
    voices = heard(("S1", 0, 3), ("S2", 4, 5), ("S1", 6, 7), ("S2", 8, 12), engine="captions")
    turns = attribute(transcript, voices, None, OPTIONS).turns
    assert [turn.aside for turn in turns] == [False, True, False, False]


def test_what_channels_say_is_not_judged_anew_by_the_sound(ears: None) -> None:
    transcript = spoken((0, "And how does it go?"), (4.2, "With water."))
    early = heard(("S1", 0, 1.45), ("S2", 1.45, 12), engine="channels")
    assert read(attribute(transcript, early, AUDIO, OPTIONS))[0] == ("S1", "And how does")


@pytest.mark.slow
def test_the_words_of_the_sample_are_given_to_who_said_them(tmp_path: Path) -> None:
    audio = sample_audio(tmp_path)
    words = sample_words(audio.duration)
    transcript = Transcript("en", "whisper", "truth", None, tuple(words))
    voices = diarize(audio, None, DiarizeOptions(engine="replay", replay=str(VOICES)))
    turns = attribute(transcript, voices, audio, OPTIONS)
    assert wrong_words(words, labels(turns), sample_turns(audio.duration)) <= 0.03
    assert len(turns.doubtful) < 0.05 * len(words)
