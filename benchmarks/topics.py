"""How well topics are found without chapters: mytake beside TextTiling, even and random cuts.

    python -m benchmarks.topics                   all sets there are
    python -m benchmarks.topics sample Lex        only these
    python -m benchmarks.topics --each 1          every talk; some sets have hundreds
    python -m benchmarks.topics --write PAGE.md   put the tables between their marks there

`make bench-topics` installs nltk and pyannote.metrics, which score, and runs all of it.
docs/benchmarks.md tells what the columns mean.
"""

import argparse
import itertools
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks import divided, measure, report, splitters
from benchmarks.divided import Divided, Group
from benchmarks.report import Row
from benchmarks.splitters import Split

# Of sets with hundreds of talks only each so-manieth.
EACH = {"QMSum": 3, "DialSeg711": 7, "Choi": 20}
LIBRARIES = ("nltk", "pyannote-metrics", "onnxruntime", "numpy")
HEAD = ("", "number of topics", "Pk", "WindowDiff", "F1", "topics found : true")


@dataclass(frozen=True)
class Scored:
    """One splitter on one talk."""

    split: Split
    pk: float
    windowdiff: float
    hits: float
    found: float
    true: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    there = divided.groups()
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(there)}; none: all")
    parser.add_argument("--each", type=int, help="only each so-manieth talk of a set")
    parser.add_argument("--write", type=Path, metavar="PAGE.md")
    asked = parser.parse_args(argv)
    sys.path.append(str(measure.PEERS))
    if not (find_spec("nltk") and find_spec("pyannote")):
        parser.error("nltk and pyannote.metrics score: `make bench-topics` installs them")
    if unknown := [name for name in asked.names if name not in there]:
        parser.error(f"there is no set called '{unknown[0]}'; there are: {', '.join(there)}")
    if len(there) == 1:
        print("skipped: no evaluation data", file=sys.stderr)
    call = uuid.uuid4().hex[:12]
    lines: list[str] = []
    for name in asked.names or there:
        lines += [*_group(there[name], asked.each or EACH.get(name, 1), call), ""]
    names = [*asked.names, *([f"--each {asked.each}"] if asked.each else [])]
    command = " ".join(["python -m benchmarks.topics", *names])
    random_cuts = f"random: mean of {len(splitters.SEEDS)} seeds"
    lines.append(report.measured(command, call, random_cuts, LIBRARIES))
    print("\n".join(lines))
    if asked.write:
        page = asked.write.read_text(encoding="utf-8")
        parts = {"found": "\n".join(lines)}
        asked.write.write_text(report.put_into(page, parts, "topics"), encoding="utf-8")
    return 0


def _group(group: Group, each: int, call: str) -> Iterator[str]:
    scored: list[Scored] = []
    talks = 0
    for talk in group.talks(divided.evaluation_data(), each):
        if talk.begins:  # where nothing begins there is nothing to find
            scored += [score(talk, split, group.tolerance) for split in splitters.splits(talk)]
            talks += 1
            print(f"{group.name}: {talk.name}", file=sys.stderr, flush=True)
    off = f"F1 within {group.tolerance:g} s" if group.tolerance else "F1 at the very turn"
    of_many = f", one in {each}" if each > 1 else ""
    yield f"**{group.name}**: {group.about}; {talks} talk{'s' * (talks != 1)}{of_many}, {off}"
    yield ""
    yield from report.table(HEAD, [*_rows(scored, call)])


def _rows(scored: Sequence[Scored], call: str) -> Iterator[Row]:
    for splitter, number in dict.fromkeys((one.split.splitter, one.split.number) for one in scored):
        own = [
            one for one in scored if (one.split.splitter, one.split.number) == (splitter, number)
        ]
        total = sum(one.found + one.true for one in own)
        cells = (
            splitter,
            number,
            f"{fmean(one.pk for one in own):.3f}",
            f"{fmean(one.windowdiff for one in own):.3f}",
            f"{2 * sum(one.hits for one in own) / total if total else 0:.2f}",
            f"{sum(one.found for one in own) / sum(one.true for one in own):.2f}",
        )
        yield Row(cells, frozenset([call]))


def score(talk: Divided, split: Split, tolerance: float) -> Scored:
    """Against the truth; of several tries the mean."""
    from nltk.metrics.segmentation import pk, windowdiff

    size = len(talk.turns.turns)
    true = _marked(talk.begins, size)
    window = max(2, round(size / (len(talk.begins) + 1) / 2))  # half a mean topic, as is usual
    tries = [_marked(begins, size) for begins in split.tries]
    return Scored(
        split,
        fmean(pk(true, each, k=window) for each in tries),
        fmean(windowdiff(true, each, window) for each in tries),
        fmean(_hits(talk, begins, tolerance) for begins in split.tries),
        fmean(len(begins) for begins in split.tries),
        len(talk.seconds),
    )


def _marked(begins: Iterable[int], size: int) -> str:
    """A letter for each turn: "1" where a topic ends with it."""
    ends = {begin - 1 for begin in begins}
    return "".join("1" if place in ends else "0" for place in range(size))


def _hits(talk: Divided, begins: Sequence[int], tolerance: float) -> float:
    """Boundaries that are where a true one is, each true one counted once."""
    from pyannote.metrics.segmentation import SegmentationPrecision

    if not begins:
        return 0.0
    found = [talk.turns.turns[begin].start for begin in begins]
    end = talk.turns.turns[-1].end + tolerance
    precision = SegmentationPrecision(tolerance=tolerance + 1e-3)
    parts = precision.compute_components(_line(talk.seconds, end), _line(found, end))
    return float(parts["number of matches"])


def _line(seconds: Iterable[float], end: float) -> Any:
    from pyannote.core import Segment, Timeline

    places = [-1.0, *sorted(set(seconds)), end]
    return Timeline([Segment(*pair) for pair in itertools.pairwise(places)])


if __name__ == "__main__":
    sys.exit(main())
