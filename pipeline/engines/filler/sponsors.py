"""Sponsor messages, found by how they are worded: read by the host, or in an advertising voice.

A message begins with a sure cue ("brought to you by"), and goes on as long as the same voice names
the brand, a site, an offer. A guest's talk of sponsors never begins one, nor does a question.
"""

import re
from collections.abc import Sequence

from pipeline import speech
from pipeline.engines.filler.cues import SponsorCues, holds
from pipeline.engines.filler.sentences import Piece
from pipeline.engines.words.wording import LONGEST_READ

READ_LASTS = 90.0  # seconds from one cue to the next
# Seconds before "visit acme.com" in which the message may have begun with the name: "Acme makes".
NAMED_BEFORE = 60.0
# What others put in between while it is read ("Mm-hmm") takes no more words than this.
PUT_IN = 3
# An advertising voice has nothing else to say: this share of its words stands in messages.
ONLY_READS = 0.5
# Longer than this, in seconds, no break for messages lasts.
LONGEST_BREAK = 300.0
_TOO_SHORT = 3  # letters: no brand, but "the" or "us"


def messages(pieces: Sequence[Piece], cues: SponsorCues) -> frozenset[int]:
    """Places of the sentences that belong to a sponsor message."""
    found: set[int] = set()
    for place, piece in enumerate(pieces):
        if place in found:
            continue
        if begins(piece, cues):
            found.update(_read(pieces, place, cues))
        elif (first := _named_before(pieces, place, cues)) is not None:
            found.update(range(first, place), _read(pieces, place, cues))
    found |= _other_voices(pieces, found, cues)
    return frozenset(found)


def begins(piece: Piece, cues: SponsorCues) -> bool:
    """Whether a sponsor message begins with it."""
    if piece.asks or holds(cues.none, piece.said):
        return False
    if piece.role in ("guest", None):
        return holds(cues.anyone, piece.said)
    heard = (*cues.anyone, *cues.host)
    return holds(heard, piece.said) or bool(re.search(cues.paid_by, _seen(piece)))


def _read(pieces: Sequence[Piece], begin: int, cues: SponsorCues) -> list[int]:
    """Places of the message that begins there, whatever others put in."""
    reader, last = pieces[begin].turn.speaker, begin
    brands = _brands(pieces[begin], cues)
    read = [begin]
    for place in range(begin + 1, len(pieces)):
        piece = pieces[place]
        if piece.turn.speaker != reader and len(piece.turn.text.split()) <= PUT_IN:
            continue
        if piece.start - pieces[last].end > READ_LASTS or piece.turn.speaker != reader:
            break
        read.append(place)
        if place == begin + 1 and not brands and (late := re.match(cues.later_brand, _seen(piece))):
            brands = _named(late[1])
        if brands & set(piece.forms) or begins(piece, cues) or holds(cues.offers, piece.said):
            last = place
            brands |= _brands(piece, cues)
        elif holds(cues.returns, piece.said) or (piece.asks and place - last > 1):
            break
    return [place for place in read if place <= last]


def _named_before(pieces: Sequence[Piece], place: int, cues: SponsorCues) -> int | None:
    """Where the message began that ends in "visit acme.com": with the first "Acme" of the turn."""
    piece = pieces[place]
    if piece.role in ("guest", None) or piece.asks or not holds(cues.sends, piece.said):
        return None
    if piece.role == "host" and len(_offers([piece], cues)) < 2:  # "Go to python.org and look."
        return None
    sites = _sites(piece, cues)
    first = None
    for before in range(place - 1, -1, -1):
        earlier = pieces[before]
        if earlier.turn.id != piece.turn.id or piece.start - earlier.start > NAMED_BEFORE:
            break
        if sites & set(earlier.forms):
            first = before
        elif holds(cues.returns, earlier.said):
            break
    return first


def _brands(piece: Piece, cues: SponsorCues) -> set[str]:
    return _named(" ".join(re.findall(cues.brand, _seen(piece)))) | _sites(piece, cues)


def _sites(piece: Piece, cues: SponsorCues) -> set[str]:
    return _named(" ".join(re.findall(cues.site, piece.said[:LONGEST_READ])))


def _seen(piece: Piece) -> str:
    return piece.text[:LONGEST_READ].replace("’", "'")


def _named(text: str) -> set[str]:
    forms = speech.forms(re.split(r"[\s,]+", text))
    return {form.removesuffix("'s") for form in forms if len(form) >= _TOO_SHORT}


# --- voices that only advertise ---


def _other_voices(pieces: Sequence[Piece], found: set[int], cues: SponsorCues) -> set[int]:
    """What voices say that are neither host nor guest and do nothing but advertise."""
    others: dict[str, list[int]] = {}
    for place, piece in enumerate(pieces):
        if piece.role == "other":
            others.setdefault(piece.turn.speaker, []).append(place)
    whole: set[int] = set()
    for places in others.values():
        by_turn: dict[str, list[int]] = {}
        for place in places:
            by_turn.setdefault(pieces[place].turn.id, []).append(place)
        read = {n for own in by_turn.values() if _advertises(pieces, own, found, cues) for n in own}
        if _words(pieces, read) >= ONLY_READS * _words(pieces, places):
            read = set(places)
        whole |= read
    return whole | _in_breaks(pieces, found | whole, cues)


def _advertises(
    pieces: Sequence[Piece], turn: Sequence[int], found: set[int], cues: SponsorCues
) -> bool:
    """Whether a turn of another voice is an ad: it begins as one, or makes two offers."""
    return any(n in found for n in turn) or len(_offers([pieces[n] for n in turn], cues)) > 1


def _offers(pieces: Sequence[Piece], cues: SponsorCues) -> set[str]:
    """Kinds of offers that are made."""
    return {what for what, how in cues.offers if any(holds(((what, how),), p.said) for p in pieces)}


def _words(pieces: Sequence[Piece], places: set[int] | list[int]) -> int:
    return sum(len(pieces[place].forms) for place in places)


def _in_breaks(pieces: Sequence[Piece], found: set[int], cues: SponsorCues) -> set[int]:
    """What other voices say between "a word from our sponsors" and the host's return."""
    inside: set[int] = set()
    for place in (n for n in found if pieces[n].role == "host"):
        after = place + 1
        while after < len(pieces) and pieces[after].role == "other":
            after += 1
        back = after < len(pieces) and pieces[after].role == "host"
        if not back or not holds(cues.returns, pieces[after].said):
            continue
        if pieces[after].start - pieces[place].end <= LONGEST_BREAK:
            inside.update(range(place + 1, after))
    return inside
