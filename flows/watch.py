"""Looking at a channel, and one recording of it taken: with no Prefect, so it is the same without.

`look` lists and decides, `attempt` writes one article or records the one reason why there is none.
"""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from flows import kept, limits, tell
from flows.house import House
from flows.mirror import Mirror
from flows.writing import Steps, plainly, written
from pipeline.channels import Channel, Decision, decide, enough, looked
from pipeline.config import Config, Style
from pipeline.errors import Bug, Busy, DiskFull, InterviewError, NoMirror
from pipeline.history import Failure, History, Rest
from pipeline.model import Kind, Published, Source
from pipeline.sources import TABS, Tab, listed, newest_first

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """What one look at a channel found; `rest`: it was left alone, and nothing was asked."""

    decisions: tuple[Decision, ...] = ()
    rest: Rest | None = None

    @property
    def taken(self) -> tuple[Decision, ...]:
        """Those that are to be written now."""
        return tuple(one for one in self.decisions if one.verdict == "take")


def look(name: str, house: House, *, keep: bool = True) -> Look:
    """List a channel and decide on each recording; without `keep`, only to show it.

    Raises InterviewError where the list cannot be had; a wall makes the channel rest.
    """
    files = History(house.output).of_channel(name) if keep else ()
    with _mirror(house).kept(*files):
        return _look(name, house, keep=keep)


def _mirror(house: House) -> Mirror:
    return Mirror(house.config.mirror.url, house.output)


def _look(name: str, house: House, *, keep: bool) -> Look:
    channel, history, mirror = house.channel(name), History(house.output), _mirror(house)
    if rest := history.rest(name):
        return Look(rest=rest)
    with history.registering(name):
        register, now = history.register(name), datetime.now(UTC)
        tabs = _tabs(channel)
        if keep:
            tell.failures(name, register.looked, house)
        try:
            with limits.talking(channel.url, house.config, house.output):
                found = listed(channel.url, house.config.download, enough(register, channel), tabs)
        except InterviewError as error:
            if keep:
                history.keep(name, replace(register, trouble=str(error)))
                if error.stops_channel:
                    tell.blocked(name, history.turned_away(name, error, house.config.watch), house)
            raise
        ordered = newest_first(channel.url)
        decisions = decide(
            found,
            register,
            channel,
            now,
            done=lambda one: history.done(one.source) or mirror.done(one.source.key),
            failure=lambda one: _failure(one.source.key, history, mirror),
            ordered=ordered,
        )
        if keep:
            kinds: tuple[Kind, ...] = ("video", *(TABS[tab] for tab in tabs))
            history.keep(
                name,
                looked(found, decisions, register, channel, now, kinds=kinds, ordered=ordered),
            )
    return Look(decisions)


def _failure(key: str, history: History, mirror: Mirror) -> Failure | None:
    with mirror.kept(*history.of_recording(key, None)):
        return history.failure(key)


def _tabs(channel: Channel) -> tuple[Tab, ...]:
    wanted: dict[Tab, bool] = {"shorts": channel.filters.shorts, "streams": channel.filters.live}
    return tuple(tab for tab, asked in wanted.items() if asked)


@dataclass(frozen=True)
class Order:
    """One recording that is to become an article."""

    source: Source
    title: str
    channel: str | None = None  # the watched one whose rules hold
    again_from: str | None = None  # a stage: do it and all after it again


@dataclass(frozen=True)
class Outcome:
    """What became of an order: "put off" is neither done nor failed, its time will come.

    "no room": it failed, as every other one would, for the disk is full.
    """

    state: Literal["written", "failed", "put off", "no room"]
    why: str = ""
    published: Published | None = None


def attempt(
    order: Order,
    house: House,
    steps: Steps = plainly,
    not_ours: tuple[type[Exception], ...] = (),
) -> Outcome:
    """Write one article. Whatever goes wrong is recorded, and stops no other recording.

    Errors that are `not_ours` are no fault of the recording, and pass through.
    """
    mirror, history = _mirror(house), History(house.output)
    try:
        with mirror.kept(*history.of_recording(order.source.key, order.channel)):
            mirror.bring(order.source.key)
            return _attempt(order, house, lambda work: mirror.step(work, steps(work)), not_ours)
    except NoMirror as error:
        return _failed(order, house, error)


def _attempt(
    order: Order,
    house: House,
    steps: Steps,
    not_ours: tuple[type[Exception], ...],
) -> Outcome:
    history = History(house.output)
    if order.channel and (rest := history.rest(order.channel)):
        return Outcome("put off", f"{order.channel} rests until {rest.until:%H:%M} UTC: {rest.why}")
    if order.channel and not order.again_from and (folder := history.done(order.source)):
        return Outcome("put off", f"It is there already: {folder}")
    try:
        config, style, others = shape(order, house)
        published = written(
            order.source,
            config,
            style,
            house.output,
            others,
            again_from=order.again_from,
            steps=steps,
        )
    except Busy as error:
        return Outcome("put off", str(error))
    except InterviewError as error:
        return _failed(order, house, error)
    except not_ours:
        raise
    except Exception as error:  # ours: the next recording may go through all the same
        log.exception("%s", order.source.address)
        return _failed(order, house, Bug(order.title, f"{type(error).__name__}: {error}"[:500]))
    history.forgive(order.source.key)
    if order.channel:
        history.welcome(order.channel)
        tell.draft(order.channel, order.title, published, house)
    return Outcome("written", published.status.replace("_", " "), published)


def _failed(order: Order, house: House, error: InterviewError) -> Outcome:
    history, watch = History(house.output), house.config.watch
    try:
        history.fail(order.source, order.title, order.channel, error, watch)
    except DiskFull as full:
        log.warning("%s: not written down why. %s", order.title, full.parts[0])
    if isinstance(error, DiskFull):
        return Outcome("no room", str(error))
    # Of two runs that met one wall, the first has told it.
    if order.channel and error.stops_channel and not history.rest(order.channel):
        tell.blocked(order.channel, history.turned_away(order.channel, error, watch), house)
    return Outcome("failed", str(error))


def shape(order: Order, house: House) -> tuple[Config, Style, dict[str, Style]]:
    """The configuration and styles of one recording, as its channel has them.

    A style in which it was written before stays, and is redone where its facts changed.
    """
    channel = house.channels.get(order.channel or "")
    config = channel.over(house.config) if channel else house.config
    asked = {name: house.style(name) for name in (channel.styles[1:] if channel else ())}
    before = kept.styles_written(house.file, config, house.output, order.source.key)
    others = {name: one for name, one in (asked | before).items() if name != config.compose.style}
    return config, house.style(config.compose.style), others


def order_of(address: str, source: Source, house: House) -> Order:
    """The order for a recording that somebody names, with the rules of a channel that listed it."""
    history = History(house.output)
    for name in house.channels:
        register = history.register(name)
        for one in register.waiting:
            if one.source.key == source.key:
                return Order(one.source, one.title, name)
        if any(seen.key == source.key for seen in register.seen.values()):
            return Order(source, source.title or address, name)
    return Order(source, source.title or address)
