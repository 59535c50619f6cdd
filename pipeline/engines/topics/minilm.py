"""Texts to points with all-MiniLM-L6-v2 (Apache-2.0), as an ONNX network of 22 MB."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import tokenizers

from pipeline.config import cores
from pipeline.engines import weights
from pipeline.engines.networks import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 256  # tokens; the model was trained on no more
BATCH = 8  # more are no faster, and at 32 three hours took 500 MB
KEPT = 512  # batches, 6 MB: each style, and each try of a model, asks for the same again


class MiniLM:
    """An `Embedder`. Sentences that mean alike lie close, in English best."""

    def __init__(self) -> None:
        network, tokens = weights.minilm()
        self._network = session(network, cores())
        self._inputs = {given.name for given in self._network.get_inputs()}
        self._tokenizer = tokenizers.Tokenizer.from_file(str(tokens))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()  # to the longest of its batch
        self._points = lru_cache(KEPT)(self._embed)

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Shape (texts, 384), rows of unit length. A row does not depend on its neighbours."""
        points = np.zeros((len(texts), 384), np.float32)
        # Like lengths together: a short text padded to a long one costs as much as the long one.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for begin in range(0, len(order), BATCH):
            places = order[begin : begin + BATCH]
            points[places] = self._points(tuple(texts[place] for place in places))
        return points

    def _embed(self, texts: tuple[str, ...]) -> "NDArray[np.float32]":
        encoded = self._tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([text.ids for text in encoded], np.int64),
            "attention_mask": np.array([text.attention_mask for text in encoded], np.int64),
            "token_type_ids": np.array([text.type_ids for text in encoded], np.int64),
        }
        states = self._network.run(
            None, {name: value for name, value in given.items() if name in self._inputs}
        )[0]
        mask = given["attention_mask"][..., None].astype(np.float32)
        means = (states * mask).sum(axis=1) / mask.sum(axis=1)
        unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True).clip(1e-9)
        return unit
