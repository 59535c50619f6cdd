"""An article that a person has edited, read back from its Markdown: what stands there now.

What was not touched is found again as it was, noun for noun. Each time in the text points at a
second; from there its words are looked up again. What points nowhere has no receipt, and is told.
"""

import difflib
import html
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import yaml

from pipeline.engines.moments import Moments, in_article
from pipeline.engines.outside import plain
from pipeline.engines.pages.article import called, to_markdown
from pipeline.model import Article, Interview, Passage, Question, Section, Statement, Turn
from pipeline.speech import ELLIPSIS, fillers, forms, spoken

LEFT_OUT = "What is left out"
_TIME = re.compile(r"\[(?:(\d+):)?(\d{1,2}):(\d\d)\](\([^()\s]*\))?")
_ASKS = re.compile(r"\*(.+) asks\*\s*" + _TIME.pattern)
_LABEL = re.compile(r"\*\*(.+?)\*\*\s+")
_NUMBERED = re.compile(r"\d+\\?\.\s+(.*)")
_OURS = (
    "*How this was made.*",
    "*Receipt:",
    "*Not proven:*",
    "*Strong points that are",
)  # how the footer's blocks begin
ALIKE = 0.4  # from which on a block is taken for an edited one, not for another


@dataclass(frozen=True, slots=True)
class Read:
    """An edited article, and what in it could not be followed to what was said."""

    article: Article
    found: tuple[str, ...]


def read(text: str, interview: Interview) -> Read:
    """What an edited article.md says now; `interview` holds the article as it was written."""
    front, body = _front_matter(text)
    return _Reader(interview, in_article(interview.video)).read(front, body)


def _front_matter(text: str) -> tuple[dict[str, object] | None, str]:
    """What stands between the rules, None where that is no YAML, and the rest."""
    found = re.match(r"---\n(.*?)\n---\s*(?:\n|$)", text.replace("\r\n", "\n"), re.DOTALL)
    if not found:
        return {}, text.replace("\r\n", "\n")
    try:
        told = yaml.safe_load(found[1])
    except yaml.YAMLError:
        told = None
    return (told if isinstance(told, dict) else None), text.replace("\r\n", "\n")[found.end() :]


# --- texts, as they are compared ---


def unescaped(raw: str) -> str:
    r"""Markdown as the text that a reader sees.

    >>> unescaped(r"1 \* 2 &lt; *3*, [see](https://x.example)")
    '1 * 2 < 3, see'
    """
    hidden = re.sub(r"\\([^A-Za-z0-9\s])", lambda mark: chr(0xE000 + ord(mark[1])), raw)
    bare = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", hidden).replace("*", "")
    shown = "".join(chr(ord(c) - 0xE000) if 0xE000 <= ord(c) < 0xE100 else c for c in bare)
    return plain(html.unescape(shown))


def _same(text: str) -> str:
    """A text without the choice of its marks: print turns double ones into single ones."""
    return re.sub("[“”„«»\"‘’']", "'", plain(text))


# --- blocks ---


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or an item of a list."""

    kind: str  # "heading", "item", "pull", "text"
    raw: str  # without the marks of its kind


def blocks(body: str) -> list[Block]:
    """The article's own, without the box for reviewers and the footer."""
    parts = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", body) if part.strip()]
    ends = next(
        (n for n, (one, after) in enumerate(itertools.pairwise(parts))
         if one.strip() == "---" and after.startswith(_OURS[0])),
        len(parts),
    )  # fmt: skip
    footer = parts[ends + 1 :]
    after = [part for part in footer if not part.startswith((*_OURS, "- "))]
    found: list[Block] = []
    for part in (*parts[:ends], *after):
        found += _blocks(part)
    return found


def _blocks(part: str) -> Iterator[Block]:
    if part.startswith("> ") and "**Needs review before it is published.**" in part:
        return
    if part.strip() == "---":
        return
    kind, lines = "text", list[str]()
    for line in part.splitlines():
        marked = re.match(r"(#{1,6}\s+|[-*+]\s+|>\s?)", line)
        if marked:
            if lines and not (kind == "pull" and marked[1][0] == ">"):
                yield Block(kind, " ".join(lines))
                lines = []
            kind = {"#": "heading", ">": "pull"}.get(marked[1][0], "item")
            lines.append(line[marked.end() :].strip())
        else:
            if kind == "heading":
                yield Block(kind, " ".join(lines))
                kind, lines = "text", []
            lines.append(line.strip())
    if lines:
        yield Block(kind, " ".join(lines))


