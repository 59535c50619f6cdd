"""The one door to yt-dlp: what an address is, what a list holds, and fetching a recording.

It needs a JavaScript runtime for YouTube (the wheel `deno`) and, for some sites, ffmpeg.
"""

import errno
import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from typing import Any

from pipeline.config import DownloadOptions
from pipeline.engines.audio import ffmpeg
from pipeline.engines.sites import tracks
from pipeline.engines.sites.refusals import cleaned, of_status, refusal
from pipeline.errors import (
    ConfigError,
    DiskFull,
    GeoBlocked,
    InterviewError,
    MediaRefused,
    NoFormats,
    NoList,
    NoMedia,
    NoNetwork,
    VideoUnavailable,
)

log = logging.getLogger(__name__)

Info = Mapping[str, Any]  # what yt-dlp knows of a recording, as in its .info.json

# Entries of a list that cannot be had; a few more are asked for in their place.
NOT_YET = ("is_live", "is_upcoming", "post_live")
NOT_FOR_ALL = ("subscriber_only", "premium_only", "needs_auth", "private")
SPARE = 5

GENERIC = "Generic"  # yt-dlp's name of what reads feeds, files and unknown pages
HTTP = re.compile(r"https?://[^\x00-\x20\x7f-\x9f]+", re.IGNORECASE)

