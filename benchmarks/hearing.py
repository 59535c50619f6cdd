"""How well voices are told apart, and words given to them: one row a recording, as Markdown.

    python -m benchmarks.hearing                   the sample, and ../shared/data where it is there
    python -m benchmarks.hearing sample aws        only recordings whose names hold one of these
    python -m benchmarks.hearing --no-words        diarization alone: ten times faster
    python -m benchmarks.hearing --given           tell the engine how many people speak
    python -m benchmarks.hearing --keep FOLDER     keep wavs and transcripts there for the next run

DER: 0.25 s around each border of the reference not scored, overlaps scored. "wrong words": share of
Whisper's words whose speaker is not who the reference has at that time; either will do where two
speak at once. "lone clock": the same had each word gone to the voice that sounds at its time.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline import store
from pipeline.attribute import attribute
from pipeline.config import AttributeOptions, DiarizeOptions, PrepareOptions, TranscribeOptions
from pipeline.diarize import diarize
from pipeline.model import Audio, Recording, Transcript, Turns, Video, Voice, Voices, Word
from pipeline.prepare import prepare
from pipeline.transcribe import transcribe

SAMPLE = Path(__file__).parent.parent / "tests" / "sample"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "audio"
COLLAR = 0.25  # seconds on both sides of a border of the reference
GRID = 0.01  # seconds; finer changes no digit that is printed
EITHER = 0.8  # of the longest overlap: as much makes a second voice right as well


@dataclass(frozen=True)
class Der:
    """Diarization error rate and its parts, as shares of the reference's speech."""

    missed: float
    false: float
    confused: float

    @property
    def total(self) -> float:
        """The rate itself."""
        return self.missed + self.false + self.confused


@dataclass(frozen=True)
class Row:
    """What was measured of one recording."""

    name: str
    seconds: float
    der: Der
    found: int
    there: int
    words: int
    wrong: float
    wrong_by_time: float
    doubtful: float
    cpu: float  # seconds of CPU for a second of audio: diarize and attribute


def der(reference: Sequence[Voice], found: Sequence[Voice]) -> Der:
    """Compare on a grid; voices are matched one to one so that the most speech agrees."""
    length = round(max(v.end for v in (*reference, *found)) / GRID) + 1
    scored = np.ones(length, bool)
    for border in (at for v in reference for at in (v.start, v.end)):
        scored[max(0, round((border - COLLAR) / GRID)) : round((border + COLLAR) / GRID)] = False
    true, heard = _grid(reference, length)[:, scored], _grid(found, length)[:, scored]
    there, said = true.sum(axis=0), heard.sum(axis=0)
    together = (true[:, None] & heard[None]).sum(axis=2)
    rows, columns = linear_sum_assignment(-together)
    speech = max(1, int(there.sum()))
    return Der(
        missed=float(np.maximum(0, there - said).sum() / speech),
        false=float(np.maximum(0, said - there).sum() / speech),
        confused=float((np.minimum(there, said).sum() - together[rows, columns].sum()) / speech),
    )


def wrong_words(words: Sequence[Word], labels: Sequence[str], reference: Sequence[Voice]) -> float:
    """Share of words whose label is not their speaker's, labels matched to speakers one to one."""
    owners = [_owners(word, reference) for word in words]
    names, people = sorted(set(labels)), sorted({v.speaker for v in reference})
    right = np.zeros((len(names), len(people)))
    for label, owner in zip(labels, owners, strict=True):
        for person in owner:
            right[names.index(label), people.index(person)] += 1
    rows, columns = linear_sum_assignment(-right)
    called = {names[row]: people[column] for row, column in zip(rows, columns, strict=True)}
    wrong = sum(called.get(label) not in owner for label, owner in zip(labels, owners, strict=True))
    return wrong / max(1, len(words))


def labels(turns: Turns) -> list[str]:
    """The speaker of each word."""
    return [turn.speaker for turn in turns.turns for _ in range(turn.words[0], turn.words[1] + 1)]


def recordings() -> dict[str, tuple[Path, tuple[Voice, ...]]]:
    """Name -> sound and reference. Says on stderr what is not there."""
    turns = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["turns"]
    sample = tuple(Voice(turn["speaker"], turn["start"], turn["end"]) for turn in turns)
    found = {"sample": (SAMPLE / "tide-mill.opus", sample)}
    if not DATA.is_dir():
        print("skipped: no evaluation data", file=sys.stderr)
    for sound in sorted([*DATA.glob("*.wav"), *DATA.glob("*.mp3")]):
        for ending in (".trim.rttm", ".rttm", ".segments"):
            if (reference := sound.with_suffix(ending)).is_file():
                found[sound.stem] = (sound, tuple(_reference(reference)))
                break
        else:
            print(f"skipped: {sound.name} has no reference of who speaks when", file=sys.stderr)
    return found


