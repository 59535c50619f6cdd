"""One draft as the page shows it: each sentence with its seconds, its source and what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.engines.moments import clock, in_article
from pipeline.engines.outside import web_address
from pipeline.engines.pages.article import FILLERS_BETWEEN, called
from pipeline.model import Decision, Interview, Link, Passage, Question, Speaker, Statement, Turn
from review import player, record, strip
from review.checks import Rules
from review.draft import Draft, listening_copy, styles
from review.findings import TITLES, Finding, findings
from review.record import Review
from review.theirs import Theirs, theirs


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, or a question, or a part of the frame."""

    place: str  # a2.1, q2, title
    text: str
    kind: str  # quote, paraphrase, question, frame
    label: str = ""  # what it is called, for who cannot see where it stands
    start: float | None = None
    end: float | None = None
    words: tuple[int, int] | None = None
    opens: bool = False  # a quotation begins with it
    closes: bool = False
    found: tuple[Finding, ...] = ()
    link: str | None = None  # plays it elsewhere

    @property
    def at(self) -> str:
        """The time, as players show it."""
        return clock(self.start) if self.start is not None else ""


@dataclass(frozen=True, slots=True)
class Row:
    """Sentences of one speaker, in an answer or in a passage."""

    speaker: str
    lines: tuple[Line, ...]
    lead: str = ""  # the narrator's words


@dataclass(frozen=True, slots=True)
class Block:
    """A question with its answer, or a section."""

    number: int
    heading: Line
    rows: tuple[Row, ...]
    asker: str = ""
    movable: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The article, ready to be shown."""

    draft: Draft
    stamp: str
    frame: dict[str, Line]
    blocks: tuple[Block, ...]
    about: tuple[Finding, ...]  # what is about the whole of it
    found: tuple[Finding, ...]
    review: Review
    decision: Decision | None
    by_hand: tuple[str, ...]
    theirs: Theirs | None  # article.md, where somebody edited it: that is not what is shown
    newer: bool  # a run wrote a newer version beside the mended one
    others: tuple[str, ...]  # styles
    known: Interview
    chart: strip.Chart
    audio: str | None  # the name of the kept copy

    @property
    def hard(self) -> tuple[Finding, ...]:
        """What stops it from being approved without a reason."""
        return tuple(one for one in self.found if one.hard)

    @property
    def status(self) -> str:
        """As the shelf says it."""
        if self.decision:
            return self.decision.status
        looked_at = self.found or (self.theirs and not self.theirs.holds)
        return "needs review" if looked_at else "new"

    @property
    def checks(self) -> list[tuple[str, bool]]:
        """Each check as a reader calls it, and whether it holds."""
        return [(TITLES.get(c.name, c.name), c.passed) for c in self.known.receipt.checks]

    @property
    def people(self) -> tuple[Speaker, ...]:
        """Each voice, who speaks most first."""
        return tuple(sorted(self.known.speakers, key=lambda one: -one.seconds))

    @property
    def source(self) -> str | None:
        """Where the recording is."""
        return web_address(self.known.video.url)

    @property
    def embed(self) -> str | None:
        """YouTube's player of it."""
        return player.embed(self.known.video)

    @property
    def links(self) -> tuple[Link, ...]:
        """Those of the article that lead somewhere."""
        return tuple(link for link in self.known.article.links if web_address(link.url))

    @property
    def undoable(self) -> bool:
        """Whether there is something to take back."""
        return bool(self.review.version) and record.previous(self.draft, self.review) is not None

    @property
    def redoable(self) -> bool:
        """Whether something was taken back."""
        return record.following(self.draft, self.review) is not None


def sheet(of: Draft, known: Interview, rules: Rules) -> Sheet:
    """Everything about one draft."""
    told = record.review(of)
    found = tuple(findings(known.receipt))
    by_place: dict[str, list[Finding]] = {}
    for one in found:
        by_place.setdefault(one.place or "", []).append(one)
    lines = _Lines(known, by_place)
    blocks = tuple(lines.blocks())
    frame = {part: lines.frame(part) for part in ("title", "standfirst", "opener", "closing")}
    shown = {line.place for block in blocks for row in block.rows for line in row.lines}
    shown |= {block.heading.place for block in blocks} | set(frame)
    about = tuple(one for one in found if one.place not in shown)
    return Sheet(
        of, record.stamp(of), frame, blocks, about, found, told, record.decision(of, told),
        tuple(record.by_hand(of, told)), theirs(of, told, rules), _newer(of, told),
        tuple(styles(of.folder)), known, strip.chart(known), _audio(of),
    )  # fmt: skip


def _audio(of: Draft) -> str | None:
    copy = listening_copy(of.folder)
    return copy.name if copy else None


def _newer(of: Draft, told: Review) -> bool:
    path = of.file("data/article.json")
    return bool(told.files) and path.with_name(f"{path.stem}.new.json").is_file()


