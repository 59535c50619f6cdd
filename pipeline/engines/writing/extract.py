"""The writer without a language model: the host's questions, the guest's own sentences."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.config import ComposeOptions, LlmOptions, Style
from pipeline.engines import base
from pipeline.engines.words import wording
from pipeline.engines.writing import framing
from pipeline.engines.writing.exchanges import (
    Exchange,
    Wording,
    best_wording,
    exchanges,
    with_statement,
)
from pipeline.engines.writing.points import leading, points
from pipeline.engines.writing.sections import sections
from pipeline.errors import NotAnInterview
from pipeline.model import (
    Article,
    Edited,
    Question,
    Section,
    Sentence,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turns,
    Video,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUBJECT = 0.8  # times the likeness of the question to the publisher's title
THEME = 0.8  # the same to the title of its topic: an aside under it is not what it is about
POOL = 6  # exchanges looked at closely, for each question wanted: an hour of talk holds a hundred


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exchange as it would be printed."""

    asked: Wording
    answer: tuple[Sentence, ...]
    quality: float
    topic: str | None
    third: int
    meaning: "NDArray[np.float32]"


class Extract:
    """A `Writer`: nothing is reworded, so nothing can be said that nobody said."""

    def write(
        self,
        video: Video,
        transcript: Transcript,  # noqa: ARG002 - sentences hold the text; other writers read words
        turns: Turns,
        edited: Edited,
        speakers: Sequence[Speaker],
        topics: Sequence[Topic],
        options: ComposeOptions,
        style: Style,
        *,
        llm: LlmOptions | None = None,  # noqa: ARG002 - asks no model
        folder: Path | None = None,  # noqa: ARG002 - keeps nothing
    ) -> Article:
        """The best questions, spread over the topics, in the order asked; or the style's parts."""
        if style.parts:
            return _sectioned(video, turns, edited, speakers, topics, options, style)
        candidates = _candidates(video, turns, edited, speakers, topics, options, style)
        if not candidates:
            raise NotAnInterview(video.title, _why_none(edited, speakers))
        chosen = choose(candidates, options.questions, _airtime(topics))
        questions = tuple(_question(candidate) for candidate in chosen)
        beside = also(questions, turns, edited, speakers, topics, style)
        could_be_asked = {candidate.topic for candidate in candidates if candidate.topic}
        return framing.framed(
            questions, video, speakers, topics, turns, style, options.style, could_be_asked, beside
        )


def also(
    questions: Sequence[Question],
    turns: Turns,
    edited: Edited,
    speakers: Sequence[Speaker],
    topics: Sequence[Topic],
    style: Style,
) -> tuple[Section, ...]:
    """What the style tells after its questions: nothing that an answer has said."""
    if not style.also:
        return ()
    found = points(turns, edited, tuple(speakers), tuple(topics))
    return sections(found, topics, speakers, turns, style, questions)


def _sectioned(
    video: Video,
    turns: Turns,
    edited: Edited,
    speakers: Sequence[Speaker],
    topics: Sequence[Topic],
    options: ComposeOptions,
    style: Style,
) -> Article:
    found = points(turns, edited, tuple(speakers), tuple(topics))
    if not found:
        raise NotAnInterview(video.title, _why_none(edited, speakers))
    made = sections(found, topics, speakers, turns, style)
    return framing.sectioned(made, found, video, speakers, topics, turns, style, options.style)


def _candidates(
    video: Video,
    turns: Turns,
    edited: Edited,
    speakers: Sequence[Speaker],
    topics: Sequence[Topic],
    options: ComposeOptions,
    style: Style,
) -> list[Candidate]:
    asked = []
    for whole in exchanges(edited, speakers):
        way = best_wording(whole, turns)
        exchange = replace(whole, reply=_past_nods(whole.reply, way.text))
        # The topic is the answer's: a question may still stand in the turn that ends the last one.
        topic = _topic(topics, exchange.reply[0].start)
        place = (topic, _third(turns, way.sentences[0].start))
        asked.append((exchange, way, place))
    pool = _pool(asked, POOL * options.questions)
    themes = {topic.id: topic.title for topic in topics}
    titles = [themes.get(topic or "", video.title) for _, _, (topic, _) in pool]
    meanings = _meanings([(exchange, way) for exchange, way, _ in pool], video.title, titles)
    found = []
    for (exchange, way, (topic, third)), meaning in zip(pool, meanings, strict=True):
        unsure = leading(exchange.reply, proven=False) if not turns.proven else frozenset()
        answer = best_answer(exchange.reply, meaning.relevance, options.sentences, style, unsure)
        if answer:
            worth = sum(answer.values()) / max(2, options.sentences)
            about = SUBJECT * max(0.0, meaning.subject) + THEME * max(0.0, meaning.theme)
            said = _with_no(tuple(answer), exchange.reply, way.text, options, style, unsure)
            quality = way.quality + worth + about + _opens(exchange.reply, said)
            asks = with_statement(exchange, way, turns) if _says_no(said[0]) else way
            found.append(Candidate(asks, said, quality, topic, third, meaning.question))
    return found


