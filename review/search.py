"""What is in output/, as a table that can be filtered and searched: made from the files, at will.

One SQLite file below output/.work/review/. It holds nothing that the files do not: delete it, and
it is made again. A folder is read anew when one of its files changed.
"""

import json
import os
import re
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InterviewError
from pipeline.model import Decision, Interview
from review import record, strip
from review.checks import Rules
from review.draft import Draft, drafts, interview, styles
from review.theirs import Theirs, theirs

SHAPE = 6  # raised when the tables change: the file is then made anew
WATCHED = (
    "article.md",
    "receipt.json",
    "review.json",
    "data/article.json",
    "data/video.json",
    "data/edited.json",
)
MOST_HITS = 60
MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")  # as the table cuts them

_TABLES = """
create table drafts (
  name text primary key, signature text, title text, channel text, published text, duration real,
  people text, status text, found integer, reasons text, strip text, broken text, changed real,
  styles text, aside text, number integer
);
create virtual table said using fts5(
  article, transcript, number unindexed, who unindexed, start unindexed,
  tokenize = 'unicode61 remove_diacritics 2'
);
create index by_number on drafts (number);
create table numbers (name text primary key, number integer, first integer, last integer);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One draft, as the shelf shows it."""

    name: str
    title: str
    channel: str
    published: str
    duration: float
    people: str
    status: str  # new, needs review, approved, rejected, published, broken
    found: int
    strip: str
    broken: str
    changed: float
    aside: str  # of an article.md that somebody edited: what its own checks say
    reasons: tuple[str, ...]
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence in which the words were found."""

    name: str
    title: str
    kind: str  # article, transcript
    who: str
    start: float
    text: str  # \x02 and \x03 around what was found


class Index:
    """The table. Safe to use from several threads."""

    def __init__(self, output: Path, place: Path, rules: Rules) -> None:
        self.output, self.file, self.rules = output, place / f"index-{SHAPE}.sqlite", rules
        self._lock = threading.Lock()
        self.reading = ""  # "312 of 1000" while it is made
        self._entries: list[Entry] | None = None  # None: something changed since they were read
        self._changes = 0  # how often
        self._keeping = threading.Lock()
        self._looked = 0.0
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("index-*.sqlite*"):
            if not old.name.startswith(self.file.name):
                old.unlink(missing_ok=True)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.file, timeout=20)) as base:
            base.execute("pragma journal_mode = wal")
            base.execute("pragma synchronous = off")  # a lost table is made again
            if not base.execute("select 1 from sqlite_master where name = 'numbers'").fetchone():
                base.executescript(_TABLES)
            yield base

    # --- making it ---

    def refresh(self, at_most_every: float = 0.0) -> None:
        """Read what changed since; forget what is gone. A broken index is thrown away first."""
        with self._lock:
            if time.monotonic() - self._looked < at_most_every:
                return
            self._looked = time.monotonic()
            try:
                self._refresh()
            except sqlite3.DatabaseError:
                for path in self.file.parent.glob(f"{self.file.name}*"):
                    path.unlink(missing_ok=True)
                self._refresh()

    def _refresh(self) -> None:
        with self._open() as base:
            known = dict(base.execute("select name, signature from drafts"))
            there = {one.name: _signature(str(one.folder)) for one in drafts(self.output)}
            changed = [name for name, mark in there.items() if known.get(name) != mark]
            try:
                for place, name in enumerate(changed, 1):
                    if len(changed) > 20:
                        self.reading = f"{place} of {len(changed)}"
                    _forget(base, name)
                    _add(base, Draft(self.output / name), there[name], self.rules)
                    if place % 50 == 0:
                        base.commit()
                        self._changed()
                for name in known.keys() - there.keys():
                    _forget(base, name)
                base.commit()
                if changed or known.keys() - there.keys():
                    self._changed()
            finally:
                self.reading = ""

    def _changed(self) -> None:
        with self._keeping:
            self._changes += 1
            self._entries = None

    # --- asking it ---

    def entries(self) -> list[Entry]:
        """Every draft, the newest first."""
        with self._keeping:
            kept, changes = self._entries, self._changes
        if kept is not None:
            return kept
        with self._open() as base:
            rows = base.execute(
                "select name, title, channel, published, duration, people, status, found, "
                "strip, broken, changed, aside, reasons, styles from drafts "
                "order by published desc, changed desc, name"
            ).fetchall()
        found = [_entry(row) for row in rows]
        with self._keeping:
            if changes == self._changes:  # else they changed while they were read
                self._entries = found
        return found

    def search(self, words: str) -> list[Hit]:
        """Sentences with all these words, the last of which may be unfinished; articles' first."""
        asked = query(words)
        if not asked:
            return []
        hits: list[Hit] = []
        with self._open() as base:
            for kind in ("article", "transcript"):
                # Weighing each hit would read all of them, and "the" stands a million times here.
                rows = base.execute(
                    f"select number, who, start, {kind} from said where said match ? "  # noqa: S608
                    "order by rowid desc limit ?",
                    (f"{kind} : ({asked})", MOST_HITS),
                )
                for number, who, start, text in rows.fetchall():
                    name, title = base.execute(_TITLE, (number,)).fetchone()
                    hits.append(Hit(name, title, kind, who, start, marked(text, words)))
        return hits


