"""Edited sentences -> topics: what the interview is about, stretch by stretch."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from pipeline import speech
from pipeline.config import OutlineOptions
from pipeline.engines import base, headings
from pipeline.model import Chapter, Edited, Sentence, Speaker, Topic, Turn, Turns, Video

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION: Final = 1


def outline(
    video: Video,
    turns: Turns,
    edited: Edited,
    speakers: tuple[Speaker, ...],
    options: OutlineOptions,
) -> tuple[Topic, ...]:
    """Cut the interview into topics, from its first turn to its last without a gap.

    The publisher's chapters, where there are at least two; else found: neighbouring exchanges that
    mean alike belong together, and a topic begins where the host speaks.
    """
    if not turns.turns:
        return ()
    if options.chapters and len(found := _by_chapters(video.chapters, turns)) > 1:
        return found
    return _by_meaning(turns, edited, speakers, options)


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


def _by_chapters(chapters: Sequence[Chapter], turns: Turns) -> tuple[Topic, ...]:
    """One topic for each chapter in which a turn lies."""
    named = [
        (title, chapter)
        for chapter in sorted(chapters, key=lambda chapter: chapter.start)
        if not _NO_SUBJECT.search(chapter.title) and (title := clean_title(chapter.title))
    ]
    if len(named) < 2:
        return ()
    owner = [_chapter_of(turn, [chapter for _, chapter in named]) for turn in turns.turns]
    begins = [place for place, own in enumerate(owner) if place == 0 or own != owner[place - 1]]
    titles = [named[owner[place]][0] for place in begins]
    return _topics(turns, begins, titles, "chapters")


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


# --- found ---

# The host leads on to something new: (what it is worth, how). That a question begins with "And"
# or "But" says nothing: on four long interviews it made the cuts worse (Pk .38 instead of .33).
_LEADS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (worth, re.compile(how, re.IGNORECASE))
    for worth, how in (
        (
            0.10,
            r"\b(?:let's|let me|want(?:ed)? to|like to) (?:\w+ ){0,2}(?:talk|ask|turn|move|switch)",
        ),
        (
            0.10,
            r"\b(?:let's|let me|want(?:ed)? to|like to) (?:\w+ ){0,2}(?:shift|start|go back|jump)",
        ),
        (0.10, r"\b(?:last|final|next|another) question\b|\bmoving on\b|\bwelcome back\b"),
        (0.10, r"\bchang(?:e|ing) (?:the subject|gears)|\bon (?:a|another) \w+ note\b"),
        (0.05, r"\bspeaking of\b|\bwhat about\b|\bhow did you (?:come|get|start|end up)"),
    )
)
_AFTER_A_BREAK = 0.15  # a sponsor message, or "welcome back", stood before it
_SHORT_TOPIC = 0.35  # of the mean length: shorter ones cost
_WORDS_A_TEXT = 60  # sentences are joined to about this: fewer texts to embed, and steadier ones
_BREAK = re.compile(r"sponsor|station")  # in `edit`'s reasons
_UNIT = 45.0  # seconds, where no host cuts the talk into exchanges


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its reply, or where nobody asks, some turns: what topics are made of."""

    turn: int  # place of its first turn
    end: int  # place after its last turn
    sentences: tuple[Sentence, ...]
    leads: float  # what its beginning is worth as the beginning of a topic

    @property
    def seconds(self) -> float:
        """Of speech worth reading."""
        return sum(sentence.end - sentence.start for sentence in self.sentences)


def _by_meaning(
    turns: Turns, edited: Edited, speakers: tuple[Speaker, ...], options: OutlineOptions
) -> tuple[Topic, ...]:
    exchanges = _exchanges(turns, edited, speakers)
    if not exchanges:
        return _topics(turns, [0], ["The whole conversation"], "found")
    weights = np.array([max(1.0, exchange.seconds) for exchange in exchanges])
    leads = np.array([exchange.leads for exchange in exchanges])
    firsts = segment(_vectors(exchanges), weights, leads, _how_many(exchanges, options))
    groups = [
        [sentence for exchange in exchanges[first:end] for sentence in exchange.sentences]
        for first, end in itertools.pairwise([*firsts, len(exchanges)])
    ]
    titles = headings.headings(groups, _hosts(speakers))
    begins = [0, *(exchanges[first].turn for first in firsts[1:])]
    return _topics(turns, begins, titles, "found")


def _vectors(exchanges: list[Exchange]) -> "NDArray[np.float32]":
    """What each exchange means."""
    texts = [_texts(exchange) for exchange in exchanges]
    points = base.embedder().embed([text for group in texts for text in group])
    ends = itertools.accumulate(len(group) for group in texts)
    sums = [
        points[end - len(group) : end].sum(axis=0) for end, group in zip(ends, texts, strict=True)
    ]
    vectors: NDArray[np.float32] = np.stack(
        [each / max(1e-9, np.linalg.norm(each)) for each in sums]
    )
    return vectors


def _hosts(speakers: tuple[Speaker, ...]) -> frozenset[str]:
    return frozenset(speaker.id for speaker in speakers if speaker.role == "host")


