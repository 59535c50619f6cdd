"""Edited sentences -> points: facts before prose. The same for every style, so none can differ."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pipeline.engines import base
from pipeline.engines.moments import in_article
from pipeline.engines.words import wording
from pipeline.engines.writing.exchanges import exchanges, wordings
from pipeline.model import (
    Edited,
    LeftOutPoint,
    Point,
    Question,
    Sentence,
    Speaker,
    Statement,
    Topic,
    Turns,
    Video,
)
from pipeline.speech import asks

START = 0.4  # for beginning where a reply begins: that is what it was about
LONGEST = 3  # sentences of a point: more is a speech
SKIPPED = 6  # words between two sentences that still read as one run: "Mm-hmm", a dropped "Yeah"
GOES_ON = 0.55  # what a further sentence must be worth
POOL = 30  # candidates of a topic looked at closely; an hour of talk has hundreds
KEPT = 12  # points of a topic
SUBJECT = 0.6  # times the likeness to what is said under its topic
THEME = 0.6  # times the likeness to the title of its topic
NEAR = 0.6  # times the likeness to a stronger one: a reader misses less of what is told twice
SAME = 0.85  # two points as alike as this say the same
PLAIN_QUESTION = 22  # words: a longer one cannot be repeated within a sentence
FEWEST_WORDS = 8
WEAK = 1.0  # what weighs less, a reader can do without


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences that could be a point."""

    sentences: tuple[Sentence, ...]
    value: float
    topic: str | None
    asked: Question | None
    alone: bool
    opens: bool  # it stands where a reply begins

    @property
    def words(self) -> tuple[int, int]:
        """Verbatim span."""
        return self.sentences[0].words[0], self.sentences[-1].words[1]

    @property
    def text(self) -> str:
        """Verbatim."""
        return " ".join(sentence.text for sentence in self.sentences)


@lru_cache(maxsize=1)  # the styles of one interview are written one after the other
def points(
    turns: Turns, edited: Edited, speakers: tuple[Speaker, ...], topics: tuple[Topic, ...]
) -> tuple[Point, ...]:
    """What was said in answer and can be quoted alone, in spoken order."""
    roles = {speaker.id: speaker.role for speaker in speakers}
    answering = "guest" if "guest" in roles.values() else "other"
    questions = _questions(edited, speakers, turns)
    runs = [
        run
        for speaker, group in itertools.groupby(edited.sentences, key=lambda one: one.speaker)
        if roles.get(speaker) == answering
        for run in _runs(tuple(group), questions, topics, proven=turns.proven)
    ]
    by_topic: dict[str | None, list[Run]] = {}
    for run in runs:
        by_topic.setdefault(run.topic, []).append(run)
    titles = {topic.id: topic.title for topic in topics}
    chosen = [
        run for topic, pool in by_topic.items() for run in _best(pool, titles.get(topic or ""))
    ]
    ordered = sorted(chosen, key=lambda run: run.words)
    return tuple(_point(number, run) for number, run in enumerate(ordered, 1))


def _questions(
    edited: Edited, speakers: Sequence[Speaker], turns: Turns
) -> dict[tuple[int, int], Question]:
    """By the first sentence of its reply: one sentence that asks, and needs no other to be read."""
    doubtful = frozenset(turns.doubtful)
    found = {}
    for exchange in exchanges(edited, speakers):
        # Only what was asked last is surely what was answered; "How did you know? Who told you?"
        # is one question twice.
        last = tuple(itertools.takewhile(lambda s: asks(s.text), reversed(exchange.asked)))
        ways = [
            way
            for way in wordings(exchange, turns)
            if len(way.sentences) == 1
            and way.sentences[0] in last
            and way.text.endswith("?")
            and not way.sentences[0].doubtful
            and doubtful.isdisjoint(range(way.words[0], way.words[1] + 1))
            and 5 <= len(way.text.split()) <= PLAIN_QUESTION
            and way.quality > 0.6
            and wording.points_back(way.text) == 0
            and wording.leans(way.text) == 0
            and not _POINTS.search(way.text)
        ]
        if ways:
            (asked,) = max(ways, key=lambda way: way.quality).sentences
            question = Question(asked.text, (asked.turn,), asked.start, (), asked.words)
            found[exchange.reply[0].words] = question
    return found


