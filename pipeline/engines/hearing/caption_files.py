"""Captions files -> cues: WebVTT, SRT, and YouTube's json3."""

import html
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UnreadableCaptions


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from start to end, as WebVTT writes it: `<v Name>`, `<00:01.000>`, `&amp;`."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(file: Path) -> list[Cue]:
    """The cues by start. Raises UnreadableCaptions."""
    text = _decoded(file)
    try:
        found = _READERS[_form(text)](text)
    except _Unreadable as error:
        raise UnreadableCaptions(file, str(error)) from error
    if not found:
        raise UnreadableCaptions(file, "There is no cue in it.")
    return sorted(found, key=lambda cue: cue.start)


class _Unreadable(ValueError):
    """Why a text is not what it looks like."""


def _decoded(file: Path) -> str:
    """The text. A guess at another encoding would put wrong letters in people's mouths."""
    data = file.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding).lstrip()
    except UnicodeDecodeError as error:
        why = f"It is not UTF-8: byte {data[error.start]:#x} at {error.start}."
        raise UnreadableCaptions(file, why) from error


def _form(text: str) -> str:
    """By what is in it: endings lie."""
    if text.startswith("WEBVTT"):
        return "vtt"
    return "json3" if text.startswith("{") else "srt"


def _vtt(text: str) -> list[Cue]:
    return _through_webvtt(lambda webvtt: webvtt.from_string(text))


def _srt(text: str) -> list[Cue]:
    return _through_webvtt(lambda webvtt: webvtt.from_buffer(io.StringIO(text), format="srt"))


def _through_webvtt(read: Callable[[Any], Any]) -> list[Cue]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    try:
        return [_cue(caption) for caption in read(webvtt)]
    except (MalformedFileError, MalformedCaptionError) as error:
        raise _Unreadable(f"It is neither WebVTT, SRT nor json3 ({error}).") from error


def _cue(caption: Any) -> Cue:
    start = caption.start_time.in_milliseconds() / 1000
    end = caption.end_time.in_milliseconds() / 1000
    return Cue(start, max(start, end), tuple(caption.raw_text.split("\n")))


def _json3(text: str) -> list[Cue]:
    try:
        told = json.loads(text)
        return [_event(event) for event in told["events"] if event.get("segs")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _Unreadable(f"It is not YouTube's json3 ({error!r}).") from error


def _event(event: Mapping[str, Any]) -> Cue:
    start = _seconds(event.get("tStartMs", 0))
    parts = []
    for part in event["segs"]:
        # Offsets are those of single words, and only machine-made captions have them.
        if offset := part.get("tOffsetMs"):
            parts.append(_mark(start + _seconds(offset)))
        parts.append(html.escape(part.get("utf8", ""), quote=False))
    end = start + _seconds(event.get("dDurationMs", 0))
    return Cue(start, end, tuple("".join(parts).split("\n")))


def _seconds(milliseconds: float) -> float:
    seconds = float(milliseconds) / 1000
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"a time of {milliseconds} ms")
    return seconds


def _mark(seconds: float) -> str:
    """A time as WebVTT writes it inside a cue."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"<{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}>"


_READERS: Mapping[str, Callable[[str], list[Cue]]] = {"vtt": _vtt, "srt": _srt, "json3": _json3}
