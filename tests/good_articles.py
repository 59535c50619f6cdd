"""Good articles of good interviews, in every style, by both writers: what faults are put into."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pipeline.compose import compose
from pipeline.config import (
    ComposeOptions,
    EditOptions,
    OutlineOptions,
    Style,
    VerifyOptions,
    load_style,
)
from pipeline.edit import edit
from pipeline.engines.checking.rewording import Pair, Text, faults
from pipeline.model import (
    Article,
    Edited,
    Question,
    Receipt,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turns,
    Video,
)
from pipeline.outline import outline
from pipeline.verify import verify
from tests import lighthouse as vik
from tests import talk

STYLES = Path(__file__).parent.parent / "config" / "styles"
NAMES = ("take", "report", "essay", "feature", "brief")
HOST, ONE, OTHER = "S1", "S2", "S3"

# Two guests, so that the words of one can be put into the mouth of the other.
BAKERS: tuple[tuple[str, str], ...] = (
    (HOST, "Welcome to Crumb and Crust, I'm Nadia Rossi; with me are Jonas Weber and Aiko Sato."),
    (HOST, "What makes a good rye bread, after all these years at the oven?"),
    (ONE, "A good rye bread needs 3 days and a cold cellar. The dough from Lübeck is older"
          " than the bakery, since my aunt brought it over in 1952."
          " Nobody may touch it with a metal spoon."),
    (HOST, "Does the same hold for the white bread that you bake in the north?"),
    (OTHER, "White bread is a question of water, not of time. The water in Hokkaido is so soft"
            " that the dough never fights back. A loaf takes 90 minutes from bowl to shelf."),
    (HOST, "How do you both find young people who still want to get up at night?"),
    (ONE, "The apprentices come for the wages, and they stay for the smell. Last year 14 of them "
          "applied for a single place. The night shift ends at 6, so they have the whole day."),
    (OTHER, "A school in Sapporo sends two apprentices every spring. Those who stay for a winter "
            "never leave the trade again."),
    (HOST, "What would you tell somebody who bakes the first loaf at home tonight?"),
    (ONE, "The oven is always colder than it claims to be. A stone on the bottom keeps 40 degrees "
          "more than the air around it."),
    (OTHER, "People at home knead too long and wait too little. A bowl with a wet cloth does more "
            "than any machine does."),
    (HOST, "Thank you both for coming."),
)  # fmt: skip


@dataclass(frozen=True)
class Interview:
    """What an article is written from, and checked against."""

    name: str
    video: Video
    transcript: Transcript
    turns: Turns
    edited: Edited
    speakers: tuple[Speaker, ...]
    topics: tuple[Topic, ...]
    questions: int = 5
    styles: tuple[str, ...] = NAMES

    @property
    def heard(
        self,
    ) -> tuple[Video, Transcript, Turns, Edited, tuple[Speaker, ...], tuple[Topic, ...]]:
        """As the stages take it."""
        return (
            self.video, self.transcript, self.turns, self.edited, self.speakers, self.topics,
        )  # fmt: skip


@dataclass(frozen=True)
class Good:
    """An article that is ready."""

    interview: Interview
    article: Article

    @property
    def name(self) -> str:
        """Which one, in words."""
        writer = " reworded" if self.article.writer != "extract" else ""
        return f"{self.interview.name} {self.article.style}{writer}"

    def receipt(self, article: Article | None = None, support: str = "none") -> Receipt:
        """Of it, or of what was made of it."""
        options = ComposeOptions(style=self.article.style, questions=self.interview.questions)
        return verify(
            *self.interview.heard, article or self.article, VerifyOptions(support=support),
            options, style(self.article.style),
        )  # fmt: skip


@cache
def style(name: str) -> Style:
    return load_style(STYLES, name)


@cache
def interviews() -> tuple[Interview, ...]:
    return tuple(_interviews())


def _interviews() -> Iterator[Interview]:
    yield Interview(
        "lighthouse", vik.VIDEO, vik.TRANSCRIPT, vik.TURNS, vik.EDITED, vik.SPEAKERS, vik.TOPICS
    )
    about, transcript, turns, truth = talk.sample()
    about = replace(about, url="https://example.org/mill", published="2025-10-16")
    people = {one["role"]: one["name"] for one in truth["speakers"]}
    mill = _made("mill", about, transcript, turns, (
        Speaker("S1", people["host"], "host", 100.0),
        Speaker("S2", people["guest"], "guest", 200.0),
    ))  # fmt: skip
    yield replace(mill, styles=("take", "brief"))  # it is long: the others cost seconds
    transcript, turns = talk.talk(*BAKERS)
    about = Video(
        "bakers", "https://example.org/crumb", "Jonas Weber and Aiko Sato: Bread",
        channel="Crumb and Crust", published="2024-02-29", duration=turns.turns[-1].end,
    )  # fmt: skip
    bakers = _made("bakers", about, transcript, turns, (
        Speaker(HOST, "Nadia Rossi", "host", 40.0),
        Speaker(ONE, "Jonas Weber", "guest", 60.0),
        Speaker(OTHER, "Aiko Sato", "guest", 60.0),
    ))  # fmt: skip
    yield replace(bakers, questions=3)


def _made(
    name: str, about: Video, transcript: Transcript, turns: Turns, speakers: tuple[Speaker, ...]
) -> Interview:
    edited = edit(about, transcript, turns, speakers, EditOptions())
    topics = outline(about, turns, edited, speakers, OutlineOptions())
    return Interview(name, about, transcript, turns, edited, speakers, topics)


@cache
def good_articles() -> tuple[Good, ...]:
    """Every one in every style, and the questions and answers in other words too."""
    found = []
    for interview in interviews():
        for name in interview.styles:
            options = ComposeOptions(style=name, questions=interview.questions)
            good = Good(interview, compose(*interview.heard, options, style(name)))
            found.append(good)
            if name == "take":
                found.append(Good(interview, reworded(good)))
    return tuple(found)


# --- in other words, as a language model makes them and the writer llm lets them pass ---

_THIRD = {
    "i am": "they are", "i was": "they were", "i'm": "they are", "we're": "they are",
    "i've": "they have", "we've": "they have", "i": "they", "we": "they", "me": "them",
    "us": "them", "my": "their", "our": "their", "ours": "theirs", "you": "people",
    "your": "people's", "myself": "themselves",
}  # fmt: skip
_FIRST = re.compile(rf"\b(?:{'|'.join(sorted(_THIRD, key=len, reverse=True))})\b", re.IGNORECASE)
VERBS = ("explained", "recalled", "noted", "said")


def reworded(good: Good) -> Article:
    """All but the last sentence of each answer told by the narrator, where that can be proven."""
    questions = []
    for question in good.article.questions:
        told = (_told(question, place, said, good) for place, said in enumerate(question.answer))
        questions.append(replace(question, answer=tuple(told)))
    return replace(good.article, questions=tuple(questions), writer="llm (m)")


def _told(question: Question, place: int, said: Statement, good: Good) -> Statement:
    clause = _FIRST.sub(lambda found: _THIRD[found[0].lower()], said.text.rstrip("."))
    clause = re.sub(r"^(?:(?:And|So|But|Because|Honestly),? )+", "", clause)
    if clause.split()[0] in ("The", "A", "If", "They", "In", "Last", "No", "There", "At"):
        clause = clause[0].lower() + clause[1:]
    pair = Pair(*(Text(text, "en") for text in (clause, said.text, question.text)))
    last = place == len(question.answer) - 1
    if last or faults(pair):
        return said
    (speaker,) = [one for one in good.interview.speakers if one.id == said.speaker]
    name = (speaker.name or "").split()[-1] if place else speaker.name
    text = f"{name} {VERBS[place % len(VERBS)]} that {clause}."
    return replace(said, text=text, kind="paraphrase", words=None)
