"""Words -> voices, from the text alone: a guess, and marked as one."""

import re
from collections.abc import Iterator, Sequence

from pipeline.model import Voice, Voices, Word

ASKS, ANSWERS = "S1", "S2"

SENTENCE_END = re.compile(r"[.?!…]+[\"'”’)\]]*$")

# A question has this many statements of the asker before it, at most: "You left in 2019. Why?"
LEAD_IN = 1
# A longer sentence before a question is more likely the end of an answer than a lead-in.
LONGEST_LEAD_IN = 25


def guess(words: Sequence[Word], changes: Sequence[int] = ()) -> Voices:
    """Two voices that take turns: at the `changes` marked, else one asks and the other answers."""
    labels = list(_by_marks(words, changes) if changes else _by_questions(words))
    spans: list[Voice] = []
    for word, label in zip(words, labels, strict=True):
        if spans and spans[-1].speaker == label:
            last = spans.pop()
            spans.append(Voice(label, last.start, max(last.end, word.end)))
        else:
            spans.append(Voice(label, word.start, word.end))
    return Voices("text", tuple(spans), proven=False)


def _by_marks(words: Sequence[Word], changes: Sequence[int]) -> Iterator[str]:
    label, marked = ASKS, frozenset(changes)
    for index in range(len(words)):
        if index and index in marked:
            label = ANSWERS if label == ASKS else ASKS
        yield label


def _by_questions(words: Sequence[Word]) -> Iterator[str]:
    sentences = list(_sentences(words))
    asked = [sentence[-1].text.rstrip("\"'”’)]").endswith("?") for sentence in sentences]
    # Who opens the show is who asks, up to and with the first question.
    first = asked.index(True) if any(asked) else -1
    for index, sentence in enumerate(sentences):
        lead_in = len(sentence) <= LONGEST_LEAD_IN and any(asked[index + 1 : index + 1 + LEAD_IN])
        # The sentence right after a question is its answer, even where another question follows.
        answers = index > first and asked[index - 1] and not asked[index]
        asks = index <= first or asked[index] or (lead_in and not answers)
        yield from [ASKS if asks else ANSWERS] * len(sentence)


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        sentence.append(word)
        if SENTENCE_END.search(word.text):
            yield sentence
            sentence = []
    if sentence:
        yield sentence
