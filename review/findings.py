"""A receipt's findings -> where each belongs, how grave it is, and what mends it with one click."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.model import Receipt
from review.place import found_at

# Checks of which a finding may be an editor's choice: it is shown, and stops nothing.
CHOICES = frozenset({"coverage", "contract"})
# (check, finding): the same within the others.
ALSO_CHOICES = (("questions", re.compile(r"out of the order in which it was said")),)

# What it is called on the page; the words of `verify` are for scripts.
TITLES = {
    "read back": "By hand",
    "quotes": "Word for word",
    "attribution": "Who said it",
    "questions": "The questions",
    "numbers and names": "Numbers and names",
    "coverage": "What is covered",
    "nothing lost": "Nothing lost",
    "contract": "Shape of the article",
    "language": "Language",
    "speakers": "Voices and names",
}

LABELS = {
    "verbatim": "Use what was said",
    "whole": "Use the whole sentence",
    "recite": "Find where it was said",
    "paraphrase": "Take the quotation marks off",
    "again": "Another answer",
    "drop": "Drop it",
}
# (what a finding says, what mends it): the first that matches a sentence, the first for a question.
_SENTENCE = (
    ("is not what was said there", ("verbatim", "paraphrase", "drop")),
    ("without a place in the transcript", ("recite", "paraphrase", "drop")),
    ("spliced from several turns", ("recite", "drop")),
    ("says second", ("verbatim",)),
    ("words of another|credited|cites ", ("recite", "drop")),
    ("hard to hear", ("drop",)),
    ("cut off|lacks its beginning|only a part", ("whole", "drop")),
    ("no evidence", ("verbatim", "drop")),
    ("printed twice|not said by a guest", ("drop",)),
)
_QUESTION = (
    ("not asked in these words|cut off|lacks its|only a part", ("verbatim", "drop")),
    ("no place in the transcript|cites other turns", ("recite", "drop")),
    ("another question|is a statement|sentences|words", ("again", "drop")),
    ("twice|not asked by the host|hard to hear|order", ("drop",)),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    check: str
    text: str
    place: str | None  # None: it is about the whole article
    hard: bool  # approval needs a reason
    mends: tuple[tuple[str, str], ...]  # (way, label)

    @property
    def title(self) -> str:
        """The check, as a reader calls it."""
        return TITLES.get(self.check, self.check)


def findings(receipt: Receipt) -> list[Finding]:
    """All of them, in the receipt's order."""
    return [
        Finding(check.name, text, place, _hard(check.name, text), tuple(_mends(place, text)))
        for check in receipt.checks
        for text in check.found
        for place in (found_at(text),)
    ]


def _hard(check: str, text: str) -> bool:
    if check in CHOICES:
        return False
    return not any(check == name and words.search(text) for name, words in ALSO_CHOICES)


def _mends(place: str | None, text: str) -> Iterator[tuple[str, str]]:
    if place is None or place[0] not in "aqs" or place in ("standfirst",):
        return
    table = _QUESTION if place[0] == "q" else _SENTENCE
    for words, ways in table:
        if re.search(words, text):
            yield from ((way, LABELS[way]) for way in ways)
            return
