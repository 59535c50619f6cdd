"""Pages -> output/: a folder that appears whole, replaces its older self, and spares your edits.

Everything is built beside, in output/.work/publishing/, and renamed into place. What a person
changed or added in the published folder stays as it is; a newer version of a changed file is put
next to it as article.new.md.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import filelock

from pipeline import store
from pipeline.config import PublishOptions
from pipeline.errors import NotWritable
from pipeline.model import Page, Pages, Published, Video

VERSION: Final = 1

RECORD = "data/published.json"
LONGEST_ID = 48
# Letters that Unicode does not take apart into a base letter and a mark.
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "đ": "d", "ł": "l", "Ł": "L", "œ": "oe"}
    | {"’": "", "'": ""}  # "don't" reads better as dont than as don-t
)
# A person may save a file between our look at the folder and its replacement; then we look again.
LOOKS = 5
_ARTICLE = re.compile(r"(article(?:-[^./]+)?)\.md")
EDITED_FROM = "data/edited-from"  # the articles of which a person edited the text, as they were
_WORDS = ("data/transcript.json", "data/turns.json")  # an article counts its words in these

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """What we put into a folder, so that a person's changes can be told from ours."""

    folder: str  # its name as we gave it
    files: dict[str, str]  # name below the folder -> sha256 of the newest version we offered


def publish(video: Video, pages: Pages, options: PublishOptions, output: str) -> Published:
    """Put the pages into `output`, as one folder per video."""
    root = Path(output).absolute()
    with store.refusals_are_told(root), alone(root) as workshop:
        _take_up_again(root, workshop)
        for _ in range(LOOKS):
            older = folder_of(root, video)
            seen = _seen(older)
            target = _target(root, video, older, options)
            newer = _build(pages, older, _given_name(older, target), workshop)
            if _swap(older, seen, newer, target, workshop):
                return Published(target, target / "article.md", pages.status)
    raise NotWritable(target, "Something keeps changing files in it.")


def is_there(published: Published) -> bool:
    """Whether what was put there is still there; if not, publish it again."""
    articles = filter(_ARTICLE.fullmatch, _record(published.folder).files)
    needed = ("article.md", "receipt.json", "data/video.json", *articles)
    return all((published.folder / name).is_file() for name in needed)


def offered(folder: Path) -> dict[str, str]:
    """What we put into a published folder: name -> sha256 of the newest version."""
    return _record(folder).files


def newest(file: Path) -> Path:
    """The newest version of a published file: itself, or article.new.md where it was edited.

    Itself, too, where nothing newer lies beside what a person made of it.
    """
    given = _record(file.parent).files.get(file.name)
    beside = sorted(file.parent.glob(f"{file.stem}.new*{file.suffix}"))
    found = (path for path in (file, *beside) if path.is_file() and store.digest(path) == given)
    return next(found, file)


def edited(file: Path) -> bool:
    """Did a person change it by hand, and not on the page for reviewing?"""
    if file.name in reviewed(file.parent):
        return False
    return store.digest(file) != _record(file.parent).files.get(file.name)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[Path]:
    """One publication into this folder at a time; gives the place to build in, on its disk."""
    workshop = root / ".work" / "publishing"
    workshop.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(workshop / "lock"):
        yield workshop


# --- names ---


def _target(root: Path, video: Video, older: Path | None, options: PublishOptions) -> Path:
    """Where it goes: under a name that is safe on every system, or the one a person gave it."""
    if older and _renamed(older):
        return older
    target = root / folder_name(video, options.title_letters)
    if target == older or not _there(target):
        return target
    # Another recording has that name, or something that is not ours.
    return root / f"{target.name}-{_mark(f'{video.extractor} {video.id}')}"


def _renamed(older: Path) -> bool:
    return older.name != _record(older).folder


def _given_name(older: Path | None, target: Path) -> str:
    return _record(older).folder if older and _renamed(older) else target.name


