"""A manuscript as one web page that stands alone."""

from pipeline.engines.pages import page
from pipeline.engines.pages.manuscript import Manuscript, with_times


def page_of(article: Manuscript) -> dict[str, bytes]:
    """The page of the folder, with what was edited, and without the audio beside it."""
    text = page.filled(
        with_times(article.body),
        title=article.told("title"),
        standfirst=article.told("description"),
        byline=page.byline(article.video, article.people, article.minutes),
        language=article.language,
        receipt=article.receipt,
        timeline=article.timeline,
    )
    return {"": text.encode()}
