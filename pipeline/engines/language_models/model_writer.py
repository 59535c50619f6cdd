"""The writer with a language model: it chooses and rewords, code does the rest.

What the article is made of is chosen as for `extract`. The model sees one question and the reply to
it, or one passage of a section, so that a small one can write three hours up. Code assigns each
reworded clause to the sentence that bears it, puts in names, quotations and links, and prints no
clause that its sentence does not bear. What cannot be had so is as `extract` prints it, and the
receipt says why.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from pipeline.config import ComposeOptions, LlmOptions, Style
from pipeline.engines import progress
from pipeline.engines.language_models import (
    asked_again,
    budget,
    clauses,
    llm,
    prompts,
    spending,
    tasks,
)
from pipeline.engines.language_models.letters import Letters
from pipeline.engines.language_models.tasks import Desk, Task
from pipeline.engines.words import word_list
from pipeline.engines.writing import framing
from pipeline.engines.writing.extract import Extract, also
from pipeline.errors import ConfigError
from pipeline.model import (
    Article,
    Edited,
    Interview,
    LeftOut,
    Passage,
    Question,
    Section,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turns,
    Video,
)
from pipeline.speech import normal

log = logging.getLogger(__name__)

FAULTS_TOLD = 4  # of one reply, to the model that made it


class ModelWriter:
    """A `Writer`."""

    def write(
        self,
        video: Video,
        transcript: Transcript,
        turns: Turns,
        edited: Edited,
        speakers: Sequence[Speaker],
        topics: Sequence[Topic],
        options: ComposeOptions,
        style: Style,
        *,
        llm: LlmOptions | None = None,
        folder: Path | None = None,
    ) -> Article:
        """The article of `extract`, each answer or passage reworded where that can be proven."""
        if llm is None:
            raise ConfigError("there is no [llm]", "The writer llm needs a model.", "Name one.")
        plain = Extract().write(video, transcript, turns, edited, speakers, topics, options, style)
        desk = _desk(llm, options, style, speakers, turns, transcript, folder)
        desk.room = style.most_total - tasks.words(plain.statements)
        if style.parts:
            article = _with_sections(plain, video, list(tasks.passages(plain, edited, desk)), desk)
        else:
            found = tasks.answers(plain, edited, speakers, desk)
            answered = _answered(plain, found, desk)
            # Anew: a reworded answer may say what was to stand after it.
            beside = also(answered, turns, edited, speakers, topics, style)
            article = _with_answers(plain, video, topics, answered, beside)
        log.info("%-11s %s", "llm", desk.budget)
        for fallback in desk.fallbacks:
            log.warning("llm: %s is in quotations: %s", fallback.where.lower(), fallback.reason)
        # Where nothing of the model's holds, no language model wrote any of it.
        reworded = any(one.kind == "paraphrase" for one in article.statements)
        return replace(
            article,
            writer=f"llm ({llm.model})" if reworded else plain.writer,
            fallbacks=tuple(desk.fallbacks),
            language=desk.language if reworded and desk.translated else "",
        )


def _answered(plain: Article, found: Sequence[Task], desk: Desk) -> tuple[Question, ...]:
    _estimate(found, desk)
    return tuple(
        replace(question, answer=_reworded(task, desk))
        for question, task in zip(plain.questions, found, strict=True)
    )


def _with_answers(
    plain: Article,
    video: Video,
    topics: Sequence[Topic],
    questions: tuple[Question, ...],
    beside: tuple[Section, ...],
) -> Article:
    links = framing.links(video, questions, beside)
    article = replace(plain, questions=questions, sections=beside, links=links)
    return replace(article, left_out=_left_out(article, topics))


def _with_sections(plain: Article, video: Video, found: Sequence[Task], desk: Desk) -> Article:
    _estimate(found, desk)
    task_at = {(task.place.section, task.place.passage): task for task in found}
    sections = []
    for number, section in enumerate(plain.sections, 1):
        passages = []
        for place, passage in enumerate(section.passages, 1):
            task = task_at.get((number, place))
            passages.append(_passage(passage, task, desk) if task else passage)
        sections.append(replace(section, passages=tuple(passages)))
    links = framing.links(video, (), sections)
    return replace(plain, sections=tuple(sections), links=links)


def _passage(passage: Passage, task: Task, desk: Desk) -> Passage:
    """The passage reworded; the narrator's words before it only where they fit what follows."""
    said = _reworded(task, desk)
    told = said[0].kind == "paraphrase"
    if told or passage.lead:
        desk.called.add(said[0].speaker)
    lead = tasks.told_lead(passage, desk.style) if told else passage.lead
    return replace(passage, lead=lead, said=said)


def _desk(
    options: LlmOptions,
    compose: ComposeOptions,
    style: Style,
    speakers: Sequence[Speaker],
    turns: Turns,
    transcript: Transcript,
    folder: Path | None,
) -> Desk:
    llm.ready(options)
    said_in = _language(transcript)
    return Desk(
        options=options,
        compose=compose,
        style=style,
        speakers=speakers,
        proven=turns.proven,
        language=options.language or said_in,
        said_in=said_in,
        small=frozenset(normal(w.text) for w in transcript.words if w.text[:1].islower()),
        capital=_capital(transcript, speakers),
        budget=budget.Budget(options.max_cost, llm.price(options)),
        letters=Letters(folder, options),
    )


def _capital(transcript: Transcript, speakers: Sequence[Speaker]) -> frozenset[str]:
    pairs = pairwise(word.text for word in transcript.words)
    within = {word for before, word in pairs if before[-1:].isalpha() or before.endswith(",")}
    names = {part for speaker in speakers for part in (speaker.name or "").split()}
    return frozenset(normal(word) for word in within | names if word[:1].isupper())


