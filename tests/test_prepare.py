import errno
import math
import subprocess
import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.config import PrepareOptions
from pipeline.engines.audio import ffmpeg, sound
from pipeline.engines.audio.wav import Wav
from pipeline.errors import MissingTool, NoSpeech, UnreadableFile
from pipeline.model import Recording, Video
from pipeline.prepare import prepare
from pipeline.store import digest
from tests.hearing import sample_sound, sample_turns, side_by_side, written

BARE = PrepareOptions(listening_copy=False)


def tone(seconds: float, level: float = -20.0, rate: int = 44_100) -> NDArray[np.float64]:
    """A sine of that many dB (of its mean) below the loudest."""
    times = np.arange(round(seconds * rate)) / rate
    wave_: NDArray[np.float64] = math.sqrt(2) * 10 ** (level / 20) * np.sin(times * 440 * math.tau)
    return wave_


def write(path: Path, samples: NDArray[np.float64], rate: int = 44_100, channels: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(np.repeat(np.round(samples * 32767), channels).astype("<i2").tobytes())
    return path


def encode(source: Path, target: Path) -> Path:
    command = [str(part) for part in (ffmpeg.binary("ffmpeg"), "-v", "error", "-i", source, target)]
    subprocess.run(command, check=True)
    return target


def recording(path: Path) -> Recording:
    return Recording(Video("x", None, "A Title"), path, "0")


def level(path: Path) -> float:
    with Wav(path) as wav:
        return 20 * math.log10(float(np.sqrt(np.mean(wav.read(0, wav.duration) ** 2))))


def test_it_becomes_mono_16_khz_with_a_small_copy(tmp_path: Path) -> None:
    source = write(tmp_path / "loud.wav", tone(3))
    audio = prepare(recording(source), PrepareOptions(), folder=tmp_path)
    with wave.open(str(audio.path)) as file:
        assert file.getparams()[:4] == (1, 2, 16_000, 48_000)
    assert audio.duration == 3
    assert audio.sha256 == digest(audio.path)
    assert audio.listening
    assert ffmpeg.probe(audio.listening).duration == pytest.approx(3, abs=0.1)
    assert audio.listening.stat().st_size < source.stat().st_size / 10
    assert not list(tmp_path.glob("*.part"))


def test_the_small_copy_is_aac_in_mp4_which_every_browser_plays(tmp_path: Path) -> None:
    source = write(tmp_path / "loud.wav", tone(1))
    audio = prepare(recording(source), PrepareOptions(), folder=tmp_path)
    assert audio.listening
    data = audio.listening.read_bytes()
    assert data[4:8] == b"ftyp"
    assert data.index(b"moov") < data.index(b"mdat"), "it plays before all of it is there"
    assert b"mp4a" in data


def test_the_small_copy_can_be_switched_off(tmp_path: Path) -> None:
    audio = prepare(recording(write(tmp_path / "a.wav", tone(1))), BARE, folder=tmp_path)
    assert audio.listening is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["16k.wav", "a.wav"]


def test_quiet_speech_is_made_louder_and_other_speech_left_alone(tmp_path: Path) -> None:
    quiet = np.concatenate([np.zeros(44_100 * 4), tone(2, level=-60)])  # pauses do not count
    source = write(tmp_path / "quiet.wav", quiet)
    audio = prepare(recording(source), PrepareOptions(), folder=tmp_path)
    with Wav(audio.path) as wav:
        sounding = wav.read(4.2, 5.8)
    assert 20 * math.log10(float(np.sqrt(np.mean(sounding**2)))) == pytest.approx(-20, abs=0.5)
    assert audio.listening
    again = prepare(recording(audio.listening), BARE, folder=tmp_path)
    with Wav(again.path) as wav:
        sounding = wav.read(4.2, 5.8)
    assert 20 * math.log10(float(np.sqrt(np.mean(sounding**2)))) == pytest.approx(-20, abs=1.5)

    usual = write(tmp_path / "usual.wav", tone(2, level=-35, rate=16_000), 16_000, 1)
    audio = prepare(recording(usual), BARE, folder=tmp_path)
    assert level(audio.path) == pytest.approx(-35, abs=0.1)


def test_a_speaker_on_each_channel_is_noticed(tmp_path: Path) -> None:
    sound, turns = sample_sound(tmp_path, 40), sample_turns(40)
    for bleed in (-60, -25, -15):
        channels = side_by_side(sound, turns, bleed)
        audio = prepare(recording(written(tmp_path / "a.wav", *channels)), BARE, folder=tmp_path)
        assert audio.sides
        assert audio.sides.stat().st_size < 10_000


def test_two_channels_that_are_no_sides_of_a_table_are_not_taken_for_them(tmp_path: Path) -> None:
    voices = sample_sound(tmp_path, 40)
    chance = np.random.default_rng(0)
    tune, other = (np.repeat(chance.normal(0, 0.1, (40, 4000)), 4, axis=0).ravel() for _ in "ab")
    late = np.concatenate([np.zeros(60), voices[:-60]])
    pairs = {
        "both in the middle": (voices, voices),
        "a little to the left": (voices, 0.6 * voices),
        "in stereo, over music": (voices + tune, voices + other),
        "music alone": (tune, other),
        "a hundredth of a second": (tune[:160], other[:160]),
        "two microphones on one table": (voices, 0.7 * late),
        "left only": (voices, 0 * voices),
        "left, and hiss on the right": (voices, chance.normal(0, 0.002, len(voices))),
    }
    for name, channels in pairs.items():
        sound = written(tmp_path / "a.wav", *channels)
        assert prepare(recording(sound), BARE, folder=tmp_path).sides is None, name


def test_a_click_in_silence_is_not_blown_up(tmp_path: Path) -> None:
    samples = np.zeros(44_100 * 3)
    samples[1000] = 0.01
    audio = prepare(recording(write(tmp_path / "click.wav", samples)), BARE, folder=tmp_path)
    with Wav(audio.path) as wav:
        assert float(np.abs(wav.read(0, 3)).max()) < 0.011


def test_silence_from_end_to_end_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "silence.wav", np.zeros(2 * 44_100))
    with pytest.raises(NoSpeech, match=r"A Title[\s\S]*silent from end to end"):
        prepare(recording(source), BARE, folder=tmp_path)
    assert not (tmp_path / "16k.wav").exists()


