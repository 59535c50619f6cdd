"""A published folder -> a file for somewhere else: Word, Hugo, Ghost, or one web page.

What is exported is article.md as it lies there, with all that a person changed in it.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import store
from pipeline.engines.pages import manuscript
from pipeline.engines.pages.manuscript import Manuscript
from pipeline.errors import AlreadyThere


@dataclass(frozen=True)
class Format:
    """Something an article can become."""

    ending: str  # of its file; "": it is a folder
    made: str  # where the function lives; its files by name, the only one is called ""


# name on the command line -> what it is; imported on first use
FORMATS: Mapping[str, Format] = {
    "html": Format(".html", "pipeline.engines.pages.export_html:page_of"),
    "docx": Format(".docx", "pipeline.engines.pages.export_docx:document_of"),
    "hugo": Format("", "pipeline.engines.pages.export_hugo:bundle_of"),
    "ghost": Format(".ghost.json", "pipeline.engines.pages.export_ghost:import_of"),
}


def export(folder: Path, to: str, style: str | None, out: Path, *, into: bool = False) -> Path:
    """Write an article's export to `out`, or `into` it as a folder; returns the place.

    A folder that is there is one in any case, and what a bundle goes to always is.
    Raises NotWritten, BrokenFolder, AlreadyThere, NotWritable, DiskFull.
    """
    name, made = files(folder, to, style)
    ending = FORMATS[to].ending
    if into or out.is_dir() or not ending:
        target = out / f"{name}{ending}"
    else:
        target = out if out.suffix else out.with_name(f"{out.name}{ending}")
    if target.exists():
        raise AlreadyThere(target)
    with store.refusals_are_told(target):
        for file, data in made.items():
            path = target / file if file else target
            path.parent.mkdir(parents=True, exist_ok=True)
            store.write_whole(path, data)
    return target


def files(folder: Path, to: str, style: str | None) -> tuple[str, dict[str, bytes]]:
    """What the export is called, and its files by name; the only one is called "".

    Raises NotWritten, BrokenFolder.
    """
    article = manuscript.read(folder, style)
    module, name = FORMATS[to].made.split(":")
    make: Callable[[Manuscript], dict[str, bytes]] = getattr(importlib.import_module(module), name)
    return article.name, make(article)
