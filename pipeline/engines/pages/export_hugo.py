"""A manuscript as a page bundle of Hugo: a folder with index.md and its picture."""

import re

from pipeline.engines.pages import front_matter
from pipeline.engines.pages.manuscript import Manuscript

# A transcript that says {{< … >}} must not run on somebody's site, nor stop its build.
_SHORTCODE = re.compile(r"\{\{(?=[<%])")
PICTURE = "![Who spoke when, and about what](timeline.svg)\n"


def bundle_of(article: Manuscript) -> dict[str, bytes]:
    """The files of the bundle. The front matter keeps what a person added to it."""
    fields = {str(key): front_matter.quoted(value) for key, value in article.front.items()}
    body = _SHORTCODE.sub("&#123;&#123;", article.body).rstrip() + "\n"
    if article.timeline is None:
        return {"index.md": (front_matter.written(fields) + body).encode()}
    text = f"{front_matter.written(fields)}{body}\n{PICTURE}"
    return {"index.md": text.encode(), "timeline.svg": article.timeline.encode()}
