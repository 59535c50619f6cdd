"""What an article is checked against, and what can be looked up in it."""

import itertools
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
from pipeline.speech import normal, spoken


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
    def sentences_of(self) -> dict[str, list[Sentence]]:
        """Those worth reading, of each turn."""
        found: dict[str, list[Sentence]] = {}
        for sentence in self.edited.sentences:
            found.setdefault(sentence.turn, []).append(sentence)
        return found

    @cached_property
    def unsure(self) -> frozenset[int]:
        """Words that were hard to hear or to attribute."""
        hard = (sentence for sentence in self.edited.sentences if sentence.doubtful)
        places = (place for s in hard for place in range(s.words[0], s.words[1] + 1))
        return frozenset(itertools.chain(self.turns.doubtful, places))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words that were written without a capital somewhere: no names."""
        return frozenset(normal(w.text) for w in self.transcript.words if w.text[:1].islower())

    @cached_property
    def punctuated(self) -> bool:
        """Whether somebody wrote full stops; some captions have none."""
        ends = sum(word.text.endswith(_STOPS) for word in self.transcript.words)
        return ends * LONGEST_SENTENCE >= len(self.transcript.words)

    @cached_property
    def people(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(normal(w) for one in self.speakers for w in (one.name or "").split())

    @cached_property
    def published(self) -> str:
        """All that the publisher says of it, and the names that are known."""
        video, names = self.video, (speaker.name or "" for speaker in self.speakers)
        chapters = (chapter.title for chapter in video.chapters)
        titles = (*chapters, *(topic.title for topic in self.topics))
        texts = (video.title, video.channel or "", video.description, *titles, *names)
        return " ".join(texts)

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
    def left_out(self) -> Iterator[tuple[str, Statement]]:
        """Every sentence of the points that are named as left out, with the words to point at."""
        for number, point in enumerate(self.article.left_out_points, 1):
            for said in point.claim:
                yield f"Left-out point {number}", said

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

    def cited(self, statement: Statement) -> list[str]:
        """The text of each turn that it cites."""
        return [self.turn[cited].text for cited in statement.cites if cited in self.turn]

    def passage(self, statement: Statement) -> list[Sentence]:
        """The sentences of the cited turns that were said in its seconds."""
        return [
            sentence
            for cited in statement.cites
            for sentence in self.sentences_of.get(cited, ())
            if sentence.start < statement.end - INSIDE and statement.start + INSIDE < sentence.end
        ]

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
LONGEST_SENTENCE = 50  # words, on average; beyond that nobody wrote full stops
_STOPS = tuple(
    f"{stop}{closed}" for stop in ".!?。！？।؟" for closed in ("", '"', "”", "’", ")", "]", "»")
)
INSIDE = 0.05  # seconds by which neighbouring sentences may overlap
