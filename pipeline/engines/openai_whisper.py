"""Audio to words with openai-whisper, where the model comes from: slower, a second opinion."""

from collections.abc import Iterator
from functools import lru_cache, partial
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from pipeline.config import TranscribeOptions, cores
from pipeline.engines import ct2_checkpoint, weights
from pipeline.engines.base import Heard
from pipeline.engines.faster_whisper import speech
from pipeline.engines.hearing import hear
from pipeline.engines.whisper_words import Piece, must_know
from pipeline.errors import BrokenModel
from pipeline.model import Transcript, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class OpenAIWhisper:
    """A `Transcriber`."""

    def find(self, model: str) -> str:
        """Where a model is on this machine. Raises MissingModel."""
        return str(weights.place(model, _cached))

    def transcribe(self, audio: Path, options: TranscribeOptions, heard: Heard) -> Transcript:
        """Words with times (seconds) of a mono 16 kHz wav. No words where nobody speaks."""
        import torch

        # Half of the cores: its threads wait for each other without sleeping, so where one has to
        # share its core with another program, all are slow (seen: 4 to 10 times).
        torch.set_num_threads(options.threads or max(1, cores() // 2))
        model = _model(options.model, options.device, options.models_folder)
        must_know(options, _languages(model))

        def listen(sound: "NDArray[np.float32]", language: str) -> Iterator[Piece]:
            said = model.transcribe(
                sound,
                language=language,
                beam_size=options.beam_size,
                word_timestamps=True,
                # Against invented text. `hallucination_silence_threshold` would help too, but loses
                # what is said at the end of each half minute: 26 words of 1250.
                condition_on_previous_text=False,
                fp16=model.device.type == "cuda",
            )
            return map(_piece, said["segments"])

        def language(sound: "NDArray[np.float32]") -> str:
            return options.language or _language(model, sound)

        spans = partial(speech, threshold=options.vad_threshold)
        spoken, words = hear(audio, spans, language, listen, heard)
        shown = weights.shown(options.model)
        return Transcript(spoken, "whisper", "openai-whisper", shown, words)


def _piece(piece: dict[str, Any]) -> Piece:
    words = tuple(
        Word(
            word["word"],
            max(0, word["start"]),
            max(0, word["start"], word["end"]),
            word["probability"],
        )
        for word in piece["words"]
    )
    return Piece(words, piece["no_speech_prob"], piece["avg_logprob"], piece["compression_ratio"])


def _language(model: Any, sound: "NDArray[np.float32]") -> str:
    if not model.is_multilingual:
        return "en"
    import whisper

    padded = whisper.pad_or_trim(sound)
    picture = whisper.log_mel_spectrogram(padded, model.dims.n_mels).to(model.device)
    _, likely = model.detect_language(picture)
    return str(max(likely, key=likely.__getitem__))


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
