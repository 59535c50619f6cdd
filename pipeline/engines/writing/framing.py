"""What stands around the answers: title, standfirst, opener, closing, links. Code only, no model.

Everything here is filled from the video's metadata, which is hostile text: it goes in once, as it
is, and is never read as a template again.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.config import Style
from pipeline.engines.outside import web_address
from pipeline.model import (
    Article,
    LeftOut,
    Link,
    Point,
    Question,
    Section,
    Speaker,
    Statement,
    Topic,
    Turns,
    Video,
)
from pipeline.speech import forms

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_BLANK = re.compile(r"\{(host|guest|title|channel|date)\}")


def one_line(text: str) -> str:
    """Hostile text as plain text on one line: no control or direction marks.

    >>> one_line("A {guest}\\n<script>\\u202e x")
    'A {guest} <script> x'
    """
    seen = "".join(" " if c.isspace() else c for c in text)
    return " ".join("".join(c for c in seen if unicodedata.category(c) not in UNSEEN).split())


UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def listed(names: Sequence[str]) -> str:
    """Names as a sentence holds them.

    >>> listed(["Ada"]), listed(["Ada", "Ben"]), listed(["Ada", "Ben", "Cy"])
    ('Ada', 'Ada and Ben', 'Ada, Ben and Cy')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def spelled(date: str | None) -> str | None:
    """A date as people write it.

    >>> spelled("2024-04-18"), spelled("soon")
    ('April 18, 2024', None)
    """
    try:
        day = datetime.date.fromisoformat((date or "")[:10])
    except ValueError:
        return None
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def lasting(seconds: float) -> str:
    """A length in words of a sentence.

    >>> lasting(384), lasting(7200), lasting(8100)
    ('6 minutes', '2 hours', '2 hours and 15 minutes')
    """
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60) if minutes >= 100 else (0, minutes)
    parts = [(hours, "hour"), (rest, "minute")]
    return " and ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count)


def named(speakers: Iterable[Speaker], role: str) -> str | None:
    """The names of all with that role; None where one is not known."""
    names = [speaker.name for speaker in speakers if speaker.role == role]
    if not names:
        return None
    known = [one_line(name) for name in names if name]
    return listed(known) if len(known) == len(names) else None


def opening(video: Video, speakers: Sequence[Speaker], style: Style) -> str:
    """The style's opener, word for word; the unnamed one where a name or date is not known."""
    return _chosen(style.opener, style.opener_unnamed, _facts(video, speakers))


def ending(video: Video, speakers: Sequence[Speaker], style: Style) -> str:
    """The style's closing: the one for what cannot be linked, or for names not known, if any."""
    unlinked = style.closing_unlinked if web_address(video.url) is None else ""
    closing = unlinked or style.closing
    return _chosen(closing, style.closing_unnamed or closing, _facts(video, speakers))


def _chosen(template: str, unnamed: str, facts: dict[str, str | None]) -> str:
    known = all(facts[blank] for blank in _BLANK.findall(template))
    return _filled(template if known else unnamed, facts)


def _facts(video: Video, speakers: Sequence[Speaker]) -> dict[str, str | None]:
    return {
        "host": named(speakers, "host"),
        "guest": named(speakers, "guest"),
        "title": one_line(video.title),
        "channel": one_line(video.channel or "") or None,
        "date": spelled(video.published),
    }


_UNKNOWN = {
    "host": "the host",
    "guest": "the guest",
    "title": "untitled",
    "channel": "an unnamed channel",
    "date": "an unknown date",
}


def _filled(template: str, facts: dict[str, str | None]) -> str:
    # One pass: a title that says {guest} stays a title that says {guest}.
    return _BLANK.sub(lambda blank: facts[blank[1]] or _UNKNOWN[blank[1]], template)


def standfirst(
    video: Video,
    speakers: Sequence[Speaker],
    turns: Turns,
    opener: str = "",
    about: Sequence[str] = (),
) -> str:
    """Who, with whom, how long; where and when, if the opener does not say it; on which topics."""
    who = _who(video, speakers, turns, opener)
    if not about:
        return who
    told = "; ".join(about)
    return f"{who} The topics include: {told}{'' if told.endswith(_ENDS) else '.'}"


