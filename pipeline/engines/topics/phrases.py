"""What could be a heading of each topic, with what it is worth there."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.engines import base
from pipeline.engines.words import noun_phrases, word_list
from pipeline.engines.words.noun_phrases import EMPTY, JOINS, Read, stem, tells

if TYPE_CHECKING:
    from pipeline.engines.topics.boundaries import Vectors

# What sorts of headings are worth: one word says little, and before "in the wall" often stood a
# verb that it belongs to.
_WORTH: Final = {
    "word": 0.5,
    "pair": 1.0,
    "phrase": 1.1,
    "joined": 1.0,
    "attached": 0.75,
    "doing": 0.8,
}
_JOINED: Final = ("joined", "attached")
_ASKED = 1.35  # a phrase of the host's own question says what the answer is about
_OPENING = 6  # sentences of a topic; what the host says in them names it
_OPENS: Final = {  # (asked, of many words) -> worth
    (False, False): 1.1,
    (False, True): 1.5,
    (True, False): 1.4,
    (True, True): 2.0,
}
_ONCE = 0.6  # said once, and by the guest: a detail, most often
_HOLLOW = 0.5  # "interface situation" is called a situation
_PARTS = 10  # of a topic: a word that is said in one of them only is a detail
_SPREAD = 0.05  # what such a detail is worth still
_LONGEST_WHOLE = 4  # words of a phrase without which its parts are nothing
_SHORTLIST = 24  # phrases of a topic whose meaning is looked at
_OTHERS = 0.2  # how much a heading turns away from what all topics are about
_NEAR = 2.5  # the higher, the more meaning counts


@dataclass(slots=True)
class Phrase:
    """A run of words that could be a heading, or half of one."""

    forms: tuple[str, ...]
    kind: str  # see _WORTH
    seen: Counter[str] = field(default_factory=Counter)  # as it was written -> how often
    lines: set[int] = field(default_factory=set)  # places of the sentences in their topic
    asked: bool = False
    opens: bool = False  # said by the host where the topic begins
    spread: float = 0.0  # how much of the topic its words are said in, 0 to 1
    score: float = 0.0
    point: "Vectors | None" = None  # what it means

    @property
    def lone(self) -> bool:
        """Whether it was said but once, and by the guest."""
        return len(self.lines) < 2 and not (self.asked or self.opens)

    @property
    def hollow(self) -> bool:
        """Whether what it is called is nothing: "interface situation", "view of the sea"."""
        joint = next((n for n, form in enumerate(self.forms) if form in JOINS), 0)
        return stem(self.forms[joint - 1]) in EMPTY

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


def ranked(topics: Sequence[Sequence[Read]], centres: "Vectors") -> list[list[Phrase]]:
    """For each topic its phrases, the best first. `centres`: what each topic means."""
    names = proper(topics)
    tables = [
        _shortlist(_phrases(topic, names), weight)
        for topic, weight in zip(topics, weights(topics), strict=True)
    ]
    _liken(tables, centres)
    return [sorted(table, key=lambda phrase: (-phrase.score, phrase.forms)) for table in tables]


# --- words ---


def proper(topics: Sequence[Sequence[Read]]) -> frozenset[str]:
    """Words that are written with a capital inside sentences more often than without."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for topic in topics:
        for line in topic:
            for word, form in list(zip(line.words, line.forms, strict=True))[1:]:
                (capital if word[:1].isupper() else small)[form] += 1
    return frozenset(form for form, count in capital.items() if count > small[form])


def weights(topics: Sequence[Sequence[Read]]) -> list[dict[str, float]]:
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


