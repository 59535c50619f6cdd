"""Audio to words with faster-whisper: OpenAI's weights, run by CTranslate2.

The library hears one half minute after the other, or many at once and then loses what it skips.
This hears several at once too, and without asking for times, with which Whisper stops early; words
get theirs from what it listens to at each (as in OpenAI's `word_timestamps`). What it skips is
heard again by itself, and then it is asked for times: see `listening`.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import groupby, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.config import TranscribeOptions, cores
from pipeline.engines import weights
from pipeline.engines.audio.wav import RATE
from pipeline.engines.base import Heard
from pipeline.engines.hearing.half_minutes import KEPT, LONGEST, Part
from pipeline.engines.hearing.listening import hear
from pipeline.engines.hearing.whisper_words import Piece, loops, must_know
from pipeline.errors import BrokenModel, ConfigError
from pipeline.model import Transcript, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Tokens = list[int]

# The shortest pause in which a half minute may end.
PAUSE_MS = 100

# When Whisper does not believe itself it listens again, at other temperatures (paper, section 4.5).
LEAST_LOG_PROBABILITY = -1.0
MOST_COMPRESSION = 2.4
NO_SPEECH = 0.6
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
TRIES = 5  # at each temperature
FIRST_WORD = 50  # in 0.02 s: when it begins, at the latest
# Where it is not quite sure, it listens again with the text before in mind, and the likelier is
# taken: on a record of 1949 that mends one wrong word in 25. Always in mind, errors spread.
NOT_QUITE_SURE = -0.35
# Seconds after which what was said before no longer helps.
SOON = 10.0
# How sure a passage must be in another language to be heard in it; and from how likely a one on a
# half minute may hold two: of eleven seconds of German beside 17 of English it says 0.14.
SURELY, MAYBE = 0.8, 0.1
# Where a half minute may hold two languages, it is looked at in pieces of so many frames, filled up
# to PADDED, one every STEP; so many in a row make a passage. A pause is looked for so many frames
# before and after the change. Filled up to a half minute the network is as sure, in 7 times the
# time; not filled up it takes every third German piece for English. What is heard for punctuation
# only is filled up no further either.
PIECE, PADDED, STEP, PASSAGE, NEAR, PAUSE = 500, 1000, 250, 3, 250, 30

# Two listeners of one thread hear twice as much as one of two threads, from one copy of the
# weights; each holds 200 MB.
LISTENERS = {"cpu": 4, "cuda": 1}
# Half minutes that each hears at once: each step of the search reads all weights, whether for one
# or for four. On a CPU that saves a third of its time for 50 MB a half minute.
BATCH = {"cpu": 4, "cuda": 8}


class FasterWhisper:
    """A `Transcriber`."""

    def find(self, options: TranscribeOptions) -> str:
        """Where the model is on this machine. Raises MissingModel."""
        return str(weights.place(options.model, _cached, options.models_folder))

    def models(self) -> list[str]:
        """The names that its makers publish."""
        from faster_whisper import available_models

        return list(available_models())

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: Heard, *, terms: str, folder: Path
    ) -> Transcript:
        """Words with times (seconds) of a mono 16 kHz wav. No words where nobody speaks."""
        place = weights.whisper(options.model, _official, self.models(), options.models_folder)
        device = _device(options.device)
        threads = options.threads or cores()
        listeners = min(threads, LISTENERS[device])
        model = _model(place, device, _numbers(options.numbers, device), listeners, threads)
        must_know(options, model.supported_languages)
        at_once = options.batch or BATCH[device]
        said = hear(
            audio,
            Ear(model, options, listeners, at_once, terms=terms),
            Ear(model, options, listeners, at_once, timed=True),
            partial(speech, threshold=options.vad_threshold),
            heard,
            folder,
            brief=Ear(model, options, listeners, at_once, filled=PADDED),
        )
        return said.transcript("faster-whisper", weights.shown(options.model))


@dataclass
class Cursor:
    """How far a part is heard, in frames of 0.01 s: it may be in two languages."""

    part: Part
    frames: "NDArray[np.float32]"  # (mel bands, frames)
    language: str
    place: int = 0  # the frame from which it is listened to next
    size: int = 0  # how many frames then
    before: "Tokens" = field(default_factory=list)  # the text up to there
    pieces: list[Piece] = field(default_factory=list)

    @property
    def length(self) -> int:
        """In frames; the last one is made up."""
        return int(self.frames.shape[-1]) - 1


@dataclass(frozen=True)
class Answer:
    """What the network says of a half minute."""

    text: "Tokens"
    log_probability: float
    no_speech: float
    compression: float

    @property
    def silence(self) -> bool:
        """Nobody speaks, and the words are a guess."""
        return self.no_speech > NO_SPEECH and self.log_probability < LEAST_LOG_PROBABILITY

    @property
    def doubtful(self) -> bool:
        """Whisper should listen again."""
        unsure = self.log_probability < LEAST_LOG_PROBABILITY
        repeats = self.compression > MOST_COMPRESSION or loops(self.text)
        return (unsure or repeats) and not self.silence

    @property
    def not_quite_sure(self) -> bool:
        """With more context it may be another answer."""
        return self.log_probability < NOT_QUITE_SURE and not self.silence and not self.doubtful

    @property
    def believed(self) -> "Tokens":
        """The text, where it may help to understand what follows."""
        return [] if self.silence or self.doubtful else self.text


class Ear:
    """A `hearing.Ear`: a loaded model, and how it is to listen."""

    def __init__(
        self,
        model: Any,
        options: TranscribeOptions,
        listeners: int,
        at_once: int,
        *,
        terms: str = "",
        timed: bool = False,
        filled: int | None = None,
    ) -> None:
        self.listeners, self.at_once = listeners, at_once
        self._model, self._options = model, options
        self._terms, self._timed = terms, timed
        self._filled = filled or self._most

    def language(self, sound: "Sound") -> str:
        """Which language is spoken, as ISO 639-1."""
        if not self._model.model.is_multilingual:
            return "en"
        return self._options.language or str(self._model.detect_language(sound)[0])

    def listen(
        self,
        parts: Sequence[tuple[Part, "Sound"]],
        language: str,
        heard: Callable[[Part, float], None],
    ) -> Iterator[tuple[Part, list[Piece]]]:
        """What is said in parts that follow each other."""
        cursors = [
            Cursor(part, self._model.feature_extractor(sound), language) for part, sound in parts
        ]
        while left := [cursor for cursor in cursors if cursor.place < cursor.length]:
            for cursor in left:
                cursor.size = min(self._most, cursor.length - cursor.place)
            self._go_on(left, language)
            for cursor in left:
                heard(cursor.part, cursor.place / 100)
        return ((cursor.part, cursor.pieces) for cursor in cursors)

    @property
    def _most(self) -> int:
        return int(self._model.feature_extractor.nb_max_frames)

    def _go_on(self, cursors: list[Cursor], usual: str) -> None:
        """Hear the next half minute of each, or what of it is in one language."""
        encoded = self._encoded(cursors)
        if self._options.language is None and self._model.model.is_multilingual:
            sizes = [cursor.size for cursor in cursors]
            likely = self._model.model.detect_language(encoded)
            for cursor, found in zip(cursors, likely, strict=True):
                self._tell_languages(cursor, _by_language(found), usual)
            tongues = sorted({cursor.language for cursor in cursors})
            if tongues != [usual] or sizes != [cursor.size for cursor in cursors]:
                for tongue in tongues:
                    same = [cursor for cursor in cursors if cursor.language == tongue]
                    self._hear(same, self._encoded(same), tongue)
                return
        self._hear(cursors, encoded, usual)

    def _hear(self, cursors: list[Cursor], encoded: Any, language: str) -> None:
        tokenizer = self._tokenizer(language)
        answers = self._answers(encoded, [()] * len(cursors), tokenizer)
        for place, answer in enumerate(answers):
            if answer.doubtful:
                alone = self._taken(encoded, cursors, [place])
                answers[place] = self._again(answer, alone, tokenizer)
        for place, answer in self._with_text_before(encoded, cursors, answers, tokenizer):
            if not answer.doubtful and answer.log_probability > answers[place].log_probability:
                answers[place] = answer
        texts, sizes = [answer.text for answer in answers], [cursor.size for cursor in cursors]
        timed = self._model.find_alignment(tokenizer, texts, encoded, sizes)
        for cursor, answer, words in zip(cursors, answers, timed, strict=True):
            self._note(cursor, answer, words, tokenizer)

    def _tell_languages(self, cursor: Cursor, likely: dict[str, float], usual: str) -> None:
        """Set the cursor's language, and its size to what is spoken in that one."""
        cursor.language = usual
        other = max((each for each in likely if each != usual), key=likely.__getitem__)
        if likely[other] < MAYBE:
            return
        foreign = []
        last = cursor.place + max(0, cursor.size - PIECE)
        for place in range(cursor.place, last + 1, STEP):
            piece = Cursor(cursor.part, cursor.frames, usual, place)
            piece.size = min(PIECE, cursor.place + cursor.size - place)
            [found] = self._model.model.detect_language(self._encoded([piece], PADDED))
            sure = _by_language(found)
            foreign.append(sure[other] >= SURELY * (sure[other] + sure[usual]))
        first, length = _first_passage(foreign, cursor.place + cursor.size < cursor.length)
        cursor.language = other if first else usual
        if length < len(foreign):
            # The change is in the first piece after the passage that is not foreign, or before it.
            cursor.size = _pause(cursor, (length + first) * STEP)

    def _encoded(self, cursors: Sequence[Cursor], length: int | None = None) -> Any:
        """What the network makes of so many frames: a half minute, or only `length` of them."""
        import numpy as np
        from ctranslate2 import StorageView
        from faster_whisper.audio import pad_or_trim

        windows = [cursor.frames[:, cursor.place :][:, : cursor.size] for cursor in cursors]
        padded = [pad_or_trim(each, length or self._filled)[np.newaxis] for each in windows]
        if not self._divisible:
            return self._model.encode(np.concatenate(padded))
        # One by one: what the layers make of several at once does not fit into a CPU's cache.
        encoded = [np.asarray(self._model.encode(each)) for each in padded]
        return StorageView.from_array(np.concatenate(encoded))

    def _taken(self, encoded: Any, cursors: Sequence[Cursor], places: Sequence[int]) -> Any:
        """What was encoded for some of these; anew where it cannot be taken out."""
        import numpy as np
        from ctranslate2 import StorageView

        if len(places) == len(cursors):
            return encoded
        if not self._divisible:
            return self._encoded([cursors[place] for place in places])
        return StorageView.from_array(np.asarray(encoded)[list(places)])

    @property
    def _divisible(self) -> bool:
        """Whether numpy can take apart what is encoded: it knows neither GPUs nor bfloat16."""
        model = self._model.model
        return model.device == "cpu" and not model.compute_type.endswith("float16")

    def _answers(
        self,
        encoded: Any,
        before: Sequence[Sequence[int]],
        tokenizer: Any,
        temperature: float = 0.0,
    ) -> list[Answer]:
        """What is said in each half minute, with the text `before` it in mind: all equally long."""
        from faster_whisper.transcribe import get_suppressed_tokens

        how: dict[str, Any] = {"beam_size": self._options.beam_size}
        if temperature:
            how = {"beam_size": 1, "num_hypotheses": TRIES, "sampling_topk": 0}
        prompt = partial(
            self._model.get_prompt,
            tokenizer,
            without_timestamps=not self._timed,
            hotwords=self._terms or None,
        )
        said = self._model.model.generate(
            encoded,
            [prompt(text) for text in before],
            sampling_temperature=temperature,
            max_length=self._model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            max_initial_timestamp_index=FIRST_WORD,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            **how,
        )
        return [_answer(each, tokenizer) for each in said]

    def _with_text_before(
        self,
        encoded: Any,
        cursors: Sequence[Cursor],
        answers: Sequence[Answer],
        tokenizer: Any,
    ) -> Iterator[tuple[int, Answer]]:
        """Another answer where the first is not quite sure, and with it the place it belongs to."""
        before = {
            place: text
            for place, answer in enumerate(answers)
            if answer.not_quite_sure and (text := _text_before(place, cursors, answers))
        }
        if before:
            length = min(map(len, before.values()))  # the network wants them equally long
            texts = [text[-length:] for text in before.values()]
            taken = self._taken(encoded, cursors, list(before))
            yield from zip(before, self._answers(taken, texts, tokenizer), strict=True)

    def _again(self, first: Answer, encoded: Any, tokenizer: Any) -> Answer:
        """The first answer that Whisper believes; if there is none, the likeliest."""
        answers = [first]
        for temperature in TEMPERATURES:
            [answer] = self._answers(encoded, [()], tokenizer, temperature)
            if not answer.doubtful:
                return answer
            answers.append(answer)
        short = [answer for answer in answers if answer.compression <= MOST_COMPRESSION]
        return max(short or answers, key=lambda answer: answer.log_probability)

    def _note(self, cursor: Cursor, answer: Answer, words: list[Any], tokenizer: Any) -> None:
        """Add what was said to the part, and move on."""
        begin, cursor.before = cursor.place / 100, answer.believed
        cursor.place += cursor.size
        if answer.silence:
            return
        said = _words(words, begin)
        sure = answer.no_speech, answer.log_probability, answer.compression
        translated = tokenizer.task == tokenizer.translate
        cursor.pieces.append(Piece(said, *sure, cursor.language, translated))

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self._model.model.is_multilingual
        foreign = self._options.translate and language != "en"
        task = "translate" if foreign else "transcribe"
        return Tokenizer(self._model.hf_tokenizer, multilingual, task=task, language=language)


