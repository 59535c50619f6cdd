"""The article contract: what a style promises, worked out anew and compared.

Shares nothing with `framing`, on purpose: what both would get wrong would never be found.
"""

import datetime
import re
import unicodedata

from pipeline.config import Style
from pipeline.engines.checking import paraphrased
from pipeline.engines.checking.case import CLOSE, Case, Found
from pipeline.engines.checking.shape import shape
from pipeline.engines.outside import web_address
from pipeline.engines.words.scripts import foreign_letters
from pipeline.model import Article, Question
from pipeline.speech import forms

_WHOLE = re.compile(r"[.!?。！？।؟][\"'”’»)\]]*$")
_BROKEN_OFF = re.compile(r"(?:\.\.|…|[-–—:;,])[\"'”’»)]*$")


def contract(case: Case) -> Found:
    """Opener and closing byte for byte, so many questions, lengths, nothing cut off or twice."""
    article, wanted = case.article, case.compose.questions
    if article.style != case.compose.style:
        yield f"The style is {article.style}, not {case.compose.style}."
    if article.opener != _filled(case.style.opener, case.style.opener_unnamed, case):
        yield "The opener is not the one that is configured."
    closing = case.style.closing if _linked(case) else _unlinked(case.style)
    if article.closing != _filled(closing, case.style.closing_unnamed or closing, case):
        yield "The closing is not the one that is configured."
    if not article.title.strip() or not article.standfirst.strip():
        yield "There is no title or no standfirst."
    if _headings(article) != _wanted_headings(case):
        yield "A heading is not the one that is configured."
    if article.questions and article.answer_label != case.style.answer_label:
        yield f"The answers are labelled “{article.answer_label}”, which is not configured."
    for where, text in (("The title", article.title), ("The standfirst", article.standfirst)):
        yield from foreign_letters(where, text, case.published, case.published)
    yield from shape(case)
    if case.style.parts and article.questions:
        yield "The article has questions and answers, and its style has none."
    if not case.style.parts and len(article.questions) != wanted:
        yield (
            f"The article has {len(article.questions)} questions, not {wanted}: no more of them "
            "were asked and answered clearly enough."
        )
    for number, question in enumerate(article.questions, 1):
        yield from _length(f"Answer {number}", question, case)
    yield from _cut_off(case)
    yield from paraphrased.person_and_script(case)
    yield from _twice(case)
    yield from paraphrased.repeated(case)
    yield from _links(case)


def _linked(case: Case) -> bool:
    """Whether a time in the article can be a link."""
    return web_address(case.video.url) is not None


def _unlinked(style: Style) -> str:
    return style.closing_unlinked or style.closing


def _headings(article: Article) -> tuple[str, str, str]:
    return article.opener_heading, article.closing_heading, article.links_heading


def _wanted_headings(case: Case) -> tuple[str, str, str]:
    style = case.style
    last = style.links_heading if _linked(case) else style.times_heading
    return style.opener_heading, style.closing_heading, last


def _length(where: str, question: Question, case: Case) -> Found:
    sentences, words = len(question.answer), sum(len(s.text.split()) for s in question.answer)
    if not min(2, case.compose.sentences) <= sentences <= case.compose.sentences:
        yield f"{where} has {sentences} sentences."
    if not case.style.fewest_words <= words <= case.style.most_words:
        yield f"{where} has {words} words."


def _cut_off(case: Case) -> Found:
    begins = {sentence.words[0] for sentence in case.edited.sentences}
    ends = {sentence.words[1] for sentence in case.edited.sentences}
    for where, printed in case.printed:
        if not _WHOLE.search(printed.text) or _BROKEN_OFF.search(printed.text):
            yield f"{where} is cut off: “{printed.text}”"
        elif printed.words and _begins_within(case, printed.words[0]):
            yield f"{where} lacks its beginning: “{printed.text}”"
        elif printed.words and (printed.words[0] not in begins or printed.words[1] not in ends):
            yield f"{where} is only a part of a sentence: “{printed.text}”"


def _begins_within(case: Case, first: int) -> bool:
    """Whether the words before, whoever said them, belong to the same sentence."""
    words = case.transcript.words
    if not 0 < first < len(words) or not words[first].text[:1].islower():
        return False
    return case.punctuated and not _WHOLE.search(words[first - 1].text)


def _twice(case: Case) -> Found:
    seen: dict[tuple[str, ...], str] = {}
    taken: dict[int, str] = {}
    for where, printed in case.printed:
        same = tuple(forms(printed.text.split()))
        words = printed.words or (0, -1)
        if same in seen or any(place in taken for place in range(words[0], words[1] + 1)):
            yield f"{where} is printed twice: “{printed.text}”"
        seen[same] = where
        taken |= dict.fromkeys(range(words[0], words[1] + 1), where)


def _links(case: Case) -> Found:
    known = {None, case.video.url, case.video.channel_url}
    for link in case.article.links:
        if link.url not in known:
            yield f"The link “{link.title}” leads elsewhere: {link.url}"
    starts = [link.start for link in case.article.links if link.start is not None]
    said = [question.start for question in case.article.questions]
    said += [statement.start for _, statement in case.statements]
    for start in starts:
        if not any(abs(start - second) <= CLOSE for second in said):
            yield f"A link leads to second {start:.1f}, of which nothing is in the article."
    for number, question in enumerate(case.article.questions, 1):
        if not any(abs(start - question.start) <= CLOSE for start in starts):
            yield f"Question {number} has no link to its second."
    for section in case.article.sections:
        said = [statement.start for passage in section.passages for statement in passage.said]
        if section.topic and not any(abs(s - start) <= CLOSE for s in said for start in starts):
            yield f"The section “{section.heading}” has no link to its second."


def _filled(template: str, unnamed: str, case: Case) -> str:
    """What a template must have become, worked out anew."""
    facts = {
        "host": _people("host", case),
        "guest": _people("guest", case),
        "title": plain(case.video.title),
        "channel": plain(case.video.channel or ""),
        "date": day(case.video.published) or "",
    }
    instead = {"host": "the host", "guest": "the guest", "title": "untitled"} | {
        "channel": "an unnamed channel",
        "date": "an unknown date",
    }
    blank = re.compile("{(" + "|".join(facts) + ")}")
    if not all(facts[name] for name in blank.findall(template)):
        template = unnamed
    return blank.sub(lambda match: facts[match[1]] or instead[match[1]], template)


def _people(role: str, case: Case) -> str:
    names = [plain(s.name or "") for s in case.speakers if s.role == role]
    if not names or not all(names):
        return ""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plain(text: str) -> str:
    """One line, without the characters that nobody sees."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    seen = (c for c in spaced if not unicodedata.category(c).startswith("C"))
    return " ".join("".join(seen).split())


def day(date: str | None) -> str | None:
    """A date as people write it."""
    try:
        on = datetime.date.fromisoformat((date or "")[:10])
    except ValueError:
        return None
    months = "January February March April May June July August September October November December"
    return f"{months.split()[on.month - 1]} {on.day}, {on.year}"
