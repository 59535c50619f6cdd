"""The whole way from a site on loopback, yt-dlp unmodified; what was heard is played back."""

import math
import re
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from flows.cli import main
from tests.fake_youtube.catalog import HOSTILE, sample
from tests.fake_youtube.podcast import DATES, EPISODE, FEED, Podcast
from tests.fake_youtube.server import FakeYouTube
from tests.runs import AUDIO, Run

pytestmark = pytest.mark.slow


def run(output: Path, config: Path, *words: str) -> int:
    return main(["run", *words, "--out", str(output), "--config", str(config)])


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.server.answers", lambda: False)


def test_a_youtube_video_becomes_an_article_with_links_to_its_seconds(
    fake_youtube: FakeYouTube, replayed: Path, tmp_path: Path
) -> None:
    fake_youtube.add(sample())
    url = "https://www.youtube.com/watch?v=tidemill001"
    assert run(tmp_path, replayed, url) == 0
    made = Run(tmp_path, but=("config",))
    assert made.folder.name.endswith("-tidemill001")
    assert made.data("article")["questions"][0]["answer"]
    links = re.findall(
        r"\]\((https://www\.youtube\.com/watch\?v=tidemill001&t=\d+s)\)", made.text("article.md")
    )
    assert len(links) > 15

    asked = fake_youtube.requests
    assert run(tmp_path, replayed, "https://youtu.be/tidemill001?si=x") == 0
    assert fake_youtube.requests == asked, "a finished video asks the site nothing"


def test_a_podcast_feed_becomes_an_article_of_its_newest_episode(
    podcast: Podcast, replayed: Path, tmp_path: Path
) -> None:
    item = EPISODE.format(
        title="Helen Marsh on tide mills",
        number=7,
        date=DATES[2],
        url=f"{podcast.url}/seven.opus",
    )
    feed = FEED.format(site=podcast.url, items=item)
    podcast.pages["/feed.xml"] = (200, "application/rss+xml", feed.encode())
    podcast.pages["/seven.opus"] = (200, "audio/ogg", AUDIO.read_bytes())
    assert run(tmp_path, replayed, f"{podcast.url}/feed.xml") == 0
    made = Run(tmp_path, but=("config",))
    video = made.data("video")
    assert (video["title"], video["channel"]) == ("Helen Marsh on tide mills", "The Fake Podcast")
    assert video["published"] == "2025-10-16"
    assert f"({podcast.url}/seven.opus#t=" in made.text("article.md")


def test_a_hostile_title_stays_text_and_stays_inside_output(
    fake_youtube: FakeYouTube, replayed: Path, tmp_path: Path
) -> None:
    assert run(tmp_path / "out", replayed, "https://www.youtube.com/watch?v=fakehostile") in (0, 1)
    made = Run(tmp_path / "out")
    assert made.data("video")["title"] != "", HOSTILE
    assert re.fullmatch(r"[\w-]+", made.folder.name)
    assert {path.name for path in tmp_path.iterdir()} == {"config", "out"}
    _, front, body = made.text("article.md").split("---\n", 2)
    assert "<script>alert(1)</script>" in yaml.safe_load(front)["title"], "data, quoted"
    pages = [made.text(name) for name in ("article.html", "transcript.md", "timeline.svg")]
    for text in (body, *pages):
        assert "<script" not in text
        assert "\u202e" not in text


REFUSED = (  # video, what the message says, what it advises
    ("fakeprivate", "Private video", "download.cookies"),
    ("fakeremoved", "removed", "If you have a copy"),
    ("fakelivenow", "", "when the stream has ended"),
    ("fakeupcomng", "", "after the premiere"),
    ("fakeagegate", "age", "download.cookies"),
    ("fakegeoblok", "country", "download.proxy"),
    ("fakebotwall", "robot", "Wait some hours"),
    ("fakemembers", "members", "Join the channel"),
)


