"""Points -> the sections of a style: which go where, and the narrator's words before them."""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.config import Part, Style
from pipeline.engines.words import wording
from pipeline.engines.writing import framing
from pipeline.engines.writing.points import is_in
from pipeline.model import (
    Passage,
    Point,
    Question,
    Section,
    Speaker,
    Statement,
    Topic,
    Turns,
)

FIGURE = re.compile(r"\d")
NEW_THIRD = 10.0  # more than any weight: no third of an interview may be missing
SAME_TOPIC = 1.5
UNTOLD = 1.5  # for a topic that no answer was about
ASKED = 0.8
PULL_DRY = 1.0  # a pull quote is a thought, not a sum
CUT = 0.5  # for sentences that the part has no room for
# Endings of a name that are no surname: then the whole name is repeated.
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"})


@dataclass(slots=True)
class Desk:
    """What is on the writer's desk: the points, and those that are in print already."""

    points: Sequence[Point]
    topics: Sequence[Topic]
    names: dict[str, str]
    style: Style
    thirds: tuple[float, float]  # the seconds at which the second and the last third begin
    answered: Sequence[Question] = ()  # what stands before the sections
    used: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    led: int = 0  # how many paragraphs the narrator has led to
    listed: int = 0  # the same for lists

    @property
    def told(self) -> list[str | None]:
        """The topics of the answers."""
        return [question.topic for question in self.answered]

    @property
    def there(self) -> set[int]:
        """The thirds of the interview that the answers are from."""
        return {self.third(said) for question in self.answered for said in question.answer}

    def third(self, said: Statement) -> int:
        """Which third of the interview it is from."""
        return sum(said.start >= begin for begin in self.thirds)

    def left(self, part: Part) -> list[Point]:
        """Points that this part may hold and that are not in print."""
        return [
            point
            for point in self.points
            if point.id not in self.used
            and (point.alone or (part.asks and point.asked))
            and self.style.fewest_words <= _words(self.cut(point, part)) <= self.style.most_words
            and (part.holds != "figures" or self.figure(point, part))
        ]

    def figure(self, point: Point, part: Part) -> bool:
        """Whether it has a number, and is not the one that a topic is named after."""
        text = _text(self.cut(point, part))
        told_there = any(one.holds == "topics" for one in self.style.sections)
        title = next((t.title for t in self.topics if t.id == point.topic), "")
        named = wording.content(title)
        own = told_there and len(named) > 1 and named <= wording.content(text)
        return bool(FIGURE.search(text)) and not own

    def worth(self, point: Point, part: Part) -> float:
        """Its weight; more where its question can be repeated, for then a reader knows why."""
        cut = 0.0 if part.pull else CUT * (len(point.claim) > part.sentences)
        dry = PULL_DRY if part.pull and FIGURE.search(_text(self.cut(point, part))) else 0.0
        return point.weight - cut - dry + ASKED * (part.asks and point.asked is not None)

    def cut(self, point: Point, part: Part) -> tuple[Statement, ...]:
        """As many of its sentences as the part wants."""
        return point.claim[: part.sentences]


def sections(
    points: Sequence[Point],
    topics: Sequence[Topic],
    speakers: Sequence[Speaker],
    turns: Turns,
    style: Style,
    answered: Sequence[Question] = (),
) -> tuple[Section, ...]:
    """The parts of the style, filled with the points that weigh most, as long as it allows.

    What was `answered` before them is not said again.
    """
    names = {s.id: name(s, proven=turns.proven) for s in speakers}
    first, last = turns.turns[0].start, turns.turns[-1].end
    step = (last - first) / 3
    dropped: set[str] = set()
    points = list(_new(points, answered))
    while True:
        kept = [point for point in points if point.id not in dropped]
        desk = Desk(kept, topics, names, style, (first + step, first + 2 * step), answered)
        made = _made(desk)
        if _length(made) <= style.most_total or not desk.used:
            return made
        # Too long: without the least of what is in print the rest is laid out anew.
        dropped.add(min((p for p in kept if p.id in desk.used), key=lambda p: p.weight).id)


def _new(points: Sequence[Point], answered: Sequence[Question]) -> Iterator[Point]:
    """The points of which nothing was answered yet; a question that was printed is not repeated."""
    said = [statement for question in answered for statement in question.answer]
    asked = [question.start for question in answered]
    for point in points:
        if not is_in(point, said):
            again = point.asked is not None and point.asked.start in asked
            yield replace(point, asked=None) if again else point


def _made(desk: Desk) -> tuple[Section, ...]:
    parts = list(enumerate(desk.style.sections))
    # Topics choose last, for they have most to choose from.
    order = sorted(parts, key=lambda item: item[1].holds == "topics")
    chosen = {number: list(_chosen(part, desk)) for number, part in order}
    return tuple(
        section
        for number, part in parts
        for section in _sections(number, part, chosen[number], desk)
    )


def _chosen(part: Part, desk: Desk) -> Iterator[tuple[Topic | None, list[Point]]]:
    """The points of each section, which no other may hold from then on."""
    for topic in _topics(part, desk) if part.holds == "topics" else [None]:
        if topic:
            pool = [point for point in desk.left(part) if point.topic == topic.id]
            points = sorted(pool, key=lambda point: -desk.worth(point, part))[: part.points]
        else:
            points = _spread(part, desk)
        desk.used |= {point.id for point in points}
        if points:
            yield topic, points