_ENDS = (".", "?", "!", "…")


def _who(video: Video, speakers: Sequence[Speaker], turns: Turns, opener: str) -> str:
    facts = _facts(video, speakers)
    length = lasting(video.duration or (turns.turns[-1].end if turns.turns else 0))
    channel, date, host = facts["channel"], facts["date"], facts["host"]
    date = None if date and date in opener else date
    channel = None if channel and channel in opener else channel
    if not facts["guest"]:
        if channel and date:
            return f"{channel} published this interview of {length} on {date}."
        where = f" from {channel}" if channel else f", published on {date}" if date else ""
        return f"An interview of {length}{where}."
    talk = "talk" if sum(speaker.role == "guest" for speaker in speakers) > 1 else "talks"
    who = " ".join([facts["guest"], talk, *([f"with {host}"] if host else []), f"for {length}"])
    people = f"{facts['guest']} {host or ''}"
    if channel and channel.casefold() not in people.casefold():
        return f"{who} on {channel}{f', published {date}' if date else ''}."
    return f"{who} in an interview published on {date}." if date else f"{who}."


TOPICS_TOLD = 4  # topics, at most
LONGEST_TOLD = 60  # characters of a topic's title


def about(
    topics: Iterable[Topic],
    said: Iterable[Statement],
    turns: Turns,
    speakers: Iterable[Speaker],
) -> list[str]:
    """Titles of the longest topics that the article quotes; none where there is but one.

    Titles that were found are taken only where the host asks in just these words, and where they
    are one term: "flour in a store" comes up, and is not what the talk is about.
    """
    hosts = {speaker.id for speaker in speakers if speaker.role == "host"}
    seconds = [statement.start for statement in said]
    told = [
        topic
        for topic in topics
        if any(topic.start <= second < topic.end for second in seconds)
        and len(topic.title) <= LONGEST_TOLD
        and not _shouts(topic.title)
        and (topic.source == "chapters" or _is_asked(topic, turns, hosts))
    ]
    longest = sorted(told, key=lambda topic: topic.start - topic.end)[:TOPICS_TOLD]
    titles = [one_line(topic.title).rstrip(" .") for topic in told if topic in longest]
    return titles if len(titles) > 1 else []


def _is_asked(topic: Topic, turns: Turns, hosts: set[str]) -> bool:
    """Whether its title is one term, and stands in a question of the host's."""
    title = forms(topic.title.split())
    if not turns.proven or any(map(_SMALL.fullmatch, title)):
        return False
    questions = (
        forms(sentence.split())
        for turn in turns.turns
        if turn.speaker in hosts and topic.start <= turn.start < topic.end
        for sentence in re.split(r"(?<=[.?!])\s+", turn.text)
        if sentence.endswith("?")
    )
    return any(
        question[place : place + len(title)] == title
        for question in questions
        for place in range(len(question))
    )


# --- the title ---

_BARS = re.compile(r"\s+[|｜•·]\s+|\s*[|｜]\s*|\s+//\s+")
_SHOW = re.compile(
    r"\b(?:podcast|episode|full (?:interview|episode|video)|official|season \d+)\b"
    r"|(?:^|\s)(?:#|ep\.? ?#?)\d+|^s\d+ ?e\d+$|^\d+$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^(?:(?:episode|ep|no|part)\b\.? ?#?\d+|#\d+|s\d+ ?e\d+|[A-Z]{2,6}[ #-]?\d{1,4}(?=[:–—|])"
    r"|\d{1,4}(?=[:–—|])|\d{1,3}(?= [:–—|-] ))\s*[:.–—|-]?\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*[(\[][^()\[\]]*(?:#\d|podcast|episode|interview|official|full|video|4k|hd)[^()\[\]]*[)\]]\s*$"
    r"|\s*[-–—:,]?\s*(?:podcast|episode|ep\.?)?\s*#\d+\s*$|\s*[-–—:,]\s*(?:episode|ep\.?) ?\d+\s*$",
    re.IGNORECASE,
)
_BAIT = re.compile(
    r"!!|\?!|!\?|\byou won['’]?t believe|\bshocking\b|\bgone wrong\b|\bmust[- ](?:watch|see)\b"
    r"|\bexposed\b|\bmind[- ]?blowing\b|\bbreaks? the internet\b",
    re.IGNORECASE,
)
_LONGEST_TITLE = 110
_LONGEST_READ = 300  # characters; what a title says, it says in these


