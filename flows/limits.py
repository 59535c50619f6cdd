"""What a run may take of a machine that it shares with others: which stage waits for what.

`working` gives a recording's working folder with these limits; `talking` is for lists of a site.
"""

import re
import socket
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.config import Config, LlmOptions
from pipeline.engines import room, slots
from pipeline.engines.audio import ffmpeg
from pipeline.engines.language_models import spending
from pipeline.errors import DaySpent
from pipeline.model import Audio, Recording, Source
from pipeline.store import Work

Inputs = tuple[object, ...]


def working(key: str, config: Config, output: Path) -> Work:
    """The folder in which a recording is worked on; its stages keep to the limits."""
    works = output / ".work"
    return Work(works / key, Limits(key, config, works).around)


def talking(address: str, config: Config, output: Path) -> AbstractContextManager[None]:
    """Hold a site for a talk with it, as a download does; for a channel's list."""
    folder = shared(config, output / ".work")
    return slots.polite(folder, site(address), config.limits.between, address)


def shared(config: Config, works: Path) -> Path:
    """Where runs tell each other what they do."""
    told = config.limits.folder
    return Path(told).expanduser() if told else works / "limits"


def site(address: str) -> str:
    """Whom an address asks: a name that is safe for a file.

    >>> site("https://youtu.be/bc6uFV9CJGg"), site("https://Feeds.Example.org:81/a")
    ('youtube', 'feeds.example.org')
    """
    host = urllib.parse.urlsplit(address).hostname or "unknown"
    if re.fullmatch(r"(.+\.)?(youtube(-nocookie)?\.com|youtu\.be)", host):
        return "youtube"
    return re.sub(r"[^a-z0-9.-]", "-", host)[:80]


@dataclass(frozen=True)
class Limits:
    """Those of one recording."""

    key: str
    config: Config
    works: Path  # output/.work

    @contextmanager
    def around(self, stage: str, inputs: Inputs) -> Iterator[None]:
        """Held while the stage runs, in the order in which it is asked for."""
        with ExitStack() as held:
            for limit in LIMITS.get(stage, ()):
                held.enter_context(limit(self, stage, inputs))
            yield

    def whose(self, stage: str) -> str:
        """For the log."""
        return f"{stage} of {self.key}"


@contextmanager
def _room(limits: Limits, stage: str, inputs: Inputs) -> Iterator[None]:
    """Ask for room on the disk, as much as the stage will take; captions take next to none."""
    if not any(map(_weighs, inputs)):
        yield
        return
    listening = limits.config.prepare.listening_kbps * room.LISTENING
    needed: Mapping[str, float] = {
        "prepare": room.HEARD + listening,
        "transcribe": room.WRITTEN,
        "diarize": room.WRITTEN,
    }
    keep_free = limits.config.download.keep_free
    room.ask(limits.works, stage, _seconds(inputs) * needed.get(stage, 0), keep_free)
    yield


def _weighs(noun: object) -> bool:
    if isinstance(noun, Source):
        return noun.kind == "url"
    return isinstance(noun, Audio) or (isinstance(noun, Recording) and noun.audio is not None)


def _seconds(inputs: Inputs) -> float:
    """How long the recording is. `prepare` is not told what the publisher says of that."""
    for noun in inputs:
        if isinstance(noun, Audio):
            return noun.duration
    files = (noun.audio for noun in inputs if isinstance(noun, Recording))
    return sum(ffmpeg.probe(file).duration or 0 for file in files if file)


@contextmanager
def _hearing(limits: Limits, stage: str, inputs: Inputs) -> Iterator[None]:
    """One at a time on this machine, where there is sound, and not only its saved transcript."""
    engines = {getattr(options, "engine", None) for options in inputs}
    if not any(isinstance(noun, Audio) for noun in inputs) or engines & {"captions", "replay"}:
        yield
        return
    # Machines that share an output folder have processors of their own.
    folder = shared(limits.config, limits.works) / _this_machine()
    with slots.slot(folder, "hearing", limits.config.limits.hearing, limits.whose(stage)):
        yield


def _this_machine() -> str:
    return re.sub(r"[^\w.-]", "-", socket.gethostname())[:80] or "here"


@contextmanager
def _talking(limits: Limits, stage: str, inputs: Inputs) -> Iterator[None]:
    """One talk with a site at a time: then yt-dlp's own pauses are those of all runs."""
    source = next(noun for noun in inputs if isinstance(noun, Source))
    if source.kind != "url":
        yield
        return
    folder, between = shared(limits.config, limits.works), limits.config.limits.between
    with slots.polite(folder, site(source.address), between, limits.whose(stage)):
        yield


@contextmanager
def _paying(limits: Limits, stage: str, inputs: Inputs) -> Iterator[None]:
    """One article at a time where a model costs money: else two could spend the same rest."""
    options = next((noun for noun in inputs if isinstance(noun, LlmOptions)), None)
    if options is None or not _costs(options):
        yield
        return
    with slots.slot(shared(limits.config, limits.works), "paying", 1, limits.whose(stage)):
        spent = spending.on(datetime.now(UTC).date(), limits.works)
        if spent + options.max_cost > options.max_cost_per_day:
            told = (spent, options.max_cost, options.max_cost_per_day)
            raise DaySpent(*(f"{dollars:.2f}" for dollars in told))
        yield


def _costs(options: LlmOptions) -> bool:
    from pipeline.engines.language_models import llm

    price = llm.price(options)
    return bool(price.read or price.written)


Limit = Callable[[Limits, str, Inputs], AbstractContextManager[Any]]

# stage -> what it waits for or asks, in this order; others are short and take little
LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "download": (_talking, _room),
    "prepare": (_room,),
    "transcribe": (_hearing, _room),  # the disk may fill while it waits
    "diarize": (_hearing, _room),
    "attribute": (_hearing,),
    "compose": (_paying,),
}
