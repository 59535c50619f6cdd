"""What was made, week by week: counted from output/ itself, each time anew.

A step's time is that of its file: who copies output/ elsewhere should keep times (`cp -a`).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.engines.language_models import spending
from pipeline.engines.pages.weeks import Week, dollars, whole

WEEK = timedelta(days=7)
BAR = 20  # characters


def weeks(output: Path, most: int, today: date) -> list[Week]:
    """The last weeks, oldest first, from the first in which anything was made."""
    found: dict[date, Week] = {}
    for happened, what in _happened(output):
        monday = happened - timedelta(days=happened.weekday())
        before = found.get(monday, Week(monday))
        counts = {name: getattr(before, name) + much for name, much in what.items()}
        found[monday] = replace(before, **counts)
    if not found:
        return []
    this = today - timedelta(days=today.weekday())
    first = max(min(found), this - (most - 1) * WEEK)
    mondays = (first + number * WEEK for number in range((this - first).days // 7 + 1))
    return [found.get(monday, Week(monday)) for monday in mondays]


def _happened(output: Path) -> Iterator[tuple[date, dict[str, Any]]]:
    """What was made on which day (UTC)."""
    counted = set[Path]()
    for work in sorted(output.glob(".work/*/")):
        for spent in spending.of(work):
            yield spent.day, {"cost": spent.cost}
        if (heard := work / "transcribe.json").is_file():
            yield _day(heard), {"heard": _duration(work)}
        published = _read(work / "publish.json").get("result")
        if isinstance(published, dict) and isinstance(published.get("folder"), str):
            counted.add(Path(published["folder"]).absolute())
            yield _day(work / "publish.json"), {_column(published.get("status")): 1}
    for record in sorted(output.glob("*/data/published.json")):
        folder = record.parent.parent.absolute()
        if folder not in counted:  # its steps were deleted by hand
            yield _day(record), {_column(_read(folder / "receipt.json").get("status")): 1}
            yield _day(record), {"heard": _seconds(_read(record.with_name("video.json")))}
    for failure in sorted(output.glob(".failed/*.json")):
        yield _day(failure), {"failed": 1}


def _column(status: object) -> str:
    return "ready" if status == "ready" else "review"


def _duration(work: Path) -> float:
    """Of the sound that was prepared; where there is none, as the publisher says."""
    prepared = _read(work / "prepare.json").get("result")
    downloaded = _read(work / "download.json").get("result")
    told = downloaded.get("video") if isinstance(downloaded, dict) else None
    return _seconds(prepared) or _seconds(told)


def _seconds(facts: object) -> float:
    told = facts.get("duration") if isinstance(facts, dict) else None
    return float(told) if isinstance(told, int | float) else 0.0


def _day(file: Path) -> date:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date()


def _read(file: Path) -> dict[str, Any]:
    """What a file says; nothing where it cannot be read, or says something else."""
    try:
        told = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def table(found: Sequence[Week]) -> Iterator[str]:
    """For a terminal: a line a week, oldest first, and the sum."""
    heads = ("minutes", "articles", "to review", "failures", "cost")
    yield f"{'week of':10} " + " ".join(f"{head:>9}" for head in heads)
    most = max(week.minutes for week in found)
    for week in found:
        bar = "▇" * round(BAR * week.minutes / most) if most else ""
        yield f"{week.monday!s:10} {_cells(week)}  {bar}".rstrip()
    total = Week(
        found[0].monday,
        sum(week.heard for week in found),
        sum(week.ready for week in found),
        sum(week.review for week in found),
        sum(week.failed for week in found),
        sum(week.cost for week in found),
    )
    yield f"{'all':10} {_cells(total)}"


def _cells(week: Week) -> str:
    told = map(whole, (week.minutes, week.articles, week.review, week.failed))
    return " ".join(f"{cell:>9}" for cell in (*told, dollars(week.cost)))
