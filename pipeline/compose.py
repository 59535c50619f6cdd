"""Edited turns and topics -> the article, by the writer that config names."""

from pathlib import Path
from typing import Final

from pipeline.config import ComposeOptions, LlmOptions, Style
from pipeline.engines import base, prompts
from pipeline.model import Article, Edited, Speaker, Topic, Transcript, Turns, Video

# What a language model is told is part of it: other words get other replies.
VERSION: Final = f"3 {prompts.told()}"


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
    return writer.write(*heard, options, style, llm=llm, folder=folder)


def is_there(article: Article) -> bool:
    """Whether it can stay: where a server was down, the next run asks it again."""
    return not any(fallback.may_pass for fallback in article.fallbacks)
