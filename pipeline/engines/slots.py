"""Taking turns across the processes of a machine: locks of files, which the killed let go of."""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import filelock

from pipeline import store

log = logging.getLogger(__name__)

LOOK_AGAIN = 0.5  # seconds


@contextlib.contextmanager
def slot(folder: Path, name: str, count: int, whose: str) -> Iterator[None]:
    """Hold one of `count` places of that name; waits until there is one, and says so once."""
    with store.refusals_are_told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    places = [folder / f"{name}-{number}" for number in range(1, count + 1)]
    lock = _taken(places)
    if lock is None:
        held = ", ".join(filter(None, map(_holder, places))) or "another run"
        log.info("%s waits for its turn: %s goes first (%s)", whose, held, name)
    while lock is None:
        time.sleep(LOOK_AGAIN)
        lock = _taken(places)
    try:
        holder = Path(lock.lock_file).with_suffix(".holder")
        with contextlib.suppress(OSError):  # only for the log
            holder.write_text(whose, encoding="utf-8")
        yield
    finally:
        lock.release()


def _taken(places: Sequence[Path]) -> filelock.BaseFileLock | None:
    for place in places:
        lock = filelock.FileLock(place.with_suffix(".lock"), timeout=0)
        with contextlib.suppress(filelock.Timeout):
            lock.acquire()
            return lock
    return None


def _holder(place: Path) -> str:
    try:
        return place.with_suffix(".holder").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


@contextlib.contextmanager
def polite(folder: Path, site: str, between: float, whose: str) -> Iterator[None]:
    """Talk to a site alone, and not before so many seconds have passed since the last talk."""
    with slot(folder, f"site-{site}", 1, whose):
        last = folder / f"site-{site}.last"
        ago = time.time() - last.stat().st_mtime if last.exists() else between
        # A clock that was set back makes nobody wait for longer.
        wait = min(between, between - ago)
        if wait > 0:
            log.info("%s waits %.0f s: %s was asked a moment ago", whose, wait, site)
            time.sleep(wait)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # a full disk: then nobody waits
                last.touch()