def _paired(before: list[Block], now: list[Block]) -> list[Block | None]:
    """For each block as it is now: what it was."""
    matcher = difflib.SequenceMatcher(None, before, now, autojunk=False)
    was: list[Block | None] = [None] * len(now)
    gone: list[Block] = []
    for what, first, last, begin, end in matcher.get_opcodes():
        if what == "equal":
            was[begin:end] = before[first:last]
            continue
        left = before[first:last]
        for place in range(begin, end):
            near = [one for one in left if one.kind == now[place].kind]
            best = max(near, key=lambda one: _likeness(one, now[place]), default=None)
            if best and _likeness(best, now[place]) >= ALIKE:
                was[place] = best
                left.remove(best)
        gone += left
    for place, one in enumerate(now):  # moved as a whole
        if was[place] is None and one in gone:
            was[place] = one
            gone.remove(one)
    return was


def _likeness(one: Block, other: Block) -> float:
    words = one.raw.split(), other.raw.split()
    return difflib.SequenceMatcher(None, *words, autojunk=False).ratio()


# --- the article ---


@dataclass
class _Reader:
    interview: Interview
    moments: Moments
    found: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    sections: dict[int, Section] = field(default_factory=dict)
    here: int | None = None  # the section under whose heading we are
    used: list[Statement] = field(default_factory=list)

    @property
    def was(self) -> Article:
        return self.interview.article

    def read(self, front: dict[str, object] | None, body: str) -> Read:
        before = blocks(to_markdown(self.interview, self.moments, heading=True))
        now = blocks(body)
        texts = self._fields()
        changed: dict[str, str] = dict.fromkeys(texts, "")
        lists: dict[str, list[str]] = {"left": [], "links": []}
        zone = ""
        for block, was in zip(now, _paired(before, now), strict=True):
            name = next((n for n, text in texts.items() if was and self._is(was, text)), None)
            zone = self._zone(block) or (zone if block.kind == "item" else "")
            if name and not _TIME.search(block.raw):
                changed[name] = texts[name] if block == was else unescaped(block.raw)
            elif zone and block.kind == "item":
                lists[zone].append(block.raw)
            elif not self._zone(block) and not self._is_title(block):
                self._body(block, was)
        article = replace(
            self._dictated(changed),
            questions=tuple(self.questions),
            sections=tuple(s for _, s in sorted(self.sections.items()) if s.passages),
        )
        article = self._lists(article, before, lists)
        return Read(self._titled(article, front), tuple(self.found))

    def _dictated(self, now: dict[str, str]) -> Article:
        return replace(
            self.was,
            standfirst=now.get("standfirst", ""),
            opener=now.get("opener", ""),
            closing=now.get("closing", ""),
            opener_heading=now.get("opener_heading", ""),
            closing_heading=now.get("closing_heading", ""),
        )

    def _fields(self) -> dict[str, str]:
        """What the style dictates, and stands in a block of its own."""
        names = ("standfirst", "opener", "closing", "opener_heading", "closing_heading")
        return {name: text for name in names if (text := getattr(self.was, name))}

    def _is(self, block: Block, text: str) -> bool:
        return _same(unescaped(block.raw)) == _same(text)

    def _is_title(self, block: Block) -> bool:
        return block.kind == "heading" and self._is(block, self.was.title)

    def _zone(self, block: Block) -> str:
        """Which list a heading begins."""
        if block.kind != "heading":
            return ""
        if self._is(block, LEFT_OUT):
            return "left"
        return "links" if self._is(block, self.was.links_heading) else ""

    def _titled(self, article: Article, front: dict[str, object] | None) -> Article:
        if front is None:
            self.found.append("The front matter, between the two ---, is no YAML.")
            return article
        title, told = front.get("title"), front.get("description")
        if title is not None and _same(str(title)) != _same(self.was.title):
            article = replace(article, title=plain(str(title)))
        if told is not None and _same(str(told)) != _same(self.was.standfirst):
            # It stands in two places; both are looked at.
            article = replace(article, standfirst=f"{article.standfirst} {plain(str(told))}")
        return article

    def _lists(self, article: Article, before: list[Block], lists: dict[str, list[str]]) -> Article:
        """What is left out, and the links: line by line as printed."""
        printed: dict[str, list[str]] = {"left": [], "links": []}
        zone = ""
        for block in before:
            zone = self._zone(block) or (zone if block.kind == "item" else "")
            if zone and block.kind == "item":
                printed[zone].append(block.raw)
        for name, what in (("left", "What is left out"), ("links", "The list of links")):
            for line in lists[name]:
                if line not in printed[name]:
                    self.found.append(f"{what} has a line of yours: “{unescaped(line)}”")
        left = zip(printed["left"], self.was.left_out, strict=True)
        links = zip(printed["links"], self.was.links, strict=True)
        return replace(
            article,
            left_out=tuple(one for raw, one in left if raw in lists["left"]),
            links=tuple(one for raw, one in links if raw in lists["links"]),
        )

    # --- questions, headings, and what was said ---

    def _body(self, block: Block, was: Block | None) -> None:
        if block.kind == "heading":
            self._heading(block, was)
        elif asks := _ASKS.fullmatch(block.raw):
            self._asks(asks, block, was)
        elif _TIME.search(block.raw):
            self._said(block, was)
        elif not self._narrated(block, was):
            self.found.append(f"This has no receipt, for it points at nothing that was said: "
                              f"“{unescaped(block.raw)}”")  # fmt: skip

    def _heading(self, block: Block, was: Block | None) -> None:
        text = unescaped(_numberless(block.raw))
        if self.was.questions and not (was and self._heads_a_section(was)):
            self.here = None
            asked = self._question(unescaped(_numberless(was.raw))) if was else None
            if asked is None:
                start = self.questions[-1].start if self.questions else 0.0
                self.questions.append(Question(text, (), start, ()))
                return
            printed = asked.text if _same(asked.text) == _same(text) else text
            self.questions.append(replace(asked, text=printed, answer=()))
            return
        for number, section in enumerate(self.was.sections):
            for name in ("above", "heading"):
                if was and getattr(section, name) and self._is(was, getattr(section, name)):
                    if name == "above" and number in self.sections:
                        continue
                    made = self.sections.get(number, replace(section, passages=()))
                    same = self._is(block, getattr(section, name))
                    told = text if not same else getattr(section, name)
                    changed = (
                        replace(made, above=told)
                        if name == "above"
                        else replace(made, heading=told)
                    )
                    self.sections[number], self.here = changed, number
                    return
        self.found.append(f"A heading that the style does not have: “{text}”")

    def _heads_a_section(self, was: Block) -> bool:
        heads = (head for one in self.was.sections for head in (one.above, one.heading) if head)
        return any(self._is(was, head) for head in heads)

    def _question(self, text: str) -> Question | None:
        return next((q for q in self.was.questions if _same(q.text) == _same(text)), None)

    def _asks(self, asks: re.Match[str], block: Block, was: Block | None) -> None:
        if block == was or not self.questions:
            return
        asked, second = self.questions[-1], _second(asks.group(2, 3, 4))
        meant = was and _ASKS.fullmatch(was.raw)
        if meant and meant[1] != asks[1]:
            self.found.append(
                f"“{unescaped(asks[1])}” is said to have asked “{asked.text}”; that was "
                f"{unescaped(meant[1])}."
            )
        if int(asked.start) != second:
            self.questions[-1] = replace(asked, start=second + 0.5)

    def _narrated(self, block: Block, was: Block | None) -> bool:
        """Whether it is what leads to a list."""
        for number, section in enumerate(self.was.sections):
            if was and section.list_lead and self._is(was, section.list_lead):
                at = number if self.here is None else self.here
                made = self.sections.get(at, replace(self.was.sections[at], passages=()))
                lead = section.list_lead if block == was else unescaped(block.raw)
                self.sections[at] = replace(made, list_lead=lead)
                return True
        return False

    def _said(self, block: Block, was: Block | None) -> None:
        home = self._home(was)
        label = _LABEL.match(block.raw)
        raw = block.raw[label.end() :] if label else block.raw
        if label and unescaped(label[1]) != self.was.answer_label:
            self.found.append(f"An answer is labelled “{unescaped(label[1])}”.")
        lead, said = self._statements(raw, home[2] if home else None)
        self._credit(block, was, said)
        if self.was.questions and self.here is None:
            if self.questions:
                asked = self.questions[-1]
                self.questions[-1] = replace(asked, answer=(*asked.answer, *said))
            return
        number = self._section(block, home)
        passage = (
            home[2] if home else Passage("item" if block.kind == "item" else "paragraph", "", ())
        )
        asked_in_lead = passage.asked if lead == passage.lead else None
        made = self.sections.get(number, replace(self.was.sections[number], passages=()))
        told = replace(passage, said=tuple(said), lead=lead, asked=asked_in_lead)
        self.sections[number] = replace(made, passages=(*made.passages, told))

    def _section(self, block: Block, home: tuple[int, int, Passage] | None) -> int:
        if home and (block.kind == "pull" or self.here is None):
            return home[0]
        headed = self.here is not None and (home is None or self.was.sections[home[0]].heading)
        if headed and self.here is not None:
            return self.here
        return home[0] if home else 0

    def _home(self, was: Block | None) -> tuple[int, int, Passage] | None:
        """The passage that a block was."""
        seconds = [_second(time.group(1, 2, 3)) for time in _TIME.finditer(was.raw)] if was else []
        shown = _same(unescaped(was.raw)) if was else ""
        for number, section in enumerate(self.was.sections):
            for place, passage in enumerate(section.passages):
                if [int(one.start) for one in passage.said] == seconds and all(
                    _same(one.text) in shown for one in passage.said
                ):
                    return number, place, passage
        return None

    def _credit(self, block: Block, was: Block | None, said: list[Statement]) -> None:
        """The name after a paragraph is that of who said it."""
        _, name = _tail(block.raw)
        speakers = {one.speaker for one in said}
        right = {called(self.interview, speaker) for speaker in speakers}
        if name is None and was and _tail(was.raw)[1] and said:
            self.found.append(f"It is not said whose words these are: “{said[0].text}”")
        elif name is not None and said and {plain(one) for one in right} != {name}:
            self.found.append(f"“{said[0].text}” is credited to {name}, and is by {min(right)}.")

    def _statements(self, raw: str, passage: Passage | None) -> tuple[str, list[Statement]]:
        """The sentences of a paragraph, each with its second, and what leads to them."""
        lead, said, inside, after = "", list[Statement](), False, 0
        times = list(_TIME.finditer(raw))
        for number, time in enumerate(times):
            text = raw[after : time.start()].strip()
            if not inside:  # between two quotations
                text = text.removeprefix(ELLIPSIS).lstrip()
            after = time.end()
            second = _second(time.group(1, 2, 3))
            if number == 0 and passage and passage.lead:
                lead, text = self._lead(text, passage)
            if not inside and not text.startswith(("“", '"')):
                head, text = _outside(text)
                if head:
                    self._unproven(head)
            quoted = inside or text.startswith(("“", '"'))
            closes = quoted and text.endswith(("”", '"'))
            inside = quoted and not closes
            core = text.strip('“”"').strip() if quoted else text
            link = self.moments.markdown(second + 0.5)
            if time[0] != link:
                self.found.append(f"A time leads elsewhere than {link}: {time[0]}")
            if core:
                said += self._statement(core, second, quoted=quoted)
        rest, _ = _tail(raw)
        if rest:
            self._unproven(rest)
        if inside:
            self.found.append(f"A quotation is not closed: “{unescaped(core)}")
        return lead, said

    def _unproven(self, raw: str) -> None:
        self.found.append(f"This has no receipt, for no time stands behind it: “{unescaped(raw)}”")

    def _lead(self, raw: str, passage: Passage) -> tuple[str, str]:
        """What the narrator says before the first sentence, and that sentence."""
        wanted = _same(passage.lead)
        for place in range(len(raw) + 1):
            if _same(unescaped(raw[:place])) == wanted and raw[place : place + 1] in (" ", ""):
                return passage.lead, raw[place:].strip()
        first = _same(passage.said[0].text)
        for place in range(len(raw)):
            if _same(unescaped(raw[place:]).strip('“”"')) == first:
                return unescaped(raw[:place]), raw[place:]
        head, rest = _outside(raw)
        return unescaped(head), rest

    def _statement(self, core: str, second: int, *, quoted: bool) -> list[Statement]:
        """What one time stands behind: a sentence as it was, or as it is now."""
        text = unescaped(core)
        at = [s for s in self.was.statements if int(s.start) == second and s not in self.used]
        for one in at:
            if _same(one.text) == _same(text) and (one.kind == "quote") == quoted:
                self.used.append(one)
                return [one]
        for one in at:
            if not quoted and one.kind == "paraphrase" and _same(text).endswith(_same(one.text)):
                self.used.append(one)
                self._unproven(core[: len(core) - len(one.text)])
                return [one]
        was = at[0] if at else None
        if was:
            self.used.append(was)
        return [self._quote(text, second, was) if quoted else self._told(text, second, was)]

    def _told(self, text: str, second: int, was: Statement | None) -> Statement:
        """In other words than before: it rests on what stands at its second."""
        if was:
            return replace(was, text=text, kind="paraphrase", words=None)
        near = [s for s in self.interview.edited.sentences if int(s.start) == second]
        if near:
            one = near[0]
            return Statement(text, "paraphrase", one.speaker, (one.turn,), one.start, one.end)
        turn = self._turn(second)
        speaker, cites = (turn.speaker, (turn.id,)) if turn else ("", ())
        return Statement(text, "paraphrase", speaker, cites, second, second)

    def _quote(self, text: str, second: int, was: Statement | None) -> Statement:
        """The place of the words, if they were said in the turn that they point at."""
        turn = self._turn(second, was)
        words = self._place(text, turn) if turn else None
        if turn is None or words is None:
            if was:
                return replace(was, text=text, kind="quote")
            speaker, cites = (turn.speaker, (turn.id,)) if turn else ("", ())
            return Statement(text, "quote", speaker, cites, second, second)
        run = self.interview.transcript.words[words[0] : words[1] + 1]
        said = spoken(run, self.interview.transcript.language)
        start = run[0].start if int(run[0].start) == second else second + 0.5
        printed = said if _same(said) == _same(text) else text
        return Statement(printed, "quote", turn.speaker, (turn.id,), start, run[-1].end, words)

    def _turn(self, second: int, was: Statement | None = None) -> Turn | None:
        turns = self.interview.turns.turns
        if was:
            return next((turn for turn in turns if turn.id in was.cites), None)
        return next((turn for turn in turns if int(turn.start) <= second <= turn.end), None)

    def _place(self, text: str, turn: Turn) -> tuple[int, int] | None:
        """Where a turn says these words, in pieces where an ellipsis is marked."""
        transcript, silent = self.interview.transcript, fillers(self.interview.transcript.language)
        said: list[tuple[str, int]] = []
        for place in range(turn.words[0], turn.words[1] + 1):
            said += [(f, place) for f in forms([transcript.words[place].text]) if f not in silent]
        ends: list[tuple[int, int]] = []
        after = 0
        for piece in text.split(ELLIPSIS):
            wanted = forms(piece.split())
            at = _find([form for form, _ in said], wanted, after)
            if at is None:
                return None
            after = at + len(wanted)
            ends.append((said[at][1], said[after - 1][1]))
        return ends[0][0], ends[-1][1]


def _find(words: list[str], run: list[str], after: int) -> int | None:
    places: Iterable[int] = range(after, len(words) - len(run) + 1) if run else ()
    return next((place for place in places if words[place : place + len(run)] == run), None)


def _numberless(raw: str) -> str:
    numbered = _NUMBERED.match(raw)
    return numbered[1] if numbered else raw


def _second(clock: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in clock[:3])
    return 3600 * hours + 60 * minutes + seconds


def _tail(raw: str) -> tuple[str, str | None]:
    """What stands after the last time of a paragraph, and the name after that."""
    *_, last = _TIME.finditer(raw)
    rest = raw[last.end() :].strip()
    if rest.startswith("— "):
        return "", unescaped(rest[2:])
    told, dash, name = rest.rpartition(" — ")
    return (told.strip(), unescaped(name)) if dash else (rest, None)


def _outside(text: str) -> tuple[str, str]:
    """What stands before a quotation that goes to the end, or on; and the quotation."""
    head, mark, rest = text.partition("“")
    whole = mark and ("”" not in rest or rest.index("”") == len(rest) - 1)
    return (head.strip(), mark + rest) if whole else ("", text)
