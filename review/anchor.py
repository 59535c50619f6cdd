"""Where in the transcript a text was said: a run of words, and whose they are."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Interview, Question, Sentence, Statement, Turn
from pipeline.speech import fillers, forms, normal, spoken

GAP = "[…]"
Span = tuple[int, int]


def said(known: Interview, words: Span) -> str:
    """What was said there, as an article prints it: sentence by sentence, without "um"."""
    begins = {sentence.words[0]: sentence for sentence in known.edited.sentences}
    texts, place = [], words[0]
    while place <= words[1]:
        sentence = begins.get(place)
        last = sentence.words[1] if sentence and sentence.words[1] <= words[1] else words[1]
        run = known.transcript.words[place : last + 1]
        texts.append(spoken(run, known.transcript.language))
        place = last + 1
    return " ".join(filter(None, texts))


def find(known: Interview, text: str, near: float, within: Sequence[Turn] = ()) -> Span | None:
    """The run of words that the text is, the nearest to a second; None where nobody said it.

    What a text leaves out with […] lies between its pieces; hesitation counts for nothing.
    """
    pieces = [forms(piece.split()) for piece in text.split(GAP)]
    pieces = [piece for piece in pieces if piece]
    if not pieces:
        return None
    best: tuple[float, Span] | None = None
    for turn in within or known.turns.turns:
        for span in _runs(known, turn, pieces):
            far = abs(known.transcript.words[span[0]].start - near)
            if best is None or far < best[0]:
                best = far, span
    return best[1] if best else None


def _runs(known: Interview, turn: Turn, pieces: list[list[str]]) -> list[Span]:
    silent = fillers(known.transcript.language)
    first, last = turn.words
    told = [
        (form, first + place)
        for place, word in enumerate(known.transcript.words[first : last + 1])
        if (form := normal(word.text)) and form not in silent
    ]
    heard = [form for form, _ in told]
    wanted = [form for piece in pieces for form in piece]
    if not set(wanted) <= set(heard):
        return []
    found = []
    for begin in _places(heard, pieces[0], 0):
        end = begin + len(pieces[0])
        for piece in pieces[1:]:
            after = next(iter(_places(heard, piece, end)), None)
            if after is None:
                break
            end = after + len(piece)
        else:
            found.append((told[begin][1], told[end - 1][1]))
    return found


def _places(heard: list[str], piece: list[str], after: int) -> list[int]:
    size = len(piece)
    return [p for p in range(after, len(heard) - size + 1) if heard[p : p + size] == piece]


def turns_of(known: Interview, words: Span) -> list[Turn]:
    """The turns that a run touches, in order."""
    first, last = words
    return [t for t in known.turns.turns if t.words[0] <= last and first <= t.words[1]]


def placed(known: Interview, statement: Statement, words: Span) -> Statement:
    """The statement, with the times, turns and speaker of these words."""
    turns = turns_of(known, words)
    run = known.transcript.words
    return replace(
        statement,
        words=words,
        cites=tuple(turn.id for turn in turns),
        speaker=turns[0].speaker if turns else statement.speaker,
        start=run[words[0]].start,
        end=run[words[1]].end,
    )


def asked_at(known: Interview, question: Question, words: Span) -> Question:
    """The question, with the time and turns of these words."""
    return replace(
        question,
        words=words,
        from_turns=tuple(turn.id for turn in turns_of(known, words)),
        start=known.transcript.words[words[0]].start,
    )


def whole(known: Interview, words: Span) -> Span:
    """The same run from the beginning of its first sentence to the end of its last."""
    touched = [
        s.words for s in known.edited.sentences if s.words[0] <= words[1] and words[0] <= s.words[1]
    ]
    return (touched[0][0], touched[-1][1]) if touched else words


def quote(sentence: Sentence) -> Statement:
    """A sentence of the transcript as an answer quotes it."""
    return Statement(
        sentence.text, "quote", sentence.speaker, (sentence.turn,), sentence.start, sentence.end,
        sentence.words,
    )  # fmt: skip


def holds(known: Interview, words: Span | None) -> bool:
    """Whether there are such words."""
    return words is not None and 0 <= words[0] <= words[1] < len(known.transcript.words)
