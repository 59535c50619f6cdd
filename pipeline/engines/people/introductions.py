"""Names: who introduces himself, is introduced or addressed, and how the publisher spells it."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline import speech
from pipeline.engines.words.likeness import near
from pipeline.model import Turn, Turns, Video

_PARTICLE = r"(?:de|da|di|del|della|van|von|der|den|la|le|el|al|bin|ibn|ben|ter|dos|du)"
_PART = r"(?:[A-ZÀ-ÖØ-Þ]\.|[A-ZÀ-ÖØ-Þ][\w'’-]*\w)"
NAME = rf"{_PART}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_PART}){{0,3}}"
_TITLES = speech.listed("dr dr. mr mr. mrs mrs. ms ms. prof prof. professor sir doctor senator")

# Written with a capital, and still no part of a person's name.
_NO_NAME = speech.listed(
    "i i'm i've i'll the a an and but or so if in on of to for with from by at as is it he she we "
    "you they this that my our your his her their what who how why when where which do does did "
    "can will not no yes yeah well oh hi hello hey thanks thank welcome today tonight now here "
    "there then just also let's one two three great good new god jesus sir madam ladies gentlemen "
    "everyone everybody folks guys friends all back again man buddy mom dad mum team show podcast "
    "episode interview series season part chapter live full official video trailer intro outro "
    "guest host guests hosts hosted about ceo cto cfo coo founder president professor author "
    "director chief officer monday tuesday wednesday thursday friday saturday sunday january "
    "february march april june july august september october november december american english "
    "british german french chinese indian canadian european russian japanese internet news world "
    "podcasts talk radio media youtube spotify apple google twitter instagram linkedin website "
    "newsletter transcript timestamps links sponsors outline patreon subscribe follow "
    # what a title says to a program that reads it
    "ignore previous instruction instructions prompt script javascript click html http https"
)
_ORDERS = speech.listed("ignore previous instruction instructions prompt script javascript click")
_LONGEST_NAME = 60  # letters
_SHORTEST = 3  # letters of a first name that stands for a whole one


Kind = Literal["self", "show", "guest", "next", "address", "call"]


@dataclass(frozen=True, slots=True)
class Written:
    """A name that the publisher wrote."""

    name: str
    where: Literal["title", "description", "channel"]
    alone: bool  # stands by itself; else a piece of a longer run of capitals


@dataclass(frozen=True, slots=True)
class Heard:
    """A name that somebody said, in words that bind it to a voice."""

    turn: int  # place in Turns.turns
    kind: Kind
    name: str
    said: str  # the words around it, as heard
    share: float  # how far into the turn, 0..1


# What the words bind a name to, and how they go: `~` stands for the name, `*` for words in small
# letters ("my guest is the author ~").
#   self: the voice itself   show: the host, by the show's name   guest: the guest
#   next: who speaks next    address: who is spoken to
_FRAMES: tuple[tuple[Kind, str], ...] = (
    ("self", r"\b(?:i'm|i am|my name is|my name's)(?: your host)?,? ~"),
    ("self", r"\b(?:your|the) host,? ~"),
    (
        "show",
        r"\b(?:this is|welcome (?:back )?to|listening to)* the ~ (?:podcast|show|experience)\b",
    ),
    (
        "guest",
        r"\b(?:my|our|today's|this week's) (?:\w+ )?guest(?: today| tonight)?(?: is|,)?,?* ~",
    ),
    ("guest", r"\b(?:i'm|i am|we're|we are|being|me is)(?: \w+)? joined(?: \w+)? by* ~"),
    ("guest", r"\b(?:a|this|my|our|today's) (?:\w+ )?(?:conversation|interview|chat) with* ~"),
    (
        "guest",
        r"\b(?:i'm|i am|we're|we are) (?:here|talking|speaking|chatting|sitting down)(?: \w+)?"
        r" (?:with|to)* ~",
    ),
    ("guest", r"\bjoining (?:me|us)(?: \w+)?(?: is|,)* ~"),
    ("guest", r"(?:^|[.!?] )that was* ~"),
    ("next", r"\b(?:here's|here is|please welcome)* ~"),
    (
        "address",
        r"(?:^|[.!?,] ?)~,? (?:welcome\b|(?:thanks|thank you)(?: so much| very much)?\b)",
    ),
    (
        "address",
        r"\b(?:thanks|thank you|welcome|welcome back|hello|hi|hey)(?: so much| very much| again)?,?"
        r" ~(?=[.,!?;]|$| (?:for|and|thanks|thank|welcome)\b)",
    ),
)


def _compiled(frame: str) -> re.Pattern[str]:
    before, after = frame.replace("*", r"(?-i:(?: [a-z][a-z'-]*,?){0,6},?)").split("~")
    return re.compile(f"(?i:{before})(?P<name>{NAME})(?P<owner>'s\\b)?(?i:{after})")


FRAMES = tuple((kind, _compiled(frame)) for kind, frame in _FRAMES)
_RETOLD = re.compile(
    r"(?:\b(?:said|says|saying|say|like|goes|went|told \w+|quote|that|if|was|think|thought|named)"
    r"[,:]?\s*|[\"“]\s*)$",
    re.I,
)
# "Devil's Advocate", "Lenny's Podcast": what follows belongs to a name and is no part of it.
_OWNED = re.compile(r"(?<=\w)['’]s\s")
_CALLS = re.compile(rf"(?:(?:^|[.!?]\s+)(?P<first>{NAME}),\s)|(?:,\s(?P<last>{NAME})[.?!])")


def written(video: Video) -> tuple[Written, ...]:
    """Names in the title, description and channel, the likeliest first."""
    found: dict[str, Written] = {}
    places: tuple[tuple[Literal["title", "description", "channel"], str], ...] = (
        ("title", video.title),
        ("description", video.description),
        ("channel", video.channel or ""),
    )
    for where, text in places:
        runs = (run for capitals in re.finditer(NAME, text) for run in _OWNED.split(capitals[0]))
        for name, alone in (each for run in runs for each in _candidates(_clean(run).split())):
            held = found.get(name.lower())
            if held is None or (alone and not held.alone):
                found[name.lower()] = Written(name, held.where if held else where, alone)
    return tuple(found.values())


def _candidates(parts: list[str]) -> Iterator[tuple[str, bool]]:
    """Names in a run of capitals, and whether each stands alone between words that are no names."""
    for personal, group in itertools.groupby(parts, key=lambda part: _personal([part])):
        run = list(group)
        if personal and 2 <= len(run) <= 3:
            yield " ".join(run), True
        elif personal:
            for size in (2, 3):
                for at in range(len(run) - size + 1):
                    yield " ".join(run[at : at + size]), False


def _clean(name: str) -> str:
    parts = re.sub(r"['’]s\b", "", name).split()
    while parts and parts[0].lower() in _TITLES:
        parts = parts[1:]
    return " ".join(parts)


def _personal(parts: list[str]) -> bool:
    """Whether these could be a person's name: no common words, no capitals throughout."""
    return bool(parts) and all(
        part.lower().replace("’", "'") not in _NO_NAME
        and not (part.isupper() and len(part) > 3)
        and not any(letter.isdigit() for letter in part)
        for part in parts
    )


