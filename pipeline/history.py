"""What is known of each recording, from output/ alone: done, failed and why, or not yet taken.

output/.work/KEY/publish.json   an article was written, and where
output/.failed/KEY.json         the one reason why there is none; gone once there is
output/.channels/NAME.json      what a channel listed when it was last looked at
output/.channels/NAME.rest      its site turned us away: until when we leave it alone
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar

import filelock
from pydantic import ValidationError

from pipeline import store
from pipeline.config import WatchOptions
from pipeline.errors import (
    BrokenModel,
    Bug,
    Changed,
    ConfigError,
    DaySpent,
    DiskFull,
    InterviewError,
    LiveNow,
    MissingKey,
    MissingModel,
    MissingTool,
    NotWritable,
    NotYetLive,
    UnknownEngine,
)
from pipeline.model import Kind, Listed, Published, Source

T = TypeVar("T")
Passed = Literal["", "older", "premiere"]

# Seconds until a stream or premiere is asked for again; the list tells sooner, and for nothing.
NOT_YET = 3600.0
# No fault of the recording: somebody will mend it.
THIS_MACHINE = (
    BrokenModel,
    Changed,
    ConfigError,
    DaySpent,
    DiskFull,
    MissingKey,
    MissingModel,
    MissingTool,
    NotWritable,
    UnknownEngine,
)
LONGEST_PAUSE = {"rest": 86_400.0, "retry": 7 * 86_400.0}
REMEMBERED = 1000  # entries of a list; one page of a channel has 30


@dataclass(frozen=True, slots=True)
class Failure:
    """The one reason why there is no article of a recording."""

    key: str
    address: str
    title: str
    channel: str | None  # the watched one that listed it
    kind: str  # of the error
    what: str
    why: str
    fix: str
    at: datetime
    tries: int = 1
    again: datetime | None = None  # None: not by itself

    @property
    def reason(self) -> str:
        """What and why, in a line."""
        return " ".join(f"{self.what} {self.why}".split())


@dataclass(frozen=True, slots=True)
class Rest:
    """A site turned us away: its channel is left alone for a while."""

    until: datetime
    why: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of a list that was looked at."""

    key: str
    passed: Passed = ""  # why it is never taken by itself


@dataclass(frozen=True, slots=True)
class Register:
    """What a channel listed, and which of that is still to be taken."""

    looked: datetime | None = None
    kinds: tuple[Kind, ...] = ()  # of lists that were looked at
    backfill: int = 0  # how far back that went
    seen: dict[str, Seen] = field(default_factory=dict)  # by the site's id, newest first
    waiting: tuple[Listed, ...] = ()
    paused: bool = False  # as the configuration said when it was last registered
    trouble: str | None = None  # why the last look saw nothing


class History:
    """Reads and writes what is known; each file is there whole or not at all."""

    def __init__(self, output: Path) -> None:
        self.output = output

    # --- articles ---

    def done(self, source: Source) -> Path | None:
        """Where its article was put, even if a person has taken it from there."""
        work = store.Work(self.output / ".work" / source.key)
        if published := work.result("publish", Published):
            return published.folder
        # The steps may have been cleaned away: a folder's name ends with the video's id.
        site, _, name = source.key.partition("-")
        if site != "youtube":
            return None
        found = self.output.glob(f"*-{name}/data/video.json")
        return next((file.parent.parent for file in found), None)

    # --- failures ---

    def failure(self, key: str) -> Failure | None:
        """Why there is no article of it; None where nothing went wrong."""
        return self._read(Failure, self._failed(key))

    def failures(self) -> Iterator[Failure]:
        """All of them."""
        for file in sorted((self.output / ".failed").glob("*.json")):
            if failure := self._read(Failure, file):
                yield failure

    def fail(
        self,
        source: Source,
        title: str,
        channel: str | None,
        error: InterviewError,
        options: WatchOptions,
    ) -> Failure:
        """Record why there is no article, in the place of what was recorded before."""
        before, now = self.failure(source.key), datetime.now(UTC)
        tries = before.tries + 1 if before else 1
        # Without a channel nothing would try it again by itself.
        wait = pause(error, tries, options) if channel else None
        failure = Failure(
            source.key, source.address, title, channel, type(error).__name__, *error.parts, now,
            tries, now + timedelta(seconds=wait) if wait is not None else None,
        )  # fmt: skip
        self._write(self._failed(source.key), failure)
        return failure

    def forgive(self, key: str) -> None:
        """There is an article, or it is asked for anew: no failure stands against it."""
        self._failed(key).unlink(missing_ok=True)

    def _failed(self, key: str) -> Path:
        return self.output / ".failed" / f"{key}.json"

    # --- channels ---

    def register(self, channel: str) -> Register:
        """What a channel listed so far; empty before its first look."""
        return self._read(Register, self._channel(channel)) or Register()

    @contextlib.contextmanager
    def registering(self, channel: str) -> Iterator[None]:
        """One look at a channel at a time."""
        place = self._channel(channel)
        place.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(place.with_suffix(".lock")):
            yield

    def keep(self, channel: str, register: Register) -> None:
        """Remember what a channel listed, the newest of it."""
        newest = dict(list(register.seen.items())[:REMEMBERED])
        self._write(self._channel(channel), replace(register, seen=newest))

    def rest(self, channel: str) -> Rest | None:
        """Until when its site is left alone, and why; None: it need not be."""
        rest = self._read(Rest, self._resting(channel))
        return rest if rest and rest.until > datetime.now(UTC) else None

    def turned_away(self, channel: str, error: InterviewError, options: WatchOptions) -> Rest:
        """Leave the channel's site alone for a while: twice as long as the last time."""
        before = self._read(Rest, self._resting(channel))
        times = before.times + 1 if before else 1
        seconds = min(options.rest * 2 ** (times - 1), LONGEST_PAUSE["rest"])
        rest = Rest(datetime.now(UTC) + timedelta(seconds=seconds), error.parts[1], times)
        self._write(self._resting(channel), rest)
        return rest

    def welcome(self, channel: str) -> None:
        """The site gave us something: the next refusal is a first one again."""
        self._resting(channel).unlink(missing_ok=True)

    def _channel(self, channel: str) -> Path:
        return self.output / ".channels" / f"{channel}.json"

    def _resting(self, channel: str) -> Path:
        return self.output / ".channels" / f"{channel}.rest"

    # --- files ---

    def of_channel(self, channel: str) -> tuple[Path, ...]:
        """All that is known of a channel."""
        return (self._channel(channel), self._resting(channel))

    def of_recording(self, key: str, channel: str | None) -> tuple[Path, ...]:
        """Why there is no article of it, and whether its channel's site turned us away."""
        return (self._failed(key), *([self._resting(channel)] if channel else []))

    def _read(self, kind: type[T], file: Path) -> T | None:
        try:
            return store.load(kind, file.read_bytes())
        except (OSError, ValidationError):  # none, or of another version: as if it were not there
            return None

    def _write(self, file: Path, value: object) -> None:
        with store.refusals_are_told(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            store.write_whole(file, store.dump(value) + b"\n")


def pause(error: InterviewError, tries: int, options: WatchOptions) -> float | None:
    """Seconds until a recording that failed `tries` times is tried again; None: not by itself."""
    if isinstance(error, NotYetLive | LiveNow):
        return min(NOT_YET, options.rest)
    if error.stops_channel or isinstance(error, Bug):
        first = options.rest
    elif error.may_pass or isinstance(error, THIS_MACHINE):
        first = options.retry
    else:
        return None
    return min(first * 2.0 ** min(tries - 1, 20), LONGEST_PAUSE["retry"])
