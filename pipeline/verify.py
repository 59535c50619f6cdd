"""An article -> its receipt: every point checked again, from the transcript and the turns alone.

Nothing the writer claims is believed, and nothing here is shared with a writer, but for what words
mean (engines/words/wording.py): what both would get wrong would never be found. A check that fails
makes the article `needs_review`, with reasons.
"""

import itertools
import re
from collections.abc import Callable
from typing import Final, Literal

from pipeline.config import ComposeOptions, Style, VerifyOptions
from pipeline.engines.checking import evidence, paraphrased, support
from pipeline.engines.checking.case import CLOSE, INSIDE, Case, Found
from pipeline.engines.checking.contract import contract, day
from pipeline.engines.words import wording
from pipeline.model import (
    Article,
    Check,
    Coverage,
    Edited,
    LeftOut,
    Question,
    Receipt,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turns,
    Video,
)
from pipeline.speech import ELLIPSIS, asks, forms

VERSION: Final = 7


def verify(
    video: Video,
    transcript: Transcript,
    turns: Turns,
    edited: Edited,
    speakers: tuple[Speaker, ...],
    topics: tuple[Topic, ...],
    article: Article,
    options: VerifyOptions,
    compose: ComposeOptions,
    style: Style,
) -> Receipt:
    """Look into every promise of the article; `ready` only if all of them hold."""
    case = Case(
        video, transcript, turns, edited, speakers, topics, article, options, compose, style
    )
    checks = []
    for name, look in CHECKS:
        found = tuple(dict.fromkeys(look(case)))
        checks.append(Check(name, not found, found))
    looked = support.looked(case)
    if looked.scored:
        checks.append(Check("support", not looked.found, looked.found))
    reasons = tuple(reason for check in checks for reason in check.found)
    status: Literal["needs_review", "ready"] = "needs_review" if reasons else "ready"
    corrected = sum(1 for word in transcript.words if word.heard)
    notes = tuple(
        f"{one.where} is in quotations only, not by the language model: {one.reason}"
        for one in article.fallbacks
    )
    return Receipt(
        status=status,
        checks=tuple(checks),
        coverage=_coverage(case),
        reasons=reasons,
        corrected=corrected,
        notes=(*notes, *looked.notes),
        may_pass=looked.may_pass,
        left_out_points=article.left_out_points,
    )


def is_there(receipt: Receipt) -> bool:
    """Whether a kept receipt stands: where a server was down, the next run asks it again."""
    return not receipt.may_pass


# --- quotes ---

SHORTEST_PIECE = 3  # words: between two ellipses fewer could be pasted into any meaning
# What an ellipsis may not swallow, for the sense turns with it.
_TURNS_SENSE = re.compile(
    r"^(?:no|not|\w+n't|cannot|never|none|nobody|nothing|neither|nor|without|hardly|barely|unless"
    r"|if|only|except|nicht|kein\w*|nie|pas|jamais|non|nunca|niet|geen)$"
)


def _quotes(case: Case) -> Found:
    yield from paraphrased.marks(case)
    for where, statement in (*case.statements, *case.left_out):
        if statement.kind != "quote":
            continue
        words = statement.words
        if words is None or not case.holds(words):
            yield f"{where} is a quotation without a place in the transcript."
            continue
        if len(case.spans(words)) > 1:
            yield f"{where} is spliced from several turns."
        if not _stands(statement.text, words, case):
            yield f"{where} is not what was said there: “{statement.text}”"
        yield from _off(where, statement.start, case.transcript.words[words[0]].start)
        yield from _off(where, statement.end, case.transcript.words[words[1]].end)


def _stands(text: str, words: tuple[int, int], case: Case) -> bool:
    """Whether a text is what was said: one run of words, or runs joined by a marked ellipsis."""
    if ELLIPSIS not in text:
        return _alike(text, case.said(words))
    said = forms(case.said(words).split())
    pieces = [forms(piece.split()) for piece in text.split(ELLIPSIS)]
    if any(len(piece) < SHORTEST_PIECE for piece in pieces):
        return False
    begins_and_ends = said[: len(pieces[0])] == pieces[0] and said[-len(pieces[-1]) :] == pieces[-1]
    after = 0
    for piece in pieces:
        places = (p for p in range(after, len(said)) if said[p : p + len(piece)] == piece)
        found = next(places, None)
        if found is None or any(map(_TURNS_SENSE.match, said[after:found])):
            return False
        after = found + len(piece)
    return begins_and_ends


