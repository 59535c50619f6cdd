"""An article -> the article with one thing changed. Nothing here saves or checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.engines.outside import plain
from pipeline.errors import CannotMend
from pipeline.model import Article, Interview, Question, Section, Statement
from review import again, anchor
from review.anchor import Span
from review.place import Place

LONGEST = 1500  # letters of one sentence; of a field of the frame too
Fields = Mapping[str, str]
Row = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be changed: where, and with what."""

    known: Interview
    place: Place
    fields: Fields

    @property
    def article(self) -> Article:
        """As it is."""
        return self.known.article

    @property
    def question(self) -> Question:
        """The one at the place. Raises CannotMend."""
        if self.place.kind != "question" or self.place.number not in range(self._questions):
            raise _gone()
        return self.article.questions[self.place.number]

    @property
    def row(self) -> Row:
        """The sentences that the place is one of, of an answer or of a passage."""
        try:
            if self.place.kind == "answer":
                return self.article.questions[self._from_start].answer
            section = self.article.sections[self._from_start]
            return section.passages[self.place.passage].said
        except IndexError:
            raise _gone() from None

    @property
    def statement(self) -> Statement:
        """The sentence at the place. Raises CannotMend."""
        if self.place.sentence not in range(len(self.row)):
            raise _gone()
        return self.row[self.place.sentence]

    @property
    def _questions(self) -> int:
        return len(self.article.questions)

    @property
    def _from_start(self) -> int:
        if self.place.number < 0 or self.place.kind not in ("answer", "passage"):
            raise _gone()
        return self.place.number

    def with_question(self, *instead: Question) -> Article:
        """The article with that at its place, or without it."""
        assert self.question
        return self._with_questions(instead)

    def with_statement(self, *instead: Statement) -> Article:
        """The same for a sentence."""
        assert self.statement
        return self.with_row(_spliced(self.row, self.place.sentence, instead))

    def with_row(self, row: Row) -> Article:
        """The article with these sentences there; without sentences, without what held them."""
        place, article = self.place, self.article
        if place.kind == "answer":
            question = replace(article.questions[place.number], answer=row)
            return self._with_questions((question,) if row else ())
        section = article.sections[place.number]
        passage = replace(section.passages[place.passage], said=row)
        passages = _spliced(section.passages, place.passage, (passage,) if row else ())
        changed: tuple[Section, ...] = (replace(section, passages=passages),) if passages else ()
        return replace(article, sections=_spliced(article.sections, place.number, changed))

    def _with_questions(self, instead: tuple[Question, ...]) -> Article:
        questions = _spliced(self.article.questions, self.place.number, instead)
        if not questions:
            raise CannotMend("It is the last question.", "Reject the article instead.")
        return replace(self.article, questions=questions)


@dataclass(frozen=True, slots=True)
class Mend:
    """One way to change an article."""

    change: Callable[[Job], Article]
    what: str  # for the history; {0} is where, {1} what that is a part of


def mended(known: Interview, way: str, where: str, fields: Fields) -> tuple[Article, str]:
    """The changed article, and what was done in words. Raises CannotMend."""
    if way not in MENDS:
        raise CannotMend("There is no such change.", "Load the page again.")
    place = Place.of(where)
    mend = MENDS[way]
    return mend.change(Job(known, place, fields)), mend.what.format(place.told, place.around)


def _text(fields: Fields) -> str:
    text = plain(fields.get("text", ""))
    if not text:
        raise CannotMend("There is no text.", "To take the sentence out, use Drop.")
    if len(text) > LONGEST:
        raise CannotMend(
            f"The text has {len(text):,} letters; {LONGEST:,} are the most.", "Shorten it."
        )
    return text


def _spliced(whole: tuple[Any, ...], place: int, instead: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*whole[:place], *instead, *whole[place + 1 :])


def _gone() -> CannotMend:
    return CannotMend("That sentence is not there any more.", "Load the page again.")


# --- the ways ---


def _reword(job: Job) -> Article:
    """Other words, of a sentence, a question or a part of the frame."""
    text, known = _text(job.fields), job.known
    if job.place.kind == "frame":
        return replace(job.article, **{job.place.part: text})  # type: ignore[arg-type]
    if job.place.kind == "question":
        question = replace(job.question, text=text)
        hosts = [turn for turn in known.turns.turns if turn.id in question.from_turns]
        words = anchor.find(known, text, question.start, hosts)
        return job.with_question(anchor.asked_at(known, question, words) if words else question)
    new = replace(job.statement, text=text)
    if new.kind == "quote" and anchor.holds(known, new.words):
        # Shortened, it is still a quotation: of fewer words. Anything else is left for the checks.
        turns = [turn for turn in known.turns.turns if turn.id in new.cites]
        words = anchor.find(known, text, new.start, turns)
        new = anchor.placed(known, new, words) if words else new
    return job.with_statement(new)


