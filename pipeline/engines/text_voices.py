"""Words -> voices, from the text alone: a guess, and marked as one."""

import re
from collections.abc import Iterator, Sequence

from pipeline.model import Voice, Voices, Word

ASKS, ANSWERS = "S1", "S2"

# Captions for the deaf write ">>" where another person begins to speak.
CHANGE = re.compile(r"^(>>+|&gt;&gt;)")
SENTENCE_END = re.compile(r"[.?!…]+[\"'”’)\]]*$")

# A question has this many statements of the asker before it, at most: "You left in 2019. Why?"
LEAD_IN = 1
# A longer sentence before a question is more likely the end of an answer than a lead-in.
LONGEST_LEAD_IN = 25


def guess(words: Sequence[Word]) -> Voices:
    """Two voices that take turns: where ">>" says so, else one asks and the other answers."""
    if any(CHANGE.match(word.text) for word in words):
        labels = list(_by_marks(words))
    else:
        labels = list(_by_questions(words))
    spans: list[Voice] = []
    for word, label in zip(words, labels, strict=True):
        if spans and spans[-1].speaker == label:
            last = spans.pop()
            spans.append(Voice(label, last.start, max(last.end, word.end)))
        else:
            spans.append(Voice(label, word.start, word.end))
    return Voices("text", tuple(spans), proven=False)


def _by_marks(words: Sequence[Word]) -> Iterator[str]:
    label = ASKS
    for index, word in enumerate(words):
        if index and CHANGE.match(word.text):
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
