"""Seconds as people read them, and as links that play them."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipeline.engines.outside import in_markup, web_address
from pipeline.model import Audio, Video

_YOUTUBE = ("youtube.com", "youtu.be", "youtube-nocookie.com")
_STARTS = ("t", "start", "time_continue")  # how YouTube URLs already say where to begin


def clock(seconds: float) -> str:
    """The time as a player shows it, rounded down as players do.

    >>> clock(83.9), clock(4032)
    ('1:23', '1:07:12')
    """
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


@dataclass(frozen=True, slots=True)
class Moments:
    """How a page points at a second of the recording."""

    url: str | None  # None: nothing to link to, the time alone is shown
    joined: Literal["query", "fragment"] = "fragment"

    def link(self, seconds: float) -> str | None:
        """URL that plays from this second on."""
        if self.url is None:
            return None
        parts = urlsplit(self.url)
        second = max(0, int(seconds))
        if self.joined == "query":
            said = [pair for pair in parse_qsl(parts.query, True) if pair[0] not in _STARTS]
            query = urlencode([*said, ("t", f"{second}s")])
            return urlunsplit(parts._replace(query=query, fragment=""))
        # A fragment that is there already may be what the site finds the page by.
        kept = "" if parts.fragment.startswith("t=") else parts.fragment
        return urlunsplit(parts._replace(fragment=f"{kept}&t={second}".lstrip("&")))

    def markdown(self, seconds: float) -> str:
        """`[1:23](link)`, or `[1:23]` where there is nothing to link to."""
        link = self.link(seconds)
        return f"[{clock(seconds)}]({link})" if link else f"[{clock(seconds)}]"


@dataclass(frozen=True, slots=True)
class MomentsInHtml(Moments):
    """The same for the web page, where they get a look of their own."""

    def markdown(self, seconds: float) -> str:
        """A link of class "time"; raw HTML is part of Markdown."""
        link = self.link(seconds)
        if link is None:
            return f'<span class="time">{clock(seconds)}</span>'
        return f'<a class="time" href="{in_markup(link)}">{clock(seconds)}</a>'


def where(video: Video) -> tuple[str | None, Literal["query", "fragment"]]:
    """The address that moments of this video are added to, and how."""
    url = web_address(video.url)
    host = (urlsplit(url).hostname or "") if url else ""
    youtube = any(host == site or host.endswith(f".{site}") for site in _YOUTUBE)
    return url, "query" if youtube else "fragment"


def in_article(video: Video) -> Moments:
    """Links to the video's own page: they work wherever the article is put."""
    return Moments(*where(video))


def in_page(video: Video, audio: Audio | None) -> Moments:
    """The same; for a file without a page, links into the listening copy beside."""
    url, joined = where(video)
    if url is None and (name := listening_copy(audio)):
        return MomentsInHtml(name)
    return MomentsInHtml(url, joined)


def listening_copy(audio: Audio | None) -> str | None:
    """Its name in the published folder."""
    return f"audio{audio.listening.suffix}" if audio and audio.listening else None
