"""Heard against truth: word errors, whose words, who sounds when."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.model import Speaker, Turns, Voice, Word
from pipeline.speech import normal

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLLAR = 0.25  # seconds on both sides of a border of the reference
GRID = 0.01  # seconds; finer changes no digit that is printed
EITHER = 0.8  # of the longest overlap: as much makes a second voice right as well

Said = Sequence[tuple[str, str]]  # (who, what) in order: words, or whole turns


@dataclass(frozen=True)
class Rate:
    """So many wrong of so many. A sum pools recordings: long ones count for more."""

    wrong: float = 0
    of: float = 0

    @property
    def share(self) -> float:
        """0 where there is nothing to get wrong."""
        return self.wrong / self.of if self.of else 0.0

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.wrong + other.wrong, self.of + other.of)


# --- what was said, and whose words they are ---


def wer(reference: str, heard: str) -> Rate:
    """Words changed, left out or invented, after Whisper's own English normalizer."""
    return _errors(_plain(reference), _plain(heard))


def cp_wer(reference: Said, heard: Said) -> Rate:
    """The same with each speaker's words in a row of their own, the rows matched as suits best.

    A word in the wrong mouth counts twice: it is missing here, and one too many there. Known as
    "concatenated minimum-permutation" (CHiME-6, meeteval).
    """
    true, found = ([_plain(text) for text in _rows(said).values()] for said in (reference, heard))
    size = max(len(true), len(found))
    true += [[]] * (size - len(true))  # nobody: what is matched to them is all invented
    found += [[]] * (size - len(found))  # and here all is missing
    wrong = np.array([[_errors(a, b).wrong for b in found] for a in true]).reshape(size, size)
    return Rate(float(wrong[linear_sum_assignment(wrong)].sum()), sum(map(len, true)))


def word_speakers(reference: Said, heard: Said) -> Rate:
    """Of the words that were heard as they were said, those with the wrong speaker.

    1 minus its share is what others call word-speaker accuracy. Needs no times.
    """
    same = list(_same_words(reference, heard))
    called = matched(same)
    return Rate(sum(called[label] != person for label, person in same), len(same))


def roles(
    reference: Said, heard: Said, truth: Mapping[str, str], speakers: Iterable[Speaker]
) -> Rate:
    """People whose role is not theirs, or who have no voice of their own."""
    called = matched(_same_words(reference, heard))
    given = {called[speaker.id]: speaker.role for speaker in speakers if called.get(speaker.id)}
    return Rate(sum(given.get(person) != role for person, role in truth.items()), len(truth))


