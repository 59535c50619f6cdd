"""Who the publisher says talks with whom, for recordings in which no voice was heard.

Such names stand where the article says between whom the interview was; no words are credited to
them, for whose words are whose is only guessed there.
"""

import re
from dataclasses import dataclass

from pipeline.engines.people import introductions
from pipeline.model import Turns, Video


@dataclass(frozen=True, slots=True)
class Announced:
    """A name, and what speaks for it."""

    name: str
    reasons: tuple[str, ...]


# How titles and descriptions name a guest.
_IN_TITLE = (
    re.compile(rf"^[\W\d_]*(?P<name>{introductions.NAME})\s*(?:[—–|:]|\s-\s)"),
    re.compile(
        rf"(?i:\b(?:with|ft\.?|feat\.?|featuring|guest:?|interview with|interviews?))"
        rf" (?P<name>{introductions.NAME})"
    ),
)
_IN_DESCRIPTION = re.compile(
    rf"(?i:\bguests?(?: is|:)|\binterview(?:ed| with|:)|\b(?:conversation|talk|chat)(?:ed)? with)"
    rf" (?P<name>{introductions.NAME})"
)
# How somebody is greeted or thanked; `~` stands for the name, which is known already.
_GREETED = (
    r"\b~,? (?:welcome|thanks|thank you)\b",
    r"\b(?:welcome|thanks|thank you|joined by|guest(?: today)? is|here with|talking (?:to|with))"
    r"(?:,? [a-z]+){0,5},? ~\b",
)


def guest(video: Video, turns: Turns) -> Announced | None:
    """The guest: named so by the publisher, and greeted or introduced so in the talk."""
    places = [("title", pattern, video.title) for pattern in _IN_TITLE]
    places.append(("description", _IN_DESCRIPTION, video.description))
    for where, pattern, text in places:
        found = pattern.search(text)
        name = introductions.person(found["name"]) if found else ""
        if " " not in name:
            continue
        if said := _greeted(name, turns):
            reasons = (f"the {where} names {name} as the guest", f'somebody says "{said}"')
            return Announced(name, reasons)
    return None


def _greeted(name: str, turns: Turns) -> str:
    """The words with which somebody is greeted or thanked by that name, or a part of it."""
    called = "|".join(map(re.escape, (name, *name.split())))
    for frame in _GREETED:
        pattern = re.compile(frame.replace("~", f"(?-i:{called})"), re.IGNORECASE)
        for turn in turns.turns:
            if found := pattern.search(turn.text):
                return found.group()
    return ""


def host(video: Video, invited: Announced | None) -> Announced | None:
    """The host: whose name the channel bears, where the guest is somebody else."""
    name = introductions.person(video.channel or "")
    if invited is None or name != (video.channel or "").strip() or not 2 <= len(name.split()) <= 3:
        return None
    if introductions.alike(name, invited.name):
        return None
    return Announced(name, (f"the channel is called {name}, and {invited.name} is the guest",))
