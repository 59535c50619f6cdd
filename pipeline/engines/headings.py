"""What a stretch of talk is about, in a few of its own words: a heading for a topic."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.engines import base, noun_phrases, word_list
from pipeline.engines.noun_phrases import EMPTY, Read, stem, tells
from pipeline.engines.wording import COMMON

if TYPE_CHECKING:
    from pipeline.engines.boundaries import Vectors

# What sorts of headings are worth: one word says little.
_WORTH: Final = {"word": 0.5, "pair": 1.0, "phrase": 1.1, "joined": 1.0, "doing": 1.0}
_ASKED = 1.35  # a phrase of the host's own question says what the answer is about
_LONGEST = 8  # words of a heading
_SHORTLIST = 20  # phrases of a topic whose meaning is looked at
_ENGLISH = 0.2  # share of words that are common English ones; half is usual
_KEYWORDS = 3


@dataclass(slots=True)
class Phrase:
    """A run of words that could be a heading, or half of one."""

    forms: tuple[str, ...]
    kind: str  # see _WORTH
    seen: Counter[str] = field(default_factory=Counter)  # as it was written -> how often
    sentences: set[str] = field(default_factory=set)
    asked: bool = False
    score: float = 0.0

    @property
    def text(self) -> str:
        """As it was said most often."""
        return max(self.seen, key=lambda surface: (self.seen[surface], surface))

    @property
    def stems(self) -> frozenset[str]:
        """What it tells."""
        return frozenset(stem(form) for form in self.forms if tells(form))

    @property
    def spelled(self) -> frozenset[str]:
        """However it was written: "self-doubt" has doubt in it, "master key" is "masterkey"."""
        parts = {stem(part) for form in self.forms for part in form.split("-") if tells(part)}
        return self.stems | parts | {"".join(self.forms)}


def headings(
    topics: Sequence[Sequence[Read]], centres: "Vectors", given: Iterable[str] = ()
) -> list[str]:
    """A heading of two to eight words for each topic, all different, in the speakers' words.

    `centres`: what each topic means. None of the headings is one of those `given` already.
    """
    taken = list(given)
    if not _english(topics):
        return _keywords(topics, taken)
    proper = _proper(topics)
    tables = [
        _ranked(_phrases(topic, proper), weight)
        for topic, weight in zip(topics, _weights(topics), strict=True)
    ]
    for phrases, nearness in zip(tables, _nearness(centres, tables), strict=True):
        for phrase, near in zip(phrases, nearness, strict=True):
            phrase.score *= near
        phrases.sort(key=lambda phrase: (-phrase.score, phrase.forms))
    made: list[str] = []
    for phrases in tables:
        made.append(_heading(phrases, [*taken, *made]))
    return made


# --- other languages ---


def _english(topics: Sequence[Sequence[Read]]) -> bool:
    forms = [form for topic in topics for line in topic for form in line.forms]
    return sum(form in COMMON for form in forms) >= _ENGLISH * len(forms)


def _keywords(topics: Sequence[Sequence[Read]], given: Sequence[str]) -> list[str]:
    """No grammar is known there: words that are said here more than elsewhere, "Mühle, Fluss"."""
    proper = _proper(topics)
    made: list[str] = []
    for topic, weight in zip(topics, _weights(topics), strict=True):
        seen: dict[str, Counter[str]] = {}
        for line in topic:
            for place, form in enumerate(line.forms):
                if len(form) > 4 and noun_phrases.plain(line.words[place]):
                    surface = _surface(line, place, place + 1, proper)
                    seen.setdefault(stem(form), Counter())[surface] += 1
        best = sorted(seen, key=lambda word: (-weight.get(word, 0.0), word))[:_KEYWORDS]
        heading = _capital(", ".join(seen[word].most_common(1)[0][0] for word in best))
        fresh = heading and heading not in [*given, *made]
        made.append(heading if fresh else _numbered(given, made))
    return made


# --- words ---


def _proper(topics: Sequence[Sequence[Read]]) -> frozenset[str]:
    """Words that are written with a capital inside sentences more often than without."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for topic in topics:
        for line in topic:
            for word, form in list(zip(line.words, line.forms, strict=True))[1:]:
                (capital if word[:1].isupper() else small)[form] += 1
    return frozenset(form for form, count in capital.items() if count > small[form])


