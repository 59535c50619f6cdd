"""What an article is checked against, and what can be looked up in it."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.config import ComposeOptions, Style, VerifyOptions
from pipeline.model import (
    Article,
    Edited,
    Passage,
    Question,
    Section,
    Sentence,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turn,
    Turns,
    Video,
)
from pipeline.speech import spoken

WHOLE = re.compile(r"[.!?。！？।؟][\"'”’»)\]]*$")


@dataclass(frozen=True)
class Case:
    """All there is to check against, and what can be looked up in it."""

    video: Video
    transcript: Transcript
    turns: Turns
    edited: Edited
    speakers: tuple[Speaker, ...]
    topics: tuple[Topic, ...]
    article: Article
    options: VerifyOptions
    compose: ComposeOptions
    style: Style

    @cached_property
    def turn(self) -> dict[str, Turn]:
        """By id."""
        return {turn.id: turn for turn in self.turns.turns}

    @cached_property
    def owner(self) -> dict[int, Turn]:
        """Of each word."""
        return {
            place: turn
            for turn in self.turns.turns
            for place in range(turn.words[0], turn.words[1] + 1)
        }

    @cached_property
    def role(self) -> dict[str, str]:
        """Of each speaker."""
        return {speaker.id: speaker.role for speaker in self.speakers}

    @cached_property
    def sentence_at(self) -> dict[int, Sentence]:
        """By its first word."""
        return {sentence.words[0]: sentence for sentence in self.edited.sentences}

    @cached_property
    def unsure(self) -> frozenset[int]:
        """Words that were hard to hear or to attribute."""
        hard = (sentence for sentence in self.edited.sentences if sentence.doubtful)
        places = (place for s in hard for place in range(s.words[0], s.words[1] + 1))
        return frozenset(itertools.chain(self.turns.doubtful, places))

    @cached_property
    def has_full_stops(self) -> bool:
        """Whether somebody wrote where sentences end: looked for once in 30 000 words."""
        words = self.transcript.words
        return 50 * sum(1 for word in words if WHOLE.search(word.text)) >= len(words)

    @property
    def passages(self) -> Iterator[tuple[str, Section, Passage]]:
        """Every paragraph and list item, with the words to point at it."""
        for number, section in enumerate(self.article.sections, 1):
            for place, passage in enumerate(section.passages, 1):
                yield f"Section {number}, passage {place}", section, passage

    @property
    def statements(self) -> Iterator[tuple[str, Statement]]:
        """Every sentence that somebody said, with the words to point at it."""
        for number, question in enumerate(self.article.questions, 1):
            for place, statement in enumerate(question.answer, 1):
                yield f"Answer {number}, sentence {place}", statement
        for where, _, passage in self.passages:
            for place, statement in enumerate(passage.said, 1):
                yield f"{where}, sentence {place}", statement

    @property
    def asked(self) -> Iterator[tuple[str, Question]]:
        """Every question, with the words to point at it."""
        for number, question in enumerate(self.article.questions, 1):
            yield f"Question {number}", question
        for where, _, passage in self.passages:
            if passage.asked:
                yield f"The question in {where}", replace(passage.asked, answer=passage.said)

    @property
    def printed(self) -> Iterator[tuple[str, Question | Statement]]:
        """All that is printed as someone's words."""
        yield from self.asked
        yield from self.statements

    def holds(self, words: tuple[int, int]) -> bool:
        """Whether there is such a span, with every word in a turn."""
        first, last = words
        there = 0 <= first <= last < len(self.transcript.words)
        return there and all(place in self.owner for place in range(first, last + 1))

    def said(self, words: tuple[int, int]) -> str:
        """What was said there without "um" and "uh", sentence by sentence."""
        texts, place = [], words[0]
        while place <= words[1]:
            sentence = self.sentence_at.get(place)
            last = sentence.words[1] if sentence and sentence.words[1] <= words[1] else words[1]
            run = self.transcript.words[place : last + 1]
            texts.append(spoken(run, self.transcript.language))
            place = last + 1
        return " ".join(filter(None, texts))

    def spans(self, words: tuple[int, int]) -> list[Turn]:
        """The turns a span touches, in order."""
        touched = {self.owner[p].id: self.owner[p] for p in range(words[0], words[1] + 1)}
        return list(touched.values())


Found = Iterable[str]  # what is wrong, in words for the person who reviews
CLOSE = 1.0  # seconds: a link that is off by more plays something else
