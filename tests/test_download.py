"""download: what comes of a source, and what of every refusal."""

import json
import logging
import pickle
import shutil
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import DownloadOptions, SourcesOptions
from pipeline.download import download
from pipeline.engines.audio import ffmpeg
from pipeline.engines.sites import tracks, ytdlp
from pipeline.engines.sites.refusals import LONGEST, cleaned
from pipeline.errors import (
    AgeGated,
    BotWall,
    ConfigError,
    DiskFull,
    GeoBlocked,
    InterviewError,
    LiveNow,
    MediaRefused,
    MembersOnly,
    NoFormats,
    NoMedia,
    NoNetwork,
    NoRoom,
    NotFound,
    NotYetLive,
    PrivateVideo,
    Protected,
    RateLimited,
    RemovedVideo,
    TooLong,
    UnreadableCaptions,
    UnreadableFile,
    VideoUnavailable,
)
from pipeline.model import Chapter, Recording
from pipeline.sources import sources
from pipeline.store import Work, digest
from tests.fake_youtube.catalog import HOSTILE, sample
from tests.fake_youtube.podcast import Podcast
from tests.fake_youtube.server import FakeYouTube, certificate, tone

HASTY = DownloadOptions(sleep=0, retries=2, timeout=60, sponsorblock=True)
SAMPLE = Path(__file__).parent / "sample" / "tide-mill.opus"
Get = Callable[..., Recording]


@pytest.fixture
def get(tmp_path: Path) -> Get:
    """Source and download of one address, with knobs as wanted."""

    def got(address: str | Path, info: Path | None = None, **knobs: Any) -> Recording:
        options = HASTY.model_copy(update=knobs)
        (source,) = sources(str(address), SourcesOptions(), options, info)
        folder = tmp_path / "download"
        folder.mkdir(exist_ok=True)
        return download(source, options, folder=folder)

    return got


def watch(video: str) -> str:
    return f"https://www.youtube.com/watch?v={video}"


# --- a video ---


