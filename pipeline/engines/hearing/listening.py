"""How both Whispers listen: a half minute at a time, and never to silence or music.

No more than a few parts are in memory, however long the recording. Each part that was heard is kept
in `folder` at once: who is killed after two hours goes on after two hours.
"""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import ceil
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import ValidationError

from pipeline import store
from pipeline.engines import memory
from pipeline.engines.audio.wav import Wav
from pipeline.engines.base import Heard
from pipeline.engines.hearing.half_minutes import MARGIN, Part, Span, parts
from pipeline.engines.hearing.seams import seams, sewn
from pipeline.engines.hearing.whisper_words import Piece, words_of
from pipeline.model import Foreign, Transcript, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

T = TypeVar("T")

# Seconds of sound in which speech is looked for at a time.
WINDOW = 600.0
# Seconds that a word lasts at most, unless somebody is heard all the while.
LONGEST_WORD = 1.0
# Seconds in which Whisper wrote nothing, or one word that lasts so long; and in how many of them
# somebody speaks. It skips a sentence now and then; one that it is given by itself it hears.
SKIPPED, SPOKEN = 1.5, 0.7
# What it says of such a piece must be as likely as this: it may be a song after all.
LEAST_LIKELY = -1.0

Worded = tuple[Word, Piece]  # a word, and the piece of Whisper's answer that it is from
Speech = Callable[["Sound"], list[Span]]  # where somebody speaks, in spans that are not too long


