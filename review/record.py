"""What a person did with an article: review.json and data/versions/, beside it.

Saving is one renaming. First the new version is written whole as data/versions/NNNN.json; then
review.json, renamed into place, says that it is the one, and which files are still to be written
from it; then those are, each whole. Killed before the renaming: the old version. Killed after: the
new one, and whoever opens the folder next writes what was still to be written.
"""

import contextlib
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Literal

from pipeline import publish, store
from pipeline.errors import ChangedMeanwhile
from pipeline.model import Article, Decision
from review.draft import Draft, read

FILE = "review.json"
KEPT = "data/versions"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done."""

    when: str
    what: str  # "changed a sentence of answer 2", "approved"
    version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it stood after a change."""

    number: int
    parent: int | None  # the one it was made from; undoing goes back to it
    when: str
    what: str
    article: Article
    by: Literal["mytake", "person"] = "person"  # mytake: as a run wrote it


@dataclass(frozen=True, slots=True)
class Review:
    """All that review.json says."""

    version: int | None = None  # the one that is shown; None: nothing was mended yet
    newest: int = -1
    decision: Decision | None = None
    history: tuple[Event, ...] = ()
    # sha256 of each file as it was last written here: what differs, somebody edited by hand.
    files: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)  # still to be written from `version`
    # What later runs of this recording are told: who is who, as --speakers would.
    names: dict[str, str] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)  # voices that are one person


