"""Steps: kept, redone, taken up again, and told of a full disk."""

import errno
from pathlib import Path

import pytest

from pipeline.config import EditOptions, PrepareOptions, TranscribeOptions
from pipeline.errors import Busy, Changed, DiskFull, NotWritable
from pipeline.model import Audio, Recording, Speaker, Video, Word
from pipeline.store import Work, digest, dump, load, write_whole

calls: list[str] = []


@pytest.fixture(autouse=True)
def no_calls() -> None:
    calls.clear()


def speak(word: Word, options: PrepareOptions, *, folder: Path) -> Audio:
    calls.append("speak")
    (folder / "a.wav").write_bytes(word.text.encode())
    return Audio(folder / "a.wav", None, 3, digest(folder / "a.wav"))


def people(audio: Audio, options: EditOptions) -> tuple[Speaker, ...]:
    calls.append("people")
    return (Speaker("S1", "Ada", "host", audio.duration),)


def both(root: Path, word: str = "hello", options: PrepareOptions | None = None) -> None:
    with Work(root) as work:
        audio = work.step(speak, Word(word, 0, 1), options or PrepareOptions())
        assert audio.path.read_text() == word
        assert work.step(people, audio, EditOptions()) == (Speaker("S1", "Ada", "host", 3.0),)


def test_a_finished_step_is_not_done_again(tmp_path: Path) -> None:
    both(tmp_path)
    both(tmp_path)
    assert calls == ["speak", "people"]


def test_variants_of_a_step_are_kept_beside_each_other(tmp_path: Path) -> None:
    with Work(tmp_path) as work:
        for _ in range(2):
            for variant, word in (("", "hello"), ("report", "goodbye"), ("brief", "so long")):
                audio = work.step(speak, Word(word, 0, 1), PrepareOptions(), variant=variant)
                assert audio.path.read_text() == word
        assert calls == ["speak"] * 3
        assert work.variants(speak) == ["brief", "report"]
        assert work.variants(people) == []


def test_a_changed_input_redoes_it_and_what_depends_on_it(tmp_path: Path) -> None:
    both(tmp_path)
    both(tmp_path, "goodbye")
    assert calls == ["speak", "people"] * 2


def test_a_changed_knob_that_gives_the_same_result_stops_there(tmp_path: Path) -> None:
    both(tmp_path)
    both(tmp_path, options=PrepareOptions(listening_kbps=64))
    assert calls == ["speak", "people", "speak"]


def test_a_knob_that_cannot_change_the_result_redoes_nothing(tmp_path: Path) -> None:
    def mark(threads: int) -> str:
        return Work(tmp_path).fingerprint(people, (TranscribeOptions(threads=threads),))

    assert mark(1) == mark(2)
    assert mark(1) != Work(tmp_path).fingerprint(people, (TranscribeOptions(beam_size=1),))


def test_a_changed_version_of_the_stage_redoes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(tmp_path)
    monkeypatch.setattr("tests.test_store.VERSION", 2, raising=False)
    both(tmp_path)
    assert calls == ["speak", "people"] * 2


def test_a_lost_file_is_made_again(tmp_path: Path) -> None:
    both(tmp_path)
    (tmp_path / "speak" / "a.wav").unlink()
    both(tmp_path)
    assert calls == ["speak", "people", "speak"]


def test_the_folder_can_be_moved(tmp_path: Path) -> None:
    both(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    both(tmp_path / "there")
    assert calls == ["speak", "people"]


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b'{"step": 1}', b"\xff\xfe", b"null"])
def test_a_broken_manifest_is_as_none(tmp_path: Path, junk: bytes) -> None:
    both(tmp_path)
    (tmp_path / "people.json").write_bytes(junk)
    both(tmp_path)
    assert calls == ["speak", "people", "people"]


