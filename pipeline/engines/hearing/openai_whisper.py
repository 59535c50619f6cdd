"""Audio to words with openai-whisper, where the model comes from: slower, a second opinion."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from pipeline.config import TranscribeOptions, cores
from pipeline.engines import weights
from pipeline.engines.base import Heard
from pipeline.engines.hearing import ct2_checkpoint
from pipeline.engines.hearing.faster_whisper import SURELY, speech
from pipeline.engines.hearing.half_minutes import Part
from pipeline.engines.hearing.listening import hear
from pipeline.engines.hearing.whisper_words import Piece, must_know
from pipeline.errors import BrokenModel
from pipeline.model import Transcript, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]


class OpenAIWhisper:
    """A `Transcriber`."""

    def find(self, options: TranscribeOptions) -> str:
        """Where the model is on this machine. Raises MissingModel."""
        return str(weights.place(options.model, _cached, options.models_folder))

    def models(self) -> list[str]:
        """The names that its makers publish."""
        import whisper

        return list(whisper.available_models())

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: Heard, *, terms: str, folder: Path
    ) -> Transcript:
        """Words with times (seconds) of a mono 16 kHz wav. No words where nobody speaks."""
        import torch

        # Half of the cores: its threads wait for each other without sleeping, so where one has to
        # share its core with another program, all are slow (seen: 4 to 10 times).
        torch.set_num_threads(options.threads or max(1, cores() // 2))
        model = _model(options.model, options.device, options.models_folder)
        must_know(options, _languages(model))
        spans = partial(speech, threshold=options.vad_threshold)
        ears = Ear(model, options, terms), Ear(model, options, "")
        said = hear(audio, *ears, spans, heard, folder)
        return said.transcript("openai-whisper", weights.shown(options.model))


class Ear:
    """A `hearing.Ear`: a loaded model, and how it is to listen."""

    listeners = at_once = 1  # torch spreads one over the cores by itself

    def __init__(self, model: Any, options: TranscribeOptions, terms: str) -> None:
        self._model, self._options, self._terms = model, options, terms

    def language(self, sound: "Sound") -> str:
        """Which language is spoken, as ISO 639-1."""
        return self._options.language or self._likely(sound)[0]

    def listen(
        self,
        parts: Sequence[tuple[Part, "Sound"]],
        language: str,
        heard: Callable[[Part, float], None],
    ) -> Iterator[tuple[Part, list[Piece]]]:
        """What is said in each part, one after the other."""
        for part, sound in parts:
            heard(part, 0)
            yield part, self._said(sound, self._spoken(sound, language))

    def _spoken(self, sound: "Sound", usual: str) -> str:
        if self._options.language or not self._model.is_multilingual:
            return usual
        found, sure = self._likely(sound)
        return found if sure >= SURELY else usual

    def _said(self, sound: "Sound", language: str) -> list[Piece]:
        translated = self._options.translate and language != "en"
        found = self._model.transcribe(
            sound,
            language=language,
            task="translate" if translated else "transcribe",
            beam_size=self._options.beam_size,
            word_timestamps=True,
            # Against invented text. `hallucination_silence_threshold` would help too, but loses
            # what is said at the end of each half minute: 26 words of 1250.
            condition_on_previous_text=False,
            initial_prompt=self._terms or None,
            carry_initial_prompt=bool(self._terms),
            fp16=self._model.device.type == "cuda",
        )
        return [_piece(each, language, translated) for each in found["segments"]]

    def _likely(self, sound: "Sound") -> tuple[str, float]:
        """The language of the first half minute, and how sure it is."""
        if not self._model.is_multilingual:
            return "en", 1.0
        import whisper

        padded = whisper.pad_or_trim(sound)
        picture = whisper.log_mel_spectrogram(padded, self._model.dims.n_mels)
        _, likely = self._model.detect_language(picture.to(self._model.device))
        found = max(likely, key=likely.__getitem__)
        return str(found), float(likely[found])


def _piece(piece: dict[str, Any], language: str, translated: bool) -> Piece:
    words = tuple(
        Word(
            word["word"],
            max(0, word["start"]),
            max(0, word["start"], word["end"]),
            word["probability"],
        )
        for word in piece["words"]
    )
    sure = piece["no_speech_prob"], piece["avg_logprob"], piece["compression_ratio"]
    return Piece(words, *sure, language, translated)


def _cached(model: str) -> Path:
    """Where the library keeps what it downloaded."""
    file = Path.home() / ".cache" / "whisper" / f"{model}.pt"
    if not file.is_file():
        raise FileNotFoundError(file)
    return file


def _languages(model: Any) -> list[str]:
    from whisper.tokenizer import LANGUAGES

    return list(LANGUAGES) if model.is_multilingual else ["en"]


# Layers that listen -> which of OpenAI's models it is.
SIZES = {4: "tiny", 6: "base", 12: "small", 24: "medium", 32: "large-v2"}


@lru_cache(maxsize=1)  # loads once, however many videos follow
def _model(name: str, device: str, kept_in: str | None) -> Any:
    import whisper

    wished = None if device == "auto" else device

    def official(name: str) -> Any:
        try:
            return whisper.load_model(name, device=wished)
        except (RuntimeError, HTTPException) as error:  # a broken download, or no such model
            raise OSError(str(error)) from error

    found = weights.whisper(name, official, whisper.available_models(), kept_in)
    if not isinstance(found, Path):
        return found
    if found.is_dir():
        found = weights.converted(found, _convert, kept_in)
    try:
        model = whisper.load_model(str(found), device=wished)
    except (RuntimeError, EOFError, KeyError, UnpicklingError) as error:
        raise BrokenModel(found, f"torch says: {str(error).splitlines()[0]}") from error
    # A file does not say which heads hear word times; without them times are 0.1 s off.
    model.set_alignment_heads(whisper._ALIGNMENT_HEADS[_size(model.dims)])
    return model


def _size(dims: Any) -> str:
    if dims.n_audio_layer == 32 and dims.n_mels == 128:
        return "large-v3-turbo" if dims.n_text_layer == 4 else "large-v3"
    return SIZES[dims.n_audio_layer] + (".en" if dims.n_vocab == 51864 else "")


def _convert(folder: Path, target: Path) -> None:
    import torch

    try:
        with target.open("wb") as file:  # given a name, torch hides that the disk is full
            torch.save(ct2_checkpoint.checkpoint(folder), file)
    except ct2_checkpoint.NotAModel as error:
        raise BrokenModel(folder / "model.bin", f"{error}.") from error
