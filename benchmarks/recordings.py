"""Recordings of which the truth is known: the bundled sample, and ../shared/data where it is there.

The texts of ../shared/data belong to others: they are read where they lie and never kept here.
"""

import json
import re
import sys
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.engines.audio import sound
from pipeline.engines.audio.wav import RATE
from pipeline.model import Video, Voice

SAMPLE = Path(__file__).parent.parent / "tests" / "sample"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "audio"

OPENING = 60.0  # seconds of the sample at most in its `opening`
BETWEEN = 1.0  # seconds of silence between two of the short clips
LATER = 0.6  # seconds of silence more before each further start of a recording

# What every peer listens to. openai-whisper needs a minute and more for each of these minutes, so
# it is not all there is: read clips, a real interview, a phone-like meeting, a podcast, our own.
HEAD_TO_HEAD = (
    "opening",
    "clips",
    "loc_fountain_hughes_1949",
    "ami_pyannote_sample",
    "chipi_p02_e05",
)


@dataclass(frozen=True)
class Known:
    """A recording, and what is known of it."""

    name: str
    sound: Path
    video: Video
    said: tuple[tuple[str, str], ...] = ()  # (who, what) in order; who is "" where nobody knows
    voices: tuple[Voice, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return " ".join(text for _, text in self.said)

    @property
    def people_known(self) -> bool:
        return any(who for who, _ in self.said)


def recordings(folder: Path) -> dict[str, Known]:
    """By name; what has to be made for it is put into `folder`. Says on stderr what is skipped."""
    found = [*_sample(folder)]
    if DATA.is_dir():
        found += [*_clips(folder), *_conversations()]
    else:
        print("skipped: no evaluation data", file=sys.stderr)
    return {known.name: known for known in found}


# --- the sample ---


def _sample(folder: Path) -> Iterator[Known]:
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    info = json.loads((SAMPLE / "tide-mill.info.json").read_text(encoding="utf-8"))
    whole = Known(
        "sample",
        SAMPLE / "tide-mill.opus",
        Video("sample", None, info["title"], info["channel"], description=info["description"]),
        tuple((who, text) for _, who, text in sorted(_words(truth["turns"]))),
        tuple(Voice(turn["speaker"], turn["start"], turn["end"]) for turn in truth["turns"]),
        {person["id"]: person["role"] for person in truth["speakers"]},
    )
    yield whole
    end = max(at for at in _pauses(truth["turns"]) if at <= OPENING)
    target = folder / "opening.wav"
    decode(target, [whole.sound], end)
    yield Known(
        "opening",
        target,
        whole.video,
        tuple((who, text) for start, who, text in sorted(_words(truth["turns"])) if start < end),
        tuple(voice for voice in whole.voices if voice.start < end),
        whole.roles,
    )


def _words(turns: list[dict[str, object]]) -> Iterator[tuple[float, str, str]]:
    for turn in turns:
        for word in turn["words"]:  # type: ignore[attr-defined]
            yield word["start"], str(turn["speaker"]), word["text"]


def _pauses(turns: list[dict[str, float]]) -> Iterator[float]:
    """Seconds at which nobody speaks: in the middle between two turns."""
    for turn in turns:
        later = [each["start"] for each in turns if each["start"] >= turn["end"]]
        if later and not any(each["start"] < turn["end"] < each["end"] for each in turns):
            yield (turn["end"] + min(later)) / 2


# --- short clips that one person reads ---


def _clips(folder: Path) -> Iterator[Known]:
    """All of them as one recording: as many starts of a program would measure nothing but that."""
    texts = dict(_clip_texts())
    sounds = {file: texts[name] for name in texts for file in DATA.glob(f"*{name}.*") if _is(file)}
    for file in sorted([*DATA.glob("wer_*"), *DATA.glob("wlk_*")]):
        if _is(file) and file not in sounds:
            print(f"skipped: {file.name} has no text", file=sys.stderr)
    if sounds:
        decode(folder / "clips.wav", list(sounds))
        said = tuple(("", text) for text in sounds.values())
        yield Known("clips", folder / "clips.wav", _video("clips"), said)


def _clip_texts() -> Iterator[tuple[str, str]]:
    """(end of the file's name, what is said in it)."""
    for file in sorted(DATA.glob("wer_*.trans.txt")):  # LibriSpeech: NAME TEXT
        yield from (_pair(line.split(" ", 1)) for line in _lines(file))
    for file in sorted(DATA.glob("wer_*.ref.txt")):
        yield file.name.removesuffix(".ref.txt"), file.read_text(encoding="utf-8").strip()
    for file in sorted(DATA.glob("wer_*.transcription")):  # Sphinx: <s> text </s> (…-NUMBER)
        for text, number in re.findall(r"<s> (.*) </s> \(.*-(\d+)\)", file.read_text("utf-8")):
            yield f"_{number}", text
    for file in sorted(DATA.glob("wlk_README.md")):  # - `NAME`: `TEXT`
        yield from map(_pair, re.findall(r"^- `([\d-]+)`: `(.*)`$", file.read_text("utf-8"), re.M))


def _pair(both: list[str] | tuple[str, str]) -> tuple[str, str]:
    return both[0], both[1]


def _is(file: Path) -> bool:
    return file.suffix in (".wav", ".flac", ".mp3")


# --- conversations ---


def _conversations() -> Iterator[Known]:
    sounds = [file for file in sorted(DATA.iterdir()) if _is(file)]
    for file in sounds:
        if file.name.startswith(("wer_", "wlk_")):
            continue
        known = _conversation(file)
        if known.said or known.voices:
            yield known
        else:
            print(f"skipped: nobody wrote down who speaks in {file.name}", file=sys.stderr)


def _conversation(file: Path) -> Known:
    voices = tuple(_voices(file))
    for reads in (_podcast, _spoken_words, _stm):
        if known := reads(file, voices):
            return known
    return Known(file.stem, file, _video(file.stem), voices=voices)


def _voices(file: Path) -> Iterator[Voice]:
    for ending in (".trim.rttm", ".rttm", ".segments"):
        if (reference := file.with_suffix(ending)).is_file():
            for fields in map(str.split, _lines(reference)):
                if ending == ".segments":
                    yield Voice(fields[2], float(fields[0]), float(fields[1]))
                elif fields[0] == "SPEAKER":
                    start, seconds = float(fields[3]), float(fields[4])
                    yield Voice(fields[7], start, start + seconds)
            return


def _podcast(file: Path, voices: tuple[Voice, ...]) -> Known | None:
    """NAME: TEXT a line; the same people go by the names of their voices in the .rttm."""
    about = file.with_suffix(".groundtruth.json")
    if not about.is_file():
        return None
    told = json.loads(about.read_text(encoding="utf-8"))
    lines = [line for line in _lines(file.with_suffix(".txt")) if not line.startswith("#")]
    pairs = [_pair(line.split(": ", 1)) for line in lines if ": " in line]
    announced = {what: who.lower() for who, what in pairs if who in ("Host", "Guest")}
    said = [(who, text) for who, text in pairs if who in told["voice_map"]]
    roles = dict.fromkeys(told["voice_map"], "other")
    roles |= dict.fromkeys(told["speakers"], "guest") | announced  # a panel has several guests
    if told["cameo"]:
        roles[told["cameo"]["speaker"]] = "other"
    return Known(
        file.stem,
        file,
        Video(file.stem, None, told["episode"], told["podcast"]),
        tuple(said),
        voices,
        roles,
    )


def _spoken_words(file: Path, voices: tuple[Voice, ...]) -> Known | None:
    about = file.with_suffix(".ref.json")
    if not about.is_file():
        return None
    words = json.loads(about.read_text(encoding="utf-8"))["reference_words"]
    said = tuple((word["speaker"], word["text"]) for word in words)
    return Known(file.stem, file, _video(file.stem), said, voices)


def _stm(file: Path, voices: tuple[Voice, ...]) -> Known | None:
    """FILE CHANNEL NAME START END TEXT a line."""
    if not (about := file.with_suffix(".stm")).is_file():
        return None
    said = ((fields[2], fields[5]) for fields in (line.split(" ", 5) for line in _lines(about)))
    return Known(file.stem, file, _video(file.stem), tuple(said), voices)


def _video(name: str) -> Video:
    return Video(name, None, name)


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def starts(known: Known, count: int, folder: Path) -> Iterator[Known]:
    """The same recording so many times, each time a little later in Whisper's half minutes.

    Where words are hard to hear, much depends on where those are cut: one start tells little.
    """
    yield known
    for place in range(1, count):
        seconds = place * LATER
        name = f"{known.name}+{seconds:.1f}s"
        decode(folder / f"{name}.wav", [known.sound], before=seconds)
        voices = (Voice(v.speaker, v.start + seconds, v.end + seconds) for v in known.voices)
        yield replace(known, name=name, sound=folder / f"{name}.wav", voices=tuple(voices))


def decode(target: Path, sounds: list[Path], end: float | None = None, before: float = 0.0) -> None:
    """One wav of several recordings, silence `before` and between; of each only up to `end`."""
    with wave.open(str(target), "wb") as wav:
        wav.setparams((1, sound.WIDTH, RATE, 0, "NONE", ""))
        for place, file in enumerate(sounds):
            wav.writeframes(bytes(round((BETWEEN if place else before) * RATE) * sound.WIDTH))
            room = round(end * RATE) * sound.WIDTH if end else None
            for piece in sound.pieces(file):
                data = piece.raw_data[:room]
                wav.writeframes(data)
                if room is not None and (room := room - len(data)) <= 0:
                    break
