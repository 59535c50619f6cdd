"""A manuscript as the JSON that Ghost imports: Settings, Import/Export, Universal import."""

import json
import re
import time

from pipeline.engines.outside import in_markdown
from pipeline.engines.pages import page
from pipeline.engines.pages.manuscript import Manuscript

GHOST = "6.0.0"  # whose format it is; docs.ghost.org/migration/custom
# Longer ones are refused.
LONGEST_TITLE = 255
LONGEST_EXCERPT = 300
LONGEST_SLUG = 185


def import_of(article: Manuscript) -> dict[str, bytes]:
    """One post, always a draft: a person presses the button."""
    standfirst = article.told("description")
    # Ghost shows the excerpt under the title.
    body = article.body.replace(f"*{in_markdown(standfirst)}*\n", "", 1) if standfirst else ""
    post = {
        "id": "1",
        "title": article.told("title")[:LONGEST_TITLE],
        "slug": re.sub(r"[^a-z0-9]+", "-", article.name.lower()).strip("-")[:LONGEST_SLUG],
        "html": page.in_html(body or article.body),
        "type": "post",
        "status": "draft",
        "visibility": "public",
        "custom_excerpt": standfirst[:LONGEST_EXCERPT] or None,
    }
    meta = {"exported_on": int(time.time() * 1000), "version": GHOST}
    told = {"db": [{"meta": meta, "data": {"posts": [post]}}]}
    return {"": json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"}
