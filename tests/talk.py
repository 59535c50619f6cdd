"""Interviews for tests: said in a line a turn, timed at a steady pace."""

import json
from pathlib import Path
from typing import Any

from pipeline.model import Transcript, Turn, Turns, Video, Word

SAMPLE = Path(__file__).parent / "sample"
PACE = 0.4  # seconds a word


def talk(*said: tuple[str, str], language: str = "en", **more: Any) -> tuple[Transcript, Turns]:
    """A conversation: (speaker, text) for each turn, with a second between turns."""
    words: list[Word] = []
    turns: list[Turn] = []
    clock = 0.0
    for number, (speaker, text) in enumerate(said, start=1):
        first = len(words)
        for word in text.split():
            words.append(Word(word, round(clock, 2), round(clock + 0.9 * PACE, 2)))
            clock += PACE
        span = (first, len(words) - 1)
        turns.append(Turn(f"t{number}", speaker, words[first].start, words[-1].end, text, span))
        clock += 1.0
    transcript = Transcript(language, "whisper", "replay", None, tuple(words))
    return transcript, Turns(tuple(turns), **more)


def video(title: str = "A talk", **more: Any) -> Video:
    return Video(id="v", url=None, title=title, **more)


def sample() -> tuple[Video, Transcript, Turns, dict[str, Any]]:
    """The bundled interview as it really was, and the whole truth about it."""
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    info = json.loads((SAMPLE / "tide-mill.info.json").read_text(encoding="utf-8"))
    ids = {"host": "S1", "guest": "S2"}
    words: list[Word] = []
    turns: list[Turn] = []
    for turn in truth["turns"]:
        first = len(words)
        words += [Word(word["text"], word["start"], word["end"]) for word in turn["words"]]
        text = " ".join(word.text for word in words[first:])
        span = (first, len(words) - 1)
        turns.append(Turn(turn["id"], ids[turn["speaker"]], turn["start"], turn["end"], text, span))
    about = Video(
        id="tide-mill",
        url=None,
        title=info["title"],
        channel=info["channel"],
        duration=info["duration"],
        description=info["description"],
    )
    transcript = Transcript("en", "whisper", "replay", None, tuple(words))
    return about, transcript, Turns(tuple(turns)), truth
