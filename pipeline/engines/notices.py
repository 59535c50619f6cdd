"""The one door to apprise: a short message to whoever wants to know, on a hundred services.

Addresses are apprise's (https://appriseit.com/services/); what is secret in one stands there as
${NAME}, and is filled in from the environment when a message is sent. It is never logged.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pipeline.engines.outside import plain
from pipeline.errors import ConfigError

BLANK: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SCHEME: Final = re.compile(r"([a-z][a-z0-9]{1,19})://.", re.IGNORECASE)
LONGEST_TITLE, MOST_LINES = 120, 12
TOLD = 200  # characters of what a service answered

# What a title from outside could do in a chat: (what it is, what it becomes).
TAMED: Final = (
    (re.compile(r"@"), "@\u200b"),  # @everyone rings a whole room
    (re.compile(r"://"), ":/\u200b/"),  # a link that is not ours
    (re.compile(r"\bwww\."), "www\u200b."),
    (re.compile(r"<"), "‹"),  # HTML, and Slack's <!channel>
    (re.compile(r">"), "›"),
    (re.compile(r"[\[\]`*_~|\\]"), " "),  # Markdown
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell: a line, and more of them."""

    title: str
    lines: tuple[str, ...] = ()
    bad: bool = False  # somebody has to do something


def new_draft(title: str, place: str, *, ready: bool) -> Event:
    """An article is there. `place`: its folder, or where it is reviewed."""
    state = "It is ready." if ready else "It needs review."
    return Event(f"New draft: {safe(title)}", (state, place))


def digest(failures: Iterable[tuple[str, str]]) -> Event:
    """What failed since the last time: (title, reason) of each."""
    told = [f"{safe(title)}: {safe(reason, 300)}" for title, reason in failures]
    more = len(told) - MOST_LINES
    lines = told if more <= 0 else [*told[:MOST_LINES], f"… and {more} more: mytake status"]
    videos = "1 video" if len(told) == 1 else f"{len(told)} videos"
    return Event(f"{videos} failed", tuple(lines), bad=True)


def blocked(channel: str, why: str, until: str) -> Event:
    """A site turned us away: its channel rests."""
    lines = (safe(why, 300), f"It is asked again at {until}.")
    return Event(f"Channel blocked: {safe(channel)}", lines, bad=True)


def safe(text: str, longest: int = LONGEST_TITLE) -> str:
    """Text from outside as one line that rings nobody, links nowhere and is no markup.

    >>> safe("@everyone <b>win</b>\\n[here](http://x.example)")
    '@\\u200beveryone ‹b›win‹/b› here (http:/\\u200b/x.example)'
    """
    line = " ".join(plain(text).split())
    for pattern, tame in TAMED:
        line = pattern.sub(tame, line)
    line = " ".join(line.split())
    return line if len(line) <= longest else f"{line[:longest].rstrip()}…"


# --- addresses ---


def check(url: str) -> None:
    """Raises ConfigError, which repeats nothing of the address but its scheme."""
    if BLANK.fullmatch(url):  # the whole address is a secret
        return
    scheme = SCHEME.match(url)
    if not scheme:
        raise _wrong("an address", "It does not begin with a service, as in json:// or tgram://.")
    if "$" in BLANK.sub("", url):
        raise _wrong(scheme[1], "A $ that begins no ${NAME}.")
    if BLANK.search(url):
        if scheme[1].lower() not in _schemes():
            raise _wrong(scheme[1], "apprise knows no such service.")
        return
    with _silence():
        import apprise

        service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if not service:
        raise _wrong(scheme[1], "apprise cannot read it, or knows no such service.")
    if service.url(privacy=True) != service.url(privacy=False):
        raise _wrong(scheme[1], "It holds a secret, and this file is no place for one.")


def _wrong(scheme: str, why: str) -> ConfigError:
    return ConfigError(
        f"notify: {scheme}",
        why,
        "See https://appriseit.com/services/; write what is secret as ${NAME}, and export NAME.",
    )


def _schemes() -> set[str]:
    import apprise

    services = apprise.Apprise().details()["schemas"]
    names = (one[kind] or () for one in services for kind in ("protocols", "secure_protocols"))
    return {name for some in names for name in some}


@contextmanager
def _silence() -> Iterator[None]:
    """Apprise logs addresses, whole, with all that is secret in them."""
    logger = logging.getLogger("apprise")
    before, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.propagate = before


# --- sending ---


def notify(event: Event, urls: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """Tell everyone; gives what went wrong, a line each. Nothing that goes wrong is raised."""
    return [
        trouble
        for number, url in enumerate(urls, 1)
        if (trouble := _sent(event, url, number, environment))
    ]


def _sent(event: Event, url: str, number: int, environment: Mapping[str, str]) -> str:
    """Why it was not sent; "" if it was."""
    scheme = SCHEME.match(url)
    told = scheme[1] if scheme else url if BLANK.fullmatch(url) else "no address"
    name = f"notify {number} ({told})"
    missing = [blank for blank in BLANK.findall(url) if not environment.get(blank)]
    if missing:
        return f"{name}: the environment variable {missing[0]} is not set"
    secrets = {environment[blank] for blank in BLANK.findall(url)}
    filled = BLANK.sub(lambda blank: environment[blank[1]], url)
    try:
        said = _send(event, filled)
    except Exception as error:  # a hundred services, and a run must not end for any of them
        said = f"{type(error).__name__}: {error}"
    return f"{name}: {_without(said, filled, secrets)}" if said else ""


def _send(event: Event, url: str) -> str:
    import apprise

    with _silence(), apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:
        channel = apprise.Apprise()
        if not channel.add(url):
            return "apprise cannot read the address (in a secret, / is written %2F and @ %40)"
        kind = apprise.NotifyType.WARNING if event.bad else apprise.NotifyType.INFO
        text = "\n".join(event.lines) or event.title
        done = channel.notify(text, event.title, kind, body_format=apprise.NotifyFormat.TEXT)
        reason = " ".join(said.getvalue().split())
    return "" if done else reason or "it was not taken"


def _without(said: str, url: str, secrets: Collection[str]) -> str:
    """What a service or apprise said, without the address and what is secret in it."""
    hidden = {url, *secrets, *(quote(secret, safe="") for secret in secrets)}
    for text in sorted(hidden, key=len, reverse=True):
        said = said.replace(text, "[hidden]")
    return plain(said)[:TOLD]
