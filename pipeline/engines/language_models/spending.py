"""What language models cost, day by day: a line a request, beside the steps of its recording.

A step that is done again empties its own folder; what was spent stays spent.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

FILE: Final = "spent.jsonl"


@dataclass(frozen=True, slots=True)
class Spent:
    """One request that was sent."""

    at: str  # ISO, UTC
    model: str
    read: int  # tokens
    written: int
    cost: float  # US dollars

    @property
    def day(self) -> date:
        """On which it was sent (UTC)."""
        return datetime.fromisoformat(self.at).date()


def note(work: Path, model: str, read: int, written: int, cost: float) -> None:
    """Add a request to what a recording has cost."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps(asdict(Spent(now, model, read, written, cost)))
    with (work / FILE).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def of(work: Path) -> Iterator[Spent]:
    """What one recording has cost; a line that a killed run left half is none."""
    try:
        lines = (work / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            spent = Spent(**json.loads(line))
            datetime.fromisoformat(spent.at)
        except (ValueError, TypeError):
            continue
        yield spent


def on(day: date, works: Path) -> float:
    """What all recordings in output/.work cost on that day."""
    return sum(
        spent.cost for file in works.glob(f"*/{FILE}") for spent in of(file.parent)
        if spent.day == day
    )  # fmt: skip
