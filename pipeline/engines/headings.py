"""What a stretch of talk is about, in a few of its own words: a heading for a topic."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline import speech
from pipeline.engines import base, word_classes, word_list, wording
from pipeline.engines.wording import COMMON
from pipeline.model import Sentence

NOUNS: Final = frozenset({"noun", "plural", "name"})
_BEFORE_NOUNS: Final = NOUNS | {"adjective", "of"}
_JOINS: Final = speech.listed("of for in on with without against between to from behind versus vs")
_LONGEST_PART = 4  # words of a noun phrase
_LONGEST = 8  # words of a heading

# Nouns that say nothing of a subject. `COMMON` has more of them.
_EMPTY = speech.listed(
    """ability account advantage afternoon age amount answer area aspect attention attempt audience
    back background basis beginning benefit billion bottom bunch case category chance change choice
    circle class clip comment concept condition conversation couple course curiosity day deal decade
    degree detail difference direction discussion dozen edge effect effort element end
    episode everybody everyone evening evidence experience extent eye face fact fan feature feeling
    folk form front fun future gentleman girl group guest guy half hand head help hour host hundred
    impact impression inch instance interview issue item job journey kid kilometer lady launch layer
    length lesson level life line link list listener load magic majority man manner mark mass matter
    mean meaning means member meter method mile million mind minute moment month morning name nature
    need night note nothing notion null number object opinion opportunity option order ourselves
    page pair part past path pattern percent percentage period phase phrase picture piece pile place
    plenty plus podcast portion position possibility present problem process purpose quarter
    quality question quote range rate reality reason reference regard respect rest result room round
    row rule scale scenario second sentence series set shape show side sign situation size
    solution space speaker speed spot stage standpoint start state step stuff style subject success
    surface talk task team ten term test theme thousand thought topic total track trend truth turn
    type user value variety version video view viewpoint week while world zero"""
)
# Words of degree, praise and order: a heading gains nothing from beginning with them.
_PALE = speech.listed(
    """able actual additional amazing available average awesome awful bad basic beautiful best better
    big bigger biggest brilliant broad certain clear close common complete cool correct crazy crucial
    current deep different difficult double early easier easiest easy effective enormous entire
    essential exact excellent exciting extra extraordinary extreme fabulous fair familiar famous
    fantastic fascinating fast faster favorite final fine former full fun funny general giant glad
    good great greater greatest half happy hard harder hardest high higher highest hot huge ideal
    impossible important incredible individual initial interesting key kind large larger largest last
    late later latest least less lesser likely little long longer lots lovely low lower main major
    massive maximum mere minor modern multiple narrow natural near nearest necessary new newer next
    nice normal numerous obvious odd old older oldest only open-ended opposite ordinary original
    overall own particular past perfect plain popular positive possible potential powerful practical
    precise previous primary prime principal prior proper pure quick random rare ready real really
    reasonable recent regular related relevant respective rough same separate serious several sheer
    short shorter significant similar simple simplest single slight slow small smaller smallest
    special specific standard strange strong stronger strongest stupid subsequent substantial such
    sufficient super sure terrible tiny top total tough tremendous true typical ultimate unbelievable
    unique unusual upcoming useful usual vague valuable various vast very weird whole wide wild
    wonderful worse worst worth wrong young younger youngest"""
)
# "Going home" is no subject, "Raising money" is.
_LIGHT = speech.listed(
    """being having doing going getting coming saying talking thinking trying wanting looking seeing
    knowing asking telling feeling starting keeping happening seeming meaning wondering letting
    putting taking giving making using hoping guessing becoming including according regarding
    considering depending assuming liking sitting standing calling listening watching speaking
    remaining following during concerning lacking missing amazing interesting leading existing
    growing ongoing working playing moving turning showing bringing hearing waiting dealing finding
    mentioning describing covering referring noting nothing something anything everything morning
    evening"""
)
# Latin letters only: a Greek "Τ" that looks like a "T" makes a word that nobody finds.
_PLAIN_WORD = re.compile(
    r"[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ.+#&/-]*[A-Za-z0-9À-ɏ+#])?(?:['’]s|s['’])?"
)
_LONGEST_WORD = 24  # characters; more is no word of a heading
_BREAK = re.compile(r"[,.;:?!…—–)\]\"”]$|--$")
_SHORTLIST = 20
_ASKED = 1.35  # a phrase of the host's own question says what the answer is about

# What sorts of headings are worth: one word says little.
_WORTH: Final = {"word": 0.5, "pair": 1.0, "phrase": 1.1, "joined": 1.0, "doing": 1.0}


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
        return frozenset(stem(form) for form in self.forms if _tells(form))


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence, word by word."""

    sentence: Sentence
    words: tuple[str, ...]  # without the marks around them
    forms: tuple[str, ...]
    classes: tuple[str, ...]
    breaks: tuple[bool, ...]  # whether a mark follows the word
    asked: bool  # by a host


