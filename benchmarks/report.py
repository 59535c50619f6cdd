"""Markdown: one call of the benchmark, one table. What ran in two calls is not compared."""

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Run

LIBRARIES = ("faster-whisper", "ctranslate2", "onnxruntime", "torch", "numpy")


class MixedCalls(ValueError):
    """A comparison of things that were not measured together says nothing."""


@dataclass(frozen=True)
class Row:
    """A line of a table, and the calls in which its figures were measured."""

    cells: tuple[str, ...]
    calls: frozenset[str]

    @classmethod
    def of(cls, runs: Iterable[Run], *cells: str) -> "Row":
        return cls(cells, frozenset(run.call for run in runs))


def one_call(calls: Iterable[str]) -> None:
    """Raises MixedCalls where two figures come from two calls."""
    if len(found := sorted(set(calls))) > 1:
        raise MixedCalls(
            f"These were not measured in one call, but in {' and '.join(found)}: measure them"
            " together."
        )


def table(head: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Raises MixedCalls."""
    one_call(call for row in rows for call in row.calls)
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *(row.cells for row in rows)]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def put_into(page: str, parts: Mapping[str, str], bench: str = "hearing") -> str:
    """The page with these parts between their marks; what has no marks goes to the end."""
    for part, text in parts.items():
        first, last = f"<!-- {bench}: {part} -->", f"<!-- /{bench}: {part} -->"
        if first not in page:
            page = f"{page.rstrip()}\n\n{first}\n{last}\n"
        marked = f"{first}\n{text}\n{last}"
        before, _, rest = page.partition(first)
        page = f"{before}{marked}{rest.partition(last)[2]}"
    return page


def about(runs: Sequence[Run], command: str) -> str:
    """Where, when and with what it was measured."""
    loads = [run.load for run in runs if not run.failed]
    return measured(command, runs[0].call, under(loads, runs[0].threads), LIBRARIES)


def under(loads: Sequence[float], threads: int) -> str:
    """How busy the machine was, and what each took of it."""
    each = f"{threads} thread{'s' * (threads > 1)} each" if threads else "threads as they like"
    return f"load {min(loads, default=0.0):.1f} to {max(loads, default=0.0):.1f}, {each}"


def measured(command: str, call: str, how: str, libraries: Sequence[str]) -> str:
    """The line under a table: when, on what machine, how, and with which versions."""
    return (
        f"*{date.today():%d %B %Y}, `{command}`, call {call}: {_processor()}, "
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {how}; "
        + ", ".join(f"{library} {version(library)}" for library in libraries)
        + ".*"
    )


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", file.read_text("utf-8")) if file.is_file() else None
    return f"{platform.machine()} ({found[1]})" if found else platform.machine()
