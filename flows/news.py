"""Who is told what a channel brought: the addresses of its `notify` in channels.toml."""

import logging
import os
from datetime import datetime

from flows.house import House
from pipeline.engines import notices
from pipeline.engines.notices import Event
from pipeline.history import Failure, History, Rest
from pipeline.model import Published

STUBBORN = 3  # tries after which a failure is told though it is tried again by itself

log = logging.getLogger(__name__)


def drafted(channel: str, title: str, published: Published, house: House) -> None:
    """There is a new article."""
    ready = published.status == "ready"
    _tell(channel, notices.new_draft(title, str(published.folder), ready=ready), house)


def turned_away(channel: str, rest: Rest, house: House) -> None:
    """The site of a channel wants to be left alone."""
    _tell(channel, notices.blocked(channel, rest.why, f"{rest.until:%H:%M} UTC"), house)


def failures(channel: str, since: datetime | None, house: House) -> None:
    """What failed since the last look and will not mend itself, in one message."""
    lasting = [
        failure
        for failure in History(house.output).failures()
        if failure.channel == channel and (not since or failure.at > since) and _lasts(failure)
    ]
    if lasting:
        _tell(channel, notices.digest((one.title, one.reason) for one in lasting), house)


def _lasts(failure: Failure) -> bool:
    return failure.again is None or failure.tries == STUBBORN


def _tell(channel: str, event: Event, house: House) -> None:
    watched = house.channels.get(channel)
    for trouble in notices.notify(event, watched.notify if watched else (), os.environ):
        log.warning("%s", trouble)
