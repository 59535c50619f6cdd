"""The publisher's captions to words: what was said, without what only the eye is told."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from pipeline.config import TranscribeOptions
from pipeline.engines.base import Heard
from pipeline.engines.hearing.caption_files import Cue, cues
from pipeline.model import Transcript, Voice, Word

# Seconds a letter lasts at most: a cue that stays on the screen longer is followed by a pause.
SLOWEST = 0.2
# Seconds a letter lasts at least: two cues may overlap, and the first still takes its time.
QUICKEST = 0.04
# Share of cues that begin with the line before: above it the captions scroll, each line twice.
SCROLLING = 0.3
# Seconds of silence after which the same voice begins a new span.
BREAK = 2.0

# (what, pattern): shown, but not said.
UNSAID: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a sound", re.compile(r"\[[^\]]*\]")),  # [Music], [ __ ]
    ("a song", re.compile(r"[♪♫♬][^♪♫♬]*(?:[♪♫♬]|$)")),
    (
        "a sound",
        re.compile(
            r"[(*][^()*]*\b(?:music|applau\w*|laugh\w*|chuckl\w*|cheer\w*|sigh\w*|cough\w*|clap\w*"
            r"|gasp\w*|inaudible|unintelligible|crosstalk|silence|foreign language)\b[^()*]*[)*]",
            re.IGNORECASE,
        ),
    ),
    ("where to show it", re.compile(r"\{\\[^}]*\}")),  # {\an8}
    (
        "marks that control or turn what follows",
        re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"),
    ),
)

_TAG = re.compile(r"<([^<>]*)>")
_TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}\.\d{1,3})")
_VOICE = re.compile(r"v(?:\.[\w.]+)*\s+(.+)", re.DOTALL)
_CHANGE = re.compile(r"\s*(?:>>+|(?:&gt;){2,}|[-–—]\s)\s*")  # another speaker, not named
# One to four words that each begin with a capital or a number: "DR. ADA KING:", "Speaker 2:".
_NAME = re.compile(r"\s*([^\W\d_][\w.'’-]*(?: (?=[^a-z])[\w.'’-]+){0,3})( ?\([^)]*\))?\s*:\s+")


class Captions:
    """A `Transcriber` that reads instead of listening."""

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: Heard, **_: object
    ) -> Transcript:
        """Words with times of a captions file, in the language that the options name."""
        found = cues(audio)
        words, voices, changes = said(found)
        heard(found[-1].end)
        language = options.language or "und"
        return Transcript(language, "captions", "captions", None, words, voices, changes)


def said(found: list[Cue]) -> tuple[tuple[Word, ...], tuple[Voice, ...], tuple[int, ...]]:
    """The words of the cues, who speaks them, and where another begins, as far as they say so.

    >>> words, voices, _ = said([Cue(1, 2, ("<v Ada>Good day!",)), Cue(2, 3, ("[Music]",))])
    >>> [(word.text, word.start, word.end) for word in words]
    [('Good', 1, 1.5), ('day!', 1.5, 2.0)]
    >>> voices
    (Voice(speaker='Ada', start=1, end=2.0),)
    """
    found = _unscrolled(_apart(found))
    reader = _Reader(_names(found))
    words: list[Word] = []
    owners: list[str | None] = []
    changes: list[int] = []
    for place, cue in enumerate(found):
        shown = reader.read(cue)
        end = _until(cue, shown, found[place + 1].start if place + 1 < len(found) else cue.end)
        changes += (len(words) + number for number, one in enumerate(shown) if one.another)
        for word, owner in _timed(shown, end, words[-1].end if words else 0.0):
            words.append(word)
            owners.append(owner)
    return tuple(words), tuple(_voices(words, owners)), tuple(changes)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A word, the latest time that the file states before it, and who says it."""

    text: str
    since: float
    voice: str | None
    another: bool = False  # with it somebody else begins to speak


