"""How often ordinary words are said: the one door to the word lists, made of film subtitles."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

# Among 1.6 billion: "millwright" 50, "Lind" 103, "Anderson" 260, "lint" 981, "march" 22 834.
# People's names count less than they are said: most of them were taken out of the lists.
RARE, COMMON = 200, 1000
COMMON_IN = {"de": 50}  # a dictionary, each word of which counts 50 where no film was found


def counts(words: Iterable[str], language: str) -> dict[str, int] | None:
    """How often each of these is said, in small letters; no entry: it is no word.

    None: there is no list for that language.
    """
    listed = _list(language[:2].lower())
    return None if listed is None else {word: listed[word] for word in words if word in listed}


def ordinary(words: Iterable[str], language: str) -> frozenset[str]:
    """Those that are common in that language; none where there is no list for it."""
    known, least = counts(words, language) or {}, COMMON_IN.get(language[:2].lower(), COMMON)
    return frozenset(word for word, times in known.items() if times >= least)


def has(language: str) -> bool:
    """Whether there is a list for that language."""
    return _list(language[:2].lower()) is not None


@lru_cache(maxsize=1)  # read once, however many videos follow
def _list(language: str) -> Mapping[str, int] | None:
    from spellchecker import SpellChecker

    if language not in SpellChecker.languages():
        return None
    return dict(SpellChecker(language=language, distance=1).word_frequency.dictionary)
