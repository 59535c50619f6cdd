"""mytake clean: what goes, what stays, and that a finished video stays finished."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.clean import DAY, Leftover, sweep
from flows.cli import main
from pipeline.config import CleanOptions
from pipeline.errors import NotWritable
from pipeline.store import Work
from tests.short import Short, short

RULES = CleanOptions(finished=30, failed=14)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Short:
    made = short(tmp_path_factory.mktemp("finished"))
    assert made.run() == 0
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def aged(output: Path, days: float) -> None:
    then = time.time() - days * DAY
    for path in output.rglob("*"):
        os.utime(path, (then, then))


def step(root: Path, name: str, result: object, *made: str) -> None:
    """A finished step, as far as a look at it goes."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in made:
        (folder / file).write_bytes(b"sound")
    manifest = {"step": name, "fingerprint": "", "files": dict.fromkeys(made, 5), "result": result}
    (root / f"{name}.json").write_text(json.dumps(manifest))


def video(output: Path, key: str, days: float, *, published: bool) -> Path:
    """The working folder of one video."""
    root = output / ".work" / key
    captions = [{"path": "download/manual.json3", "language": "en", "kind": "manual"}]
    told = {"audio": "download/audio.m4a", "captions": captions}
    step(root, "download", told, "audio.m4a", "manual.json3")
    audio = {"path": "prepare/16k.wav", "listening": "prepare/listen-32k.m4a"}
    step(root, "prepare", audio, "16k.wav", "listen-32k.m4a")
    if published:
        folder = output / f"a-talk-{key}"
        published = {"folder": str(folder), "article": str(folder / "article.md")}
        step(root, "publish", {**published, "status": "ready"})
    else:
        (root / "transcribe").mkdir()
        (root / "transcribe" / "000-120.json").write_text("heard")
        (root / "transcribe.begun").write_text("mark")
    aged(root, days)
    return root


def names(found: Iterator[Leftover] | list[Leftover]) -> list[str]:
    return sorted(path.name for one in found for path in one.files)


def test_the_rule_is_by_days_finished_or_not(tmp_path: Path) -> None:
    for key, days, published in (
        ("new", 13, False),
        ("failed", 15, False),
        ("done", 29, True),
        ("old", 31, True),
    ):
        video(tmp_path, key, days, published=published)
    found = {one.key: one for one in sweep(tmp_path, RULES)}
    assert names([found["old"]]) == ["16k.wav", "audio.m4a"]
    assert names([found["failed"]]) == ["16k.wav", "audio.m4a"]
    assert set(found) == {"old", "failed"}
    assert found["old"].freed == 10
    assert (found["old"].title, found["failed"].title) == ("a-talk-old", "unfinished")
    left = {path.name for path in (tmp_path / ".work" / "old").rglob("*") if path.is_file()}
    assert {"manual.json3", "listen-32k.m4a", "prepare.json"} <= left
    assert list(sweep(tmp_path, RULES)) == [], "once is enough"


def test_half_a_download_goes_and_what_was_heard_so_far_stays(tmp_path: Path) -> None:
    root = video(tmp_path, "failed", 15, published=False)
    (root / "download.json").rename(root / "download.begun")
    (root / "download" / "audio.m4a").rename(root / "download" / "audio.m4a.part")
    (root / "download" / "notes.txt").write_text("mine")
    (root / "prepare" / "louder.wav.part").write_bytes(b"half")
    aged(root, 15)
    assert names(sweep(tmp_path, RULES)) == ["16k.wav", "audio.m4a.part"]
    assert (root / "download" / "notes.txt").exists()
    assert (root / "transcribe" / "000-120.json").exists()
    (root / "prepare.json").rename(root / "prepare.begun")
    aged(root, 15)
    assert names(sweep(tmp_path, RULES)) == ["louder.wav.part"]