def _sections(
    number: int, part: Part, chosen: list[tuple[Topic | None, list[Point]]], desk: Desk
) -> Iterator[Section]:
    for place, (topic, points) in enumerate(chosen):
        if topic is None:
            yield _section(number, part, part.heading, points, desk)
        else:
            above = part.heading if place == 0 else ""
            yield _section(number, part, topic.title, points, desk, topic.id, above)


def _topics(part: Part, desk: Desk) -> list[Topic]:
    """The topics with most to say, from each third where there is one; in order."""
    best: dict[str, list[float]] = {}
    thirds: dict[str, set[int]] = {}
    for point in desk.left(part):
        best.setdefault(point.topic or "", []).append(point.weight)
        thirds.setdefault(point.topic or "", set()).add(desk.third(point.claim[0]))
    whole = sum(topic.end - topic.start for topic in desk.topics) or 1.0
    left = [topic for topic in desk.topics if topic.id in best]
    chosen: list[Topic] = []
    while left and len(chosen) < part.topics:
        there = desk.there.union(*(thirds[topic.id] for topic in chosen))

        def worth(topic: Topic, there: set[int] = there) -> float:
            strong = sum(sorted(best[topic.id])[-3:]) / 3
            share = 4.0 * (topic.end - topic.start) / whole
            new = UNTOLD * (topic.id not in desk.told) + NEW_THIRD * bool(thirds[topic.id] - there)
            return strong + share + new

        chosen.append(max(left, key=worth))
        left.remove(chosen[-1])
    return sorted(chosen, key=lambda topic: topic.start)


def _spread(part: Part, desk: Desk) -> list[Point]:
    """The weightiest points, of different topics and from each third."""
    chosen: list[Point] = []
    left = desk.left(part)
    while left and len(chosen) < part.points:
        topics = [*desk.told, *(point.topic for point in chosen)]
        there = desk.there | {desk.third(point.claim[0]) for point in chosen}
        gains = [
            desk.worth(point, part)
            - SAME_TOPIC * topics.count(point.topic)
            + NEW_THIRD * (desk.third(point.claim[0]) not in there and part.points >= 3)
            for point in left
        ]
        best = left[gains.index(max(gains))]
        chosen.append(best)
        left = [point for point in left if point is not best]
    return chosen


def _section(
    number: int,
    part: Part,
    heading: str,
    chosen: Sequence[Point],
    desk: Desk,
    topic: str | None = None,
    above: str = "",
) -> Section:
    ordered = sorted(chosen, key=lambda point: point.claim[0].start)
    passages = []
    list_lead = ""
    for place, point in enumerate(ordered):
        item = place >= part.paragraphs
        if item and place == part.paragraphs > 0:
            who = _next_name(point.speaker, desk)
            lists = desk.style.voice.lists
            list_lead = _capital(lists[desk.listed % len(lists)].replace("{name}", who))
            desk.listed += 1
        passages.append(_passage(part, point, desk, item=item))
    return Section(number, heading, tuple(passages), topic, above, list_lead)


def _passage(part: Part, point: Point, desk: Desk, *, item: bool) -> Passage:
    said = desk.cut(point, part)
    if part.pull:
        return Passage("pull", "", said)
    if item and not (part.asks and point.asked):
        return Passage("item", "", said)
    who = _next_name(point.speaker, desk)
    if part.asks and point.asked:
        lead = _capital(framing.asked(desk.style.voice.asked, point.asked.text, who))
        return Passage("item" if item else "paragraph", lead, said, point.asked)
    says = desk.style.voice.says
    desk.led += 1
    lead = _capital(says[(desk.led - 1) % len(says)].replace("{name}", who))
    return Passage("paragraph", lead, said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def name(speaker: Speaker, *, proven: bool) -> str:
    """Whom to credit; by role alone where who speaks is a guess."""
    return framing.one_line(speaker.called if proven else replace(speaker, name=None).called)


def _next_name(speaker: str, desk: Desk) -> str:
    """The whole name once, the surname from then on."""
    whole = desk.names[speaker]
    begins, desk.called = speaker not in desk.called, desk.called | {speaker}
    return whole if begins else surname(whole, list(desk.names.values()))


def surname(whole: str, names: Sequence[str]) -> str:
    """The last name, where that is surely one and nobody else has it.

    >>> surname("Helen Marsh", ["Helen Marsh", "Daniel Price"]), surname("Sammy Davis Jr.", [])
    ('Marsh', 'Sammy Davis Jr.')
    """
    words = whole.split()
    shared = sum(words[-1] in other.split() for other in names) > 1 if words else True
    sure = 2 <= len(words) <= 3 and all(w[:1].isupper() and _latin(w) for w in words)
    if not sure or shared or words[-1].strip(".,").lower() in SUFFIXES:
        return whole
    return words[-1]


def _latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in word if c.isalpha())


def _text(said: Sequence[Statement]) -> str:
    return " ".join(statement.text for statement in said)


def _words(said: Sequence[Statement]) -> int:
    return len(_text(said).split())


def _length(made: Sequence[Section]) -> int:
    passages = itertools.chain.from_iterable(section.passages for section in made)
    return sum(_words(passage.said) for passage in passages)
