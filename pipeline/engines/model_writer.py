"""The writer with a language model: it chooses and rewords, code does the rest.

Embeddings choose the exchanges, as for `extract`. The model sees one question and the reply to it,
so that a small one can write three hours up. Code assigns each reworded clause to the passage that
bears it, puts in names, quotations and links, and prints no clause that its passage does not bear.
An answer that cannot be had so is the one of `extract`, and the receipt says why.
"""

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

from pipeline.config import ComposeOptions, LlmOptions, Style
from pipeline.engines import (
    base,
    budget,
    framing,
    llm,
    progress,
    prompts,
    rewording,
    spending,
    word_list,
    wording,
)
from pipeline.engines.exchanges import Exchange, exchanges
from pipeline.engines.extract import Extract
from pipeline.engines.letters import Letters
from pipeline.errors import ConfigError
from pipeline.model import (
    Article,
    Edited,
    Fallback,
    LeftOut,
    Question,
    Sentence,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turns,
    Video,
)
from pipeline.speech import normal

log = logging.getLogger(__name__)

MOST_PASSAGES = 14  # a small model loses its way among more
LONGEST_PASSAGE = 90  # words; captions without full stops hold "sentences" without end
LEAST_WORDS = 5  # of a passage
FAULTS_TOLD = 4  # of one reply, to the model that made it
ROOM_FOR_FAULTS = 300  # tokens


@dataclass(frozen=True)
class Task:
    """One answer to write."""

    number: int  # from 1
    question: Question  # as `extract` would print it, with its answer
    passages: tuple[Sentence, ...]
    points: int  # passages to reword

    def request(self, language: str, faults: Sequence[str] = ()) -> llm.Request:
        """What the model is asked."""
        texts = [passage.text for passage in self.passages]
        told = prompts.instructions(self.points, language)
        return llm.Request(
            told, prompts.prompt(self.question.text, texts, faults), prompts.Reworded
        )


@dataclass
class Desk:
    """What writing an article needs, and what it has cost."""

    options: LlmOptions
    compose: ComposeOptions
    style: Style
    speakers: Sequence[Speaker]
    proven: bool  # whether names may be printed
    language: str
    small: frozenset[str]  # words that were written without a capital: no names
    budget: budget.Budget
    letters: Letters
    down: str = ""  # why no further request is sent
    fallbacks: list[Fallback] = field(default_factory=list)


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
        """The article of `extract`, each answer reworded where that can be proven."""
        if llm is None:
            raise ConfigError("there is no [llm]", "The writer llm needs a model.", "Name one.")
        plain = Extract().write(video, transcript, turns, edited, speakers, topics, options, style)
        desk = _desk(llm, options, style, speakers, turns, transcript, folder)
        tasks = _tasks(plain, edited, speakers, desk)
        _estimate(tasks, desk)
        questions = tuple(replace(task.question, answer=_answer(task, desk)) for task in tasks)
        log.info("%-11s %s", "llm", desk.budget)
        for fallback in desk.fallbacks:
            log.warning("llm: answer %d is in quotations: %s", fallback.question, fallback.reason)
        return replace(
            plain,
            questions=questions,
            left_out=_left_out(plain, questions, topics),
            links=framing.links(video, questions),
            writer=f"llm ({llm.model})",
            fallbacks=tuple(desk.fallbacks),
        )


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
    return Desk(
        options=options,
        compose=compose,
        style=style,
        speakers=speakers,
        proven=turns.proven,
        language=_language(transcript),
        small=frozenset(normal(w.text) for w in transcript.words if w.text[:1].islower()),
        budget=budget.Budget(options.max_cost, llm.price(options)),
        letters=Letters(folder, options),
    )


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


# --- what is asked ---


def _tasks(article: Article, edited: Edited, speakers: Sequence[Speaker], desk: Desk) -> list[Task]:
    points = max(1, desk.compose.sentences - 1)  # and one quotation
    known = exchanges(edited, speakers)
    return [
        Task(number, question, _passages(question, known, points, desk), points)
        for number, question in enumerate(article.questions, 1)
    ]


