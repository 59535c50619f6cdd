"""Which pieces of speech are one person's, and how many people there are."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from pipeline.engines.voices.campplus import unit
from pipeline.engines.voices.pieces import Piece
from pipeline.engines.voices.viterbi import best_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float32]

LONG_ENOUGH = 1.0  # seconds; shorter pieces join people, but make none
WEIGHTIEST = 3.0  # seconds; a longer piece says no more
MOST = 2000  # pieces that are compared with each other: time and memory grow with its square

# How alike two pieces of one person are depends on the recording (0.65 in a studio, 0.35 across a
# room), and strangers reach 0.45. So the measure is how alike neighbours are: pieces of one breath.
OF_NEIGHBOURS = 0.72
LEAST_ALIKE = 0.28  # below this not even one breath is believed
USUAL = 0.5  # where there are too few neighbours to tell
FEWEST_NEIGHBOURS = 3

# Who is a person: 3 s of speech, less in a clip, more in a long show (shares of all speech), in two
# pieces at least; a cough or a laugh is one.
LEAST_SECONDS, LEAST_OF_CLIP, LEAST_OF_SHOW = 3.0, 0.03, 0.005
FEWEST_PIECES = 2

# Two middles closer than this are one person. The less is heard of someone, the less can their
# middle be trusted: the bar rises from LOOSE to STRICT with the seconds of the smaller one.
LOOSE, STRICT = 0.5, 0.75
LITTLE, PLENTY = 10.0, 60.0  # seconds
LITTLE_OF_CLIP, PLENTY_OF_CLIP = 0.1, 0.35  # or these shares of all speech, if they are less
# Nobody takes turns within one breath: cosine that it adds if all pieces of one go on in the other.
ONE_BREATH = 0.2

ROUNDS = 8  # of hearing who spoke and drawing the middles anew; it settles in four

# What a change of person from one piece to the next costs, in seconds times cosine; the less, the
# more windows hear one.
WITHIN_BREATH, AFTER_PAUSE = 0.2, 0.1
PAUSE = 0.15  # seconds between two pieces


def people(pieces: Sequence[Piece], points: "Points", count: int | None = None) -> "Points":
    """One row of unit length for each person; `count` of them if it is given and they are there."""
    lengths = np.array([piece.length for piece in pieces], np.float32)
    middles = _first_groups(pieces, points, lengths, count)
    for _ in range(ROUNDS + len(middles)):  # a round merges two at most
        owner = owners(pieces, points, middles)
        spoken = np.bincount(owner, lengths, len(middles)).astype(np.float64)
        least = 0 if count else min(_least(lengths), spoken.max())
        kept = np.flatnonzero(spoken >= least)
        sums = [_sum(points, lengths, owner == person) for person in kept]
        breaths = _shared_breaths(pieces, owner, len(spoken))[np.ix_(kept, kept)]
        above = _alike(unit(np.array(sums)), spoken[kept], lengths.sum()) + ONE_BREATH * breaths
        middles = _merged(sums, above, count)
    return middles


def owners(
    pieces: Sequence[Piece], points: "Points", middles: "Points", hints: "Points | None" = None
) -> "NDArray[np.intp]":
    """Whose each piece is; `hints`, like cosines, are what else speaks for each person."""
    weights = np.minimum([piece.length for piece in pieces], WEIGHTIEST)
    costs = [_cost(before, piece) for before, piece in pairwise(pieces)]
    likeness = points @ middles.T + (0 if hints is None else hints)
    return best_path(likeness * weights[:, None], costs)


def _cost(before: Piece, piece: Piece) -> float:
    paused = piece.start - before.end > PAUSE
    return (AFTER_PAUSE if paused else WITHIN_BREATH) * (1 - piece.change)


def _first_groups(
    pieces: Sequence[Piece], points: "Points", lengths: "NDArray[np.float32]", count: int | None
) -> "Points":
    chosen = np.flatnonzero(lengths >= LONG_ENOUGH)
    if len(chosen) < 2:
        chosen = np.arange(len(lengths))
    if len(chosen) > MOST:
        chosen = chosen[np.linspace(0, len(chosen) - 1, MOST).round().astype(int)]
    if len(chosen) < 2:
        return points[chosen]
    tree = linkage(points[chosen], "average", metric="cosine")
    labels = fcluster(tree, 1 - _same_person(pieces, points), "distance")
    share = lengths[chosen].sum() / lengths.sum()
    groups = _spoken(labels, lengths[chosen], _least(lengths) * share)
    if count and len(groups) < count:
        # Someone who is said to be there hardly speaks, or sounds like another.
        for wanted in range(labels.max() + 1, len(chosen) + 1):
            if labels.max() < count:
                labels = fcluster(tree, wanted, "maxclust")
        groups = _spoken(labels, lengths[chosen], 0)[:count]
    return unit(np.array([_sum(points[chosen], lengths[chosen], group) for group in groups]))


def _same_person(pieces: Sequence[Piece], points: "Points") -> float:
    neighbours = [
        float(points[index] @ points[index - 1])
        for index in range(1, len(pieces))
        if pieces[index].goes_on
        and min(pieces[index].length, pieces[index - 1].length) >= LONG_ENOUGH * 0.8
    ]
    usual = float(np.median(neighbours)) if len(neighbours) >= FEWEST_NEIGHBOURS else USUAL
    return max(LEAST_ALIKE, OF_NEIGHBOURS * usual)


def _least(lengths: "NDArray[np.float32]") -> float:
    total = float(lengths.sum())
    return max(min(LEAST_SECONDS, LEAST_OF_CLIP * total), LEAST_OF_SHOW * total)


def _spoken(
    labels: "NDArray[np.int32]", lengths: "NDArray[np.float32]", least: float
) -> list["NDArray[np.bool_]"]:
    """Those with so many seconds, who speaks most first; who speaks most in any case."""
    groups = [labels == label for label in np.unique(labels)]
    groups.sort(key=lambda group: -float(lengths[group].sum()))
    fewest = FEWEST_PIECES if least else 1
    return [
        group
        for place, group in enumerate(groups)
        if not place or (group.sum() >= fewest and lengths[group].sum() >= least)
    ]


def _sum(
    points: "Points", lengths: "NDArray[np.float32]", mine: "NDArray[np.bool_]"
) -> "NDArray[np.float32]":
    weights = np.minimum(lengths[mine], WEIGHTIEST)
    total: NDArray[np.float32] = (points[mine] * weights[:, None]).sum(axis=0)
    return total


def _shared_breaths(
    pieces: Sequence[Piece], owner: "NDArray[np.intp]", people: int
) -> "NDArray[np.float64]":
    """For each two people, the share of the borders of one's pieces at which the other goes on."""
    shared, borders = np.zeros((people, people)), np.zeros(people)
    for before, after in pairwise(range(len(pieces))):
        borders[[owner[before], owner[after]]] += 1
        if pieces[after].goes_on and owner[before] != owner[after]:
            shared[owner[before], owner[after]] += 1
            shared[owner[after], owner[before]] += 1
    fewer: NDArray[np.float64] = np.maximum(1, np.minimum(borders[:, None], borders[None]))
    return shared / fewer


def _alike(middles: "Points", spoken: "NDArray[np.float64]", total: float) -> "NDArray[np.float64]":
    """By how much the cosine of each two people is above the bar for being one."""
    little, plenty = min(LITTLE, LITTLE_OF_CLIP * total), min(PLENTY, PLENTY_OF_CLIP * total)
    smaller = np.minimum(spoken[:, None], spoken[None])
    bar = LOOSE + (STRICT - LOOSE) * np.clip((smaller - little) / (plenty - little), 0, 1)
    above: NDArray[np.float64] = middles @ middles.T - bar
    return above


def _merged(
    sums: list["NDArray[np.float32]"], above: "NDArray[np.float64]", count: int | None
) -> "Points":
    """The middles, with the two merged that are most surely one person, if any are."""
    if len(sums) > (count or 1):
        np.fill_diagonal(above, -np.inf)
        first, second = (int(at) for at in np.unravel_index(above.argmax(), above.shape))
        if count or above[first, second] >= 0:
            sums = [*sums, sums[first] + sums[second]]
            del sums[max(first, second)], sums[min(first, second)]
    return unit(np.array(sums))