_TITLE = "select name, title from drafts where number = ?"


def _entry(row: tuple[Any, ...]) -> Entry:
    *plain, reasons, others = row
    read = (tuple(json.loads(text)) for text in (reasons, others))
    return Entry(*(*plain, *read))


def query(words: str) -> str:
    """What the user typed, for FTS5: words only, no syntax of its own.

    >>> query('tide "mill* OR x')
    '"tide" "mill" "OR" "x"*'
    """
    found = _WORD.findall(words[:200])[:MOST_WORDS]
    return " ".join(f'"{word}"' for word in found) + "*" if found else ""


def marked(text: str, words: str) -> str:
    """The text with a mark before and after each word that was looked for.

    >>> marked("Café in Vik", "cafe vi").replace(chr(2), "<").replace(chr(3), ">")
    '<Café> in <Vik>'
    """
    *whole, begun = [_folded(word) for word in _WORD.findall(words)[:MOST_WORDS]] or [""]

    def mark(found: re.Match[str]) -> str:
        word = _folded(found[0])
        meant = word in whole or (begun and word.startswith(begun))
        return f"\x02{found[0]}\x03" if meant else found[0]

    return _WORD.sub(mark, text)


def _folded(word: str) -> str:
    """Without capitals and accents, as the table compares words."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _signature(folder: str) -> str:
    marks = []
    for name in WATCHED:
        try:
            state = os.stat(f"{folder}/{name}")  # noqa: PTH116 - five thousand times a look
            marks.append(f"{state.st_mtime_ns}.{state.st_size}")
        except OSError:
            marks.append("-")
    return " ".join(marks)


def _forget(base: sqlite3.Connection, name: str) -> None:
    row = base.execute("select first, last from numbers where name = ?", (name,)).fetchone()
    if row and row[0] is not None:
        base.execute("delete from said where rowid between ? and ?", row)
    base.execute("delete from numbers where name = ?", (name,))
    base.execute("delete from drafts where name = ?", (name,))


def _add(base: sqlite3.Connection, one: Draft, signature: str, rules: Rules) -> None:
    changed = one.folder.stat().st_mtime
    try:
        known = interview(one)
        told = record.review(one)
        edited = theirs(one, told, rules)
        status, found, reasons = standing(record.decision(one, told), known, edited)
    except (InterviewError, ValueError) as error:
        why = " ".join(error.parts[:2]) if isinstance(error, InterviewError) else str(error)
        base.execute(
            "insert into drafts values "
            "(?, ?, ?, '', '', 0, '', 'broken', 0, '[]', '', ?, ?, '[]', '', 0)",
            (one.name, signature, one.name, why[:500], changed),
        )
        return
    people = " with ".join(
        speaker.name
        for role in ("guest", "host")
        for speaker in known.speakers
        if speaker.role == role and speaker.name
    )
    number = base.execute("select coalesce(max(number), 0) + 1 from numbers").fetchone()[0]
    base.execute(
        "insert into drafts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?)",
        (
            one.name, signature, known.article.title, known.video.channel or "",
            (known.video.published or "")[:10], strip.lasts(known), people, status, found,
            json.dumps(reasons[:3]), strip.draw(known), changed, json.dumps(styles(one.folder)),
            f"{edited.name} was edited by hand. {edited.told}" if edited else "", number,
        ),
    )  # fmt: skip
    first = base.execute("select coalesce(max(rowid), 0) + 1 from said").fetchone()[0]
    base.executemany("insert into said values (?, ?, ?, ?, ?)", _rows(known, number))
    last = base.execute("select coalesce(max(rowid), 0) from said").fetchone()[0]
    base.execute("insert into numbers values (?, ?, ?, ?)", (one.name, number, first, last))


def _rows(known: Interview, number: int) -> Iterator[tuple[str, str, int, str, float]]:
    called = {speaker.id: speaker.called for speaker in known.speakers}
    article = known.article
    yield article.title, "", number, "", 0.0
    for question in article.questions:
        yield question.text, "", number, "", question.start
    for said in article.statements:
        yield said.text, "", number, called.get(said.speaker, ""), said.start
    for sentence in known.edited.sentences:
        yield "", sentence.text, number, called.get(sentence.speaker, ""), sentence.start
    for gone in known.edited.dropped:
        yield "", gone.text, number, "", gone.start


def standing(
    decision: Decision | None, known: Interview, edited: Theirs | None
) -> tuple[str, int, list[str]]:
    """Where it stands, how much was found, and the first of that."""
    found = list(known.receipt.reasons)
    if decision:
        return decision.status, len(found), found
    look = found or (edited and not edited.holds)
    return ("needs review" if look else "new"), len(found), found
