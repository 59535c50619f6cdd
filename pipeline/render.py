"""Interview -> pages: all that a published folder holds, written as files.

Markdown, the web page, the picture and the transcripts are drawn by engines; what each file of
data/ holds is the table below. docs/contract.md describes them all.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pipeline import store
from pipeline.config import RenderOptions
from pipeline.engines.moments import in_article, in_page
from pipeline.engines.outside import plain, web_address
from pipeline.engines.pages import article, front_matter, page, timeline, transcript
from pipeline.engines.pages.front_matter import Quoted
from pipeline.engines.voices import rttm
from pipeline.model import (
    Article,
    Edited,
    Hearing,
    Interview,
    Page,
    Pages,
    Receipt,
    Speaker,
    Topic,
    Transcript,
    Turn,
    Video,
    Voice,
    Written,
)

VERSION: Final = 6

Status = Literal["ready", "needs_review"]


@dataclass(frozen=True)
class DataFile:
    """One file for scripts to read: a noun of `model` as JSON."""

    kind: Any  # for its JSON Schema
    of: Callable[[Interview], object]


# Names and fields are a contract: some may come, none may change or go.
DATA: Mapping[str, DataFile] = {
    "receipt.json": DataFile(Receipt, lambda it: it.receipt),
    "data/video.json": DataFile(Video, lambda it: it.video),
    "data/transcript.json": DataFile(Transcript, lambda it: it.transcript),
    "data/voices.json": DataFile(tuple[Voice, ...], lambda it: it.voices.spans),
    "data/turns.json": DataFile(tuple[Turn, ...], lambda it: it.turns.turns),
    "data/speakers.json": DataFile(tuple[Speaker, ...], lambda it: it.speakers),
    "data/edited.json": DataFile(Edited, lambda it: it.edited),
    "data/topics.json": DataFile(tuple[Topic, ...], lambda it: it.topics),
    "data/article.json": DataFile(Article, lambda it: it.article),
    "data/hearing.json": DataFile(Hearing, lambda it: it.hearing),
}


def render(interview: Interview, options: RenderOptions, *, folder: Path) -> Pages:
    """Write every page of an interview into `folder`."""
    links = in_article(interview.video)
    texts = {
        "transcript.md": transcript.to_markdown(interview, links),
        "transcript.vtt": transcript.to_vtt(interview),
        "data/voices.rttm": rttm.written(interview.voices.spans, interview.video.id),
        **{name: readable(data.of(interview)) for name, data in DATA.items()},
        **written_out(interview, options),
    }
    for other in interview.others:
        texts |= beside(interview, other, options)
    receipts = (interview.receipt, *(other.receipt for other in interview.others))
    status: Status = "ready" if all(r.status == "ready" for r in receipts) else "needs_review"
    files = tuple(_written(folder, name, text) for name, text in sorted(texts.items()))
    listening = interview.audio.listening if interview.audio else None
    return Pages(folder, files, listening, status)


def written_out(interview: Interview, options: RenderOptions) -> dict[str, str]:
    """The files that change with the article and its receipt, by name."""
    picture = timeline.draw(interview) if options.timeline else None
    links = in_article(interview.video)
    texts = {
        "article.md": front_matter.written(_fields(interview))
        + article.to_markdown(interview, links, heading=options.heading),
        "receipt.json": readable(interview.receipt),
        "data/article.json": readable(interview.article),
    }
    if picture:
        texts["timeline.svg"] = picture
    if options.html:
        body = article.to_markdown(interview, in_page(interview.video, interview.audio))
        texts["article.html"] = page.to_html(interview, body, picture)
    return texts


def beside(interview: Interview, other: Written, options: RenderOptions) -> dict[str, str]:
    """The files of one more style: its article and its receipt, named for it."""
    style = other.article.style
    one = replace(interview, article=other.article, receipt=other.receipt, others=())
    links = in_article(interview.video)
    texts = {
        f"article-{style}.md": front_matter.written(_fields(one))
        + article.to_markdown(one, links, heading=options.heading),
        f"receipt-{style}.json": readable(other.receipt),
        f"data/article-{style}.json": readable(other.article),
    }
    if options.html:
        body = article.to_markdown(one, in_page(interview.video, interview.audio))
        # The picture shows which seconds an article quotes: each has its own.
        own = timeline.draw(one) if options.timeline else None
        texts[f"article-{style}.html"] = page.to_html(one, body, own)
    return texts


def _written(folder: Path, name: str, text: str) -> Page:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    store.write_whole(path, text.encode())
    return Page(name, store.digest(path))


def readable(noun: object) -> str:
    """JSON with one thing a line: it can be read, searched and compared."""
    value = json.loads(store.dump(noun))
    if isinstance(value, list):
        return _items(value, "") + "\n"
    lines = (f"  {_json(key)}: {_items(part, '  ')}" for key, part in value.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _items(value: object, indent: str) -> str:
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return _json(value)
    return "[\n" + ",\n".join(f"{indent}  {_json(item)}" for item in value) + f"\n{indent}]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- front matter ---


def _fields(interview: Interview) -> dict[str, object]:
    """What Hugo, Jekyll and Astro read. Not `url`, `slug`, `type` …: those steer the site."""
    video, written, receipt = interview.video, interview.article, interview.receipt
    fields = {
        "title": _quoted(written.title),
        "date": _day(video.published),
        "description": _quoted(written.standfirst),
        "reading_time": article.reading_minutes(written),
        # Hugo and most Astro themes publish no drafts, so an unproven article stays off the site.
        "draft": not interview.passes,
        "source": _quoted(web_address(video.url)),
        "source_title": _quoted(video.title),
        "channel": _quoted(video.channel),
        "speakers": [
            {
                "name": _quoted(speaker.name),
                "role": speaker.role,
            }
            for speaker in interview.speakers
            if speaker.role != "other" or speaker.name
        ],
        "style": _quoted(written.style),
        "status": receipt.status,
        "review": interview.decision.status if interview.decision else None,
        "writer": _quoted(written.writer),
        "engine": _quoted(interview.transcript.engine),
        "model": _quoted(interview.transcript.model),
        "voices": _quoted(interview.voices.engine),
        "receipt": _figures(interview),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _figures(interview: Interview) -> dict[str, object]:
    checks, coverage = interview.receipt.checks, interview.receipt.coverage
    return {
        "checks": len(checks),
        "checks_passed": sum(check.passed for check in checks),
        "topics": coverage.topics,
        "topics_covered": coverage.topics_covered,
        "quoted_seconds": round(coverage.quoted_seconds),
        "speech_seconds": round(coverage.speech_seconds),
    }


def _quoted(text: str | None) -> Quoted | None:
    return Quoted(plain(text)) if text else None


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat((said or "")[:10])
    except ValueError:
        return None