# How a warning reads when a page did not come: with a status, or for want of a connection.
NO_PAGE = re.compile(r"unable to download .*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording of a list."""

    url: str
    title: str | None = None
    published: float | None = None  # seconds since 1970
    description: str | None = None
    id: str | None = None  # the site's own, or a feed's for its entry
    seconds: float | None = None
    status: str | None = None  # yt-dlp's live_status
    closed: bool = False  # not for all
    of: str | None = None  # the list's title


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed, a playlist, a channel: its title and its entries, newest first where dated."""

    title: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Captions:
    """A captions file that was fetched."""

    path: Path
    language: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording on this disk."""

    info: Info
    audio: Path
    captions: tuple[Captions, ...]


def youtube_id(url: str) -> str | None:
    """The id in the address of one YouTube video, whatever else the address names; else None."""
    from yt_dlp.extractor.youtube import YoutubeIE

    found: str | None = YoutubeIE.get_temp_id(url)
    return found


def is_one_recording(url: str) -> bool:
    """Does yt-dlp know, from the address alone, that it is one recording and no list?"""
    site = _site(url)
    # Of any page at all it cannot be said, and asking loads every extractor to find that out.
    return site.ie_key() != GENERIC and site.is_single_video(url) is True


def language_code(name: object) -> str | None:
    """ISO 639-1 where the language has such a code: "en-US" and "eng" are "en"."""
    code = tracks.base(name)
    if code is None or len(code) == 2:
        return code
    from yt_dlp.utils import ISO639Utils

    return ISO639Utils.long2short(code) or code


def javascript_runtime() -> str | None:
    """Name and version of what solves YouTube's challenges; None: there is nothing."""
    from yt_dlp import YoutubeDL

    with YoutubeDL({"quiet": True, "js_runtimes": _runtimes()}) as ydl:
        found = [runtime.info for runtime in ydl._js_runtimes.values()]
    return next((f"{info.name} {info.version}" for info in found if info and info.supported), None)


def listing(url: str, newest: int, options: DownloadOptions) -> Listing | None:
    """The newest entries of the list at this address; None: it is one recording."""
    asked: dict[str, Any] = {"extract_flat": "in_playlist"}
    if _site(url).ie_key() != GENERIC:  # a feed comes whole, and may have its oldest first
        asked["playlist_items"] = f":{newest + SPARE}"
    with _open(url, options, asked) as ydl:
        found = ydl.extract_info(url, download=False) or {}
    if found.get("_type", "video") not in ("playlist", "multi_video"):
        return None
    # A feed is a stranger's: it does not get to name files of this machine.
    entries = [entry for entry in _leaves(found) if HTTP.fullmatch(entry.get("url") or "")]
    # Where none can be had, the first one's refusal tells why.
    told = [_entry(entry) for entry in entries if _can_be_had(entry, options)] or [
        _entry(entry) for entry in entries[:1]
    ]
    if all(entry.published for entry in told):
        told.sort(key=lambda entry: entry.published or 0, reverse=True)
    return Listing(found.get("title"), tuple(told[:newest]))


def entries(url: str, options: DownloadOptions) -> Iterator[Entry]:
    """What a list holds, in its own order; asks for its next page when that is come to.

    Of a YouTube channel no dates are listed; "3 weeks ago" becomes the latest day that can mean.
    """
    asked = {"extractor_args": {"youtubetab": {"approximate_date": [""]}}}
    with _open(url, options, asked) as ydl:
        found = _followed(ydl, url)
        if found.get("_type") not in ("playlist", "multi_video"):
            raise NoList(url, "That is one recording, and no list of them.")
        for entry in _leaves(found):
            if HTTP.fullmatch(entry.get("url") or ""):
                yield replace(_entry(entry), of=found.get("title"))


def _followed(ydl: Any, url: str) -> Info:
    """What stands at an address, unopened, behind all that only points elsewhere."""
    for _ in range(5):
        found: Info = ydl.extract_info(url, download=False, process=False) or {}
        if found.get("_type") not in ("url", "url_transparent"):
            return found
        url = found["url"]
    raise NoMedia(url, "It leads from one address to the next.")


def _can_be_had(entry: Info, options: DownloadOptions) -> bool:
    closed = entry.get("availability") in NOT_FOR_ALL and not options.cookies
    return not closed and entry.get("live_status") not in NOT_YET


def _leaves(found: Info) -> Iterator[Info]:
    for entry in found.get("entries") or []:
        if entry and entry.get("entries") is not None:  # a channel's tabs are lists in a list
            yield from _leaves(entry)
        elif entry:
            yield entry


def _entry(entry: Info) -> Entry:
    from yt_dlp.utils import clean_html, unsmuggle_url

    # A feed's number for its entry travels inside the address; the address is all we want.
    url, hidden = unsmuggle_url(entry["url"], {})
    return Entry(
        url,
        entry.get("title"),
        entry.get("timestamp"),
        clean_html(entry["description"]) if entry.get("description") else None,
        entry.get("id") or hidden.get("force_videoid"),
        entry.get("duration"),
        entry.get("live_status"),
        entry.get("availability") in NOT_FOR_ALL,
    )


def fetch(
    url: str, options: DownloadOptions, folder: Path, accept: Callable[[Info], None]
) -> Fetched:
    """Download sound and captions into `folder`; goes on where a killed run stopped.

    `accept` is told what the recording is before any media is fetched, and raises if it is not
    to be had.
    """
    with _open(url, options, {"format": _any}) as ydl:
        info = _one(ydl.extract_info(url, download=False), url)
        accept(info)
        info = {**info, **_sound(info, options, url), **_marked(ydl, info, options)}
        # `dl` and not a template: the name on disk owes nothing to what a site says.
        audio = folder / f"audio.{_ending(info)}"
        with _telling(url, ydl.params["logger"], folder):
            ydl.dl(str(audio), info)
        if not audio.is_file():
            raise MediaRefused(url, "Nothing came.")
        return Fetched(info, audio, tuple(_captions(ydl, info, folder)))


def _any(offered: Info) -> list[Info]:
    """A format selector that passes all: `_sound` chooses, when more is known."""
    formats: list[Info] = offered["formats"]
    return formats[-1:]


def _one(info: Info | None, url: str) -> Info:
    if info and "entries" not in info:
        return info
    entries: list[Info] = [entry for entry in (info or {}).get("entries") or [] if entry]
    if not entries:
        raise NoMedia(url, "The list there is empty.")
    return entries[0]


def _sound(info: Info, options: DownloadOptions, url: str) -> Info:
    """The track to listen to."""
    formats: list[Info] = info.get("formats") or [info]
    original = tracks.original_of(info.get("automatic_captions") or {})
    track = tracks.best_audio(formats, options.language, original)
    known = ", ".join(tracks.languages(formats))
    if track:
        # Where the track does not say in which language it is, something else may.
        told = (track.get("language"), options.language, info.get("language"), original)
        return {**track, "language": next(filter(None, told), None)}
    if options.language and known:
        raise ConfigError(
            f"download.language = '{options.language}'",
            f"{url} has sound in: {known}.",
            "Name one of these, or leave it out for the original.",
        )
    if known:
        raise NoFormats(url, f"only sound dubbed by a machine, in: {known}.")
    raise NoMedia(url, "What is there has no sound.")


def _marked(ydl: Any, info: Info, options: DownloadOptions) -> Info:
    """Where SponsorBlock's users marked sponsor messages. Nothing hangs on it: words tell too."""
    from yt_dlp.postprocessor.sponsorblock import SponsorBlockPP
    from yt_dlp.utils import YoutubeDLError

    if not options.sponsorblock or info.get("extractor_key") not in SponsorBlockPP.EXTRACTORS:
        return {}
    kinds = SponsorBlockPP.CATEGORIES.keys() - SponsorBlockPP.NON_SKIPPABLE_CATEGORIES.keys()
    try:
        _, told = SponsorBlockPP(ydl, sorted(kinds)).run(dict(info))
    except (YoutubeDLError, HTTPException, OSError, LookupError, TypeError, ValueError) as error:
        log.warning("SponsorBlock did not answer: %s", cleaned(str(error)))
        return {}
    return {"sponsorblock_chapters": told["sponsorblock_chapters"]}


def _ending(info: Info) -> str:
    """The file's ending: for people only, so one that looks odd is no loss."""
    ending = str(info.get("ext"))
    return ending if re.fullmatch(r"[a-z0-9]{2,5}", ending) else "media"


def _captions(ydl: Any, info: Info, folder: Path) -> Iterator[Captions]:
    spoken = language_code(info.get("language"))
    manual = tracks.manual_captions(info.get("subtitles") or {}, spoken)
    automatic = tracks.automatic_captions(info.get("automatic_captions") or {}, spoken)
    for kind, found in (("manual", manual), ("automatic", automatic)):
        if not found:
            continue
        language, track = found
        path = folder / f"{kind}.{track['ext']}"
        try:
            with _telling(info["webpage_url"], ydl.params["logger"], folder):
                ydl.dl(str(path), {"http_headers": info.get("http_headers"), **track}, True)
        except DiskFull:
            raise
        except InterviewError as error:  # the sound is there; Whisper will do
            log.warning("The %s captions did not come: %s", kind, error.parts[1])
            continue
        yield Captions(path, language, kind == "automatic")


class _Notes:
    """yt-dlp's logger: what it warns of is often the only reason a failure gets."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, said: str) -> None:
        log.debug("%s", said)

    info = debug

    def warning(self, said: str) -> None:
        self.warnings.append(said)
        log.debug("%s", said)

    error = warning


@contextmanager
def _open(url: str, options: DownloadOptions, more: Info) -> Iterator[Any]:
    """A YoutubeDL for this address, whose failures are ours."""
    from yt_dlp import YoutubeDL

    notes = _Notes()
    with _telling(url, notes), YoutubeDL({**_asked(options, notes), **more}) as ydl:
        yield ydl


def _asked(options: DownloadOptions, notes: _Notes) -> dict[str, Any]:
    """Our knobs in yt-dlp's words. It reads no configuration file when called like this."""
    asked = {
        "quiet": True,
        "noprogress": True,
        "logger": notes,
        "color": "never",
        "noplaylist": True,
        "cachedir": False,
        "js_runtimes": _runtimes(),
        "ffmpeg_location": str(ffmpeg.binary("ffmpeg").parent),
        "cookiefile": _cookies(options),
        "proxy": options.proxy,
        "ratelimit": options.rate_limit,
        "socket_timeout": options.timeout,
        "retries": options.retries,
        "fragment_retries": options.retries,
        "extractor_retries": min(options.retries, 3),  # pages: a refusal stays a refusal
        "sleep_interval_requests": options.sleep,
        "sleep_interval_subtitles": options.sleep,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _runtimes() -> dict[str, dict[str, str]]:
    """The wheel's deno by its path: yt-dlp itself looks only beside this Python and on PATH."""
    from deno import find_deno_bin

    try:
        return {"deno": {"path": find_deno_bin()}}
    except FileNotFoundError:
        return {"deno": {}}


def _cookies(options: DownloadOptions) -> io.StringIO | None:
    """The cookies as a stream: yt-dlp writes them back when it ends, and the file is not ours."""
    if options.cookies is None:
        return None
    try:
        return io.StringIO(Path(options.cookies).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"download.cookies = '{options.cookies}'",
            getattr(error, "strerror", None) or "It is no text.",
            "Export cookies.txt (Netscape format) from a browser, and name that file.",
        ) from error


def _site(url: str) -> Any:
    """The extractor that yt-dlp would use."""
    from yt_dlp.extractor import gen_extractor_classes

    return next(site for site in gen_extractor_classes() if site.suitable(url))


@contextmanager
def _telling(url: str, notes: _Notes, folder: Path | None = None) -> Iterator[None]:
    """Turn yt-dlp's failures into ours. With a `folder` it is the media that is being fetched."""
    from yt_dlp.utils import YoutubeDLError

    try:
        yield
    except (YoutubeDLError, HTTPException, OSError) as error:
        told = _explained(error, url, notes, folder)
        if told is error:
            raise
        raise told from error


def _explained(error: Exception, url: str, notes: _Notes, folder: Path | None) -> Exception:
    from yt_dlp.networking.exceptions import HTTPError

    causes = list(_causes(error))
    if told := next(filter(None, (_by_kind(cause, url, folder) for cause in causes)), None):
        return told
    said = cleaned(str(error))
    status = next((cause.status for cause in causes if isinstance(cause, HTTPError)), None)
    if kind := refusal(said) or (of_status(status, bool(folder)) if status else None):
        return kind(url, said)
    return _warned(notes, url) or (MediaRefused if folder else VideoUnavailable)(url, said)


def _warned(notes: _Notes, url: str) -> InterviewError | None:
    """Of a page that did not come yt-dlp only warns, to say later that nothing was on it."""
    for warning in notes.warnings:
        kind = refusal(warning)
        if not kind and (page := NO_PAGE.search(warning)):
            status = re.search(r"HTTP Error (\d+)", page[0])
            kind = of_status(int(status[1]), media=False) if status else NoNetwork
        if kind:
            return kind(url, cleaned(warning))
    return None


def _by_kind(cause: BaseException, url: str, folder: Path | None) -> Exception | None:
    """Our error where the exception's class alone tells."""
    from yt_dlp.cookies import CookieLoadError
    from yt_dlp.networking.exceptions import TransportError
    from yt_dlp.utils import GeoRestrictedError, UnsupportedError

    said = cleaned(str(cause))
    told: Exception | None = None
    match cause:
        case OSError(errno=errno.ENOSPC | errno.EDQUOT, strerror=reason):
            told = DiskFull(folder or "here", reason)
        case OSError(errno=int(), filename=str()):  # a folder we may not write to: no site's doing
            told = cause
        case CookieLoadError():
            told = ConfigError("download.cookies", said, "Export them from a browser anew.")
        case UnsupportedError():
            told = NoMedia(url, "No recording is known to be there.")
        case GeoRestrictedError():
            told = GeoBlocked(url, said)
        case TransportError():
            told = NoNetwork(url, said)
    return told


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and what is inside it: yt-dlp wraps in three ways."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        inner = getattr(error, "exc_info", None)
        error = getattr(error, "cause", None) or (inner[1] if inner else None) or error.__cause__
