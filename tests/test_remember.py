"""What is kept of a host's voice, and what never is."""

import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines import base, channels, networks
from pipeline.engines.voices import voice_memory
from pipeline.engines.voices.voice_memory import Heard
from pipeline.model import Audio, Familiar, Remembered, Speaker, Video
from pipeline.remember import is_there, remember
from tests import talk

CHANNEL = "https://www.youtube.com/channel/UC123"
PAGE = "https://www.youtube.com/@workingorder"
ON = ("Working Order",)
AUDIO = Audio(Path("not heard.wav"), None, 60.0, "0")
DANIEL = Speaker("S1", "Daniel Price", "host", 60.0, ("says so",), confidence=0.95)
HELEN = Speaker("S2", "Helen Marsh", "guest", 90.0, ("says so",), confidence=1.0)


def episode(number: int, **more: object) -> Video:
    told = {"channel": "Working Order", "channel_url": CHANNEL, "channel_page": PAGE, **more}
    return Video(f"v{number}", None, f"Episode {number}", published="2026-01-01", **told)  # type: ignore[arg-type]


def heard(video: Video, place: int = 0, person: str = "Daniel Price", seconds: float = 60) -> Heard:
    point = tuple(np.eye(192)[place].tolist())
    key = voice_memory.key(video)
    return Heard(person, ("says so",), key, video.title, None, "2026-01-01", seconds, point)


