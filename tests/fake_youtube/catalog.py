"""What the fake site has: a channel, a playlist, and videos each with a `kind` of trouble."""

import json
from dataclasses import dataclass, field
from pathlib import Path

Cue = tuple[float, float, str]


@dataclass(frozen=True)
class Sound:
    """One audio track of a video, as YouTube names it."""

    hertz: int = 440
    language: str | None = None
    name: str | None = None  # "Spanish original", "English (United States) - dubbed-auto"
    default: bool = False  # what the site would play
    itags: tuple[str, ...] = ("140", "251")


@dataclass(frozen=True)
class Channel:
    """Who the videos are from."""

    id: str = "UC" + "A" * 22
    handle: str = "@fakechannel"
    name: str = "Fake Channel"


CHANNEL = Channel()


@dataclass(frozen=True)
class Video:
    """One video. `kind` picks how the site answers: see `answers.PLAYABILITY` and `server`."""

    id: str
    title: str
    kind: str = "ok"
    tab: str = "videos"  # videos, streams or shorts
    duration: int = 12
    published: str = "2026-10-01"
    description: str = "A fake video."
    chapters: tuple[tuple[int, str], ...] = ()  # start in seconds, title
    manual: dict[str, tuple[Cue, ...]] = field(default_factory=dict)  # by language
    auto: dict[str, tuple[Cue, ...]] = field(default_factory=dict)
    sounds: tuple[Sound, ...] = (Sound(),)
    channel: str = "Fake Channel"
    file: Path | None = None  # the sound itself, instead of a tone
    of: Channel = CHANNEL  # whose it is
    sponsored: tuple[tuple[float, float, str], ...] = ()  # SponsorBlock's: start, end, category


def sample() -> Video:
    """The interview of tests/sample, as a video: watch?v=tidemill001."""
    folder = Path(__file__).parent.parent / "sample"
    info = json.loads((folder / "tide-mill.info.json").read_text(encoding="utf-8"))
    day = info["upload_date"]
    return Video(
        "tidemill001",
        info["title"],
        duration=info["duration"],
        published=f"{day[:4]}-{day[4:6]}-{day[6:]}",
        description=info["description"],
        channel=info["channel"],
        sounds=(Sound(0, "en-US", "English (United States) original", default=True),),
        file=folder / "tide-mill.opus",
    )


PLAYLIST = "PLfakefakefakefakefake"

CUES = (
    (0.0, 3.0, "Hello there."),
    (3.0, 7.5, "This is the manual caption."),
    (7.5, 12, "Goodbye."),
)
HEARD = ((0.0, 3.0, "hello there"), (3.0, 7.5, "this is the automatic caption"), (7.5, 12, "bye"))
SPANISH = ((0.0, 3.0, "Hola."), (3.0, 12.0, "Este es el subtítulo original."))
HOSTILE = '../../etc/passwd"; <script>alert(1)</script>\u202e %(id)s $HOME 😀'

VIDEOS = (
    Video(
        "bc6uFV9CJGg",
        "The first fake video",
        chapters=((0, "Intro"), (3, "Middle"), (8, "End")),
        manual={"en": CUES, "de": SPANISH},
        auto={"en": HEARD},
        description="0:00 Intro\n0:03 Middle\n0:08 End",
        sponsored=((3, 5, "sponsor"), (9, 12, "outro")),
    ),
    Video("fake0000002", "Only automatic captions", auto={"en": HEARD}, published="2026-10-02"),
    Video("fake0000003", "No captions at all", published="2026-10-03"),
    # Spoken in Spanish; a machine's English is what the site plays to us.
    Video(
        "fakedubbed1",
        "Dubbed, the original only as webm",
        manual={"en": CUES, "es-419": SPANISH},
        auto={"es": SPANISH},
        sounds=(
            Sound(880, "en-US", "English (United States) - dubbed-auto", default=True),
            Sound(440, "es-419", "Spanish (Latin America) original", itags=("251",)),
            Sound(660, "de", "German - dubbed-auto"),
        ),
    ),
    # The same where the site names no track the original: only its own captions tell.
    Video(
        "fakedubbed2",
        "Dubbed, and no track is named the original",
        auto={"es": SPANISH},
        sounds=(Sound(880, "en-US", "English", default=True), Sound(440, "es", "Spanish")),
    ),
    Video(
        "fakedubbed3",
        "Only a machine's voice is offered",
        auto={"es": SPANISH},
        sounds=(Sound(880, "en-US", "English (United States) - dubbed-auto", default=True),),
    ),
    Video("fakehostile", HOSTILE, description=HOSTILE, chapters=((0, HOSTILE), (6, "End"))),
    Video("fakeshorten", "Announced longer than it is", "shortened"),
    *(
        Video(f"fakepage{n:03d}", f"Older video {n}", published=f"2025-{1 + n % 12:02d}-01")
        for n in range(40)
    ),
    Video("fakeprivate", "Private", "private", published="2026-10-04"),
    Video("fakeremoved", "Removed", "removed", published="2026-10-04"),
    Video("faketermint", "Terminated", "terminated"),
    Video("fakemembers", "Members only", "members", published="2026-10-05"),
    Video("fakeagegate", "Age restricted", "age"),
    Video("fakegeoblok", "Geo blocked", "geo"),
    Video("fakeupcomng", "Premiere", "upcoming", published="2026-10-06"),
    Video("fakelivenow", "Live now", "live", tab="streams", published="2026-10-06"),
    Video("fakewaslive", "Was live", "was_live", tab="streams"),
    Video("fakeshort01", "A short", tab="shorts", duration=5),
    Video("fakebotwall", "Bot wall", "bot"),
    Video("fakeratelim", "Session rate limited", "ratelimit"),
    Video("fakedrm0001", "DRM", "drm"),
    Video("fakesabr001", "SABR only: formats without a url", "sabr"),
    Video("fake429page", "HTTP 429 on every page", "http429"),
    Video("fake403medi", "HTTP 403 on the media", "media403"),
    Video("fakedropped", "Connection dropped", "drop"),
    Video("fakeflaky01", "Two HTTP 503, then fine", "flaky"),
    Video("fakecut0001", "The media stops half-way, every time", "cut"),
    Video("fakenocaps1", "HTTP 429 on the captions", "captions429", manual={"en": CUES}),
)
