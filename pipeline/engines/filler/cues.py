"""How shows speak of themselves and of who pays for them: one table of cues for each language.

To add a language: write a file like english_cues.py, and add its line to `LANGUAGES`.
"""

import importlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.engines.words.wording import LONGEST_READ

Cue = tuple[str, re.Pattern[str]]  # (what it does, how it is said)


@dataclass(frozen=True, slots=True)
class StationCues:
    """What a show says of itself: sought in normal forms with a space between."""

    begins: tuple[Cue, ...]  # the show is on from here; what was before is no part of it
    opens: tuple[Cue, ...]  # goes on with the opening
    calls: tuple[Cue, ...]  # anywhere
    ends: tuple[Cue, ...]  # nothing of the conversation comes after
    closes: tuple[Cue, ...]  # goes on with the closing
    none: tuple[Cue, ...]  # looks like one of them, and is none


@dataclass(frozen=True, slots=True)
class SponsorCues:
    """What is said for money: sought in small letters, with the punctuation."""

    anyone: tuple[Cue, ...]  # begins a message, whoever says it
    host: tuple[Cue, ...]  # begins one, if the host or an announcer says it
    offers: tuple[Cue, ...]  # goes on with one; two of them in a third voice are one
    sends: tuple[Cue, ...]  # to a site: ends a message that began with the site's name
    returns: tuple[Cue, ...]  # the conversation is back
    none: tuple[Cue, ...]  # looks like the beginning of one, and is none
    # Sought in the text as written: names have capitals.
    brand: str
    later_brand: str
    paid_by: str
    site: str


@dataclass(frozen=True, slots=True)
class Cues:
    """All of one language."""

    station: StationCues
    sponsor: SponsorCues


LANGUAGES: Mapping[str, str] = {"en": "pipeline.engines.filler.english_cues:ENGLISH"}


@cache
def of(language: str) -> Cues:
    """The cues of a language; the English ones where it has none, as many a show mixes them in."""
    module, name = LANGUAGES.get(language[:2].lower(), LANGUAGES["en"]).split(":")
    found: Cues = getattr(importlib.import_module(module), name)
    return found


def table(*rows: tuple[str, ...]) -> tuple[Cue, ...]:
    """Rows of what a cue does, and the ways to say it."""
    return tuple((what, re.compile("|".join(ways))) for what, *ways in rows)


def holds(cues: Iterable[Cue], said: str) -> bool:
    """Whether any of the cues is in what was said."""
    seen = said[:LONGEST_READ]
    return any(how.search(seen) for _, how in cues)
