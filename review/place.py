"""A place in an article: how a page, a form and a finding point at one sentence of it."""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import CannotMend

FRAME = ("title", "standfirst", "opener", "closing")

# What it is called -> how it is written. Numbers are from 1, as a reader counts.
_ANSWER = re.compile(r"a(\d{1,3})\.(\d{1,3})")
_QUESTION = re.compile(r"q(\d{1,3})")
_SECTION = re.compile(r"s(\d{1,3})\.(\d{1,3})\.(\d{1,3})")

# As `verify` writes them.
_FOUND = (
    (re.compile(r"Answer (\d+), sentence (\d+)"), "a{}.{}"),
    (re.compile(r"The answer to question (\d+)"), "q{}"),
    (re.compile(r"(?:Question|Answer) (\d+)\b"), "q{}"),
    (re.compile(r"Section (\d+), passage (\d+), sentence (\d+)"), "s{}.{}.{}"),
    (re.compile(r"(?:The question in )?Section (\d+), passage (\d+)"), "s{}.{}.1"),
    (re.compile(r"(?i)The (title|standfirst|opener|closing)\b"), "{}"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Numbers here are from 0."""

    kind: Literal["answer", "question", "passage", "frame"]
    number: int = 0  # of the question or section
    sentence: int = 0
    passage: int = 0
    part: str = ""  # of the frame

    @classmethod
    def of(cls, written: str) -> "Place":
        """`a2.1`: first sentence of the second answer · `q2` · `s1.2.1` · `title`."""
        if match := _ANSWER.fullmatch(written):
            return cls("answer", int(match[1]) - 1, int(match[2]) - 1)
        if match := _QUESTION.fullmatch(written):
            return cls("question", int(match[1]) - 1)
        if match := _SECTION.fullmatch(written):
            return cls("passage", int(match[1]) - 1, int(match[3]) - 1, int(match[2]) - 1)
        if written in FRAME:
            return cls("frame", part=written)
        raise CannotMend("There is no such place.", "Load the page again.")

    @property
    def told(self) -> str:
        """For the history, in words."""
        if self.kind == "frame":
            return f"the {self.part}"
        if self.kind == "question":
            return f"question {self.number + 1}"
        if self.kind == "answer":
            return f"sentence {self.sentence + 1} of answer {self.number + 1}"
        return f"sentence {self.sentence + 1} of section {self.number + 1}"

    @property
    def around(self) -> str:
        """What the sentence is a part of."""
        return f"{'answer' if self.kind == 'answer' else 'section'} {self.number + 1}"


def found_at(finding: str) -> str | None:
    """The place that a finding of the receipt begins with; None: the whole article.

    >>> found_at("Answer 2, sentence 1 is spliced from several turns."), found_at("Question 3 is …")
    ('a2.1', 'q3')
    """
    for pattern, written in _FOUND:
        if match := pattern.match(finding):
            return written.format(*(part.lower() for part in match.groups()))
    return None
