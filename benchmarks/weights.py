"""Whisper base for everybody: one set of numbers, in the three forms that the contenders read."""

import struct
from base64 import b64decode
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from pipeline.engines import weights
from pipeline.engines.hearing import ct2_checkpoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL = "base"
# What whisper.cpp keeps in full; all else is float16, as in the file that it is published with.
FULL = frozenset(
    f"{side}.{name}"
    for side, name in (
        ("encoder", "conv1.bias"),
        ("encoder", "conv2.bias"),
        ("encoder", "positional_embedding"),
        ("decoder", "positional_embedding"),
    )
)
PARTS = ("ctx", "state", "head", "layer")
SIZES = ("vocab", *(f"{side}_{part}" for side in ("audio", "text") for part in PARTS), "mels")


def in_every_form(folder: Path) -> Path:
    """Fill a folder with faster-whisper's files, openai.pt and ggml.bin."""
    source = weights.joined(MODEL) or weights.join(MODEL) or _fetched()
    for file in source.iterdir():
        (folder / file.name).symlink_to(file.resolve())
    checkpoint = ct2_checkpoint.checkpoint(source)
    import torch

    torch.save(checkpoint, folder / "openai.pt")
    with (folder / "ggml.bin").open("wb") as target:
        write_ggml(checkpoint, target)
    return folder


def _fetched() -> Path:
    from faster_whisper import download_model

    return Path(download_model(MODEL))


def write_ggml(checkpoint: dict[str, Any], target: IO[bytes]) -> None:
    """As whisper.cpp's own models/convert-pt-to-ggml.py does."""
    import whisper

    sizes, state = checkpoint["dims"], checkpoint["model_state_dict"]
    assets = Path(whisper.__file__).parent / "assets"
    mel = np.load(assets / "mel_filters.npz")[f"mel_{sizes['n_mels']}"].astype("<f4")
    many = "multilingual" if sizes["n_vocab"] >= 51865 else "gpt2"
    lines = (assets / f"{many}.tiktoken").read_bytes().splitlines()
    tokens = [b64decode(line.split()[0]) for line in lines if line]
    target.write(struct.pack("<I11i", 0x67676D6C, *(sizes[f"n_{name}"] for name in SIZES), 1))
    target.write(struct.pack("<2i", *mel.shape) + mel.tobytes())
    target.write(struct.pack("<i", len(tokens)))
    for token in tokens:
        target.write(struct.pack("<i", len(token)) + token)
    for name, numbers in state.items():
        _write_tensor(name, numbers.squeeze().numpy(), target)


def _write_tensor(name: str, numbers: "NDArray[Any]", target: IO[bytes]) -> None:
    if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
        numbers = numbers.reshape(-1, 1)
    full = numbers.ndim < 2 or name in FULL
    target.write(struct.pack("<3i", numbers.ndim, len(name), 0 if full else 1))
    target.write(struct.pack(f"<{numbers.ndim}i", *numbers.shape[::-1]) + name.encode())
    target.write(numbers.astype("<f4" if full else "<f2").tobytes())