class _Reader:
    """Reads cue after cue; remembers who was named last, as captions name a speaker but once."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._named: str | None = None
        self._another = False

    def read(self, cue: Cue) -> list[_Shown]:
        """The words of a cue."""
        shown: list[_Shown] = []
        since, tagged, new_line = cue.start, None, True
        # Text at even places, the insides of tags at odd ones.
        for place, token in enumerate(_TAG.split(_without_style(_without_unsaid(cue)))):
            if place % 2:
                since = max(since, _time(token) or 0)
                tagged = _tagged(token, tagged)
                continue
            for number, line in enumerate(token.split("\n")):
                new_line = new_line or number > 0
                text = self._without_name(line) if new_line else line
                voice = tagged or self._named
                for word in html.unescape(text).split():
                    shown.append(_Shown(word, since, voice, self._another))
                    self._another = False
                new_line = new_line and not text.strip()
        return shown

    def _without_name(self, line: str) -> str:
        if change := _CHANGE.match(line):
            line, self._named, self._another = line[change.end() :], None, True
        found = _NAME.match(line)
        if found and found[1] in self._names:
            line, self._named = line[found.end() :], _written(found[1])
        return line


def _time(tag: str) -> float | None:
    found = _TIME.fullmatch(tag)
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None


def _tagged(tag: str, voice: str | None) -> str | None:
    """Who speaks after this tag."""
    if found := _VOICE.fullmatch(tag):
        return " ".join(html.unescape(found[1]).split())
    return None if tag == "/v" else voice


def _written(name: str) -> str:
    """Captions shout names: "ADA KING" is Ada King; what nobody can pronounce, NPR, stays."""
    return name.title() if name.isupper() and re.search("[AEIOUY]", name) else name


def _without_unsaid(cue: Cue) -> str:
    text = "\n".join(cue.lines)
    for _, pattern in UNSAID:
        text = pattern.sub(" ", text)
    return text


def _without_style(text: str) -> str:
    """Without tags such as <i>, which may stand in the middle of a word."""
    return _TAG.sub(
        lambda tag: tag[0] if re.match(r"[\d:.]+$|/?v\b", tag[1]) else "",
        text,
    )


def _names(found: list[Cue]) -> frozenset[str]:
    """Names before colons at the beginning of lines: two at least, each twice, or it is a text."""
    lines = (line for cue in found for line in _TAG.sub("", _without_unsaid(cue)).split("\n"))
    starts = (_NAME.match(_CHANGE.sub("", line, count=1)) for line in lines)
    often = Counter(start[1] for start in starts if start and not start[1][0].islower())
    names = frozenset(name for name, times in often.items() if times > 1)
    return names if len(names) > 1 else frozenset()


def _apart(found: list[Cue]) -> list[Cue]:
    """Cues of the same moment made one, in the order of the file: two people at once."""
    joined: list[Cue] = []
    for cue in found:
        if joined and joined[-1].start == cue.start:
            first = joined.pop()
            lines = (*first.lines, *(f"</v>{line}" for line in cue.lines[:1]), *cue.lines[1:])
            joined.append(Cue(first.start, max(first.end, cue.end), lines))
        else:
            joined.append(cue)
    return joined


def _unscrolled(found: list[Cue]) -> list[Cue]:
    """Without the lines that stand there from the cue before, where the captions scroll."""
    plain = [[line for line in map(_plain, cue.lines) if line] for cue in found]
    repeats = [_overlap(before, after) for before, after in pairwise(plain)]
    if sum(map(bool, repeats)) <= SCROLLING * len(repeats):
        return found  # a line said twice is no scrolling
    return [
        Cue(cue.start, cue.end, tuple(line for line in cue.lines if _plain(line))[repeat:])
        for cue, repeat in zip(found, [0, *repeats], strict=True)
    ]


def _overlap(before: list[str], after: list[str]) -> int:
    """How many lines at the end of one are those at the beginning of the other."""
    most = min(len(before), len(after))
    return next((n for n in range(most, 0, -1) if before[-n:] == after[:n]), 0)


def _plain(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _until(cue: Cue, shown: list[_Shown], following: float) -> float:
    """When its last word ends: before the next cue begins, unless nobody can speak that fast."""
    letters = sum(len(word.text) + 1 for word in shown)
    return min(cue.end, max(following, cue.start + letters * QUICKEST))


def _timed(shown: list[_Shown], end: float, latest: float) -> Iterator[tuple[Word, str | None]]:
    """Words between two stated times share what is between them by their length."""
    groups = [list(group) for _, group in groupby(shown, key=lambda word: word.since)]
    ends = [group[0].since for group in groups[1:]]
    for group, stop in zip(groups, [*ends, end], strict=False):
        letters = sum(len(word.text) + 1 for word in group)
        start = max(group[0].since, latest)
        a_letter = min(max(0.0, stop - start) / letters, SLOWEST)
        for word in group:
            latest = start + (len(word.text) + 1) * a_letter
            yield Word(word.text, round(start, 3), round(latest, 3)), word.voice
            start = latest


def _voices(words: list[Word], owners: list[str | None]) -> Iterator[Voice]:
    """Spans in which one voice speaks without a long pause."""
    open_span: Voice | None = None
    for word, owner in zip(words, owners, strict=True):
        if open_span and owner == open_span.speaker and word.start - open_span.end <= BREAK:
            open_span = Voice(open_span.speaker, open_span.start, word.end)
            continue
        if open_span:
            yield open_span
        open_span = Voice(owner, word.start, word.end) if owner else None
    if open_span:
        yield open_span