def _verbatim(job: Job) -> Article:
    """What was said there, word for word."""
    if job.place.kind == "question":
        text = _capital(anchor.said(job.known, _words(job, job.question)))
        return job.with_question(replace(job.question, text=text))
    return _quoting(job, _words(job, job.statement))


def _whole(job: Job) -> Article:
    """The whole sentence that this is a part of."""
    return _quoting(job, anchor.whole(job.known, _words(job, job.statement)))


def _quoting(job: Job, words: Span) -> Article:
    quote = replace(job.statement, text=_capital(anchor.said(job.known, words)), kind="quote")
    return job.with_statement(anchor.placed(job.known, quote, words))


def _words(job: Job, printed: Question | Statement) -> Span:
    if printed.words is None or not anchor.holds(job.known, printed.words):
        raise _nowhere()
    return printed.words


def _recite(job: Job) -> Article:
    """The same text, with the place where it was said."""
    printed = job.question if job.place.kind == "question" else job.statement
    words = anchor.find(job.known, printed.text, printed.start)
    if words is None:
        raise _nowhere()
    if job.place.kind == "question":
        return job.with_question(anchor.asked_at(job.known, job.question, words))
    if job.statement.kind == "quote":
        return _quoting(job, words)
    return job.with_statement(anchor.placed(job.known, job.statement, words))


def _nowhere() -> CannotMend:
    return CannotMend(
        "Nobody said that in these words.", "Drop it, or take a sentence of the transcript instead."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _paraphrase(job: Job) -> Article:
    """The same words, no longer as a quotation."""
    return job.with_statement(replace(job.statement, kind="paraphrase"))


def _drop(job: Job) -> Article:
    if job.place.kind == "question":
        return job.with_question()
    return job.with_statement()


def _up(job: Job) -> Article:
    return _moved(job, -1)


def _down(job: Job) -> Article:
    return _moved(job, 1)


def _moved(job: Job, by: int) -> Article:
    if job.place.kind == "question":
        moved = _swapped(job.article.questions, job.place.number, by)
        return replace(job.article, questions=moved)
    return job.with_row(_swapped(job.row, job.place.sentence, by))


def _swapped(whole: tuple[Any, ...], place: int, by: int) -> tuple[Any, ...]:
    if not (0 <= place < len(whole) and 0 <= place + by < len(whole)):
        raise CannotMend("It cannot be moved further.", "")
    items = list(whole)
    items[place], items[place + by] = items[place + by], items[place]
    return tuple(items)


def _insert(job: Job) -> Article:
    """A sentence of the transcript, into an answer, where it was said."""
    wanted = job.fields.get("sentence", "")
    sentence = next((s for s in job.known.edited.sentences if s.id == wanted), None)
    if sentence is None:
        raise CannotMend("There is no such sentence.", "Load the page again.")
    if any(one.words == sentence.words for one in job.article.statements):
        raise CannotMend("That sentence is in the article already.", "")
    # Before the first that was said later: what a person has put in order stays so.
    row = job.row
    later = (place for place, one in enumerate(row) if one.start > sentence.start)
    place = next(later, len(row))
    return job.with_row((*row[:place], anchor.quote(sentence), *row[place:]))


def _ask(job: Job) -> Article:
    """A question more, with its answer, where it was asked."""
    new = again.offered(job.known, job.article, job.fields.get("asked", ""))
    questions = sorted((*job.article.questions, new), key=lambda one: one.start)
    return replace(job.article, questions=tuple(questions))


def _ask_again(job: Job) -> Article:
    """Another answer to the same question, out of what was replied to it."""
    new = again.another(job.known, job.article, job.question, hint(job.fields))
    return job.with_question(new)


def hint(fields: Fields) -> str:
    """What the reviewer wants the answer to be about."""
    return plain(fields.get("hint", ""))[:200]


def question_at(article: Article, where: str) -> int:
    """The number of the question there, from 1. Raises CannotMend."""
    place = Place.of(where)
    if place.kind != "question" or place.number not in range(len(article.questions)):
        raise _gone()
    return place.number + 1


MENDS: Mapping[str, Mend] = {
    "reword": Mend(_reword, "reworded {0}"),
    "verbatim": Mend(_verbatim, "used what was said in {0}"),
    "whole": Mend(_whole, "used the whole sentence in {0}"),
    "recite": Mend(_recite, "found where {0} was said"),
    "paraphrase": Mend(_paraphrase, "took the quotation marks off {0}"),
    "drop": Mend(_drop, "dropped {0}"),
    "up": Mend(_up, "moved {0} up"),
    "down": Mend(_down, "moved {0} down"),
    "insert": Mend(_insert, "added a sentence to {1}"),
    "ask": Mend(_ask, "added a question"),
    "again": Mend(_ask_again, "asked {0} again"),
}