def _phrases(topic: Sequence[Read], names: frozenset[str]) -> list[Phrase]:
    """One for "thesis binder" and "thesis binders"."""
    table: dict[tuple[str, ...], Phrase] = {}
    opening = _opening(topic)
    for place, line in enumerate(topic):
        for begin, end, kind in noun_phrases.runs(line):
            forms = line.forms[begin:end]
            if begin == 0 and line.classes[0] == "name" and forms[0] not in names:
                continue  # "Build verifiers": a verb that is taken for a name
            short = {1: "word", 2: "pair"}.get(end - begin, kind) if kind == "phrase" else kind
            key = tuple(stem(form) for form in forms)
            phrase = table.setdefault(key, Phrase(forms, short))
            phrase.seen[surface(line, begin, end, names)] += 1
            phrase.lines.add(place)
            phrase.asked |= line.asked
            phrase.opens |= place in opening
    said = _said_where(topic)
    for phrase in table.values():
        shares = [len(said.get(word, ())) for word in phrase.stems]
        phrase.spread = sum(shares) / max(1, len(shares)) / min(_PARTS, len(topic))
    return _unbroken(table)


def _opening(topic: Sequence[Read]) -> frozenset[int]:
    """Places of what the host says to begin with."""
    said = [place for place, line in enumerate(topic) if line.host]
    return frozenset(place for place in said if place < _OPENING)


def _said_where(topic: Sequence[Read]) -> dict[str, set[int]]:
    """Of each word the parts of the topic in which it is said."""
    said: dict[str, set[int]] = {}
    parts = min(_PARTS, len(topic))
    for place, line in enumerate(topic):
        for form in line.forms:
            said.setdefault(stem(form), set()).add(place * parts // len(topic))
    return said


def _unbroken(table: Mapping[tuple[str, ...], Phrase]) -> list[Phrase]:
    """Without halves: "gate", where nobody says it but in "sluice gate"."""
    halves = {
        key[begin:end]
        for key, phrase in table.items()
        if phrase.kind != "doing" and 1 < len(key) <= _LONGEST_WHOLE
        for begin, end in itertools.combinations(range(len(key) + 1), 2)
        if _is_half(table.get(key[begin:end]), phrase)
    }
    return [phrase for key, phrase in table.items() if key not in halves]


def _is_half(part: Phrase | None, whole: Phrase) -> bool:
    if part is None or part is whole or (part.kind in _JOINED) != (whole.kind in _JOINED):
        return False
    return len(part.lines) <= len(whole.lines)


def surface(line: Read, begin: int, end: int, names: frozenset[str]) -> str:
    """The words as they were written, but the first of a sentence as it is elsewhere."""
    words = list(line.words[begin:end])
    if begin == 0 and line.forms[0] not in names and words[0][1:] == words[0][1:].lower():
        words[0] = words[0].lower()  # the capital of a sentence's first word is not its own
    return " ".join(words)


def _shortlist(phrases: Iterable[Phrase], weight: dict[str, float]) -> list[Phrase]:
    """The best of them, by the words in them, by how often and by whom they are said."""
    for phrase in phrases:
        told = [weight.get(word, 0.0) * (0.5 if word in EMPTY else 1.0) for word in phrase.stems]
        if told:
            often = 0.7 + 0.6 * math.log(len(phrase.lines))
            phrase.score = sum(told) / (len(told) + 0.5) ** 0.8 * often * _WORTH[phrase.kind]
            phrase.score *= (_SPREAD + phrase.spread) ** 0.7 * _said_by(phrase)
            phrase.score *= _HOLLOW if phrase.hollow else 1.0
    return sorted(phrases, key=lambda phrase: (-phrase.score, phrase.forms))[:_SHORTLIST]


def _said_by(phrase: Phrase) -> float:
    if phrase.opens:
        return _OPENS[phrase.asked, len(phrase.forms) > 1]
    return _ASKED if phrase.asked else _ONCE if phrase.lone else 1.0


def _liken(tables: Sequence[Sequence[Phrase]], centres: "Vectors") -> None:
    """Weigh each phrase by how close it comes to what its topic means, against the others."""
    everything = centres.mean(axis=0)
    texts = [phrase.text for table in tables for phrase in table]
    points = iter(base.embedder().embed(texts))
    for centre, table in zip(centres, tables, strict=True):
        aim = centre - _OTHERS * everything
        for phrase in table:
            phrase.point = next(points)
            phrase.score *= (0.2 + max(0.0, float(phrase.point @ aim))) ** _NEAR
