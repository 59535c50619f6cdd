"""config/channels.toml: which channels are watched, when, and what of theirs is taken."""

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from pipeline.config import Config, Options, Spelling, in_words, nearest, read_toml, who_is_who
from pipeline.engines import notices
from pipeline.engines.channels import address
from pipeline.errors import ConfigError, NotAdded
from pipeline.history import Failure, Passed, Register, Seen
from pipeline.model import Kind, Listed

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
NAMED = "A name has small letters, digits and hyphens, 40 at most."
WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)

# The page of a channel has 30 entries: so many cost one request. Fewer are read, because YouTube
# leaves some out of a page at times.
FIRST_PAGE = 25


class Filters(Options):
    """Which of a channel's recordings are taken."""

    title: str = Field(
        default="", description="A regular expression that is found in the title, in any case."
    )
    shortest: float = Field(default=0, ge=0, description="Seconds. Shorter ones are passed over.")
    longest: float | None = Field(
        default=None, gt=0, description="Seconds. Longer ones are passed over. Unset: any length."
    )
    since: date | None = Field(
        default=None, description="Only what was published on this day or later: 2026-11-01."
    )
    shorts: bool = Field(default=False, description="YouTube shorts too; one request more a look.")
    live: bool = Field(
        default=False,
        description="Live streams too, once they have ended; one request more a look.",
    )
    premieres: bool = Field(
        default=False, description="Premieres too, once they are over. One was seen announced."
    )

    @field_validator("title")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"that is no regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _leaves_something(self) -> "Filters":
        if self.longest is not None and self.shortest > self.longest:
            raise ValueError(f"shortest ({self.shortest:g}) is above longest ({self.longest:g})")
        return self


