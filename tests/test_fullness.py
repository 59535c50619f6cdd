"""`mytake serve` and a full disk: it waits for room, and never for more than there will be."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.fullness import AGAIN, LATE, Fullness

MB = 1_000_000


class Disk:
    """A disk on which others write, and a clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.seconds, self.told = 60 * MB, 1000.0, list[str]()
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=self.left))
        self.known = Fullness(folder, self.told.append, lambda: self.seconds)

    def begins(self) -> bool:
        return self.known.has_room()

    def found_full(self) -> None:
        self.known.found_full("The disk is full.")


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path, monkeypatch)


def test_nothing_is_begun_until_there_is_more_room_than_a_run_found(disk: Disk) -> None:
    assert disk.begins()
    disk.left = 12 * MB
    disk.found_full()
    assert not disk.begins()
    disk.left = 20 * MB
    assert not disk.begins()
    disk.left = 22 * MB
    assert disk.begins()
    assert [line.split()[0] for line in disk.told] == ["The", "No", "There"]


def test_a_second_run_that_is_heard_when_there_is_room_already_stops_nothing(disk: Disk) -> None:
    disk.left = 0
    disk.found_full()
    disk.left = 60 * MB
    disk.found_full()  # it had found so before
    assert disk.begins()


def test_nor_does_one_that_is_heard_later_still(disk: Disk) -> None:
    disk.left = 0
    disk.found_full()
    disk.left = 60 * MB
    assert disk.begins()
    disk.seconds += LATE / 2
    disk.found_full()
    assert disk.begins()
    disk.seconds += LATE
    disk.found_full()
    assert not disk.begins(), "found anew"


def test_where_the_first_is_heard_too_late_it_is_tried_again_after_a_while(disk: Disk) -> None:
    disk.found_full()  # somebody made room in the meantime
    disk.seconds += AGAIN
    assert not disk.begins()
    disk.seconds += 1
    assert disk.begins()
    assert disk.told[-1] == "It is tried again whether there is room."
    disk.found_full()
    assert not disk.begins(), "it was too little: no run after the other tries it"


def test_on_a_disk_that_is_nearly_full_nothing_is_ever_begun(disk: Disk) -> None:
    disk.left = 5 * MB
    assert not disk.begins()
    disk.seconds += 2 * AGAIN
    assert not disk.begins()
    assert "5.0 MB are left" in disk.told[0]