class Ears:
    """A `Voiceprints` that knows who speaks when in the sample."""

    listened: ClassVar[list[str]] = []

    def embed(self, audio: Path, spans: Sequence[tuple[float, float]]) -> NDArray[np.float32]:
        """The first axis for the host, the second for the guest."""
        turns = talk.sample()[2].turns
        voices = [
            next(turn.speaker for turn in turns if turn.start <= start and end <= turn.end)
            for start, end in spans
        ]
        self.listened.extend(dict.fromkeys(voices))
        return np.stack([np.eye(192, dtype=np.float32)[int(voice == "S2")] for voice in voices])


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose voice was listened to."""
    monkeypatch.setitem(base.VOICEPRINTS, "campplus", f"{__name__}:Ears")
    Ears.listened.clear()
    return Ears.listened


def kept(
    output: Path, video: Video, *speakers: Speaker, seen: tuple[Familiar, ...] = ()
) -> Remembered:
    return remember(video, AUDIO, talk.sample()[2], speakers, seen, str(output))


# --- which channels ---


@pytest.mark.parametrize(
    "named",
    [
        "Working Order", "working  order", "UC123", "@WorkingOrder", CHANNEL, f"{CHANNEL}/videos",
        PAGE, "http://youtube.com/@workingorder/",
    ],
)  # fmt: skip
def test_a_channel_is_meant_by_its_name_its_id_and_its_addresses(named: str) -> None:
    assert channels.listed(episode(1), [named])


@pytest.mark.parametrize(
    "named", ["", " ", "Working", "Order", "Working Order 2", "UC12", "https://", "https://["]
)
def test_a_piece_of_a_name_means_no_channel(named: str) -> None:
    assert not channels.listed(episode(1), [named])


def test_nothing_is_kept_or_compared_unless_it_is_switched_on(tmp_path: Path) -> None:
    for remember_these in ((), ("Another Show",)):
        assert voice_memory.known(episode(1), remember_these, tmp_path) is None
    nameless = episode(1, channel=None, channel_url=None, channel_page=None)
    assert voice_memory.known(nameless, ("", "None"), tmp_path) is None
    assert voice_memory.known(episode(1), ON, tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_another_channel_that_takes_the_name_gets_another_memory(tmp_path: Path) -> None:
    voice_memory.keep(episode(1), (heard(episode(1)),), tmp_path)
    impostor = episode(9, channel_url="https://www.youtube.com/channel/UC666", channel_page=None)
    assert voice_memory.known(impostor, ON, tmp_path) == ()
    assert len(voice_memory.known(episode(2), ON, tmp_path) or ()) == 1


# --- what is kept ---


def test_a_certain_host_is_kept_and_the_guest_is_not_even_listened_to(
    tmp_path: Path, voice: list[str]
) -> None:
    told = kept(tmp_path, episode(1), DANIEL, HELEN)
    assert told.people == ("Daniel Price",)
    assert voice == ["S1"]
    text = told.file.read_text("utf-8")
    assert "Helen" not in text
    assert stat.S_IMODE(told.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(told.file.parent.stat().st_mode) == 0o700
    assert max(len(line) for line in text.splitlines()) > 192 * 3, "a voice is one line"
    assert len(text.splitlines()) < 30


@pytest.mark.parametrize(
    "host",
    [
        replace(DANIEL, confidence=0.93),
        replace(DANIEL, name=None, confidence=0.0),
        replace(DANIEL, role="guest", confidence=1.0),
    ],
)
def test_who_is_not_certainly_the_host_is_not_kept(
    tmp_path: Path, voice: list[str], host: Speaker
) -> None:
    told = kept(tmp_path, episode(1), host, HELEN)
    assert (told.people, voice) == ((), [])
    assert not told.file.exists()
    assert is_there(told)


def test_who_is_known_by_the_voice_alone_teaches_nothing(tmp_path: Path, voice: list[str]) -> None:
    kept(tmp_path, episode(1), DANIEL)
    before = voice_memory.known(episode(9), ON, tmp_path)
    told = kept(
        tmp_path, episode(2), replace(DANIEL, confidence=0.93),
        seen=(Familiar("S1", "Daniel Price", 0.8, 1),),
    )  # fmt: skip
    assert told.people == ("Daniel Price",), "it is said that he was recognised there"
    assert voice_memory.known(episode(9), ON, tmp_path) == before


def test_a_rerun_changes_nothing_and_finds_what_it_found(tmp_path: Path, voice: list[str]) -> None:
    for number in (1, 2, 3):
        told = kept(tmp_path, episode(number), DANIEL, HELEN)
    text = told.file.read_bytes()
    known = [voice_memory.known(episode(number), ON, tmp_path) for number in (1, 2, 3, 4)]
    assert [sum(one.videos for one in each or ()) for each in known] == [0, 1, 2, 3]
    for number in (1, 2, 3):
        again = kept(tmp_path, episode(number), DANIEL, HELEN)
        assert is_there(again)
    assert told.file.read_bytes() == text


def test_a_name_that_was_mended_takes_the_place_of_the_wrong_one(
    tmp_path: Path, voice: list[str]
) -> None:
    wrong = kept(tmp_path, episode(1), replace(DANIEL, name="Daniel Rice"))
    right = kept(tmp_path, episode(1), replace(DANIEL, confidence=1.0))
    assert not is_there(wrong)
    assert is_there(right)
    (known,) = voice_memory.known(episode(2), ON, tmp_path) or ()
    assert (known.person, known.videos) == ("Daniel Price", 1)


def test_the_mean_counts_each_video_by_the_seconds_heard(tmp_path: Path) -> None:
    for number, (place, seconds) in enumerate([(0, 60.0), (1, 20.0)]):
        video = episode(number)
        voice_memory.keep(video, (heard(video, place, seconds=seconds),), tmp_path)
    (known,) = voice_memory.known(episode(9), ON, tmp_path) or ()
    assert known.point[0] == pytest.approx(3 * known.point[1], rel=1e-3)
    assert float(np.linalg.norm(known.point)) == pytest.approx(1, abs=1e-3)


def test_two_hosts_of_a_channel_are_two_people(tmp_path: Path) -> None:
    both = (heard(episode(1)), heard(episode(1), 1, "Ruth Price"))
    voice_memory.keep(episode(1), both, tmp_path)
    known = voice_memory.known(episode(2), ON, tmp_path) or ()
    assert [one.person for one in known] == ["Daniel Price", "Ruth Price"]


def test_points_of_another_network_are_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = voice_memory.keep(episode(1), (heard(episode(1)),), tmp_path)
    monkeypatch.setitem(networks.SHA256, "campplus", "of other weights")
    assert voice_memory.known(episode(2), ON, tmp_path) == ()
    assert not is_there(Remembered(file, voice_memory.key(episode(1)), ("Daniel Price",)))
    voice_memory.keep(episode(2), (heard(episode(2), 5),), tmp_path)
    (known,) = voice_memory.known(episode(3), ON, tmp_path) or ()
    assert (known.videos, known.point[5]) == (1, 1.0)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"channel": 3}', "\x00"])
def test_a_file_that_was_broken_by_hand_is_nothing_known(tmp_path: Path, text: str) -> None:
    file = voice_memory.keep(episode(1), (heard(episode(1)),), tmp_path)
    file.write_text(text)
    assert voice_memory.known(episode(2), ON, tmp_path) == ()
    assert [memory for _, memory in voice_memory.memories(tmp_path)] == [None]


def test_a_file_that_was_broken_by_hand_is_put_aside_and_not_written_over(tmp_path: Path) -> None:
    file = voice_memory.file_of(episode(1), tmp_path)
    file.parent.mkdir()
    file.write_text('{"channel": "Working Order", "heard": [,]}', encoding="utf-8")
    voice_memory.keep(episode(1), (heard(episode(1)),), tmp_path)
    memory = voice_memory.read(file)
    assert memory and memory.people == ("Daniel Price",)
    assert '"heard": [,]' in file.with_suffix(".unreadable").read_text(encoding="utf-8")


def test_a_hostile_channel_makes_a_safe_file_in_its_place(tmp_path: Path) -> None:
    video = episode(1, channel="../../\x1b[2J<script>" + "x" * 300, channel_url=None)
    file = voice_memory.keep(video, (heard(video),), tmp_path)
    assert file.parent == tmp_path / ".voices"
    assert len(file.name) < 60
    assert "\x1b" not in file.read_text("utf-8")
