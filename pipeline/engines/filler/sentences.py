"""Turns -> pieces: the sentences of a conversation, before it is known which of them stay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline import speech
from pipeline.engines.words.wording import COMMON
from pipeline.model import Speaker, Transcript, Turn, Turns, Word


@dataclass(frozen=True)
class Piece:
    """A sentence, or what stands for one, of one turn."""

    turn: Turn
    number: int  # in its turn, from 1
    words: tuple[int, int]
    start: float
    end: float
    text: str
    forms: tuple[str, ...]
    role: str | None  # "host", "guest", "other"; None: not known for sure
    answers: bool  # the first of its turn, after a question of someone else

    @property
    def plain(self) -> str:
        """Normal forms with one space between."""
        return " ".join(self.forms)

    @cached_property
    def said(self) -> str:
        """As written, in small letters with straight apostrophes: what cues are looked for in."""
        return self.text.lower().replace("’", "'")

    @property
    def asks(self) -> bool:
        """Whether it ends as a question."""
        return speech.asks(self.text)


END = re.compile(r"([.?!…。？！])[\"'”’)\]»]*$")
_NEVER_LAST = speech.listed(
    "mr mrs ms dr prof st gen sen rep gov capt lt col sgt rev hon vs e.g i.e cf approx dept"
)
# These end a sentence only where the next word can begin one.
_SELDOM_LAST = speech.listed("etc inc ltd co corp jr sr a.m p.m u.s u.k u.n e.u d.c ph.d")
_STARTERS = speech.listed(
    "the a an and but so i we you he she it they this that there what when if in now then my our "
    "well yes no"
)
_PUNCTUATED = 50  # words a sentence: more, and the transcript has no punctuation to go by
_LONGEST, _LONG = 80, 28  # words: without a comma either, cut above the first into the second
_JOINTS = speech.listed("and but so because or which then well now")  # a cut before these reads


def pieces(transcript: Transcript, turns: Turns, speakers: Sequence[Speaker]) -> tuple[Piece, ...]:
    """Every word of every turn in one piece, in order."""
    roles = _roles(turns, speakers)
    punctuated = is_punctuated(transcript.words)
    found: list[Piece] = []
    asked_by: str | None = None  # who asked last, until answered
    for turn in turns.turns:
        spans = _spans(transcript.words, turn.words, punctuated)
        for number, (first, last) in enumerate(spans, start=1):
            words = transcript.words[first : last + 1]
            text = speech.spoken(words, transcript.language)
            answers = number == 1 and asked_by not in (None, turn.speaker)
            found.append(
                Piece(
                    turn, number, (first, last), words[0].start, max(w.end for w in words), text,
                    tuple(speech.forms(text.split())), roles.get(turn.speaker), answers,
                )
            )  # fmt: skip
        asks = any(piece.asks for piece in found[-len(spans) :][-3:])
        asked_by = turn.speaker if asks else None
    return tuple(found)


def _roles(turns: Turns, speakers: Sequence[Speaker]) -> dict[str, str]:
    """Who is what, where that is known: of one voice, or of guessed ones, it is not."""
    if not turns.proven or len(speakers) < 2:
        return {}
    return {speaker.id: speaker.role for speaker in speakers}


def is_punctuated(words: Sequence[Word]) -> bool:
    """Whether sentences can be told by their marks; automatic captions have none."""
    return sum(1 for word in words if END.search(word.text)) * _PUNCTUATED >= len(words)


def _spans(words: Sequence[Word], turn: tuple[int, int], punctuated: bool) -> list[tuple[int, int]]:
    """First and last word of each sentence of a turn."""
    spans = []
    first = turn[0]
    for place in range(turn[0], turn[1] + 1):
        following = words[place + 1].text if place < turn[1] else None
        if following is None or _ends_sentence(words[place].text, following):
            spans += _short(words, first, place, punctuated)
            first = place + 1
    return spans


def _ends_sentence(text: str, following: str) -> bool:
    """Whether a sentence ends with this word, given the word after it.

    >>> [_ends_sentence(*pair.split()) for pair in ("Dr. Marsh", "U.S. Senate", "p.m. The")]
    [False, False, True]
    >>> _ends_sentence("well…", "maybe"), _ends_sentence("well…", "Maybe")
    (False, True)
    >>> _ends_sentence("anyway", "The"), _ends_sentence("in", "The")  # Whisper lost a full stop
    (True, False)
    """
    if _lost_its_stop(text, following):
        return True
    if not END.search(text) or following.lstrip("\"'“‘([«")[:1].islower():
        return False
    form = speech.normal(text)
    if form in _NEVER_LAST or re.fullmatch(r"[A-HJ-Z]\.", text):
        return False
    if form == "no" and text.endswith(".") and following[:1].isdigit():
        return False
    return form not in _SELDOM_LAST or speech.normal(following) in _STARTERS


def _lost_its_stop(text: str, following: str) -> bool:
    """Only a new sentence makes these capital, or a name that begins with one: "in The Hague"."""
    begins = following[:1].isupper() and following != "I" and speech.normal(following) in _STARTERS
    return begins and text[-1:].isalnum() and text.islower() and text not in COMMON


def _short(words: Sequence[Word], first: int, last: int, punctuated: bool) -> list[tuple[int, int]]:
    """The span itself; where punctuation is missing, cut at pauses and joints into short ones."""
    count = last - first + 1
    commas = sum(1 for word in words[first : last + 1] if word.text.endswith((",", ";", ":")))
    lost = not punctuated or (count > _LONGEST and commas * 40 < count)
    if not lost or count <= _LONG:
        return [(first, last)]

    def break_after(place: int) -> float:
        joint = 0.5 if speech.normal(words[place + 1].text) in _JOINTS else 0.0
        off_middle = abs((place - first) / count - 0.5)
        return words[place + 1].start - words[place].end + joint - off_middle

    cut = max(range(first + count // 4, last - count // 4), key=break_after)
    return _short(words, first, cut, punctuated) + _short(words, cut + 1, last, punctuated)