def _passages(
    question: Question, known: Sequence[Exchange], points: int, desk: Desk
) -> tuple[Sentence, ...]:
    """The sentences of the reply that can be printed, the most telling, as many as fit."""
    asked = question.words or (0, -1)
    reply = [
        sentence
        for exchange in known
        if any(asked[0] <= one.words[0] <= asked[1] for one in exchange.asked)
        for sentence in exchange.reply
        if _may_be_shown(sentence)
    ]
    if not reply:
        return ()
    vectors = base.embedder().embed([question.text, *(sentence.text for sentence in reply)])
    near = vectors[1:] @ vectors[0]
    worth = {
        sentence: wording.weigh(sentence.text, wording.RICH) + float(close)
        for sentence, close in zip(reply, near, strict=True)
    }
    instructions = prompts.instructions(points, desk.language)
    schema = str(prompts.Reworded.model_json_schema())
    fixed = budget.tokens(instructions, schema, question.text) + budget.ENVELOPE + ROOM_FOR_FAULTS
    room = desk.options.context - desk.options.answer_tokens - fixed
    chosen: list[Sentence] = []
    for sentence in sorted(reply, key=lambda one: -worth[one])[:MOST_PASSAGES]:
        room -= budget.tokens(sentence.text) + 3
        if room >= 0:
            chosen.append(sentence)
    return tuple(sorted(chosen, key=lambda one: one.words))


def _may_be_shown(sentence: Sentence) -> bool:
    return (
        not sentence.doubtful
        and wording.whole(sentence.text)
        and LEAST_WORDS <= len(sentence.text.split()) <= LONGEST_PASSAGE
        and not wording.says_little(sentence.text)
        and not sentence.text.rstrip().endswith("?")
        and not prompts.speaks_to_machines(sentence.text)
    )


def _estimate(tasks: Sequence[Task], desk: Desk) -> None:
    """Say what this may come to, before anything is sent."""
    read = sum(_size(task.request(desk.language)) for task in tasks)
    written = len(tasks) * desk.options.answer_tokens
    once, price = desk.budget.price.of(read, written), desk.budget.price
    cost = f"${once:.4f}, limit ${desk.budget.most:.2f}" if price.written else "no cost"
    log.info(
        "%-11s %s: %d answers, up to %d tokens read and %d written, %s; tries again may add to it",
        "llm", desk.options.model, len(tasks), read, written, cost,
    )  # fmt: skip


def _size(request: llm.Request) -> int:
    schema = str(request.form.model_json_schema())
    return budget.tokens(request.instructions, request.prompt, schema) + budget.ENVELOPE


# --- one answer ---


def _answer(task: Task, desk: Desk) -> tuple[Statement, ...]:
    """The reworded answer; that of `extract` where there is none that holds."""
    reason, may_pass = _unasked(task, desk), False
    faults: list[Fault] = []
    for attempt in range(1, desk.options.tries + 1):
        if reason:
            break
        request = task.request(desk.language, [fault.told for fault in faults[:FAULTS_TOLD]])
        name = f"{task.number:02}-{attempt}"
        reply = _reply(name, request, desk)
        if reply is None:
            reason = f"another request could cost more than ${desk.budget.most:.2f}"
            break
        written, faults = _written(task, reply, desk)
        found = [reply.fault] if reply.fault else [fault.told for fault in faults]
        desk.letters.keep(name, request, reply, found)
        last = attempt == desk.options.tries
        if reply.may_pass:
            faults = []  # not the model's: it is asked the same again
        if written and (last or not faults or len(written) > task.points):
            return written
        if last:
            reason, may_pass = reply.fault or _unproven(faults), reply.may_pass
        elif reply.fault and not reply.may_pass and not reply.text:
            reason = reply.fault
        elif reply.may_pass:
            time.sleep(desk.options.backoff * 2 ** (attempt - 1))
    if may_pass:
        desk.down = reason
    desk.fallbacks.append(Fallback(task.number, reason, may_pass or bool(desk.down)))
    return task.question.answer


def _unasked(task: Task, desk: Desk) -> str:
    """Why the model is not even asked; "" if it is."""
    if desk.down:  # each answer would wait as long for the same
        return desk.down
    return "" if task.passages else "the reply has no passage that is clear enough to reword"