def headline(video: Video, speakers: Sequence[Speaker]) -> str:
    """The publisher's title without its trappings, or the plainest title there is."""
    guests = [one_line(s.name) for s in speakers if s.role == "guest" and s.name]
    title = _bare(one_line(video.title)[:_LONGEST_READ], one_line(video.channel or ""))
    for guest in guests:
        title = _who_on_what(title, guest)
    title = _without_subtitle(title)
    if title and not _shouts(title) and len(title) <= _LONGEST_TITLE:
        return title
    answered, asked = named(speakers, "guest"), named(speakers, "host")
    if answered and asked:
        return f"{answered} in conversation with {asked}"
    channel = one_line(video.channel or "")
    return f"An interview on {channel}" if channel else "An interview"


def _bare(title: str, channel: str) -> str:
    # Pictures go (with the mark that colours them); letters and money of every language stay.
    title = "".join(
        c for c in title if unicodedata.category(c) not in {"So", "Sk"} and c != "\ufe0f"
    )
    parts = [part.strip() for part in _BARS.split(" ".join(title.split())) if part.strip()]
    telling = [part for part in parts if not _names_show(part, channel)]
    bare = (telling or parts or [""])[0]
    for pattern in (_NUMBERED, _TAIL):
        bare = pattern.sub("", bare).strip() or bare
    return bare


def _names_show(part: str, channel: str) -> bool:
    return bool(_SHOW.search(part)) or bool(channel and channel.casefold() in part.casefold())


def _who_on_what(title: str, guest: str) -> str:
    """Without the habit of colons.

    >>> _who_on_what("Ada Lovelace: Engines and Poetry", "Ada Lovelace")
    'Ada Lovelace on Engines and Poetry'
    >>> _who_on_what("Ada Lovelace: Looking for an engine", "Ada Lovelace")
    'Ada Lovelace: Looking for an engine'
    """
    found = re.match(
        rf"(?:\W|[A-Z]{{2,6}}\d+)*({re.escape(guest)})\s*(?::|\s[-–—])\s+(.+)", title, re.I
    )
    if not found or found[2][:1] in "\"“'‘(" or found[2].endswith(("?", "!")):
        return title
    if found[2][0].islower() or _in_title_case(found[2]):
        return f"{guest} on {found[2]}"
    # Within a sentence the capital would have to go, unless it is a name's: nobody knows here.
    return f"{guest}: {found[2]}"


_SMALL = re.compile(
    r"an?|and|as|at|but|by|for|from|if|in|into|nor|of|on|or|over|the|to|vs|with", re.IGNORECASE
)


def _in_title_case(text: str) -> bool:
    """Whether every word has a capital, but for the small ones.

    >>> _in_title_case("Llama 3, $10b Models & Augustus"), _in_title_case("Why the birds fly")
    (True, False)
    """
    words = re.findall(r"(?<!\w)[^\W\d_][\w'’-]*", text)[1:]
    telling = [word for word in words if not _SMALL.fullmatch(word)]
    return bool(telling) and all(word[0].isupper() for word in telling)


WHOLE_TITLE = 5  # words before a colon that need no subtitle


def _without_subtitle(title: str) -> str:
    """What stands before a colon, where that is a title of its own.

    >>> _without_subtitle("How the tide grinds corn at night: gates, ponds and patience")
    'How the tide grinds corn at night'
    >>> _without_subtitle("Ada Lovelace: Engines"), _without_subtitle("At 4:30 in the mill")
    ('Ada Lovelace: Engines', 'At 4:30 in the mill')
    """
    before, colon, after = title.partition(": ")
    quotes = after[:1] in "\"“'‘«„" or before.count("“") != before.count("”")
    whole = len(before.split()) >= WHOLE_TITLE and before.count('"') % 2 == 0
    return before if colon and whole and not quotes else title


def _shouts(title: str) -> bool:
    letters = [c for c in title if c.isalpha() and c.lower() != c.upper()]
    loud = sum(c.isupper() for c in letters)
    return bool(_BAIT.search(title)) or (len(letters) >= 12 and loud > 0.7 * len(letters))


