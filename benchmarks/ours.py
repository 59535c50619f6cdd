"""mytake itself, as a contender: the very path that `mytake run` takes, stopped where asked.

This is the one place where the benchmark touches the stages. It names three of them; what comes
before, between and after follows flows/path.py.
"""

import contextlib
import tempfile
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from flows import path
from pipeline import store
from pipeline.attribute import attribute
from pipeline.config import AttributeOptions, Config, load, load_style
from pipeline.engines.audio.wav import RATE
from pipeline.errors import NoSpeech
from pipeline.model import Source, Transcript, Turns, Voice, Voices

T = TypeVar("T")

CONFIG = Path(__file__).parent.parent / "config"
LISTENS = "transcribe"  # before it, files are read and decoded: every contender is spared that
# What is wanted -> the stage before which to stop; an article: none.
UNTIL = {"words": "diarize", "voices": "attribute", "who": "edit", "article": ""}
NO_WORDS = Transcript("und", "whisper", "none", None, ())


class Enough(Exception):
    """All that was asked for is there."""


@dataclass
class Steps:
    """The path's `step`: runs the stages in `work`, notes results and CPU seconds, and stops."""

    work: store.Work
    until: str
    words_wanted: bool
    listens: Callable[[], None]
    results: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, stage: Callable[..., T], *inputs: object, variant: str = "") -> T:
        name = stage.__name__
        if name == self.until:
            raise Enough
        if name == LISTENS:
            self.listens()
            if not self.words_wanted:  # voices alone: found by ear, whatever is said
                return NO_WORDS  # type: ignore[return-value]
        begun = time.process_time()
        result = self.work.step(stage, *inputs, variant=variant)
        self.results[name] = result
        self.seconds[name] = time.process_time() - begun
        return result

    def last(self, kind: type[T]) -> T | None:
        """The latest result of a kind: of transcripts the corrected one."""
        found = [result for result in self.results.values() if isinstance(result, kind)]
        return found[-1] if found else None


def run(
    wanted: str,
    sound: Path,
    info: Path | None,
    folder: Path,
    threads: int,
    given: int | None,
    words_wanted: bool,
    ready: Callable[[], None],
) -> dict[str, Any]:
    """The nouns that came out, as their JSON, and CPU seconds of each stage."""
    config = _config(threads, given)
    warm_up(wanted, config, words_wanted)
    steps = _take(wanted, sound, info, folder, config, words_wanted, ready)
    transcript = steps.last(Transcript) or NO_WORDS
    return {
        "text": " ".join(word.text for word in transcript.words),
        "transcript": _json(transcript),
        "voices": _json(steps.last(Voices) or Voices("none", ())),
        "turns": _json(steps.last(Turns) or Turns(())),
        "speakers": _json(steps.results.get("identify", ())),
        "seconds": steps.seconds,
    }


def warm_up(wanted: str, config: Config, words_wanted: bool) -> None:
    """Load the networks, by listening to two seconds of faint noise."""
    with tempfile.TemporaryDirectory() as folder:
        noise = np.random.default_rng(0).normal(0, 100, 2 * RATE).astype("<i2")
        target = Path(folder) / "noise.wav"
        with wave.open(str(target), "wb") as wav:
            wav.setparams((1, 2, RATE, 0, "NONE", ""))
            wav.writeframes(noise.tobytes())
        _take(wanted, target, None, Path(folder) / "work", config, words_wanted, lambda: None)


def by_the_clock(transcript: Transcript, voices: tuple[Voice, ...]) -> Turns:
    """Each word to the voice that sounds longest at its time: what WhisperX does with words."""
    return attribute(transcript, Voices("replay", voices), None, AttributeOptions())


def _take(
    wanted: str,
    sound: Path,
    info: Path | None,
    folder: Path,
    config: Config,
    words_wanted: bool,
    listens: Callable[[], None],
) -> Steps:
    source = Source(
        "media",
        str(sound.absolute()),
        sound.stem,
        str(info) if info else None,
        store.digest(info) if info else None,
    )
    style = load_style(CONFIG / "styles", config.compose.style)
    with store.Work(folder / sound.stem) as work:
        steps = Steps(work, UNTIL[wanted], words_wanted, listens)
        # NoSpeech: mytake refuses to go on, so no word is invented.
        with contextlib.suppress(Enough, NoSpeech):
            path.write(source, config, style, folder / "output", steps)
    return steps


def _config(threads: int, given: int | None) -> Config:
    knobs: dict[str, dict[str, Any]] = {"transcribe": {"captions": "never"}, "diarize": {}}
    if threads:
        knobs["transcribe"]["threads"] = knobs["diarize"]["threads"] = threads
    if given:
        knobs["diarize"]["speakers"] = given
    return load(CONFIG / "mytake.toml", knobs)


def _json(noun: object) -> str:
    return store.dump(noun).decode()