def heard(turns: Turns) -> Iterator[Heard]:
    """Every name that is said in words which bind it to a voice, in order."""
    for place, turn in enumerate(turns.turns):
        for kind, frame in FRAMES:
            for match in frame.finditer(turn.text.replace("’", "'")):
                name = person(match["name"])
                owner = match["owner"] or _OWNED.search(match["name"])
                if not name or owner or (kind == "self" and _retold(turn, match)):
                    continue
                share = match.start() / max(1, len(turn.text))
                yield Heard(place, kind, name, _around(match.group(), name), share)
        for match in _CALLS.finditer(turn.text.replace("’", "'")):
            name = person(match["first"] or match["last"])
            if name:
                share = match.start() / max(1, len(turn.text))
                yield Heard(place, "call", name, name, share)


def person(name: str) -> str:
    """The name without titles and what follows it: "Dr. Helen Marsh And" is "Helen Marsh".

    Empty if it is no person's name.
    """
    kept: list[str] = []
    for part in _clean(name).split():
        if not _personal([part]):
            break
        kept.append(part)
    while kept and re.fullmatch(_PARTICLE, kept[-1]):
        kept.pop()
    return " ".join(kept)


def is_name(label: str) -> bool:
    """Whether captions that call a voice that give it a name, and no markup, order or sentence.

    >>> is_name("Mara Lind"), is_name("MARA LIND"), is_name("Ludwig van Beethoven"), is_name("林")
    (True, True, True, True)
    >>> is_name("[click](javascript:x)"), is_name("Ignore previous instructions"), is_name("")
    (False, False, False)
    """
    parts = [part.strip(",()") for part in label.split()]
    return (
        len(label) <= _LONGEST_NAME
        and bool(parts)
        and all(
            _LABEL_PART.fullmatch(part)
            and part.lower() not in _ORDERS
            and (not part[0].islower() or re.fullmatch(_PARTICLE, part))
            for part in parts
        )
    )


_LABEL_PART = re.compile(r"[^\W_][\w.'’-]*")


def _around(said: str, name: str) -> str:
    """The words of a frame, from its start to the end of the name."""
    return said[: said.rindex(name) + len(name)].strip(" .,!?") if name in said else name


def _retold(turn: Turn, match: re.Match[str]) -> bool:
    """Whether it is said in somebody else's words: and he said, "I'm Bill Gates"."""
    return bool(_RETOLD.search(turn.text[max(0, match.start() - 24) : match.start()]))


# --- spelling ---


def alike(heard_name: str, written_name: str) -> bool:
    """Whether a speech recognizer may have made one of the other.

    >>> alike("Mara Lynd", "Mara Lind"), alike("Daniel Choh", "Daniel Cho")
    (True, True)
    >>> alike("Mark Johnson", "Mark Zuckerberg"), alike("Mark Johnson", "Mark Jackson")
    (False, False)
    """
    ours, theirs = heard_name.split(), written_name.split()
    if len(ours) == 1 or len(theirs) == 1:
        return len(ours) == len(theirs) and near(ours[0], theirs[0]) >= 0.8
    first, last = near(ours[0], theirs[0]), near(ours[-1], theirs[-1])
    return first >= 0.7 and last >= 0.7 and first + last >= 1.6


def begins(single: str, whole: str) -> bool:
    """Whether one name is the first, or the last, of a whole one: "Helen", "Helen Marsh"."""
    parts = whole.split()
    return (
        " " not in single
        and len(parts) > 1
        and len(single) >= _SHORTEST
        and max(near(single, parts[0]), near(single, parts[-1])) >= 0.8
    )
