"""Whether two spellings sound alike: what a speech recognizer may have made of a name."""

import difflib
import re
import unicodedata
from functools import lru_cache

_KEPT = 50_000  # names are compared with the same words again and again


@lru_cache(_KEPT)
def letters(text: str) -> str:
    """Small letters without accents, marks and spaces.

    >>> letters("Tomás O’Neil")
    'tomasoneil'
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in plain if letter.isalpha())


_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("gh", ""), ("qu", "k"), ("x", "ks"), ("sch", "s"), ("sh", "s"),
    ("th", "t"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("z", "s"), ("j", "g"),
)  # fmt: skip


@lru_cache(_KEPT)
def sound(text: str) -> str:
    """A key that like-sounding names share: consonants, and a vowel only in front.

    >>> sound("Zuckerburg") == sound("Zuckerberg"), sound("Thomas") == sound("Tomás")
    (True, True)
    """
    plain = letters(text)
    for written_as, sounds_as in _SOUNDS:
        plain = plain.replace(written_as, sounds_as)
    key = plain[:1] + re.sub(r"[aeiouyhw]", "", plain[1:])
    return re.sub(r"(.)\1+", r"\1", key)


def near(one: str, other: str) -> float:
    """How alike two names are, in letters or in sound: 0..1."""
    return max(spelled(one, other), 0.9 * sounds(one, other))


@lru_cache(_KEPT)
def spelled(one: str, other: str) -> float:
    """The share of letters in common, in order."""
    return difflib.SequenceMatcher(None, letters(one), letters(other)).ratio()


@lru_cache(_KEPT)
def sounds(one: str, other: str) -> float:
    """The share of sounds in common, in order."""
    return difflib.SequenceMatcher(None, sound(one), sound(other)).ratio()
