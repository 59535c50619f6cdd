"""Audio to words with faster-whisper: OpenAI's weights, run by CTranslate2."""

import contextlib
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import TranscribeOptions, cores
from pipeline.engines import weights
from pipeline.engines.base import Heard
from pipeline.engines.hearing import hear
from pipeline.engines.wav import RATE
from pipeline.engines.whisper_words import Piece, must_know
from pipeline.errors import BrokenModel
from pipeline.model import Transcript, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A pause this long ends a span of speech.
PAUSE_MS = 500


class FasterWhisper:
    """A `Transcriber`."""

    def find(self, model: str) -> str:
        """Where a model is on this machine. Raises MissingModel."""
        return str(weights.place(model, _cached))

    def transcribe(self, audio: Path, options: TranscribeOptions, heard: Heard) -> Transcript:
        """Words with times (seconds) of a mono 16 kHz wav. No words where nobody speaks."""
        from faster_whisper import available_models

        known = available_models()
        folder = weights.whisper(options.model, _official, known, options.models_folder)
        listeners = options.threads or cores()
        model = _model(folder, *_device(options.device), listeners)
        must_know(options, model.supported_languages)

        def listen(sound: "NDArray[np.float32]", language: str) -> Iterator[Piece]:
            said, _ = model.transcribe(
                sound,
                language=language,
                beam_size=options.beam_size,
                word_timestamps=True,
                # Conditioned on what it wrote before, it repeats itself and invents: 72 words
                # against 3 in five minutes with pauses.
                condition_on_previous_text=False,
            )
            return map(_piece, said)

        def language(sound: "NDArray[np.float32]") -> str:
            return options.language or str(model.detect_language(sound)[0])

        spans = partial(speech, threshold=options.vad_threshold)
        spoken, words = hear(audio, spans, language, listen, heard, listeners)
        shown = weights.shown(options.model)
        return Transcript(spoken, "whisper", "faster-whisper", shown, words)


def speech(samples: "NDArray[np.float32]", threshold: float) -> list[tuple[float, float]]:
    """Where somebody speaks (seconds), says the small Silero network inside faster-whisper."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    settings = VadOptions(threshold=threshold, min_silence_duration_ms=PAUSE_MS)
    found = get_speech_timestamps(samples, settings)
    return [(span["start"] / RATE, span["end"] / RATE) for span in found]


def _piece(piece: Any) -> Piece:
    words = tuple(
        Word(word.word, max(0, word.start), max(0, word.start, word.end), word.probability)
        for word in piece.words or ()
    )
    return Piece(words, piece.no_speech_prob, piece.avg_logprob, piece.compression_ratio)


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


def _device(wished: str) -> tuple[str, str]:
    """The device, and the numbers it is quick with."""
    if wished == "auto":
        from ctranslate2 import get_cuda_device_count

        wished = "cuda" if get_cuda_device_count() else "cpu"
    return wished, "float16" if wished == "cuda" else "int8"


@lru_cache(maxsize=1)  # loads once, however many videos follow
def _model(folder: Path, device: str, numbers: str, listeners: int) -> Any:
    from faster_whisper import WhisperModel

    try:
        # Two listeners of one thread hear twice as much as one of two threads, from one copy of
        # the weights.
        return WhisperModel(
            str(folder),
            device=device,
            compute_type=numbers,
            cpu_threads=1,
            num_workers=listeners,
        )
    except (RuntimeError, ValueError) as error:
        raise BrokenModel(folder, f"CTranslate2 says: {error}") from error
