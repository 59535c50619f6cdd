"""YouTube's own player for a draft of one of its videos: loaded once somebody asks for it."""

import re

from pipeline.engines.moments import where
from pipeline.model import Video

# Its address without cookies; what a frame on the desk may show, and nothing else may be shown.
EMBED = "https://www.youtube-nocookie.com/embed/"
_ID = re.compile(r"[A-Za-z0-9_-]{11}")


def embed(video: Video) -> str | None:
    """The player's address; None where the video is not from YouTube.

    >>> embed(Video("bc6uFV9CJGg", "https://www.youtube.com/watch?v=bc6uFV9CJGg", "Llama 3"))
    'https://www.youtube-nocookie.com/embed/bc6uFV9CJGg'
    >>> embed(Video("bc6uFV9CJGg", "https://example.org/watch?v=bc6uFV9CJGg", "Llama 3"))
    >>> embed(Video("x; script-src *", "https://www.youtube.com/watch?v=x", "Llama 3"))
    """
    url, joined = where(video)
    known = url is not None and joined == "query" and video.id in url
    return f"{EMBED}{video.id}" if known and _ID.fullmatch(video.id) else None
