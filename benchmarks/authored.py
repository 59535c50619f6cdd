"""One interview through mytake, in a process of its own: its seconds and its bytes are its own.

python -m benchmarks.authored CAPTIONS INFO.json WORK OUT.json [--style NAME …] [--llm KNOBS]
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.contender import _cpu, _peak
from flows import path
from pipeline import store
from pipeline.config import load, load_style
from pipeline.errors import InterviewError
from pipeline.model import Article, Receipt, Source, Topic, Video

T = TypeVar("T")

CONFIG = Path(__file__).parent.parent / "config"
MAIN = "take"


@dataclass
class Steps:
    """The path's `step`: runs the stages, notes results and CPU seconds."""

    work: store.Work
    results: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, stage: Callable[..., T], *inputs: object, variant: str = "") -> T:
        name = f"{stage.__name__}-{variant}" if variant else stage.__name__
        begun = time.process_time()
        result = self.work.step(stage, *inputs, variant=variant)
        self.results[name], self.seconds[name] = result, time.process_time() - begun
        return result


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("captions", "info", "work", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--style", action="append", default=[])
    parser.add_argument("--llm", type=json.loads, help="knobs of [llm], as JSON")
    asked = parser.parse_args(argv)
    logging.disable(logging.WARNING)
    begun = time.monotonic()
    told = run(asked.captions, asked.info, asked.work, asked.style, asked.llm)
    told |= {"cpu": _cpu(), "wall": time.monotonic() - begun, "peak": _peak()}
    asked.out.write_text(json.dumps(told), encoding="utf-8")
    return 0


def run(
    captions: Path, info: Path, work: Path, styles: Sequence[str], llm: dict[str, Any] | None
) -> dict[str, Any]:
    """What came of it, style by style; why, where nothing could."""
    writer = {"compose": {"writer": "llm"}, "llm": llm} if llm else {}
    config = load(CONFIG / "mytake.toml", writer)
    main_style, *others = (load_style(CONFIG / "styles", name) for name in (MAIN, *styles))
    source = Source("captions", str(captions.absolute()), work.name, str(info), store.digest(info))
    with store.Work(work) as kept:
        steps = Steps(kept)
        refused = ""
        try:
            beside = dict(zip(styles, others, strict=True))
            path.write(source, config, main_style, work / "output", steps, beside)
        except InterviewError as error:
            refused = str(error)
        letters = [json.loads(file.read_bytes()) for file in work.glob("compose*/*.json")]
    told = {name: _figures(name, steps) for name in (MAIN, *styles) if _key(name) in steps.results}
    ends = [word.end for word in steps.results["correct"].words[-1:]]
    asked = [(one["read"], one["written"], one["seconds"]) for one in letters]
    return {
        "refused": refused, "lasts": sum(ends), "styles": told, "letters": asked,
        "steps": steps.seconds,
    }  # fmt: skip


def _key(style: str, stage: str = "compose") -> str:
    return stage if style == MAIN else f"{stage}-{style}"


def _figures(style: str, steps: Steps) -> dict[str, Any]:
    article: Article = steps.results[_key(style)]
    receipt: Receipt = steps.results[_key(style, "verify")]
    checks = {check.name: check.found for check in receipt.checks}
    edited = {one.words: one.text for one in steps.results["edit"].sentences}
    by_start = {one.start: one.text for one in steps.results["edit"].sentences}
    quotes = [one for one in article.statements if one.kind == "quote"]
    wrong = {found.split(" is ")[0] for found in (*checks["quotes"], *checks["attribution"])}
    chapters = _chapters(steps.results["download"].video, steps.results["outline"])
    return {
        "words": sum(len(one.text.split()) for one in article.statements),
        "quotes": len(quotes),
        "known": sum(edited.get(one.words) == one.text for one in quotes),
        "wrong": sorted(wrong),
        "contract": list(checks["contract"]),
        "reasons": [why for name, found in checks.items() if name != "speakers" for why in found],
        "thirds": receipt.coverage.thirds,
        "chapters": len(chapters),
        "told": sum(_told(*span, article) for span in chapters),
        "clauses": [
            (one.text, by_start.get(one.start, ""))
            for one in article.statements
            if one.kind == "paraphrase"
        ],
        "tasks": len(article.questions)
        + sum(one.form != "pull" for section in article.sections for one in section.passages),
        "fallbacks": [(one.where, one.reason) for one in article.fallbacks],
        "printed": [one.text for one in article.statements],
    }


def _chapters(video: Video, topics: Sequence[Topic]) -> list[tuple[float, float]]:
    """The publisher's; where there are none, the topics that were found."""
    return [(one.start, one.end) for one in video.chapters or topics]


def _told(start: float, end: float, article: Article) -> bool:
    """Whether something said in it is in the article, or half of it and more is listed as left out.

    Topics begin with a turn, chapters some seconds before or after.
    """
    said = any(start <= one.start < end for one in article.statements)
    gone = sum(max(0.0, min(end, o.end) - max(start, o.start)) for o in article.left_out)
    return said or gone >= (end - start) / 2


if __name__ == "__main__":
    sys.exit(main())
