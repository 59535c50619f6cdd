"""Looking at channels of the fake YouTube: each good video once, each bad one with one reason."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import watch
from pipeline.errors import NotFound, RateLimited
from pipeline.history import History
from pipeline.model import Source
from pipeline.store import Work
from tests.fake_youtube.podcast import Podcast
from tests.fake_youtube.server import FakeYouTube
from tests.watched import YOUTUBE, A, B, Watcher, configured, put

NOW_AND_HERE = "[watch]\nrest = 0\nretry = 0\n"


@pytest.fixture
def site(fake_youtube: FakeYouTube) -> FakeYouTube:
    fake_youtube.videos.clear()
    return fake_youtube


def watching(tmp_path: Path, more: str = "", **channels: str) -> Watcher:
    tables = [
        f'[channel.{name}]\nurl = "{YOUTUBE}/{of.handle}"\nbackfill = 50\nmost = 50\n{knobs}\n'
        for name, of, knobs in (
            (name, {"first": A, "second": B}[name], knobs) for name, knobs in channels.items()
        )
    ]
    file = configured(tmp_path / "config", "".join(tables), more)
    return Watcher(file, tmp_path / "output")


BAD = {
    "private": None,  # in no list
    "removed": None,
    "members": None,
    "age": "AgeGated",
    "geo": "GeoBlocked",
    "drm": "Protected",
    "sabr": "NoFormats",
    "media403": "MediaRefused",
    "drop": "NoNetwork",
    "shortened": "MediaRefused",
}


def test_each_good_video_has_one_article_and_each_bad_one_one_reason(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="")
    good = [put(site, A, number) for number in (1, 5)]
    bad = {put(site, A, 10 + n, kind): told for n, (kind, told) in enumerate(BAD.items())}
    watcher.poll("first")
    assert watcher.articles() == sorted(good)
    failed = {name: kind for name, kind in bad.items() if kind}
    assert watcher.failed() == failed
    assert watcher.poll("first") == {}
    assert watcher.failed() == failed, "and no second one"


def test_a_poll_with_nothing_new_is_one_request_however_many_are_done(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="filters = { title = 'never' }")
    for number in range(90):
        put(site, A, number)
    watcher.poll("first")
    for _ in range(3):
        site.hits.clear()
        assert watcher.poll("first") == {}
        assert site.requests == 1
    for number in range(90, 93):
        put(site, A, number)
    site.hits.clear()
    watcher.poll("first")
    assert site.requests == 1
    for number in range(100, 140):
        put(site, A, number)
    site.hits.clear()
    watcher.poll("first")
    assert site.requests == 2, "more than a page is new"


def test_the_first_look_reads_no_further_than_its_backfill(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="filters = { live = true, shorts = true }")
    file = watcher.file.parent / "channels.toml"
    file.write_text(file.read_text().replace("backfill = 50", "backfill = 0"))
    for number in range(90):
        put(site, A, number)
    watcher.poll("first")
    assert site.requests == 3, "one for each tab that is asked for"


def test_a_bot_wall_stops_the_channel_and_it_goes_on_where_it_was(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="", second="")
    wanted = [put(site, A, number) for number in (1, 2, 3)]
    seen = watch.look("first", watcher.house)
    site.wall = "bot"
    orders = [watch.Order(one.listed.source, one.listed.title, "first") for one in seen.taken]
    states = [watch.attempt(order, watcher.house) for order in orders]
    asked = site.requests
    assert [one.state for one in states] == ["failed", "put off", "put off"]
    assert "first rests until" in states[1].why and "not a bot" in states[1].why
    assert list(watcher.failed().values()) == ["BotWall"]
    assert watch.look("first", watcher.house).rest is not None
    assert site.requests == asked, "nothing is asked while it rests"

    site.wall = None
    file = watcher.output / ".channels" / "first.rest"
    file.write_text(re.sub(r"\b20\d\d-", "2001-", file.read_text()))
    failed = watcher.output / ".failed" / f"youtube-{wanted[-1]}.json"
    assert failed.exists(), "the newest was first"
    assert watcher.poll("first") == {"ok 2": "written", "ok 1": "written"}
    failed.write_text(re.sub(r'"again":"\d{4}', '"again":"2001', failed.read_text()))
    assert watcher.poll("first") == {"ok 3": "written"}
    assert watcher.articles() == wanted and watcher.failed() == {}


def test_a_video_that_alone_meets_a_wall_does_not_keep_the_others_waiting(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, NOW_AND_HERE, first="")
    good = [put(site, A, 1), put(site, A, 2)]
    walled = put(site, A, 3, "bot")
    for _ in range(4):
        watcher.poll("first")
    assert watcher.articles() == good and watcher.failed() == {walled: "BotWall"}


def test_a_list_that_says_429_makes_its_channel_rest_and_no_other(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="", second="")
    put(site, A, 1)
    site.wall = "http429"
    with pytest.raises(RateLimited):
        watcher.poll("first")
    site.wall = None
    name = put(site, B, 1)
    assert watcher.poll("first") == {}
    watcher.poll("second")
    assert watcher.articles() == [name]
    assert "429" in (History(watcher.output).register("first").trouble or "")


def test_a_channel_that_is_gone_is_told_and_remembered(site: FakeYouTube, tmp_path: Path) -> None:
    watcher = watching(tmp_path, first="")
    with pytest.raises(NotFound):
        watcher.poll("first")
    assert "nothing at" in (History(watcher.output).register("first").trouble or "")
    put(site, A, 1)
    watcher.poll("first")
    assert History(watcher.output).register("first").trouble is None


def test_a_premiere_and_a_stream_are_taken_up_by_themselves(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="filters = { live = true, premieres = true }")
    premiere = put(site, A, 1, "upcoming")
    stream = put(site, A, 2, "live", tab="streams")
    for _ in range(2):
        site.hits.clear()
        assert watcher.poll("first") == {}
        assert site.requests == 2, "the lists tell; the videos are not asked"
    for name in (premiere, stream):
        put(site, A, int(name[-5:]), "ok", id=name, tab=site.videos[name].tab)
    assert set(watcher.poll("first").values()) == {"written"}
    assert watcher.articles() == sorted((premiere, stream))


def test_a_premiere_that_many_newer_videos_push_down_the_list_is_taken_up_all_the_same(
    site: FakeYouTube, tmp_path: Path
) -> None:
    told = "filters = { premieres = true, title = 'upcoming' }"
    watcher = watching(tmp_path, "[watch]\nrest = 0\n", first=told)
    premiere = put(site, A, 1, "upcoming")
    assert watcher.poll("first") == {}
    for number in range(2, 62):
        put(site, A, number)
    assert watcher.poll("first") == {}, "read down to what is known, and it has not begun"
    assert watcher.poll("first") == {"upcoming 1": "failed"}, "no list tells of it any more"
    assert watcher.failed() == {premiere: "NotYetLive"}
    put(site, A, 1, "ok", id=premiere, title="upcoming 1")
    assert watcher.poll("first") == {"upcoming 1": "written"}
    assert watcher.failed() == {}


def test_what_only_the_page_knows_is_looked_at_before_anything_is_downloaded(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="filters = { since = 2026-02-01 }")
    put(site, A, 1)
    new = put(site, A, 40)
    watcher.poll("first")
    assert watcher.articles() == [new]
    assert list(watcher.failed().values()) == ["TooOld"]
    assert sum(n for place, n in site.hits.items() if "googlevideo" in place) <= 1


def test_an_edited_title_and_a_video_listed_twice_make_no_second_article(
    site: FakeYouTube, tmp_path: Path
) -> None:
    watcher = watching(tmp_path, first="", second="")
    name = put(site, A, 1)
    watcher.poll("first")
    put(site, A, 1, id=name, title="Another title altogether", published="2026-11-01")
    assert watcher.poll("first") == {}
    put(site, B, 1, id=name)
    assert watcher.poll("second") == {}
    assert watcher.articles() == [name]


def test_a_podcasts_episode_at_a_new_address_is_the_same_by_its_guid(
    podcast: Podcast, tmp_path: Path
) -> None:
    table = f'[channel.pod]\nurl = "{podcast.url}/feed.xml"\nbackfill = 1\n'
    watcher = Watcher(configured(tmp_path / "c", table), tmp_path / "o")
    assert watcher.poll("pod") == {"Episode 3": "written"}
    (data,) = watcher.output.glob("*/data/video.json")
    assert '"The Fake Podcast"' in data.read_text()
    podcast.pages["/moved.mp3"] = podcast.pages["/episode3.mp3"]
    status, kind, feed = podcast.pages["/feed.xml"]
    podcast.pages["/feed.xml"] = (status, kind, feed.replace(b"/episode3.mp3", b"/moved.mp3"))
    assert watcher.poll("pod") == {}


def test_one_bug_stops_no_other_video_and_is_told_as_ours(
    site: FakeYouTube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = watching(tmp_path, first="")
    names = [put(site, A, 1), put(site, A, 2)]
    step = Work.step

    def broken(self: Work, stage: object, *inputs: object, variant: str = "") -> object:
        if names[1] in str(self.root) and getattr(stage, "__name__", "") == "edit":
            raise KeyError("speaker")
        return step(self, stage, *inputs, variant=variant)  # type: ignore[arg-type]

    monkeypatch.setattr(Work, "step", broken)
    assert watcher.poll("first") == {"ok 2": "failed", "ok 1": "written"}
    (failure,) = History(watcher.output).failures()
    assert failure.kind == "Bug" and "KeyError: 'speaker'" in failure.why
    assert failure.again and failure.again > datetime.now(UTC) + timedelta(minutes=59)


def test_what_is_not_ours_is_recorded_against_no_video(
    site: FakeYouTube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = watching(tmp_path, first="")
    put(site, A, 1)
    (one,) = watch.look("first", watcher.house).taken

    def away(*_: object, **__: object) -> None:
        raise ConnectionError("the server is away")

    monkeypatch.setattr(Work, "step", away)
    order = watch.Order(one.listed.source, one.listed.title, "first")
    with pytest.raises(ConnectionError):
        watch.attempt(order, watcher.house, not_ours=(ConnectionError,))
    assert watcher.failed() == {}


def test_done_again_from_a_stage_keeps_a_persons_edit_and_all_styles(
    site: FakeYouTube, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    watcher = watching(tmp_path, first='styles = ["take", "brief"]')
    name = put(site, A, 1)
    watcher.poll("first")
    (folder,) = watcher.output.glob(f"*-{name}")
    assert (folder / "article-brief.md").is_file()
    (folder / "article.md").write_text("What I made of it.")
    source = Source("url", f"{YOUTUBE}/watch?v={name}", f"youtube-{name}")
    site.hits.clear()
    order = watch.order_of(source.address, source, watcher.house)
    assert order.channel == "first", "the rules of the channel that listed it"
    again = watch.Order(source, "x", "first", "compose")
    assert watch.attempt(again, watcher.house).state == "written"
    assert site.requests == 0
    assert (folder / "article.md").read_text() == "What I made of it."
    assert (folder / "article-brief.md").is_file()
    from_the_start = watch.Order(source, "x", "first", "download")
    assert watch.attempt(from_the_start, watcher.house).state == "written"
    assert site.requests > 0 and (folder / "article.md").read_text() == "What I made of it."


def test_two_runs_of_one_video_are_not_at_it_at_once(site: FakeYouTube, tmp_path: Path) -> None:
    watcher = watching(tmp_path, first="")
    name = put(site, A, 1)
    with Work(watcher.output / ".work" / f"youtube-{name}"):
        assert watcher.poll("first") == {"ok 1": "put off"}
    assert watcher.poll("first") == {"ok 1": "written"} and watcher.failed() == {}


def test_a_check_changes_nothing(site: FakeYouTube, tmp_path: Path) -> None:
    watcher = watching(tmp_path, first="")
    put(site, A, 1)
    for _ in range(2):
        seen = watch.look("first", watcher.house, keep=False)
        assert [one.verdict for one in seen.decisions] == ["take"]
    assert not list(watcher.output.glob("**/*.json"))
