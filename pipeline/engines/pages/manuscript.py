"""An article as it lies in its folder, with all that a person has changed in it since."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.engines.outside import plain
from pipeline.engines.pages import front_matter
from pipeline.errors import BrokenFolder, NotWritten
from pipeline.model import Article, Receipt, Transcript, Video


@dataclass(frozen=True)
class Manuscript:
    """What an export is made of: the edited Markdown, and the facts it was made from."""

    name: str  # of its folder and style, for a file
    front: Mapping[str, Any]  # front matter, the person's own fields too
    body: str  # Markdown
    video: Video
    receipt: Receipt
    language: str
    timeline: str | None  # SVG

    def told(self, field: str) -> str:
        """A field of the front matter as one plain line; "" where there is none."""
        value = self.front.get(field)
        return "" if value is None else plain(str(value))

    @property
    def minutes(self) -> int:
        """That it takes to read; 0 where the front matter does not say it any more."""
        value = self.front.get("reading_time")
        return value if isinstance(value, int) and value > 0 else 0

    @property
    def people(self) -> list[tuple[str, str]]:
        """Name and role of each speaker who is known."""
        speakers = self.front.get("speakers")
        listed = speakers if isinstance(speakers, list) else []
        told = [speaker for speaker in listed if isinstance(speaker, Mapping)]
        return [(str(one["name"]), str(one.get("role"))) for one in told if one.get("name")]


def read(folder: Path, style: str | None = None) -> Manuscript:
    """The article of a published folder, in that style. Raises NotWritten, BrokenFolder."""
    try:
        main = store.load(Article, (folder / "data" / "article.json").read_bytes()).style
        suffix = "" if style in (None, main) else f"-{style}"
        file = folder / f"article{suffix}.md"
        if not file.is_file():
            others = sorted(
                one.stem.removeprefix("article-") for one in folder.glob("article-*.md")
            )
            raise NotWritten(style or main, folder, ", ".join([main, *others]))
        front, body = front_matter.read(file.read_text(encoding="utf-8-sig"))
        picture = folder / "timeline.svg"  # of the main style: what it quotes is marked in it
        return Manuscript(
            name=f"{folder.resolve().name}{suffix}",
            front=front,
            body=body,
            video=store.load(Video, (folder / "data" / "video.json").read_bytes()),
            receipt=store.load(Receipt, (folder / f"receipt{suffix}.json").read_bytes()),
            language=store.load(
                Transcript, (folder / "data" / "transcript.json").read_bytes()
            ).language,
            timeline=picture.read_text(encoding="utf-8")
            if picture.is_file() and not suffix
            else None,
        )
    except (OSError, ValueError) as error:
        raise BrokenFolder(folder, str(error)) from error


_TIME = re.compile(r"\[(\d+:\d\d(?::\d\d)?)\](?:\(([^()\s]+)\))?")


def with_times(body: str) -> str:
    """Its times as the look of the web page wants them."""
    return _TIME.sub(_time, body)


def _time(match: re.Match[str]) -> str:
    if match[2] is None:
        return f'<span class="time">{match[1]}</span>'
    return f'<a class="time" href="{html.escape(match[2])}">{match[1]}</a>'