def test_what_would_not_fit_on_the_disk_is_not_downloaded(
    get: Get, fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    with pytest.raises(NoRoom, match="the download step needs"):
        get(watch("bc6uFV9CJGg"), keep_free=10_000_000)
    assert list((tmp_path / "download").iterdir()) == []


def test_a_video_comes_with_all_that_its_publisher_says(
    get: Get, fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    recording = get(watch("bc6uFV9CJGg"))
    video = recording.video
    assert (video.id, video.url) == ("bc6uFV9CJGg", watch("bc6uFV9CJGg"))
    assert (video.title, video.channel) == ("The first fake video", "Fake Channel")
    assert video.channel_url == "https://www.youtube.com/channel/UC" + "A" * 22
    assert (video.published, video.language, video.extractor) == ("2026-10-01", "en", "youtube")
    assert video.duration == pytest.approx(12, abs=0.1)
    assert video.chapters == (
        Chapter("Intro", 0, 3),
        Chapter("Middle", 3, 8),
        Chapter("End", 8, 12),
    )
    assert video.marks == (Chapter("Sponsor", 3, 5), Chapter("Endcards/Credits", 9, 12))
    assert recording.audio == tmp_path / "download" / "audio.m4a"
    assert recording.sha256 == digest(recording.audio)
    # Measured for three of info, one of sound, two of captions, and one of SponsorBlock.
    assert fake_youtube.requests <= 7


def test_sponsorblock_is_asked_only_if_wanted(get: Get, fake_youtube: FakeYouTube) -> None:
    assert get(watch("bc6uFV9CJGg"), sponsorblock=False).video.marks == ()
    assert not [path for path in fake_youtube.hits if path.startswith("sponsor.ajay.app")]


def test_sponsorblock_is_told_no_more_of_a_video_than_a_piece_of_a_hash(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    assert get(watch("fake0000003")).video.marks == ()
    (asked,) = (path for path in fake_youtube.hits if path.startswith("sponsor.ajay.app"))
    assert len(asked.rsplit("/", 1)[1]) == 4


def test_a_recording_comes_without_marks_where_sponsorblock_is_down(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    fake_youtube.sponsorblock_is_down = True
    recording = get(watch("bc6uFV9CJGg"))
    assert recording.audio and recording.video.marks == ()


def test_marks_in_an_info_file_are_read_as_untrusted(tmp_path: Path, get: Get) -> None:
    good = {"start_time": 10, "end_time": 20, "category": "sponsor", "title": "Sponsor"}
    bad = ({"start_time": 5, "end_time": 1, "title": "Sponsor"}, {"title": 7}, None, "x")
    info = tmp_path / "talk.info.json"
    info.write_text(json.dumps({"title": "A talk", "sponsorblock_chapters": [*bad, good]}))
    assert get(SAMPLE, info).video.marks == (Chapter("Sponsor", 10, 20),)


def test_the_publishers_captions_and_the_machines_are_told_apart(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    manual, automatic = get(watch("bc6uFV9CJGg")).captions
    assert (manual.kind, manual.language) == ("manual", "en")
    assert (automatic.kind, automatic.language) == ("automatic", "en")
    assert "This is the manual caption." in manual.path.read_text()
    assert "this is the automatic caption" in automatic.path.read_text()
    assert json.loads(manual.path.read_text())["wireMagic"] == "pb3", "json3 has times of words"
    assert len(get(watch("fake0000003")).captions) == 0


def heard(fake_youtube: FakeYouTube) -> list[str]:
    """Which tracks were fetched: "number of the track/itag"."""
    media = (page for page in fake_youtube.hits if "/videoplayback/" in page)
    return ["/".join(page.split("/")[-2:]) for page in media]


@pytest.mark.parametrize(
    ("video", "track", "captions"),
    [
        ("fakedubbed1", "1/251", ["manual", "automatic"]),
        ("fakedubbed2", "1/140", ["automatic"]),
    ],
)
def test_the_voice_that_spoke_is_taken_and_never_a_dubbed_one(
    video: str, track: str, captions: list[str], get: Get, fake_youtube: FakeYouTube
) -> None:
    recording = get(watch(video))
    assert heard(fake_youtube) == [track]
    assert recording.video.language == "es"
    assert [(track.kind, track.language) for track in recording.captions] == [
        (kind, "es") for kind in captions
    ]


def test_where_only_a_dubbed_voice_is_offered_nothing_is_fetched(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    with pytest.raises(NoFormats, match="dubbed by a machine, in: en"):
        get(watch("fakedubbed3"))
    assert heard(fake_youtube) == []


def test_a_language_can_be_asked_for(get: Get, fake_youtube: FakeYouTube) -> None:
    recording = get(watch("fakedubbed1"), language="en")
    assert heard(fake_youtube) == ["0/140"]
    assert [(track.kind, track.language) for track in recording.captions] == [("manual", "en")]


def test_a_language_that_is_not_there_is_told_with_those_that_are(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    with pytest.raises(ConfigError, match="has sound in: de, en, es"):
        get(watch("fakedubbed1"), language="fr")


def test_a_hostile_title_is_only_a_title(
    get: Get, fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    video = get(watch("fakehostile")).video
    assert video.title == HOSTILE.replace("\u202e", ""), "one line, nothing that turns it round"
    assert video.chapters[0].title == video.title
    assert [file.name for file in (tmp_path / "download").iterdir()] == ["audio.m4a"]


def test_captions_that_do_not_come_are_no_reason_to_fail(
    get: Get, fake_youtube: FakeYouTube, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert get(watch("fakenocaps1")).captions == ()
    assert "manual captions did not come" in caplog.text and "429" in caplog.text


def test_a_test_can_put_its_own_recording_on_the_site(get: Get, fake_youtube: FakeYouTube) -> None:
    recording = get(fake_youtube.add(sample()))
    assert (recording.video.channel, recording.video.language) == (sample().channel, "en")
    assert recording.sha256 == digest(SAMPLE)
    assert recording.video.duration == ffmpeg.probe(SAMPLE).duration


# --- refusals ---

REFUSED = [
    ("fakeprivate", PrivateVideo, "Private video"),
    ("fakeremoved", RemovedVideo, "removed by the uploader"),
    ("faketermint", RemovedVideo, "terminated"),
    ("fakemembers", MembersOnly, "members-only"),
    ("fakeagegate", AgeGated, "confirm your age"),
    ("fakegeoblok", GeoBlocked, "your country"),
    ("fakeupcomng", NotYetLive, "Premieres in 3 hours"),
    ("fakelivenow", LiveNow, "It is live"),
    ("fakebotwall", BotWall, "not a bot"),
    ("fakeratelim", RateLimited, "try again later"),
    ("fakedrm0001", Protected, "DRM"),
    ("fakesabr001", NoFormats, "No video formats"),
    ("fake429page", RateLimited, "429"),
    ("fake403medi", MediaRefused, "403"),
    ("fakedropped", NoNetwork, "closed connection"),
    ("fakeshorten", MediaRefused, "only 0:00:12 of 0:00:36"),
    ("nosuchvideo", VideoUnavailable, "unavailable"),
]


@pytest.mark.parametrize(("video", "error", "why"), REFUSED, ids=[row[0] for row in REFUSED])
def test_each_refusal_is_told_for_what_it_is(
    video: str,
    error: type[InterviewError],
    why: str,
    get: Get,
    fake_youtube: FakeYouTube,
    tmp_path: Path,
) -> None:
    with pytest.raises(InterviewError) as caught:
        get(watch(video))
    assert type(caught.value) is error
    told = str(caught.value).replace("\u2019", "'")
    assert why.replace("not a bot", "you're not a bot") in told
    assert "--cookies" not in told and "report" not in told and "\x1b" not in told
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    if error is not MediaRefused:
        assert heard(fake_youtube) == [], "no media is fetched of what is refused"
    assert list((tmp_path / "download").iterdir()) == []


def test_a_server_that_stumbles_is_asked_again(get: Get, fake_youtube: FakeYouTube) -> None:
    assert get(watch("fakeflaky01")).audio


def test_a_connection_that_breaks_half_way_is_taken_up_again(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    recording = get(watch("fakecut0001"))
    assert recording.audio and recording.audio.read_bytes() == tone(440, 12, "m4a")


def test_a_recording_over_the_limit_is_refused_before_its_media(
    get: Get, fake_youtube: FakeYouTube
) -> None:
    with pytest.raises(TooLong, match=r"lasts 0:00:12; download\.longest is 0:00:10"):
        get(watch("bc6uFV9CJGg"), longest=10)
    assert heard(fake_youtube) == []


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_a_network_that_is_down_is_told(proxy: str, get: Get) -> None:
    with pytest.raises(NoNetwork):
        get(watch("bc6uFV9CJGg"), proxy=proxy, retries=0)


def test_a_proxy_that_shows_a_wrong_certificate_is_told(get: Get) -> None:
    if not shutil.which("openssl"):
        pytest.skip("skipped: no openssl to make a certificate with")
    with FakeYouTube() as proxy, pytest.raises(NoNetwork, match="certificate"):
        get(watch("bc6uFV9CJGg"), proxy=proxy.url, retries=0)


def test_a_full_disk_is_told(get: Get, fake_youtube: FakeYouTube, tmp_path: Path) -> None:
    (tmp_path / "download").mkdir()
    (tmp_path / "download" / "audio.m4a.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="No space left"):
        get(watch("bc6uFV9CJGg"))


def test_a_folder_that_cannot_be_written_is_no_refusal_of_the_site(
    fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    (source,) = sources(watch("fake0000003"), SourcesOptions(), HASTY)
    with pytest.raises(FileNotFoundError):
        download(source, HASTY, folder=tmp_path / "not" / "there")


def test_cookies_are_sent_and_the_users_file_stays_as_it_is(
    get: Get, fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    jar = tmp_path / "cookies.txt"
    line = "\t".join([".youtube.com", "TRUE", "/", "FALSE", "4102444800", "SESSION", "mine"])
    jar.write_text(f"# Netscape HTTP Cookie File\n{line}\n")
    before = jar.read_bytes()
    get(watch("bc6uFV9CJGg"), cookies=str(jar))
    assert any("SESSION=mine" in cookie for cookie in fake_youtube.cookies)
    assert jar.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"not cookies", b"\xff\xfe"])
def test_cookies_that_are_none_are_told_at_once(
    content: bytes | None, get: Get, fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    jar = tmp_path / "cookies.txt"
    if content is not None:
        jar.write_bytes(content)
    with pytest.raises(ConfigError, match=r"download\.cookies"):
        get(watch("bc6uFV9CJGg"), cookies=str(jar))
    assert fake_youtube.requests == 0


# --- again ---


def test_a_finished_download_asks_nobody(fake_youtube: FakeYouTube, tmp_path: Path) -> None:
    for address in (watch("bc6uFV9CJGg"), "https://youtu.be/bc6uFV9CJGg?si=x"):
        (source,) = sources(address, SourcesOptions(), HASTY)
        with Work(tmp_path / source.key) as work:
            recording = work.step(download, source, HASTY)
        if address == watch("bc6uFV9CJGg"):
            first, asked = recording, fake_youtube.requests
    assert (recording, fake_youtube.requests) == (first, asked)


def test_a_killed_download_goes_on_where_it_stopped(
    get: Get, fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    whole = tone(440, 12, "m4a")
    (tmp_path / "download").mkdir()
    (tmp_path / "download" / "audio.m4a.part").write_bytes(whole[: len(whole) // 2])
    recording = get(watch("bc6uFV9CJGg"))
    assert recording.audio and recording.audio.read_bytes() == whole
    assert fake_youtube.sent == len(whole) - len(whole) // 2


def test_a_folder_with_odd_characters_is_no_template(
    fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    folder = tmp_path / "100% %(title)s $HOME ~ 😀"
    folder.mkdir()
    (source,) = sources(watch("fake0000003"), SourcesOptions(), HASTY)
    assert download(source, HASTY, folder=folder).audio == folder / "audio.m4a"


# --- other addresses ---


def test_an_episode_is_called_what_its_feed_calls_it(get: Get, podcast: Podcast) -> None:
    video = get(f"{podcast.url}/feed.xml").video
    assert (video.title, video.channel) == ("Episode 3", "The Fake Podcast")
    assert (video.published, video.description) == ("2025-10-16", "What was said in 3 & why.")
    assert video.url == f"{podcast.url}/episode3.mp3"
    assert video.id.startswith("url-") and video.duration == pytest.approx(12, abs=0.1)


def test_a_media_url_takes_its_title_from_the_files_own_tags(
    get: Get, podcast: Podcast, tmp_path: Path
) -> None:
    tagged = tmp_path / "tagged.mp3"
    make(tagged, title="A Tagged Title", album="The Show", date="2024-04-18")
    podcast.pages["/x.mp3"] = (200, "audio/mpeg", tagged.read_bytes())
    video = get(f"{podcast.url}/x.mp3").video
    assert (video.title, video.channel) == ("A Tagged Title", "The Show")
    assert video.published == "2024-04-18"


def test_a_servers_date_of_a_file_is_no_date_of_publication(get: Get, podcast: Podcast) -> None:
    assert get(f"{podcast.url}/episode1.mp3").video.published is None


MEDIA_REFUSED = [
    ("/text.mp3", NoMedia),
    ("/page.mp3", NoMedia),
    ("/nothing.mp3", NoMedia),
    ("/playlist.mp3", NoMedia),
    ("/none.mp3", NotFound),
    ("/gone.mp3", NotFound),
    ("/busy.mp3", RateLimited),
    ("/broken.mp3", NoNetwork),
    ("/forbidden.mp3", VideoUnavailable),
    ("/secret.mp3", PrivateVideo),
]


@pytest.mark.parametrize(("path", "error"), MEDIA_REFUSED)
def test_what_is_no_recording_is_told_and_leaves_nothing(
    path: str, error: type[InterviewError], get: Get, podcast: Podcast, tmp_path: Path
) -> None:
    with pytest.raises(InterviewError) as caught:
        get(podcast.url + path)
    assert type(caught.value) is error
    assert list((tmp_path / "download").iterdir()) == []


def test_a_server_that_does_not_answer_is_not_waited_for(get: Get, podcast: Podcast) -> None:
    with pytest.raises(NoNetwork, match="timed out"):
        get(f"{podcast.url}/slow.mp3", timeout=0.2, retries=0)


def test_a_stream_in_pieces_is_put_together(get: Get, podcast: Podcast, tmp_path: Path) -> None:
    playlist = tmp_path / "show.m3u8"
    make(playlist, seconds=9)
    for piece in (playlist, *tmp_path.glob("show*.ts")):
        kind = "application/vnd.apple.mpegurl" if piece == playlist else "video/mp2t"
        podcast.pages[f"/{piece.name}"] = (200, kind, piece.read_bytes())
    video = get(f"{podcast.url}/show.m3u8").video
    assert video.duration == pytest.approx(9, abs=0.2)
    assert len([path for path in podcast.hits if path.endswith(".ts")]) > 1


def test_a_password_in_an_address_is_used_and_not_told(get: Get, podcast: Podcast) -> None:
    address = f"{podcast.url}/episode1.mp3".replace("http://", "http://me:secret@")
    assert "secret" not in str(get(address).video)


# --- files ---


def make(path: Path, seconds: int = 2, **tags: str) -> None:
    """A recording with tags, by ffmpeg."""
    named = [part for name, value in tags.items() for part in ("-metadata", f"{name}={value}")]
    source = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    command = [str(ffmpeg.binary("ffmpeg")), "-v", "error", *source, *named, str(path)]
    subprocess.run(command, check=True)


def test_a_file_stays_where_it_is_and_is_called_by_its_name(get: Get, tmp_path: Path) -> None:
    file = tmp_path / "A_talk: with 😀.mp3"
    shutil.copyfile(ffmpeg_made("mp3"), file)
    recording = get(file)
    assert recording.audio == file and list((tmp_path / "download").iterdir()) == []
    video = recording.video
    assert (video.title, video.url, video.extractor) == ("A talk: with 😀", None, "file")
    assert video.id.startswith("file-") and video.duration == pytest.approx(12, abs=0.1)


def ffmpeg_made(ending: str) -> Path:
    tone(440, 12, ending)
    from tests.fake_youtube.server import KEPT

    return KEPT / f"440-12.{ending}"


def test_a_files_tags_tell_what_it_is(get: Get, tmp_path: Path) -> None:
    file = tmp_path / "x.m4a"
    make(file, title="The Title", artist="The Host", date="20240418", comment="What it is about.")
    video = get(file).video
    assert (video.title, video.channel) == ("The Title", "The Host")
    assert (video.published, video.description) == ("2024-04-18", "What it is about.")


def test_the_info_a_user_gives_beats_all_else(get: Get) -> None:
    info = SAMPLE.with_suffix(".info.json")
    given = json.loads(info.read_text())
    video = get(SAMPLE, info).video
    assert (video.title, video.channel) == (given["title"], given["channel"])
    assert (video.id, video.url) == (given["id"], given["webpage_url"])
    assert (video.published or "").replace("-", "") == given["upload_date"]
    assert video.language == "en"
    assert video.duration == ffmpeg.probe(SAMPLE).duration, "as heard, not as told"


HOSTILE_INFO: dict[str, Any] = {
    "id": "../../etc",
    "title": "A\x1b[31m title\nof two lines\u202e",
    "channel": 7,
    "webpage_url": "javascript:alert(1)",
    "channel_url": "https://me:secret@example.org/",
    "upload_date": "20249999",
    "duration": "long",
    "description": ["no text"],
    "language": "English",
    "chapters": [
        None,
        {"title": "No times"},
        {"title": "Backwards", "start_time": 5, "end_time": 1},
        {"title": "<Untitled Chapter 1>", "start_time": 0, "end_time": 1},
        {"title": "Endless", "start_time": 1, "end_time": float("nan")},
        {"title": "Good", "start_time": 1, "end_time": 1e9},
    ],
}


def test_a_hostile_info_harms_nobody(get: Get, tmp_path: Path) -> None:
    info = tmp_path / "x.info.json"
    info.write_text(json.dumps(HOSTILE_INFO))
    video = get(ffmpeg_made("mp3"), info).video
    assert video.id.startswith("file-") and video.title == "A[31m title of two lines"
    assert (video.channel, video.url, video.published) == (None, None, None)
    assert (video.description, video.language) == ("", None)
    assert video.channel_url == "https://example.org/"
    assert video.chapters == (Chapter("Good", 1, video.duration or 0),)


@pytest.mark.parametrize(
    "content",
    [
        b"I am no mp3 at all.\n" * 50,
        bytes(5000),
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"<html></html>",
    ],
)
def test_what_only_says_it_is_an_mp3_is_refused(content: bytes, get: Get, tmp_path: Path) -> None:
    (tmp_path / "x.mp3").write_bytes(content)
    with pytest.raises(UnreadableFile, match="no audio or video"):
        get(tmp_path / "x.mp3")


def test_a_picture_has_no_sound(get: Get, tmp_path: Path) -> None:
    silent = ["-f", "lavfi", "-i", "testsrc=size=32x32:duration=1", str(tmp_path / "x.mp4")]
    subprocess.run([str(ffmpeg.binary("ffmpeg")), "-v", "error", *silent], check=True)
    with pytest.raises(UnreadableFile, match="no sound"):
        get(tmp_path / "x.mp4")


def test_a_file_over_the_limit_is_refused(get: Get) -> None:
    with pytest.raises(TooLong):
        get(ffmpeg_made("mp3"), longest=10)


@pytest.mark.parametrize("ending", ["ts", "mkv", "wav", "flac", "aac", "ogg"])
def test_every_common_container_is_read(ending: str, get: Get) -> None:
    assert get(ffmpeg_made(ending)).video.duration == pytest.approx(12, abs=0.2)


# --- captions ---


@pytest.mark.parametrize(
    ("name", "text", "language", "title"),
    [
        ("my_talk.de.vtt", "WEBVTT\n", "de", "my talk"),
        ("my_talk.vtt", "WEBVTT\nKind: captions\nLanguage: en-US\n", "en", "my talk"),
        ("my_talk.srt", "1\n", None, "my talk"),
    ],
)
def test_captions_alone_are_a_recording_without_sound(
    name: str, text: str, language: str | None, title: str, get: Get, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    recording = get(tmp_path / name)
    assert recording.audio is None and recording.video.duration is None
    (track,) = recording.captions
    assert (track.kind, track.language, track.path.read_text()) == ("manual", language, text)
    assert (recording.video.title, recording.video.language) == (title, language)
    assert recording.sha256 == digest(track.path)


def test_captions_with_an_info_are_that_video(get: Get, tmp_path: Path) -> None:
    (tmp_path / "x.vtt").write_text("WEBVTT\n")
    given = {"id": "bc6uFV9CJGg", "title": "T", "extractor_key": "Youtube", "duration": 77.5}
    (tmp_path / "x.info.json").write_text(json.dumps(given | {"language": "en-US"}))
    video = get(tmp_path / "x.vtt", tmp_path / "x.info.json").video
    assert (video.id, video.duration, video.language) == ("bc6uFV9CJGg", 77.5, "en")


def test_captions_in_another_encoding_are_refused(get: Get, tmp_path: Path) -> None:
    (tmp_path / "x.srt").write_bytes("Übermut".encode("utf-16"))
    with pytest.raises(UnreadableCaptions, match="UTF-8"):
        get(tmp_path / "x.srt")


# --- the parts ---


def test_what_yt_dlp_says_becomes_one_short_line() -> None:
    said = (
        "\x1b[0;31mERROR:\x1b[0m [youtube] abc: Something\nbroke; please report this issue on "
        "https://github.com/… , filling out the template"
    )
    assert cleaned(said) == "Something broke"
    assert cleaned("") == "no reason given"
    assert len(cleaned("word " * 500)) <= LONGEST


def test_captions_of_an_unknown_language_are_taken_only_where_there_is_one() -> None:
    english = {"en": [{"ext": "vtt", "url": "https://x/"}]}
    chat = {"live_chat": [{"ext": "json", "url": "https://x/"}]}
    assert tracks.manual_captions({**english, **chat}, None) == ("en", english["en"][0])
    assert tracks.manual_captions({**english, "de": english["en"]}, None) is None
    assert tracks.manual_captions(english, "de") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("en-US", "en"), ("eng", "en"), ("zh-Hant", "zh"), ("yue", "yue"), ("und", None), ("", None)],
)
def test_a_language_is_known_by_its_short_code(name: str, code: str | None) -> None:
    assert ytdlp.language_code(name) == code


def test_the_javascript_runtime_comes_in_a_wheel() -> None:
    assert (ytdlp.javascript_runtime() or "").startswith("deno 2.")


def test_the_fake_site_is_a_proxy_too(fake_youtube: FakeYouTube) -> None:
    if not shutil.which("openssl"):
        pytest.skip("skipped: no openssl to make a certificate with")
    trusted = ssl.create_default_context(cafile=certificate()[0])
    port = int(fake_youtube.url.rpartition(":")[2])
    tunnel = HTTPSConnection("127.0.0.1", port, context=trusted)
    tunnel.set_tunnel("www.youtube.com", 443)
    tunnel.request("GET", "/watch?v=bc6uFV9CJGg")
    assert b"The first fake video" in tunnel.getresponse().read()
    tunnel.close()


def test_hints_fill_what_a_known_site_does_not_say(
    fake_youtube: FakeYouTube, tmp_path: Path
) -> None:
    (source,) = sources(watch("fake0000003"), SourcesOptions(), HASTY)
    hinted = replace(source, title="From the feed", published="2001-01-01")
    video = download(hinted, HASTY, folder=tmp_path).video
    assert (video.title, video.published) == ("No captions at all", "2026-10-03")