def folder_name(video: Video, title_letters: int = 60) -> str:
    """Date, title and id in letters, digits and hyphens; the id as it is where it is that.

    >>> folder_name(Video("bc6uFV9CJGg", None, "Café ../ <b>", published="2024-04-18"))
    '2024-04-18-cafe-b-bc6uFV9CJGg'
    """
    parts = (_day(video.published), _slug(video.title, title_letters), _safe_id(video.id))
    return "-".join(part for part in parts if part)


def _day(said: str | None) -> str:
    try:
        return date.fromisoformat((said or "")[:10]).isoformat()
    except ValueError:
        return "undated"


def _slug(title: str, longest: int) -> str:
    letters = unicodedata.normalize("NFKD", title.translate(LETTERS))
    words = re.findall(r"[a-z0-9]+", letters.encode("ascii", "ignore").decode().lower())
    slug = "-".join(words)
    if len(slug) <= longest:
        return slug
    whole_words = slug[: longest + 1].rpartition("-")[0]
    return whole_words or slug[:longest]


def _safe_id(said: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", said)[:LONGEST_ID]
    return safe if safe == said and safe else f"{safe}-{_mark(said)}".lstrip("-")


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


# --- the folder as it is ---


def folder_of(root: Path, video: Video) -> Path | None:
    """The folder this video has already, whatever its name."""
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(".") or folder.is_symlink() or not folder.is_dir():
            continue
        if _identity(folder) == (video.extractor, video.id):
            return folder
    return None


def _identity(folder: Path) -> tuple[object, object] | None:
    try:
        said = json.loads((folder / "data" / "video.json").read_bytes())
        return said["extractor"], said["id"]
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _record(folder: Path) -> Record:
    """What we put there; where that is not known, everything counts as a person's."""
    try:
        said = json.loads((folder / RECORD).read_bytes())
        return Record(str(said["folder"]), dict(said["files"]))
    except (OSError, ValueError, TypeError, KeyError):
        return Record(folder.name, {})


def reviewed(folder: Path | None) -> frozenset[str]:
    """The files that `mytake review` wrote: what a person mended, or approved as it stands."""
    names = set[str]()
    for file in folder.glob("review*.json") if folder else ():
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            names |= set(json.loads(file.read_bytes())["files"])
    return frozenset(names)


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.is_file():
            yield path.relative_to(folder).as_posix()


def _seen(folder: Path | None) -> dict[str, tuple[int, int]]:
    """Size and time of each file: enough to notice that one was saved meanwhile."""
    states = {name: (folder / name).lstat() for name in _files(folder)} if folder else {}
    return {name: (state.st_size, state.st_mtime_ns) for name, state in states.items()}


# --- the folder as it will be ---


@dataclass(frozen=True, slots=True)
class Older:
    """The published folder, and which of its files a person has touched."""

    folder: Path | None
    offered: dict[str, str]
    reviewed: frozenset[str] = frozenset()  # a person mended or approved them: theirs, even as ours

    def theirs(self, name: str) -> Path | None:
        """A file that a person changed or added."""
        path = self.folder / name if self.folder else None
        if path is None or not (path.is_symlink() or path.is_file()):
            return None
        if name in self.reviewed or path.is_symlink():
            return path
        return path if store.digest(path) != self.offered.get(name) else None


def _build(pages: Pages, older: Path | None, name: str, workshop: Path) -> Path:
    """A whole new folder, with what is a person's carried over."""
    newer = workshop / "new"
    shutil.rmtree(newer, ignore_errors=True)
    newer.mkdir()
    before = Older(older, _record(older).files if older else {}, reviewed(older))
    offered: dict[str, str] = {}
    try:
        for page, source in _ours(pages):
            offered |= _put(page, source, before, newer)
        offered |= _edited_from(pages, before, newer)
        for kept in _files(older) if older else ():
            theirs = before.theirs(kept)
            if theirs and kept != RECORD and not _there(newer / kept):
                _link(theirs, newer / kept)
        record = newer / RECORD
        record.parent.mkdir(exist_ok=True)
        store.write_whole(record, store.dump(Record(name, offered)))
    except OSError:
        shutil.rmtree(newer, ignore_errors=True)
        raise
    return newer


def _ours(pages: Pages) -> Iterator[tuple[Page, Path]]:
    for page in pages.files:
        yield page, pages.folder / page.name
    if pages.audio:
        yield Page(f"audio{pages.audio.suffix}", store.digest(pages.audio)), pages.audio


def _put(page: Page, source: Path, before: Older, newer: Path) -> dict[str, str]:
    """Write our version, or theirs with ours beside; gives what was offered, under which name."""
    theirs = before.theirs(page.name)
    if theirs is None or (not theirs.is_symlink() and store.digest(theirs) == page.sha256):
        (_link if page.name.startswith("audio.") else _copy)(source, newer / page.name)
        return {page.name: page.sha256}
    _link(theirs, newer / page.name)
    beside = _beside(page.name, before)
    if before.offered.get(page.name) != page.sha256:
        log.warning("%s was edited and is kept; the new version is %s.", page.name, beside)
        _copy(source, newer / beside)
    elif before.folder and (before.folder / beside).is_file():
        _link(before.folder / beside, newer / beside)
    else:
        return {page.name: page.sha256}
    return {page.name: page.sha256, beside: page.sha256}


def _edited_from(pages: Pages, before: Older, newer: Path) -> dict[str, str]:
    """Keep what each edited text was made from; gives what was offered, under which name.

    Beside a newer article nobody could tell what a person changed in the older one. Where the words
    were heard anew, that is of no use.
    """
    ours = {page.name: page.sha256 for page in pages.files}
    if before.folder is None or any(ours.get(n) != before.offered.get(n) for n in _WORDS):
        return {}
    offered = {}
    for text in filter(None, map(_ARTICLE.fullmatch, ours)):
        name, kept = f"data/{text[1]}.json", f"{EDITED_FROM}/{text[1]}.json"
        if text[0] in before.reviewed or not before.theirs(text[0]):
            continue
        earlier = kept in before.offered
        source = before.folder / (kept if earlier else name)
        if (earlier or ours.get(name) != before.offered.get(name)) and source.is_file():
            _copy(source, newer / kept)
            offered[kept] = store.digest(source)
    return offered


def _beside(name: str, before: Older) -> str:
    """article.new.md, or a name with a number where a person has edited that one too."""
    path = Path(name)
    number = 1
    while True:
        new = "new" if number == 1 else f"new{number}"
        beside = path.with_name(f"{path.stem}.{new}{path.suffix}").as_posix()
        if not before.theirs(beside):
            return beside
        number += 1


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _copy(source: Path, target: Path) -> None:
    """A copy that a power cut after the renaming cannot leave empty."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())


def _link(source: Path, target: Path) -> None:
    """The same file under another name, which costs no space; a copy where that cannot be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    try:
        target.hardlink_to(source)
    except OSError:  # another disk, or one that knows no hard links
        _copy(source, target)


# --- into place ---


def _swap(
    older: Path | None, seen: dict[str, tuple[int, int]], newer: Path, target: Path, workshop: Path
) -> bool:
    """Rename the old folder aside and the new one in. False: the old one changed meanwhile."""
    aside = workshop / "old" / older.name if older else None
    if older and aside:
        aside.parent.mkdir(exist_ok=True)
        older.rename(aside)
    try:
        unchanged = _seen(aside) == seen
        if unchanged:
            newer.rename(target)
    except BaseException:
        if older and aside:
            aside.rename(older)
        raise
    if not unchanged and older and aside:
        aside.rename(older)
        return False
    if aside:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def _take_up_again(root: Path, workshop: Path) -> None:
    """After a kill between the two renamings: bring back what was renamed aside."""
    aside = workshop / "old"
    there = {_identity(folder) for folder in root.iterdir() if not folder.name.startswith(".")}
    for folder in sorted(aside.iterdir()) if aside.is_dir() else ():
        home = root / folder.name
        if _identity(folder) in there:  # its newer self is in place and holds the edits
            shutil.rmtree(folder, ignore_errors=True)
        elif not _there(home):
            folder.rename(home)
