"""Who sounds when."""

import json
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.hearing import der
from pipeline import store
from pipeline.config import DiarizeOptions
from pipeline.diarize import diarize
from pipeline.engines import clustering, networks
from pipeline.engines.campplus import unit
from pipeline.engines.pieces import BRIEFEST, HOP, LONGEST, Piece
from pipeline.engines.pieces import pieces as cut
from pipeline.engines.segmentation import FRAME, Activity
from pipeline.engines.wav import RATE, Wav
from pipeline.errors import BrokenModel, UnreadableFile
from pipeline.model import Audio, Transcript, Voice, Voices, Word
from tests.hearing import SAMPLE, sample_audio


def said(text: str, voices: Sequence[Voice] = ()) -> Transcript:
    words = tuple(Word(word, at / 2, at / 2 + 0.4) for at, word in enumerate(text.split()))
    return Transcript("en", "captions", "captions", None, words, tuple(voices))


def speakers_of(voices: Voices, transcript: Transcript) -> str:
    """Each word's speaker, as one letter."""
    return "".join(
        next(v.speaker[1] for v in voices.spans if v.start <= word.start < v.end)
        for word in transcript.words
    )


def written(path: Path, sound: NDArray[np.float64]) -> Audio:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return Audio(path, None, len(sound) / RATE, store.digest(path))


def test_captions_that_name_their_voices_are_believed_and_the_names_kept() -> None:
    voices = (Voice("Ada", 2.0, 3.0), Voice("Mr <b>Host</b>", 0.0, 2.0), Voice("Ada", 5.0, 6.0))
    found = diarize(None, said("never mind", voices), DiarizeOptions())
    assert [(v.speaker, v.start) for v in found.spans] == [("S1", 0.0), ("S2", 2.0), ("S2", 5.0)]
    assert dict(found.called) == {"S1": "Mr <b>Host</b>", "S2": "Ada"}
    assert found.proven and found.engine == "captions"


def test_voices_guessed_from_text_follow_the_questions_and_are_not_proven() -> None:
    transcript = said("Welcome to us. Who are you? I mend mills. It is work. So tell me. Why? So.")
    found = diarize(None, transcript, DiarizeOptions())
    assert speakers_of(found, transcript) == "11111122222211112"
    assert not found.proven


def test_marks_of_a_new_speaker_beat_the_question_marks() -> None:
    transcript = replace(said("Who is it? Me? Only I. Come in."), changes=(0, 4, 6))
    found = diarize(None, transcript, DiarizeOptions())
    assert speakers_of(found, transcript) == "11112211"


def test_no_words_and_no_audio_are_no_voices() -> None:
    assert diarize(None, said(""), DiarizeOptions()).spans == ()


def test_a_replayed_file_gives_the_voices_and_new_ids(tmp_path: Path) -> None:
    file = tmp_path / "voices.rttm"
    file.write_text(
        "SPEAKER x 1 4.0 2.0 <NA> <NA> bo <NA> <NA>\nSPEAKER x 1 0.5 2.0 <NA> <NA> al <NA> <NA>\n"
    )
    audio = written(tmp_path / "a.wav", np.zeros(RATE))
    options = DiarizeOptions(engine="replay", replay=str(file))
    found = diarize(audio, said("hello"), options)
    assert [(v.speaker, v.start, v.end) for v in found.spans] == [
        ("S1", 0.5, 2.5),
        ("S2", 4.0, 6.0),
    ]


def test_an_hour_without_a_pause_is_cut_into_pieces(tmp_path: Path) -> None:
    hum = np.tile(0.1 * np.sin(np.arange(RATE) * 0.1), 3600)
    audio = written(tmp_path / "a.wav", hum)
    frames = round(3600 / FRAME)
    activity = Activity(np.ones(frames, np.int8), np.zeros(frames, np.float32))
    with Wav(audio.path) as wav:
        found = list(cut(wav, activity))
    assert all(BRIEFEST <= piece.length <= LONGEST + HOP for piece in found)
    assert [piece.goes_on for piece in found] == [False] + [True] * (len(found) - 1)
    assert sum(piece.length for piece in found) == pytest.approx(3600, abs=0.1)


def made_up(
    people: int, pieces: int, spread: float
) -> tuple[list[Piece], "np.typing.NDArray[np.float32]"]:
    chance = np.random.default_rng(people)
    middles = unit(chance.standard_normal((people, 192)).astype(np.float32))
    owner = np.repeat(np.arange(pieces) % people, 3)
    noise = unit(chance.standard_normal((len(owner), 192)).astype(np.float32))
    times = [Piece(at * 2.0, at * 2.0 + 1.9, at % 3 > 0) for at in range(len(owner))]
    return times, unit(middles[owner] + spread * noise)


@pytest.mark.parametrize("people", [1, 2, 3, 6])
def test_as_many_people_are_found_as_there_are(people: int) -> None:
    pieces, points = made_up(people, 30, spread=0.8)
    middles = clustering.people(pieces, points)
    assert len(middles) == people
    owners = clustering.owners(pieces, points, middles)
    expected = np.repeat(np.arange(30) % people, 3)
    assert len(set(zip(owners.tolist(), expected.tolist(), strict=True))) == people


@pytest.mark.parametrize(("there", "given"), [(3, 2), (2, 3), (5, 1)])
def test_a_given_count_is_kept(there: int, given: int) -> None:
    pieces, points = made_up(there, 30, spread=0.8)
    assert len(clustering.people(pieces, points, given)) == given


def test_one_sound_repeated_is_one_person_even_if_two_are_asked_for() -> None:
    pieces, points = made_up(1, 10, spread=0.0)
    middles = clustering.people(pieces, points, 2)
    assert len(set(clustering.owners(pieces, points, middles).tolist())) == 1


def test_more_pieces_than_are_compared_give_the_same_people() -> None:
    pieces, points = made_up(3, clustering.MOST, spread=0.8)
    assert len(clustering.people(pieces, points)) == 3


def test_a_changed_network_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "campplus.onnx"
    file.write_bytes(b"not a network")
    with pytest.raises(BrokenModel, match="sha256"):
        networks.checked(file, networks.SHA256["campplus"])
    with pytest.raises(BrokenModel, match="not there"):
        networks.checked(tmp_path / "gone.onnx", "")


def test_a_file_that_is_no_wav_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    for data in (b"", b"RIFF", b"text, named .wav"):
        file.write_bytes(data)
        with pytest.raises(UnreadableFile):
            Wav(file)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.01, 2.0, 12.0])
def test_silence_and_noise_have_no_voices(tmp_path: Path, seconds: float) -> None:
    noise = np.random.default_rng(0).standard_normal(round(seconds * RATE)) * 0.001
    audio = written(tmp_path / "a.wav", noise)
    assert diarize(audio, said(""), DiarizeOptions(threads=1)).spans == ()


@pytest.mark.slow
def test_the_sample_has_its_two_voices_where_they_are(tmp_path: Path) -> None:
    found = diarize(sample_audio(tmp_path), said(""), DiarizeOptions(threads=1))
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    reference = [Voice(turn["speaker"], turn["start"], turn["end"]) for turn in truth["turns"]]
    assert {v.speaker for v in found.spans} == {"S1", "S2"}
    assert der(reference, found.spans).total < 0.03
