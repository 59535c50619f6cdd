"""Source -> recording: its sound, its captions, and what the publisher says of it."""

import json
import math
import re
import shutil
from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.config import DownloadOptions
from pipeline.engines import room
from pipeline.engines.audio import ffmpeg
from pipeline.engines.outside import plain, web_address
from pipeline.engines.sites import ytdlp
from pipeline.errors import (
    LiveNow,
    MediaRefused,
    NoMedia,
    NotYetLive,
    TooLong,
    TooOld,
    TooShort,
    UnreadableCaptions,
    UnreadableFile,
)
from pipeline.model import CaptionTrack, Chapter, Recording, Source, Video
from pipeline.store import digest

VERSION: Final = 1

Facts = Mapping[str, Any]  # named as in yt-dlp's .info.json

# A stranger may write a book into a title.
LONGEST_LINE, LONGEST_TEXT = 300, 20_000
SAFE_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
# A download that ends early is a wrong article: this much of what was announced has to come.
ENOUGH = 0.95
# ffmpeg's names of tags -> ours; podcasts put the show into album, and the host into artist.
TAGS = {
    "title": "title",
    "album": "channel",
    "artist": "channel",
    "date": "upload_date",
    "description": "description",
    "comment": "description",
    "language": "language",
}


def download(source: Source, options: DownloadOptions, *, folder: Path) -> Recording:
    """Fetch what a URL holds into `folder`; of a file, only read what it is."""
    if source.kind == "url":
        return _from_site(source, options, folder)
    if source.kind == "captions":
        return _from_captions(source, folder)
    return _from_file(source, options)


def _from_site(source: Source, options: DownloadOptions, folder: Path) -> Recording:
    def accept(info: Facts) -> None:
        _refuse_live(info, source.address)
        title = info.get("title") or source.address
        _refuse_long(title, info.get("duration"), options)
        _refuse_short(title, info.get("duration"), options)
        _refuse_old(title, _date(_named(info, _hints(source))), options)
        # With what will be made of it: a download that cannot be heard is for nothing.
        needed = (_number(info.get("duration")) or 0) * (room.DOWNLOADED + room.HEARD)
        room.ask(folder, "download", needed, options.keep_free)

    fetched = ytdlp.fetch(source.address, options, folder, accept)
    try:
        probe = ffmpeg.probe(fetched.audio)
    except UnreadableFile as error:
        fetched.audio.unlink()  # or the next run would take it for the finished download
        raise NoMedia(source.address, f"What came is no recording: {error.args[1]}") from error
    _refuse_long(source.title or source.address, probe.duration, options)
    _refuse_short(source.title or source.address, probe.duration, options)
    info, hints = fetched.info, _hints(source)
    guessed = info.get("extractor_key") == ytdlp.GENERIC  # made from the address, not from a page
    if not guessed:
        _refuse_part(fetched, probe, source)
    known = (hints, _tags(probe), _without_date(info)) if guessed else (info, hints)
    captions = tuple(
        CaptionTrack(track.path, track.language, "automatic" if track.automatic else "manual")
        for track in fetched.captions
    )
    video = _video(source, probe.duration, _given(source), *known)
    return Recording(video, fetched.audio, digest(fetched.audio), captions)


def _from_file(source: Source, options: DownloadOptions) -> Recording:
    path = Path(source.address)
    probe = ffmpeg.probe(path)
    _refuse_long(path.name, probe.duration, options)
    named = {"title": path.stem.replace("_", " ")}
    video = _video(source, probe.duration, _given(source), _hints(source), _tags(probe), named)
    return Recording(video, path, digest(path))


def _from_captions(source: Source, folder: Path) -> Recording:
    path = Path(source.address)
    copy = folder / f"captions{path.suffix.lower()}"
    try:
        shutil.copyfile(path, copy)
        head = copy.read_text(encoding="utf-8-sig")[:500]
    except UnicodeDecodeError as error:
        raise UnreadableCaptions(path, f"It is not UTF-8 ({error.reason}).") from error
    given = _given(source)
    # talk.en.vtt, as yt-dlp names it, or a line in the file
    inside = re.search(r"^Language: *([\w-]+)", head, re.MULTILINE)
    named = re.search(r"\.([a-z]{2,3}(-\w+)?)$", path.stem)
    language = given.get("language") or (inside or named or ["", None])[1]
    title = path.stem.removesuffix(named[0]) if named else path.stem
    video = _video(source, None, given, {"language": language, "title": title.replace("_", " ")})
    track = CaptionTrack(copy, video.language, "manual")
    return Recording(video, None, digest(copy), (track,))


def _refuse_live(info: Facts, url: str) -> None:
    status = info.get("live_status")
    if status == "is_upcoming":
        raise NotYetLive(url, "It has not begun.")
    if status in ("is_live", "post_live"):
        raise LiveNow(url, "It is live, or ended a moment ago.")


