"""The likeliest way through things in a row, where to change costs something."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def best_path(scores: "NDArray[np.floating]", costs: Sequence[float]) -> "NDArray[np.intp]":
    """One column for each row: the most score in all, less what changes of column cost (Viterbi).

    >>> best_path(np.array([[2.0, 0.0], [0.0, 0.5], [2.0, 0.0]]), costs=[1.0, 1.0]).tolist()
    [0, 0, 0]
    """
    best = scores[0]
    came_from = np.zeros(scores.shape, np.intp)
    stay = np.arange(scores.shape[1])
    for row in range(1, len(scores)):
        change = best.max() - costs[row - 1]
        came_from[row] = np.where(best >= change, stay, best.argmax())
        best = np.maximum(best, change) + scores[row]
    way = np.zeros(len(scores), np.intp)
    way[-1] = best.argmax()
    for row in range(len(scores) - 1, 0, -1):
        way[row - 1] = came_from[row, way[row]]
    return way