def _opens(reply: Sequence[Sentence], answer: Sequence[Sentence]) -> float:
    """What the beginning of an answer adds to its exchange."""
    begins = _begins(reply)
    first, *more = map(reply.index, answer)
    if more and more[0] > first + 1 and not wording.content(reply[first].text):
        first = more[0]  # a bare "No." is no beginning
    leaning = _leaning(reply, first, begins) + _dangles(reply, first, begins)
    return DIRECT * (first == begins) - LEANING * leaning


def _past_nods(reply: tuple[Sentence, ...], question: str) -> tuple[Sentence, ...]:
    """The reply; without its "Yeah.", where the question was none of yes or no."""
    if not (wording.asks_openly(question) or wording.requests(question)):
        return reply
    nods = itertools.takewhile(lambda sentence: wording.is_nod(sentence.text, "yes"), reply)
    return reply[len(list(nods)) :] or reply


def _pool(
    asked: list[tuple[Exchange, Wording, tuple[str | None, int]]], size: int
) -> list[tuple[Exchange, Wording, tuple[str | None, int]]]:
    """The most promising, taking turns by topic and third, so that none is missing; in order."""
    promise = sorted(asked, key=lambda item: -(item[1].quality + _richness(item[0].reply)))
    seen: dict[tuple[str | None, int], int] = {}
    ranked = []
    for place, item in enumerate(promise):
        seen[item[2]] = seen.get(item[2], 0) + 1
        ranked.append((seen[item[2]], place, item))
    best = [item for _, _, item in sorted(ranked, key=lambda entry: entry[:2])[:size]]
    return sorted(best, key=lambda item: item[1].words)


def _richness(reply: Sequence[Sentence]) -> float:
    worth = sorted((wording.weigh(sentence.text, wording.RICH) for sentence in reply), reverse=True)
    return sum(worth[:4]) / 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """An exchange among the points of an `Embedder`."""

    question: "NDArray[np.float32]"
    relevance: tuple[float, ...]  # of each sentence of the reply to the question
    subject: float  # how near the question lies to what the publisher's title says
    theme: float  # the same for the title of its topic


def _meanings(
    pairs: Sequence[tuple[Exchange, Wording]], title: str, themes: Sequence[str]
) -> list[Meaning]:
    texts = [title, *(way.text for _, way in pairs)]
    starts = []
    for exchange, _ in pairs:
        starts.append(len(texts))
        texts += [sentence.text for sentence in exchange.reply]
    named = sorted({*themes})
    points = base.embedder().embed([*texts, *named])
    of_theme = dict(zip(named, points[len(texts) :], strict=True))
    found = []
    for place, ((exchange, _), start) in enumerate(zip(pairs, starts, strict=True), start=1):
        asked, reply = points[place], points[start : start + len(exchange.reply)]
        theme = float(of_theme[themes[place - 1]] @ asked)
        near = tuple(map(float, reply @ asked))
        found.append(Meaning(asked, near, float(points[0] @ asked), theme))
    return found


# --- the answer ---

Run = tuple[int, int]  # the first and the last place of neighbours in the reply

SKIPPED = 6  # words between two sentences that still read as one run: "Mm-hmm", a dropped "Yeah"
JUMP = 0.9  # what a second run must bring to be worth the reader's stumble
FIRST = 1.8  # for beginning where the reply begins
FAR = 0.08  # for each sentence the answer begins later: by and by it answers something else
LEANS = 1.6  # times how badly the first sentence leans on one that is not there
MIDSTREAM = 0.6  # for beginning with "And"
A_FEW = 5  # words: "Yeah, sure." hides nothing that an "it" could mean
DIRECT = 0.3  # what an answer that begins where the reply does adds to its exchange
LEANING = 0.5  # times what its beginning leans: another question may have a better answer
UNFINISHED = 0.4  # for ending on a sentence that says little


