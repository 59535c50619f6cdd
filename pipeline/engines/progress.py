"""How far the listening is: a bar on a terminal, a line now and then in a log."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from tqdm import tqdm

from pipeline.engines.base import Heard

EVERY = 30.0  # seconds between two lines in a log

Told = Callable[[str, float], None]  # what is done, and which share of it: 0 to 1
_who: ContextVar[Told] = ContextVar("who wants to know", default=lambda _, __: None)


@contextlib.contextmanager
def told(who: Told) -> Iterator[None]:
    """While this lasts, tell it to them too."""
    token = _who.set(who)
    try:
        yield
    finally:
        _who.reset(token)


@contextlib.contextmanager
def bar(what: str, duration: float) -> Iterator[Heard]:
    """Tell how many of `duration` seconds of audio are done, on stderr and who else asked."""
    who = _who.get()
    with _shown(what, duration) as shown:

        def heard(done: float) -> None:
            shown(done)
            who(what, min(1.0, max(0.0, done / duration)) if duration else 1.0)

        yield heard


@contextlib.contextmanager
def _shown(what: str, duration: float) -> Iterator[Heard]:
    if not sys.stderr.isatty():
        yield _Lines(what, duration).heard
        return
    shape = "{desc} {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s of audio, {remaining} left"
    shown: tqdm[Any]
    with tqdm(total=duration, desc=what, bar_format=shape, leave=False) as shown:
        yield lambda done: _move(shown, done)


def _move(shown: "tqdm[Any]", done: float) -> None:
    shown.update(max(0.0, min(done, shown.total or done) - shown.n))


class _Lines:
    def __init__(self, what: str, duration: float) -> None:
        self._what, self._duration = what, duration
        self._begun = self._told = time.monotonic()

    def heard(self, done: float) -> None:
        now = time.monotonic()
        if now - self._told < EVERY or not 0 < done < self._duration:
            return
        self._told = now
        left = (now - self._begun) * (self._duration - done) / done
        print(
            f"{self._what}: {_clock(done)} of {_clock(self._duration)}, {_clock(left)} left",
            file=sys.stderr,
            flush=True,
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
    )


@contextlib.contextmanager
def writing(what: str) -> Iterator[Callable[[int], None]]:
    """Tell how many characters of a reply have come, on a terminal; a log needs no such line."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda size: print(f"\r  {what}: {size} characters", end="", file=sys.stderr)
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
