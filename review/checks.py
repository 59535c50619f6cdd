"""A mended article -> its receipt and its files, by the pipeline's own `verify` and `render`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import config as knobs
from pipeline.config import Config, Style
from pipeline.engines import framing
from pipeline.errors import ConfigError
from pipeline.model import Article, Decision, Interview, LeftOut, Receipt, Written
from pipeline.render import beside, written_out
from pipeline.verify import verify
from review.draft import Draft

# How `verify` says that fewer questions were found than the run was asked for.
_WANTED = re.compile(r"The article has \d+ questions, not (\d+):")


@dataclass(frozen=True, slots=True)
class Rules:
    """What articles are checked against."""

    config: Config
    styles: Path

    def style(self, name: str) -> Style:
        """The shape; where its file is gone, the configured one's."""
        try:
            return knobs.load_style(self.styles, name)
        except ConfigError:
            return knobs.load_style(self.styles, self.config.compose.style)


def receipt(known: Interview, article: Article, written: Article, rules: Rules) -> Receipt:
    """Look into every promise of the article again; `written` is how a run wrote it.

    How many questions it has is the reviewer's to say, once it is another number than was written.
    """
    count = len(article.questions)
    if count == len(written.questions):
        asked = _WANTED.search(" ".join(known.receipt.reasons))
        count = int(asked[1]) if asked else count
    options = rules.config.compose.model_copy(
        update={"style": article.style, "questions": max(1, count)}
    )
    return verify(
        known.video, known.transcript, known.turns, known.edited, known.speakers, known.topics,
        article, rules.config.verify, options, rules.style(article.style),
    )  # fmt: skip


def tidied(known: Interview, article: Article) -> Article:
    """The article with its links and its list of what is left out as its questions now are."""
    if not article.questions:
        return article
    said = [one for question in article.questions for one in question.answer]
    reasons = {(left.title, left.start): left.reason for left in article.left_out}
    topics = known.topics
    silent = framing.left_out(topics, article.statements, article.questions, {t.id for t in topics})
    left_out = tuple(
        LeftOut(one.title, one.start, one.end, _reason(reasons.get((one.title, one.start)), one))
        for one in silent
    )
    assert said
    links = framing.links(known.video, article.questions, article.sections)
    return replace(article, links=links, left_out=left_out)


def _reason(before: str | None, now: LeftOut) -> str:
    return framing.UNANSWERED if before == framing.UNANSWERED else now.reason


def files(
    of: Draft, known: Interview, rules: Rules, decision: Decision | None = None
) -> Mapping[str, str]:
    """The files that change with an article, by their names for the main style."""
    decided = replace(known, decision=decision)
    if not of.style:
        return written_out(decided, rules.config.render)
    other = Written(known.article, known.receipt)
    texts = beside(decided, other, rules.config.render)
    return {name.replace(f"-{of.style}", "", 1): text for name, text in texts.items()}
