"""A folder of output/ -> the interview that its files tell of."""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline import store
from pipeline.errors import BrokenFolder, NoSuchDraft
from pipeline.model import (
    Article,
    Audio,
    Edited,
    Hearing,
    Interview,
    Receipt,
    Speaker,
    Topic,
    Transcript,
    Turn,
    Turns,
    Video,
    Voice,
    Voices,
)

T = TypeVar("T")

# One folder of output/, and nothing that leads out of it. A person may have renamed it.
NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,200}")
STYLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
FACTS: dict[str, Any] = {  # what an article is checked against, as `render` wrote it
    "video": Video,
    "transcript": Transcript,
    "voices": tuple[Voice, ...],
    "turns": tuple[Turn, ...],
    "speakers": tuple[Speaker, ...],
    "edited": Edited,
    "topics": tuple[Topic, ...],
}
LARGEST = 200_000_000  # bytes of one file; a day of talk has a tenth
_OWN = re.compile(r"(?P<name>article|receipt|review|versions)(?P<rest>[./]|$)")


@dataclass(frozen=True, slots=True)
class Draft:
    """One article of output/: the main one of its folder, or that in another style."""

    folder: Path
    style: str = ""  # "": the main one, article.md

    @property
    def name(self) -> str:
        """What it is called in addresses: its folder."""
        return self.folder.name

    @property
    def query(self) -> str:
        """What its addresses end with."""
        return f"?style={self.style}" if self.style else ""

    def file(self, name: str) -> Path:
        """The file that is called so for the main article: `article.md`, `data/article.json`."""
        return self.folder / self.own(name)

    def own(self, name: str) -> str:
        """The same as a name below the folder.

        >>> Draft(Path(), "essay").own("data/versions/0001.json")
        'data/versions-essay/0001.json'
        """
        if not self.style:
            return name
        its = rf"\g<name>-{self.style}\g<rest>"
        return "/".join(_OWN.sub(its, part, count=1) for part in name.split("/"))


def drafts(output: Path) -> Iterator[Draft]:
    """Every folder that holds an article, or what is left of one."""
    if not output.is_dir():
        return
    with os.scandir(output) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if not NAME.fullmatch(entry.name) or not entry.is_dir(follow_symlinks=False):
                continue
            # A folder that only looks like one of ours is left alone; a broken one is shown.
            if any(os.path.exists(f"{entry.path}/{name}") for name in ("data", "article.md")):  # noqa: PTH110 - a thousand times a look
                yield Draft(Path(entry.path))


def draft(output: Path, name: str, style: str = "") -> Draft:
    """The draft of that name. Raises NoSuchDraft for everything else, also for a way out."""
    folder = output / name if NAME.fullmatch(name) else output
    if folder == output or folder.is_symlink() or not folder.is_dir():
        raise NoSuchDraft(name[:80], "There is no such folder in output/.")
    found = Draft(folder, style if STYLE.fullmatch(style) else "")
    if style and not found.file("data/article.json").is_file():
        raise NoSuchDraft(f"{name[:80]} as {style[:40]}", "It was not written in that style.")
    return found


def styles(folder: Path) -> list[str]:
    """The other styles it is written in."""
    found = (path.stem.removeprefix("article-") for path in folder.glob("data/article-*.json"))
    return sorted(name for name in found if STYLE.fullmatch(name))


def listening_copy(folder: Path) -> Path | None:
    """The kept audio, where it is in that folder and no link out of it."""
    for path in sorted(folder.glob("audio.*")):
        if path.is_file() and path.resolve().parent == folder.resolve():
            return path
    return None


# --- from files to nouns ---


def interview(of: Draft) -> Interview:
    """All that is known of it. Raises BrokenFolder that names the file which cannot be read."""
    known = facts(of.folder)
    return replace(
        known,
        article=read(of, "data/article.json", Article),
        receipt=read(of, "receipt.json", Receipt),
    )


def facts(folder: Path) -> Interview:
    """The same with an empty article: what stays as it is while an article is mended."""
    return _facts(folder, _signature(folder))


def read(of: Draft, name: str, kind: type[T]) -> T:
    """One file of it as a noun. Raises BrokenFolder."""
    path = of.file(name)
    try:
        if path.stat().st_size > LARGEST:
            raise BrokenFolder(path, "It is larger than any that mytake writes.")
        return store.load(kind, path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        why = f"{first['msg']}{f', at {where}' if where else ''}."
        raise BrokenFolder(path, why) from error
    except (OSError, ValueError, RecursionError) as error:
        raise BrokenFolder(path, getattr(error, "strerror", None) or str(error)) from error


def _signature(folder: Path) -> str:
    """Changes whenever a run has written the facts anew."""
    marks = []
    for name in (*FACTS, "hearing"):
        with contextlib.suppress(OSError):
            state = (folder / "data" / f"{name}.json").stat()
            marks.append(f"{name} {state.st_mtime_ns} {state.st_size}")
    return hashlib.sha256(" ".join(marks).encode()).hexdigest()


@lru_cache(maxsize=4)  # three hours of talk are 20 MB here
def _facts(folder: Path, _signature: str) -> Interview:
    of = Draft(folder)
    told = {name: read(of, f"data/{name}.json", kind) for name, kind in FACTS.items()}
    turns, transcript = told["turns"], told["transcript"]
    last = len(transcript.words) - 1
    if any(not 0 <= turn.words[0] <= turn.words[1] <= last for turn in turns):
        raise BrokenFolder(folder / "data" / "turns.json", "It tells of words that are not there.")
    hearing = _hearing(of)
    return Interview(
        told["video"],
        _audio(folder, hearing.duration or told["video"].duration or 0.0),
        transcript,
        Voices(hearing.voices, told["voices"], hearing.proven),
        Turns(turns, hearing.doubtful, hearing.proven, hearing.called, hearing.doubts),
        told["speakers"],
        told["edited"],
        told["topics"],
        Article("", "", "", "", (), ""),
        read(of, "receipt.json", Receipt),
    )


def _audio(folder: Path, duration: float) -> Audio | None:
    copy = listening_copy(folder)
    return Audio(copy, copy, duration, "") if copy else None


def _hearing(of: Draft) -> Hearing:
    """What the turns do not say; of an older folder, what its receipt does."""
    if of.file("data/hearing.json").exists():
        return read(of, "data/hearing.json", Hearing)
    found = " ".join(read(of, "receipt.json", Receipt).reasons)
    guessed = "guessed from the text" in found
    return Hearing("text" if guessed else "offline", None, proven=not guessed)