def _weights(topics: Sequence[Sequence[Read]]) -> list[dict[str, float]]:
    """For each topic what a word is worth: often said here, seldom elsewhere, no everyday word."""
    said = [
        Counter(stem(form) for line in topic for form in line.forms if tells(form))
        for topic in topics
    ]
    everywhere = sum(said, Counter[str]())
    spread = Counter(word for words in said for word in words)
    usual = word_list.counts(everywhere, "en") or {}
    return [
        {
            word: math.sqrt(count - 0.5)
            * (0.4 + math.log1p((len(said) - 1) / spread[word]) / math.log1p(len(said)))
            * (0.3 + count / everywhere[word])
            * _rarity(usual.get(word, 0))
            for word, count in words.items()
        }
        for words in said
    ]


def _rarity(count: int) -> float:
    """1 for what films never say, less for everyday words."""
    return math.log(1.6e9 / (count + 2000)) / math.log(1.6e9 / 2000)


# --- phrases ---


def _phrases(topic: Iterable[Read], proper: frozenset[str]) -> list[Phrase]:
    table: dict[tuple[str, ...], Phrase] = {}
    for line in topic:
        for begin, end, kind in noun_phrases.runs(line):
            forms = line.forms[begin:end]
            short = {1: "word", 2: "pair"}.get(end - begin, kind) if kind == "phrase" else kind
            phrase = table.setdefault(forms, Phrase(forms, short))
            phrase.seen[_surface(line, begin, end, proper)] += 1
            phrase.sentences.add(line.sentence.id)
            phrase.asked |= line.asked
    return list(table.values())


def _surface(line: Read, begin: int, end: int, proper: frozenset[str]) -> str:
    words = list(line.words[begin:end])
    if begin == 0 and line.forms[0] not in proper and words[0][1:] == words[0][1:].lower():
        words[0] = words[0].lower()  # the capital of a sentence's first word is not its own
    return " ".join(words)


def _ranked(phrases: Iterable[Phrase], weight: dict[str, float]) -> list[Phrase]:
    """The best of them, by the words in them and by how often they are said."""
    for phrase in phrases:
        told = [weight.get(word, 0.0) * (0.5 if word in EMPTY else 1.0) for word in phrase.stems]
        if told:
            often = 0.7 + 0.6 * math.log(len(phrase.sentences))
            phrase.score = sum(told) / (len(told) + 0.5) ** 0.8 * often * _WORTH[phrase.kind]
            phrase.score *= _ASKED if phrase.asked else 1.0
    ranked = sorted(phrases, key=lambda phrase: (-phrase.score, phrase.forms))
    return ranked[:_SHORTLIST]


def _nearness(centres: "Vectors", tables: Sequence[Sequence[Phrase]]) -> Iterator[list[float]]:
    """How close each phrase comes to what its topic means, against the others."""
    everything = centres.mean(axis=0)
    texts = [phrase.text for table in tables for phrase in table]
    points = iter(base.embedder().embed(texts))
    for centre, table in zip(centres, tables, strict=True):
        aim = centre - 0.3 * everything
        yield [(0.2 + max(0.0, float(next(points) @ aim))) ** 1.5 for _ in table]


# --- the heading ---


def _heading(phrases: Sequence[Phrase], given: Sequence[str]) -> str:
    """The best phrase; a short one with the next that says something else."""
    told = [_told(heading) for heading in given]
    for first in phrases:
        heading = _capital(first.text)
        if len(first.forms) <= 3 and first.kind != "doing":
            second = next((other for other in phrases if _goes_with(first, other)), None)
            heading = f"{heading} and {second.text}" if second else heading
            if len(first.forms) == 1 and not second:
                heading = _capital(_fuller(first, phrases).text)
        if _told(heading) not in told:
            return heading
    return _numbered((), given)


def _numbered(given: Sequence[str], made: Sequence[str]) -> str:
    """Nothing was said that a heading can be made of."""
    numbers = (f"Part {number}" for number in itertools.count(len(made) + 1))
    return next(name for name in numbers if name not in given and name not in made)


def _told(heading: str) -> frozenset[str]:
    """The same for "Mud and money" and "Money and mud"."""
    return frozenset(heading.lower().split())


def _fuller(word: Phrase, phrases: Sequence[Phrase]) -> Phrase:
    """A word alone says little: the phrase it is the heart of, else another near as good."""
    longer = [phrase for phrase in phrases if len(phrase.forms) > 1]
    around = [phrase for phrase in longer if word.stems <= phrase.stems]
    near = [phrase for phrase in longer if phrase.score > 0.4 * word.score]
    return next(iter([*around, *near]), word)


def _goes_with(first: Phrase, other: Phrase) -> bool:
    if other.kind == "doing" or len(first.forms) + len(other.forms) >= _LONGEST - 1:
        return False
    often = len(other.sentences) > 1 or other.asked
    least = 0.5 if often else 0.8 if len(first.forms) == 1 else 1.0
    return first.spelled.isdisjoint(other.spelled) and other.score >= least * first.score


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