def best_answer(
    reply: Sequence[Sentence],
    relevance: Sequence[float],
    sentences: int,
    style: Style,
    unsure: frozenset[int] = frozenset(),
) -> dict[Sentence, float]:
    """Sentences of the reply, in spoken order, each with its worth; none if it holds no answer.

    One run of neighbours reads best. A second, later one must be worth the jump. `unsure`: places
    in the reply that may be the host's, where who speaks was guessed.
    """
    worth = [
        wording.weigh(sentence.text, wording.RICH) + near
        for sentence, near in zip(reply, relevance, strict=True)
    ]
    runs, begins = _runs(reply, worth, sentences, unsure), _begins(reply)
    chosen: list[Run] = []
    while len(chosen) < 2:  # a third run would be a collage
        left = sentences - sum(last - first + 1 for first, last in chosen)
        bare = _words(reply, chosen) <= A_FEW  # a "No." explains no "it" that comes after it
        fitting = [
            (value - JUMP * bool(chosen) - _dangles(reply, run[0], begins) * bare, run)
            for run, value in runs.items()
            if run[1] - run[0] < left
            and (not chosen or run[0] > chosen[-1][1] + 1)
            and _words(reply, [*chosen, run]) <= style.most_words
        ]
        value, run = max(fitting, default=(0.0, (0, 0)))
        if not fitting or (chosen and value <= 0):
            break
        chosen.append(run)
    picked = [place for first, last in chosen for place in range(first, last + 1)]
    if _words(reply, chosen) < style.fewest_words or len(picked) < min(2, sentences):
        return {}
    return {reply[place]: worth[place] for place in picked}


def _with_no(
    answer: tuple[Sentence, ...],
    reply: Sequence[Sentence],
    asked: str,
    options: ComposeOptions,
    style: Style,
    unsure: frozenset[int],
) -> tuple[Sentence, ...]:
    """The answer, after the "No." that the reply begins with: what denies is never left out."""
    begins = _begins(reply)
    no = reply[begins]
    if (
        not _says_no(no)
        or len(no.text.split()) > A_FEW
        or begins in unsure
        or not _quotable(no)
        or reply.index(answer[0]) <= begins
        or _says_no(answer[0])
        or wording.asks_openly(asked)  # it denies something else then
    ):
        return answer
    said = (no, *answer[: options.sentences - 1])
    count = [len(sentence.text.split()) for sentence in said]
    return said if style.fewest_words <= sum(count) <= style.most_words else answer


def _says_no(sentence: Sentence) -> bool:
    return wording.is_nod(sentence.text.split(maxsplit=1)[0], "no")


def _runs(
    reply: Sequence[Sentence], worth: Sequence[float], sentences: int, unsure: frozenset[int]
) -> dict[Run, float]:
    """Every run of neighbours that may be quoted, with what it is worth."""
    begins = _begins(reply)
    runs = {}
    for first in range(len(reply)):
        value = _opening(reply, first, begins)
        for last in range(first, min(first + sentences, len(reply))):
            if last in unsure or not _quotable(reply[last]):
                break
            if last > first and not _goes_on(reply, first, last):
                break
            value += worth[last]
            if last == first:
                runs[(first, last)] = value
            elif not wording.opens_more(reply[last].text):
                # What only prepares the next sentence leaves the reader waiting.
                runs[(first, last)] = value - UNFINISHED * (worth[last] < 0.3)
    return runs


def _goes_on(reply: Sequence[Sentence], first: int, place: int) -> bool:
    """Whether a sentence can follow those before it: said right after them, and not said again."""
    mine = wording.content(reply[place].text)
    again = any(mine == wording.content(before.text) for before in reply[first:place])
    return _neighbours(reply, place) and not (again and len(mine) > 1)


def _begins(reply: Sequence[Sentence]) -> int:
    """Where the reply begins to say something, past "Wow.", "I don't-" and "Great question."."""
    for place, sentence in enumerate(reply[:4]):
        if _tells(sentence) and _quotable(sentence):
            return place
    return 0


def _opening(reply: Sequence[Sentence], first: int, begins: int) -> float:
    leaning = _leaning(reply, first, begins)
    if first == begins:
        return FIRST - leaning
    next_best = FIRST / 2 * (first == begins + 1)
    after_no = 1.0 if first and wording.is_nod(reply[first - 1].text) else 0.0
    return next_best - leaning - after_no - FAR * (first - begins)


def _leaning(reply: Sequence[Sentence], first: int, begins: int) -> float:
    """How badly a run that begins there needs the sentences before it."""
    leans = LEANS * wording.leans(reply[first].text)
    if first != begins:
        return leans
    # Right under the question an "it" is clear, unless something between cannot be printed,
    # and half clear if that only cleared the throat.
    between = any(map(_tells, reply[:first]))
    throat = any(len(sentence.text.split()) > A_FEW for sentence in reply[:first])
    return leans * max(between, throat / 2) + MIDSTREAM * wording.joins_on(reply[first].text)


