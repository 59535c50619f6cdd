"""Channels, as a configuration lists them: by name, by id, by URL."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from pipeline.model import Video

# What leads to a channel's tabs, not to another channel.
_TABS = ("/videos", "/featured", "/streams", "/shorts", "/podcasts", "/about")


def listed(video: Video, channels: Iterable[str]) -> bool:
    """Whether one of these is the video's channel: its name, its id or its address, whole.

    >>> at = Video("v", None, "T", "Working Order", "https://www.youtube.com/channel/UC123")
    >>> listed(at, ["working order"]), listed(at, ["UC123"]), listed(at, ["youtube.com/UC123"])
    (True, True, False)
    >>> listed(at, ["http://youtube.com/channel/UC123/videos"]), listed(at, ["Working"])
    (True, False)
    """
    own = set(_called(video.channel, video.channel_url, video.channel_page))
    return any(address(channel) in own for channel in channels if channel.strip())


def _called(name: str | None, *pages: str | None) -> Iterator[str]:
    if name and name.strip():
        yield address(name)
    for page in pages:
        if page:
            yield address(page)
            yield address(page).rpartition("/")[2]


def address(channel: str) -> str:
    """A name or a URL as it is compared: capitals, spaces, www and tabs tell no channels apart."""
    told = " ".join(channel.split()).casefold()
    if not told.startswith(("https://", "http://")):
        return told
    try:
        parts = urlsplit(told)
    except ValueError:
        return told
    path = parts.path.rstrip("/")
    for tab in _TABS:
        path = path.removesuffix(tab)
    return f"{parts.netloc.removeprefix('www.').removeprefix('m.')}{path}"