def headings(topics: Sequence[Sequence[Read]], given: Iterable[str] = ()) -> list[str]:
    """A heading of two to eight words for each topic, all different, in the speakers' words.

    None of them is one of those `given` already.
    """
    proper = _proper(topics)
    tables = [
        _ranked(_phrases(topic, proper), weight)
        for topic, weight in zip(topics, _weights(topics), strict=True)
    ]
    for phrases, nearness in zip(tables, _nearness(topics, tables), strict=True):
        for phrase, near in zip(phrases, nearness, strict=True):
            phrase.score *= near
        phrases.sort(key=lambda phrase: (-phrase.score, phrase.forms))
    taken = list(given)
    made: list[str] = []
    for phrases in tables:
        made.append(_heading(phrases, [*taken, *made]))
    return made


# --- reading ---


def read(sentences: Sequence[Sentence], hosts: frozenset[str]) -> list[Read]:
    """Sentences, word by word."""
    cut = [sentence.text.split() for sentence in sentences]
    plain = [[_edged(word) for word in words] for words in cut]
    return [
        Read(
            sentence,
            tuple(words),
            tuple(speech.normal(word) for word in words),
            tuple(found),
            tuple(bool(_BREAK.search(word)) for word in raw),
            sentence.speaker in hosts and speech.asks(sentence.text),
        )
        for sentence, raw, words, found in zip(
            sentences, cut, plain, word_classes.classes(plain), strict=True
        )
    ]


def _edged(word: str) -> str:
    return word.strip(' ,.;:?!…—–-()[]{}<>"“”‘*_`~|') or word


def stem(form: str) -> str:
    """The same for one and many.

    >>> stem("models"), stem("model's"), stem("business")
    ('model', 'model', 'business')
    """
    form = form.removesuffix("'s").removesuffix("s'")
    return form[:-1] if len(form) > 3 and form.endswith("s") and not form.endswith("ss") else form


