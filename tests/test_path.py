"""The order of the stages: each is told what it needs, and no more."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.path import STAGES, write
from pipeline.config import Config
from pipeline.model import Audio, Glossary, Pages, Published, Recording, Source, Transcript, Voice
from tests import lighthouse as vik
from tests.small_interview import INTERVIEW


def told(
    listening: Path | None, transcript: Transcript = INTERVIEW.transcript
) -> dict[str, tuple[object, ...]]:
    """What each stage is given, where `prepare` made this copy and `transcribe` heard this."""
    found: dict[str, Any] = {
        "download": Recording(INTERVIEW.video, Path("a.mp3"), "0"),
        "glossary": Glossary(),
        "prepare": Audio(Path("16k.wav"), listening, 60.0, "1"),
        "transcribe": transcript,
        "correct": transcript,
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

    def step(stage: Callable[..., Any], *inputs: object, variant: str = "") -> Any:
        assert not variant
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


def test_what_a_video_is_called_changes_nothing_that_is_heard() -> None:
    recording = Recording(INTERVIEW.video, Path("a.mp3"), "0")
    video = replace(INTERVIEW.video, title="Another", description="Other", chapters=())
    assert recording.untitled == replace(recording, video=video).untitled
    assert told(None)["transcribe"][0] == recording.untitled


def test_who_speaks_is_not_asked_anew_of_the_sound_when_other_words_were_heard() -> None:
    heard = replace(INTERVIEW.transcript, voices=())
    other = replace(heard, model="small", words=heard.words[1:])
    assert told(None, heard)["diarize"] == told(None, other)["diarize"]
    named = replace(heard, voices=(Voice("Ada", 0.0, 9.0),))
    assert told(None, named)["diarize"][1] == named


def test_the_steps_are_named_in_their_order() -> None:
    """`--from STAGE` does it and all after it again."""
    sometimes = {"unite", "recognise", "remember"}
    assert [name for name in STAGES if name not in sometimes] == list(told(None))
    assert STAGES.index("attribute") < STAGES.index("unite") < STAGES.index("recognise")
    assert STAGES.index("recognise") < STAGES.index("identify")
    assert STAGES.index("identify") < STAGES.index("remember") < STAGES.index("edit")