def _alike(text: str, said: str) -> bool:
    """The same words and marks; only a first letter may have become a capital."""
    return text[1:] == said[1:] and text[:1].lower() == said[:1].lower()


def _off(where: str, claimed: float, heard: float) -> Found:
    if abs(claimed - heard) > CLOSE:
        yield f"{where} says second {claimed:.1f}, but it was said at {heard:.1f}."


# --- attribution ---


def _attribution(case: Case) -> Found:
    answering = "guest" if "guest" in case.role.values() else "other"
    for where, statement in (*case.statements, *case.left_out):
        if case.role.get(statement.speaker) != answering:
            yield f"{where} is not said by a guest."
        if not statement.cites:
            yield f"{where} cites nothing."
        for cited in statement.cites:
            if cited not in case.turn:
                yield f"{where} cites {cited}, and there is no such turn."
            elif case.turn[cited].speaker != statement.speaker:
                yield f"{where} is credited to {statement.speaker}, but cites words of another."
        if statement.words and case.holds(statement.words):
            yield from _credited(where, statement, statement.words, case)
    yield from paraphrased.credit(case)


def _credited(where: str, statement: Statement, words: tuple[int, int], case: Case) -> Found:
    spoken_in = case.spans(words)
    if {turn.speaker for turn in spoken_in} != {statement.speaker}:
        yield f"{where} puts words of another into the mouth of {statement.speaker}."
    if {turn.id for turn in spoken_in} != set(statement.cites):
        yield f"{where} cites other turns than the ones it was said in."
    if not case.unsure.isdisjoint(range(words[0], words[1] + 1)):
        yield f"{where} quotes words that were hard to hear or to attribute."


# --- questions ---

_REQUEST = re.compile(
    r"\b(?:tell|walk|take|talk|explain|describe|give|wonder|wondering|curious|like to|love to)\b",
    re.IGNORECASE,
)
IN_BETWEEN = 12  # words of a guest that make a reply; after them a new question is another one
ASKS_ANEW = 6  # words: a shorter question in between ("What do you mean?") is no other subject
SPEECH = 30  # words of a host who asks nothing: what follows replies to them
NEWS = 5  # words that tell something, and that nobody had said since the question was put


def _questions(case: Case) -> Found:
    for where, question in case.asked:
        words = question.words
        if words is None or not case.holds(words):
            yield f"{where} has no place in the transcript."
            continue
        turns = case.spans(words)
        if not _alike(question.text, case.said(words)):
            yield f"{where} was not asked in these words: “{question.text}”"
        if {case.role.get(turn.speaker) for turn in turns} != {"host"}:
            yield f"{where} was not asked by the host."
        if tuple(turn.id for turn in turns) != question.from_turns:
            yield f"{where} cites other turns than the ones it was asked in."
        said = [s.text for s in case.edited.sentences if words[0] <= s.words[0] <= words[1]]
        if not any(map(asks, (question.text, *said))) and not _REQUEST.search(question.text):
            yield f"{where} is a statement: “{question.text}”"
        if not case.unsure.isdisjoint(range(words[0], words[1] + 1)):
            yield f"{where} holds words that were hard to hear or to attribute."
        yield from _off(where, question.start, case.transcript.words[words[0]].start)
        yield from _answered(where, question, words, case)
    yield from _in_order(case)  # of sections the contract looks at the order


def _answered(where: str, question: Question, asked: tuple[int, int], case: Case) -> Found:
    """The answer must be the reply to this question, not to what the host said later."""
    starts = [said.start + INSIDE for said in question.answer] or [0.0]
    replied, known = 0, wording.content(" ".join(turn.text for turn in case.spans(asked)))
    since = (s for s in case.edited.sentences if asked[1] < s.words[0] and s.end <= max(starts))
    for speaker, group in itertools.groupby(since, key=lambda one: one.speaker):
        remark = list(group)
        texts = [sentence.text for sentence in remark]
        if case.role.get(speaker) != "host":
            replied += _length(texts)
        elif replied >= IN_BETWEEN:
            if any(asks(text) and _length([text]) >= ASKS_ANEW for text in texts):
                yield f"{where} is answered with what was said to another question."
                return
            # Where the answer has begun before it, a remark may as well be one on the answer.
            if remark[-1].end <= starts[0] and _goes_on(texts, known):
                yield f"{where} is answered with what was said after the host had gone on."
                return
        known |= wording.content(" ".join(texts))