@pytest.mark.parametrize(("video", "why", "fix"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_refused_video_is_told_and_leaves_nothing(
    fake_youtube: FakeYouTube,
    replayed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    video: str,
    why: str,
    fix: str,
) -> None:
    url = f"https://www.youtube.com/watch?v={video}"
    assert run(tmp_path / "out", replayed, url) == 1
    told = capsys.readouterr().err
    assert url in told
    assert why in told
    assert fix in told
    assert not list((tmp_path / "out").glob("[!.]*"))


def test_one_that_fails_does_not_stop_the_others(
    fake_youtube: FakeYouTube,
    replayed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake_youtube.add(sample())
    urls = [f"https://www.youtube.com/watch?v={name}" for name in ("fakeprivate", "tidemill001")]
    assert run(tmp_path / "out", replayed, *urls) == 1
    told = capsys.readouterr()
    assert told.out.strip() == str(Run(tmp_path / "out").folder / "article.md")
    assert "1 written, 1 failed" in told.err


def sound(path: Path, seconds: float, hertz: Sequence[float]) -> Path:
    """A wav of so many sines at once; none: silence."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        tones = (
            sum(math.sin(2 * math.pi * tone * place / 16000) for tone in hertz)
            for place in range(int(seconds * 16000))
        )
        file.writeframes(b"".join(struct.pack("<h", int(6000 * tone)) for tone in tones))
    return path


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "html", "silence", "chord", "cut"])
def test_a_file_that_is_no_interview_is_told_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    file = tmp_path / f"{kind}.mp3"
    match kind:
        case "empty":
            file.touch()
        case "text":
            file.write_text("I am no mp3 at all.\n" * 40)
        case "html":
            file.write_text("<html><body>Please sign in.</body></html>")
        case "silence":
            sound(file, 2, ())
        case "chord":
            sound(file, 8, (220, 277, 330))
        case "cut":
            file.write_bytes(AUDIO.read_bytes()[:3000])
    assert main(["run", str(file), "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err.split("mytake: ")[1].splitlines()
    assert file.stem in told[0]
    assert len([line for line in told if line.startswith("  ")]) >= 2, told
    assert not list((tmp_path / "out").glob("[!.]*"))


@pytest.mark.parametrize("path", ["/nowhere.mp3", "/page.html", "/text.mp3", "/nothing.mp3"])
def test_an_address_with_nothing_to_hear_is_told(
    podcast: Podcast, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    assert main(["run", f"{podcast.url}{path}", "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert podcast.url in told or "audio." in told
    assert not list((tmp_path / "out").glob("[!.]*"))


def test_no_network_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "https://no-such-host.invalid/a.mp3", "--out", str(tmp_path)]) == 1
    assert "Check the network" in capsys.readouterr().err


CAPTIONS = """WEBVTT

00:00.000 --> 00:04.000
Welcome to the show, Ada Stone. What made you build a lighthouse?

00:04.000 --> 00:12.000
I built it because eleven boats sank there in 1987. Nobody else wanted to do it.

00:12.000 --> 00:15.000
And how long did it take you?

00:15.000 --> 00:24.000
It took nine years and four hundred tons of granite. My brother carried most of it by hand.
"""


def test_captions_without_speakers_credit_nobody_by_name(tmp_path: Path) -> None:
    file = tmp_path / "talk.vtt"
    file.write_text(CAPTIONS)
    assert main(["run", str(file), "--out", str(tmp_path / "out")]) == 0
    made = Run(tmp_path / "out")
    assert "status: needs_review" in made.text("article.md")
    assert {speaker["name"] for speaker in made.data("speakers")} == {None}
    assert "Ada Stone" not in made.text("article.md").split("## 1")[0]


def test_captions_with_voices_credit_them(tmp_path: Path) -> None:
    names = iter(["Tom Reed", "Ada Stone"] * 2)
    file = tmp_path / "talk.vtt"
    file.write_text(
        re.sub(r"(\d\d\.000\n)(?=\w)", lambda cue: f"{cue[1]}<v {next(names)}>", CAPTIONS)
    )
    assert main(["run", str(file), "--out", str(tmp_path / "out"), "--questions", "2"]) == 0
    people = {(one["name"], one["role"]) for one in Run(tmp_path / "out").data("speakers")}
    assert people == {("Tom Reed", "host"), ("Ada Stone", "guest")}