def measure(
    name: str, sound: Path, reference: tuple[Voice, ...], folder: Path, given: bool, words: bool
) -> Row:
    """Run the stages on one recording."""
    recording = Recording(Video(name, None, name), sound, store.digest(sound))
    with store.Work(folder / name) as work:
        audio: Audio = work.step(prepare, recording, PrepareOptions(listening_copy=False))
        transcript = Transcript("en", "whisper", "none", None, ())
        if words:
            transcript = work.step(transcribe, recording, audio, TranscribeOptions(language="en"))
    there = len({v.speaker for v in reference})
    begun = time.process_time()
    voices = diarize(audio, transcript, DiarizeOptions(speakers=there if given else None))
    turns = attribute(transcript, voices, audio, AttributeOptions())
    cpu = (time.process_time() - begun) / audio.duration
    told = Voices("replay", voices.spans)  # the same voices, taken by the clock
    by_time = attribute(transcript, told, audio, AttributeOptions())
    return Row(
        name,
        audio.duration,
        der(reference, voices.spans),
        len({v.speaker for v in voices.spans}),
        there,
        len(transcript.words),
        wrong_words(transcript.words, labels(turns), reference),
        wrong_words(transcript.words, labels(by_time), reference),
        len(turns.doubtful) / max(1, len(transcript.words)),
        cpu,
    )


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Lines of Markdown; means are over recordings, each counted once."""
    yield (
        "| recording | s | DER % | missed | false | confused | voices | words | wrong words %"
        " | lone clock % | doubtful % | CPU s/s |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for row in rows:
        yield (
            f"| {row.name} | {row.seconds:.0f} | {100 * row.der.total:.1f}"
            f" | {100 * row.der.missed:.1f} | {100 * row.der.false:.1f}"
            f" | {100 * row.der.confused:.1f} | {row.found} of {row.there} | {row.words}"
            f" | {100 * row.wrong:.2f} | {100 * row.wrong_by_time:.2f}"
            f" | {100 * row.doubtful:.1f} | {row.cpu:.3f} |"
        )
    for group in ("chipi", "ami", ""):
        of = [row for row in rows if row.name.startswith(group)]
        if len(of) > 1:
            total = np.mean([row.der.total for row in of])
            confused = np.mean([row.der.confused for row in of])
            right = sum(row.found == row.there for row in of)
            words = max(1, sum(row.words for row in of))
            wrong = sum(row.wrong * row.words for row in of) / words
            clock = sum(row.wrong_by_time * row.words for row in of) / words
            yield (
                f"| **{group or 'all'}** | | {100 * total:.1f} | | | {100 * confused:.1f}"
                f" | {right} of {len(of)} right | {words} | {100 * wrong:.2f} | {100 * clock:.2f}"
                " | | |"
            )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print. Exit 2 for a name that no recording has."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="parts of recordings' names; none: all")
    parser.add_argument("--no-words", action="store_true")
    parser.add_argument("--given", action="store_true")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args(argv)
    known = recordings()
    for name in asked.names:
        if not any(name in each for each in known):
            parser.error(f"no recording is called like '{name}'; there are: {', '.join(known)}")
    chosen = [n for n in known if not asked.names or any(name in n for name in asked.names)]
    rows = []
    with tempfile.TemporaryDirectory() as passing:
        for name in chosen:
            sound, reference = known[name]
            folder = asked.keep or Path(passing)
            row = measure(name, sound, reference, folder, asked.given, not asked.no_words)
            print(f"{name}: DER {100 * row.der.total:.1f} %", file=sys.stderr, flush=True)
            rows.append(row)
    print("\n".join(table(rows)))
    return 0


def _grid(voices: Sequence[Voice], length: int) -> "np.typing.NDArray[np.bool_]":
    names = sorted({v.speaker for v in voices})
    grid = np.zeros((len(names), length), bool)
    for v in voices:
        grid[names.index(v.speaker), round(v.start / GRID) : round(v.end / GRID)] = True
    return grid


def _owners(word: Word, reference: Sequence[Voice]) -> set[str]:
    overlaps: dict[str, float] = {}
    for v in reference:
        overlap = min(v.end, word.end) - max(v.start, word.start)
        overlaps[v.speaker] = max(overlaps.get(v.speaker, -np.inf), overlap)
    most = max(overlaps.values())
    least = EITHER * most if most > 0 else most
    return {name for name, overlap in overlaps.items() if overlap >= least}


def _reference(file: Path) -> Iterator[Voice]:
    for line in file.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if file.suffix == ".segments" and fields:
            yield Voice(fields[2], float(fields[0]), float(fields[1]))
        elif fields and fields[0] == "SPEAKER":
            start, seconds = float(fields[3]), float(fields[4])
            yield Voice(fields[7], start, start + seconds)


if __name__ == "__main__":
    sys.exit(main())
