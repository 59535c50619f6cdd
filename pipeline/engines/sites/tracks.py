"""Which of the tracks a site offers: sound in the language that was spoken, and its captions.

Tracks are yt-dlp's own dicts: `formats`, `subtitles` and `automatic_captions` of an info.json.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Track = Mapping[str, Any]
Tracks = Mapping[str, Sequence[Track]]  # language -> the same captions in several formats

# yt-dlp marks the original with 10 and the site's default with 5. The default is not enough:
# YouTube makes a machine-dubbed track the default for some visitors.
NAMED_ORIGINAL = 10
DUBBED = re.compile(r"\bdubbed\b", re.IGNORECASE)
DESCRIBED = re.compile(r"\bdesc(riptive)?\b", re.IGNORECASE)  # a narrator tells what is seen

CAPTION_FORMATS = ("json3", "vtt", "srt")  # best first: json3 has the time of each word
DIRECT = ("http", "https")  # fetched whole, so a kill in between loses nothing


def best_audio(
    formats: Sequence[Track], language: str | None, original: str | None
) -> Track | None:
    """The track to listen to; None where there is none in the language wanted.

    `formats` is sorted by yt-dlp, worst first. Without a `language`, it is the one that was
    spoken: a dubbed track is never taken. `original` is what the captions say that one is.
    """
    heard = [track for track in formats if track.get("acodec") != "none"]
    if language and languages(heard):  # else the site does not say: there is but one
        heard = [track for track in heard if base(track.get("language")) == language]
    if not language:
        heard = [track for track in heard if not DUBBED.search(track.get("format_note") or "")]

    def worth(place: int) -> tuple[Any, ...]:
        track = heard[place]
        preference = track.get("language_preference") or -1
        return (
            not DESCRIBED.search(f"{track.get('format_note')} {track.get('language')}"),
            preference >= NAMED_ORIGINAL,
            original is not None and base(track.get("language")) == original,
            preference,
            track.get("vcodec") == "none",
            track.get("protocol", "http") in DIRECT,
            track.get("ext") == "m4a",
            place,
        )

    return heard[max(range(len(heard)), key=worth)] if heard else None


def languages(formats: Sequence[Track]) -> list[str]:
    """The languages in which there is sound."""
    heard = (track for track in formats if track.get("acodec") != "none")
    return sorted({found for track in heard if (found := base(track.get("language")))})


def original_of(automatic: Tracks) -> str | None:
    """The language that was spoken, as the site's own speech recognition has it."""
    marked = (base(name) for name in automatic if name.endswith("-orig"))
    return next(marked, None)


def manual_captions(subtitles: Tracks, language: str | None) -> tuple[str, Track] | None:
    """The publisher's captions in the language spoken, with that language.

    Where the language is not known, the only captions there are stand in their language.
    """
    usable = {name: found for name in sorted(subtitles) if (found := _best(subtitles[name]))}
    spoken = language or next(iter({base(name) for name in usable}), None)
    if not language and len({base(name) for name in usable}) != 1:
        return None
    named = sorted((len(name), name) for name in usable if base(name) == spoken)
    return (spoken, usable[named[0][1]]) if named and spoken else None


def automatic_captions(automatic: Tracks, language: str | None) -> tuple[str, Track] | None:
    """What the site's speech recognition heard; never its translation into other languages."""
    spoken = original_of(automatic)
    if not spoken or (language and language != spoken):
        return None
    found = _best(next(tracks for name, tracks in automatic.items() if name.endswith("-orig")))
    return (spoken, found) if found else None


def base(language: object) -> str | None:
    """The language without its country.

    >>> base("en-US"), base("zh_Hant"), base("yue"), base("!"), base(None)
    ('en', 'zh', 'yue', None, None)
    """
    match = re.match(r"([a-z]{2,3})(?![a-z])", str(language or "").lower())
    return match[1] if match and match[1] != "und" else None


def _best(tracks: Sequence[Track]) -> Track | None:
    ranked = {track.get("ext"): track for track in tracks if track.get("url") or track.get("data")}
    return next((ranked[ext] for ext in CAPTION_FORMATS if ext in ranked), None)
