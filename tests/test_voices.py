"""The show memory, the whole way: kept, recognised, listed, forgotten; names by hand."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from pipeline.engines.audio.ffmpeg import binary
from tests.runs import AUDIO, INFO, STAGES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "tide-mill"
SECONDS = 150
VOICE = re.compile(r"(?:-?[01]\.\d+\D{1,9}){50}")  # many numbers in a row: a point


class Show:
    """A channel that was heard before: nothing is heard anew but voices, of two minutes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out"
        self.config = folder / "config" / "mytake.toml"
        self.config.parent.mkdir()
        (self.config.parent / "styles").symlink_to(ROOT / "config" / "styles")
        transcript = json.loads((GOLDEN / "transcript.json").read_bytes())
        transcript["words"] = [word for word in transcript["words"] if word["end"] < SECONDS]
        (folder / "transcript.json").write_text(json.dumps(transcript))
        voices = json.loads((GOLDEN / "voices.json").read_bytes())
        heard = [voice for voice in voices if voice["end"] < SECONDS]
        (folder / "voices.json").write_text(json.dumps(heard))
        cut = ("-t", str(SECONDS), "-c", "copy", str(folder / "sound.opus"))
        subprocess.run([str(binary("ffmpeg")), "-v", "error", "-i", str(AUDIO), *cut], check=True)

    def switch(self, *channels: str) -> None:
        self.config.write_text(
            "[prepare]\nlistening_copy = false\n"
            f"[transcribe]\nengine = 'replay'\nreplay = '{self.folder / 'transcript.json'}'\n"
            f"[diarize]\nengine = 'replay'\nreplay = '{self.folder / 'voices.json'}'\n"
            f"[identify]\nremember = {json.dumps(channels)}\n"
        )

    def run(self, number: int, *more: str) -> int:
        """The sample, published again as this episode."""
        info = self.folder / f"{number}.info.json"
        if not info.exists():
            told = json.loads(INFO.read_bytes())
            title = "The Mill That Runs on the Moon"
            told |= {"id": f"episode-{number}", "title": title}
            told["description"] = "Hosted by Daniel Price." if number == 1 else ""
            info.write_text(json.dumps(told))
            sound = (self.folder / "sound.opus").read_bytes()
            (self.folder / f"{number}.opus").write_bytes(sound + bytes(number))
        address = str(self.folder / f"{number}.opus")
        return main(["run", address, "--info", str(info), *self._places(), *more])

    def voices(self, *words: str) -> int:
        return main(["voices", *words, *self._places()])

    def _places(self) -> tuple[str, ...]:
        return "--out", str(self.output), "--config", str(self.config)

    def speakers(self, number: int) -> Any:
        (folder,) = self.output.glob(f"*episode-{number}")
        return json.loads((folder / "data" / "speakers.json").read_bytes())

    @property
    def kept(self) -> list[Path]:
        return sorted((self.output / ".voices").glob("*.json"))


def steps(err: str) -> tuple[list[str], list[str]]:
    """Which steps were kept, and which ran."""
    kept = re.findall(r"^  (\w+) +kept", err, re.M)
    return kept, re.findall(r"^  (\w+) +[\d.]+ s$", err, re.M)


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    return Show(tmp_path_factory.mktemp("show"))


def test_switched_off_nothing_is_listened_to_and_nothing_kept(
    show: Show, capfd: pytest.CaptureFixture[str]
) -> None:
    show.switch()
    assert show.run(1) == 0
    assert steps(capfd.readouterr().err)[1] == STAGES
    assert not (show.output / ".voices").exists()
    assert show.voices() == 0
    assert "identify.remember in the configuration is empty" in capfd.readouterr().err


def test_switched_on_the_host_is_kept_and_nobody_else(
    show: Show, capfd: pytest.CaptureFixture[str]
) -> None:
    show.switch("Working Order")
    assert show.voices() == 0
    assert "Working Order\n  switched on, nothing is kept yet" in capfd.readouterr().out
    assert show.run(1) == 0
    assert steps(capfd.readouterr().err)[1] == ["remember"], "all else was done before"
    (file,) = show.kept
    text = file.read_text("utf-8")
    assert "Daniel Price" in text
    assert "Helen Marsh" not in text
    assert VOICE.search(text)
    others = [path for path in show.output.rglob("*.json") if path != file]
    assert [path for path in others if VOICE.search(path.read_text("utf-8"))] == []


def test_the_host_is_recognised_in_the_next_video(
    show: Show, capfd: pytest.CaptureFixture[str]
) -> None:
    show.switch("Working Order")
    assert (show.run(1), show.run(2)) == (0, 0)
    host = next(each for each in show.speakers(2) if each["role"] == "host")
    assert host["name"] == "Daniel Price"
    sounds = next(reason for reason in host["evidence"] if reason.startswith("sounds like"))
    told = "sounds like Daniel Price, host of 1 earlier video of Working Order (likeness "
    assert re.fullmatch(rf"{re.escape(told)}(1\.00|0\.9\d)\)", sounds)
    (file,) = show.kept
    before = file.read_bytes()
    capfd.readouterr()
    assert (show.run(1), show.run(2)) == (0, 0)
    assert steps(capfd.readouterr().err)[1] == [], "a rerun does nothing"
    assert file.read_bytes() == before


def test_what_is_kept_is_listed_and_can_be_forgotten(
    show: Show, capfd: pytest.CaptureFixture[str]
) -> None:
    show.switch("Working Order")
    assert (show.run(1), show.run(2)) == (0, 0)
    (file,) = show.kept
    capfd.readouterr()
    assert show.voices() == 0
    listed = capfd.readouterr().out
    assert re.search(
        r"Working Order\n  Daniel Price: 2 videos since 20..-..-.., \d\.\d min", listed
    )
    assert show.voices("forget", "Another Show") == 1
    assert "Working Order" in capfd.readouterr().err
    assert show.voices("forget", "working order") == 0
    told = capfd.readouterr()
    assert f"Forgot Daniel Price: {file} is deleted." in told.out
    assert "still switched on" in told.err
    assert show.kept == []


def test_names_by_hand_redo_identify_and_what_follows_only(
    show: Show, capfd: pytest.CaptureFixture[str]
) -> None:
    show.switch()
    assert show.run(1) == 0
    capfd.readouterr()
    assert show.run(1, "--speakers", "S1=host: Ada Lovelace, S2=Grace Hopper") == 0
    kept, ran = steps(capfd.readouterr().err)
    assert kept == STAGES[: STAGES.index("identify")]
    assert ran == STAGES[STAGES.index("identify") :]
    people = [(each["role"], each["name"], each["confidence"]) for each in show.speakers(1)]
    assert people == [("host", "Ada Lovelace", 1.0), ("guest", "Grace Hopper", 1.0)]


def test_a_voice_that_is_not_there_is_told_with_those_that_are(
    show: Show, capfd: pytest.CaptureFixture[str]
) -> None:
    show.switch()
    assert show.run(1, "--speakers", "S9=Ada") == 1
    err = capfd.readouterr().err
    assert re.search(r"no such voice\. There are S1 \(\w+, \d+ s, says first \"Hello and", err)
