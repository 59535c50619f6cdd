"""What a stretch of talk is about, in a few of its own words: a heading for a topic."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.engines.topics import phrases
from pipeline.engines.topics.phrases import Phrase
from pipeline.engines.words import noun_phrases, wording
from pipeline.engines.words.noun_phrases import Read, stem, tells
from pipeline.engines.words.wording import COMMON

if TYPE_CHECKING:
    from pipeline.engines.topics.boundaries import Vectors

_LONGEST = 8  # words of a heading that is no question
_WEAK = 0.025  # a phrase that is worth less names nothing
_WEAK_WORD = 0.05  # nor does such a word, or what was said only once
# A word that is said four times, and in this much of its topic: "Benchmarks".
_OFTEN = 4
_ALONE = 0.3  # is a heading
_ALL_OVER = 0.4  # makes one with another such: "Letters and email"
# What a phrase must be worth, of what the word in it is worth, to stand for it …
_FULLER = 0.4  # … where it is said again, or begins the topic
_ONCE = 0.5  # … else
_SECOND = 0.5  # what is joined to a word must be worth, of what the word is
_SECOND_PAIR = 0.65  # to a pair, which says more
_APART = 0.25  # to a phrase that is a heading already
_ALIKE = 0.7  # cosine: two such say the same
_QUESTION = range(4, 11)  # words of a question that is a heading
_ASKED_WELL = 0.4  # by `wording.ASKED_WELL`
_FIRST_QUESTIONS = 6  # of a topic; later ones ask about its details
_ENGLISH = 0.2  # share of words that are common English ones; half is usual
_KEYWORDS = 3


def headings(
    topics: Sequence[Sequence[Read]], centres: "Vectors", given: Iterable[str] = ()
) -> list[str]:
    """A heading for each topic, all different, in the speakers' words.

    One phrase, or two joined by "and"; where none names the topic, a short question of the host.
    `centres`: what each topic means. None of the headings is one of those `given` already.
    """
    taken = list(given)
    if not _english(topics):
        return _keywords(topics, taken)
    made: list[str] = []
    for topic, ranked in zip(topics, phrases.ranked(topics, centres), strict=True):
        made.append(_heading(ranked, topic, [*taken, *made]))
    return made


# --- other languages ---


def _english(topics: Sequence[Sequence[Read]]) -> bool:
    forms = [form for topic in topics for line in topic for form in line.forms]
    return sum(form in COMMON for form in forms) >= _ENGLISH * len(forms)


def _keywords(topics: Sequence[Sequence[Read]], given: Sequence[str]) -> list[str]:
    """No grammar is known there: words that are said here more than elsewhere, "Mühle, Fluss"."""
    proper = phrases.proper(topics)
    made: list[str] = []
    for topic, weight in zip(topics, phrases.weights(topics), strict=True):
        seen: dict[str, Counter[str]] = {}
        for line in topic:
            for place, form in enumerate(line.forms):
                if len(form) > 4 and noun_phrases.plain(line.words[place]):
                    surface = phrases.surface(line, place, place + 1, proper)
                    seen.setdefault(stem(form), Counter())[surface] += 1
        best = sorted(seen, key=lambda word: (-weight.get(word, 0.0), word))[:_KEYWORDS]
        heading = _capital(", ".join(seen[word].most_common(1)[0][0] for word in best))
        fresh = heading and heading not in [*given, *made]
        made.append(heading if fresh else _numbered(given, made))
    return made


# --- the heading ---


def _heading(ranked: Sequence[Phrase], topic: Sequence[Read], given: Sequence[str]) -> str:
    """The best phrase, a word with what makes it whole; else a question; else the best there is."""
    taken = [_told(heading) for heading in given]
    sound = [phrase for phrase in ranked if _names(phrase)]
    fresh = [phrase for phrase in sound if not _had(phrase, taken)]
    whole = (
        _completed(first, fresh) if first in fresh else _told_apart(first, fresh) for first in sound
    )
    words_last = sorted(ranked, key=lambda phrase: len(phrase.forms) == 1)
    rest = (phrase.text for phrase in words_last)
    for text in itertools.chain(whole, _questions(topic), rest):
        if text and _told(text) not in taken:
            return _capital(text)
    return _numbered((), given)


def _had(phrase: Phrase, taken: Sequence[frozenset[str]]) -> bool:
    """Whether it is a heading already, or a word of one."""
    return any(
        phrase.stems == told or (len(phrase.stems) == 1 and phrase.stems < told) for told in taken
    )


def _names(phrase: Phrase) -> bool:
    if phrase.hollow and phrase.kind in ("joined", "attached"):
        return False
    weak = phrase.lone or len(phrase.forms) == 1
    return phrase.score >= (_WEAK_WORD if weak else _WEAK)


def _completed(first: Phrase, ranked: Sequence[Phrase]) -> str:
    """A phrase as it is, or two; of a word what it is the heart of, or it and another."""
    if len(first.forms) > 2 or first.kind == "doing":
        return first.text
    second = next((other for other in ranked if _goes_with(first, other)), None)
    joined = f"{first.text} and {second.text}" if second else ""
    if len(first.forms) == 2:
        longer = (other.text for other in ranked if _is_half(first, other))
        return next(longer, joined or first.text)
    if second and _all_over(first, _ALL_OVER) and _all_over(second, _ALL_OVER):
        return joined
    fuller = next((other.text for other in ranked if _stands_for(first, other)), "")
    if fuller or (second and len(second.forms) > 1):
        return fuller or joined
    around = (other.text for other in ranked if _around_either(first, second, other))
    return next(around, joined or (first.text if _stands_alone(first) else ""))


def _told_apart(first: Phrase, ranked: Sequence[Phrase]) -> str:
    """A phrase that is a heading already, with what else is said here: "Open source and models"."""
    if len(first.forms) == 1:
        return ""
    seconds = (other.text for other in ranked if _differs(first, other, first.score * _APART))
    second = next(seconds, "")
    return f"{first.text} and {second}" if second else ""


def _is_half(pair: Phrase, other: Phrase) -> bool:
    """As "door decisions" is of "two-way door decisions"."""
    ends = len(other.forms) > len(pair.forms) and other.forms[-len(pair.forms) :] == pair.forms
    return ends and not other.lone and len(other.lines) >= len(pair.lines) / 2


def _stands_for(word: Phrase, other: Phrase) -> bool:
    """Whether it has the word in it, or is what the host begins with, and is no single remark."""
    if other.opens and _is_whole(other) and other.score >= word.score * _ONCE:
        return True
    again = other.opens or len(other.lines) > 1
    return again and _around([word], other, word.score * _FULLER)


def _around(words: Sequence[Phrase], other: Phrase, least: float) -> bool:
    within = any(word.stems < other.stems for word in words)
    return within and _is_whole(other) and other.score >= least


def _around_either(first: Phrase, second: Phrase | None, other: Phrase) -> bool:
    words = [first] if second is None or other.lone else [first, second]
    return _around(words, other, first.score * _ONCE)


def _is_whole(phrase: Phrase) -> bool:
    """Whether it can be read alone: "earth for vacation" is rather part of a clause."""
    if phrase.kind == "attached" and len(phrase.lines) < 2 and not phrase.opens:
        return False
    return len(phrase.forms) > 1 and phrase.kind != "doing" and not phrase.hollow


def _stands_alone(word: Phrase) -> bool:
    """Whether it is a name, or said again and again."""
    return len(word.text) > 2 and (word.text[:1].isupper() or _all_over(word, _ALONE))


def _all_over(word: Phrase, spread: float) -> bool:
    return len(word.lines) >= _OFTEN and word.spread >= spread


def _goes_with(first: Phrase, other: Phrase) -> bool:
    """Whether both are good, and say different things."""
    if len(other.forms) == 1 and not (len(first.forms) == 1 and _often(first) and _often(other)):
        return False
    return _differs(first, other, first.score * (_SECOND, _SECOND_PAIR)[len(first.forms) - 1])


def _differs(first: Phrase, other: Phrase, least: float) -> bool:
    long = len(first.forms) + len(other.forms) + 2 > _LONGEST
    if long or other.kind == "doing" or other.lone or other.score < least:
        return False
    alike = (
        first.point is not None
        and other.point is not None
        and float(first.point @ other.point) >= _ALIKE
    )
    return not alike and first.spelled.isdisjoint(other.spelled)


def _often(phrase: Phrase) -> bool:
    return phrase.asked or phrase.opens or len(phrase.lines) > 2


def _questions(topic: Sequence[Read]) -> Iterator[str]:
    """What the host asks to begin with, where it can be read alone."""
    for line in [line for line in topic if line.asked][:_FIRST_QUESTIONS]:
        text = " ".join(line.sentence.text.split())
        words = [word.rstrip(",?") for word in text.split()]
        if len(words) not in _QUESTION or not all(map(noun_phrases.plain, words)):
            continue
        leans = wording.leans(text) or wording.points_back(text)
        if not leans and wording.weigh(text, wording.ASKED_WELL) >= _ASKED_WELL:
            yield _capital(text)


def _numbered(given: Sequence[str], made: Sequence[str]) -> str:
    """Nothing was said that a heading can be made of."""
    numbers = (f"Part {number}" for number in itertools.count(len(made) + 1))
    return next(name for name in numbers if name not in given and name not in made)


def _told(heading: str) -> frozenset[str]:
    """The same for "Mud and money" and "Money and mud"."""
    return frozenset(stem(form) for form in heading.lower().split() if tells(form))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
