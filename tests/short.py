"""The sample's first 100 seconds: a run of it takes seconds, for what was heard is played back."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.cli import main
from pipeline.engines.audio import ffmpeg
from tests.runs import AUDIO

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "tide-mill"
SECONDS = 100


@dataclass(frozen=True)
class Short:
    """A recording, its configuration and where its article goes."""

    audio: Path
    config: Path
    output: Path

    def run(self, *more: str) -> int:
        where = ("--out", str(self.output), "--config", str(self.config))
        return main(["run", str(self.audio), *where, *more])

    @property
    def work(self) -> Path:
        (found,) = (path.parent for path in self.output.glob(".work/*/download.json"))
        return found

    @property
    def published(self) -> list[Path]:
        return [path for path in self.output.glob("*") if not path.name.startswith(".")]


def short(folder: Path, knobs: str = "", output: Path | None = None) -> Short:
    """Cut it, and write a configuration that hears nothing."""
    folder.mkdir(exist_ok=True)
    audio = folder / "mill.wav"
    cut = [str(ffmpeg.binary("ffmpeg")), "-v", "error", "-i", str(AUDIO), "-t", str(SECONDS)]
    subprocess.run([*cut, "-ac", "1", "-ar", "16000", str(audio)], check=True)
    told = json.loads((GOLDEN / "transcript.json").read_text("utf-8"))
    told["words"] = early(told["words"])
    voices = early(json.loads((GOLDEN / "voices.json").read_text("utf-8")))
    (folder / "transcript.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "voices.json").write_text(json.dumps(voices), encoding="utf-8")
    config = folder / "config" / "mytake.toml"
    config.parent.mkdir()
    (config.parent / "styles").symlink_to(ROOT / "config" / "styles")
    config.write_text(
        f'[transcribe]\nengine = "replay"\nreplay = "{folder / "transcript.json"}"\n'
        f'[diarize]\nengine = "replay"\nreplay = "{folder / "voices.json"}"\n'
        f"[render]\nhtml = true\n{knobs}",
        encoding="utf-8",
    )
    return Short(audio, config, output or folder / "out")


def early(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in told if one["end"] < SECONDS]
