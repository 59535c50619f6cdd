"""sources: what a URL or path means, and which of it is asked of a site."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import DownloadOptions, SourcesOptions
from pipeline.errors import (
    ConfigError,
    InterviewError,
    NoMedia,
    NoNetwork,
    NotFound,
    NotThere,
    RateLimited,
    UnreadableFile,
    VideoUnavailable,
)
from pipeline.model import Source
from pipeline.sources import sources
from tests.fake_youtube.catalog import CHANNEL, PLAYLIST
from tests.fake_youtube.podcast import Podcast
from tests.fake_youtube.server import FakeYouTube

HASTY = DownloadOptions(sleep=0, retries=1, timeout=60)
YOUTUBE = "https://www.youtube.com"
ID = "bc6uFV9CJGg"


def found(address: str, newest: int = 1, **more: object) -> tuple[Source, ...]:
    return sources(address, SourcesOptions(newest=newest), HASTY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        f"{YOUTUBE}/watch?v={ID}",
        f"  {YOUTUBE}/watch?v={ID}\n",
        f"{YOUTUBE}/watch?v={ID}&list={PLAYLIST}&index=2",
        f"{YOUTUBE}/watch?list={PLAYLIST}&v={ID}&t=42s",
        f"https://youtu.be/{ID}?si=tracking",
        f"https://youtu.be/{ID}?list={PLAYLIST}",
        f"{YOUTUBE}/shorts/{ID}",
        f"{YOUTUBE}/live/{ID}",
        f"{YOUTUBE}/embed/{ID}",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"https://m.youtube.com/watch?v={ID}",
        f"HTTPS://music.youtube.com/watch?v={ID}",
    ],
)
def test_every_form_of_a_youtube_address_is_one_source_and_asks_nobody(
    address: str, fake_youtube: FakeYouTube
) -> None:
    assert found(address) == (Source("url", f"{YOUTUBE}/watch?v={ID}", f"youtube-{ID}"),)
    assert fake_youtube.requests == 0


@pytest.mark.parametrize(
    "path", [CHANNEL.handle, f"channel/{CHANNEL.id}/", f"{CHANNEL.handle}/videos"]
)
def test_a_channel_is_its_newest_videos_in_one_request(
    path: str, fake_youtube: FakeYouTube
) -> None:
    keys = [source.key for source in found(f"{YOUTUBE}/{path}", newest=3)]
    # fakeupcomng and fakemembers are newer: one has not happened, the other would be refused.
    assert keys == ["youtube-fake0000003", "youtube-fake0000002", f"youtube-{ID}"]
    assert fake_youtube.requests == 1


def test_members_only_videos_are_listed_for_members(
    fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    (tmp_path / "cookies.txt").write_text("# Netscape HTTP Cookie File\n")
    member = HASTY.model_copy(update={"cookies": str(tmp_path / "cookies.txt")})
    (source,) = sources(f"{YOUTUBE}/{CHANNEL.handle}", SourcesOptions(), member)
    assert source.key == "youtube-fakemembers"


def test_a_channel_is_paged_only_as_far_as_asked(fake_youtube: FakeYouTube) -> None:
    assert len(found(f"{YOUTUBE}/{CHANNEL.handle}", newest=40)) == 40
    assert fake_youtube.requests == 2


def test_a_channels_feed_is_its_videos_tab(fake_youtube: FakeYouTube) -> None:
    feed = f"{YOUTUBE}/feeds/videos.xml?channel_id={CHANNEL.id}"
    assert [source.key for source in found(feed)] == ["youtube-fake0000003"]


def test_a_playlist_is_its_first_entries(fake_youtube: FakeYouTube) -> None:
    playlist = found(f"{YOUTUBE}/playlist?list={PLAYLIST}", newest=2)
    assert [source.key for source in playlist] == [f"youtube-{ID}", "youtube-fake0000002"]
    assert playlist[0] == found(f"{YOUTUBE}/watch?v={ID}")[0], "listed or not, it is the same"


def test_a_live_stream_stands_in_a_list_only_where_there_is_nothing_else(
    fake_youtube: FakeYouTube,
) -> None:
    tab = f"{YOUTUBE}/{CHANNEL.handle}/streams"
    assert [source.key for source in found(tab, newest=5)] == ["youtube-fakewaslive"]
    del fake_youtube.videos["fakewaslive"]
    assert [source.key for source in found(tab, newest=5)] == ["youtube-fakelivenow"]


def test_a_podcast_is_its_newest_episodes_with_what_the_feed_says(podcast: Podcast) -> None:
    newest, before = found(f"{podcast.url}/feed.xml", newest=2)
    assert newest.address == f"{podcast.url}/episode3.mp3"
    assert (newest.title, newest.channel) == ("Episode 3", "The Fake Podcast")
    assert (newest.published, newest.description) == ("2025-10-16", "What was said in 3 & why.")
    assert before.title == "Episode 2"
    assert podcast.hits == {"/feed.xml": 1}


def test_a_feed_cannot_name_files_of_this_machine(podcast: Podcast) -> None:
    (source,) = found(f"{podcast.url}/hostile.xml", newest=9)
    assert source.address == f"{podcast.url}/episode1.mp3"
    assert source.title == "../../x31m", "nothing that moves a terminal's cursor"


def test_a_media_url_is_one_source_and_asks_nobody(podcast: Podcast) -> None:
    (source,) = found(f"{podcast.url}/episode1.mp3?token=a/../b")
    assert source.kind == "url" and len(source.key) == len("url-") + 12
    assert not podcast.hits


def test_a_url_that_tells_nothing_is_asked_once_and_never_when_finished(podcast: Podcast) -> None:
    (source,) = found(f"{podcast.url}/listen")
    assert podcast.hits == {"/listen": 1}
    assert found(f"{podcast.url}/listen", finished={source.key}.__contains__) == (source,)
    assert podcast.hits == {"/listen": 1}


def test_a_site_that_yt_dlp_knows_to_hold_single_videos_is_not_asked() -> None:
    (source,) = found("https://vimeo.com/56015672")
    assert source.address == "https://vimeo.com/56015672" and source.key.startswith("url-")


REFUSED = [
    ("/nope.xml", NotFound),
    ("/empty.xml", NoMedia),
    ("/page.html", NoMedia),
    ("/busy", RateLimited),
    ("/broken", NoNetwork),
    ("/forbidden", VideoUnavailable),
]


@pytest.mark.parametrize(("path", "error"), REFUSED)
def test_what_a_site_refuses_is_told(
    path: str, error: type[InterviewError], podcast: Podcast
) -> None:
    podcast.pages |= {page.removesuffix(".mp3"): answer for page, answer in podcast.pages.items()}
    with pytest.raises(error) as caught:
        found(podcast.url + path)
    assert type(caught.value) is error
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("path", "error"), [("/@nobody", NotFound), ("/playlist?list=PLnothing", NotFound)]
)
def test_a_channel_that_is_not_there_is_told(
    path: str, error: type[InterviewError], fake_youtube: FakeYouTube
) -> None:
    with pytest.raises(error, match="404"):
        found(YOUTUBE + path)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/feed", "http://no-such-host.invalid/feed"])
def test_a_site_out_of_reach_is_told(url: str) -> None:
    with pytest.raises(NoNetwork):
        found(url)


NOTHING = [
    ("", "empty"),
    ("no such thing", "neither"),
    ("javascript:alert(1)", "neither"),
    ("https://", "no host"),
    ("https://exa mple.com/a", "no host"),
    ("http://[::1", "no host"),
    ("x" * 5000, "neither"),
    ("nul\0byte", "neither"),
    (ID, f"Did you mean {YOUTUBE}/watch.v={ID}"),
    ("youtube.com/watch?v=x", "Did you mean https://youtube.com"),
    ("/no/such/folder/a.mp3", "There is no folder /no/such/folder"),
]


@pytest.mark.parametrize(("address", "hint"), NOTHING)
def test_what_is_neither_file_nor_url_is_told_with_a_hint(address: str, hint: str) -> None:
    with pytest.raises(NotThere, match=hint):
        found(address)


@pytest.mark.parametrize("url", ["ftp://example.org/a.mp3", "data://text/plain,hello"])
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(NoMedia, match="start with https://"):
        found(url)


def test_a_mistyped_path_gets_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "interview.mp3").write_bytes(b"x")
    with pytest.raises(NotThere, match=r"Did you mean .*interview\.mp3"):
        found(str(tmp_path / "intervew.mp3"))


@pytest.mark.parametrize(
    "name", ["talk.mp3", "-v.mp3", "a:b %s $HOME 'q' \"d\" 😀.opus", "a\nb.wav"]
)
def test_a_file_is_known_by_its_content_whatever_its_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"sound")
    (source,) = found(str(file))
    assert (source.kind, source.address) == ("media", str(file))
    assert source.key == f"file-{hashlib.sha256(b'sound').hexdigest()[:12]}"
    assert found(file.as_uri()) == (source,)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.vtt", "WEBVTT", "captions"),
        ("a.SRT", "1", "captions"),
        ("a.json3", "{}", "captions"),
        ("a.json", json.dumps({"events": []}), "captions"),
        ("a.json", json.dumps({"title": "no captions"}), "media"),
        ("a.json", "not json", "media"),
        ("a.txt", "WEBVTT", "media"),
    ],
)
def test_captions_are_told_from_recordings(
    tmp_path: Path, name: str, content: str, kind: str
) -> None:
    (tmp_path / name).write_text(content)
    assert found(str(tmp_path / name))[0].kind == kind


def test_a_folder_an_empty_file_and_a_device_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    for path, why in (
        (tmp_path, "folder"),
        (tmp_path / "empty.mp3", "empty"),
        ("/dev/null", "not"),
    ):
        with pytest.raises(UnreadableFile, match=why):
            found(str(path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.mp3").write_bytes(b"x")
    (tmp_path / "secret.mp3").chmod(0)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        found(str(tmp_path / "secret.mp3"))


def test_the_info_that_goes_with_a_file_is_part_of_its_source(tmp_path: Path) -> None:
    recording, info = tmp_path / "a.mp3", tmp_path / "a.info.json"
    recording.write_bytes(b"sound")
    info.write_text('{"title": "First"}')
    (first,) = found(str(recording), info=info)
    info.write_text('{"title": "Mended"}')
    (second,) = found(str(recording), info=info)
    assert first.info == second.info == str(info)
    assert first.key == second.key and first != second, "a mended title is a new title"


@pytest.mark.parametrize("content", [None, "", "[]", '{"no": "title"}', "\xff"])
def test_an_info_that_is_none_is_refused_before_anything_runs(
    tmp_path: Path, content: str | None
) -> None:
    (tmp_path / "a.mp3").write_bytes(b"sound")
    info = tmp_path / "a.info.json"
    if content is not None:
        info.write_text(content, encoding="latin-1")
    with pytest.raises(ConfigError, match="--info"):
        found(str(tmp_path / "a.mp3"), info=info)


def test_one_info_does_not_tell_of_a_whole_feed(podcast: Podcast, tmp_path: Path) -> None:
    (tmp_path / "a.info.json").write_text('{"title": "One"}')
    with pytest.raises(ConfigError, match="is a list"):
        found(f"{podcast.url}/feed.xml", newest=2, info=tmp_path / "a.info.json")


def test_importing_the_stage_loads_no_yt_dlp() -> None:
    code = "import sys, pipeline.sources, pipeline.download; sys.exit('yt_dlp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
