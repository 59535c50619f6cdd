"""Names that a person corrected while reviewing, kept for their channel in output/.names/.

One readable file a channel. Every later run of the channel spells them so; none hears anything
anew for it, as they are not told to Whisper.
"""

import contextlib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import filelock
from pydantic import ValidationError

from pipeline import store
from pipeline.engines import channels
from pipeline.model import Glossary, Term, Video

FOLDER: Final = ".names"


@dataclass(frozen=True, slots=True)
class Names:
    """The file of a channel."""

    channel: str
    spellings: dict[str, str] = field(default_factory=dict)  # as it was heard -> as it is spelled


def known(video: Video, output: Path) -> dict[str, str]:
    """What was corrected in this channel so far."""
    with contextlib.suppress(OSError, ValidationError):
        return dict(store.load(Names, file_of(video, output).read_bytes()).spellings)
    return {}


def taught(glossary: Glossary, names: Mapping[str, str]) -> Glossary:
    """The glossary with the right spellings in it, so that other near misses are corrected too.

    Its prompt stays: Whisper is told nothing new, and hears nothing anew.
    """
    known = {term.text for term in glossary.terms}
    learnt = [name for name in dict.fromkeys(names.values()) if name not in known]
    terms = tuple(Term(name, "channel") for name in learnt)
    return replace(glossary, terms=(*glossary.terms, *terms))


def keep(video: Video, heard: str, spelled: str, output: Path) -> Path:
    """Put one more into the file of the channel; back to what was heard takes it out."""
    file = file_of(video, output)
    with store.refusals_are_told(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(file.parent / "lock"):
            names = Names(video.channel or "", known(video, output))
            spellings = {old: new for old, new in names.spellings.items() if old != heard}
            # What was corrected to the wrong name is corrected to the right one.
            spellings = {
                old: spelled if new == heard else new for old, new in spellings.items()
            } | {heard: spelled}
            spellings = {old: new for old, new in spellings.items() if old != new}
            store.write_whole(file, store.dump(replace(names, spellings=spellings)) + b"\n")
    return file


def file_of(video: Video, output: Path) -> Path:
    """By its address, which nobody else can take; a video of no channel has a file of its own."""
    identity = channels.address(video.channel_url or video.channel or "")
    identity = identity or f"{video.extractor} {video.id}"
    slug = re.sub(r"[^a-z0-9]+", "-", (video.channel or "").casefold()).strip("-")[:40].strip("-")
    mark = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:10]
    return output / FOLDER / f"{slug or 'channel'}-{mark}.json"