class _Lines:
    """The lines of an article, in their order."""

    def __init__(self, known: Interview, found: dict[str, list[Finding]]) -> None:
        self.known, self.found = known, found
        self.moments = in_article(known.video)
        self.speaker = {turn.id: turn.speaker for turn in known.turns.turns}

    def frame(self, part: str) -> Line:
        """Title, standfirst, opener or closing."""
        text = getattr(self.known.article, part)
        return Line(part, text, "frame", part.capitalize(), found=self._found(part))

    def blocks(self) -> Iterator[Block]:
        """Questions, or sections."""
        for number, question in enumerate(self.known.article.questions, 1):
            rows = tuple(self._rows(question.answer, f"a{number}."))
            yield Block(number, self._question(number, question), rows, self._asker(question), True)
        for number, section in enumerate(self.known.article.sections, 1):
            heading = Line(f"h{number}", section.heading or section.above, "heading")
            rows = tuple(
                self._passage(passage, f"s{number}.{place}.")
                for place, passage in enumerate(section.passages, 1)
            )
            yield Block(number, heading, rows)

    def _question(self, number: int, question: Question) -> Line:
        words = question.words
        end = None
        if words and words[1] < len(self.known.transcript.words):
            end = self.known.transcript.words[words[1]].end
        place = f"q{number}"
        return Line(
            place, question.text, "question", f"Question {number}", question.start, end, words,
            found=self._found(place), link=self.moments.link(question.start),
        )  # fmt: skip

    def _asker(self, question: Question) -> str:
        ids = [self.speaker[turn] for turn in question.from_turns if turn in self.speaker]
        return called(self.known, ids[0]) if ids else "the host"

    def _rows(self, said: Sequence[Statement], before: str, lead: str = "") -> Iterator[Row]:
        lines = self._said(said, before)
        start = 0
        for place in range(1, len(said) + 1):
            if place == len(said) or said[place].speaker != said[start].speaker:
                name = called(self.known, said[start].speaker)
                yield Row(name, tuple(lines[start:place]), lead)
                start, lead = place, ""

    def _passage(self, passage: Passage, before: str) -> Row:
        lines = tuple(self._said(passage.said, before))
        return Row(called(self.known, passage.said[0].speaker), lines, passage.lead)

    def _said(self, said: Sequence[Statement], before: str) -> list[Line]:
        joined = [False, *(_goes_on(one, other) for one, other in pairwise(said)), False]
        return [
            Line(
                f"{before}{place}", one.text, one.kind, f"Sentence {place}", one.start, one.end,
                one.words, one.kind == "quote" and not joined[place - 1],
                one.kind == "quote" and not joined[place], self._found(f"{before}{place}"),
                self.moments.link(one.start),
            )
            for place, one in enumerate(said, 1)
        ]  # fmt: skip

    def _found(self, place: str) -> tuple[Finding, ...]:
        return tuple(self.found.get(place, ()))


def _goes_on(one: Statement, other: Statement) -> bool:
    """As `article.md` closes its quotation marks."""
    if "paraphrase" in (one.kind, other.kind) or one.words is None or other.words is None:
        return False
    return 1 <= other.words[0] - one.words[1] <= 1 + FILLERS_BETWEEN


# --- the transcript beside it ---


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence of the transcript."""

    id: str
    text: str
    start: float
    end: float
    words: tuple[int, int] | None
    unsure: bool
    reason: str = ""  # why it is not in the article's reading

    @property
    def at(self) -> str:
        """The time."""
        return clock(self.start)


@dataclass(frozen=True, slots=True)
class Speech:
    """One turn, with the topic that begins with it."""

    turn: Turn
    name: str
    colour: int
    sentences: tuple[Heard, ...]
    topic: str = ""

    @property
    def at(self) -> str:
        """The time."""
        return clock(self.turn.start)


def transcript(known: Interview) -> list[Speech]:
    """Who said what, sentence by sentence."""
    held: dict[str, list[Heard]] = {}
    for s in known.edited.sentences:
        held.setdefault(s.turn, []).append(Heard(s.id, s.text, s.start, s.end, s.words, s.doubtful))
    for gone in known.edited.dropped:
        held.setdefault(gone.turn, []).append(
            Heard("", gone.text, gone.start, gone.end, gone.words, False, gone.reason)
        )
    lanes = strip.chart(known).lanes
    names = {speaker.id: called(known, speaker.id) for speaker in known.speakers}
    colour = {lane.name.casefold(): lane.colour for lane in lanes}
    begins = {topic.turns[0]: topic.title for topic in known.topics}
    return [
        Speech(
            turn,
            names.get(turn.speaker, turn.speaker),
            colour.get(names.get(turn.speaker, "").casefold(), 0),
            tuple(sorted(held.get(turn.id, ()), key=lambda one: one.start)),
            begins.get(turn.id, ""),
        )
        for turn in known.turns.turns
    ]
