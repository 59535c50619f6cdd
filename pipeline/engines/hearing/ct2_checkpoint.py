"""A faster-whisper folder (CTranslate2's model.bin) -> a checkpoint that openai-whisper loads.

model.bin, little endian, binary version 4 to 6; a str is a u16 length and bytes, the last a NUL:
    u32 binary version | str name of the spec | u32 its revision | u32 number of variables
    per variable: str name | u8 rank | u32 * rank shape | u8 kind of number | u32 bytes | data
    u32 number of aliases | per alias: str alias | str variable
"""

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Variables = dict[str, NDArray[Any]]

NUMBERS = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}


class NotAModel(ValueError):
    """The file is not a Whisper model of CTranslate2's, or not all of one."""


def checkpoint(folder: Path) -> dict[str, Any]:
    """What `torch.save` writes and `whisper.load_model` reads. Raises NotAModel."""
    network = _Network(_read(folder / "model.bin"))
    layers = {side: network.side(side) for side in ("encoder", "decoder")}
    for name in ("conv1", "conv2"):
        network.linear(f"encoder.{name}", f"encoder/{name}")
    network.norm("encoder.ln_post", "encoder/layer_norm")
    network.norm("decoder.ln", "decoder/layer_norm")
    network.put("decoder.token_embedding.weight", "decoder/embeddings/weight")
    return {"dims": network.dimensions(layers), "model_state_dict": network.state}


@dataclass
class _Network:
    """Variables under CTranslate2's names, moved over to openai-whisper's."""

    variables: "Variables"
    state: dict[str, Any] = field(default_factory=dict)

    def put(self, target: str, source: str, rows: slice = slice(None)) -> None:
        import torch

        part = np.array(self.variables[source][rows])
        self.state[target] = torch.from_numpy(part).to(torch.float16)

    def norm(self, target: str, source: str) -> None:
        self.put(f"{target}.weight", f"{source}/gamma")
        self.put(f"{target}.bias", f"{source}/beta")

    def linear(self, target: str, source: str, rows: slice = slice(None)) -> None:
        self.put(f"{target}.weight", f"{source}/weight", rows)
        if not target.endswith(".key"):  # openai-whisper's keys have no bias; here it is all zeros
            self.put(f"{target}.bias", f"{source}/bias", rows)

    def attention(self, target: str, source: str) -> None:
        """CTranslate2 keeps Q, K and V of self-attention as one, and K and V of cross-attention."""
        cross = source.endswith("/attention")
        width = self.variables[f"{source}/linear_0/weight"].shape[1]
        first, second, third = (slice(i * width, (i + 1) * width) for i in range(3))
        kv, k, v = ("linear_1", first, second) if cross else ("linear_0", second, third)
        self.linear(f"{target}.query", f"{source}/linear_0", first)
        self.linear(f"{target}.key", f"{source}/{kv}", k)
        self.linear(f"{target}.value", f"{source}/{kv}", v)
        self.linear(f"{target}.out", f"{source}/{'linear_2' if cross else 'linear_1'}")
        self.norm(f"{target}_ln", f"{source}/layer_norm")

    def side(self, side: str) -> int:
        """Move the encoder or the decoder over, and count its layers."""
        self.put(f"{side}.positional_embedding", f"{side}/position_encodings/encodings")
        layers = sum(
            name.startswith(side) and name.endswith("/ffn/linear_0/weight")
            for name in self.variables
        )
        for i in range(layers):
            target, source = f"{side}.blocks.{i}", f"{side}/layer_{i}"
            self.attention(f"{target}.attn", f"{source}/self_attention")
            if side == "decoder":
                self.attention(f"{target}.cross_attn", f"{source}/attention")
            self.linear(f"{target}.mlp.0", f"{source}/ffn/linear_0")
            self.linear(f"{target}.mlp.2", f"{source}/ffn/linear_1")
            self.norm(f"{target}.mlp_ln", f"{source}/ffn/layer_norm")
        return layers

    def dimensions(self, layers: dict[str, int]) -> dict[str, int]:
        found = {
            "n_mels": self.state["encoder.conv1.weight"].shape[1],
            "n_vocab": self.state["decoder.token_embedding.weight"].shape[0],
        }
        for side, kind in (("encoder", "audio"), ("decoder", "text")):
            context, width = self.state[f"{side}.positional_embedding"].shape
            found |= {
                f"n_{kind}_ctx": context,
                f"n_{kind}_state": width,
                f"n_{kind}_head": int(self.variables[f"{side}/num_heads"]),
                f"n_{kind}_layer": layers[side],
            }
        return found


@dataclass
class _Cursor:
    """A place in the bytes of a model.bin."""

    data: memoryview
    place: int = 0

    def number(self, kind: str) -> int:
        size = struct.calcsize(f"<{kind}")
        found: int = struct.unpack(f"<{kind}", self.bytes(size))[0]
        return found

    def text(self) -> str:
        return bytes(self.bytes(self.number("H"))[:-1]).decode()

    def bytes(self, size: int) -> memoryview:
        self.place += size
        if self.place > len(self.data):
            raise NotAModel("it is cut short")
        return self.data[self.place - size : self.place]


def _read(file: Path) -> "Variables":
    cursor = _Cursor(memoryview(file.read_bytes()))
    if (version := cursor.number("I")) not in (4, 5, 6):
        raise NotAModel(f"it has CTranslate2's binary version {version}, not 4 to 6")
    if (name := cursor.text()) != "WhisperSpec":
        raise NotAModel(f"it is a {name}, not a WhisperSpec")
    cursor.number("I")  # revision
    variables: Variables = {}
    for _ in range(cursor.number("I")):
        name = cursor.text()
        shape = tuple(cursor.number("I") for _ in range(cursor.number("B")))
        kind, size = cursor.number("B"), cursor.number("I")
        if kind not in NUMBERS:
            raise NotAModel(f"{name} is stored in a kind of number that is not known here ({kind})")
        variables[name] = np.frombuffer(cursor.bytes(size), NUMBERS[kind]).reshape(shape)
    for _ in range(cursor.number("I")):
        alias, target = cursor.text(), cursor.text()
        variables[alias] = variables[target]
    return _unscaled(variables)


def _unscaled(variables: "Variables") -> "Variables":
    """Whole numbers back to fractions: stored = fraction * scale."""
    for name, scale in list(variables.items()):
        weight = variables.get(name.removesuffix("_scale"))
        if not name.endswith("_scale") or weight is None or weight.dtype.kind != "i":
            continue
        wide = scale.astype("<f4").reshape(scale.shape + (1,) * (weight.ndim - scale.ndim))
        variables[name.removesuffix("_scale")] = weight.astype("<f4") / wide
    return variables
