"""The check pack: one page with a guest's quotations and their sound, to be sent for confirmation.

It is one file that needs no other and asks no server, so it can be mailed.
"""

import base64
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2

from pipeline.engines.audio import ffmpeg
from pipeline.engines.moments import clock, in_article
from pipeline.engines.pages.article import called
from pipeline.model import Interview, Statement
from review.draft import Draft, listening_copy

EDGE = 0.15  # seconds of sound kept before and after a quotation
LONGEST = 120.0  # seconds of one clip
PATIENCE = 60  # seconds for one clip


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence to confirm."""

    asked: str  # the question it answers, over the first sentence of its answer
    text: str
    quoted: bool
    at: str
    link: str | None
    sound: str | None  # a data: URL


def page(of: Draft, known: Interview) -> str:
    """The whole file."""
    guests = [s.id for s in known.speakers if s.role == "guest"]
    said = {statement.speaker for statement in known.article.statements}
    names = [called(known, guest) for guest in guests if guest in said]
    template = _environment().get_template("pack.html")
    return template.render(
        names=names, known=known, items=list(_items(of, known)), language=known.transcript.language
    )


@cache
def _environment() -> jinja2.Environment:
    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _items(of: Draft, known: Interview) -> Iterator[Item]:
    moments, copy = in_article(known.video), listening_copy(of.folder)
    for asked, one in _asked(known):
        sound = clip(copy, one.start - EDGE, one.end + EDGE) if copy else None
        yield Item(
            asked, one.text, one.kind == "quote", clock(one.start), moments.link(one.start), sound
        )


def _asked(known: Interview) -> Iterator[tuple[str, Statement]]:
    for question in known.article.questions:
        for place, one in enumerate(question.answer):
            yield ("" if place else question.text), one
    for section in known.article.sections:
        for passage in section.passages:
            for place, one in enumerate(passage.said):
                yield ("" if place else section.heading), one


def clip(path: Path, start: float, end: float) -> str | None:
    """Some seconds of sound as a data: URL; None where they cannot be cut out."""
    start = max(0.0, start)
    seconds = min(LONGEST, end - start)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "clip.m4a"
        command = [
            str(ffmpeg.binary("ffmpeg")),
            *("-v", "error", "-nostdin", "-ss", f"{start:.3f}", "-t", f"{seconds:.3f}"),
            *ffmpeg.ONLY_RECORDINGS,
            *("-i", f"file:{path.absolute()}", "-vn", "-ac", "1", "-c:a", "aac", "-b:a", "40k"),
            str(target),
        ]
        try:
            subprocess.run(  # noqa: S603 - no shell
                command, check=True, timeout=PATIENCE, capture_output=True,
                env=ffmpeg.environment(),
            )  # fmt: skip
            sound = target.read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None
    return f"data:audio/mp4;base64,{base64.b64encode(sound).decode()}"
