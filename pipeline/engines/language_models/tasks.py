"""What a language model is asked to reword: the answers of an article, or its passages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.config import ComposeOptions, LlmOptions, Style
from pipeline.engines import base
from pipeline.engines.language_models import budget, llm, prompts
from pipeline.engines.language_models.letters import Letters
from pipeline.engines.words import wording
from pipeline.engines.writing.exchanges import Exchange, exchanges
from pipeline.model import (
    Article,
    Edited,
    Fallback,
    Passage,
    Question,
    Sentence,
    Speaker,
    Statement,
)

MOST_PASSAGES = 14  # a small model loses its way among more
LONGEST_PASSAGE = 90  # words; captions without full stops hold "sentences" without end
LEAST_WORDS = 5  # of a passage
ROOM_FOR_FAULTS = 300  # tokens


@dataclass(frozen=True)
class Task:
    """One answer, or one passage of a section, to write."""

    place: Fallback  # where it stands in the article
    about: str  # the question that it answers, or the heading that it stands under
    asked: bool  # whether that is a question
    passages: tuple[Sentence, ...]  # what may be reworded and quoted
    points: int  # of them to reword, at most
    fewest: int  # sentences to print
    most: int
    plain: tuple[Statement, ...]  # as `extract` prints it
    led: bool = False  # whether the narrator's words before a quotation name the speaker
    figure: bool = False  # whether it stands there for a figure in it
    unfit: str = ""  # why a model cannot write it

    @property
    def name(self) -> str:
        """Of the files in which its requests are kept."""
        if self.place.question:
            return f"{self.place.question:02}"
        return f"{self.place.section:02}.{self.place.passage:02}"

    def request(self, desk: "Desk", faults: Sequence[str] = ()) -> llm.Request:
        """What the model is asked."""
        texts = [passage.text for passage in self.passages]
        told = prompts.instructions(self.points, desk.language, translated=desk.translated)
        asked = prompts.prompt(self.about, texts, faults, question=self.asked)
        return llm.Request(told, asked, prompts.Reworded)


@dataclass
class Desk:
    """What writing an article needs, and what it has cost."""

    options: LlmOptions
    compose: ComposeOptions
    style: Style
    speakers: Sequence[Speaker]
    proven: bool  # whether names may be printed
    language: str  # of what is reworded
    said_in: str  # of the interview
    small: frozenset[str]  # words that were written without a capital: no names
    capital: frozenset[str]  # words that were written with one within a sentence: they may be
    budget: budget.Budget
    letters: Letters
    down: str = ""  # why no further request is sent
    fallbacks: list[Fallback] = field(default_factory=list)
    called: set[str] = field(default_factory=set)  # speakers whose whole name is in print
    room: int = 0  # words by which the article may still grow

    @property
    def translated(self) -> bool:
        """Whether what is reworded is in another language than the interview."""
        return self.language[:2].lower() != self.said_in[:2].lower()


def words(said: Sequence[Statement]) -> int:
    """How many there are in all."""
    return sum(len(statement.text.split()) for statement in said)


# --- answers ---


def answers(
    article: Article, edited: Edited, speakers: Sequence[Speaker], desk: Desk
) -> list[Task]:
    """One task a question: its answer is drawn from the whole reply."""
    points = max(1, desk.compose.sentences - 1)  # and one quotation
    known = exchanges(edited, speakers)
    return [
        Task(
            place=Fallback(number, ""),
            about=_shown(question.text),
            asked=True,
            passages=_of_the_reply(question, known, points, desk),
            points=points,
            fewest=min(2, desk.compose.sentences),
            most=desk.compose.sentences,
            plain=question.answer,
        )
        for number, question in enumerate(article.questions, 1)
    ]


def _of_the_reply(
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
    best = sorted(reply, key=lambda one: -worth[one])[:MOST_PASSAGES]
    return _fitting(best, question.text, points, desk)


def _fitting(best: Sequence[Sentence], about: str, points: int, desk: Desk) -> tuple[Sentence, ...]:
    """As many of them as a request can hold, the best first; in the order in which they were said.

    Nothing is cut: what does not fit is not in the request.
    """
    instructions = prompts.instructions(points, desk.language, translated=desk.translated)
    schema = str(prompts.Reworded.model_json_schema())
    fixed = budget.tokens(instructions, schema, about) + budget.ENVELOPE + ROOM_FOR_FAULTS
    room = desk.options.context - desk.options.answer_tokens - fixed
    chosen: list[Sentence] = []
    for sentence in best:
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


# --- passages ---


def passages(article: Article, edited: Edited, desk: Desk) -> Iterator[Task]:
    """One task a passage: it is drawn from the sentences that `extract` prints there."""
    sentences = {sentence.words: sentence for sentence in edited.sentences}
    for number, section in enumerate(article.sections, 1):
        for place, passage in enumerate(section.passages, 1):
            if passage.form == "pull":
                continue  # a pull quote is a quotation
            said = [sentences[one.words] for one in passage.said if one.words in sentences]
            about = _shown(passage.asked.text if passage.asked else section.heading)
            shown = _fitting([*filter(_may_be_shown, said)], about, len(said), desk)
            yield Task(
                place=Fallback(0, "", section=number, passage=place),
                about=about,
                asked=passage.asked is not None,
                passages=shown,
                points=len(shown) - any(wording.leans(one.text) < 1.0 for one in shown[1:]),
                fewest=1,
                most=len(passage.said),
                plain=passage.said,
                led=bool(passage.lead),
                figure=desk.style.sections[section.part].holds == "figures",
                unfit=_unfit(passage, desk.style),
            )


def _shown(about: str) -> str:
    """A question, or a publisher's heading, unless it is meant for a machine."""
    return "" if prompts.speaks_to_machines(about) else about


def _unfit(passage: Passage, style: Style) -> str:
    if passage.asked and not told_lead(passage, style):
        return "the style's words before it ask for a quotation"
    return ""


def told_lead(passage: Passage, style: Style) -> str:
    """The narrator's words before a sentence that itself says who said it.

    Of "Asked “Why?”, Lind said:" only "Asked “Why?”," is left; of "Lind said:" nothing.
    """
    before = style.voice.asked.partition("{name}")[0]
    if not passage.asked or "{question}" not in before:
        return ""
    filled = before.replace("{question}", passage.asked.text).rstrip()
    # A lead begins with a capital, whatever its template begins with.
    return filled[:1].upper() + filled[1:]
