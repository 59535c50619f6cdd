"""The order of the stages: each is told what it needs, and no more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.path import write
from pipeline.config import Config
from pipeline.model import Audio, Pages, Published, Recording, Source
from tests import lighthouse as vik
from tests.small_interview import INTERVIEW


def told(listening: Path | None) -> dict[str, tuple[object, ...]]:
    """What each stage is given, where `prepare` made this copy."""
    found: dict[str, Any] = {
        "download": Recording(INTERVIEW.video, Path("a.mp3"), "0"),
        "prepare": Audio(Path("16k.wav"), listening, 60.0, "1"),
        "transcribe": INTERVIEW.transcript,
        "diarize": INTERVIEW.voices,
        "attribute": INTERVIEW.turns,
        "identify": INTERVIEW.speakers,
        "edit": INTERVIEW.edited,
        "outline": INTERVIEW.topics,
        "compose": INTERVIEW.article,
        "verify": INTERVIEW.receipt,
        "render": Pages(Path("pages"), (), listening, "ready"),
        "publish": Published(Path("out"), Path("out/article.md"), "ready"),
    }
    given: dict[str, tuple[object, ...]] = {}

    def step(stage: Callable[..., Any], *inputs: object) -> Any:
        given[stage.__name__] = inputs
        return found[stage.__name__]

    write(Source("media", "a.mp3", "file-0"), Config(), vik.STYLE, Path("output"), step)
    assert list(given) == list(found)
    return given


def test_a_copy_of_another_size_is_not_heard_anew() -> None:
    none, small, large = (told(copy) for copy in (None, Path("32k.m4a"), Path("64k.m4a")))
    for stage in ("transcribe", "diarize", "attribute"):
        assert none[stage] == small[stage] == large[stage]
    assert len({none["render"], small["render"], large["render"]}) == 3