def _refuse_long(title: object, seconds: float | None, options: DownloadOptions) -> None:
    if seconds and seconds > options.longest:
        raise TooLong(plain(str(title)), _clock(seconds), _clock(options.longest))


def _refuse_short(title: object, seconds: float | None, options: DownloadOptions) -> None:
    if seconds and seconds < options.shortest:
        raise TooShort(plain(str(title)), _clock(seconds), _clock(options.shortest))


def _refuse_old(title: object, published: str | None, options: DownloadOptions) -> None:
    if published and options.since and published < options.since.isoformat():
        raise TooOld(plain(str(title)), published, options.since)


def _named(info: Facts, hints: Facts) -> Facts:
    """What tells the day: of a file its feed; elsewhere the page, or else the feed."""
    if info.get("extractor_key") == ytdlp.GENERIC:
        return hints
    return {**hints, **{name: fact for name, fact in info.items() if fact}}


def _refuse_part(fetched: ytdlp.Fetched, probe: ffmpeg.Probe, source: Source) -> None:
    announced, came = fetched.info.get("duration"), probe.duration
    if announced and came and came < announced * ENOUGH - 1:
        fetched.audio.unlink()
        why = f"only {_clock(came)} of {_clock(announced)} came."
        raise MediaRefused(source.address, why)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _given(source: Source) -> Facts:
    """What the .info.json says that the user gave."""
    if not source.info:
        return {}
    given: Facts = json.loads(Path(source.info).read_bytes())
    return given


def _hints(source: Source) -> Facts:
    return {
        "title": source.title,
        "channel": source.channel,
        "upload_date": source.published,
        "description": source.description,
    }


def _tags(probe: ffmpeg.Probe) -> Facts:
    chapters = [
        {"title": title, "start_time": start, "end_time": end}
        for title, start, end in probe.chapters
    ]
    named: dict[str, Any] = {}
    for tag, name in TAGS.items():
        named.setdefault(name, probe.tags.get(tag))
        named[name] = named[name] or probe.tags.get(tag)
    return {**named, "chapters": chapters}


def _without_date(info: Facts) -> Facts:
    """A server's date of a file is not the day on which it was published."""
    return {name: value for name, value in info.items() if name not in ("upload_date", "timestamp")}


def _video(source: Source, seconds: float | None, *told: Facts) -> Video:
    """What is known of the recording: of each thing, what the first says that knows it."""
    facts: Facts = ChainMap(*({name: fact for name, fact in of.items() if fact} for of in told))
    duration = seconds or _number(facts.get("duration"))
    return Video(
        id=_id(source, facts),
        url=web_address(_text(facts.get("webpage_url"))) or web_address(source.address),
        title=_line(facts.get("title")) or source.key,
        channel=_line(facts.get("channel") or facts.get("uploader")) or None,
        channel_url=web_address(_text(facts.get("channel_url") or facts.get("uploader_url"))),
        published=_date(facts),
        duration=duration,
        description=_text(facts.get("description")),
        language=ytdlp.language_code(facts.get("language")),
        chapters=tuple(_chapters(facts.get("chapters"), duration)),
        marks=tuple(_chapters(facts.get("sponsorblock_chapters"), duration)),
        extractor=plain(str(facts.get("extractor") or "file")).lower(),
        channel_page=web_address(_text(facts.get("uploader_url"))),
    )


def _id(source: Source, facts: Facts) -> str:
    """The site's own id where it is one video's and safe; else the key, which is the content's."""
    told = str(facts.get("id") or "")
    ours = facts.get("extractor_key") != ytdlp.GENERIC and SAFE_ID.fullmatch(told)
    return told if ours else source.key


def _date(facts: Facts) -> str | None:
    """The day it was published, in ISO; of "2024" or nonsense, nothing."""
    told = re.sub(r"\D", "", str(facts.get("upload_date") or facts.get("release_date") or ""))
    try:
        if len(told) >= 8:
            return datetime.strptime(told[:8], "%Y%m%d").date().isoformat()
        stamp = facts.get("timestamp")
        return datetime.fromtimestamp(stamp, UTC).date().isoformat() if stamp else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _chapters(told: object, duration: float | None) -> Iterator[Chapter]:
    """The chapters that are named and run forwards."""
    if not isinstance(told, list):
        return
    for part in (part for part in told if isinstance(part, dict)):
        title = _line(part.get("title"))
        start, end = _number(part.get("start_time")), _number(part.get("end_time"))
        if start is None or end is None or re.fullmatch(r"<Untitled Chapter \d+>|", title):
            continue
        end = min(end, duration or end)
        if 0 <= start < end:
            yield Chapter(title, start, end)


def _number(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) and math.isfinite(told) else None


def _line(told: object) -> str:
    return plain(told)[:LONGEST_LINE].strip() if isinstance(told, str) else ""


def _text(told: object) -> str:
    """Text of several lines, each of them plain."""
    if not isinstance(told, str):
        return ""
    return "\n".join(plain(line) for line in told.splitlines()).strip()[:LONGEST_TEXT]
