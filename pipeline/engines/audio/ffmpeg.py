"""The one door to ffmpeg: where it is, and what a file holds."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import MissingTool, UnreadableFile

# A damaged file can keep ffprobe busy for ever.
PATIENCE = 60

# What recordings come in. ffmpeg also opens playlists and scripts, which name other files of this
# machine or of the net: a downloaded "mp3" that is one of those must not be followed. Pass it to
# every ffmpeg that reads a file from outside.
ONLY_RECORDINGS = (
    "-protocol_whitelist", "file",
    "-format_whitelist",
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,eac3,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,mxf,ogg,rm,tta,w64,wav,wv",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Probe:
    """What ffprobe says of a file that holds sound."""

    duration: float | None  # None: the container does not say
    channels: int = 1
    tags: dict[str, str] = field(default_factory=dict)  # names in lower case
    chapters: tuple[tuple[str, float, float], ...] = ()  # title, start, end


@cache
def binary(name: Literal["ffmpeg", "ffprobe"]) -> Path:
    """The program: the one on PATH, else the wheel's.

    What the wheel itself puts on PATH is a script that always exits 0, so it does not count.
    Raises MissingTool.
    """
    found = shutil.which(name)
    if found and not _is_script(Path(found)):
        return Path(found)
    import ffmpeg

    if ffmpeg.FFMPEG_PATH is None:  # no build for this system in the wheel: fetched once
        try:
            ffmpeg.init()
        except Exception as error:  # the wheel lets through whatever its download meets
            why = f"The wheel could not fetch one for this system: {error}."
            raise MissingTool(name, why, "Install ffmpeg so that it is on PATH.") from error
    return Path(ffmpeg.FFMPEG_PATH if name == "ffmpeg" else ffmpeg.FFPROBE_PATH)


def _is_script(program: Path) -> bool:
    """Whether it is the wheel's, of this environment or another that is first on PATH."""
    with program.open("rb") as file:
        return b"from ffmpeg" in file.read(400)


def environment() -> dict[str, str] | None:
    """The environment to run it in; None: as it is.

    The wheel's build is static, and dies of the C library's character tables where it meets the
    name of an MPEG-TS service. Told of a place with no tables, it lives.
    """
    import ffmpeg

    static = binary("ffmpeg") == Path(ffmpeg.FFMPEG_PATH or "")
    return {"GCONV_PATH": "/nonexistent"} if static else None


def probe(path: Path) -> Probe:
    """Look into a file. Raises UnreadableFile where nothing in it can be heard."""
    told = _ffprobe(path)
    streams = told.get("streams", [])
    if not any(stream.get("codec_type") == "audio" for stream in streams):
        raise UnreadableFile(path, "There is no sound in it.")
    whole = told.get("format", {})
    # Ogg keeps its tags with the stream, mp3 and m4a with the file.
    tagged = [*(stream.get("tags", {}) for stream in streams), whole.get("tags", {})]
    tags = {name.lower(): value for part in tagged for name, value in part.items()}
    chapters = tuple(
        (part.get("tags", {}).get("title", ""), float(part["start_time"]), float(part["end_time"]))
        for part in told.get("chapters", [])
    )
    duration = whole.get("duration")
    channels = next(s.get("channels", 1) for s in streams if s.get("codec_type") == "audio")
    return Probe(float(duration) if duration else None, channels, tags, chapters)


def _ffprobe(path: Path) -> Any:
    command = [
        str(binary("ffprobe")),
        *("-v", "error", "-print_format", "json"),
        *("-show_format", "-show_streams", "-show_chapters"),
        *ONLY_RECORDINGS,
        *("-i", f"file:{path.absolute()}"),  # so a colon or a dash in the name means nothing
    ]
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            command, capture_output=True, timeout=PATIENCE, check=False, env=environment()
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(path, f"ffprobe found no end of it in {PATIENCE} s.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").partition("\n")[0].rpartition("] ")[2]
        reason = said.removeprefix(f"file:{path.absolute()}: ").partition(" '")[0]
        raise UnreadableFile(path, f"ffmpeg finds no audio or video in it: {reason}.")
    return json.loads(done.stdout)