# --- links, and what is not there ---


def links(
    video: Video, questions: Iterable[Question], sections: Iterable[Section] = ()
) -> tuple[Link, ...]:
    """The interview and its channel, where they have an address; the second of each question
    and of each section.
    """
    pages = ((video.title, video.url), (video.channel or "", video.channel_url))
    found = [Link(one_line(name), url) for name, url in pages if name and web_address(url)]
    asked = (Link(question.text, video.url, question.start) for question in questions)
    return (*found, *asked, *_places(sections, video))


UNANSWERED = "no question with an answer to quote"


def left_out(
    topics: Iterable[Topic],
    said: Iterable[Statement],
    questions: Sequence[Question],
    could_be_asked: set[str],
) -> tuple[LeftOut, ...]:
    """The topics that nothing said touches, each with its reason."""
    many = len(questions)
    chosen = f"the {f'{many} questions' if many > 1 else 'question'} went to other topics"
    return _untold(topics, said, could_be_asked, chosen, UNANSWERED)


def _untold(
    topics: Iterable[Topic],
    said: Iterable[Statement],
    could_be_told: set[str],
    chosen: str,
    none: str,
) -> tuple[LeftOut, ...]:
    seconds = [statement.start for statement in said]
    return tuple(
        LeftOut(topic.title, topic.start, topic.end, chosen if topic.id in could_be_told else none)
        for topic in topics
        if not any(topic.start <= second < max(topic.end, topic.start + 0.01) for second in seconds)
    )


def framed(
    article_questions: tuple[Question, ...],
    video: Video,
    speakers: Sequence[Speaker],
    topics: Sequence[Topic],
    turns: Turns,
    style: Style,
    style_name: str,
    could_be_asked: set[str],
    beside: tuple[Section, ...] = (),
) -> Article:
    """The questions and answers, and what stands beside them, as a whole article."""
    opener = opening(video, speakers, style)
    bare = Article(
        style=style_name,
        title=headline(video, speakers),
        standfirst="",
        opener=opener,
        questions=article_questions,
        closing=ending(video, speakers, style),
        links=links(video, article_questions, beside),
        answer_label=style.answer_label,
        sections=beside,
    )
    left = left_out(topics, bare.statements, article_questions, could_be_asked)
    told = about(topics, bare.statements, turns, speakers)
    return replace(
        _headed(bare, video, style),
        standfirst=standfirst(video, speakers, turns, opener, told),
        left_out=left,
    )


def sectioned(
    article_sections: tuple[Section, ...],
    points: Sequence[Point],
    video: Video,
    speakers: Sequence[Speaker],
    topics: Sequence[Topic],
    turns: Turns,
    style: Style,
    style_name: str,
) -> Article:
    """The sections as a whole article."""
    opener = opening(video, speakers, style)
    bare = Article(
        style=style_name,
        title=headline(video, speakers),
        standfirst="",
        opener=opener,
        questions=(),
        closing=ending(video, speakers, style),
        sections=article_sections,
        links=links(video, (), article_sections),
    )
    could_be_told = {point.topic for point in points if point.topic}
    chosen, none = "other topics had more to quote", "nothing in it can be quoted on its own"
    left = _untold(topics, bare.statements, could_be_told, chosen, none)
    told = about(topics, bare.statements, turns, speakers)
    return replace(
        _headed(bare, video, style),
        standfirst=standfirst(video, speakers, turns, opener, told),
        left_out=left,
    )


def _headed(article: Article, video: Video, style: Style) -> Article:
    """With the headings that the style gives to what stands around."""
    return replace(
        article,
        opener_heading=style.opener_heading,
        closing_heading=style.closing_heading,
        links_heading=style.links_heading if web_address(video.url) else style.times_heading,
    )


def _places(article_sections: Iterable[Section], video: Video) -> Iterator[Link]:
    for section in article_sections:
        if section.topic:
            yield Link(section.heading, video.url, section.passages[0].said[0].start)


def asked(template: str, question: str, name: str) -> str:
    """A lead that repeats a question. In one pass: both are what somebody else wrote."""
    facts = {"question": question, "name": name}
    return re.sub(r"\{(question|name)\}", lambda blank: facts[blank[1]], template)
