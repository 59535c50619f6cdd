"""What the user typed -> sources: which recordings that means."""

import difflib
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from urllib.request import url2pathname

from pipeline.config import DownloadOptions, SourcesOptions
from pipeline.engines.outside import plain
from pipeline.engines.sites import ytdlp
from pipeline.errors import (
    ConfigError,
    NoMedia,
    NotFound,
    NotThere,
    OnlyTells,
    UnreadableFile,
    VideoUnavailable,
)
from pipeline.model import Kind, Listed, Source
from pipeline.store import digest

Finished = Callable[[str], bool]  # is the recording with this key on this disk already?

CAPTIONS = (".vtt", ".srt", ".json3")
# An address that ends like this is the recording itself: no need to ask what is there.
MEDIA = re.compile(r"\.(mp3|m4a|m4b|aac|mp4|m4v|mov|mkv|webm|ogg|oga|opus|wav|flac|wma)$", re.I)
HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+", re.I)
ID = re.compile(r"[\w-]{11}", re.ASCII)
YOUTUBE = re.compile(r"(www\.|m\.)?youtube\.com")
YOUTUBE_TAB = re.compile(r"youtube\.com/(channel/|c/|user/|@)[^/]+/(videos|shorts|streams)$")
Tab = Literal["shorts", "streams"]
TABS: dict[str, Kind] = {"shorts": "short", "streams": "stream"}
STATUS: dict[str, Literal["live", "upcoming"]] = {
    "is_upcoming": "upcoming",
    "is_live": "live",
    "post_live": "live",
}
LONGEST_LIST = 500  # entries that one look reads at most
CHANNEL = re.compile(r"/(channel/|c/|user/|@)[^/]+/?")


def sources(
    address: str,
    options: SourcesOptions,
    network: DownloadOptions,
    info: Path | None = None,
    finished: Finished = lambda _: False,
) -> tuple[Source, ...]:
    """The recordings at a URL or path: one, or the newest entries of a feed, channel or playlist.

    Asks no site where the address itself, or what is `finished`, tells that it is one recording.
    """
    if url := _web_address(address):
        found = _at(url, options, network, finished)
        if info and len(found) > 1:
            why = f"It tells of one recording, but {url} is a list."
            raise ConfigError("--info", why, "Give the address of one recording.")
    else:
        found = (_file(_path(address)),)
    return (_with_info(found[0], info),) if info else found


def listed(
    address: str,
    network: DownloadOptions,
    enough: Callable[[Sequence[Listed]], bool],
    tabs: Collection[Tab] = (),
) -> tuple[Listed, ...]:
    """What a channel, playlist or feed lists, newest first, until there is `enough`.

    `tabs`: what else of a YouTube channel is looked at; each costs a request.
    """
    url = _web_address(address)
    if url is None:
        raise NotThere(address, "A channel is watched at a web address.")
    found: list[Listed] = []
    for kind, place in _places(_list_of_videos(url), tabs):
        try:
            found += _read(place, kind, network, enough)
        except (NotFound, VideoUnavailable):  # a channel has no tab for what it never made
            if kind == "video":
                raise
    return tuple(found)


def newest_first(address: str) -> bool:
    """Is the newest entry of this list its first? A playlist is in any order at all."""
    return bool(YOUTUBE_TAB.search(_list_of_videos(_web_address(address) or "")))


def _places(url: str, tabs: Collection[Tab]) -> Iterator[tuple[Kind, str]]:
    yield TABS.get(url.rpartition("/")[2], "video"), url
    if url.endswith("/videos") and YOUTUBE_TAB.search(url):
        yield from ((TABS[tab], f"{url.removesuffix('videos')}{tab}") for tab in sorted(tabs))


def _read(
    url: str, kind: Kind, network: DownloadOptions, enough: Callable[[Sequence[Listed]], bool]
) -> list[Listed]:
    """The entries of one list, as many as are needed."""
    found: list[Listed] = []
    ordered = newest_first(url)
    for entry in itertools.islice(ytdlp.entries(url, network), LONGEST_LIST):
        found.append(_listed(entry, kind))
        # Without an order the newest may be the last; a feed comes whole anyway.
        if ordered and enough(found):
            break
    if not ordered and all(one.published for one in found):
        found.sort(key=lambda one: one.published or 0, reverse=True)
    return found


def _listed(entry: ytdlp.Entry, kind: Kind) -> Listed:
    status: Literal["there", "live", "upcoming"] = STATUS.get(entry.status or "", "there")
    source = _from_list(entry, entry.of)
    return Listed(
        source,
        plain(entry.id or "")[:200] or source.key,
        plain(entry.title or "")[:300] or entry.url,
        entry.seconds,
        entry.published,
        "short" if "/shorts/" in entry.url else kind,
        status,
        entry.closed,
    )


def key_of(address: str) -> str:
    """The key of the recording at a path or at a URL that is no list. Asks no site."""
    url = _web_address(address)
    return (_one(url) if url else _file(_path(address))).key


