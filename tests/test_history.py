"""What is known from output/ alone: done, failed and why, when to try again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.config import WatchOptions
from pipeline.errors import (
    BotWall,
    Bug,
    DiskFull,
    InterviewError,
    LiveNow,
    NoNetwork,
    NotYetLive,
    PrivateVideo,
    RateLimited,
    Stopped,
)
from pipeline.history import History, Register, Seen, pause
from pipeline.model import Listed, Source

OPTIONS = WatchOptions(rest=3600, retry=600)
SOURCE = Source("url", "https://www.youtube.com/watch?v=tidemill001", "youtube-tidemill001")


def test_a_failure_is_recorded_once_with_its_reason_and_gone_when_forgiven(tmp_path: Path) -> None:
    history = History(tmp_path)
    for _ in range(3):
        history.fail(SOURCE, "A talk", "a", NoNetwork("x", "the cable is out"), OPTIONS)
    (failure,) = history.failures()
    assert (failure.tries, failure.kind, failure.channel) == (3, "NoNetwork", "a")
    assert failure.reason == "Could not reach the site for x. the cable is out"
    assert failure.again is not None
    assert failure.again - failure.at == timedelta(minutes=40), "twice as long each time"
    history.forgive(SOURCE.key)
    history.forgive(SOURCE.key)
    assert history.failure(SOURCE.key) is None and not list(history.failures())


@pytest.mark.parametrize(
    ("error", "tries", "seconds"),
    [
        (PrivateVideo("x", "private"), 1, None),
        (Stopped("x", "by me"), 1, None),
        (NoNetwork("x", "no"), 1, 600),
        (NoNetwork("x", "no"), 2, 1200),
        (NoNetwork("x", "no"), 50, 7 * 86400),
        (DiskFull("x", "full"), 1, 600),
        (RateLimited("x", "429"), 2, 7200),
        (BotWall("x", "robot"), 1, 3600),
        (Bug("x", "KeyError"), 1, 3600),
        (NotYetLive("x", "soon"), 9, 3600),
        (LiveNow("x", "now"), 9, 3600),
    ],
)
def test_when_it_is_tried_again_depends_on_what_went_wrong(
    error: InterviewError, tries: int, seconds: float | None
) -> None:
    assert pause(error, tries, OPTIONS) == seconds


def test_what_no_channel_listed_is_not_promised_another_try(tmp_path: Path) -> None:
    history = History(tmp_path)
    assert history.fail(SOURCE, "A talk", None, NoNetwork("x", "no"), OPTIONS).again is None


def test_each_refusal_makes_a_channel_rest_twice_as_long_until_it_is_welcome(
    tmp_path: Path,
) -> None:
    history = History(tmp_path)
    rests = [history.turned_away("a", BotWall("x", "robot"), OPTIONS) for _ in range(8)]
    hours = [round((rest.until - datetime.now(UTC)).total_seconds() / 3600) for rest in rests]
    assert hours == [1, 2, 4, 8, 16, 24, 24, 24]
    assert history.rest("a") == rests[-1] and history.rest("b") is None
    history.welcome("a")
    assert history.rest("a") is None
    assert history.turned_away("a", BotWall("x", "robot"), OPTIONS).times == 1


def test_a_rest_that_is_over_is_none(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.turned_away("a", BotWall("x", "robot"), WatchOptions(rest=0))
    assert history.rest("a") is None


def test_a_register_comes_back_as_it_was_and_a_broken_one_as_none(tmp_path: Path) -> None:
    history = History(tmp_path)
    register = Register(
        datetime.now(UTC), ("video",), 3, {"i": Seen("k", "older")}, (Listed(SOURCE, "i", "T"),)
    )
    history.keep("a", register)
    assert history.register("a") == register
    (tmp_path / ".channels" / "a.json").write_text('{"looked": ')
    assert history.register("a") == Register()


def test_a_register_keeps_the_newest_entries_only(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.keep("a", Register(seen={str(n): Seen(str(n)) for n in range(1500)}))
    assert list(history.register("a").seen) == [str(n) for n in range(1000)]


def test_done_is_what_was_published_even_if_a_person_moved_it(tmp_path: Path) -> None:
    history = History(tmp_path)
    assert history.done(SOURCE) is None
    work = tmp_path / ".work" / SOURCE.key
    work.mkdir(parents=True)
    result = {"folder": "/gone", "article": "/gone/article.md", "status": "ready"}
    told = {"step": "publish", "fingerprint": "", "files": {}, "result": result}
    (work / "publish.json").write_text(json.dumps(told))
    assert history.done(SOURCE) == Path("/gone")


def test_done_is_seen_by_the_folders_name_where_the_steps_were_cleaned_away(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "2025-01-01-a-talk-tidemill001"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "video.json").write_text("{}")
    assert History(tmp_path).done(SOURCE) == folder
    other = Source("url", "https://a.example/x.mp3", "url-0123456789ab")
    assert History(tmp_path).done(other) is None
