"""Audio -> voices: who sounds when."""

from typing import Final

from pipeline.config import DiarizeOptions
from pipeline.engines import base, text_voices
from pipeline.engines.progress import bar
from pipeline.model import Audio, Transcript, Voice, Voices

VERSION: Final = 1


def diarize(audio: Audio | None, transcript: Transcript, options: DiarizeOptions) -> Voices:
    """Find who sounds when; "S1" is the first voice heard, "S2" the second.

    Captions that say who speaks are believed. Without them and without audio the voices are guessed
    from the text, and marked as unproven.
    """
    if transcript.voices:
        return _ordered(Voices("captions", transcript.voices))
    if audio is None:
        return text_voices.guess(transcript.words, transcript.changes)
    engine = base.diarizer(options.engine)
    with bar("diarize", audio.duration) as heard:
        return _ordered(engine.diarize(audio.path, options, heard))


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
    )
