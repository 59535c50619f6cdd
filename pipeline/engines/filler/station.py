"""What the show says of itself: its opening, its closing, its breaks, its calls to subscribe.

Only who hosts or announces says such things: a guest may talk of shows and subscribers as long as
they like. A question is never one: it may be what the interview is about.
"""

import itertools
from collections.abc import Sequence

from pipeline.engines.filler.cues import StationCues, holds
from pipeline.engines.filler.sentences import Piece
from pipeline.engines.words.wording import is_question

OPENS, CALLS, CLOSES = "opens the show", "is a message of the station", "closes the show"

# A guest who says this many words at once is in conversation: the show is open, and not closing.
IN_CONVERSATION = 20
# A guest's clip may come before the welcome; whoever is welcomed after more talk than this, in
# seconds, is welcomed to something else.
EARLY = 180.0
# Seconds at either end within which a show is opened and closed, also where roles are not known.
LONGEST, LONGEST_UNKNOWN = 600.0, 120.0


def begins(pieces: Sequence[Piece], cues: StationCues) -> list[bool]:
    """For each piece whether with it the show begins."""
    return [_may(piece, cues) and holds(cues.begins, piece.plain) for piece in pieces]


def messages(
    pieces: Sequence[Piece], teased: int, begin: Sequence[bool], cues: StationCues
) -> dict[int, str]:
    """Places of the messages, with what they do. The first `teased` pieces are a teaser."""
    begun = next((n for n in range(teased, len(pieces)) if begin[n]), len(pieces))
    calls = {
        place: CALLS
        for place, piece in enumerate(pieces)
        if (piece.role is not None or _at_an_end(piece, pieces))
        and _may(piece, cues)
        and holds(cues.calls, piece.plain)
    }
    opening = dict.fromkeys(_opening(pieces, teased, begun, cues), OPENS)
    closing = dict.fromkeys(_closing(pieces, cues), CLOSES)
    return {**calls, **closing, **opening}


def _at_an_end(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """Where roles are not known, a guest's talk of shows is least likely at either end."""
    return min(piece.start, pieces[-1].end - piece.end) <= LONGEST_UNKNOWN


def _may(piece: Piece, cues: StationCues) -> bool:
    """Whether it can be the show that speaks."""
    return (
        piece.role != "guest"
        and not piece.asks
        and not is_question(piece.text)
        and not holds(cues.none, piece.plain)
    )


def _opening(pieces: Sequence[Piece], teased: int, begun: int, cues: StationCues) -> list[int]:
    """What stands between the first and the last cue of an opening, in the turns of its speaker."""
    if begun >= len(pieces) or pieces[begun].start > LONGEST:
        return []
    if pieces[begun].start > EARLY and any(map(in_conversation, pieces[teased:begun])):
        return []  # "Welcome to the club!"
    until = _first_talk(pieces, begun)
    cued = [
        place
        for place in range(begun, until)
        if _may(pieces[place], cues) and holds((*cues.begins, *cues.opens), pieces[place].plain)
    ]
    return _filled(pieces, cued)


def _filled(pieces: Sequence[Piece], cued: Sequence[int]) -> list[int]:
    """The places with a cue, and those between two in one turn; where roles are known."""
    found = set(cued)
    for one, following in itertools.pairwise(cued):
        if pieces[one].role is not None and pieces[one].turn.id == pieces[following].turn.id:
            found.update(n for n in range(one, following) if not is_question(pieces[n].text))
    return sorted(found)


def _first_talk(pieces: Sequence[Piece], begun: int) -> int:
    """Where the conversation begins: the guest says more than thanks."""
    opened = pieces[begun].start
    for place in range(begun, len(pieces)):
        piece = pieces[place]
        longest = LONGEST_UNKNOWN if piece.role is None else LONGEST
        if piece.start > opened + longest or in_conversation(piece):
            return place
    return len(pieces)


def in_conversation(piece: Piece) -> bool:
    """Whether it is of a turn in which the guest says more than thanks."""
    return piece.role == "guest" and len(piece.turn.text.split()) >= IN_CONVERSATION


def _closing(pieces: Sequence[Piece], cues: StationCues) -> list[int]:
    """From the first words that end the show on: those with a cue, or all if nobody talks on."""
    talked = max((n for n, piece in enumerate(pieces) if in_conversation(piece)), default=-1)
    begin = talked + 1
    while begin < len(pieces) and not (
        _may(pieces[begin], cues)
        and holds(cues.ends, pieces[begin].plain)
        and pieces[-1].end - pieces[begin].start <= _longest(pieces[begin])
    ):
        begin += 1
    known = begin < len(pieces) and pieces[begin].role is not None
    return [
        place
        for place in range(begin, len(pieces))
        if pieces[place].role != "guest"
        and (
            (known and not is_question(pieces[place].text))
            or holds((*cues.ends, *cues.closes), pieces[place].plain)
        )
    ]


def _longest(piece: Piece) -> float:
    return LONGEST_UNKNOWN if piece.role is None else LONGEST
