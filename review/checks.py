"""A mended article -> its receipt and its files, by the pipeline's own `verify` and `render`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import config as knobs
from pipeline.config import Config, Style
from pipeline.engines.writing import framing
from pipeline.errors import ConfigError
from pipeline.model import Article, Decision, Fallback, Interview, LeftOut, Receipt, Written
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


TAKEN_OUT = "it was taken out while reviewing"


def tidied(known: Interview, article: Article, before: Article) -> Article:
    """The article with its links and its list of what is left out as its parts now are.

    `before`: with the numbers by which it says what the language model did not write.
    """
    links = framing.links(known.video, article.questions, article.sections)
    told = {one.start for one in article.statements}
    return replace(
        article,
        links=links,
        left_out=_left_out(known, article),
        left_out_points=tuple(
            one for one in article.left_out_points if not told & {said.start for said in one.claim}
        ),
        fallbacks=_still_so(before, article),
    )


def _left_out(known: Interview, article: Article) -> tuple[LeftOut, ...]:
    reasons = {(left.title, left.start): left.reason for left in article.left_out}
    if not article.questions:
        starts = [one.start for one in article.statements]
        return tuple(
            LeftOut(one.title, one.start, one.end, reasons.get((one.title, one.start), TAKEN_OUT))
            for one in known.topics
            if not any(one.start <= start < max(one.end, one.start + 0.01) for start in starts)
        )
    topics = known.topics
    silent = framing.left_out(topics, article.statements, article.questions, {t.id for t in topics})
    return tuple(
        LeftOut(one.title, one.start, one.end, _reason(reasons.get((one.title, one.start)), one))
        for one in silent
    )


def _still_so(before: Article, now: Article) -> tuple[Fallback, ...]:
    """Where quotations still stand instead of what the model should have written, renumbered.

    An answer that a person changed is theirs, and needs no such excuse.
    """
    kept = []
    for one in before.fallbacks:
        if not one.question:
            kept.append(one)
        elif one.question <= len(before.questions):
            answer = before.questions[one.question - 1].answer
            places = [n for n, each in enumerate(now.questions, 1) if each.answer == answer]
            kept += [replace(one, question=number) for number in places[:1]]
    return tuple(kept)


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
