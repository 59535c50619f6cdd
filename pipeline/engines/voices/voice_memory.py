"""What is kept of a channel's hosts: how they sounded in each video, in output/.voices/.

Only of channels that the configuration switches on; one readable file a channel, for its owner's
eyes only. Deleting the file forgets the voices.
"""

import contextlib
import hashlib
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import filelock
import numpy as np
from pydantic import ValidationError

from pipeline import store
from pipeline.engines import channels
from pipeline.engines.outside import plain
from pipeline.model import KnownVoice, Video

FOLDER: Final = ".voices"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """How a host sounded in one video."""

    person: str
    evidence: tuple[str, ...]  # how this name was found
    video: str
    title: str
    published: str | None
    kept: str  # the day this was written, in ISO
    seconds: float  # that were heard of the voice
    point: tuple[float, ...]  # the voice; empty: recognised in this video, not learnt from it


@dataclass(frozen=True, slots=True)
class Memory:
    """The file of a channel."""

    channel: str
    url: str | None
    page: str | None  # its other address, …/@name
    voiceprint: str  # what made the points: those of another network cannot be compared
    heard: tuple[Heard, ...] = ()  # in the order in which they were kept

    @property
    def people(self) -> tuple[str, ...]:
        """Who is known, the longest known first."""
        return tuple(dict.fromkeys(one.person for one in self.heard))

    def is_of(self, channel: str) -> bool:
        """Whether that is what this channel is called, whole: its name, its id, its address."""
        return channels.listed(
            Video("", None, "", self.channel, self.url, channel_page=self.page), [channel]
        )


def switched_on(video: Video, remember: Iterable[str]) -> bool:
    """Whether this video's channel is one whose hosts may be remembered."""
    return bool(_identity(video)) and channels.listed(video, remember)


def known(video: Video, remember: Iterable[str], output: Path) -> tuple[KnownVoice, ...] | None:
    """The channel's hosts, as they were known when this video was first heard; None: switched off.

    What a video itself taught, and all that was learnt after it, is not told: so a rerun finds what
    it found, and no voice is recognised by itself. A video that taught nothing is told all.
    """
    if not switched_on(video, remember):
        return None
    memory = read(file_of(video, output))
    if memory is None or memory.voiceprint != voiceprint():
        return ()
    before = list[Heard]()
    for one in memory.heard:
        if one.video == key(video):
            break
        before.append(one)
    people = dict.fromkeys(one.person for one in before if one.point)
    return tuple(_mean(person, before) for person in people)


def _mean(person: str, heard: Iterable[Heard]) -> KnownVoice:
    """One point for a person: each video counts by the seconds heard of him."""
    own = [one for one in heard if one.person == person and one.point]
    middle = np.average([one.point for one in own], axis=0, weights=[one.seconds for one in own])
    middle = middle / max(float(np.linalg.norm(middle)), 1e-9)
    return KnownVoice(person, len(own), tuple(np.round(middle, 4).tolist()))


def keep(video: Video, heard: tuple[Heard, ...], output: Path) -> Path:
    """Put what this video taught into the file, in the place of what it taught before."""
    file = file_of(video, output)
    if not heard and not file.exists():
        return file
    with _alone(output):
        memory = read(file)
        if memory is None:
            _put_aside(file)
        if memory is None or memory.voiceprint != voiceprint():
            name = plain(video.channel or "")
            memory = Memory(name, video.channel_url, video.channel_page, voiceprint())
        kept = list(memory.heard)
        places = [place for place, one in enumerate(kept) if one.video == key(video)]
        place = places[0] if places else len(kept)
        others = [one for one in kept if one.video != key(video)]
        first = {one.person: one.kept for one in kept if one.video == key(video)}
        others[place:place] = [replace(one, kept=first.get(one.person, one.kept)) for one in heard]
        if others:
            _write(file, replace(memory, heard=tuple(others)))
        else:
            file.unlink(missing_ok=True)
    return file


def _put_aside(file: Path) -> None:
    """What cannot be read may still be mended by hand: it is not written over."""
    with contextlib.suppress(FileNotFoundError):
        aside = file.replace(file.with_suffix(".unreadable"))
        log.warning("%s could not be read; it is now %s", file, aside.name)


def forget(file: Path, output: Path) -> None:
    """Delete all that is known of a channel's voices."""
    with _alone(output):
        file.unlink(missing_ok=True)


def memories(output: Path) -> Iterator[tuple[Path, Memory | None]]:
    """Every file there is; None for one that cannot be read."""
    for file in sorted((output / FOLDER).glob("*.json")):
        yield file, read(file)


def told(file: Path, memory: Memory | None, remember: Iterable[str]) -> Iterator[str]:
    """A file in words, line by line."""
    if memory is None:
        yield f"{file}: cannot be read"
        return
    on = any(memory.is_of(channel) for channel in remember)
    yield f"{memory.channel or memory.url}{'' if on else '  (switched off: kept, not used)'}"
    for person in memory.people:
        own = [one for one in memory.heard if one.person == person]
        learnt = [one for one in own if one.point]
        count = "1 video" if len(own) == 1 else f"{len(own)} videos"
        minutes = sum(one.seconds for one in learnt) / 60
        yield f"  {person}: {count} since {min(one.kept for one in own)}, {minutes:.1f} min heard"
        yield f"    why that name: {'; '.join(own[0].evidence[-3:])}"
    if memory.voiceprint != voiceprint():
        yield "  made by another network: not used, and learnt anew by the next run"
    yield f"  in {file}"


def read(file: Path) -> Memory | None:
    """What is kept of a channel; None: nothing, or nothing that can be read."""
    with contextlib.suppress(OSError, ValidationError):
        return store.load(Memory, file.read_bytes())
    return None


def file_of(video: Video, output: Path) -> Path:
    """Where a channel's voices lie, under a name that is safe on every system."""
    identity = _identity(video)
    slug = re.sub(r"[^a-z0-9]+", "-", (video.channel or "").casefold()).strip("-")[:40].strip("-")
    mark = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:10]
    return output / FOLDER / f"{slug or 'channel'}-{mark}.json"


def key(video: Video) -> str:
    """What tells a video from all others."""
    return f"{video.extractor} {video.id}"


def voiceprint() -> str:
    """What makes the points: the network, and its very weights."""
    from pipeline.engines.networks import SHA256

    return f"campplus {SHA256['campplus'][:12]}"


def _identity(video: Video) -> str:
    """Its address, which nobody else can take; the name only where there is no address."""
    return channels.address(video.channel_url or video.channel or "")


@contextlib.contextmanager
def _alone(output: Path) -> Iterator[None]:
    """One run at a time changes what is remembered; nobody else may look."""
    folder = output / FOLDER
    with store.refusals_are_told(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        with filelock.FileLock(folder / "lock"):
            yield


# A list of numbers, which `json` would put one to a line.
_NUMBERS = re.compile(r"\[\n\s+([-+\d.e,\s]+?)\s+\]")


def _write(file: Path, memory: Memory) -> None:
    text = json.dumps(json.loads(store.dump(memory)), indent=2, ensure_ascii=False)
    text = _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text)
    store.write_whole(file, f"{text}\n".encode())
    file.chmod(0o600)
