"""A run of the sample interview, and where it left what it made."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.cli import main

SAMPLE = Path(__file__).parent / "sample"
AUDIO = SAMPLE / "tide-mill.opus"
INFO = SAMPLE / "tide-mill.info.json"
GOLDEN = SAMPLE.parent / "golden" / "tide-mill"
STAGES = [
    "download",
    "glossary",
    "prepare",
    "transcribe",
    "correct",
    "diarize",
    "attribute",
    "identify",
    "edit",
    "outline",
    "compose",
    "verify",
    "render",
    "publish",
]


@dataclass(frozen=True)
class Run:
    """One finished run of the sample."""

    output: Path
    but: tuple[str, ...] = ()  # what else lies there

    @property
    def folder(self) -> Path:
        (found,) = (
            path
            for path in self.output.iterdir()
            if not path.name.startswith(".") and path.name not in self.but
        )
        return found

    def data(self, name: str) -> Any:
        return json.loads((self.folder / "data" / f"{name}.json").read_text("utf-8"))

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def mytake(output: Path, *more: str) -> int:
    return main(["run", str(AUDIO), "--info", str(INFO), "--out", str(output), *more])


def replaying(folder: Path) -> Path:
    """A configuration in `folder` that plays the golden hearing back, and waits for nobody.

    Nor does it make the small copy for listening, which would take two thirds of a run.
    """
    file = folder / "config" / "mytake.toml"
    file.parent.mkdir()
    (file.parent / "styles").symlink_to(SAMPLE.parent.parent / "config" / "styles")
    transcript, voices = (
        json.dumps(str(GOLDEN / f"{name}.json")) for name in ("transcript", "voices")
    )
    file.write_text(
        "[download]\nsleep = 0\n[limits]\nbetween = 0\n[prepare]\nlistening_copy = false\n"
        f'[transcribe]\nengine = "replay"\nreplay = {transcript}\n'
        f'[diarize]\nengine = "replay"\nreplay = {voices}\n'
    )
    return file
