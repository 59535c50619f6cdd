"""Who is told of what a watched channel brings; that nobody could be told stops nothing."""

import logging
import os
from datetime import datetime

from flows.house import House
from pipeline.engines import notices
from pipeline.history import History, Rest
from pipeline.model import Published

log = logging.getLogger(__name__)


def draft(channel: str, title: str, published: Published, house: House) -> None:
    """There is a new article."""
    ready = published.status == "ready"
    _tell(channel, notices.new_draft(title, str(published.folder), ready=ready), house)


def blocked(channel: str, rest: Rest, house: House) -> None:
    """Its site turned us away; told the first time, not each time it does so again."""
    if rest.times == 1:
        until = f"{rest.until:%Y-%m-%d %H:%M} UTC"
        _tell(channel, notices.blocked(channel, rest.why, until), house)


def failures(channel: str, since: datetime | None, house: House) -> None:
    """What failed since the last look, all in one message."""
    found = [
        (one.title, one.reason)
        for one in History(house.output).failures()
        if one.channel == channel and since and one.at > since
    ]
    if found:
        _tell(channel, notices.digest(found), house)


def _tell(channel: str, event: notices.Event, house: House) -> None:
    if known := house.channels.get(channel):
        for trouble in notices.notify(event, known.notify, os.environ):
            log.warning("%s: %s", channel, trouble)
