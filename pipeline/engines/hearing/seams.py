"""Where a half minute ends in the middle of a sentence, and how that reads on.

Whisper ends all it is given with a full stop, and begins with a capital. So what is said around
each cut is heard once more by itself; of that, only punctuation and capitals are taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.engines.hearing.half_minutes import Part, joined
from pipeline.model import Word

BESIDE = 3.0  # seconds that are heard on each side: some eight words
NEW_SENTENCE = 1.5  # seconds: after such a pause nobody goes on with the same one
NEAR = 1.5  # seconds by which the same word may be off between two hearings
MARKS = ".,!?;:…"


def seams(found: Sequence[Part]) -> Iterator[tuple[float, Part]]:
    """Each cut, in seconds of the recording, and what is said around it."""
    for before, after in pairwise(found):
        if after.start - before.end < NEW_SENTENCE:
            last = before.between(before.end - BESIDE, before.end)
            first = after.between(after.start, after.start + BESIDE)
            around = Part(tuple(joined(last.spans + first.spans)))
            yield (before.end + after.start) / 2, around


def sewn(words: Sequence[Word], cut: float, heard: Sequence[Word]) -> tuple[Word, Word] | None:
    """The words beside a cut, as they read where they are heard together.

    >>> apart = Word("River.", 1, 2), Word("In", 2.4, 3)
    >>> together = Word("Yes,", 0, 1), Word("River", 1, 2), Word("in", 2.4, 3)
    >>> [word.text for word in sewn(apart, 2.2, together)]
    ['River', 'in']
    """
    last, first = words
    if last.text.endswith(("?", "!")) or "." in last.text.rstrip(MARKS):
        return None  # that it does not end with unheard; nor is it wrong in "U.S."
    if not any(word.text.endswith(tuple(MARKS)) for word in heard):
        return None  # now and then it punctuates nothing
    pairs = [
        (same, -abs((a.end + b.start) / 2 - cut), a, b)
        for a, b in pairwise(heard)
        if (same := (_bare(a) == _bare(last)) + (_bare(b) == _bare(first)))
        and abs((a.end + b.start) / 2 - cut) < NEAR
    ]
    if not pairs:
        return None
    _, _, a, b = max(pairs, key=lambda pair: pair[:2])
    marks = a.text[len(a.text.rstrip(MARKS)) :]
    last = replace(last, text=last.text.rstrip(MARKS) + marks)
    return last, replace(first, text=b.text if _bare(b) == _bare(first) else first.text)


def _bare(word: Word) -> str:
    return word.text.strip(MARKS + "\"'“”‘’").casefold()