def _proper(topics: Sequence[Sequence[Read]]) -> frozenset[str]:
    """Words that are written with a capital inside sentences more often than without."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for topic in topics:
        for line in topic:
            for word, form in list(zip(line.words, line.forms, strict=True))[1:]:
                (capital if word[:1].isupper() else small)[form] += 1
    return frozenset(form for form, count in capital.items() if count > small[form])


def _tells(form: str) -> bool:
    return len(form) > 1 and stem(form) not in COMMON and form not in COMMON


def _weights(topics: Sequence[Sequence[Read]]) -> list[dict[str, float]]:
    """For each topic what a word is worth: often said here, seldom elsewhere, no everyday word."""
    said = [
        Counter(stem(form) for line in topic for form in line.forms if _tells(form))
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
        for begin, end, kind in _runs(line):
            forms = line.forms[begin:end]
            if kind != "doing" and end - begin <= 2:
                kind = "word" if end - begin == 1 else "pair"
            phrase = table.setdefault(forms, Phrase(forms, kind))
            phrase.seen[_surface(line, begin, end, proper)] += 1
            phrase.sentences.add(line.sentence.id)
            phrase.asked |= line.asked
    return list(table.values())


def _surface(line: Read, begin: int, end: int, proper: frozenset[str]) -> str:
    words = list(line.words[begin:end])
    if begin == 0 and line.forms[0] not in proper and words[0][1:] == words[0][1:].lower():
        words[0] = words[0].lower()  # the capital of a sentence's first word is not its own
    return " ".join(words)


def _runs(line: Read) -> Iterator[tuple[int, int, str]]:
    """Where noun phrases stand, joined ones, and what somebody does: "raising money"."""
    nouns = list(_noun_phrases(line))
    for begin, end in nouns:
        parts = [first for first in range(begin, end) if _may_begin(line, first, end)]
        for first in parts:
            if end - first <= _LONGEST_PART:
                yield first, end, "phrase"
        if parts and line.classes[begin - 1] == "ing" and _does(line, begin - 1):
            yield begin - 1, end, "doing"
        elif parts and begin > 1 and line.classes[begin - 2] == "ing" and _does(line, begin - 2):
            if (
                line.classes[begin - 1] in ("determiner", "preposition")
                and not line.breaks[begin - 1]
            ):
                yield begin - 2, end, "doing"
    for (begin, end), (next_begin, next_end) in zip(nouns, nouns[1:], strict=False):
        gap = line.forms[end:next_begin]
        if not gap or gap[0] not in _JOINS or any(line.breaks[end - 1 : next_begin]):
            continue
        if len(gap) == 1 or (len(gap) == 2 and gap[1] in ("the", "a", "an", "our", "their")):
            for first in range(begin, end):
                if _may_begin(line, first, end, led=True) and next_end - first <= _LONGEST_PART + 2:
                    if _may_begin(line, next_begin, next_end):
                        yield first, next_end, "joined"


def _noun_phrases(line: Read) -> Iterator[tuple[int, int]]:
    """Longest runs of adjectives and nouns that end with a noun."""
    place = 0
    while place < len(line.words):
        end = last = place
        while end < len(line.words) and _goes_on(line, place, end):
            end += 1
            if line.classes[end - 1] in NOUNS or (
                line.classes[end - 1] == "number" and end > place + 1
            ):
                last = end
            if line.breaks[end - 1]:
                break
        if last > place:
            yield place, last
        place = max(end, place + 1)


def _goes_on(line: Read, begin: int, place: int) -> bool:
    if not _PLAIN_WORD.fullmatch(line.words[place]) or len(line.words[place]) > _LONGEST_WORD:
        return False
    kind = line.classes[place]
    if kind == "ing":  # "scaling laws", "a coding environment"; no "is scaling laws"
        return place > 0 and line.classes[place - 1] in (_BEFORE_NOUNS | {"determiner", "ing"})
    if kind == "number":  # "Llama 3"
        return place > begin and line.classes[place - 1] == "name"
    return kind in _BEFORE_NOUNS


def _may_begin(line: Read, first: int, end: int, led: bool = False) -> bool:
    """Whether a noun phrase that begins there says something. `led`: more follows it."""
    forms = line.forms[first:end]
    head, lead = forms[-1], forms[0]
    if len(set(forms)) < len(forms) or any(form.endswith("ly") for form in forms[:-1]):
        return False
    if not led and (stem(head) in _EMPTY and end - first == 1):
        return False
    if stem(head) in COMMON or head in COMMON or not any(map(str.isalpha, head)):
        return False
    if stem(head) in _EMPTY and not led and lead in _PALE:
        return False
    return (
        lead not in _PALE
        and lead not in COMMON
        and (led or any(_tells(form) and stem(form) not in _EMPTY for form in forms))
    )


def _does(line: Read, place: int) -> bool:
    form = line.forms[place]
    return form not in _LIGHT and form not in COMMON and not line.breaks[place]


def _ranked(phrases: Iterable[Phrase], weight: dict[str, float]) -> list[Phrase]:
    """The best of them, by the words in them and by how often they are said."""
    for phrase in phrases:
        told = [weight.get(word, 0.0) * (0.5 if word in _EMPTY else 1.0) for word in phrase.stems]
        if told:
            often = 0.7 + 0.6 * math.log(len(phrase.sentences))
            phrase.score = sum(told) / (len(told) + 0.5) ** 0.8 * often * _WORTH[phrase.kind]
            phrase.score *= _ASKED if phrase.asked else 1.0
    ranked = sorted(phrases, key=lambda phrase: (-phrase.score, phrase.forms))
    return ranked[:_SHORTLIST]


def _nearness(
    topics: Sequence[Sequence[Read]], tables: Sequence[Sequence[Phrase]]
) -> Iterator[list[float]]:
    """How close each phrase comes to what its topic means, against the others."""
    embedder = base.embedder()
    centres = embedder.embed([_excerpt(topic) for topic in topics])
    everything = centres.mean(axis=0)
    points = iter(embedder.embed([phrase.text for table in tables for phrase in table]))
    for centre, table in zip(centres, tables, strict=True):
        aim = centre - 0.3 * everything
        yield [(0.2 + max(0.0, float(next(points) @ aim))) ** 1.5 for _ in table]


def _excerpt(topic: Sequence[Read]) -> str:
    """As much of a topic as the embedder reads: its longest sentences, in order."""
    order = sorted(range(len(topic)), key=lambda place: -len(topic[place].sentence.text))
    return " ".join(topic[place].sentence.text for place in sorted(order[:10]))


# --- the heading ---


def _heading(phrases: Sequence[Phrase], given: Sequence[str]) -> str:
    """The best phrase; a short one with the next that says something else."""
    for first in phrases:
        heading = _capital(first.text)
        if len(first.forms) <= 3 and first.kind != "doing":
            second = next((other for other in phrases if _goes_with(first, other)), None)
            heading = f"{heading} and {second.text}" if second else heading
            if len(first.forms) == 1 and not second:
                heading = _capital(_fuller(first, phrases).text)
        if heading not in given:
            return heading
    return f"Part {len(given) + 1}"  # nothing was said that a heading can be made of


def _fuller(word: Phrase, phrases: Sequence[Phrase]) -> Phrase:
    """A word alone says little: the phrase it is the heart of, else another that is near as good."""
    longer = [phrase for phrase in phrases if len(phrase.forms) > 1]
    around = [phrase for phrase in longer if word.stems <= phrase.stems]
    near = [phrase for phrase in longer if phrase.score > 0.6 * word.score]
    return next(iter([*around, *near]), word)


def _goes_with(first: Phrase, other: Phrase) -> bool:
    if other.kind == "doing" or len(first.forms) + len(other.forms) >= _LONGEST - 1:
        return False
    often = len(other.sentences) > 1 or other.asked
    least = 0.5 if often else 0.8 if len(first.forms) == 1 else 1.0
    return first.stems.isdisjoint(other.stems) and other.score >= least * first.score


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
