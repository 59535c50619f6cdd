"""A watched channel tells of drafts, of failures once, and of a site that turned us away."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import RateLimited
from tests.fake_youtube.server import FakeYouTube
from tests.receiver import Receiver, receiving
from tests.watched import YOUTUBE, A, Watcher, configured, put


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def watcher(tmp_path: Path, receiver: Receiver) -> Watcher:
    channel = (
        f'[channel.first]\nurl = "{YOUTUBE}/{A.handle}"\nbackfill = 50\n'
        f'notify = ["{receiver.url}", "json://127.0.0.1:9/nobody"]\n'
    )
    file = configured(tmp_path / "config", channel, "[watch]\nrest = 0\n")
    return Watcher(file, tmp_path / "output")


def titles(receiver: Receiver) -> list[str]:
    found = [str(got["title"]) for got in receiver.got]
    receiver.got.clear()
    return found


def test_drafts_are_told_at_once_and_failures_together_at_the_next_look(
    fake_youtube: FakeYouTube, watcher: Watcher, receiver: Receiver
) -> None:
    fake_youtube.videos.clear()
    put(fake_youtube, A, 1, title="@everyone look")
    for number in (2, 3):
        put(fake_youtube, A, number, "age")
    watcher.poll("first")
    assert titles(receiver) == ["New draft: @\u200beveryone look"]
    watcher.poll("first")
    assert titles(receiver) == ["2 videos failed"]
    watcher.poll("first")
    assert titles(receiver) == []


def test_a_blocked_channel_is_told_once(
    fake_youtube: FakeYouTube, watcher: Watcher, receiver: Receiver
) -> None:
    fake_youtube.videos.clear()
    put(fake_youtube, A, 1)
    fake_youtube.wall = "http429"
    for _ in range(2):  # `rest` is 0: it is turned away twice
        with pytest.raises(RateLimited):
            watcher.poll("first")
    assert titles(receiver) == ["Channel blocked: first"]


def test_an_address_with_a_secret_is_refused_with_its_line(tmp_path: Path) -> None:
    channel = (
        f'[channel.first]\nurl = "{YOUTUBE}/{A.handle}"\nnotify = ["json://me:pw@a.example"]\n'
    )
    watcher = Watcher(configured(tmp_path / "config", channel), tmp_path / "output")
    with pytest.raises(Exception, match="line 3") as refused:
        _ = watcher.house
    assert "holds a secret" in str(refused.value)
    assert "pw@" not in str(refused.value)


def test_a_look_deletes_sound_whose_time_is_over(
    fake_youtube: FakeYouTube, watcher: Watcher
) -> None:
    from flows.channel import channel

    fake_youtube.videos.clear()
    for number in (1, 2):
        put(fake_youtube, A, number)
    watcher.poll("first")
    sounds = sorted(watcher.output.glob(".work/*/prepare/16k.wav"))
    assert len(sounds) == 2
    old = time.time() - 31 * 86_400
    for mark in sounds[0].parent.parent.glob("*.json"):
        os.utime(mark, (old, old))
    channel.fn("first", str(watcher.file), str(watcher.output))
    assert [sound.exists() for sound in sounds] == [False, True]
