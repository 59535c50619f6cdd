"""Drafts in an output folder, made without hearing anything: the lighthouse keeper speaks."""

import atexit
import shutil
import tempfile
import wave
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipeline import config
from pipeline.config import Config, PublishOptions, RenderOptions
from pipeline.engines.writing import framing
from pipeline.model import (
    Article,
    Audio,
    Interview,
    Question,
    Receipt,
    Statement,
    Turns,
    Video,
    Voice,
    Voices,
)
from pipeline.publish import publish
from pipeline.render import render
from pipeline.verify import verify
from review.checks import Rules
from tests import lighthouse as vik

STYLES = Path(__file__).parent.parent / "config" / "styles"
ASKED = (  # question, sentences of its answer
    ("What does a lighthouse keeper", ("A keeper mostly listens", "The lens at Vik weighs")),
    ("The storm of January", ("The storm broke 14", "A wave went over")),
    ("What would be lost", ("A machine can flash", "Last year I heard")),
)


def rules() -> Rules:
    """As this project is configured."""
    return Rules(Config(), STYLES)


def quote(begins: str) -> Statement:
    said = vik.sentence(begins)
    return Statement(
        said.text, "quote", said.speaker, (said.turn,), said.start, said.end, said.words
    )


def question(begins: str, answer: tuple[str, ...]) -> Question:
    first = vik.sentence(begins)
    # The host's sentence before the question mark belongs to it.
    rest = [s for s in vik.EDITED.sentences if s.turn == first.turn and s.words >= first.words]
    last = next(s for s in rest if s.text.endswith("?"))
    text = " ".join(s.text for s in rest if s.words <= last.words)
    topic = next(t.id for t in reversed(vik.TOPICS) if t.start <= first.start)
    return Question(
        text, (first.turn,), first.start, tuple(map(quote, answer)),
        (first.words[0], last.words[1]), topic,
    )  # fmt: skip


def interview(video: Video = vik.VIDEO) -> Interview:
    """All that a run would know, with an article of three questions that passes every check."""
    style = config.load_style(STYLES, "take")
    questions = tuple(question(*asked) for asked in ASKED)
    turns = Turns(vik.TURNS.turns)
    could = {topic.id for topic in vik.TOPICS}
    article = framing.framed(
        questions, video, vik.SPEAKERS, vik.TOPICS, turns, style, "take", could
    )
    spans = tuple(Voice(turn.speaker, turn.start, turn.end) for turn in turns.turns)
    return Interview(
        video, None, vik.TRANSCRIPT, Voices("offline", spans), turns, vik.SPEAKERS, vik.EDITED,
        vik.TOPICS, article, receipt(video, article),
    )  # fmt: skip


def receipt(video: Video, article: Article) -> Receipt:
    style = config.load_style(STYLES, "take")
    options = Config().compose.model_copy(update={"questions": len(article.questions)})
    return verify(
        video, vik.TRANSCRIPT, vik.TURNS, vik.EDITED, vik.SPEAKERS, vik.TOPICS, article,
        Config().verify, options, style,
    )  # fmt: skip


@cache
def _once() -> Path:
    """The plain draft, made once for all tests."""
    made = Path(tempfile.mkdtemp(prefix="mytake-draft-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return _put(made, interview(), sound=True)


def put(output: Path, made: Interview | None = None, sound: bool = True) -> Path:
    """Publish it into `output`, as a run does; gives its folder."""
    if made is None and sound:
        folder = output / _once().name
        shutil.copytree(_once(), folder)
        return folder
    return _put(output, made or interview(), sound)


def _put(output: Path, made: Interview, sound: bool) -> Path:
    pages = output / ".work" / made.video.id / "render"
    pages.mkdir(parents=True, exist_ok=True)
    if sound:
        copy = silence(pages.parent / "listening.wav", vik.WORDS[-1].end)
        made = replace(made, audio=Audio(copy, copy, vik.WORDS[-1].end, ""))
    written = render(made, RenderOptions(), folder=pages)
    return publish(made.video, written, PublishOptions(), str(output)).folder


def silence(path: Path, seconds: float) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 4000, 0, "NONE", ""))
        file.writeframes(b"\x80" * int(seconds * 4000))
    return path
