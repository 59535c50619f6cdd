"""A run of the sample interview, and where it left what it made."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.cli import main

SAMPLE = Path(__file__).parent / "sample"
AUDIO = SAMPLE / "tide-mill.opus"
INFO = SAMPLE / "tide-mill.info.json"
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
