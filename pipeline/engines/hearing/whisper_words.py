"""What Whisper said -> words: without what it made up, with times that run forwards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.config import TranscribeOptions
from pipeline.errors import ConfigError
from pipeline.model import Word


@dataclass(frozen=True, slots=True)
class Piece:
    """A few seconds of Whisper's answer, and how sure it is of them."""

    words: tuple[Word, ...]
    no_speech: float  # probability that nobody speaks
    log_probability: float  # mean over the tokens
    compression: float  # text length by its length when compressed: a loop compresses well
    language: str  # that is spoken
    translated: bool = False  # the words are English, whatever is spoken


# Repeats in a row that nobody says: of a run of tokens this long or shorter, so many.
LOOPS = ((1, 12), (4, 6), (30, 4))

# (reason, test): Whisper makes text up over music and noise; the first that holds drops the piece.
INVENTED: tuple[tuple[str, Callable[[Piece], bool]], ...] = (
    ("nobody speaks", lambda piece: piece.no_speech > 0.6 and piece.log_probability < -0.8),
    ("a loop", lambda piece: piece.compression > 2.4 and piece.log_probability < -0.5),
    ("a guess", lambda piece: piece.log_probability < -1.2),
)


def loops(tokens: Sequence[int]) -> bool:
    """Whether the same tokens come again and again in a row.

    Times between them do not count. "No, no, no, no" is no loop, a sentence four times is.

    >>> loops([5, 6, 7, 8, 9] * 4), loops([1] + [5, 6] * 5 + [3]), loops([1] + [5, 6] * 6)
    (True, False, True)
    """
    for size in range(1, LOOPS[-1][0] + 1):
        least = next(repeats for longest, repeats in LOOPS if size <= longest)
        same = 0  # tokens in a row that are as `size` tokens before
        for place in range(size, len(tokens)):
            same = same + 1 if tokens[place] == tokens[place - size] else 0
            if same >= size * (least - 1):
                return True
    return False


# Written without spaces: there each word stands alone, and none continues the one before.
UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my"})


def words_of(pieces: Iterable[Piece], duration: float) -> Iterator[tuple[Word, Piece]]:
    """The words of all pieces that were heard rather than made up, each with its piece."""
    latest = 0.0
    for piece in pieces:
        if any(test(piece) for _, test in INVENTED):
            continue
        for word in whole(piece.words, "en" if piece.translated else piece.language):
            # Neighbours may overlap by some hundredths, and the last may end after the recording.
            start = min(max(word.start, latest), duration)
            latest = min(max(word.end, start), duration)
            if text := word.text.strip():
                sure = None if word.probability is None else round(float(word.probability), 4)
                yield Word(text, round(float(start), 3), round(float(latest), 3), sure), piece


def whole(words: Iterable[Word], language: str) -> list[Word]:
    """Words that were cut at a comma or a hyphen, joined: Whisper gives " $640" and ",000".

    >>> [word.text for word in whole([Word(" $640", 0, 1), Word(",000", 1, 2)], "en")]
    [' $640,000']
    """
    joined: list[Word] = []
    for word in words:
        continues = joined and language not in UNSPACED and not word.text[:1].isspace()
        joined.append(_continued(joined.pop(), word) if continues else word)
    return joined


def _continued(first: Word, rest: Word) -> Word:
    sure = [part.probability for part in (first, rest) if part.probability is not None]
    end = max(first.end, rest.end)
    return Word(first.text + rest.text, first.start, end, min(sure, default=None))


def must_know(options: TranscribeOptions, languages: Sequence[str]) -> None:
    """Refuse a language that the model does not know: it would write nonsense in its own."""
    if options.language and options.language not in languages:
        raise ConfigError(
            f"transcribe.language = {options.language}",
            f"The model '{options.model}' knows: {', '.join(sorted(languages))}.",
            "Name one of these, or none; models that end in .en know English only.",
        )
    if options.translate and len(languages) == 1:
        raise ConfigError(
            "transcribe.translate",
            f"The model '{options.model}' knows English only: it cannot translate.",
            "Take the model without .en.",
        )
