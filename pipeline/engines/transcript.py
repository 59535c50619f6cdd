"""The whole transcript: Markdown to read, WebVTT to play beside the recording."""

import textwrap
from collections.abc import Iterator, Sequence

from pipeline.engines.article import called
from pipeline.engines.moments import Moments
from pipeline.engines.outside import in_cue, in_markdown
from pipeline.model import Dropped, Interview, Turn, Word

# A monologue gets a new paragraph at the first sentence that ends after this many seconds.
PARAGRAPH = 45.0
# What subtitles keep to, so that an eye can follow them.
CUE_SECONDS = 7.0
CUE_LINES, CUE_LINE = 2, 42
# WebVTT wants every cue to last.
SHORTEST_CUE = 0.1

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")


def to_markdown(interview: Interview, moments: Moments) -> str:
    """Every turn, with its speaker, times, topic, and what the article makes no use of."""
    openings = {topic.turns[0]: topic for topic in interview.topics}
    dropped: dict[str, list[Dropped]] = {}
    for part in interview.edited.dropped:
        dropped.setdefault(part.turn, []).append(part)
    blocks = [f"# {in_markdown(interview.video.title)}: transcript"]
    for turn in interview.turns.turns:
        if topic := openings.get(turn.id):
            blocks.append(f"## {in_markdown(topic.title)}")
        blocks += _turn(interview, turn, dropped.get(turn.id, ()), moments)
    return "\n\n".join(blocks) + "\n"


def _turn(
    interview: Interview, turn: Turn, dropped: Sequence[Dropped], moments: Moments
) -> Iterator[str]:
    name = called(interview, turn.speaker)
    speaker = f"**{in_markdown(name[:1].upper() + name[1:])}** "
    for start, text in _paragraphs(turn, _words(interview, turn)):
        yield f"{speaker}{moments.markdown(start)} {in_markdown(text)}"
        speaker = ""
    if dropped:
        yield " ".join(f"*({_not_used(part, turn)})*" for part in dropped)


def _not_used(part: Dropped, turn: Turn) -> str:
    """Why it is not in the article, with its first words where it is not the whole turn."""
    whole = part.text.strip() == turn.text.strip()
    words = "" if whole else f" “{textwrap.shorten(part.text, 60, placeholder='…')}”"
    return in_markdown(f"not used{words}: {part.reason}")


def _words(interview: Interview, turn: Turn) -> tuple[Word, ...]:
    first, last = turn.words
    return interview.transcript.words[first : last + 1]


def _paragraphs(turn: Turn, words: Sequence[Word]) -> Iterator[tuple[float, str]]:
    if " ".join(word.text for word in words) != turn.text:  # a language without spaces
        yield turn.start, turn.text
        return
    paragraph: list[Word] = []
    for word in words:
        paragraph.append(word)
        long_enough = word.end - paragraph[0].start >= PARAGRAPH
        if long_enough and word.text.endswith(_SENTENCE_ENDS):
            yield paragraph[0].start, " ".join(part.text for part in paragraph)
            paragraph = []
    if paragraph:
        yield paragraph[0].start, " ".join(part.text for part in paragraph)


# --- WebVTT ---


def to_vtt(interview: Interview) -> str:
    """Cues of at most two lines and seven seconds, each with its speaker."""
    cues = ["WEBVTT"]
    latest = 0.0
    for turn in interview.turns.turns:
        # "--" before the ">" of the tag would read as an arrow.
        name = in_cue(called(interview, turn.speaker)).replace("--", "–")
        for words in _cues(_words(interview, turn)):
            # Cues are in order of their start, though turns may overlap.
            latest = start = max(latest, words[0].start)
            end = max(words[-1].end, start + SHORTEST_CUE)
            lines = "\n".join(in_cue(line) for line in _lines(words))
            cues.append(f"{_stamp(start)} --> {_stamp(end)}\n<v {name}>{lines}")
    return "\n\n".join(cues) + "\n"


def _cues(words: Sequence[Word]) -> Iterator[list[Word]]:
    cue: list[Word] = []
    for word in words:
        if cue and not _fits([*cue, word]):
            yield cue
            cue = []
        cue.append(word)
        if word.text.endswith(_SENTENCE_ENDS) and len(_lines(cue)) == CUE_LINES:
            yield cue
            cue = []
    if cue:
        yield cue


def _fits(words: Sequence[Word]) -> bool:
    lasts = words[-1].end - words[0].start
    return lasts <= CUE_SECONDS and len(_lines(words)) <= CUE_LINES


def _lines(words: Sequence[Word]) -> list[str]:
    return textwrap.wrap(" ".join(word.text for word in words), CUE_LINE, break_long_words=False)


def _stamp(seconds: float) -> str:
    """Time in WebVTT's own form, hours always written."""
    milliseconds = round(seconds * 1000)
    whole, thousandth = divmod(milliseconds, 1000)
    minutes, second = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{thousandth:03}"