def _reply(name: str, request: llm.Request, desk: Desk) -> llm.Reply | None:
    """The model's reply; None where the money does not reach for it."""
    kept = desk.letters.kept(name, request)
    if kept:
        desk.budget.count(kept.read, kept.written)  # it was paid for, by the run that was killed
        return kept
    size, most = _size(request), desk.options.answer_tokens
    if not desk.budget.allows(size, most):
        return None
    with progress.writing(f"answer {name}") as written:
        reply = llm.ask(request, desk.options, written)
    # Where nobody counted, the dearest is assumed: a service may bill what it broke off.
    counted = (reply.read, reply.written) if reply.counted else (size, most)
    desk.budget.count(*counted)
    if folder := desk.letters.folder:
        cost = desk.budget.price.of(*counted)
        spending.note(folder.parent, desk.options.model, *counted, cost)
    return reply


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a clause, or a whole reply, cannot be printed."""

    why: str
    clause: str = ""

    @property
    def told(self) -> str:
        """In words for the model."""
        told = f"clause “{self.clause[:80]}”: {self.why}" if self.clause else self.why
        return told[:180]


def _unproven(faults: Sequence[Fault]) -> str:
    """In words for the receipt; nothing that a model wrote gets there."""
    whys = dict.fromkeys(re.sub("“.*”", "a word", fault.why) for fault in faults)
    return f"what it wrote is not proven by what was said ({'; '.join([*whys][:3])})"


def _written(task: Task, reply: llm.Reply, desk: Desk) -> tuple[tuple[Statement, ...], list[Fault]]:
    """The statements that hold, none if they make no answer; and what was wrong with the others."""
    if not isinstance(reply.value, prompts.Reworded):
        return (), [Fault(reply.fault or "it was not in the form that was asked for")]
    taken: dict[int, tuple[str, str]] = {}  # place of the passage -> verb and clause
    faults: list[Fault] = []
    for point in reply.value.points[: task.points]:
        clause = _bare(point.clause, desk)
        place, wrong = _borne(clause, point.passage - 1, task, desk)
        if wrong:
            faults += [Fault(why, clause) for why in wrong[:2]]
        elif place in taken:
            faults.append(Fault(f"two clauses say what passage {place + 1} says"))
        else:
            taken[place] = (point.verb, clause)
    if not taken:
        return (), faults or [Fault("it has no points")]
    statements = _statements(taken, _quoted(reply.value.quote - 1, taken, task, desk), task, desk)
    words = sum(len(statement.text.split()) for statement in statements)
    if len(statements) < min(2, desk.compose.sentences):
        return (), [*faults, Fault("too few of its clauses hold")]
    if not desk.style.fewest_words <= words <= desk.style.most_words:
        return (), [*faults, Fault(f"the answer has {words} words")]
    return statements, faults


def _bare(clause: str, desk: Desk) -> str:
    """The clause without what code puts around it, which models like to repeat."""
    bare = framing.one_line(clause).rstrip(" .").removeprefix("that ")
    for speaker in desk.speakers:
        for name in filter(None, (speaker.name, "The speaker", "the speaker")):
            for verb in ("said", "says", *get_args(prompts.Verb)):
                bare = bare.removeprefix(f"{framing.one_line(name)} {verb} ").removeprefix("that ")
    return _LEAD_IN.sub("", bare)


# How people begin to speak; after "said that" it stumbles.
_LEAD_IN = re.compile(
    r"^(?:(?:but|and|so(?! (?:far|much|many|long|few|little)\b)"
    r"|(?:well|yeah|basically|you know),),?\s+)+",
    re.IGNORECASE,
)


def _borne(clause: str, claimed: int, task: Task, desk: Desk) -> tuple[int, list[str]]:
    """The passage that bears the clause: of those that do the most alike, whichever was claimed."""
    asked = rewording.Text(task.question.text)
    pairs = [
        rewording.Pair(rewording.Text(clause), rewording.Text(one.text), asked, desk.language)
        for one in task.passages
    ]
    order = sorted(range(len(pairs)), key=lambda place: -pairs[place].kinship)
    for place in order[:3]:
        if not rewording.faults(pairs[place]):
            return place, []
    told = claimed if 0 <= claimed < len(pairs) else order[0]
    return told, rewording.faults(pairs[told])


QUOTABLE = 0.5  # worth from which a passage is quoted though the model named none


def _quoted(claimed: int, taken: dict[int, tuple[str, str]], task: Task, desk: Desk) -> int | None:
    """The place of the passage to quote: the model's choice, else the best that stands alone."""
    if len(taken) >= desk.compose.sentences:
        return None
    free = [
        place
        for place, passage in enumerate(task.passages)
        if place not in taken and wording.leans(passage.text) < 1.0
    ]
    if claimed in free:
        return claimed
    worth = {place: wording.weigh(task.passages[place].text, wording.RICH) for place in free}
    best = max(free, key=lambda place: worth[place], default=None)
    needed = len(taken) < min(2, desk.compose.sentences)
    return best if best is not None and (needed or worth[best] >= QUOTABLE) else None