class Channel(Options):
    """One channel, playlist or podcast feed."""

    url: str = Field(description="Of the channel, playlist or podcast feed.")
    cron: str = Field(
        default="17 6 * * *",
        description="When it is looked at: minute, hour, day, month, day of week.",
    )
    timezone: str = Field(default="UTC", description="In which time zone: Europe/Berlin.")
    paused: bool = Field(default=False, description="Leave it alone for now.")
    backfill: int = Field(
        default=1, ge=0, le=500, description="How many of those that are there already are taken."
    )
    most: int = Field(
        default=5, ge=1, le=100, description="How many are taken at one look; the rest at the next."
    )
    styles: tuple[str, ...] = Field(
        default=(), description="Files of config/styles/; the first is article.md. None: as run."
    )
    language: str | None = Field(
        default=None, min_length=2, max_length=3, description="What is spoken (ISO 639-1)."
    )
    speakers: int | None = Field(default=None, ge=1, le=20, description="How many people speak.")
    names: dict[str, str] = Field(
        default_factory=dict, description='Who is who: {host = "Daniel Price"}.'
    )
    glossary: tuple[Spelling, ...] = Field(
        default=(), description="Names and terms as they are spelled."
    )
    notify: tuple[str, ...] = Field(
        default=(), description="Who is told of new drafts and of failures: apprise addresses."
    )
    filters: Filters = Filters()

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, url: str) -> str:
        if not WEB.fullmatch(url.strip()):
            raise ValueError("that is no address: it starts with https://")
        return url.strip()

    @field_validator("cron")
    @classmethod
    def _comes_round(cls, cron: str) -> str:
        try:
            if len(cron.split()) != 5:  # a sixth would be seconds
                raise CronSimError("it has five parts, minute to day of week")
            next(CronSim(cron, datetime.now(UTC)))
        except CronSimError as error:
            raise ValueError(f"that is no time of cron: {error}") from None
        except StopIteration:
            raise ValueError("that time never comes") from None
        return cron

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        known = available_timezones()
        if zone not in known:
            near = difflib.get_close_matches(zone, known, n=1) or ["Europe/Berlin"]
            raise ValueError(f"there is no such time zone; one is {near[0]}")
        return zone

    @field_validator("notify")
    @classmethod
    def _can_be_told(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            try:
                notices.check(url)
            except ConfigError as error:
                raise ValueError(f"{error.args[0]}: {error.args[1]} {error.args[2]}") from None
        return urls

    @field_validator("names")
    @classmethod
    def _are_people(cls, names: dict[str, str]) -> dict[str, str]:
        return dict(who_is_who(whose, who) for whose, who in names.items())

    def next(self, now: datetime) -> datetime:
        """When it is looked at next."""
        return next(CronSim(self.cron, now.astimezone(ZoneInfo(self.timezone))))

    def over(self, config: Config) -> Config:
        """The configuration, with what this channel says instead."""
        return config.model_copy(
            update={
                # What a list may not tell is looked at once more before anything is downloaded.
                "download": _with(
                    config.download,
                    shortest=self.filters.shortest,
                    longest=self.filters.longest,
                    since=self.filters.since,
                ),
                "glossary": config.glossary.model_copy(
                    update={"terms": (*config.glossary.terms, *self.glossary)}
                ),
                "transcribe": _with(config.transcribe, language=self.language),
                "diarize": _with(config.diarize, speakers=self.speakers),
                "identify": _with(config.identify, names=self.names or None),
                "compose": _with(config.compose, style=self.styles[0] if self.styles else None),
            }
        )


def _with(options: Options, **knobs: object) -> Options:
    """The options with what is told; what is empty stays as it is."""
    return options.model_copy(update={name: told for name, told in knobs.items() if told})


class Channels(Options):
    """The file: a table [channel.NAME] each."""

    channel: dict[Name, Channel] = Field(default_factory=dict)


# --- the file ---


def load(path: Path, styles: Collection[str]) -> dict[str, Channel]:
    """The channels of a file, each checked; none where there is no such file.

    Raises ConfigError with the line, what is wrong there and the nearest right name.
    """
    if not path.exists():
        return {}
    return check(read_toml(path), path.read_text(encoding="utf-8"), path, styles)


def check(
    values: Mapping[str, Any], text: str, path: Path, styles: Collection[str]
) -> dict[str, Channel]:
    """What such a file would mean. Raises ConfigError."""
    try:
        channels = Channels.model_validate(values).channel
    except ValidationError as error:
        # A misspelt name before what is missing for it.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        place = tuple(map(str, first["loc"]))
        raise _wrong(path, text, place, *_told(first["type"], place, first)) from error
    known: dict[str, str] = {}
    for name, channel in channels.items():
        other = known.setdefault(address(channel.url), name)
        if other != name:
            why = f"[channel.{other}] is the same one."
            raise _wrong(path, text, ("channel", name, "url"), why, "Take one of them out.")
        for style in channel.styles:
            if style not in styles:
                place = ("channel", name, "styles")
                why = f"There is no style '{style}' in {path.parent / 'styles'}."
                raise _wrong(path, text, place, why, nearest(style, styles))
    return channels


# knob -> what the command line calls it
OPTIONS = {
    "url": "its address",
    "cron": "--cron",
    "timezone": "--timezone",
    "backfill": "--backfill",
    "styles": "--style",
}


def may_be_added(
    name: str,
    knobs: Mapping[str, object],
    known: Mapping[str, Channel],
    styles: Collection[str],
) -> None:
    """Can a channel be added as the command line says? Raises NotAdded that names the option."""
    try:
        channel = Channels.model_validate({"channel": {name: knobs}}).channel[name]
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"][-1] == "[key]":
            raise NotAdded(f"--name '{name}'", NAMED, "Give another --name.") from error
        option = OPTIONS[str(first["loc"][2])]
        raise NotAdded(option, in_words(first), f"Give another one for {option}.") from error
    for other, one in known.items():
        if address(one.url) == address(channel.url):
            raise NotAdded(channel.url, f"[channel.{other}] watches it already.")
    for style in channel.styles:
        if style not in styles:
            raise NotAdded(f"--style {style}", "There is no such style.", nearest(style, styles))


def _told(kind: str, place: tuple[str, ...], first: Any) -> tuple[str, str]:
    if kind == "extra_forbidden":
        kinds: dict[int, type[Options]] = {1: Channels, 3: Channel, 4: Filters}
        known = kinds[len(place)].model_fields
        return "There is no such field.", nearest(place[-1], sorted(known))
    if place[-1] == "[key]":
        return NAMED, "Rename it."
    return in_words(first), "Mend it there."


def _wrong(path: Path, text: str, place: tuple[str, ...], why: str, fix: str) -> ConfigError:
    keys = [part for part in place if part != "[key]" and not part.isdecimal()]
    line = _line(text, keys)
    told = f"{'.'.join(keys) or 'the file'} in {path}"
    return ConfigError(f"{told}, line {line}" if line else told, why, fix)


def _line(text: str, keys: Sequence[str]) -> int | None:
    """The first line with which this place is there; that of its table for what is missing."""
    lines = text.splitlines()
    at = None
    for depth, key in enumerate(keys, 1):
        found = (
            number
            for number in range(at or 1, len(lines) + 1)
            if key in lines[number - 1] and _holds("\n".join(lines[:number]), keys[:depth])
        )
        if (next_at := next(found, None)) is None:
            break
        at = next_at
    return at


def _holds(text: str, keys: Sequence[str]) -> bool:
    whole = f"{text.rpartition('=')[0]}= 0"  # for a value that goes on: `glossary = [`
    for told in (text, whole):
        try:
            found: Any = tomllib.loads(told)
        except tomllib.TOMLDecodeError:
            continue
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found is not None
    return False


# --- which recordings are taken ---


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one recording, and why."""

    listed: Listed
    verdict: Literal["take", "later", "skip", "done", "failed"]
    why: str = ""


# (why, test): the first test that holds passes the recording over.
PASSED: tuple[tuple[str, Callable[[Listed, Filters], bool]], ...] = (
    ("for members only", lambda one, _: one.closed),
    (
        "a short; filters.shorts = true takes them",
        lambda one, filters: one.kind == "short" and not filters.shorts,
    ),
    (
        "a live stream; filters.live = true takes them once they have ended",
        lambda one, filters: not filters.live and (one.kind == "stream" or one.status == "live"),
    ),
    (
        "a premiere; filters.premieres = true takes them once they are over",
        lambda one, filters: (
            one.kind == "video" and one.status == "upcoming" and not filters.premieres
        ),
    ),
    (
        "its title is not as filters.title asks",
        lambda one, filters: not re.search(filters.title, one.title, re.IGNORECASE),
    ),
    (
        "shorter than filters.shortest",
        lambda one, filters: one.seconds is not None and one.seconds < filters.shortest,
    ),
    (
        "longer than filters.longest",
        lambda one, filters: (
            one.seconds is not None
            and filters.longest is not None
            and one.seconds > filters.longest
        ),
    ),
    (
        "older than filters.since",
        lambda one, filters: bool(
            filters.since
            and one.published
            and datetime.fromtimestamp(one.published, UTC).date() < filters.since
        ),
    ),
)


def passed_over(one: Listed, filters: Filters) -> str:
    """Why the filters pass it over; empty: they do not."""
    return next((why for why, test in PASSED if test(one, filters)), "")


def enough(register: Register, channel: Channel) -> Callable[[Sequence[Listed]], bool]:
    """Has a list been read far enough? Its first page costs no more than its first entry."""

    def is_enough(found: Sequence[Listed]) -> bool:
        if len(found) < FIRST_PAGE:
            return False
        if _looks_back(found[0], register, channel):
            fit = sum(not passed_over(one, channel.filters) for one in found)
            return fit >= channel.backfill
        return any(one.id in register.seen for one in found)

    return is_enough


def _looks_back(one: Listed, register: Register, channel: Channel) -> bool:
    """Is this the first look at lists of that kind, or one that is to go further back?"""
    return one.kind not in register.kinds or channel.backfill > register.backfill


def decide(
    listed: Sequence[Listed],
    register: Register,
    channel: Channel,
    now: datetime,
    *,
    done: Callable[[Listed], Path | None],
    failure: Callable[[Listed], Failure | None],
    ordered: bool = True,
) -> tuple[Decision, ...]:
    """What becomes of each recording that is listed, or was and still waits; newest first."""
    passed = _passed(listed, register, channel, ordered)
    there = {one.id for one in listed}
    # What is listed too far back is asked itself: how it was then says nothing of now.
    below = (replace(one, status="there") for one in register.waiting if one.id not in there)
    all_of_them = (*listed, *below)
    decisions = [
        _decided(one, register, channel.filters, passed.get(one.id, ""), now, done, failure)
        for one in all_of_them
    ]
    # What failed comes last: a video that alone meets a wall does not keep the others waiting.
    order = sorted(
        (place for place, decision in enumerate(decisions) if decision.verdict == "take"),
        key=lambda place: _tries(decisions[place], failure),
    )
    for place in order[channel.most :]:
        why = f"at the next look: {channel.most} at most are taken at one"
        decisions[place] = replace(decisions[place], verdict="later", why=why)
    taken = [decisions[place] for place in order[: channel.most]]
    return (*taken, *(one for one in decisions if one.verdict != "take"))


def _tries(decision: Decision, failure: Callable[[Listed], Failure | None]) -> int:
    before = failure(decision.listed)
    return before.tries if before else 0


def _decided(
    one: Listed,
    register: Register,
    filters: Filters,
    passed: Passed,
    now: datetime,
    done: Callable[[Listed], Path | None],
    failure: Callable[[Listed], Failure | None],
) -> Decision:
    moved = register.seen.get(one.id)
    before = failure(one)
    if folder := done(one):
        return Decision(one, "done", str(folder))
    if moved and moved.key != one.source.key and done(_at(one, moved.key)):
        return Decision(one, "done", "it was listed under another address")
    if before and before.again is None:
        return Decision(one, "failed", before.reason)
    if why := passed_over(one, filters) or _passed_by(passed, filters):
        return Decision(one, "skip", why)
    if why := _not_yet(one, before, now):
        return Decision(one, "later", why)
    return Decision(one, "take", f"once more: {before.reason}" if before else "new")


def _passed_by(passed: Passed, filters: Filters) -> str:
    if passed == "premiere" and not filters.premieres:
        return "it was a premiere; filters.premieres = true takes them"
    return "it was there before; a higher backfill takes it" if passed == "older" else ""


def _not_yet(one: Listed, before: Failure | None, now: datetime) -> str:
    if before and before.again and before.again > now:
        return f"again at {before.again:%Y-%m-%d %H:%M} UTC: {before.reason}"
    return {"upcoming": "it has not begun", "live": "it is live now"}.get(one.status, "")


def _at(one: Listed, key: str) -> Listed:
    return replace(one, source=replace(one.source, key=key))


def _passed(
    listed: Sequence[Listed], register: Register, channel: Channel, ordered: bool
) -> dict[str, Passed]:
    """Which of them are never taken by themselves, by id."""
    last = {one.kind: n for n, one in enumerate(listed) if one.id in register.seen}
    fit: Counter[str] = Counter()
    found: dict[str, Passed] = {}
    for place, one in enumerate(listed):
        before = register.seen.get(one.id)
        back = _looks_back(one, register, channel)
        fits = not passed_over(one, channel.filters)
        fit[one.kind] += fits
        if one.status == "upcoming" and one.kind == "video" and not channel.filters.premieres:
            found[one.id] = "premiere"
        elif before and not (back and before.passed == "older"):
            found[one.id] = before.passed
        elif back:
            found[one.id] = "" if fits and fit[one.kind] <= channel.backfill else "older"
        else:
            # Below all that is known: a newer one was removed, and that moved it into view.
            below = ordered and place > last.get(one.kind, len(listed))
            found[one.id] = "older" if below else ""
    return found


def looked(
    listed: Sequence[Listed],
    decisions: Sequence[Decision],
    register: Register,
    channel: Channel,
    now: datetime,
    *,
    kinds: Collection[Kind],
    ordered: bool = True,
) -> Register:
    """What is remembered of this look."""
    passed = _passed(listed, register, channel, ordered)
    fresh = {one.id: Seen(one.source.key, passed[one.id]) for one in listed}
    waiting = tuple(one.listed for one in decisions if one.verdict in ("take", "later"))
    return replace(
        register,
        looked=now,
        kinds=tuple(sorted({*register.kinds, *kinds})),
        backfill=max(register.backfill, channel.backfill),
        seen={**fresh, **{id: one for id, one in register.seen.items() if id not in fresh}},
        waiting=waiting,
        trouble=None,
    )
