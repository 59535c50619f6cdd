"""pyannote as an engine. Its network cannot run here: what it answers is stood in for."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError

from pipeline.config import DiarizeOptions
from pipeline.engines import base
from pipeline.engines.voices.pyannote_voices import MODEL, PyannoteVoices
from pipeline.errors import InterviewError, MissingModel, MissingTool
from pipeline.model import Voice
from tests.hearing import RATE, written

OPTIONS = DiarizeOptions(engine="pyannote", speakers=2)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return written(tmp_path / "a.wav", np.zeros(4 * RATE))


def standing_in(monkeypatch: pytest.MonkeyPatch, load: Callable[[str], Any]) -> list[bool]:
    """pyannote.audio's two names that we use; gives back what it was told of telemetry."""
    told: list[bool] = []
    audio, telemetry = ModuleType("pyannote.audio"), ModuleType("pyannote.audio.telemetry")
    audio.Pipeline = SimpleNamespace(from_pretrained=load)  # type: ignore[attr-defined]
    telemetry.set_telemetry_metrics = told.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyannote", ModuleType("pyannote"))
    monkeypatch.setitem(sys.modules, "pyannote.audio", audio)
    monkeypatch.setitem(sys.modules, "pyannote.audio.telemetry", telemetry)
    return told


class Answer:
    """An Annotation, as far as it is asked."""

    def itertracks(self, yield_label: bool) -> Iterator[tuple[Any, str, str]]:
        assert yield_label
        yield SimpleNamespace(start=1.5, end=4.0), "B", "SPEAKER_01"
        yield SimpleNamespace(start=0.0310001, end=2.0), "A", "SPEAKER_00"


def test_without_the_extra_it_is_told_how_to_install_it(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyannote.audio", None)
    with pytest.raises(MissingTool, match=r'pip install "mytake\[pyannote\]"'):
        base.diarizer("pyannote").diarize(sound, OPTIONS, lambda _: None)


def test_who_has_no_token_or_did_not_accept_is_told_where(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(model: str) -> Any:
        print(f"Downloading {model}")
        answer = httpx.Response(403, request=httpx.Request("GET", "https://example.org"))
        raise GatedRepoError("403 Client Error.\nMore.", response=answer)  # type: ignore[arg-type]

    standing_in(monkeypatch, load)
    with pytest.raises(MissingModel, match=rf"403 Client(?s:.)*hf\.co/{MODEL}(?s:.)*auth login"):
        PyannoteVoices().diarize(sound, OPTIONS, lambda _: None)
    assert capsys.readouterr().out == "", "results only"


def test_a_pipeline_that_comes_back_empty_was_refused(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(monkeypatch, lambda model: None)
    with pytest.raises(MissingModel, match="Accept its conditions"):
        PyannoteVoices().diarize(sound, OPTIONS, lambda _: None)


def test_without_a_network_it_is_told(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(model: str) -> Any:
        raise LocalEntryNotFoundError("Cannot find the requested files in the disk cache.")

    standing_in(monkeypatch, load)
    with pytest.raises(InterviewError, match=r"disk cache(?s:.)*internet(?s:.)*offline"):
        PyannoteVoices().diarize(sound, OPTIONS, lambda _: None)


def test_what_it_answers_becomes_voices_and_it_reports_to_nobody(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    done: list[float] = []

    def answer(given: Any, num_speakers: int | None, hook: Callable[..., None]) -> Any:
        asked.append((tuple(given["waveform"].shape), given["sample_rate"], num_speakers))
        hook("segmentation", None, total=4, completed=2)
        hook("embeddings", None, file={}, total=4, completed=4)
        hook("discrete_diarization", object())
        return SimpleNamespace(speaker_diarization=Answer())

    told = standing_in(monkeypatch, lambda model: answer)
    found = PyannoteVoices().diarize(sound, OPTIONS, done.append)
    assert asked == [((1, 4 * RATE), RATE, 2)]
    assert found.engine == "pyannote"
    assert found.spans == (Voice("SPEAKER_00", 0.031, 2.0), Voice("SPEAKER_01", 1.5, 4.0))
    assert told == [False] and done == [1.0, 4.0]
