"""How fast the page for reviewing is with 1 000 articles and three hours of talk.

`python -m benchmarks.review [--write docs/benchmarks.md]`; server time, in this process, the best
of seven: others work on this machine. What it makes is in a temporary folder, and gone afterwards.
"""

import argparse
import json
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.testclient import TestClient

from pipeline import store
from pipeline.model import Edited, Interview, Topic, Turns, Word
from review import app, safety
from review.search import Index
from tests import drafts

HOURS = 3.0
ARTICLES = 1000
TIMES = 7
MARKS = ("<!-- review -->", "<!-- /review -->")


@dataclass(frozen=True)
class Row:
    """One measurement, and what it should be below."""

    what: str
    value: float
    unit: str
    below: float | None = None


def long_interview() -> Interview:
    """The lighthouse keeper's interview, again and again, until it lasts three hours."""
    made = drafts.interview(replace(drafts.vik.VIDEO, id="long", title="Three hours at Vik"))
    lasts, count = made.transcript.words[-1].end + 1, len(made.transcript.words)
    times = round(HOURS * 3600 / lasts)
    words: list[Word] = []
    turns, sentences, dropped, topics = [], list(made.edited.sentences), [], list[Topic]()
    sentences = []
    for n in range(times):
        later, first = n * lasts, n * count

        def moved(one, name=""):  # type: ignore[no-untyped-def]
            span = (one.words[0] + first, one.words[1] + first)  # noqa: B023
            place = {"start": one.start + later, "end": one.end + later}  # noqa: B023
            return replace(one, words=span, **place, **({"turn": name} if name else {}))

        words += [
            replace(w, start=w.start + later, end=w.end + later) for w in made.transcript.words
        ]
        turns += [replace(moved(t), id=f"{t.id}n{n}") for t in made.turns.turns]
        sentences += [
            replace(moved(s, f"{s.turn}n{n}"), id=f"{s.id}n{n}") for s in made.edited.sentences
        ]
        dropped += [moved(d, f"{d.turn}n{n}") for d in made.edited.dropped]
        ends = (turns[-len(made.turns.turns)].id, turns[-1].id)
        topics.append(Topic(f"T{n}", f"Round {n + 1}", later, later + lasts, ends, "found"))
    ids = {turn.id: f"{turn.id}n0" for turn in made.turns.turns}
    questions = tuple(
        replace(
            q,
            from_turns=tuple(ids[turn] for turn in q.from_turns),
            answer=tuple(replace(s, cites=tuple(ids[c] for c in s.cites)) for s in q.answer),
        )
        for q in made.article.questions
    )
    return replace(
        made,
        video=replace(made.video, duration=words[-1].end),
        transcript=replace(made.transcript, words=tuple(words)),
        turns=Turns(tuple(turns)),
        edited=Edited(tuple(sentences), tuple(dropped)),
        topics=tuple(topics),
        article=replace(made.article, questions=questions),
    )


def shelf(output: Path, articles: int) -> Path:
    """So many drafts, and the long one; gives the long one's folder."""
    one = drafts.put(output)
    about = json.loads((one / "data" / "video.json").read_bytes())
    written = json.loads((one / "data" / "article.json").read_bytes())
    for number in range(1, articles):
        folder = output / f"2025-01-01-talk-number-{number}-{number:04}"
        shutil.copytree(one, folder, copy_function=_link)
        for name, told in (
            ("video", about | {"id": f"{number:04}", "title": f"Talk number {number}"}),
            ("article", written | {"title": f"Talk number {number}"}),
        ):
            (folder / "data" / f"{name}.json").unlink()
            (folder / "data" / f"{name}.json").write_text(json.dumps(told))
    return drafts.put(output, long_interview())


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def measured(articles: int) -> Iterator[Row]:
    """Everything, in the order of the table."""
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / "output"
        output.mkdir()
        folder = shelf(output, articles)
        kept = output / ".work" / "review"
        guard = safety.guard(kept, "127.0.0.1")
        page = app.create(output, drafts.rules(), guard, Index(output, kept, drafts.rules()))
        client = TestClient(page, base_url="http://127.0.0.1")

        def get(path: str) -> Callable[[], None]:
            def ask() -> None:
                answer = client.get(path)
                assert answer.status_code == 200, answer.text[:300]

            return ask

        yield Row("first look at all files (index made)", once(get("/")), "s")
        yield Row("shelf", best(get("/")), "ms", 200)
        yield Row("search, a word of every transcript", best(get("/?q=lighthouse")), "ms", 100)
        yield Row("search, the commonest word", best(get("/?q=the")), "ms", 100)
        yield Row("search, a word begun", best(get("/?q=grandm")), "ms", 100)
        desk = f"/drafts/{folder.name}"
        yield Row("desk of three hours, first time", 1000 * once(get(desk)), "ms", 500)
        yield Row("desk of three hours", best(get(desk)), "ms", 500)
        yield Row("its transcript, loaded after", best(get(f"{desk}/transcript")), "ms")

        def mend(number: int) -> None:
            stamp = re.search(r'id="stamp"[^>]*value="(\w+)"', client.get(desk).text)
            assert stamp
            told = {"stamp": stamp[1], "way": "reword", "where": "a1.1", "text": f"Word {number}."}
            begun.append(time.perf_counter())
            answer = client.post(f"{desk}/mend", data=told, headers={"x-token": guard.token})
            begun[-1] = time.perf_counter() - begun[-1]
            assert "is not what was said there" in answer.text

        begun = list[float]()
        for number in range(TIMES):
            mend(number)
        yield Row("a sentence changed, checked and saved", 1000 * min(begun), "ms", 300)
        # The making of the drafts is in it too: the page alone has less.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Row("memory at its highest", peak, "MB", 300)


def once(ask: Callable[[], None]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    ask()
    return time.perf_counter() - begun


def best(ask: Callable[[], None]) -> float:
    """Milliseconds."""
    return 1000 * min(once(ask) for _ in range(TIMES))


def table(rows: list[Row]) -> str:
    """As Markdown."""
    lines = ["| what | measured | should be below |", "|---|---|---|"]
    for row in rows:
        below = f"{row.below:g} {row.unit}" if row.below else ""
        value = f"{row.value:.1f}" if row.unit == "s" else f"{row.value:.0f}"
        lines.append(f"| {row.what} | {value} {row.unit} | {below} |")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and write into a page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--write", type=Path, metavar="FILE")
    args = parser.parse_args()
    rows = list(measured(args.articles))
    print(table(rows))
    if args.write:
        text = args.write.read_text("utf-8")
        before, rest = text.split(MARKS[0], 1)
        after = rest.split(MARKS[1], 1)[1]
        new = f"{before}{MARKS[0]}\n{table(rows)}\n{MARKS[1]}{after}"
        store.write_whole(args.write, new.encode())
    return 1 if any(row.below and row.value > row.below for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
