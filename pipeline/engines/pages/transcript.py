"""The whole transcript: Markdown to read, WebVTT to play beside the recording."""

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.engines.moments import Moments
from pipeline.engines.outside import in_cue, in_markdown
from pipeline.engines.pages.article import called
from pipeline.model import Dropped, Interview, Turn, Word

# A monologue gets a new paragraph at the first sentence that ends after this many seconds.
PARAGRAPH = 45.0
# Fewer words that were left out stay in their paragraph, and are named after it.
SHORTEST_PASSAGE = 5
# What subtitles keep to, so that an eye can follow them.
CUE_SECONDS = 7.0
CUE_LINES, CUE_LINE = 2, 42
# WebVTT wants every cue to last.
SHORTEST_CUE = 0.1

_MARKS = " .,;:!?…"
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of one turn that the article may use, or that were left out for one reason."""

    words: tuple[Word, ...]
    text: str
    left_out: str | None = None  # why


def to_markdown(interview: Interview, moments: Moments) -> str:
    """Every turn, with its speaker, times, topic, and what the article makes no use of."""
    openings = {topic.turns[0]: topic for topic in interview.topics}
    within = {part.turns[0]: part for topic in interview.topics for part in topic.parts}
    dropped = _dropped(interview)
    blocks = [f"# {in_markdown(interview.video.title)}: transcript"]
    aside = ""  # what somebody put in who took no turn: it stands where it was said
    for turn in interview.turns.turns:
        topic, part = openings.get(turn.id), within.get(turn.id)
        if topic or part:
            above = [f"## {in_markdown(topic.title)}"] if topic else []
            below = [f"### {in_markdown(part.title)}"] if part else []
            blocks += [*filter(None, [aside]), *above, *below]
            aside = ""
        if turn.aside and not (topic or part):
            aside = f"*({_name(interview, turn)}: {in_markdown(turn.text)})*"
            continue
        speaker = aside or f"**{_name(interview, turn)}**"
        blocks += _turn(interview, turn, dropped.get(turn.id, ()), moments, speaker)
        aside = ""
    if corrected := "\n".join(_corrected(interview.transcript.words, moments)):
        blocks += ["## Spelling that was corrected", corrected]
    return "\n\n".join(blocks) + "\n"


def _corrected(words: Sequence[Word], moments: Moments) -> Iterator[str]:
    """What stands there, and what was heard: one line each."""
    for place, word in enumerate(words):
        if word.heard:
            rest = itertools.takewhile(lambda each: each.heard == "", words[place + 1 :])
            text = " ".join(each.text for each in (word, *rest)).strip(_MARKS)
            said = in_markdown(f"{text}, heard as “{word.heard.strip(_MARKS)}”")
            yield f"- {moments.markdown(word.start)} {said}"


def _turn(
    interview: Interview, turn: Turn, dropped: Sequence[Dropped], moments: Moments, speaker: str
) -> Iterator[str]:
    speaker = f"{speaker} "
    for passage in _passages(interview, turn, dropped):
        mark = f" *({_not_used(passage.left_out)})*" if passage.left_out else ""
        for start, text in _paragraphs(turn, passage):
            yield f"{speaker}{moments.markdown(start)}{mark} {in_markdown(text)}"
            speaker = mark = ""
    short = [part for part in dropped if not _stands_alone(part, turn)]
    if short:
        yield " ".join(f"*({_not_used(part.reason, part.text)})*" for part in short)


def _name(interview: Interview, turn: Turn) -> str:
    name = called(interview, turn.speaker)
    return in_markdown(name[:1].upper() + name[1:])


def _not_used(reason: str, text: str = "") -> str:
    """Why it is not in the article, with its first words where it does not stand alone."""
    words = f" “{textwrap.shorten(text, 60, placeholder='…')}”" if text else ""
    return in_markdown(f"left out of the article{words}: {reason.removeprefix('is ')}")


def _dropped(interview: Interview) -> dict[str, list[Dropped]]:
    """What was left out of each turn."""
    dropped: dict[str, list[Dropped]] = {}
    for part in interview.edited.dropped:
        dropped.setdefault(part.turn, []).append(part)
    return dropped


def _stands_alone(part: Dropped, turn: Turn) -> bool:
    """Whether it gets a paragraph of its own: a whole turn, or more than a "Yeah, right."."""
    if part.words is None:
        return part.text.strip() == turn.text.strip()
    return part.words == turn.words or len(part.text.split()) >= SHORTEST_PASSAGE


def _passages(interview: Interview, turn: Turn, dropped: Sequence[Dropped]) -> Iterator[Passage]:
    """The turn, cut where something begins or ends that was left out."""
    if " ".join(word.text for word in _words(interview, turn.words)) != turn.text:
        # A language without spaces: its text cannot be put together from words.
        whole = next((part.reason for part in dropped if part.words == turn.words), None)
        yield Passage(_words(interview, turn.words), turn.text, whole)
        return
    first, end = turn.words[0], turn.words[1] + 1
    for part in (part for part in dropped if _stands_alone(part, turn)):
        begin, last = part.words or turn.words
        yield from _passage(interview, (first, begin - 1))
        yield from _passage(interview, (begin, last), part.reason)
        first = last + 1
    yield from _passage(interview, (first, end - 1))


def _passage(
    interview: Interview, span: tuple[int, int], left_out: str | None = None
) -> Iterator[Passage]:
    if words := _words(interview, span):
        yield Passage(words, " ".join(word.text for word in words), left_out)


def _words(interview: Interview, span: tuple[int, int]) -> tuple[Word, ...]:
    return interview.transcript.words[span[0] : span[1] + 1]


def _paragraphs(turn: Turn, passage: Passage) -> Iterator[tuple[float, str]]:
    if " ".join(word.text for word in passage.words) != passage.text:
        yield turn.start, passage.text
        return
    paragraph: list[Word] = []
    for word in passage.words:
        paragraph.append(word)
        long_enough = word.end - paragraph[0].start >= PARAGRAPH
        if long_enough and word.text.endswith(_SENTENCE_ENDS):
            yield paragraph[0].start, " ".join(part.text for part in paragraph)
            paragraph = []
    if paragraph:
        yield paragraph[0].start, " ".join(part.text for part in paragraph)


# --- WebVTT ---


def to_vtt(interview: Interview) -> str:
    """Cues of at most two lines and seven seconds, each with its speaker.

    What is not in the article has the class `unused`, so that a player's style can dim it.
    """
    cues = ["WEBVTT"]
    latest = 0.0
    dropped = _dropped(interview)
    for turn in interview.turns.turns:
        # "--" before the ">" of the tag would read as an arrow.
        name = in_cue(called(interview, turn.speaker)).replace("--", "–")
        for passage in _passages(interview, turn, dropped.get(turn.id, ())):
            voice = "v.unused" if passage.left_out else "v"
            for words in _cues(passage.words):
                # Cues are in order of their start, though turns may overlap.
                latest = start = max(latest, words[0].start)
                end = max(words[-1].end, start + SHORTEST_CUE)
                lines = "\n".join(in_cue(line) for line in _lines(words))
                cues.append(f"{_stamp(start)} --> {_stamp(end)}\n<{voice} {name}>{lines}")
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
