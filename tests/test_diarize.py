"""Who sounds when."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.score import der, labels, wrong_words
from pipeline import store
from pipeline.attribute import attribute
from pipeline.config import AttributeOptions, DiarizeOptions
from pipeline.diarize import diarize
from pipeline.engines import networks
from pipeline.engines.audio.wav import Wav
from pipeline.engines.voices import clustering, offline_voices, rttm, side_voices
from pipeline.engines.voices.campplus import CamPlusPlus, unit
from pipeline.engines.voices.pieces import BRIEFEST, HOP, LONGEST, Piece
from pipeline.engines.voices.pieces import pieces as cut
from pipeline.engines.voices.segmentation import FRAME, Activity
from pipeline.errors import BrokenModel, ConfigError, UnreadableFile
from pipeline.model import Audio, Transcript, Voice, Voices, Word
from tests import hearing
from tests.hearing import RATE, sample_audio, sample_sound, sample_turns, side_by_side


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
    hearing.written(path, sound)
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
    found = diarize(audio, None, options)
    assert [(v.speaker, v.start, v.end) for v in found.spans] == [
        ("S1", 0.5, 2.5),
        ("S2", 4.0, 6.0),
    ]


def test_voices_written_as_rttm_are_read_again_as_they_were(tmp_path: Path) -> None:
    voices = (Voice("S1", 0.0, 2.517), Voice("S2", 2.31, 7.003), Voice("S1", 3605.1, 3605.1))
    file = tmp_path / "voices.rttm"
    file.write_text(rttm.written(voices, "A Title; with spaces"))
    assert {len(line.split()) for line in file.read_text().splitlines()} == {10}
    options = DiarizeOptions(engine="replay", replay=str(file))
    audio = written(tmp_path / "a.wav", np.zeros(RATE))
    assert diarize(audio, None, options).spans == voices


def test_a_line_that_is_no_rttm_is_named(tmp_path: Path) -> None:
    file = tmp_path / "voices.rttm"
    audio = written(tmp_path / "a.wav", np.zeros(RATE))
    options = DiarizeOptions(engine="replay", replay=str(file))
    for span in ("0 one", "-3 1 <NA> <NA> S1", "0 inf <NA> <NA> S1"):
        file.write_text(f";; a comment\nSPEAKER x 1 {span}\n")
        with pytest.raises(ConfigError, match="Line 2 is not RTTM"):
            diarize(audio, None, options)


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


def test_a_short_piece_is_whose_the_windows_take_it_for() -> None:
    pieces = [Piece(0, 3, False), Piece(3.5, 4, False, change=1.0), Piece(4.5, 8, False)]
    middles = np.eye(2, dtype=np.float32)
    points = unit(np.array([[1, 0.1], [0.6, 0.6], [1, 0.2]], np.float32))
    votes = np.zeros((round(9 / FRAME), 2), np.float32)
    votes[:, 1] = 4.0
    hints = offline_voices._hints(pieces, votes)
    assert hints[:, 1].tolist() == pytest.approx([0, offline_voices.HINT, 0])
    assert clustering.owners(pieces, points, middles).tolist() == [0, 0, 0]
    assert clustering.owners(pieces, points, middles, hints).tolist() == [0, 1, 0]


def test_two_who_sound_alike_are_told(caplog: pytest.LogCaptureFixture) -> None:
    people = unit(np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], np.float32))
    told = list(offline_voices._alike(people, {2: "S1", 0: "S2", 1: "S3"}))
    assert told == ["S2 and S3 sound alike: what one said may stand under the other."]
    assert "--speakers" in caplog.text
    turns = attribute(
        said("a b"), Voices("offline", (), doubts=tuple(told)), None, AttributeOptions()
    )
    assert turns.doubts == tuple(told)


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
    assert diarize(audio, None, DiarizeOptions(threads=1)).spans == ()


@pytest.mark.slow
def test_the_sample_has_its_two_voices_where_they_are(tmp_path: Path) -> None:
    found = diarize(sample_audio(tmp_path), None, DiarizeOptions(threads=1))
    assert {v.speaker for v in found.spans} == {"S1", "S2"}
    assert der(sample_turns(1000), found.spans).total < 0.03
    assert found.engine == "offline" and not found.doubts


@pytest.mark.slow
def test_a_speaker_on_each_channel_is_heard_by_the_channels(tmp_path: Path) -> None:
    turns = sample_turns(40)
    channels = side_by_side(sample_sound(tmp_path, 40), turns, bleed=-25)
    audio = hearing.prepared(hearing.written(tmp_path / "sides.wav", *channels), tmp_path)
    assert audio.sides
    found = diarize(audio, None, DiarizeOptions(threads=1))
    assert found.engine == "channels"
    assert der(turns, found.spans).total < 0.01
    words = hearing.sample_words(40)
    transcript = Transcript("en", "whisper", "truth", None, tuple(words))
    owners = labels(attribute(transcript, found, audio, AttributeOptions()))
    assert wrong_words(words, owners, turns) == 0


def test_a_side_that_says_little_is_one_person(tmp_path: Path) -> None:
    for spans in ([], [(0.0, 1.0)], [(0.0, 3.1)]):
        assert side_voices._one_person(spans, CamPlusPlus(1), tmp_path / "not read.wav")


@pytest.mark.slow
def test_two_people_on_one_channel_are_told_apart_by_their_voices(tmp_path: Path) -> None:
    sound, turns = sample_sound(tmp_path, 40), sample_turns(40)
    third = shifted(sound[: 12 * RATE], 0.8)  # one more, before and on the side of the guest
    left, right = side_by_side(sound, turns, bleed=-25)
    left = np.concatenate([third * 0.05, left])
    right = np.concatenate([third, right])
    audio = hearing.prepared(hearing.written(tmp_path / "sides.wav", left, right), tmp_path)
    assert audio.sides
    assert diarize(audio, None, DiarizeOptions(threads=1)).engine == "offline"


def shifted(sound: NDArray[np.float64], speed: float) -> NDArray[np.float64]:
    """Played faster or slower: another voice."""
    places = np.arange(0, len(sound) - 1, speed)
    return np.interp(places, np.arange(len(sound)), sound)


def telephone(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of it at 8 kHz, from 300 to 3400 Hz."""
    heights = np.fft.rfft(sound)
    pitch = np.fft.rfftfreq(len(sound), 1 / RATE)
    heights[(pitch < 300) | (pitch > 3400)] = 0
    return np.fft.irfft(heights, len(sound))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "loud"), [(telephone, 1.0), (np.asarray, 30.0)], ids=["telephone", "clipping"]
)
def test_thirty_seconds_hard_to_hear_still_have_their_two_voices(
    harm: Callable[[NDArray[np.float64]], NDArray[np.float64]], loud: float, tmp_path: Path
) -> None:
    audio = written(tmp_path / "a.wav", harm(sample_sound(tmp_path, 30)) * loud)
    found = diarize(audio, None, DiarizeOptions(threads=1))
    assert {v.speaker for v in found.spans} == {"S1", "S2"}
    assert der(sample_turns(30), found.spans).confused < 0.01
    assert der(sample_turns(30), found.spans).total < 0.2  # pauses within a turn are missed


