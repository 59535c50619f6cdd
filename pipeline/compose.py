"""Edited turns and topics -> the article, by the writer that config names."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.config import ComposeOptions, LlmOptions, Style
from pipeline.engines import base
from pipeline.engines.language_models import prompts
from pipeline.engines.writing.points import left_out, points
from pipeline.model import Article, Edited, Speaker, Topic, Transcript, Turns, Video

# What a language model is told is part of it: other words get other replies.
VERSION: Final = f"9 {prompts.told()}"


def compose(
    video: Video,
    transcript: Transcript,
    turns: Turns,
    edited: Edited,
    speakers: tuple[Speaker, ...],
    topics: tuple[Topic, ...],
    options: ComposeOptions,
    style: Style,
    llm: LlmOptions | None = None,
    *,
    folder: Path | None = None,
) -> Article:
    """Write the article in the given style. Raises NotAnInterview where nothing was answered."""
    writer = base.writer(options.writer)
    heard = (video, transcript, turns, edited, speakers, topics)
    article = writer.write(*heard, options, style, llm=llm, folder=folder)
    missed = left_out(points(turns, edited, speakers, topics), article.statements, video)
    return replace(article, left_out_points=missed)


def is_there(article: Article) -> bool:
    """Whether it can stay: where a server was down, the next run asks it again."""
    return not any(fallback.may_pass for fallback in article.fallbacks)
