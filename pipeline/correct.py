"""Transcript + glossary -> transcript: misheard names and terms, spelled as they should be.

Rather a name misspelt than a right word broken: an ordinary word that was heard well stays,
whatever it sounds like. What is corrected keeps what was heard, in `Word.heard`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.config import CorrectOptions
from pipeline.engines.hearing.mishearing import (
    Hearing,
    Miss,
    Spelling,
    form,
    in_doubt,
    misheard,
    opening,
    parted,
    signs,
)
from pipeline.engines.words import likeness, word_list
from pipeline.model import Glossary, Transcript, Word
from pipeline.speech import forms

VERSION: Final = 2

_SHORTEST = 4  # letters of what is looked for: "Cho" is like too much
_MOST_WORDS = 4


def correct(transcript: Transcript, glossary: Glossary, options: CorrectOptions) -> Transcript:
    """Spell names and terms as the glossary does, where a recognizer only just missed them.

    Captions that a person wrote are left alone, but for what a person wants spelled otherwise.
    """
    transcript = _respelled(transcript, options)
    by_hand = transcript.source == "captions" and transcript.model != "automatic"
    if by_hand or not options.near_misses or not glossary.terms:
        return transcript
    terms = [Spelling(tuple(t.text.split()), t.source == "config") for t in glossary.terms]
    parts = [
        Spelling((word,), term.given, term)
        for term in terms
        for word in term.words
        if len(term.words) > 1
    ]
    # Whole names first: what was heard for them proves what their parts sound like, alone.
    said = (form(parted(word.text)[1]) for word in transcript.words)
    listed = (spelling.text.lower() for spelling in (*terms, *parts))
    counts = word_list.counts((*said, *listed), transcript.language)
    for spellings in (terms, parts):
        transcript = _corrected(Hearing(transcript, counts), spellings, options)
    return transcript


def _respelled(transcript: Transcript, options: CorrectOptions) -> Transcript:
    """What a person said is spelled otherwise, wherever it stands."""
    wanted = {
        tuple(forms(heard.split())): Spelling(tuple(spelled.split()), given=True)
        for heard, spelled in options.spellings.items()
    }
    if not wanted:
        return transcript

    def find(hearing: Hearing, first: int) -> Miss | None:
        for last in range(min(first + _MOST_WORDS, len(hearing.words)) - 1, first - 1, -1):
            meant = wanted.get(tuple(hearing.forms[first : last + 1]))
            if meant and hearing.bare[first : last + 1] != list(meant.words):
                return Miss(hearing, first, last, meant, options)
        return None

    return _rewritten(Hearing(transcript, None), find)


class Index:
    """What is looked for, by how it begins, and by how it sounds whole."""

    def __init__(self, spellings: Sequence[Spelling], counts: dict[str, int] | None) -> None:
        self.texts = {spelling.text for spelling in spellings}
        self.beginning: dict[tuple[int, str], list[Spelling]] = {}
        self.sounding: dict[str, list[Spelling]] = {}
        for spelling in spellings:
            # "Park" of "Jordan Park" is a word like any other.
            common = (counts or {}).get(spelling.text.lower(), 0) >= word_list.COMMON
            if not common and len(signs(spelling.text)) >= _SHORTEST:
                beginning = len(spelling.words), opening(spelling.text)
                self.beginning.setdefault(beginning, []).append(spelling)
                self.sounding.setdefault(likeness.sound(spelling.text), []).append(spelling)

    def like(self, words: Sequence[str]) -> Sequence[Spelling]:
        """What these words may be: as many that begin so, or others that sound the same."""
        text = " ".join(words)
        as_many = self.beginning.get((len(words), opening(words[0])), [])
        same = self.sounding.get(likeness.sound(text), [])
        return [*as_many, *(each for each in same if len(each.words) != len(words))]


def _corrected(
    hearing: Hearing, spellings: Sequence[Spelling], options: CorrectOptions
) -> Transcript:
    index = Index(spellings, hearing.counts)
    return _rewritten(hearing, lambda within, first: _miss(within, first, index, options))


def _rewritten(hearing: Hearing, find: Callable[[Hearing, int], Miss | None]) -> Transcript:
    words: list[Word] = []
    # Where a word was -> where it is: the first and the last of those it was corrected with.
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    place = 0
    while place < len(hearing.words):
        miss = find(hearing, place)
        after = miss.last + 1 if miss else place + 1
        begin = len(words)
        words += _mended(miss) if miss else [hearing.words[place]]
        first |= dict.fromkeys(range(place, after), begin)
        last |= dict.fromkeys(range(place, after), len(words) - 1)
        place = after
    kept = hearing.transcript
    return replace(
        kept,
        words=tuple(words),
        changes=tuple(first[place] for place in kept.changes),
        foreign=tuple(
            replace(span, words=(first[span.words[0]], last[span.words[1]]))
            for span in kept.foreign
        ),
    )


def _miss(hearing: Hearing, first: int, index: Index, options: CorrectOptions) -> Miss | None:
    """The longest misheard name that begins with this word; of two, the more important."""
    for last in range(min(first + _MOST_WORDS, len(hearing.words)) - 1, first - 1, -1):
        if not in_doubt(hearing, first, last, options) or not hearing.is_name(first, last):
            continue
        words = hearing.bare[first : last + 1]
        if " ".join(words) in index.texts:
            return None
        for meant in index.like(words):
            miss = Miss(hearing, first, last, meant, options)
            if misheard(miss):
                return miss
    return None


def _mended(miss: Miss) -> Iterator[Word]:
    """The words of the name, in the time of those that were heard."""
    heard = miss.hearing.words[miss.first : miss.last + 1]
    texts = list(miss.meant.words)
    texts[0] = parted(heard[0].text)[0] + texts[0]
    texts[-1] += parted(heard[-1].text)[2]
    if miss.pairs:
        for word, text in zip(heard, texts, strict=True):
            yield word if word.text == text else replace(word, text=text, heard=word.text)
        return
    sure = [word.probability for word in heard if word.probability is not None]
    start, seconds = heard[0].start, heard[-1].end - heard[0].start
    letters, done = sum(map(len, texts)), 0
    for text in texts:
        begins = start + seconds * done / letters
        said = "" if done else " ".join(word.text for word in heard)
        done += len(text)
        ends = start + seconds * done / letters
        yield Word(text, round(begins, 3), round(ends, 3), min(sure, default=None), said)
