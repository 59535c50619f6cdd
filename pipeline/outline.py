"""Edited sentences -> topics: what the interview is about, stretch by stretch."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from pipeline.config import OutlineOptions
from pipeline.engines.topics import boundaries, headings
from pipeline.engines.topics.boundaries import Stretch
from pipeline.engines.words import noun_phrases
from pipeline.engines.words.noun_phrases import Read
from pipeline.model import Chapter, Edited, Speaker, Subtopic, Topic, Turn, Turns, Video

if TYPE_CHECKING:
    from pipeline.engines.topics.boundaries import Vectors

VERSION: Final = 4


def outline(
    video: Video,
    turns: Turns,
    edited: Edited,
    speakers: tuple[Speaker, ...],
    options: OutlineOptions,
) -> tuple[Topic, ...]:
    """Cut the interview into topics, from its first turn to its last without a gap.

    The publisher's chapters, where there are at least two; else found: neighbouring exchanges that
    mean alike belong together, and a topic begins where the host speaks. Long topics of a long
    interview are divided in turn.
    """
    if not turns.turns:
        return ()
    chapters = _by_chapters(video.chapters, turns) if options.chapters else []
    told = len(chapters) > 1
    begins, titles = [place for place, _ in chapters], [title for _, title in chapters]
    long = turns.turns[-1].end - turns.turns[0].start >= _LONG_INTERVIEW
    if told and not long:
        return _topics(turns, begins, titles, "chapters")
    talk = _talk(turns, edited, speakers)
    if not talk.stretches:
        if told:
            return _topics(turns, begins, titles, "chapters")
        return _topics(turns, [0], ["The whole conversation"], "found")
    if not told:
        begins = talk.begins(0, len(turns.turns), options.minutes_per_topic)
        titles = talk.titles(list(itertools.pairwise([*begins, len(turns.turns)])))
    topics = _topics(turns, begins, titles, "chapters" if told else "found")
    return _divided(topics, talk, options.minutes_per_topic) if long else topics


@dataclass(frozen=True)
class Talk:
    """What topics are found in."""

    turns: Turns
    stretches: Sequence[Stretch]
    meant: "Vectors"  # by the stretches
    lines: Sequence[Read]

    def begins(self, begin: int, end: int, minutes: float, count: int | None = None) -> list[int]:
        """Turns, of those from `begin` to before `end`, at which something else is talked of."""
        own, meant = self.within(begin, end)
        firsts = boundaries.boundaries(own, meant, minutes, count)
        return [begin, *(own[first].turn for first in firsts[1:])]

    def within(self, begin: int, end: int) -> tuple[list[Stretch], "Vectors"]:
        """The stretches that begin there, and what they mean."""
        places = [n for n, stretch in enumerate(self.stretches) if begin <= stretch.turn < end]
        return [self.stretches[n] for n in places], self.meant[places]

    def titles(self, spans: Sequence[tuple[int, int]], given: Sequence[str] = ()) -> list[str]:
        """What is said in these runs of turns, none of it as `given`."""
        places = {turn.id: place for place, turn in enumerate(self.turns.turns)}
        owner = [(places[line.sentence.turn], line) for line in self.lines]
        said = [[line for place, line in owner if a <= place < b] for a, b in spans]
        centres = [boundaries.centre(*self.within(*span)) for span in spans]
        return headings.headings(said, np.array(centres, np.float32), given)


def _talk(turns: Turns, edited: Edited, speakers: Sequence[Speaker]) -> Talk:
    stretches = boundaries.stretches(turns, edited, speakers)
    hosts = frozenset(speaker.id for speaker in speakers if speaker.role == "host")
    lines = noun_phrases.read(edited.sentences, hosts)
    return Talk(turns, stretches, boundaries.vectors(stretches), lines)


# --- chapters ---

# Chapter titles that name no subject: SponsorBlock's, yt-dlp's and the publishers' own.
_NO_SUBJECT = re.compile(
    r"\[SponsorBlock\]|<Untitled Chapter|^(?:our |today's )?sponsors?\b|^ads?\b|^advertisement"
    r"|^promo\b|\bsponsor(?:ed)? (?:break|message|segment)"
    r"|^(?:end|outro|endcards?|end screen|bloopers)$",
    re.IGNORECASE,
)
_NUMBERING = re.compile(
    r"^(?:(?:chapter|part|topic|q)?\s*#?\d{1,3}\s*[.):–—-]+\s+"  # "3. ", "Part 2 - "
    r"|[(\[]?\d{1,2}(?::\d{2}){1,2}[)\]]?\s*[-–—:|]*\s*)",  # "1:02:03 - "
    re.IGNORECASE,
)
_LONGEST_TITLE = 100


def _by_chapters(chapters: Sequence[Chapter], turns: Turns) -> list[tuple[int, str]]:
    """Where each chapter in which a turn lies begins, and its title."""
    named = [
        (title, chapter)
        for chapter in sorted(chapters, key=lambda chapter: chapter.start)
        if not _NO_SUBJECT.search(chapter.title) and (title := clean_title(chapter.title))
    ]
    if len(named) < 2:
        return []
    owner = [_chapter_of(turn, [chapter for _, chapter in named]) for turn in turns.turns]
    begins = [place for place, own in enumerate(owner) if place == 0 or own != owner[place - 1]]
    return [(place, named[owner[place]][0]) for place in begins]


def _chapter_of(turn: Turn, chapters: list[Chapter]) -> int:
    """The last chapter that has begun at the middle of the turn, but none that began after it.

    A long turn belongs where most of it lies; a short one that a chapter's rounded second cuts
    off belongs to what follows.
    """
    middle = min((turn.start + turn.end) / 2, turn.start + 15)
    return max(
        (place for place, chapter in enumerate(chapters) if chapter.start <= middle), default=0
    )


def clean_title(title: str) -> str:
    """A chapter's title without numbering, times, control characters and endless length.

    >>> clean_title(" 3. The  cost\\u200b "), clean_title("1:02:03 - Who paid?"), clean_title("🎵")
    ('The cost', 'Who paid?', '')
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in title)
    plain = _NUMBERING.sub("", " ".join(plain.split())).strip(" -–—|•*")
    if not any(letter.isalnum() for letter in plain):
        return ""
    return (
        plain if len(plain) <= _LONGEST_TITLE else plain[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
    )


# --- within long topics ---

_LONG_INTERVIEW = 30 * 60  # seconds; the reader of a shorter one finds everything without
_LONG_TOPIC = 1.25  # times the options' minutes
_SUBTOPIC = 0.5  # of the options' minutes, roughly
_FEW = 4  # exchanges: a topic of fewer is not divided


def _divided(topics: tuple[Topic, ...], talk: Talk, minutes: float) -> tuple[Topic, ...]:
    """The same topics, the long ones with the subtopics they have."""
    cut: dict[str, list[tuple[int, int]]] = {}
    for topic, (begin, end) in zip(topics, _runs(talk.turns, topics), strict=True):
        length = (topic.end - topic.start) / 60
        count = min(
            round(length / (_SUBTOPIC * minutes)), len(talk.within(begin, end)[0]) * 2 // _FEW
        )
        if length > _LONG_TOPIC * minutes and count > 1:
            begins = talk.begins(begin, end, minutes, count)
            cut[topic.id] = list(itertools.pairwise([*begins, end]))
    if not cut:
        return topics
    spans = [span for found in cut.values() for span in found]
    titles = iter(talk.titles(spans, [topic.title for topic in topics]))
    return tuple(
        replace(
            topic,
            parts=tuple(
                Subtopic(f"{topic.id}.{number}", next(titles), *_times(talk.turns, span))
                for number, span in enumerate(cut.get(topic.id, ()), start=1)
            ),
        )
        for topic in topics
    )


def _runs(turns: Turns, topics: Sequence[Topic]) -> list[tuple[int, int]]:
    places = {turn.id: place for place, turn in enumerate(turns.turns)}
    return [(places[topic.turns[0]], places[topic.turns[1]] + 1) for topic in topics]


# --- topics ---


def _topics(
    turns: Turns,
    begins: Sequence[int],
    titles: Sequence[str],
    source: Literal["chapters", "found"],
) -> tuple[Topic, ...]:
    """Topics that begin at these turns; each lasts until the next begins."""
    spans = itertools.pairwise([*begins, len(turns.turns)])
    return tuple(
        Topic(f"T{number}", title, *_times(turns, span), source)
        for number, (span, title) in enumerate(zip(spans, titles, strict=True), start=1)
    )


def _times(turns: Turns, span: tuple[int, int]) -> tuple[float, float, tuple[str, str]]:
    """Start, end, first and last turn of a run of turns; it lasts until the next one begins."""
    begin, after = span
    start = turns.turns[begin].start
    last = after == len(turns.turns)
    end = max(turn.end for turn in turns.turns) if last else turns.turns[after].start
    return start, max(start, end), (turns.turns[begin].id, turns.turns[after - 1].id)