def _runs(
    reply: Sequence[Sentence],
    questions: dict[tuple[int, int], Question],
    topics: Sequence[Topic],
    *,
    proven: bool,
) -> Iterator[Run]:
    """From every sentence that may begin a point, the run that is worth most."""
    asked = questions.get(reply[0].words)
    begins, leads = _begins(reply), leading(reply, proven=proven)
    worth = [wording.weigh(sentence.text, wording.RICH) for sentence in reply]
    for first, sentence in enumerate(reply):
        direct = asked if first == begins else None
        alone = _alone(reply, first)
        if not _quotable(sentence) or not (alone or direct) or first in leads:
            continue
        topic = _topic(topics, sentence.start)
        best: Run | None = None
        value = START * (first == begins) - _riddle(sentence.text) * (direct is None)
        for last in range(first, min(first + LONGEST, len(reply))):
            after = reply[last]
            if (
                last in leads
                or not _quotable(after)
                or (last > first and not _goes_on(reply, last, topics, topic))
                or (last > first and _sum_of_what(reply[last - 1].text, after.text))
            ):
                break
            value += worth[last] - GOES_ON * (last > first)
            run = Run(tuple(reply[first : last + 1]), value, topic, direct, alone, first == begins)
            if len(run.text.split()) >= FEWEST_WORDS and (best is None or value > best.value):
                best = run
        if best:
            yield best


# "Nobody ever learned his name": whose?
_WHO = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"(?<=[\w,;] )[A-Z][\w'’-]+|\b(?:m[ae]n|wom[ae]n|father|mother|brother|sister|son|daughter"
    r"|friend|people|person|guy|somebody|someone|everybody|everyone|kids?|child|children|\w{3,}s)\b"
)


# "How did you know that you'd need them?" points at nothing.
_POINTS = re.compile(
    r"\b(?:this|these|those|that(?! (?:you|we|they|he|she|the|a|an|there|people)\b))\b",
    re.IGNORECASE,
)
# "Our goal was to bring more of that into the model": of what?
_OF_THAT = re.compile(
    r"\b(?:of|about|with|like|for|from|to|into|in|on|across|between|among|over|through)"
    r" (?:that|this|it|them)(?=\s+(?:into|in|to|is|was|and|as|for|with|by|on|at|but)\b|[,.;:?!]|$)",
    re.IGNORECASE,
)


# "A newspaper printed that mistake": which?
_THIS_NOUN = re.compile(
    r"\b(?:(?:above|below|behind|under|of|in|on|to|for|from|with|by|at|than|\w{3,}ed) that(?= \w+\b"
    r"(?! (?:is|are|was|were|will|would|can|could|has|had)\b))|this|these|those)"
    r"(?! (?:year|week|month|morning|day|days|time|is|are|was|were|world)\b) \w+",
    re.IGNORECASE,
)
# "I did the arithmetic. It came to $1,920": what did? A sum under the wrong noun misinforms.
_SUM = re.compile(
    r"^(?:(?:and|but|so|now|well),?\s+)*(?:it|that|this|these|those|they)(?:['’]s|['’]re)?\s"
    r"(?:[^\W\d]+\s){0,4}[$€£]?\d",
    re.IGNORECASE,
)
_WE = re.compile(r"^(?:(?:and|but|so|now|well|then),?\s+)*(?:i|we)\b", re.IGNORECASE)


def _sum_of_what(before: str, text: str) -> bool:
    """Whether a number belongs to an "it" of which the sentence before does not speak."""
    return bool(_SUM.match(text)) and bool(_WE.match(before))


# Where to find the guest is no answer.
_FAREWELL = re.compile(
    r"\b(?:(?:find|follow|reach|contact|email|message) (?:me|us)|linkedin|twitter|instagram|patreon"
    r"|subscribe|(?:my|our) (?:website|newsletter|podcast|channel)|come and visit)\b",
    re.IGNORECASE,
)


def _riddle(text: str) -> float:
    """How much of a sentence cannot be understood without the one before it."""
    who = _WHO.search(text)
    nobody_named = bool(who) and not _SOMEBODY.search(text[: who.start()] if who else "")
    of_what = bool(_OF_THAT.search(text))
    which = bool(_THIS_NOUN.search(text))
    return wording.points_back(text) + 0.6 * nobody_named + 0.8 * (of_what or which)


# Who speaks so leads the talk. It is seldom worth quoting as an answer, and where the speakers are
# guessed from the text, it may be the host.
_LEADS = re.compile(
    r"^as in\b|\b(?:you (?:mentioned|said|wrote|say in)"
    r"|(?:in|of|from) your (?:book|memoir|essay|blog|career)"
    r"|i(?:['’]m| am) (?:actually |also |really )?(?:just )?curious"
    r"|i (?:was )?wonder(?:ing)?|let['’]s (?:go back|talk|move|get to|start|turn)|let me ask"
    r"|(?:do|did|would|are|have) you|what if|suppose)\b",
    re.IGNORECASE,
)
AROUND = 4  # sentences of a guessed speaker on both sides of one that leads, that are not quoted


def leading(reply: Sequence[Sentence], *, proven: bool) -> frozenset[int]:
    """Sentences that lead the talk; where who speaks is a guess, with those around them."""
    leads = {
        place
        for place, sentence in enumerate(reply)
        if _LEADS.search(sentence.text) or (not proven and "?" in sentence.text)
    }
    reach = range(0, 1) if proven else range(-AROUND, AROUND + 1)
    return frozenset(place + step for place in leads for step in reach)


