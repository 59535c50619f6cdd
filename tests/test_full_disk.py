"""A disk that is full: told before it is, and if it fills all the same nothing is half."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.api import GOING
from pipeline.engines import room
from pipeline.history import History
from tests.fake_youtube.server import FakeYouTube
from tests.short import Short, short
from tests.test_serve import PATIENCE, Served, until
from tests.watched import B, put

pytestmark = pytest.mark.slow
MB = 1_000_000
DISK, SERVING = 24 * MB, 80 * MB  # the server's history takes some 20


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk of its own."""
    yield from mounted(tmp_path_factory.mktemp("disk"), DISK)


def mounted(place: Path, size: int) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("skipped: no tmpfs can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def interview(tmp_path_factory: pytest.TempPathFactory, disk: Path) -> Short:
    return short(tmp_path_factory.mktemp("interview"), "[download]\nkeep_free = 0\n", disk / "out")


@pytest.fixture
def leave(disk: Path) -> Iterator[Callable[[int], None]]:
    """Fill the disk, but for so many bytes."""
    yield lambda free: fill(disk, free)
    (disk / "ballast").unlink(missing_ok=True)


def fill(disk: Path, free: int = 0) -> None:
    for _ in range(50):  # others may write to it meanwhile
        stat = os.statvfs(disk)
        taken = str(stat.f_bavail * stat.f_frsize - free)
        ran = subprocess.run(["fallocate", "-l", taken, str(disk / "ballast")], check=False)
        if ran.returncode == 0:
            return
    raise AssertionError("it could not be filled")


def whole(interview: Short) -> bool:
    """Is there either no article, or all of it?"""
    return all(
        (folder / name).stat().st_size > 0
        for folder in interview.published
        for name in ("article.md", "article.html", "receipt.json", "data/published.json")
    )


# Bytes that are left: the disk is full when the folder is made, just after the sound is made,
# and while pages are written.
@pytest.mark.parametrize("free", [0, 3_300_000, 3_950_000])
def test_a_disk_that_fills_half_way_leaves_nothing_half_and_the_rerun_goes_on(
    free: int,
    interview: Short,
    disk: Path,
    leave: Callable[[int], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    subprocess.run(["rm", "-rf", str(interview.output)], check=True)
    leave(free)
    assert interview.run() == 1
    told = capsys.readouterr().err
    assert "The disk is" in told
    assert told.count("mytake: ") == 1
    assert "Traceback" not in told
    assert whole(interview)
    assert not list(interview.output.glob("*/article.md"))
    kept = {path.stem for path in interview.output.glob(".work/file-*/*.json")}
    finished = len(kept - {"source", "config"})  # what was asked for is no step
    (disk / "ballast").unlink()
    assert interview.run() == 0
    assert capsys.readouterr().err.count(" kept") == finished
    assert whole(interview)
    assert len(interview.published) == 1
    assert not list(interview.output.rglob("*.part"))


def test_it_is_told_before_it_is_full(
    interview: Short,
    disk: Path,
    leave: Callable[[int], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    subprocess.run(["rm", "-rf", str(interview.output)], check=True)
    leave(3 * MB)  # the sound alone takes as much
    assert interview.run() == 1
    told = capsys.readouterr().err
    assert "3.0 MB are free, the prepare step needs 3.6 MB" in told
    assert "mytake clean" in told
    assert not list(interview.output.rglob("16k*"))


def test_what_is_kept_free_is_kept_free(
    interview: Short, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = interview.config.read_text("utf-8").replace("keep_free = 0", "keep_free = 0.022")
    config = tmp_path / "config" / "mytake.toml"
    config.parent.mkdir()
    (config.parent / "styles").symlink_to(interview.config.parent / "styles")
    config.write_text(text, encoding="utf-8")
    subprocess.run(["rm", "-rf", str(interview.output)], check=True)
    assert Short(interview.audio, config, interview.output).run() == 1
    assert f"download.keep_free is {room.size(0.022 * room.GB)}" in capsys.readouterr().err


class Small(Served):
    """Keeps nothing free, so that the disk can fill."""

    def configured(self, channels: str, more: str) -> Path:
        file = super().configured(channels, more)
        told = file.read_text().replace("[download]\n", "[download]\nkeep_free = 0\n")
        file.write_text(told)
        return file

    def waiting(self) -> set[str]:
        """Runs that nobody has begun."""
        return {run["id"] for run in self.api.runs(["SCHEDULED"]) if not run["run_count"]}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Small]:
    with contextmanager(mounted)(tmp_path, SERVING) as disk, FakeYouTube([]) as site:
        served = Small(disk / "serves", site, "")
        yield served
        print(served.log.read_text())  # shown where it failed
        served.process.terminate()
        served.process.wait(PATIENCE)


def test_serving_waits_until_there_is_room_and_then_all_go_on(served: Small) -> None:
    """Its server's history is on the same disk. What waits is not tried, one after the other."""
    names = [put(served.site, B, number, "slow") for number in range(4)]
    served.mytake("trigger", *(f"https://youtu.be/{name}" for name in names))
    until(lambda: served.api.runs(["RUNNING"]))
    fill(served.folder.parent)
    until(lambda: "No article is begun" in served.log.read_text())
    waiting = served.waiting()
    time.sleep(5)  # the two that were begun may ask still, until they find the disk full
    assert len(waiting) == 2 and waiting <= served.waiting(), "no other is begun"
    (served.folder.parent / "ballast").unlink()
    until(lambda: served.articles() == names)
    until(lambda: not served.api.runs(GOING))
    said = served.log.read_text()
    assert said.count("The disk is full") == 1 and said.count("There is room again") == 1
    assert list(History(served.output).failures()) == []
    assert not list(served.output.rglob("*.part"))
    assert all((one / "data" / "published.json").stat().st_size for one in served.output.glob("2*"))
