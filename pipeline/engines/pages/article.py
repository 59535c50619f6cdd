"""An article as Markdown: every sentence followed by its second, every doubt said."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pipeline.engines.moments import Moments, clock
from pipeline.engines.outside import in_markdown, web_address
from pipeline.model import (
    Article,
    Check,
    Interview,
    LeftOutPoint,
    Link,
    Passage,
    Question,
    Statement,
    Transcript,
)
from pipeline.speech import ELLIPSIS

# Sounds left out between two sentences do not end a quotation; more words than these do.
FILLERS_BETWEEN = 3
# Of each failed check; the rest is in receipt.json.
FINDINGS_SHOWN = 5
# Of the strong points that are left out: an article is no list of them, its receipt is.
MISSED_SHOWN = 3
# How the voices were told apart, where no model heard them.
VOICES = {
    "captions": "the captions say who speaks",
    "text": "who speaks is guessed from the text",
}


def to_markdown(interview: Interview, moments: Moments, heading: bool = False) -> str:
    """The article without its front matter."""
    article = interview.article
    blocks = [
        *_review_box(interview),
        f"# {in_markdown(article.title)}" if heading else "",
        _in_italics(article.standfirst),
        *(_passage(interview, pull, moments) for pull in _pulled(article)),
        _heading(article.opener_heading),
        in_markdown(article.opener),
        *_questions(interview, moments),
        *_sections(interview, moments),
        _heading(article.closing_heading),
        in_markdown(article.closing),
        *_left_out(article, moments),
        *_links(article, moments),
        *_footer(interview, moments),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


WORDS_A_MINUTE = 230  # that an adult reads of such a text


def reading_minutes(article: Article) -> int:
    """How long it takes to read; at least one minute."""
    passages = [passage for section in article.sections for passage in section.passages]
    told = (
        article.standfirst,
        article.opener,
        *(question.text for question in article.questions),
        *(passage.lead for passage in passages),
        *(statement.text for statement in article.statements),
        article.closing,
    )
    return max(1, round(sum(len(text.split()) for text in told) / WORDS_A_MINUTE))


def called(interview: Interview, speaker_id: str) -> str:
    """Whom to credit; by role alone where who speaks is a guess."""
    for speaker in interview.speakers:
        if speaker.id == speaker_id:
            return speaker.called if interview.turns.proven else _role_of(speaker.role)
    return _role_of("other")


def _role_of(role: str) -> str:
    return "a speaker" if role == "other" else f"the {role}"


def _in_italics(text: str) -> str:
    return f"*{safe}*" if (safe := in_markdown(text)) else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _questions(interview: Interview, moments: Moments) -> Iterator[str]:
    for number, question in enumerate(interview.article.questions, 1):
        yield f"## {number}. {in_markdown(question.text)}"
        asks = in_markdown(_capital(_asker(interview, question)))
        yield f"*{asks} asks* {moments.markdown(question.start)}"
        yield from _answer(interview, question.answer, moments)


# --- the styles that are no questions and answers ---


def _heading(text: str, level: int = 2) -> str:
    return f"{'#' * level} {in_markdown(text)}" if text else ""


def _pulled(article: Article) -> Iterator[Passage]:
    passages = (passage for section in article.sections for passage in section.passages)
    return (passage for passage in passages if passage.form == "pull")


def _sections(interview: Interview, moments: Moments) -> Iterator[str]:
    below: set[int] = set()  # parts with a heading of their own, over those of their topics
    for section in interview.article.sections:
        printed = [passage for passage in section.passages if passage.form != "pull"]
        if not printed:
            continue
        if section.above:
            below.add(section.part)
            yield _heading(section.above)
        yield _heading(section.heading, 3 if section.part in below else 2)
        for form, group in groupby(printed, key=lambda passage: passage.form):
            texts = [_passage(interview, passage, moments) for passage in group]
            if form == "paragraph":
                yield from texts
            else:
                yield in_markdown(section.list_lead)
                yield "\n".join(texts)


def _passage(interview: Interview, passage: Passage, moments: Moments) -> str:
    said = " ".join(_sentences(passage.said, moments))
    lead = in_markdown(_inner_question(passage)) + " " if passage.lead else ""
    before = {"paragraph": "", "item": "- ", "pull": "> "}[passage.form]
    # One guest is credited once; a pull quote stands outside of the text, so it needs its name.
    several = len({statement.speaker for statement in interview.article.statements}) > 1
    told = passage.said[0].kind == "paraphrase"  # which names its speaker itself
    credit = passage.form == "pull" or (several and not passage.lead and not told)
    name = f" — {in_markdown(called(interview, passage.said[0].speaker))}" if credit else ""
    return f"{before}{lead}{said}{name}"


def _inner_question(passage: Passage) -> str:
    if passage.asked is None:
        return passage.lead
    return passage.lead.replace(passage.asked.text, _inner_marks(passage.asked.text))


def _asker(interview: Interview, question: Question) -> str:
    turns = {turn.id: turn.speaker for turn in interview.turns.turns}
    asker = next((turns[turn] for turn in question.from_turns if turn in turns), None)
    return called(interview, asker) if asker else "the host"


def _answer(interview: Interview, answer: Sequence[Statement], moments: Moments) -> Iterator[str]:
    """A paragraph for each speaker in a row."""
    label = f"**{in_markdown(interview.article.answer_label)}** "
    for speaker, statements in groupby(answer, key=lambda statement: statement.speaker):
        said = tuple(statements)
        paragraph = label + " ".join(_sentences(said, moments))
        if any(statement.kind == "quote" for statement in said):
            paragraph += f" — {in_markdown(called(interview, speaker))}"
        yield paragraph
        label = ""


def _sentences(said: Sequence[Statement], moments: Moments) -> Iterator[str]:
    """Quotation marks around each run of sentences that were said one after the other.

    Between two runs stands that something is left out: quotation marks that meet read as a typo.
    """
    neighbours = zip([None, *said], said, [*said[1:], None], strict=False)
    for before, statement, after in neighbours:
        text = in_markdown(statement.text)
        if statement.kind == "quote":
            opening = _opening(before, statement)
            closing = "" if after and _goes_on(statement, after) else "”"
            text = f"{opening}{in_markdown(_inner_marks(statement.text))}{closing}"
        yield f"{text} {moments.markdown(statement.start)}"


def _opening(before: Statement | None, statement: Statement) -> str:
    if before and _goes_on(before, statement):
        return ""
    if before is None or (before.kind, before.speaker) != ("quote", statement.speaker):
        return "“"
    return f"{ELLIPSIS} “" if before.end <= statement.start else "“"


def _goes_on(one: Statement, other: Statement) -> bool:
    if "paraphrase" in (one.kind, other.kind) or one.words is None or other.words is None:
        return False
    return 1 <= other.words[0] - one.words[1] <= 1 + FILLERS_BETWEEN


def _inner_marks(text: str) -> str:
    """Double marks inside a quotation become single ones, as print does it."""
    text = text.replace("“", "‘").replace("”", "’")
    opens = True
    out = []
    for char in text:
        out.append(("‘" if opens else "’") if char == '"' else char)
        opens = not opens if char == '"' else opens
    return "".join(out)


def _review_box(interview: Interview) -> Iterator[str]:
    receipt = interview.receipt
    if receipt.status == "ready" or interview.passes:
        return
    reasons = receipt.reasons or tuple(c.name for c in receipt.checks if not c.passed)
    lines = ["**Needs review before it is published.**", "", *_bullets(reasons)]
    yield "\n".join(f"> {line}".rstrip() for line in lines)


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {in_markdown(text)}" for text in texts]


def _left_out(article: Article, moments: Moments) -> Iterator[str]:
    if not article.left_out:
        return
    yield "## What is left out"
    yield "\n".join(
        f"- {in_markdown(part.title)}, {clock(part.end - part.start)} of airtime: "
        f"{in_markdown(part.reason)} {moments.markdown(part.start)}"
        for part in article.left_out
    )


def _links(article: Article, moments: Moments) -> Iterator[str]:
    if article.links:
        yield _heading(article.links_heading)
        yield "\n".join(f"- {_link(link, moments)}" for link in article.links)


def _link(link: Link, moments: Moments) -> str:
    title, url = in_markdown(link.title), web_address(link.url)
    if link.start is not None:  # a place in the recording
        return f"{moments.markdown(link.start)} {title}"
    return f"[{title}]({url})" if url else title


# --- how it was made, and what nobody can vouch for ---


def _footer(interview: Interview, moments: Moments) -> Iterator[str]:
    yield "---"
    yield f"*How this was made.* {_making(interview)}"
    yield f"*Receipt: {_status(interview)}.* {_figures(interview)}"
    unproven = _unproven(interview)
    if unproven:
        yield "*Not proven:*"
        yield "\n".join(unproven)
    missed = interview.article.left_out_points
    if missed:
        yield "*Strong points that are not in the article:*"
        yield "\n".join(_strongest(interview, missed, moments))


def _strongest(
    interview: Interview, missed: Sequence[LeftOutPoint], moments: Moments
) -> Iterator[str]:
    """Those that weigh most, in the order in which they were said."""
    shown = sorted(missed, key=lambda point: -point.weight)[:MISSED_SHOWN]
    yield from (_missed(interview, point, moments) for point in missed if point in shown)
    if more := len(missed) - len(shown):
        yield f"- and {more} more, which the receipt names"


def _missed(interview: Interview, point: LeftOutPoint, moments: Moments) -> str:
    topics = {topic.id: topic.title for topic in interview.topics}
    told = (called(interview, point.speaker), f"{clock(point.seconds)} of airtime")
    about = topics.get(point.topic or "")
    where = f", under “{in_markdown(_inner_marks(about))}”" if about else ""
    said = " ".join(_sentences(point.claim, moments))
    return f"- {said} — {in_markdown(', '.join(told))}{where}"


def _making(interview: Interview) -> str:
    transcript, article = interview.transcript, interview.article
    engine = interview.voices.engine
    told_apart = VOICES.get(engine, f"voices told apart by the {in_markdown(engine)} engine")
    printed = "questions and answers" if article.questions else "quotations"
    written = (
        f"The {printed} are sentences from the recording, chosen by mytake; no language "
        "model wrote any of it. Quotations leave out “um” and “uh”."
        if article.writer == "extract"
        else f"Written by {in_markdown(article.writer)}, checked by mytake."
    )
    return f"{_words_from(transcript)}; {told_apart}. {written}"


def _words_from(transcript: Transcript) -> str:
    if transcript.source == "captions":
        return "Words from the captions"
    model = f" (model {in_markdown(transcript.model)})" if transcript.model else ""
    return f"Words heard by {in_markdown(transcript.engine)}{model}"


def _status(interview: Interview) -> str:
    return "ready" if interview.receipt.status == "ready" else "needs review"


def _figures(interview: Interview) -> str:
    checks, coverage = interview.receipt.checks, interview.receipt.coverage
    passed = sum(check.passed for check in checks)
    return (
        f"{passed} of {len(checks)} checks passed. "
        f"{coverage.topics_covered} of {coverage.topics} topics are in the article; it quotes "
        f"{clock(coverage.quoted_seconds)} of {clock(coverage.speech_seconds)} of talk. Of "
        f"{coverage.turns} turns {coverage.turns_kept} were read for it and "
        f"{coverage.turns_dropped} dropped. {_dropped(interview)}"
    )


def _dropped(interview: Interview) -> str:
    """What was not read for the article, by its reason."""
    seconds: dict[str, float] = {}
    for gone in interview.edited.dropped:
        seconds[gone.reason] = seconds.get(gone.reason, 0) + gone.end - gone.start
    long = (reason for reason in seconds if seconds[reason] >= 1)  # no clock shows less
    reasons = sorted(long, key=lambda reason: -seconds[reason])
    told = ", ".join(f"{clock(seconds[why])} that {in_markdown(why)}" for why in reasons)
    return f"Left out of the reading: {told}; each in data/edited.json." if told else ""


def _unproven(interview: Interview) -> list[str]:
    unnamed = sorted({_role_of(s.role) for s in interview.speakers if not s.name} - {"a speaker"})
    # That check says both of it, voice by voice.
    told = any(check.name == "speakers" and not check.passed for check in interview.receipt.checks)
    doubts = {
        "who speaks: it was guessed from the text alone": not (told or interview.turns.proven),
        f"the name of {' and of '.join(unnamed)}": bool(unnamed) and not told,
        "that the machine heard each word right: listen before you quote": (
            interview.transcript.source == "whisper"
        ),
    }
    failed = [line for check in interview.receipt.checks for line in _found(check)]
    return _bullets([*failed, *(doubt for doubt, holds in doubts.items() if holds)])


def _found(check: Check) -> list[str]:
    if check.passed:
        return []
    more = len(check.found) - FINDINGS_SHOWN
    lines = [f"{check.name}: {found}" for found in check.found[:FINDINGS_SHOWN]] or [check.name]
    return [*lines, f"{check.name}: {more} more, see receipt.json"] if more > 0 else lines