def test_a_killed_step_finds_its_checkpoint_only_with_the_same_inputs(tmp_path: Path) -> None:
    seen: list[bool] = []

    def long(word: Word, *, folder: Path) -> Word:
        seen.append((folder / "half").exists())
        (folder / "half").touch()
        if len(seen) < 3:
            raise KeyboardInterrupt
        return word

    for text in ("one", "one", "two"):
        with Work(tmp_path) as work:
            try:
                work.step(long, Word(text, 0, 1))
            except KeyboardInterrupt:
                continue
    assert seen == [False, True, False]


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    def fills(word: Word, *, folder: Path) -> Word:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Work(tmp_path) as work, pytest.raises(DiskFull, match="Free some space"):
        work.step(fills, Word("x", 0, 1))
    assert not (tmp_path / "fills.json").exists()


def test_two_runs_of_one_video_at_once_are_refused(tmp_path: Path) -> None:
    with Work(tmp_path), pytest.raises(Busy), Work(tmp_path):
        pass
    with Work(tmp_path):
        pass


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file", encoding="utf-8")
    with pytest.raises(NotWritable, match="--out"), Work(tmp_path / "drafts" / ".work" / "key"):
        pass


def test_each_step_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "pipeline.store")
    for _ in range(2):
        with Work(tmp_path) as work:
            work.step(speak, Word("x", 0, 1), PrepareOptions())
    assert [message.split() for message in caplog.messages] == [
        ["speak", "0.0", "s"],
        ["speak", "kept"],
    ]


def test_a_noun_comes_back_from_its_json_with_paths_below_the_root(tmp_path: Path) -> None:
    recording = Recording(Video("x", None, "“Ü” <b>"), tmp_path / "download" / "a.m4a", "00")
    data = dump(recording, tmp_path)
    assert b'"download/a.m4a"' in data
    assert load(Recording, data, tmp_path) == recording


def test_a_file_is_there_whole_or_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.json"
    write_whole(file, b"old")

    def fails(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OSError, match="full"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"


def listened(audio: Audio, options: EditOptions) -> tuple[Speaker, ...]:
    calls.append("listened")
    audio.path.read_bytes()
    return (Speaker("S1", "Ada", "host", audio.duration),)


def cleaned(root: Path, word: str = "hello", host: bool = False) -> None:
    """A run of two steps, of which the second one reads what the first one made."""
    with Work(root) as work:
        audio = work.step(speak, Word(word, 0, 1), PrepareOptions())
        work.step(listened, audio, EditOptions(drop_sponsors=host))


def test_a_step_whose_files_were_let_go_of_stays_finished(tmp_path: Path) -> None:
    cleaned(tmp_path)
    Work(tmp_path).let_go("speak", ["a.wav"])
    assert not (tmp_path / "speak" / "a.wav").exists()
    cleaned(tmp_path)
    assert calls == ["speak", "listened"]


def test_they_come_back_when_a_stage_wants_to_read_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "pipeline.store")
    cleaned(tmp_path)
    Work(tmp_path).let_go("speak", ["a.wav"])
    cleaned(tmp_path, host=True)
    assert calls == ["speak", "listened"] * 2
    assert "speak       once more: its files were cleaned away" in caplog.messages


def test_what_comes_back_as_something_else_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleaned(tmp_path)
    Work(tmp_path).let_go("speak", ["a.wav"])
    monkeypatch.setattr("tests.test_store.digest", lambda _: "another")
    with pytest.raises(Changed, match="Run it again"):
        cleaned(tmp_path, host=True)
    cleaned(tmp_path, host=True)
    assert calls == ["speak", "listened", "speak", "listened"]


def test_what_was_let_go_of_twice_is_nothing_to_tell(tmp_path: Path) -> None:
    cleaned(tmp_path)
    for _ in range(2):
        Work(tmp_path).let_go("speak", ["a.wav"])
    Work(tmp_path).let_go("never-run", ["a.wav"])
    cleaned(tmp_path)
    assert calls == ["speak", "listened"]