@pytest.mark.slow
def test_who_speaks_alone_is_one_voice(tmp_path: Path) -> None:
    sound = sample_sound(tmp_path, 50)
    alone = [sound[round(v.start * RATE) : round(v.end * RATE)] for v in sample_turns(50)]
    guest = [part for part, v in zip(alone, sample_turns(50), strict=True) if v.speaker == "guest"]
    found = diarize(written(tmp_path / "a.wav", np.concatenate(guest)), None, DiarizeOptions())
    assert {v.speaker for v in found.spans} == {"S1"}


@pytest.mark.slow
def test_six_voices_are_found_without_being_told_how_many(tmp_path: Path) -> None:
    sound, speeds = sample_sound(tmp_path, 40), (0.75, 1.0, 1.3)
    parts, truth, at = [], [], 0.0
    for turn, speed in itertools.product(sample_turns(40)[:2] * 2, speeds):
        begin = turn.start + (4 if at > 25 else 0)
        part = shifted(sound[round(begin * RATE) : round((begin + 4) * RATE)], speed)
        parts += [part, np.zeros(RATE // 2)]
        truth.append(Voice(f"{turn.speaker} {speed}", at, at + len(part) / RATE))
        at += len(part) / RATE + 0.5
    audio = written(tmp_path / "a.wav", np.concatenate(parts))
    assert len({v.speaker for v in truth}) == 6
    found = diarize(audio, None, DiarizeOptions(threads=1))
    assert len({v.speaker for v in found.spans}) == 6
    assert der(truth, found.spans).confused < 0.1