def _text_before(place: int, cursors: Sequence[Cursor], answers: Sequence[Answer]) -> "Tokens":
    """What was said right before; nothing where that is not known."""
    if cursors[place].before or not place:
        return cursors[place].before
    pause = cursors[place].part.start - cursors[place - 1].part.end
    return answers[place - 1].believed if 0 <= pause <= SOON else []


def speech(samples: "Sound", threshold: float) -> list[tuple[float, float]]:
    """Where somebody speaks (seconds), says the small Silero network inside faster-whisper."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    settings = VadOptions(
        threshold=threshold,
        min_silence_duration_ms=PAUSE_MS,
        max_speech_duration_s=LONGEST - 2 * KEPT,
        speech_pad_ms=0,
    )
    found = get_speech_timestamps(samples, settings)
    return [(span["start"] / RATE, span["end"] / RATE) for span in found]


def _answer(said: Any, tokenizer: Any) -> Answer:
    from faster_whisper.transcribe import get_compression_ratio

    tokens = said.sequences_ids[0]
    mean = said.scores[0] * len(tokens) / (len(tokens) + 1)  # the end of the text counts as well
    text = [token for token in tokens if token < tokenizer.eot]  # without times
    compression = get_compression_ratio(tokenizer.decode(text).strip())
    return Answer(text, float(mean), float(said.no_speech_prob), compression)


def _first_passage(foreign: Sequence[bool], goes_on: bool) -> tuple[bool, int]:
    """Whether the first passage is foreign, and how many pieces it has.

    >>> _first_passage([False, True, False, False, True, True, True], False)
    (False, 4)
    >>> _first_passage([False, False, True], True), _first_passage([False, False, True], False)
    ((False, 2), (False, 3))
    """
    runs = [(tongue, len(list(run))) for tongue, run in groupby(foreign)]
    passages = []
    for place, (tongue, length) in enumerate(runs):
        may_go_on = goes_on and 0 < place == len(runs) - 1
        passages.append((tongue and (length >= PASSAGE or may_go_on), length))
    first = passages[0][0]
    return first, sum(length for _, length in takewhile(lambda run: run[0] == first, passages))


def _pause(cursor: Cursor, size: int) -> int:
    """Where it is quietest near a change of language, in frames from the cursor's place."""
    first = max(cursor.place, cursor.place + size - NEAR)
    loud = cursor.frames[:, first : cursor.place + size + NEAR].mean(axis=0)
    quiet = [float(loud[at : at + PAUSE].mean()) for at in range(len(loud) - PAUSE)]
    return first - cursor.place + PAUSE // 2 + quiet.index(min(quiet))