ENGLISH = 0.6  # share of ordinary English words among all
LOOKED_AT = 2000  # words


def _language(transcript: Transcript) -> str:
    """What it is in; captions without a language are looked at for English."""
    if transcript.language[:2].lower() in prompts.LANGUAGES:
        return transcript.language
    words = [normal(word.text) for word in transcript.words[:LOOKED_AT]]
    known = word_list.counts(words, "en") or {}
    usual = sum(known.get(word, 0) >= word_list.COMMON for word in words)
    return "en" if usual >= ENGLISH * max(1, len(words)) else transcript.language


def _estimate(found: Sequence[Task], desk: Desk) -> None:
    """Say what this may come to, before anything is sent."""
    read = sum(_size(task.request(desk)) for task in found)
    written = len(found) * desk.options.answer_tokens
    once, price = desk.budget.price.of(read, written), desk.budget.price
    cost = f"${once:.4f}, limit ${desk.budget.most:.2f}" if price.written else "no cost"
    log.info(
        "%-11s %s: %d requests, up to %d tokens read and %d written, %s; tries again may add to it",
        "llm", desk.options.model, len(found), read, written, cost,
    )  # fmt: skip


def _size(request: llm.Request) -> int:
    schema = str(request.form.model_json_schema())
    return budget.tokens(request.instructions, request.prompt, schema) + budget.ENVELOPE


# --- one question again, for who reviews ---


def another_answer(
    known: Interview,
    number: int,
    hint: str,
    options: ComposeOptions,
    style: Style,
    llm: LlmOptions,
    folder: Path,
) -> tuple[tuple[Statement, ...], str]:
    """Another answer to question `number`, from 1; () and why, where nothing of it holds."""
    turns, article = known.turns, known.article
    desk = _desk(llm, options, style, known.speakers, turns, known.transcript, folder)
    desk.room = style.most_total - tasks.words(article.statements)
    task = asked_again.task(article, number, hint, known.edited, known.speakers, desk)
    _estimate([task], desk)
    made = _reworded(task, desk)
    log.info("%-11s %s", "llm", desk.budget)
    return ((), desk.fallbacks[0].reason) if desk.fallbacks else (made, "")


# --- one answer, or one passage ---


def _reworded(task: Task, desk: Desk) -> tuple[Statement, ...]:
    """What the model makes of it; as `extract` prints it where nothing holds."""
    made, reason, may_pass = _tried(task, desk)
    if made:
        desk.room -= tasks.words(made) - tasks.words(task.plain)
        return made
    if may_pass:
        desk.down = reason
    desk.fallbacks.append(replace(task.place, reason=reason, may_pass=may_pass or bool(desk.down)))
    return task.plain


def _tried(task: Task, desk: Desk) -> tuple[tuple[Statement, ...], str, bool]:
    """The best of all tries, () if nothing holds; why no more came, and whether that may pass."""
    best: tuple[Statement, ...] = ()
    faults: list[clauses.Fault] = []
    reason, may_pass = _unasked(task, desk), False
    for attempt in range(1, 1 if reason else desk.options.tries + 1):
        request = task.request(desk, [fault.told for fault in faults[:FAULTS_TOLD]])
        name = f"{task.name}-{attempt}"
        reply = _reply(name, request, desk)
        if reply is None:
            return best, f"another request could cost more than ${desk.budget.most:.2f}", False
        written, faults = clauses.statements(task, reply, desk)
        found = [reply.fault] if reply.fault else [fault.told for fault in faults]
        desk.letters.keep(name, request, reply, found)
        if written and (not faults or len(written) > task.points):
            return written, "", False
        best = max(best, written, key=_paraphrases)
        reason, may_pass = reply.fault or clauses.unproven(faults), reply.may_pass
        if reply.fault and not may_pass and not reply.text:
            break
        if may_pass:
            faults = []  # not the model's: it is asked the same again
            time.sleep(desk.options.backoff * 2 ** (attempt - 1) * (attempt < desk.options.tries))
    return best, reason, may_pass


def _paraphrases(said: Sequence[Statement]) -> int:
    return sum(one.kind == "paraphrase" for one in said)


def _unasked(task: Task, desk: Desk) -> str:
    """Why the model is not even asked; "" if it is."""
    if desk.down:  # each task would wait as long for the same
        return desk.down
    if task.unfit or not task.passages:
        return task.unfit or "no sentence of it is clear enough to reword"
    return ""


def _reply(name: str, request: llm.Request, desk: Desk) -> llm.Reply | None:
    """The model's reply; None where the money does not reach for it."""
    kept = desk.letters.kept(name, request)
    if kept:
        desk.budget.count(kept.read, kept.written)  # it was paid for, by the run that was killed
        return kept
    size, most = _size(request), desk.options.answer_tokens
    if not desk.budget.allows(size, most):
        return None
    with progress.writing(name) as written:
        reply = llm.ask(request, desk.options, written)
    # Where nobody counted, the dearest is assumed: a service may bill what it broke off.
    counted = (reply.read, reply.written) if reply.counted else (size, most)
    desk.budget.count(*counted)
    if folder := desk.letters.folder:
        cost = desk.budget.price.of(*counted)
        spending.note(folder.parent, desk.options.model, *counted, cost)
    return reply


def _left_out(article: Article, topics: Sequence[Topic]) -> tuple[LeftOut, ...]:
    """Anew: an answer may begin at another second than the one it replaces."""
    silent = {left.start for left in article.left_out if left.reason == framing.UNANSWERED}
    could_be_asked = {topic.id for topic in topics if topic.start not in silent}
    return framing.left_out(topics, article.statements, article.questions, could_be_asked)
