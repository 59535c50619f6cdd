"""Recording, audio -> transcript: every word with its times, heard or read from the captions."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from pipeline.config import TranscribeOptions
from pipeline.engines import base, progress
from pipeline.errors import NoMedia, NoSpeech, UnreadableCaptions
from pipeline.model import Audio, CaptionTrack, Recording, Transcript

VERSION: Final = 4

log = logging.getLogger(__name__)

# (reason, test): captions like these are of a song, of a trailer, or broken off, and Whisper
# listens instead. People say 100 to 200 words a minute.
THIN: tuple[tuple[str, Callable[[Transcript, Audio], bool]], ...] = (
    (
        "they have fewer than 40 words a minute",
        lambda read, audio: len(read.words) < 40 * audio.duration / 60,
    ),
    (
        "they end long before the recording",
        lambda read, audio: read.words[-1].end < 0.8 * audio.duration - 60,
    ),
)


def transcribe(
    recording: Recording,
    audio: Audio | None,
    terms: str,
    options: TranscribeOptions,
    *,
    folder: Path,
) -> Transcript:
    """Take the publisher's captions where they may stand in, else listen.

    Whisper is told of the `terms` to expect. What is heard is kept in `folder` part by part.
    Raises NoSpeech where there are no words, NoMedia where there is neither audio nor captions.
    """
    engine = base.transcriber(options.engine)  # an unknown name ends here, captions or not
    listen = partial(engine.transcribe, terms=terms, folder=folder)
    if options.engine == "replay":
        return listen(recording.audio or recording.captions[0].path, options, _unheard)
    transcript = _read(recording, audio, options)
    if transcript is None:
        assert audio, "_read raises where there is nothing to listen to"
        with progress.bar("transcribe", audio.duration) as heard:
            transcript = listen(audio.path, options, heard)
    if not transcript.words:
        raise NoSpeech(recording.video.title, _wordless(transcript))
    return transcript


def _wordless(transcript: Transcript) -> str:
    """Why there is no word in it."""
    if transcript.source == "captions":
        return "The captions hold no words."
    if transcript.language == "und":
        return "There is only silence, noise or music in it."
    return f"Somebody speaks, it seems in '{transcript.language}', but no word is believable."


def _read(
    recording: Recording, audio: Audio | None, options: TranscribeOptions
) -> Transcript | None:
    """The captions' transcript; None where Whisper should listen."""
    must = audio is None or options.engine == "captions"
    for track in _tracks(recording, options, must):
        try:
            transcript = _of(track, recording, options)
        except UnreadableCaptions as error:
            if must:
                raise
            log.warning("%s", error)
            continue
        thin = [reason for reason, test in THIN if audio and test(transcript, audio)]
        if must or not (thin and transcript.words):
            return transcript
        log.warning("The captions are not used: %s.", thin[0])
    if must:
        raise NoMedia(recording.video.title, _nothing(recording, options))
    return None


def _tracks(recording: Recording, options: TranscribeOptions, must: bool) -> Iterator[CaptionTrack]:
    """The tracks that may be read, best first: in the language that is spoken, by a person."""
    if options.captions == "never" and options.engine != "captions":
        return
    spoken = _base(options.language or recording.video.language)
    for kind in ("manual", "automatic") if options.captions == "any" else ("manual",):
        tracks = [track for track in recording.captions if track.kind == kind]
        same = [track for track in tracks if spoken and _base(track.language) == spoken]
        yield from same
        if must or (spoken is None and len(tracks) == 1):
            yield from (track for track in tracks if track not in same)


def _of(track: CaptionTrack, recording: Recording, options: TranscribeOptions) -> Transcript:
    language = _base(track.language or options.language or recording.video.language)
    asked = options.model_copy(update={"language": language})
    transcript = base.transcriber("captions").transcribe(
        track.path, asked, _unheard, terms="", folder=track.path.parent
    )
    return replace(transcript, model="automatic" if track.kind == "automatic" else None)


def _base(language: str | None) -> str | None:
    """Without the country: "en" of "en-GB"."""
    return language.replace("_", "-").partition("-")[0].lower() if language else None


def _nothing(recording: Recording, options: TranscribeOptions) -> str:
    kinds = {track.kind for track in recording.captions}
    if not kinds:
        return "It has no captions."
    if options.captions == "never" and options.engine != "captions":
        return "It has captions only, and transcribe.captions is 'never'."
    return "Its captions are machine-made; to use them set transcribe.captions to 'any'."


def _unheard(_: float) -> None:
    """Reading takes no time worth a bar."""