# --- what code puts in ---

# language -> how a reworded clause is credited; others get "Name: clause."
CREDITS = {
    "en": "{name} {verb} that {clause}.",
    "de": "{name} sagte: {clause}.",
    "fr": "{name} a expliqué : {clause}.",
    "es": "{name} explicó: {clause}.",
    "it": "{name} ha spiegato: {clause}.",
    "nl": "{name} zei: {clause}.",
}
AGAIN = "added"  # in place of a verb that the sentence before has


def _statements(
    taken: dict[int, tuple[str, str]], quoted: int | None, task: Task, desk: Desk
) -> tuple[Statement, ...]:
    """In the order in which it was said."""
    made: list[Statement] = []
    before: tuple[str, str] = ("", "")  # who, and the verb
    for place in sorted({*taken, *([] if quoted is None else [quoted])}):
        passage = task.passages[place]
        if place == quoted:
            text, words = passage.text, passage.words
        else:
            text, before = _credited(*taken[place], passage, before, desk)
            words = None
        made.append(
            Statement(
                text=text,
                kind="quote" if words else "paraphrase",
                speaker=passage.speaker,
                cites=(passage.turn,),
                start=passage.start,
                end=passage.end,
                words=words,
            )
        )
    return tuple(made)


def _credited(
    verb: str, clause: str, passage: Sentence, before: tuple[str, str], desk: Desk
) -> tuple[str, tuple[str, str]]:
    """A whole sentence: who said it, how, and what."""
    full = _name(passage.speaker, desk)
    known = before[0] == full
    # Not "Jr." of a name that ends so, nor "guest" of "The guest".
    short = full.split()[-1] if full[:4] != "The " and full[-1] != "." else full
    name = short if known else full
    chosen = AGAIN if known and before[1] in (verb, AGAIN) and before[1] != AGAIN else verb
    if known and before[1] == chosen:
        chosen = "said" if chosen != "said" else "noted"
    credit = CREDITS.get(desk.language[:2].lower(), "{name}: {clause}.")
    text = credit.replace("{verb}", chosen).replace("{name}", name)
    return text.replace("{clause}", _lowered(clause, desk)), (full, chosen)


def _name(speaker_id: str, desk: Desk) -> str:
    speaker = next((one for one in desk.speakers if one.id == speaker_id), None)
    if speaker and speaker.name and desk.proven:
        return framing.one_line(speaker.name)
    return "The guest" if speaker is None or speaker.role == "guest" else "A speaker"


def _lowered(clause: str, desk: Desk) -> str:
    """With a small first letter, where its first word is an ordinary one and no name."""
    first = normal(clause.split(maxsplit=1)[0])
    ordinary = first in desk.small or first in wording.COMMON
    return clause[:1].lower() + clause[1:] if ordinary else clause


def _left_out(
    plain: Article, questions: Sequence[Question], topics: Sequence[Topic]
) -> tuple[LeftOut, ...]:
    """Anew: an answer may begin at another second than the one it replaces."""
    silent = {left.start for left in plain.left_out if left.reason == framing.UNANSWERED}
    could_be_asked = {topic.id for topic in topics if topic.start not in silent}
    return framing.left_out(topics, questions, could_be_asked)