def test_what_may_not_be_deleted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video(tmp_path, "old", 31, published=True)

    def refused(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(NotWritable, match="Permission denied"):
        list(sweep(tmp_path, RULES))


def test_a_dry_run_touches_nothing(tmp_path: Path) -> None:
    video(tmp_path, "old", 31, published=True)
    before = files(tmp_path)
    assert len(names(sweep(tmp_path, RULES, dry_run=True))) == 2
    (tmp_path / ".work" / "old" / "lock").unlink()  # it looked whether a run is at it
    assert files(tmp_path) == before


def test_cleaning_makes_nothing_younger(tmp_path: Path) -> None:
    video(tmp_path, "old", 31, published=True)
    list(sweep(tmp_path, RULES))
    assert names(sweep(tmp_path, RULES, listening=True)) == ["listen-32k.m4a"]


def test_a_video_that_is_being_worked_on_is_passed_over(tmp_path: Path) -> None:
    root = video(tmp_path, "old", 31, published=True)
    with Work(root):
        (found,) = sweep(tmp_path, RULES)
    assert found.busy
    assert (root / "prepare" / "16k.wav").exists()


def test_what_a_person_put_there_stays(tmp_path: Path) -> None:
    root = video(tmp_path, "old", 31, published=True)
    (root / "prepare" / "16k.wav").write_bytes(b"a cleaner recording")
    (root / "prepare" / "notes.txt").write_text("mine")
    elsewhere = tmp_path / "big-disk"
    (root / "download").rename(elsewhere)
    (root / "download").symlink_to(elsewhere)
    aged(root, 31)
    assert list(sweep(tmp_path, RULES)) == []
    (tmp_path / ".work" / "mine").mkdir()
    (tmp_path / ".work" / "mine" / "audio.m4a").write_bytes(b"mine")
    linked = tmp_path / ".work" / "linked"
    linked.symlink_to(root)
    assert list(sweep(tmp_path, RULES, older_than=0)) == []


def test_a_file_elsewhere_that_was_only_read_stays(tmp_path: Path) -> None:
    root = tmp_path / ".work" / "file-1"
    mine = tmp_path / "interview.mp3"
    mine.write_bytes(b"sound")
    step(root, "download", {"audio": str(mine)})
    aged(root, 99)
    assert list(sweep(tmp_path, RULES)) == []
    assert mine.exists()


@pytest.mark.slow
def test_a_cleaned_video_stays_finished_and_hears_anew_only_what_it_must(
    finished: Short, caplog: pytest.LogCaptureFixture
) -> None:
    (folder,) = finished.published
    before = files(folder)
    clean = ("clean", "--out", str(finished.output), "--config", str(finished.config))
    assert main([*clean, "--older-than", "0d"]) == 0
    assert not list(finished.output.rglob("*.wav"))
    assert files(folder) == before
    caplog.set_level("INFO", "pipeline.store")
    assert finished.run() == 0
    assert {message.split()[1] for message in caplog.messages} == {"kept"}
    # Another article of it needs no sound …
    caplog.clear()
    assert finished.run("--questions", "2") == 0
    assert not [message for message in caplog.messages if "once more" in message]
    # … and another hearing does.
    text = finished.config.read_text("utf-8")
    finished.config.write_text(f"{text}[attribute]\npause = 0.5\n", encoding="utf-8")
    caplog.clear()
    assert finished.run("--questions", "2") == 0
    again = [message.split()[0] for message in caplog.messages if "once more" in message]
    assert again == ["prepare"]


@pytest.mark.slow
def test_listening_copies_go_only_when_asked_for_and_never_an_edited_one(
    finished: Short, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy,) = finished.published[0].glob("audio.*")
    clean = ("clean", "--out", str(finished.output), "--config", str(finished.config))
    assert main([*clean, "--older-than", "0h"]) == 0
    assert copy.exists()
    sound = copy.read_bytes()
    copy.unlink()  # a program that saves writes a new file
    copy.write_bytes(sound + b"cut by hand")
    assert main([*clean, "--older-than", "0h", "--listening-copies"]) == 0
    assert copy.read_bytes() == sound + b"cut by hand"
    copy.write_bytes(sound)
    capsys.readouterr()
    assert main([*clean, "--older-than", "0h", "--listening-copies", "--dry-run"]) == 0
    assert "would go" in capsys.readouterr().err
    assert main([*clean, "--older-than", "0h", "--listening-copies"]) == 0
    assert not copy.exists()
    assert finished.run("--questions", "2") == 0


def test_a_time_that_makes_no_sense_is_told_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["clean", "--older-than", "soon"])
    assert "take 30d, 12h or 2w" in capsys.readouterr().err