def _dangles(reply: Sequence[Sentence], first: int, begins: int) -> float:
    """What the first sentence of an answer leans more than one within it, in midstream."""
    text = reply[first].text
    leans, joins = wording.leans(text), wording.joins_on(text)
    if first == begins or not (leans or joins):
        return 0.0
    hidden = first > 0 and not _quotable(reply[first - 1])  # what it leans on is never printed
    return MIDSTREAM * joins + LEANS * (1.0 - leans) * hidden


def _tells(sentence: Sentence) -> bool:
    return wording.is_nod(sentence.text) or not wording.says_little(sentence.text)


def _quotable(sentence: Sentence) -> bool:
    return not sentence.doubtful and wording.whole(sentence.text)


def _neighbours(reply: Sequence[Sentence], place: int) -> bool:
    return reply[place].words[0] - reply[place - 1].words[1] <= SKIPPED + 1


def _words(reply: Sequence[Sentence], runs: Sequence[Run]) -> int:
    return sum(len(s.text.split()) for first, last in runs for s in reply[first : last + 1])


# --- the choice ---

NEAR = 1.2  # times the likeness to a question already chosen
SAME_TOPIC = 0.9
NEW_THIRD = 0.8
AIRTIME = 6.0  # times the topic's share of the interview: what was talked about most counts most


def choose(
    candidates: Sequence[Candidate], count: int, airtime: dict[str, float]
) -> list[Candidate]:
    """The best exchanges, of different topics, from each third where there is one; in order."""
    chosen: list[Candidate] = []
    left = list(candidates)
    while left and len(chosen) < count:
        missing = {candidate.third for candidate in left} - {one.third for one in chosen}
        due = count - len(chosen) <= len(missing)
        open_to = [one for one in left if one.third in missing] if due else left
        gains = [_gain(one, chosen, missing, airtime) for one in open_to]
        best = open_to[gains.index(max(gains))]
        chosen.append(best)
        left = [candidate for candidate in left if not _repeats(candidate, best)]
    return sorted(chosen, key=lambda candidate: candidate.asked.words)


def _gain(
    candidate: Candidate, chosen: Sequence[Candidate], missing: set[int], airtime: dict[str, float]
) -> float:
    value = candidate.quality + NEW_THIRD * (candidate.third in missing)
    again = sum(one.topic == candidate.topic for one in chosen)
    value += -SAME_TOPIC * again if again else AIRTIME * airtime.get(candidate.topic or "", 0.0)
    likest = max((float(one.meaning @ candidate.meaning) for one in chosen), default=0.0)
    return value - NEAR * max(0.0, likest)


def _repeats(candidate: Candidate, other: Candidate) -> bool:
    """Whether the two would print a sentence twice."""
    mine = {s.text.casefold() for s in (*candidate.answer, *candidate.asked.sentences)}
    theirs = {s.text.casefold() for s in (*other.answer, *other.asked.sentences)}
    return candidate is other or bool(mine & theirs)


def _airtime(topics: Sequence[Topic]) -> dict[str, float]:
    """The share that each topic has; what every guest is asked is no topic of the interview."""
    whole = sum(topic.end - topic.start for topic in topics) or 1.0
    return {
        topic.id: (topic.end - topic.start) / whole
        for topic in topics
        if not wording.side_show(topic.title)
    }


def _topic(topics: Sequence[Topic], second: float) -> str | None:
    begun = [topic.id for topic in topics if topic.start <= second]
    return begun[-1] if begun else None


def _third(turns: Turns, second: float) -> int:
    first, last = turns.turns[0].start, turns.turns[-1].end
    return min(2, int(3 * (second - first) / max(last - first, 1e-9)))


def _question(candidate: Candidate) -> Question:
    sentences = candidate.asked.sentences
    return Question(
        text=candidate.asked.text,
        from_turns=tuple(dict.fromkeys(sentence.turn for sentence in sentences)),
        start=sentences[0].start,
        answer=tuple(
            Statement(
                text=sentence.text,
                kind="quote",
                speaker=sentence.speaker,
                cites=(sentence.turn,),
                start=sentence.start,
                end=sentence.end,
                words=sentence.words,
            )
            for sentence in candidate.answer
        ),
        words=candidate.asked.words,
        topic=candidate.topic,
    )


def _why_none(edited: Edited, speakers: Sequence[Speaker]) -> str:
    if not any(speaker.role == "host" for speaker in speakers):
        return "Nobody in it sounds like a host: no voice asks and lets another answer."
    whole = sum(wording.whole(sentence.text) for sentence in edited.sentences)
    if whole * 5 < len(edited.sentences):
        return "Its transcript has no punctuation: neither questions nor sentences can be told."
    if not any(wording.is_question(sentence.text) for sentence in edited.sentences):
        return "The host asks nothing in it."
    return "No question in it is followed by an answer that is clear enough to quote."
