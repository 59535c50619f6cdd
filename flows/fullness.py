"""Whether an article can be begun: not while the disk is as full as a run found it."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.engines.room import size
from pipeline.errors import DiskFull

ROOM = 10_000_000  # bytes; as many more than there were, and it is tried whether they are enough
LATE = 60.0  # seconds in which a run that found too little may have found so before there was room
AGAIN = 600.0  # seconds after which it is tried all the same: the room may be larger than we know


@dataclass
class Fullness:
    """What is known of the disk of a folder; changes are told in words."""

    folder: Path
    tell: Callable[[str], None]
    now: Callable[[], float] = time.monotonic
    full: int | None = None  # bytes that were left where a run found too little
    since: float = 0.0
    had_room: float = float("-inf")  # when it was last found that there is room again

    def found_full(self, why: str) -> None:
        """A run found too little: no fault of it, and the next one would find it so too."""
        left = self._left()
        if self.full is not None:
            self.full = min(self.full, left)
        elif left < ROOM or self.now() - self.had_room > LATE:
            self.full, self.since = left, self.now()
            self.tell(" ".join(why.split()))
            self.tell("No article is begun until there is room; then all go on by themselves.")

    def has_room(self) -> bool:
        """Is there any, and more than there was when a run found too little?"""
        left = self._left()
        if left < ROOM:  # the server writes there too, each step of a run
            self.found_full(str(DiskFull(self.folder, f"{size(left)} are left.")))
        if self.full is None:
            return True
        self.full = min(self.full, left)
        more, waited = left >= self.full + ROOM, self.now() - self.since > AGAIN
        if left < ROOM or not (more or waited):
            return False
        self.full = None
        if more:  # else what a run finds now is found anew
            self.had_room = self.now()
        self.tell("There is room again." if more else "It is tried again whether there is room.")
        return True

    def _left(self) -> int:
        return shutil.disk_usage(self.folder).free
