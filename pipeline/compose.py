"""Edited turns and topics -> the article, by the writer that config names."""

from typing import Final

from pipeline.config import ComposeOptions, Style
from pipeline.engines import base
from pipeline.model import Article, Edited, Speaker, Topic, Transcript, Turns, Video

VERSION: Final = 2


def compose(
    video: Video,
    transcript: Transcript,
    turns: Turns,
    edited: Edited,
    speakers: tuple[Speaker, ...],
    topics: tuple[Topic, ...],
    options: ComposeOptions,
    style: Style,
) -> Article:
    """Write the article in the given style. Raises NotAnInterview where nothing was answered."""
    writer = base.writer(options.writer)
    return writer.write(video, transcript, turns, edited, speakers, topics, options, style)