def _goes_on(remark: list[str], known: set[str]) -> bool:
    """Whether a host has gone on to something else, though no question mark was heard."""
    asked = any(wording.asks_unmarked(one) and _length([one]) >= ASKS_ANEW for one in remark)
    news = wording.content(" ".join(remark)) - known
    # Who is cut off has stopped nobody.
    return asked or _length(remark) >= SPEECH or (len(news) >= NEWS and wording.whole(remark[-1]))


def _length(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def _in_order(case: Case) -> Found:
    told: list[tuple[str, float]] = []
    for number, question in enumerate(case.article.questions, 1):
        where = f"Question {number}"
        told.append((where, question.start))
        told += [(f"The answer to {where.lower()}", said.start) for said in question.answer]
    for (_, before), (where, after) in itertools.pairwise(told):
        if after < before:
            yield f"{where} is out of the order in which it was said."


# --- numbers and names ---

_FRAME = frozenset({"a", "an", "the", "interview", "conversation"})  # may begin a title of ours


def _numbers_and_names(case: Case) -> Found:
    people = evidence.tokens(*(speaker.name or "" for speaker in case.speakers))
    video = case.video
    told = evidence.tokens(
        video.title, video.channel or "", *(topic.title for topic in case.topics)
    )
    metadata = (
        people | told | evidence.tokens(video.description, *(c.title for c in video.chapters))
    )
    of_the_day = evidence.tokens(day(video.published) or "", video.published or "") | _lengths(case)
    template = evidence.tokens(
        case.style.opener, case.style.opener_unnamed, case.style.closing,
        case.style.closing_unnamed, case.style.closing_unlinked,
    )  # fmt: skip
    article = case.article
    for where, text, held in (
        ("The title", article.title, people | told | _FRAME),
        ("The standfirst", article.standfirst, people | told | of_the_day | _FRAME),
        ("The opener", article.opener, metadata | of_the_day | template),
        ("The closing", article.closing, metadata | of_the_day | template),
    ):
        yield from _without_evidence(where, text, held, _FRAME)
    yield from paraphrased.numbers_and_names(case)


def _without_evidence(
    where: str, text: str, held: frozenset[str], openers: frozenset[str]
) -> Found:
    for token in evidence.missing(text, held, openers):
        yield f"{where} says “{token}”, for which there is no evidence."


def _lengths(case: Case) -> frozenset[str]:
    end = case.turns.turns[-1].end if case.turns.turns else 0.0
    minutes = max(1, round((case.video.duration or end) / 60))
    return frozenset(map(str, (minutes, minutes // 60, minutes % 60)))


# --- coverage ---


def _topics_and_thirds(case: Case) -> Found:
    named = {(left.title, round(left.start)) for left in case.article.left_out}
    known = {(topic.title, round(topic.start)) for topic in case.topics}
    silent = [
        topic
        for topic in case.topics
        if not _covers(case, topic) and (topic.title, round(topic.start)) not in named
    ]
    if len(silent) > (1 - case.options.least_coverage) * len(case.topics) + 1e-9:
        for topic in silent:
            yield f"The topic “{topic.title}” is neither answered nor named as left out."
    for title, _ in sorted(named - known):
        yield f"“{title}” is named as left out, and there is no such topic."
    for left in case.article.left_out:
        yield from _left_out(left, case)
    thirds = _thirds(case)
    wanted = len(tuple(case.passages)) if case.style.parts else case.compose.questions
    if sum(thirds) < min(3, wanted):
        for name, there in zip(("first", "middle", "last"), thirds, strict=True):
            if not there:
                yield f"Nothing of the {name} third of the interview is in the article."


def _left_out(left: LeftOut, case: Case) -> Found:
    ends = [topic.end for topic in case.topics if topic.title == left.title]
    if ends and all(abs(end - left.end) > CLOSE for end in ends):
        yield f"The airtime of “{left.title}” is not {left.end - left.start:.0f} seconds."
    if any(left.start <= said.start < left.end for _, said in case.statements):
        yield f"“{left.title}” is named as left out, and something of it is in the article."


def _covers(case: Case, topic: Topic) -> bool:
    return any(s.start < topic.end and topic.start < s.end for _, s in case.statements)


def _thirds(case: Case) -> tuple[bool, bool, bool]:
    if not case.turns.turns:
        return False, False, False
    first, last = case.turns.turns[0].start, case.turns.turns[-1].end
    step = max(last - first, 1e-9) / 3
    seconds = [question.start for question in case.article.questions]
    seconds += [statement.start for _, statement in case.statements]
    there = {min(2, int((second - first) / step)) for second in seconds}
    return 0 in there, 1 in there, 2 in there


def _coverage(case: Case) -> Coverage:
    kept = {sentence.turn for sentence in case.edited.sentences}
    dropped = {gone.turn for gone in case.edited.dropped} - kept
    quotes = (s for _, s in case.statements if s.kind == "quote")
    return Coverage(
        topics=len(case.topics),
        topics_covered=sum(_covers(case, topic) for topic in case.topics),
        thirds=_thirds(case),
        quoted_seconds=round(sum(quote.end - quote.start for quote in quotes), 2),
        speech_seconds=round(sum(turn.end - turn.start for turn in case.turns.turns), 2),
        turns=len(case.turns.turns),
        turns_kept=len(kept),
        turns_dropped=len(dropped),
    )


# --- nothing lost ---


def _nothing_lost(case: Case) -> Found:
    counted = sum(turn.words[1] - turn.words[0] + 1 for turn in case.turns.turns)
    if len(case.owner) != len(case.transcript.words) or counted != len(case.owner):
        yield "The turns do not hold every word of the transcript exactly once."
    for turn in case.turns.turns:
        run = case.transcript.words[turn.words[0] : turn.words[1] + 1]
        if turn.text.split() != " ".join(word.text for word in run).split():
            yield f"The text of turn {turn.id} is not that of its words."
    kept = {sentence.turn for sentence in case.edited.sentences}
    dropped = {gone.turn for gone in case.edited.dropped}
    # Sorted: the same receipt each time, byte for byte.
    for lost in sorted(case.turn.keys() - kept - dropped):
        yield f"Turn {lost} was lost: it is neither kept nor dropped for a reason."
    for unknown in sorted((kept | dropped) - case.turn.keys()):
        yield f"{unknown} is in the edited text, and there is no such turn."
    yield from _words_lost(case)


def _words_lost(case: Case) -> Found:
    spans = [sentence.words for sentence in case.edited.sentences]
    for sentence in case.edited.sentences:
        turn = case.turn.get(sentence.turn)
        inside = turn and turn.words[0] <= sentence.words[0] <= sentence.words[1] <= turn.words[1]
        if not turn or not inside or turn.speaker != sentence.speaker:
            yield f"Sentence {sentence.id} is not part of turn {sentence.turn}."
    if any(gone.words is None for gone in case.edited.dropped):
        return  # without their places, only turns can be counted
    spans += [gone.words for gone in case.edited.dropped if gone.words]
    places = [place for first, last in spans for place in range(first, last + 1)]
    if sorted(places) != list(range(len(case.transcript.words))):
        yield "Not every word was either kept or dropped for a reason."


# --- language ---


def _language(case: Case) -> Found:
    told = sum(statement.kind == "paraphrase" for _, statement in case.statements)
    if case.article.language and told:
        yield (
            f"{told} sentences are translated ({case.article.language}). That they say what was "
            "said cannot be proven here: compare each with the second that it links to."
        )
    for foreign in case.transcript.foreign:
        if foreign.translated:
            yield (
                f"Some of it was said in another language ({foreign.language}): what is quoted of "
                "that are Whisper's words in English, not the speaker's."
            )


# --- speakers ---


GUESSED: Final = "Who speaks is guessed from the text alone; nobody listened to the voices."


def _speakers(case: Case) -> Found:
    if not case.turns.proven:
        yield GUESSED
    yield from case.turns.doubts
    for role in ("host", "guest"):
        people = [speaker for speaker in case.speakers if speaker.role == role]
        if not people:
            yield f"It is not known who the {role} is."
        for speaker in people:
            if not speaker.name:
                yield f"The name of the {role} ({speaker.id}) is not known."


# (name, look): what a look finds is wrong, in words for the person who reviews.
CHECKS: tuple[tuple[str, Callable[[Case], Found]], ...] = (
    ("quotes", _quotes),
    ("attribution", _attribution),
    ("questions", _questions),
    ("numbers and names", _numbers_and_names),
    ("coverage", _topics_and_thirds),
    ("nothing lost", _nothing_lost),
    ("contract", contract),
    ("language", _language),
    ("speakers", _speakers),
)