def now() -> str:
    """As it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def review(of: Draft) -> Review:
    """What was done with it so far. Raises BrokenFolder."""
    return read(of, FILE, Review) if of.file(FILE).exists() else Review()


def decision(of: Draft, told: Review) -> Decision | None:
    """The decision, as long as it is about the article that is there."""
    if told.decision is None or told.decision.article != _digest(of.file("data/article.json")):
        return None
    return told.decision


def stamp(of: Draft) -> str:
    """Another one after each change, by whomever: what a tab shows is compared with it."""
    names = (FILE, "data/article.json", "receipt.json", "article.md")
    marks = [_digest(of.file(name)) for name in names]
    return hashlib.sha256(" ".join(marks).encode()).hexdigest()[:16]


def unchanged(of: Draft, seen: str) -> None:
    """Raises ChangedMeanwhile where that is not what is there."""
    if stamp(of) != seen:
        raise ChangedMeanwhile(of.name)


@contextlib.contextmanager
def alone(of: Draft) -> Iterator[None]:
    """Nobody else saves, and no run publishes into this output meanwhile."""
    output = of.folder.parent.absolute()
    with store.refusals_are_told(output), publish.alone(output):
        yield


# --- versions ---


def version(of: Draft, number: int) -> Version:
    """That version. Raises BrokenFolder."""
    name = f"{KEPT}/{number:04}.json"
    path = of.file(name)
    return _version(of, name, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=500)  # none ever changes, and each look at a draft asks for all
def _version(of: Draft, name: str, _written: int) -> Version:
    return read(of, name, Version)


def versions(of: Draft, told: Review) -> list[Version]:
    """All that are kept, the oldest first; one beyond the newest was left by a kill."""
    paths = sorted(_folder(of).glob("[0-9][0-9][0-9][0-9].json"))
    return [version(of, int(path.stem)) for path in paths if int(path.stem) <= told.newest]


def previous(of: Draft, told: Review) -> Version | None:
    """The version that undoing goes back to."""
    if told.version is None:
        return None
    parent = version(of, told.version).parent
    return None if parent is None else version(of, parent)


def following(of: Draft, told: Review) -> Version | None:
    """The newest version that was made from this one, and taken back."""
    if told.version is None:
        return None
    made = [one for one in versions(of, told) if one.parent == told.version]
    return made[-1] if made else None


def _folder(of: Draft) -> Path:
    return of.file(KEPT)


def keep(of: Draft, told: Review, article: Article, what: str, **more: object) -> Review:
    """Write a new version whole; gives the review that shows it, not yet saved."""
    number = told.newest + 1
    made = Version(number, told.version, now(), what, article, **more)  # type: ignore[arg-type]
    path = _folder(of) / f"{number:04}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    store.write_whole(path, store.dump(made))
    return replace(told, version=number, newest=number)


def begun(of: Draft, told: Review, article: Article) -> Review:
    """The review with the article as it was written among its versions."""
    if told.version is not None:
        return told
    return keep(of, told, article, "as it was written", by="mytake")


def with_event(told: Review, what: str, reason: str = "") -> Review:
    """The review with one more thing done."""
    return replace(told, history=(*told.history, Event(now(), what, told.version, reason)))


# --- saving ---


def commit(of: Draft, told: Review, texts: Mapping[str, str], over: Collection[str] = ()) -> None:
    """Save review.json, which decides, and then the files made from its version.

    `over`: files that take the place of what somebody made of them, which is kept elsewhere.
    """
    pending = {of.own(name) if name in OWN else name: sha(text) for name, text in texts.items()}
    _write(of, replace(told, pending=pending))
    settle(of, texts, over)


# What `render.written_out` gives under its main name, also for another style.
OWN = ("article.md", "article.html", "receipt.json", "data/article.json")


def settle(of: Draft, texts: Mapping[str, str], over: Collection[str] = ()) -> None:
    """Write what is still to be written; an edited file stays, ours goes beside it."""
    told = review(of)
    theirs = set(by_hand(of, told)) - set(over)
    ours = {of.own(name) if name in OWN else name: text for name, text in texts.items()}
    for own, text in ours.items():
        path = of.folder / own
        if own in theirs:
            path = of.folder / beside(of, told, own)
        if _digest(path) != sha(text):
            path.parent.mkdir(parents=True, exist_ok=True)
            store.write_whole(path, text.encode())
    digests = {own: sha(text) for own, text in ours.items()}
    _write(of, replace(told, files={**told.files, **digests}, pending={}))


def save(of: Draft, told: Review) -> None:
    """Save review.json alone: something was decided or told, and no file changes."""
    _write(of, told)


def by_hand(of: Draft, told: Review) -> list[str]:
    """Files of the article that somebody changed outside of this page."""
    names = dict.fromkeys((*(of.own(name) for name in OWN), *told.files))
    return [own for own in names if is_edited(of, told, own)]


def is_edited(of: Draft, told: Review, own: str) -> bool:
    """Whether that file is there, and is not as it was last written."""
    path = of.folder / own
    ours = {told.files.get(own), told.pending.get(own), publish.offered(of.folder).get(own)}
    return path.exists() and _digest(path) not in ours


def beside(of: Draft, told: Review, own: str) -> str:
    """Where ours goes: article.new.md, with a number where somebody edited that one too."""
    path = Path(own)
    for number in count(1):
        name = f"{path.stem}.new{number if number > 1 else ''}{path.suffix}"
        there = path.with_name(name)
        if not (of.folder / there).exists() or is_ours(of, told, own, of.folder / there):
            return there.as_posix()
    raise AssertionError("there is always another number")


def is_ours(of: Draft, told: Review, own: str, beside: Path) -> bool:
    """Whether what lies beside a file is as we put it there."""
    offered = publish.offered(of.folder).get(beside.relative_to(of.folder).as_posix())
    return _digest(beside) in {told.files.get(own), told.pending.get(own), offered}


def set_aside(of: Draft, own: str) -> str:
    """Keep a copy of what somebody made of a file, among the versions; gives its name."""
    path = of.folder / own
    folder = _folder(of)
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + len([*folder.glob(f"edited-*{path.suffix}")])
    copy = folder / f"edited-{number}{path.suffix}"
    store.write_whole(copy, path.read_bytes())
    return copy.relative_to(of.folder).as_posix()


def _write(of: Draft, told: Review) -> None:
    store.write_whole(of.file(FILE), store.dump(told))


def sha(text: str) -> str:
    """sha256 of what a file will hold."""
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    try:
        return store.digest(path)
    except OSError:
        return ""
