"""Audio -> voices: who sounds when."""

import logging
from typing import Final

from pipeline.config import DiarizeOptions, cores
from pipeline.engines import base
from pipeline.engines.progress import bar
from pipeline.engines.voices import text_voices
from pipeline.model import Audio, Transcript, Voice, Voices

VERSION: Final = 2

log = logging.getLogger(__name__)


def diarize(audio: Audio | None, captions: Transcript | None, options: DiarizeOptions) -> Voices:
    """Find who sounds when; "S1" is the first voice heard, "S2" the second.

    Captions that say who speaks are believed. Without them and without audio the voices are guessed
    from the text, and marked as unproven. What Whisper heard says nothing of who spoke.
    """
    if captions and captions.voices:
        return _ordered(Voices("captions", captions.voices))
    if audio is None:
        assert captions, "there is nothing to listen to, and nothing to read"
        return text_voices.guess(captions.words, captions.changes)
    engine = base.diarizer(options.engine)
    with bar("diarize", audio.duration) as heard:
        by_side = _by_side(audio, options, heard)
        return _ordered(by_side or engine.diarize(audio.path, options, heard))


def _by_side(audio: Audio, options: DiarizeOptions, heard: base.Heard) -> Voices | None:
    """What the channels say, where a speaker sits on each and nobody asked for something else."""
    if audio.sides is None or options.engine != "offline" or options.speakers not in (None, 2):
        return None
    from pipeline.engines.voices import side_voices

    found = side_voices.voices(audio.path, audio.sides, options.threads or cores(), heard)
    if found is None:
        log.info("the channels do not tell all people apart: their voices have to")
    return found


def _ordered(voices: Voices) -> Voices:
    """The same voices by start, with ids by first appearance; names that are no ids are kept."""
    spans = sorted(voices.spans, key=lambda span: (span.start, span.end))
    ids: dict[str, str] = {}
    for span in spans:
        ids.setdefault(span.speaker, f"S{len(ids) + 1}")
    called = dict(voices.called)
    names = [(ids[old], called.get(old, old)) for old in ids]
    return Voices(
        voices.engine,
        tuple(Voice(ids[span.speaker], span.start, span.end) for span in spans),
        voices.proven,
        tuple((new, name) for new, name in names if name not in ids.values()),
        voices.doubts,
    )