def _exchanges(turns: Turns, edited: Edited, speakers: tuple[Speaker, ...]) -> list[Exchange]:
    """Cut where a host takes the floor with something worth reading; else every 45 seconds."""
    kept: dict[str, list[Sentence]] = {turn.id: [] for turn in turns.turns}
    for sentence in edited.sentences:
        kept[sentence.turn].append(sentence)
    hosts = _hosts(speakers) if len(speakers) > 1 else frozenset()
    begins: list[int] = []
    for place, turn in enumerate(turns.turns):
        if not kept[turn.id]:
            continue
        if not begins or (
            _takes_floor(turn, kept[turn.id], hosts)
            if hosts
            else turn.start - turns.turns[begins[-1]].start > _UNIT
        ):
            begins.append(place)
    breaks = [cut.end for cut in edited.dropped if _BREAK.search(cut.reason)]
    return [
        _exchange(turns, kept, (begin, end), hosts, breaks)
        for begin, end in itertools.pairwise([*begins, len(turns.turns)])
    ]


def _takes_floor(turn: Turn, sentences: list[Sentence], hosts: frozenset[str]) -> bool:
    words = sum(len(sentence.text.split()) for sentence in sentences)
    asks = any(speech.asks(sentence.text) for sentence in sentences)
    return turn.speaker in hosts and (words >= 12 or (asks and words >= 4))


def _exchange(
    turns: Turns,
    kept: dict[str, list[Sentence]],
    span: tuple[int, int],
    hosts: frozenset[str],
    breaks: list[float],
) -> Exchange:
    sentences = [s for turn in turns.turns[slice(*span)] for s in kept[turn.id]]
    before = max((turn.start for turn in turns.turns[: span[0]]), default=0.0)
    leads = _AFTER_A_BREAK * any(before < end <= sentences[0].start for end in breaks)
    opening = turns.turns[span[0]]
    if opening.speaker in hosts:
        said = [sentence.text for sentence in kept[opening.id]][:2]
        leads += sum(worth for worth, how in _LEADS if any(how.search(text) for text in said))
    return Exchange(*span, tuple(sentences), leads)


def _texts(exchange: Exchange) -> list[str]:
    """Its sentences, joined to a few texts."""
    texts: list[str] = []
    words = _WORDS_A_TEXT
    for sentence in exchange.sentences:
        length = len(sentence.text.split())
        if words + length > _WORDS_A_TEXT:
            texts.append(sentence.text)
            words = length
        else:
            texts[-1] += f" {sentence.text}"
            words += length
    return texts


def _how_many(exchanges: list[Exchange], options: OutlineOptions) -> int:
    """Topics by length; in a short interview rather one for every two exchanges, up to eight."""
    minutes = (exchanges[-1].sentences[-1].end - exchanges[0].sentences[0].start) / 60
    by_length = round(minutes / options.minutes_per_topic)
    least = min(8, math.ceil(len(exchanges) / 2), max(1, round(1.25 * minutes)))
    return min(len(exchanges), max(by_length, least))


def segment(
    vectors: "NDArray[np.float32]",
    weights: "NDArray[np.float64]",
    leads: "NDArray[np.float64]",
    count: int,
) -> list[int]:
    """First places of the `count` runs in which the vectors scatter least.

    Exact, by dynamic programming. `weights` are lengths; `leads` is what beginning a run there
    earns. Runs much shorter than the mean cost, so that one odd exchange is no topic.
    """
    size = len(vectors)
    sums = np.vstack([np.zeros(vectors.shape[1]), np.cumsum(vectors * weights[:, None], axis=0)])
    lengths = np.concatenate([[0.0], np.cumsum(weights)])
    mean = lengths[-1] / count
    best = np.full((count + 1, size + 1), np.inf)
    best[0, 0] = 0.0
    back = np.zeros((count + 1, size + 1), int)
    for end in range(1, size + 1):
        run = lengths[end] - lengths[:end]
        scatter = run - np.linalg.norm(sums[end] - sums[:end], axis=1)
        short = np.clip(_SHORT_TOPIC - run / mean, 0, None) * mean
        cost = (scatter + 0.5 * short) / mean - np.where(np.arange(end) > 0, leads[:end], 0.0)
        for runs in range(1, min(count, end) + 1):
            totals = best[runs - 1, :end] + cost
            back[runs, end] = int(totals.argmin())
            best[runs, end] = totals[back[runs, end]]
    firsts, end = [], size
    for runs in range(count, 0, -1):
        end = int(back[runs, end])
        firsts.append(end)
    return firsts[::-1]


# --- topics ---


def _topics(
    turns: Turns, begins: list[int], titles: list[str], source: Literal["chapters", "found"]
) -> tuple[Topic, ...]:
    """Topics that begin at these turns; each lasts until the next begins."""
    last = max(turn.end for turn in turns.turns)
    starts = [*(turns.turns[place].start for place in begins), last]
    runs = itertools.pairwise([*begins, len(turns.turns)])
    return tuple(
        Topic(
            id=f"T{number + 1}",
            title=titles[number],
            start=starts[number],
            end=max(starts[number], starts[number + 1]),
            turns=(turns.turns[begin].id, turns.turns[following - 1].id),
            source=source,
        )
        for number, (begin, following) in enumerate(runs)
    )
