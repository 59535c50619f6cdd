"""Letters of another script than the interview's, and letters that nobody sees."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

# Alphabets whose letters look alike: a word of two of them is a disguise.
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
_WORD = re.compile(r"\w+")


def foreign_letters(where: str, text: str, said: str, published: str) -> Iterator[str]:
    """Words in a script, or a mix of scripts, that neither speaker nor publisher wrote."""
    known = scripts(said) or {"LATIN"}
    held = set(_WORD.findall(f"{said} {published}"))
    for word in _WORD.findall(text):
        mine = scripts(word)
        if word not in held and (not mine <= known or len(mine & _ALIKE) > 1):
            yield f"{where} is in another script: “{word}”"
    if any(unicodedata.category(char).startswith("C") for char in text):
        yield f"{where} holds characters that nobody sees."


def scripts(text: str) -> set[str]:
    """The scripts of its letters, as Unicode begins their names.

    >>> sorted(scripts("Ada, Ада"))
    ['CYRILLIC', 'LATIN']
    """
    return {_script(char) for char in text if char.isalpha()}


@cache
def _script(char: str) -> str:
    return unicodedata.name(char, "?").split()[0]
