"""Is everything there that a run needs? Each finding with a fix."""

import importlib.metadata
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows import server
from pipeline.config import Config, load
from pipeline.errors import NEWER_YTDLP, InterviewError

REACHED = (  # what for, host
    ("YouTube", "www.youtube.com"),
    ("Whisper's downloads", "huggingface.co"),
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    fine: bool
    seen: str
    fix: str = ""
    needed: bool = True  # False: some runs do without


def findings(config: Path, output: Path) -> Iterator[Finding]:
    """Look at one thing after the other."""
    yield _python()
    checked, knobs = _config(config)
    yield checked
    yield _found("ffmpeg", _ffmpeg, "Run `make setup`, or install ffmpeg.")
    yield _found("JavaScript runtime", _javascript, "Run `make setup`; YouTube needs it.")
    yield _ytdlp()
    yield _found("Whisper model", lambda: _whisper(knobs), "See above.")
    yield _found("voice models", _voices, "Install mytake anew: they come with it.")
    yield _found("sentence model", _sentences, "Run `make setup`.")
    yield _disk(output)
    yield from (_reached(what, host) for what, host in REACHED)
    yield _prefect()


def _python() -> Finding:
    seen = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), seen, "mytake needs 3.11 or newer.")


def _config(path: Path) -> tuple[Finding, Config]:
    try:
        return Finding("configuration", True, str(path)), load(path)
    except InterviewError as error:
        what, why, fix = error.parts
        return Finding("configuration", False, f"{what} {why}", fix), Config()


def _found(what: str, look: Callable[[], str], fix: str) -> Finding:
    try:
        return Finding(what, True, look())
    except InterviewError as error:
        return Finding(what, False, " ".join(error.parts[:2]), error.parts[2] or fix)
    except (OSError, ImportError) as error:
        return Finding(what, False, f"{type(error).__name__}: {error}", fix)


def _ffmpeg() -> str:
    from pipeline.engines.audio.ffmpeg import binary

    return f"{binary('ffmpeg')}, {binary('ffprobe')}"


def _javascript() -> str:
    from pipeline.engines.sites.ytdlp import javascript_runtime

    found = javascript_runtime()
    if found is None:
        raise FileNotFoundError("neither deno nor another one that yt-dlp can use")
    return found


def _whisper(config: Config) -> str:
    from pipeline.engines.base import transcriber

    knobs = config.transcribe
    found = getattr(transcriber(knobs.engine), "find", None)
    if found is None:
        return f"{knobs.engine} needs none"
    return f"{knobs.model} for {knobs.engine}: {found(knobs)}"


def _voices() -> str:
    from pipeline.engines.networks import FOLDER, network

    network("segmentation", 1)
    network("campplus", 1)
    return str(FOLDER)


def _sentences() -> str:
    from pipeline.engines.weights import minilm

    return str(minilm().network)


def _ytdlp() -> Finding:
    """yt-dlp ages: sites change, and a release of half a year ago often no longer works."""
    version = importlib.metadata.version("yt-dlp")
    year, month, day = map(int, version.split(".")[:3])
    age = (date.today() - date(year, month, day)).days
    fix = f"Sites change: {NEWER_YTDLP}"
    return Finding("yt-dlp", age < 90, f"{version}, {age} days old", fix, needed=False)


def _disk(output: Path) -> Finding:
    place = output.resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 1e9
    # an hour takes some 60 MB downloaded, 115 MB as wav and 15 MB as listening copy
    return Finding("disk", free > 1, f"{free:.1f} GB free at {place}", "An hour needs 0.2 GB.")


def _reached(what: str, host: str) -> Finding:
    try:
        with socket.create_connection((host, 443), timeout=3):
            return Finding(what, True, f"{host} answers")
    except OSError as error:
        fix = "Files on this disk work without it."
        return Finding(what, False, f"{host}: {error.strerror or error}", fix, needed=False)


def _prefect() -> Finding:
    if server.answers():
        return Finding("Prefect server", True, f"{server.address()}: runs are recorded there")
    seen = f"none at {server.address()}; not needed, `prefect server start` makes one"
    return Finding("Prefect server", True, seen)