def _by_language(likely: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Probabilities of "<|en|>" and the like, by language."""
    return {token[2:-2]: sure for token, sure in likely}


def _words(timed: list[Any], offset: float) -> tuple[Word, ...]:
    """The words of a half minute that begins at `offset` seconds."""
    from faster_whisper.transcribe import merge_punctuations

    merge_punctuations(timed, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
    return tuple(
        Word(
            word["word"],
            offset + float(word["start"]),
            offset + float(max(word["start"], word["end"])),
            float(word["probability"]),
        )
        for word in timed
        if word["word"]
    )


def _cached(model: str) -> Path:
    from faster_whisper import download_model

    return Path(download_model(model, local_files_only=True))


def _official(model: str) -> Path:
    """From the library's own cache, else from the hub."""
    from faster_whisper import download_model

    with contextlib.suppress(OSError):
        return _cached(model)
    try:
        return Path(download_model(model))
    except OSError:
        raise
    except Exception as error:  # the hub's client lets many kinds of its own through
        raise OSError(str(error)) from error


def _device(wished: Literal["auto", "cpu", "cuda"]) -> str:
    from ctranslate2 import get_cuda_device_count

    if wished == "auto":
        return "cuda" if get_cuda_device_count() else "cpu"
    return wished


def _numbers(wished: str, device: str) -> str:
    """What to calculate with. Raises ConfigError where this device cannot."""
    from ctranslate2 import get_supported_compute_types

    if wished == "auto":
        return "float16" if device == "cuda" else "int8"
    try:
        known = get_supported_compute_types(device)
    except (RuntimeError, ValueError):  # no such device: the model says so
        return wished
    if wished not in known:
        raise ConfigError(
            f"transcribe.numbers = {wished}",
            f"This machine's {device} calculates with: {', '.join(sorted(known))}.",
            "Take one of these, or auto.",
        )
    return wished


@lru_cache(maxsize=1)  # loads once, however many videos follow
def _model(folder: Path, device: str, numbers: str, listeners: int, threads: int) -> Any:
    import ctranslate2
    from faster_whisper import WhisperModel

    ctranslate2.set_random_seed(0)  # the same recording gives the same words again
    try:
        return WhisperModel(
            str(folder),
            device=device,
            compute_type=numbers,
            cpu_threads=max(1, threads // listeners),
            num_workers=listeners,
        )
    except (RuntimeError, ValueError) as error:
        raise BrokenModel(folder, f"CTranslate2 says: {error}") from error
