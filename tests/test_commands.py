"""`mytake channel`: what it writes, keeps, shows; and what a server that is not there is called."""

from pathlib import Path

import pytest

from flows.cli import main
from flows.commands.serving import next_step, sendable
from flows.path import STAGES
from pipeline.config import WatchOptions
from pipeline.errors import NoNetwork, PrivateVideo
from pipeline.history import History
from pipeline.model import Source
from tests.fake_youtube.server import FakeYouTube
from tests.watched import YOUTUBE, A, configured, put

FILE = """\
# Mine, all mine.
[channel.one]   # the first
url = "https://a.example/one.xml"
cron = "5 5 * * *"  # early

# The second has a note, too.
[channel.two]
url = 'https://a.example/two.xml'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    configured(tmp_path / "config", FILE)
    return tmp_path


def mytake(folder: Path, *words: str) -> int:
    where = ("--config", str(folder / "config/mytake.toml"), "--out", str(folder / "out"))
    return main([*words, *where])


def text(folder: Path) -> str:
    return (folder / "config" / "channels.toml").read_text("utf-8")


def test_pause_and_resume_change_one_line_and_keep_every_comment(folder: Path) -> None:
    assert mytake(folder, "channel", "pause", "one") == 0
    assert text(folder).replace("paused = true\n", "") == FILE
    assert "paused = true" in text(folder).split("[channel.two]")[0]
    assert mytake(folder, "channel", "resume", "one") == 0
    assert text(folder) == FILE


def test_add_writes_a_table_at_the_end_and_remove_takes_it_out(folder: Path) -> None:
    more = ("--timezone", "Europe/Berlin", "--backfill", "3", "--style", "brief")
    assert mytake(folder, "channel", "add", "https://www.youtube.com/@Some.Body", *more) == 0
    added = text(folder).removeprefix(FILE)
    assert added.startswith('\n[channel.some-body]\nurl = "https://www.youtube.com/@Some.Body"\n')
    assert 'timezone = "Europe/Berlin"\nbackfill = 3\nstyles = ["brief"]\n' in added
    assert mytake(folder, "channel", "remove", "some-body") == 0
    assert text(folder).strip() == FILE.strip()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pause", "tow"], "Did you mean 'two'"),
        (["check", "three"], "has: one, two"),
    ],
)
def test_a_change_that_makes_no_sense_is_told_and_changes_nothing(
    words: list[str], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mytake(folder, "channel", *words) == 2
    assert told in capsys.readouterr().err
    assert text(folder) == FILE


THIRD = "https://a.example/3.xml"
LIST = '"https://www.youtube.com/playlist?list=PL1"'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["https://a.example/one.xml", "--name", "x"], "[channel.one] watches it already"),
        ([THIRD, "--cron", "whenever"], "--cron|no time of cron|Give another one for --cron"),
        ([THIRD, "--timezone", "Europe/Berln"], "--timezone|one is Europe/Berlin"),
        ([THIRD, "--backfill", "-1"], "--backfill|It is 0 or more, not -1"),
        (["ftp://a.example/3.xml"], "its address|https://"),
        (["@workingorder"], "Did you mean https://www.youtube.com/@workingorder ?"),
        ([THIRD, "--name", "Big Name"], "--name 'Big Name'|small letters"),
        ([THIRD, "--style", "taek"], "--style taek|Did you mean 'take'"),
        (
            ["https://youtu.be/tidemill001"],
            'one recording|mytake run "https://youtu.be/tidemill001"',
        ),
        (["https://www.youtube.com/watch?v=tidemill001&list=PL1"], f"Did you mean {LIST}?"),
        (["https://a.example/talk.mp3"], "one recording|mytake run"),
    ],
)
def test_what_cannot_be_added_is_told_with_its_option_and_no_line_of_the_file(
    words: list[str], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mytake(folder, "channel", "add", *words) == 2
    said = capsys.readouterr().err
    assert "nothing was written" in said and ", line" not in said
    for part in told.split("|"):
        assert part in said
    assert text(folder) == FILE


def test_the_first_channel_makes_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (configured(tmp_path / "config", "").parent / "channels.toml").unlink()
    assert mytake(tmp_path, "channel", "list") == 0
    assert "No channel is watched" in capsys.readouterr().err
    assert mytake(tmp_path, "status") == 0
    assert "channels" not in capsys.readouterr().out, "no heading over nothing"
    assert mytake(tmp_path, "channel", "add", "https://a.example/one.xml") == 0
    assert text(tmp_path).startswith("# Which channels are watched")


def test_check_says_of_each_video_what_becomes_of_it_and_why(
    tmp_path: Path, fake_youtube: FakeYouTube, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(tmp_path / "config", f'[channel.a]\nurl = "{YOUTUBE}/{A.handle}"\n')
    put(fake_youtube, A, 3, title="New \x1b[2J one")
    put(fake_youtube, A, 2)
    put(fake_youtube, A, 1, "members")
    assert mytake(tmp_path, "channel", "check") == 0
    said = capsys.readouterr().out
    assert "take   New [2J one" in said and "for members only" in said
    assert "a higher backfill takes it" in said and "1 to take, 2 to skip" in said
    assert fake_youtube.requests == 1


def test_one_video_that_stands_in_the_file_is_told_as_no_channel(
    tmp_path: Path, fake_youtube: FakeYouTube, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{YOUTUBE}/watch?v={put(fake_youtube, A, 3)}"
    configured(tmp_path / "config", f'[channel.a]\nurl = "{address}"\n')
    assert mytake(tmp_path, "channel", "check") == 1
    said = capsys.readouterr().err
    assert f"{address} is no channel, playlist or feed" in said and "mytake run" in said


def test_list_tells_when_each_is_next_and_what_went_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mytake(folder, "channel", "pause", "two")
    error = NoNetwork("x", "the cable is out")
    History(folder / "out").turned_away("one", error, WatchOptions())
    capsys.readouterr()
    assert mytake(folder, "channel", "list") == 0
    said = capsys.readouterr().out
    assert "05:05 UTC (5 5 * * *)" in said and "rests until" in said and "the cable is out" in said
    assert "paused; mytake channel resume two" in said


def test_without_a_server_that_is_said_and_what_is_known_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    source = Source("url", "https://www.youtube.com/watch?v=tidemill001", "youtube-tidemill001")
    options = WatchOptions()
    History(folder / "out").fail(source, "A talk", "one", PrivateVideo("it", "private"), options)
    assert mytake(folder, "status") == 0
    said = capsys.readouterr()
    assert "mytake serve" in said.err
    assert "Could not get it. The site answered: private" in said.out
    assert "Ask the owner" in said.out
    for words in (["trigger", "https://youtu.be/tidemill001"], ["cancel", "x"]):
        assert mytake(folder, *words) == 1
        assert "mytake serve" in capsys.readouterr().err


def test_what_failed_and_no_channel_lists_can_be_forgotten(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    history, options, error = History(folder / "out"), WatchOptions(), PrivateVideo("it", "private")
    for number, channel in ((1, None), (2, "one")):
        address = f"https://www.youtube.com/watch?v=tidemill00{number}"
        source = Source("url", address, f"youtube-tidemill00{number}")
        history.fail(source, f"Talk {number}", channel, error, options)
    assert mytake(folder, "status") == 0
    assert "mytake cancel URL" in capsys.readouterr().err
    assert mytake(folder, "cancel", "https://youtu.be/tidemill001") == 0
    assert capsys.readouterr().out == "forgotten: Talk 1\n"
    assert mytake(folder, "cancel", "https://youtu.be/tidemill002") == 1
    assert [one.title for one in history.failures()] == ["Talk 2"], "a look would try it again"


def test_only_what_can_be_heard_is_sent(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "notes.md").write_text("A text.", encoding="utf-8")
    (folder / "talk.info.json").write_text('{"title": "A talk"}', encoding="utf-8")
    for what, told in (
        ("notes.md", "finds no audio or video in it"),
        ("ntoes.md", "Did you mean notes.md"),
        ("talk.info.json", f"with --info {folder}/talk.info.json"),
    ):
        assert mytake(folder, "trigger", what) == 1
        assert told in capsys.readouterr().err
    (folder / "talk.vtt").write_text("WEBVTT", encoding="utf-8")
    assert sendable("talk.vtt")[0] == str(folder / "talk.vtt")


def test_the_next_step_is_what_happens_by_itself_or_what_to_do(tmp_path: Path) -> None:
    history, source = History(tmp_path), Source("url", "u", "url-1")
    error = NoNetwork("x", "no")
    passing = history.fail(source, "T", "one", error, WatchOptions())
    assert "again from" in next_step(passing) and "by itself" in next_step(passing)
    assert next_step(history.fail(source, "T", None, error, WatchOptions())) == error.parts[2]


def test_a_step_that_is_not_known_is_told_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("run", "trigger"):
        with pytest.raises(SystemExit, match="2"):
            main([command, "x", "--from", "transcibe"])
        assert ", ".join(STAGES) in capsys.readouterr().err.replace("\n", " ")