def matched(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Label -> person, one to one, so that most pairs agree; "" for a label that is left over.

    >>> matched([("S1", "Ann"), ("S1", "Ben"), ("S2", "Ann"), ("S2", "Ann"), ("S3", "Ann")])
    {'S1': 'Ben', 'S2': 'Ann', 'S3': ''}
    """
    counts = Counter(pairs)
    labels, people = (sorted({pair[side] for pair in counts}) for side in (0, 1))
    agree = np.array([[counts[label, person] for person in people] for label in labels])
    best = linear_sum_assignment(-agree.reshape(len(labels), len(people)))
    found = {labels[row]: people[column] for row, column in zip(*best, strict=True)}
    return dict.fromkeys(labels, "") | found


def _plain(text: str) -> list[str]:
    return str(_normalizer()(text)).split()


@cache
def _normalizer() -> Any:
    from whisper.normalizers import EnglishTextNormalizer

    return EnglishTextNormalizer()


def _errors(reference: Sequence[str], heard: Sequence[str]) -> Rate:
    if not reference or not heard:
        return Rate(len(reference) + len(heard), len(reference))
    import jiwer

    found = jiwer.process_words(" ".join(reference), " ".join(heard))
    return Rate(found.substitutions + found.deletions + found.insertions, len(reference))


def _rows(said: Said) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for speaker, text in said:
        texts.setdefault(speaker, []).append(text)
    return {speaker: " ".join(parts) for speaker, parts in texts.items()}


def _same_words(reference: Said, heard: Said) -> Iterator[tuple[str, str]]:
    """(label, person) of each word that both have, where the texts are laid side by side."""
    import jiwer

    true, found = (
        [(who, word) for who, text in said for word in map(normal, text.split()) if word]
        for said in (reference, heard)
    )
    if not true or not found:
        return
    texts = [" ".join(word for _, word in words) for words in (true, found)]
    for piece in jiwer.process_words(texts[0], texts[1]).alignments[0]:
        if piece.type == "equal":
            theirs = found[piece.hyp_start_idx : piece.hyp_end_idx]
            ours = true[piece.ref_start_idx : piece.ref_end_idx]
            yield from ((a, b) for (a, _), (b, _) in zip(theirs, ours, strict=True))


def labels(turns: Turns) -> list[str]:
    """The speaker of each word."""
    return [turn.speaker for turn in turns.turns for _ in range(turn.words[0], turn.words[1] + 1)]


def wrong_words(words: Sequence[Word], labels: Sequence[str], reference: Sequence[Voice]) -> float:
    """Share of words whose label is not that of who speaks then, labels matched to speakers."""
    return misplaced(words, labels, reference).share


def misplaced(words: Sequence[Word], labels: Sequence[str], reference: Sequence[Voice]) -> Rate:
    """Words whose label is not that of who speaks at their time, whether heard right or not."""
    owners = [_owners(word, reference) for word in words]
    called = matched(
        (label, person)
        for label, people in zip(labels, owners, strict=True)
        for person in sorted(people)
    )
    wrong = sum(called[label] not in people for label, people in zip(labels, owners, strict=True))
    return Rate(wrong, len(words))


def _owners(word: Word, reference: Sequence[Voice]) -> set[str]:
    overlaps: dict[str, float] = {}
    for v in reference:
        overlap = min(v.end, word.end) - max(v.start, word.start)
        overlaps[v.speaker] = max(overlaps.get(v.speaker, -np.inf), overlap)
    most = max(overlaps.values())
    least = EITHER * most if most > 0 else most
    return {name for name, overlap in overlaps.items() if overlap >= least}


# --- who sounds when ---


@dataclass(frozen=True)
class Der:
    """Diarization error rate and its parts, as shares of the reference's speech."""

    missed: float
    false: float
    confused: float

    @property
    def total(self) -> float:
        """The rate itself."""
        return self.missed + self.false + self.confused


@dataclass(frozen=True)
class Diarization:
    """What pyannote.metrics says, overlapping speech counted."""

    plain: Der  # every moment counts
    collared: Der  # 0.25 s on both sides of each border of the reference do not
    jer: float
    jer_collared: float
    found: int  # voices
    there: int


def diarization(reference: Sequence[Voice], found: Sequence[Voice], duration: float) -> Diarization:
    """Needs pyannote.metrics, which is installed by `make bench-hearing`."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

    def noted(voices: Sequence[Voice]) -> Any:
        notes = Annotation()
        for number, voice in enumerate(voices):
            notes[Segment(voice.start, voice.end), number] = voice.speaker
        return notes.support()  # the same voice twice at one time is one voice

    sides = (noted(reference), noted(found))
    whole = Timeline([Segment(0, duration)])

    def der(collar: float) -> Der:
        parts = DiarizationErrorRate(collar=collar)(*sides, uem=whole, detailed=True)
        names = ("missed detection", "false alarm", "confusion")
        return Der(*(float(parts[name]) / max(parts["total"], 1e-9) for name in names))

    def jer(collar: float) -> float:
        return float(JaccardErrorRate(collar=collar)(*sides, uem=whole))

    both = 2 * COLLAR  # pyannote's collar is the width of the gap, half of it on each side
    return Diarization(der(0), der(both), jer(0), jer(both), _speakers(found), _speakers(reference))


def der(reference: Sequence[Voice], found: Sequence[Voice]) -> Der:
    """The collared rate, on a grid: for tests, which have no pyannote.metrics."""
    length = round(max(v.end for v in (*reference, *found)) / GRID) + 1
    scored = np.ones(length, bool)
    for border in (at for v in reference for at in (v.start, v.end)):
        scored[max(0, round((border - COLLAR) / GRID)) : round((border + COLLAR) / GRID)] = False
    true, heard = _grid(reference, length)[:, scored], _grid(found, length)[:, scored]
    there, said = true.sum(axis=0), heard.sum(axis=0)
    together = (true[:, None] & heard[None]).sum(axis=2)
    rows, columns = linear_sum_assignment(-together)
    speech = max(1, int(there.sum()))
    return Der(
        missed=float(np.maximum(0, there - said).sum() / speech),
        false=float(np.maximum(0, said - there).sum() / speech),
        confused=float((np.minimum(there, said).sum() - together[rows, columns].sum()) / speech),
    )


def _speakers(voices: Sequence[Voice]) -> int:
    return len({voice.speaker for voice in voices})


def _grid(voices: Sequence[Voice], length: int) -> "NDArray[np.bool_]":
    names = sorted({v.speaker for v in voices})
    grid = np.zeros((len(names), length), bool)
    for v in voices:
        grid[names.index(v.speaker), round(v.start / GRID) : round(v.end / GRID)] = True
    return grid