class Ear(Protocol):
    """A Whisper with its model, ready to listen."""

    listeners: int  # so many threads may listen at once
    at_once: int  # so many parts each of them hears at once: a kill loses no more than that

    def language(self, sound: "Sound") -> str:
        """Which language is spoken, as ISO 639-1."""
        ...

    def listen(
        self,
        parts: Sequence[tuple[Part, "Sound"]],
        language: str,
        heard: Callable[[Part, float], None],
    ) -> Iterable[tuple[Part, list[Piece]]]:
        """What is said in parts that follow each other; tells how many seconds of one are heard."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """All that was said."""

    language: str  # of the words
    words: tuple[Word, ...]
    foreign: tuple[Foreign, ...] = ()

    def transcript(self, engine: str, model: str) -> Transcript:
        """The same, with who heard it."""
        return Transcript(self.language, "whisper", engine, model, self.words, foreign=self.foreign)


def hear(
    audio: Path,
    ear: Ear,
    second: Ear,
    speech: Speech,
    heard: Heard,
    folder: Path,
    *,
    brief: Ear | None = None,
) -> Said:
    """The words of a mono 16 kHz wav; no words where nobody speaks.

    What the first ear skips the `second` hears, who was not told what to expect: Whisper skips more
    when it is. The `brief` one hears a few words around each cut, to tell how they are punctuated.
    What a killed run with the same options left in `folder` is not listened to again.
    """
    with Wav(audio) as wav:
        spans = _kept(list[Span], folder / "speech.json", lambda: list(spoken(wav, speech)))
        found = parts(spans, wav.duration)
        if not found:
            return Said("und", ())
        sound = _sound(wav, _usual(found))
        language = _kept(str, folder / "language.json", lambda: ear.language(sound))
        pieces = _listened(wav, ear, found, language, heard, folder)
        words = list(_words(pieces, spans))
        skipped = list(gaps([word for word, _ in words], spans, found))
        missing = _listened(wav, second, skipped, language, lambda _: None, folder, "again-")
        for part, said in missing.items():
            words = _mended(words, part, [w for w in _words({part: said}, spans) if _likely(w[1])])
        words.sort(key=lambda word: (word[0].start, word[0].end))
        if brief:
            cuts = {part: cut for cut, part in seams(found)}
            around = _listened(wav, brief, list(cuts), language, lambda _: None, folder, "seam-")
            for part, said in around.items():
                _sew(words, cuts[part], [word for word, _ in _words({part: said}, spans)])
        heard(wav.duration)
    words = list(_seamless(words))
    # Of a translation the language is English, whatever is spoken.
    read = Counter("en" if piece.translated else piece.language for _, piece in words)
    language = max(read, key=read.__getitem__, default=language)
    return Said(language, tuple(word for word, _ in words), tuple(_foreign(words, language)))


def spoken(wav: Wav, speech: Speech) -> Iterator[Span]:
    """Where somebody speaks, looked for window by window; a window ends in a pause."""
    start = 0.0
    while start < wav.duration:
        end = min(wav.duration, start + WINDOW)
        spans = [(start + a, start + b) for a, b in speech(wav.read(start, end))]
        pauses = [
            (after - before, max((before + after) / 2, after - MARGIN))
            for (_, before), (after, _) in pairwise(spans)
            if after > (start + end) / 2
        ]
        if end < wav.duration and pauses:
            _, end = max(pauses)
        yield from (span for span in spans if span[0] < end)
        start = end


def _usual(found: Sequence[Part]) -> Part:
    """By which the usual language is told: not the first, for an interview may begin with a song.

    Where most turns out to be said in another one, that is the usual one.
    """
    quarter = len(found) // 4
    return max(found[quarter : len(found) - quarter], key=lambda part: part.seconds)


def _sound(wav: Wav, part: Part) -> "Sound":
    import numpy as np

    return np.concatenate([wav.read(*span) for span in part.spans])


def _listened(
    wav: Wav,
    ear: Ear,
    found: Sequence[Part],
    language: str,
    heard: Heard,
    folder: Path,
    called: str = "",
) -> dict[Part, tuple[Piece, ...]]:
    """What is said in each part: from its file, or listened to by the next thread that is free."""
    files = {part: folder / f"{called}{part.start:.3f}-{part.end:.3f}.json" for part in found}
    pieces = {part: _loaded(tuple[Piece, ...], file) for part, file in files.items()}
    done = {part: part.seconds for part, kept in pieces.items() if kept is not None}
    speech = max(1.0, sum(part.seconds for part in found))
    one_at_a_time, stopped = Lock(), Event()

    def tell(part: Part, seconds: float) -> None:
        if stopped.is_set():
            raise InterruptedError  # between two half minutes, not after the whole part
        with one_at_a_time:
            done[part] = seconds
            heard(sum(done.values()) * wav.duration / speech)

    at_once = max(1, min(ear.at_once, ceil(len(found) / ear.listeners)))
    rows = [found[at : at + at_once] for at in range(0, len(found), at_once)]
    waiting = iter([row for row in rows if any(pieces[part] is None for part in row)])

    def listen() -> None:
        while not stopped.is_set():
            with one_at_a_time:
                row = next(waiting, ())
                sounds = [(part, _sound(wav, part)) for part in row]
            if not sounds:
                return
            for part, said in ear.listen(sounds, language, tell):
                pieces[part] = tuple(said)
                store.write_whole(files[part], store.dump(tuple(said)))
                tell(part, part.seconds)
            memory.give_back()

    _side_by_side(ear.listeners, listen, stopped)
    return {part: kept or () for part, kept in pieces.items()}


def _side_by_side(count: int, listen: Callable[[], None], stopped: Event) -> None:
    """Listen in so many threads; after Ctrl-C, or where one failed, the others do not go on."""
    with ThreadPoolExecutor(count) as listeners:
        try:
            listening = [listeners.submit(listen) for _ in range(count)]
            ended, _ = wait(listening, return_when=FIRST_EXCEPTION)
            for each in ended:
                each.result()
        finally:
            stopped.set()


def gaps(words: Sequence[Word], spans: Sequence[Span], found: Sequence[Part]) -> Iterator[Part]:
    """Where somebody speaks and there is no word; what was not listened to is no part of it.

    >>> said, spans = [Word("a", 1, 2), Word("b", 8, 9)], [(1, 5), (7.5, 9)]
    >>> list(gaps(said, spans, [Part(((0, 5.5), (7, 10)))]))
    [Part(spans=((2, 5.5), (7, 8)))]
    """
    words = sorted(words, key=lambda word: word.start)
    for part in found:
        first, after = (
            bisect_left(words, at, key=lambda word: word.start) for at in (part.start, part.end)
        )
        said = [word for word in words[first:after] if word.end - word.start < SKIPPED]
        ends = [part.start, *(word.end for word in said)]
        starts = [*(word.start for word in said), part.end]
        for end, start in zip(ends, starts, strict=True):
            if start - end >= SKIPPED:
                speech = sum(max(0, min(b, start) - max(a, end)) for a, b in spans)
                if speech >= SPOKEN:
                    yield part.between(end, start)


def _mended(words: list[Worded], gap: Part, said: list[Worded]) -> list[Worded]:
    """With what is said in a gap, in place of a word or two that were stretched over it."""
    before = [
        (word, piece)
        for word, piece in words
        if gap.start <= word.start < gap.end and word.end - word.start >= SKIPPED
    ]
    if len(said) <= len(before):
        return words
    return [word for word in words if word not in before] + said


def _words(pieces: dict[Part, tuple[Piece, ...]], spans: Sequence[Span]) -> Iterator[Worded]:
    for part, said in pieces.items():
        for word, piece in words_of(said, part.seconds):
            yield _trimmed(word, part.place(word.start, word.end), spans), piece


def _sew(words: list[Worded], cut: float, heard: Sequence[Word]) -> None:
    """Give the two words beside a cut the punctuation they have where they are heard together."""
    place = bisect_left(words, cut, key=lambda word: (word[0].start + word[0].end) / 2)
    if 0 < place < len(words):
        (last, of), (first, following) = words[place - 1 : place + 1]
        if together := sewn((last, first), cut, heard):
            words[place - 1 : place + 1] = (together[0], of), (together[1], following)


def _seamless(words: Sequence[Worded]) -> Iterator[Worded]:
    """Without the full stop that ends a half minute where its sentence goes on in the next one.

    Whisper ends all it is given with one. Where it was wrong, what follows begins in lower case.
    """
    for (word, piece), (following, of) in pairwise([*words, *words[-1:]]):
        text = word.text.removesuffix(".")
        goes_on = of is not piece and following.text[:1].islower()
        yield replace(word, text=text if goes_on and "." not in text else word.text), piece


def _likely(piece: Piece) -> bool:
    return piece.log_probability >= LEAST_LIKELY


def _foreign(words: Sequence[Worded], language: str) -> Iterator[Foreign]:
    tongues = [(piece.language, piece.translated) for _, piece in words]
    for (tongue, translated), same in groupby(range(len(words)), key=lambda at: tongues[at]):
        places = list(same)
        if tongue != language or translated:
            yield Foreign((places[0], places[-1]), tongue, translated)


def _trimmed(word: Word, place: Span, spans: Sequence[Span]) -> Word:
    """At its place in the recording, without the silence beside it that Whisper adds to a word."""
    start, end = place
    if end - start > LONGEST_WORD:
        heard = [(a, b) for a, b in spans if a < end and b > start]
        if heard:
            start, end = max(start, heard[0][0]), min(end, heard[-1][1])
    return Word(word.text, round(start, 3), round(end, 3), word.probability)


def _kept(kind: type[T], file: Path, find: Callable[[], T]) -> T:
    """What is in the file; found and written where it is not there."""
    kept = _loaded(kind, file)
    if kept is None:
        kept = find()
        store.write_whole(file, json.dumps(kept).encode())
    return kept


def _loaded(kind: type[T], file: Path) -> T | None:
    try:
        return store.load(kind, file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
