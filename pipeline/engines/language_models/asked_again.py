"""One question, asked of the language model again, about what a reviewer wants to hear."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from pipeline.engines.language_models import llm, tasks
from pipeline.engines.language_models.tasks import Desk, Task
from pipeline.model import Article, Edited, Question, Sentence, Speaker

# The hint is the reviewer's own, no text from outside: it stands with what the model is told.
HINT = """

The editor of the article asks for this answer once more, and wants it to be about: {hint}
Choose passages that tell of that. Where none does, choose as is said above."""


@dataclass(frozen=True)
class Hinted(Task):
    """An answer about something."""

    hint: str = ""

    def request(self, desk: Desk, faults: Sequence[str] = ()) -> llm.Request:
        """What the model is asked, with the hint."""
        plain = super().request(desk, faults)
        return replace(plain, instructions=plain.instructions + HINT.format(hint=self.hint))


def task(
    article: Article,
    number: int,
    hint: str,
    edited: Edited,
    speakers: Sequence[Speaker],
    desk: Desk,
) -> Task:
    """To answer question `number`, from 1, anew: about the hint, or else with other passages."""
    question = article.questions[number - 1]
    (plain,) = tasks.answers(_near(article, question, hint), edited, speakers, desk)
    plain = replace(plain, place=replace(plain.place, question=number), about=question.text)
    if not hint:
        return replace(plain, passages=_others(plain, question))
    told = {field.name: getattr(plain, field.name) for field in fields(plain)}
    return Hinted(**told, hint=hint)


def _near(article: Article, question: Question, hint: str) -> Article:
    """What is shown of a long reply is what is near the question: here, the hint too."""
    asked = replace(question, text=f"{question.text} {hint}".rstrip())
    return replace(article, questions=(asked,))


def _others(plain: Task, question: Question) -> tuple[Sentence, ...]:
    """The passages that are not in the answer yet, where they make one."""
    there = {(one.cites, one.start) for one in question.answer}
    others = tuple(one for one in plain.passages if ((one.turn,), one.start) not in there)
    return others if len(others) >= plain.fewest else plain.passages
