"""Questions that are not in the article, and other answers to those that are.

The writer `extract` chooses, so no word is anybody's but the guest's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.config import Style
from pipeline.engines.writing.exchanges import Exchange, Wording, best_wording, exchanges
from pipeline.errors import CannotMend
from pipeline.model import Article, Interview, Question, Sentence
from review.anchor import quote

SENTENCES = 4
USED = 3.0  # taken off the worth of a sentence that is the answer already
HINTED = 2.5  # put on it for holding every word of the hint
MOST_OFFERED = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that was asked and answered, and is not in the article."""

    id: str  # its first and last word: "120-134"
    question: Question
    topic: str
    left_out: bool  # its whole topic is


def offers(known: Interview, article: Article) -> list[Offer]:
    """What could be added, in the order asked; topics that are left out altogether are marked."""
    used = {place for q in article.questions for place in _range(q.words)}
    titles = {topic.id: topic.title for topic in known.topics}
    missing = {left.start for left in article.left_out}
    found = []
    for exchange in exchanges(known.edited, known.speakers):
        if used & set(_range((exchange.asked[0].words[0], exchange.asked[-1].words[1]))):
            continue
        way = best_wording(exchange, known.turns)
        answer = _answer(exchange, "", frozenset())
        if not answer:
            continue
        question = _question(known, way, answer)
        topic = next((t for t in known.topics if t.id == question.topic), None)
        found.append(
            Offer(
                f"{way.words[0]}-{way.words[1]}",
                question,
                titles.get(question.topic or "", ""),
                topic is not None and topic.start in missing,
            )
        )
    return found[:MOST_OFFERED]


def offered(known: Interview, article: Article, wanted: str) -> Question:
    """That question, with the answer it is offered with. Raises CannotMend."""
    for offer in offers(known, article):
        if offer.id == wanted:
            return offer.question
    raise CannotMend("That question is not on offer any more.", "Load the page again.")


def another(known: Interview, article: Article, question: Question, hint: str) -> Question:
    """The same question with other sentences of the reply, near the hint. Raises CannotMend."""
    exchange = _exchange(known, question)
    if exchange is None:
        raise CannotMend("What was replied to it cannot be found.", "Add sentences one by one.")
    elsewhere = {s.words for q in article.questions if q != question for s in q.answer}
    reply = tuple(s for s in exchange.reply if s.words not in elsewhere)
    used = frozenset(one.words for one in question.answer if one.words)
    # What else was replied makes the better other answer; else part of what is there stays.
    rest = tuple(s for s in reply if s.words not in used)
    for said, most in ((rest, SENTENCES), (rest, 1), (reply, SENTENCES)):
        answer = _answer(replace(exchange, reply=said), hint, used, most) if said else ()
        if answer and {s.words for s in answer} != used:
            return replace(question, answer=tuple(quote(sentence) for sentence in answer))
    near = f" about “{hint}”" if hint else ""
    raise CannotMend(f"The reply holds no other answer{near}.", "Give another hint, or none.")


def _exchange(known: Interview, question: Question) -> Exchange | None:
    asked = set(_range(question.words))
    for exchange in exchanges(known.edited, known.speakers):
        if asked & {place for sentence in exchange.asked for place in _range(sentence.words)}:
            return exchange
    return None


def _answer(
    exchange: Exchange, hint: str, used: frozenset[tuple[int, int]], most: int = SENTENCES
) -> tuple[Sentence, ...]:
    # numpy, 30 MB, only where it is asked for
    from pipeline.engines.writing.extract import best_answer

    wanted = frozenset(re.findall(r"\w+", hint.lower()))
    near = [
        HINTED * _share(wanted, sentence.text) - USED * (sentence.words in used)
        for sentence in exchange.reply
    ]
    style = Style(opener="", opener_unnamed="", answer_label="", closing="")
    chosen = best_answer(exchange.reply, near, most, style)
    return tuple(sorted(chosen, key=lambda sentence: sentence.words))


def _share(wanted: frozenset[str], text: str) -> float:
    if not wanted:
        return 0.0
    said = re.findall(r"\w+", text.lower())
    near = sum(any(word.startswith(want[:5]) for word in said) for want in wanted)
    return near / len(wanted)


def _question(known: Interview, way: Wording, answer: Sequence[Sentence]) -> Question:
    begun = [topic.id for topic in known.topics if topic.start <= answer[0].start]
    return Question(
        text=way.text,
        from_turns=tuple(dict.fromkeys(sentence.turn for sentence in way.sentences)),
        start=way.sentences[0].start,
        answer=tuple(quote(sentence) for sentence in answer),
        words=way.words,
        topic=begun[-1] if begun else None,
    )


def _range(words: tuple[int, int] | None) -> range:
    return range(words[0], words[1] + 1) if words else range(0)
