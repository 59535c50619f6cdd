"""Where talk turns to something else: found from what is meant, and from how a host leads on."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline import speech
from pipeline.engines import base
from pipeline.model import Edited, Sentence, Speaker, Turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Numbers = NDArray[np.float64]

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
_BREAK = re.compile(r"sponsor|station")  # in `edit`'s reasons
_WORDS_A_TEXT = 60  # sentences are joined to about this: fewer texts to embed, and steadier ones
_FINEST = 200  # stretches of even length a talk is cut into at most: shorter turns join the next
_INTERVIEW = 3  # with more people than this anybody changes the subject, not only who asks

_SHORT_TOPIC = 0.35  # of the mean length: shorter ones cost
# How many topics: one more must make what is said in each more alike than this many times what
# neighbours differ by, times the root of how many stretches there are. In long talk there is more
# to gain by chance, so the price grows (as in kernel change-point detection).
_PRICE = 0.45
_LONG = 10  # topics that any talk may have
_MOST = 2.0  # times as many as there are at least, in a long one


@dataclass(frozen=True, slots=True)
class Stretch:
    """A question and its reply, or where nobody asks, a turn or some: what topics are made of."""

    turn: int  # place of its first turn
    sentences: tuple[Sentence, ...]
    leads: float  # what its beginning is worth as the beginning of a topic

    @property
    def words(self) -> int:
        """Worth reading."""
        return sum(len(sentence.text.split()) for sentence in self.sentences)


def stretches(turns: Turns, edited: Edited, speakers: Sequence[Speaker]) -> list[Stretch]:
    """Cut where the host of an interview takes the floor; else where anybody does."""
    kept: dict[str, list[Sentence]] = {turn.id: [] for turn in turns.turns}
    for sentence in edited.sentences:
        kept[sentence.turn].append(sentence)
    hosts = frozenset(speaker.id for speaker in speakers if speaker.role == "host")
    asks = hosts if 1 < len(speakers) <= _INTERVIEW else frozenset()
    least = sum(_words(said) for said in kept.values()) / _FINEST
    breaks = [cut.end for cut in edited.dropped if _BREAK.search(cut.reason)]
    found: list[Stretch] = []
    before = 0.0
    for place, turn in enumerate(turns.turns):
        if not (said := kept[turn.id]):
            continue
        if found and (found[-1].words < least or (asks and not _takes_floor(said, asks))):
            last = found.pop()
            found.append(Stretch(last.turn, (*last.sentences, *said), last.leads))
        else:
            leads = _AFTER_A_BREAK * any(before < end <= said[0].start for end in breaks)
            found.append(Stretch(place, tuple(said), leads + _lead(said, hosts)))
        before = turn.start
    return found


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)


def _takes_floor(said: Sequence[Sentence], hosts: frozenset[str]) -> bool:
    asks = any(speech.asks(sentence.text) for sentence in said)
    return said[0].speaker in hosts and (_words(said) >= 12 or (asks and _words(said) >= 4))


def _lead(said: Sequence[Sentence], hosts: frozenset[str]) -> float:
    texts = [sentence.text for sentence in said if sentence.speaker in hosts][:2]
    return sum(worth for worth, how in _LEADS if any(how.search(text) for text in texts))


def vectors(found: Sequence[Stretch]) -> "Vectors":
    """What each stretch means, rows of unit length."""
    texts = [_texts(stretch) for stretch in found]
    points = base.embedder().embed([text for group in texts for text in group])
    weights = np.array([len(text.split()) for group in texts for text in group], np.float32)
    begins = [0, *itertools.accumulate(len(group) for group in texts)][:-1]
    sums = np.add.reduceat(points * weights[:, None], begins, axis=0)
    unit: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-9)
    return unit


def centre(found: Sequence[Stretch], meant: "Vectors") -> "Vectors":
    """What some stretches mean together, of unit length; nothing where there are none."""
    total = (meant * np.array([stretch.words for stretch in found])[:, None]).sum(axis=0)
    unit: Vectors = total / max(1e-9, float(np.linalg.norm(total)))
    return unit


def _texts(stretch: Stretch) -> list[str]:
    """Its sentences, joined to a few texts."""
    texts: list[str] = []
    words = _WORDS_A_TEXT
    for sentence in stretch.sentences:
        length = len(sentence.text.split())
        if words + length > _WORDS_A_TEXT:
            texts.append(sentence.text)
            words = length
        else:
            texts[-1] += f" {sentence.text}"
            words += length
    return texts


def boundaries(
    found: Sequence[Stretch], meant: "Vectors", minutes_per_topic: float, count: int | None = None
) -> list[int]:
    """First stretch of each topic; how many there are is found, where `count` does not tell."""
    weights = np.array([stretch.words for stretch in found], float)
    leads = np.array([stretch.leads for stretch in found])
    if count is None:
        minutes = (found[-1].sentences[-1].end - found[0].sentences[0].start) / 60
        least = round(minutes / minutes_per_topic)
        most = max(_LONG, _MOST * least)
        firsts = segment(meant, weights, leads, _expected(minutes), _price(meant, weights))
        if least <= len(firsts) <= most:
            return firsts
        count = least if len(firsts) < least else int(most)
    return segment(meant, weights, leads, min(count, len(found)))


def _expected(minutes: float) -> float:
    """Topics in so many minutes, roughly: what is short for a topic depends on it."""
    return max(1.0, 1.6 * math.sqrt(minutes))


def _price(meant: "Vectors", weights: "Numbers") -> float:
    """What a topic more must at least be worth."""
    said = meant * weights[:, None]
    apart = weights[:-1] + weights[1:] - np.linalg.norm(said[:-1] + said[1:], axis=1)
    return _PRICE * float(apart.mean()) * math.sqrt(len(meant)) if len(apart) else 0.0


def segment(
    meant: "Vectors",
    weights: "Numbers",
    leads: "Numbers",
    count: float,
    price: float | None = None,
) -> list[int]:
    """First places of the runs in which the vectors scatter least: `count` runs, exactly.

    With a `price` a run, in the unit of the weights: as many as are worth it, about `count`.
    Exact, by dynamic programming. `weights` are lengths; `leads` is what beginning a run there
    earns. Runs much shorter than the mean cost, so that one odd stretch is no topic.
    """
    costs = _costs(meant, weights, leads, weights.sum() / count)
    if price is not None:
        return _worthwhile(costs, price * count / weights.sum())
    size, runs = len(meant), round(count)
    best = np.full((runs + 1, size + 1), np.inf)
    best[0, 0] = 0.0
    back = np.zeros((runs + 1, size + 1), int)
    for run in range(1, runs + 1):
        totals = best[run - 1][:, None] + costs
        back[run], best[run] = totals.argmin(axis=0), totals.min(axis=0)
    firsts, end = [], size
    for run in range(runs, 0, -1):
        end = int(back[run, end])
        firsts.append(end)
    return firsts[::-1]


def _costs(meant: "Vectors", weights: "Numbers", leads: "Numbers", mean: float) -> "Numbers":
    """Of a run from the row to before the column, in mean lengths of a run."""
    size = len(meant)
    sums = np.vstack([np.zeros(meant.shape[1]), np.cumsum(meant * weights[:, None], axis=0)])
    lengths = np.concatenate([[0.0], np.cumsum(weights)])
    products = sums @ sums.T
    squares = np.diag(products)
    together = np.sqrt(np.maximum(0.0, squares[:, None] + squares - 2 * products))
    run = lengths - lengths[:, None]
    short = np.clip(_SHORT_TOPIC - run / mean, 0, None) * mean
    costs: Numbers = (run - together + 0.5 * short) / mean
    costs[1:size] -= leads[1:, None]
    costs[np.tril_indices(size + 1)] = np.inf
    return costs


def _worthwhile(costs: "Numbers", price: float) -> list[int]:
    size = len(costs) - 1
    best = np.zeros(size + 1)
    back = np.zeros(size + 1, int)
    for end in range(1, size + 1):
        totals = best[:end] + costs[:end, end] + price
        back[end], best[end] = int(totals.argmin()), totals.min()
    firsts, end = [], size
    while end:
        end = int(back[end])
        firsts.append(end)
    return firsts[::-1]
