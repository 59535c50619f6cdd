"""Two versions of an article -> what differs, word by word."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Article
from review.record import Version

Piece = tuple[Literal["same", "gone", "new"], str]


@dataclass(frozen=True, slots=True)
class Change:
    """A line in which something differs."""

    where: str
    pieces: tuple[Piece, ...]


def two(
    kept: Sequence[Version], asked: Mapping[str, str], shown: int | None
) -> tuple[Version | None, Version | None]:
    """The versions to compare: those asked for, else what is shown with how it was written."""
    by_number = {one.number: one for one in kept}

    def chosen(name: str, otherwise: int | None) -> Version | None:
        said = asked.get(name, "")
        number = int(said) if said.isdecimal() and len(said) < 6 else otherwise
        return by_number.get(number) if number is not None else None

    return chosen("old", kept[0].number if kept else None), chosen("new", shown)


def changes(old: Article, new: Article) -> list[Change]:
    """Every line that differs, in the order of the newer version."""
    before, after = list(_lines(old)), list(_lines(new))
    matcher = difflib.SequenceMatcher(
        None, [text for _, text in before], [text for _, text in after], autojunk=False
    )
    found = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        if kind == "replace" and b - a == d - c:
            pairs = zip(before[a:b], after[c:d], strict=True)
            found += [Change(where, tuple(_words(was, text))) for (_, was), (where, text) in pairs]
            continue
        found += [Change(where, (("gone", text),)) for where, text in before[a:b]]
        found += [Change(where, (("new", text),)) for where, text in after[c:d]]
    return found


def _lines(article: Article) -> Iterator[tuple[str, str]]:
    yield "Title", article.title
    yield "Standfirst", article.standfirst
    yield "Opener", article.opener
    for number, question in enumerate(article.questions, 1):
        yield f"Question {number}", question.text
        for said in question.answer:
            yield f"Answer {number}", _marked(said.text, said.kind)
    for number, section in enumerate(article.sections, 1):
        yield f"Section {number}", section.heading
        for passage in section.passages:
            for said in passage.said:
                yield f"Section {number}", _marked(said.text, said.kind)
    yield "Closing", article.closing


def _marked(text: str, kind: str) -> str:
    return f"“{text}”" if kind == "quote" else text


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(after[c:d])
            continue
        if a < b:
            yield "gone", "".join(before[a:b])
        if c < d:
            yield "new", "".join(after[c:d])
