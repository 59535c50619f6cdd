"""Turns of two voices -> turns of one, where a person said that they are the same."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Final

from pipeline.config import UniteOptions
from pipeline.errors import ConfigError
from pipeline.model import Turn, Turns

VERSION: Final = 1


def unite(turns: Turns, options: UniteOptions) -> Turns:
    """Give the turns of each voice in `options.same` to the other; neighbours become one turn."""
    there = {turn.speaker for turn in turns.turns}
    same = {voice: other for voice, other in options.same.items() if voice in there}
    unknown = set(same.values()) - there
    if unknown:
        raise ConfigError(
            f"unite.same names {min(unknown)}",
            f"The voices are {', '.join(sorted(there))}.",
            "See `mytake show`.",
        )
    named = [replace(turn, speaker=_last(turn.speaker, same)) for turn in turns.turns]
    joined = []
    for _, group in groupby(named, key=lambda turn: turn.speaker):
        run = list(group)
        joined += run if any(turn.aside for turn in run) else [_joined(run)]
    called = {_last(voice, same): name for voice, name in reversed(turns.called)}
    doubts = tuple(doubt for doubt in turns.doubts if not _answered(doubt, options.same))
    numbered = tuple(replace(turn, id=f"t{place}") for place, turn in enumerate(joined, 1))
    return replace(turns, turns=numbered, called=tuple(called.items()), doubts=doubts)


def _last(voice: str, same: Mapping[str, str]) -> str:
    for _ in same:
        voice = same.get(voice, voice)
    return voice


def _joined(run: list[Turn]) -> Turn:
    return replace(
        run[0],
        end=max(turn.end for turn in run),
        text=" ".join(turn.text for turn in run),
        words=(run[0].words[0], run[-1].words[1]),
    )


def _answered(doubt: str, same: Mapping[str, str]) -> bool:
    """Whether it was about two voices that sound alike, which are one."""
    return any(voice in doubt and other in doubt for voice, other in same.items())
