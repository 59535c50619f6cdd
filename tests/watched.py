"""A mytake that watches channels of the fake YouTube and plays one short interview back for all."""

from dataclasses import dataclass, replace
from pathlib import Path

from flows import house, watch
from pipeline.history import History
from pipeline.store import dump
from tests.fake_youtube.catalog import Channel, Video
from tests.fake_youtube.server import FakeYouTube
from tests.small_interview import INTERVIEW

STYLES = Path(__file__).parent.parent / "config" / "styles"
YOUTUBE = "https://www.youtube.com"
A = Channel("UC" + "B" * 22, "@first", "First")
B = Channel("UC" + "C" * 22, "@second", "Second")


def configured(folder: Path, channels: str, more: str = "") -> Path:
    """A configuration with which an article costs a quarter of a second; gives its file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "styles").symlink_to(STYLES)
    (folder / "transcript.json").write_bytes(dump(INTERVIEW.transcript))
    (folder / "voices.json").write_bytes(dump(INTERVIEW.voices.spans))
    (folder / "channels.toml").write_text(channels)
    file = folder / "mytake.toml"
    file.write_text(
        "[download]\nsleep = 0\nretries = 0\ntimeout = 120\n"
        "[prepare]\nlistening_copy = false\n"
        f'[transcribe]\nengine = "replay"\nreplay = "{folder / "transcript.json"}"\n'
        f'captions = "never"\n'
        f'[diarize]\nengine = "replay"\nreplay = "{folder / "voices.json"}"\n'
        "[limits]\nbetween = 0\n"
        f"[render]\nhtml = false\ntimeline = false\n{more}"
    )
    return file


@dataclass
class Watcher:
    """Looks at channels, and writes at once what a look takes."""

    file: Path
    output: Path

    @property
    def house(self) -> house.House:
        return house.opened(self.file, self.output)

    def poll(self, name: str) -> dict[str, str]:
        """One look and what it takes: title -> what became of it."""
        seen = watch.look(name, self.house)
        return {
            one.listed.title: watch.attempt(
                watch.Order(one.listed.source, one.listed.title, name), self.house
            ).state
            for one in seen.taken
        }

    def articles(self) -> list[str]:
        """The ids of what was written, from its folders."""
        return sorted(path.parent.name[-11:] for path in self.output.glob("*/article.md"))

    def failed(self) -> dict[str, str]:
        """Id -> the error's name."""
        found = History(self.output).failures()
        return {failure.key.removeprefix("youtube-"): failure.kind for failure in found}


def put(site: FakeYouTube, of: Channel, number: int, kind: str = "ok", **more: object) -> str:
    """A video on the site; the higher its number, the newer. Gives its id."""
    name = f"{of.handle[1:4]}{kind[:3]:_<3}{number:05}"
    day = f"2026-{1 + number // 28:02}-{1 + number % 28:02}"
    site.add(replace(Video(name, f"{kind} {number}", kind, published=day, of=of), **more))  # type: ignore[arg-type]
    return name
