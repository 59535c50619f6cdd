"""Sound that nobody needs any more is deleted; articles, edits and listening copies stay.

A cleaned video stays finished: a rerun does nothing, and what must be heard anew is fetched again.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import CleanOptions
from pipeline.errors import Busy
from pipeline.model import Published
from pipeline.publish import offered
from pipeline.store import Work

DAY = 86_400.0
UNITS = {"h": DAY / 24, "d": DAY, "w": 7 * DAY}

# What the folder of a recording has from its first moment; others have not.
BEGINS = ("download.json", "download.begun")

# step -> fields of its result that are sound, and only needed for hearing
SOUND = {"download": ("audio",), "prepare": ("path",)}
LISTENING = {"prepare": ("listening",)}
# step -> what it leaves when it is killed
HALVES = {"download": ("audio.*",), "prepare": ("16k.wav", "*.part")}


@dataclass(frozen=True, slots=True)
class Leftover:
    """What one recording's working folder holds that may go."""

    key: str
    title: str  # of its published folder; what it is, where there is none
    days: float  # since it was last worked on
    freed: int  # bytes; a file that has another name elsewhere frees none
    files: tuple[Path, ...]
    busy: bool = False  # a run is at it: nothing was touched


def seconds(text: str) -> float:
    """How long that is.

    >>> seconds("30d") / DAY, seconds("12h") / DAY, seconds("2w") / DAY
    (30.0, 0.5, 14.0)
    """
    told = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([hdw])", text.strip())
    if not told:
        raise ValueError(f"'{text}' is no time: take 30d, 12h or 2w")
    return float(told[1]) * UNITS[told[2]]


def sweep(
    output: Path,
    options: CleanOptions,
    *,
    older_than: float | None = None,  # seconds, instead of what the options say
    listening: bool = False,  # the copies for the reviewer too
    dry_run: bool = False,
) -> Iterator[Leftover]:
    """Delete what may go, recording by recording, and tell of each; a dry run only tells."""
    for root in sorted((output / ".work").glob("*/")):
        if root.is_symlink() or not any((root / mark).exists() for mark in BEGINS):
            continue
        work = Work(root)
        published = _published(work)
        rule = (options.finished if published else options.failed) * DAY
        age = time.time() - _touched(root)
        if age < (rule if older_than is None else older_than):
            continue
        try:
            with work:
                found = _leftover(work, published, age / DAY, listening)
                if found.files and not dry_run:
                    with store.refusals_are_told(root):
                        _delete(work, found)
        except Busy:
            found = Leftover(root.name, _title(published), age / DAY, 0, (), busy=True)
        if found.files or found.busy:
            yield found


def _published(work: Work) -> Path | None:
    """Where its article was put; None: it is not finished."""
    published = work.result("publish", Published)
    return published.folder if published else None


def _title(published: Path | None) -> str:
    return published.name if published else "unfinished"


def _marks(root: Path) -> Iterator[Path]:
    """What steps leave when they begin and when they are finished."""
    yield from (*root.glob("*.json"), *root.glob("*.begun"))


def _touched(root: Path) -> float:
    """When it was last worked on."""
    return max(mark.lstat().st_mtime for mark in _marks(root))


def _leftover(work: Work, published: Path | None, days: float, listening: bool) -> Leftover:
    files = [*_sound(work, SOUND), *_halves(work.root)]
    if listening:
        files += _sound(work, LISTENING)
        files += _published_copies(published) if published else []
    return Leftover(work.root.name, _title(published), days, _freed(files), tuple(files))


def _sound(work: Work, wanted: Mapping[str, Sequence[str]]) -> Iterator[Path]:
    """Files that finished steps made; what a person put in their place is not one."""
    for step, fields in wanted.items():
        manifest = work.manifest(step)
        if manifest is None or (work.root / step).is_symlink():
            continue
        for field in fields:
            told: Any = manifest.result.get(field) if isinstance(manifest.result, dict) else None
            name = str(told).removeprefix(f"{step}/")  # a local file has its whole path: not ours
            path = work.root / step / name
            if name in manifest.files and _is_ours(path, manifest.files[name]):
                yield path


def _is_ours(path: Path, size: int) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size == size


def _halves(root: Path) -> Iterator[Path]:
    """Sound of a step that was not finished. What was heard so far is small, and stays."""
    for step, patterns in HALVES.items():
        folder = root / step
        if (root / f"{step}.begun").exists() and not folder.is_symlink():
            found = {path for pattern in patterns for path in folder.glob(pattern)}
            yield from (path for path in sorted(found) if path.is_file() and not path.is_symlink())


def _published_copies(folder: Path) -> Iterator[Path]:
    """The published copy, where no person has changed it."""
    known = offered(folder)
    for path in sorted(folder.glob("audio.*")):
        if not path.is_symlink() and known.get(path.name) == store.digest(path):
            yield path


def _freed(files: Sequence[Path]) -> int:
    states = [path.lstat() for path in files]
    going = Counter(state.st_ino for state in states)
    sizes = {
        state.st_ino: state.st_size for state in states if state.st_nlink <= going[state.st_ino]
    }
    return sum(sizes.values())


def _delete(work: Work, leftover: Leftover) -> None:
    """The files of finished steps are let go of; the rest is only deleted."""
    for step in {*SOUND, *LISTENING}:
        folder = work.root / step
        names = [str(path.relative_to(folder)) for path in leftover.files if folder in path.parents]
        work.let_go(step, names)
    for path in leftover.files:
        path.unlink(missing_ok=True)