def _begins(reply: Sequence[Sentence]) -> int:
    for place, sentence in enumerate(reply[:3]):
        if not wording.says_little(sentence.text) and not wording.is_nod(sentence.text):
            return place
    return -1


def _quotable(sentence: Sentence) -> bool:
    text = sentence.text
    asks = text.rstrip("\"'”’").endswith("?")
    if sentence.doubtful or asks or text[:1].islower() or _FAREWELL.search(text):
        return False
    return wording.whole(text)


# "Yeah, I do, because …" answers what is not printed; "For example" is one of that.
_GOES_ON_FROM = re.compile(
    r"(?:yes|yeah|yep|exactly|absolutely|correct|(?:no|right|sure|well)(?=,)"
    r"|for (?:example|instance))\b",
    re.IGNORECASE,
)


def _alone(reply: Sequence[Sentence], first: int) -> bool:
    text = reply[first].text
    if _GOES_ON_FROM.match(text):
        return False
    after_no = first > 0 and wording.is_nod(reply[first - 1].text)
    return not (after_no or wording.leans(text) or wording.says_little(text)) and (
        wording.points_back(text) < 0.7
    )


def _goes_on(
    reply: Sequence[Sentence], place: int, topics: Sequence[Topic], topic: str | None
) -> bool:
    near = reply[place].words[0] - reply[place - 1].words[1] <= SKIPPED + 1
    return near and _topic(topics, reply[place].start) == topic


def _best(pool: list[Run], title: str | None) -> list[Run]:
    """The runs of one topic that are worth most, none overlapping, none saying the same twice."""
    pool = sorted(pool, key=lambda run: (-run.value, run.words))[:POOL]
    texts = [run.text for run in pool]
    vectors = base.embedder().embed([*texts, title] if title else texts)
    meanings = vectors[: len(pool)]
    middle = np.mean(meanings, axis=0)
    middle = middle / max(float(np.linalg.norm(middle)), 1e-9)
    weights = SUBJECT * (meanings @ middle) + [run.value for run in pool]
    if title:
        weights += THEME * (meanings @ vectors[-1])
    left = {place for place, run in enumerate(pool) if weights[place] - START * run.opens >= WEAK}
    likest = np.zeros(len(pool))  # to those chosen
    chosen: list[Run] = []
    while left and len(chosen) < KEPT:
        best = max(left, key=lambda place: (weights[place] - NEAR * likest[place], -place))
        run = replace(pool[best], value=float(weights[best] - NEAR * likest[best]))
        likest = np.maximum(likest, meanings @ meanings[best])
        left = {one for one in left if _apart(pool[one], run) and likest[one] < SAME}
        chosen.append(run)
    return chosen


def _apart(run: Run, other: Run) -> bool:
    return run.words[1] < other.words[0] or other.words[1] < run.words[0]


def _topic(topics: Sequence[Topic], second: float) -> str | None:
    begun = [topic.id for topic in topics if topic.start <= second]
    return begun[-1] if begun else None


def _point(number: int, run: Run) -> Point:
    claim = tuple(
        Statement(s.text, "quote", s.speaker, (s.turn,), s.start, s.end, s.words)
        for s in run.sentences
    )
    speaker = run.sentences[0].speaker
    weight = round(run.value, 3)
    return Point(f"P{number}", speaker, claim, run.topic, weight, run.asked, run.alone)


# --- what is not in the article ---

MISSED = 10  # points at most: who wants more, has the transcript
SHOWN = 2  # sentences of each
SAME_TOPIC = 0.4  # for each that its topic has already: no topic fills the list


def left_out(
    made: Sequence[Point], said: Sequence[Statement], video: Video
) -> tuple[LeftOutPoint, ...]:
    """The strongest points of which nothing is in the article, in spoken order."""
    left = [point for point in made if point.alone and not is_in(point, said)]
    chosen: list[Point] = []
    while left and len(chosen) < MISSED:
        topics = [point.topic for point in chosen]
        gains = [point.weight - SAME_TOPIC * topics.count(point.topic) for point in left]
        chosen.append(left.pop(gains.index(max(gains))))
    link = in_article(video).link
    return tuple(
        LeftOutPoint(
            speaker=point.speaker,
            claim=point.claim[:SHOWN],
            start=point.claim[0].start,
            seconds=round(point.claim[-1].end - point.claim[0].start, 3),
            link=link(point.claim[0].start),
            topic=point.topic,
            weight=point.weight,
        )
        for point in sorted(chosen, key=lambda point: point.claim[0].start)
    )


def is_in(point: Point, said: Iterable[Statement]) -> bool:
    """Whether something of it was said."""
    return any(_overlap(point, one) for one in said)


def _overlap(point: Point, said: Statement) -> bool:
    """By words where there are any; a sentence that was reworded has only its seconds."""
    if said.words is None:
        return said.start < point.claim[-1].end and point.claim[0].start < said.end
    spans = [one.words for one in point.claim if one.words]
    return any(first <= said.words[1] and said.words[0] <= last for first, last in spans)
