"""How well is written, and at what price: the receipts of every interview there is, as Markdown.

    python -m benchmarks.writing                    without a model, in all five styles
    python -m benchmarks.writing sample lex         interviews whose names hold one of these
    python -m benchmarks.writing --model qwen       with that model, in the style `take` alone
    python -m benchmarks.writing --model qwen --minutes 20   begin no further interview after that
    python -m benchmarks.writing --write PAGE.md    put the tables between their marks there
    python -m benchmarks.writing --keep FOLDER      keep what was written: FOLDER/NAME.json

`make bench-writing` runs the first of these, `make bench-writing MODEL=qwen` the third;
docs/benchmarks.md tells what the columns mean. Each interview is written up in a process of its
own, one after the other.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import local_model, measure, report
from benchmarks.interviews import Interview, interviews
from benchmarks.report import Row

ROOT = Path(__file__).parent.parent
STYLES = ("take", "report", "essay", "feature", "brief")
LIBRARIES = {"written": ("onnxruntime", "numpy"), "model": ("xllamacpp", "pydantic-ai-slim")}

Figures = Mapping[str, Any]  # what benchmarks.authored tells of one interview


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print. Exit 2 for a name that no interview has."""
    asked = _parser().parse_args(argv)
    call = uuid.uuid4().hex[:12]
    with tempfile.TemporaryDirectory() as passing, contextlib.ExitStack() as stack:
        known = _chosen(asked.names, interviews(Path(passing)))
        llm = _model(asked.model, stack)
        found: dict[str, Figures] = {}
        loads = []
        for name, figures in _written(known, Path(passing), asked, llm):
            found[name] = figures
            loads.append(os.getloadavg()[0])
    part = "model" if asked.model else "written"
    lines = (model_table if asked.model else table)(found, call)
    about = report.measured(_command(asked), call, report.under(loads, 1), LIBRARIES[part])
    text = "\n".join([*lines, "", about])
    print(text)
    if asked.write:
        page = asked.write.read_text(encoding="utf-8")
        asked.write.write_text(report.put_into(page, {part: text}, "writing"), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="parts of interviews' names; none: all")
    parser.add_argument("--model", metavar="NAME_OR_GGUF", help="or smollm2, qwen")
    parser.add_argument("--minutes", type=float, default=20.0, help="with a model (default: 20)")
    parser.add_argument("--write", type=Path, metavar="PAGE.md")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    return parser


def _command(asked: argparse.Namespace) -> str:
    """What was asked, without the folders of this machine."""
    words = ["python -m benchmarks.writing", *asked.names]
    if asked.model:
        words += [f"--model {Path(asked.model).name} --minutes {asked.minutes:g}"]
    return " ".join(words)


def _chosen(names: Sequence[str], known: dict[str, Interview]) -> dict[str, Interview]:
    for name in names:
        if not any(name in each for each in known):
            _parser().error(f"no interview is called like '{name}'; there are: {', '.join(known)}")
    # In the order in which they are named: with a model there may be no time for all.
    return {each: known[each] for name in names or [""] for each in known if name in each}


def _model(name: str | None, stack: contextlib.ExitStack) -> dict[str, Any] | None:
    """The knobs of [llm] for a server with that model; None without one."""
    if name is None:
        return None
    sys.path.append(str(measure.PEERS))  # where its parts are, if they were installed
    try:
        file = local_model.file_of(name) if name in local_model.MODELS else Path(name)
        address = stack.enter_context(local_model.served(file))
    except local_model.NoModel as error:
        _parser().error(str(error))
    return {
        "model": file.stem, "base_url": address, "context": local_model.CONTEXT,
        "answer_tokens": 400, "tries": 2, "timeout": 900,
    }  # fmt: skip


def _written(
    known: Mapping[str, Interview],
    passing: Path,
    asked: argparse.Namespace,
    llm: dict[str, Any] | None,
) -> Iterator[tuple[str, Figures]]:
    begun = time.monotonic()
    for name, interview in known.items():
        if llm and time.monotonic() - begun > 60 * asked.minutes:
            print(f"{name}: not begun, the time is over", file=sys.stderr)
            continue
        figures = _author(interview, passing, llm)
        told = figures["refused"].splitlines()[:1] or [f"{figures['cpu']:.1f} CPU s"]
        print(f"{name}: {told[0]}", file=sys.stderr, flush=True)
        if asked.keep:
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"{name}.json").write_text(json.dumps(figures, indent=1), "utf-8")
        yield name, figures


def _author(interview: Interview, passing: Path, llm: dict[str, Any] | None) -> Figures:
    out = passing / f"{interview.name}.figures.json"
    command = [sys.executable, "-m", "benchmarks.authored", str(interview.captions)]
    command += [str(interview.info), str(passing / "work" / interview.name), str(out)]
    command += ["--llm", json.dumps(llm)] if llm else []
    for style in () if llm else STYLES[1:]:
        command += ["--style", style]
    alone = {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **alone}, check=True)
    figures: Figures = json.loads(out.read_text("utf-8"))
    return figures


# --- without a model ---

HEAD = (
    "", "min", "quotes right", "contract faults", "chapters told", "each third", "words",
    "take, s", "all five, s", "peak MB",
)  # fmt: skip