def test_a_text_file_named_mp3_and_an_empty_file_are_told(tmp_path: Path) -> None:
    source = tmp_path / "talk.mp3"
    for content in ("This is no sound at all.\n" * 50, ""):
        source.write_text(content)
        with pytest.raises(UnreadableFile, match=r"talk\.mp3"):
            prepare(recording(source), BARE, folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["talk.mp3"]


def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    picture = ["-f", "lavfi", "-i", "color=size=64x64:duration=1"]
    subprocess.run([ffmpeg.binary("ffmpeg"), "-v", "error", *picture, film], check=True)
    with pytest.raises(UnreadableFile, match="no sound"):
        prepare(recording(film), BARE, folder=tmp_path)


@pytest.mark.parametrize("kind", ["mp3", "opus", "flac"])
def test_of_a_file_cut_in_the_middle_the_first_part_is_taken(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rng = np.random.default_rng(1)
    noise = write(tmp_path / "long.wav", rng.normal(0, 0.1, 44_100 * 30))
    whole = encode(noise, tmp_path / f"whole.{kind}")
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    audio = prepare(recording(cut), BARE, folder=tmp_path)
    assert 10 < audio.duration < 20
    if kind != "opus":  # its last page says how long it is, and that is gone
        assert "should last 30 s" in caplog.text


def test_a_damaged_file_says_what_ffmpeg_says(tmp_path: Path) -> None:
    whole = encode(write(tmp_path / "long.wav", tone(20)), tmp_path / "whole.m4a")
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(UnreadableFile, match="moov atom not found"):
        prepare(recording(cut), BARE, folder=tmp_path)


def test_a_name_full_of_traps_is_only_a_name(tmp_path: Path) -> None:
    source = write(tmp_path / "-i concat:a|b 'x' \"y\" 🎙 %d.wav", tone(1))
    audio = prepare(recording(source), PrepareOptions(), folder=tmp_path)
    assert audio.duration == 1


def test_a_playlist_dressed_as_a_recording_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret.wav", tone(1))
    playlist = tmp_path / "talk.mp3"
    playlist.write_text("ffconcat version 1.0\nfile secret.wav\n")
    with pytest.raises(UnreadableFile):
        prepare(recording(playlist), BARE, folder=tmp_path)


def test_the_decoded_recording_is_never_held_whole(tmp_path: Path) -> None:
    source = write(tmp_path / "long.wav", tone(60))  # 10 MB
    prepare(recording(write(tmp_path / "first.wav", tone(1))), BARE, folder=tmp_path)  # imports
    tracemalloc.start()
    prepare(recording(source), PrepareOptions(), folder=tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3e6


def test_what_a_killed_run_left_is_not_taken_for_a_result(tmp_path: Path) -> None:
    (tmp_path / "16k.wav.part").write_bytes(b"half")
    (tmp_path / "listen-32k.m4a.part").write_bytes(b"half")
    source = write(tmp_path / "a.wav", tone(1))
    assert prepare(recording(source), PrepareOptions(), folder=tmp_path).duration == 1
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_as_one(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", tone(30))
    with pytest.raises(OSError, match="No space left") as told:
        sound.small_copy(source, Path("/dev/full"), 64, 0)
    assert told.value.errno == errno.ENOSPC


def test_without_any_ffmpeg_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("no build for this system")

    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("ffmpeg.FFMPEG_PATH", None)
    monkeypatch.setattr("ffmpeg.init", fails)
    with pytest.raises(MissingTool, match=r"ffmpeg is missing.(?s:.)*no build.(?s:.)*on PATH"):
        ffmpeg.binary.__wrapped__("ffmpeg")
