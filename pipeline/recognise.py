"""Sound + turns + known voices -> familiar voices: which host of earlier videos is heard again.

What is kept of it are likenesses, not voices: those of guests are compared and forgotten.
"""

from typing import Final

from pipeline.engines.voices import recurring
from pipeline.model import Audio, Familiar, KnownVoice, Turns

VERSION: Final = 1


def recognise(audio: Audio, turns: Turns, known: tuple[KnownVoice, ...]) -> tuple[Familiar, ...]:
    """Find the voices that sound like a known host and like nobody else."""
    voices = dict.fromkeys(turn.speaker for turn in turns.turns)
    heard = ((voice, recurring.point(audio.path, turns, voice)) for voice in voices)
    return recurring.familiar({voice: found[0] for voice, found in heard if found}, known)