def _web_address(address: str) -> str | None:
    """The URL, its host in lower case; None for what must be a path. Raises for other URLs."""
    address = address.strip()
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme in ("http", "https"):
        host = _host(address)
        if not HOST.fullmatch(host):
            raise NotThere(address, "It names no host.")
        rest = address.partition("://")[2]
        return f"{scheme}://{re.sub(re.escape(host), host, rest, count=1, flags=re.I)}"
    if scheme not in ("", "file"):
        raise NoMedia(address, f"Addresses start with https://, not with {scheme}://.")
    return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "http://[::1"
        return ""


def _at(
    url: str, options: SourcesOptions, network: DownloadOptions, finished: Finished
) -> tuple[Source, ...]:
    one = _one(url)
    if one.key.startswith("youtube-") or finished(one.key):
        return (one,)
    if MEDIA.search(urlsplit(url).path):
        return (one,)
    asked = _list_of_videos(url)
    if asked == url and ytdlp.is_one_recording(url):
        return (one,)
    listing = ytdlp.listing(asked, options.newest, network)
    if listing is None:
        return (one,)
    found = tuple(_from_list(entry, listing.title) for entry in listing.entries)
    if not found:
        raise NoMedia(url, "The list there is empty.")
    return found


def _one(url: str) -> Source:
    """One recording. Each form of a YouTube address becomes the same source."""
    if youtube := ytdlp.youtube_id(url):
        return Source("url", f"https://www.youtube.com/watch?v={youtube}", f"youtube-{youtube}")
    return Source("url", url, f"url-{hashlib.sha256(url.encode()).hexdigest()[:12]}")


def _from_list(entry: ytdlp.Entry, title: str | None) -> Source:
    source = _one(entry.url)
    if source.key.startswith("youtube-"):  # the page says all that better
        return source
    date = datetime.fromtimestamp(entry.published, UTC).date() if entry.published else None
    return replace(
        source,
        title=plain(entry.title or "") or None,
        channel=plain(title or "") or None,
        published=date.isoformat() if date else None,
        description=entry.description,
    )


def _list_of_videos(url: str) -> str:
    """The address of a YouTube channel's videos: one request, not one for each of its tabs."""
    parts = urlsplit(url)
    if not YOUTUBE.fullmatch(parts.netloc):
        return url
    if CHANNEL.fullmatch(parts.path):
        return f"https://www.youtube.com{parts.path.rstrip('/')}/videos"
    feed = parse_qs(parts.query) if parts.path == "/feeds/videos.xml" else {}
    if "channel_id" in feed:  # its feed fails for days at times, its page does not
        return f"https://www.youtube.com/channel/{feed['channel_id'][0]}/videos"
    if "playlist_id" in feed:
        return f"https://www.youtube.com/playlist?list={feed['playlist_id'][0]}"
    return url


def _path(address: str) -> Path:
    """The path of a file that is there. Raises NotThere, with the nearest thing that is."""
    if not address.strip():
        raise NotThere("recording", "The address is empty.")
    if address.strip().lower().startswith("file://"):
        address = url2pathname(urlsplit(address.strip()).path)
    try:
        path = Path(address).expanduser()
        if path.exists():
            return path.resolve()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL byte, a ~stranger: no path
        raise NotThere(address[:200]) from None
    raise NotThere(address, _hint(address, path))


def _hint(address: str, path: Path) -> str:
    if ID.fullmatch(address):
        return f"Did you mean https://www.youtube.com/watch?v={address} ?"
    if re.match(r"(www\.|[\w-]+\.(com|org|net|fm|be)/)", address):
        return f"Did you mean https://{address} ?"
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    try:
        near = difflib.get_close_matches(path.name, [file.name for file in path.parent.iterdir()])
    except OSError:
        return ""
    return f"Did you mean {path.with_name(near[0])} ?" if near else ""


def _file(path: Path) -> Source:
    if not path.is_file():
        raise UnreadableFile(path, "It is a folder." if path.is_dir() else "It is not a file.")
    if path.name.endswith(".info.json"):
        raise OnlyTells(path)
    try:
        if path.stat().st_size == 0:
            raise UnreadableFile(path, "It is empty.")
        kind: Literal["captions", "media"] = "captions" if _is_captions(path) else "media"
        return Source(kind, str(path), f"file-{digest(path)[:12]}")
    except OSError as error:
        raise UnreadableFile(path, f"{error.strerror}.") from error


def _is_captions(path: Path) -> bool:
    if path.suffix.lower() != ".json":
        return path.suffix.lower() in CAPTIONS
    try:
        told = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(told, dict) and isinstance(told.get("events"), list)


def _with_info(source: Source, info: Path) -> Source:
    try:
        told = json.loads(info.read_bytes())
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "It is no JSON"
    if not isinstance(told, dict) or not (told.get("title") or told.get("id")):
        why = f"{told}." if isinstance(told, str) else "It has neither title nor id."
        raise ConfigError(
            f"--info {info}", why, "Give what `yt-dlp --write-info-json` wrote of the recording."
        )
    return replace(source, info=str(info.resolve()), info_sha256=digest(info))