def table(found: Mapping[str, Figures], call: str) -> list[str]:
    """A line for each interview, of all styles together; below it what is wrong, word for word."""
    calls = frozenset({call})
    rows = [Row(_cells(name, figures), calls) for name, figures in found.items()]
    written = [figures for figures in found.values() if not figures["refused"]]
    if written:
        rows.append(Row(("**all**", *_sums(written)), calls))
    wrong = [
        f"- {name}, {style}: {reason}"
        for name, figures in found.items()
        for style, told in figures["styles"].items()
        for reason in told["reasons"]
    ]
    refused = [
        f"- {name} is refused: {' '.join(figures['refused'].split())}"
        for name, figures in found.items()
        if figures["refused"]
    ]
    return [*report.table(HEAD, rows), *([""] if wrong + refused else []), *wrong, *refused]


def _cells(name: str, figures: Figures) -> tuple[str, ...]:
    if figures["refused"]:
        return (name, f"{figures['lasts'] / 60:.0f}", *["—"] * (len(HEAD) - 3), _peak([figures]))
    return (name, *_sums([figures]))


def _sums(many: Sequence[Figures]) -> tuple[str, ...]:
    """Of one interview, or of all; seconds and bytes are those of the worst."""
    styles = [told for figures in many for told in figures["styles"].values()]
    by_name = [
        [figures["styles"][style]["words"] for figures in many if style in figures["styles"]]
        for style in STYLES
    ]
    return (
        f"{sum(figures['lasts'] for figures in many) / 60:.0f}",
        quotes_right(styles),
        str(sum(len(told["contract"]) for told in styles)),
        _share(sum(told["told"] for told in styles), sum(told["chapters"] for told in styles)),
        _share(sum(all(told["thirds"]) for told in styles), len(styles)),
        "/".join(str(round(sum(words) / max(1, len(words)))) for words in by_name),
        f"{max(map(_one_style, many)):.1f}",
        f"{max(figures['cpu'] for figures in many):.1f}",
        _peak(many),
    )


def _one_style(figures: Figures) -> float:
    """CPU seconds without the steps of the other styles."""
    return float(figures["cpu"] - sum(s for name, s in figures["steps"].items() if "-" in name))


def quotes_right(styles: Sequence[Figures]) -> str:
    """Quotations in which `verify` finds nothing wrong, of all."""
    places = {place for told in styles for place in told["wrong"]}
    return _share(sum(told["quotes"] for told in styles) - len(places), sum(
        told["quotes"] for told in styles
    ))  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}"


def _peak(many: Sequence[Figures]) -> str:
    return f"{max(figures['peak'] for figures in many) / 1e6:.0f}"


# --- with a model ---

MODEL_HEAD = (
    "", "min", "answers reworded", "clauses", "quotes right", "contract faults", "chapters told",
    "each third", "requests", "read", "written", "tokens/s", "s",
)  # fmt: skip


def model_table(found: Mapping[str, Figures], call: str) -> list[str]:
    """A line for each interview; below it each reason for which an answer fell back."""
    calls = frozenset({call})
    written = {name: figures for name, figures in found.items() if not figures["refused"]}
    rows = [Row((name, *_of_model([figures])), calls) for name, figures in written.items()]
    rows += [Row(("**all**", *_of_model(list(written.values()))), calls)] if written else []
    reasons = Counter(
        re.sub(r"\d+", "N", reason)
        for figures in written.values()
        for told in figures["styles"].values()
        for _, reason in told["fallbacks"]
    )
    refused = [f"- {name} is refused." for name in found if name not in written]
    wrong = [
        f"- {name}: {reason}"
        for name, figures in written.items()
        for told in figures["styles"].values()
        for reason in told["reasons"]
    ]
    told = [f"- {count} × {reason}" for reason, count in reasons.most_common()]
    return [*report.table(MODEL_HEAD, rows), "", *told, *wrong, *refused]


def _of_model(many: Sequence[Figures]) -> tuple[str, ...]:
    styles = [told for figures in many for told in figures["styles"].values()]
    tasks, fallen = (sum(len(t) if isinstance(t := told[key], list) else t for told in styles)
                     for key in ("tasks", "fallbacks"))  # fmt: skip
    letters = [letter for figures in many for letter in figures["letters"]]
    read, wrote, seconds = (sum(column) for column in zip(*letters, strict=True)) if letters else (
        0, 0, 0.0
    )  # fmt: skip
    return (
        f"{sum(figures['lasts'] for figures in many) / 60:.0f}",
        _share(tasks - fallen, tasks),
        str(sum(len(told["clauses"]) for told in styles)),
        quotes_right(styles),
        str(sum(len(told["contract"]) for told in styles)),
        _share(sum(told["told"] for told in styles), sum(told["chapters"] for told in styles)),
        _share(sum(all(told["thirds"]) for told in styles), len(styles)),
        str(len(letters)),
        str(read),
        str(wrote),
        f"{wrote / seconds:.1f}" if seconds else "—",
        f"{sum(figures['wall'] for figures in many):.0f}",
    )


if __name__ == "__main__":
    sys.exit(main())
