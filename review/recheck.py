"""`mytake verify`: an article that a person has edited, checked again from what was kept of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import config as knobs
from pipeline import store
from pipeline.config import Config
from pipeline.engines.checking.case import Case
from pipeline.engines.moments import clock
from pipeline.engines.pages.reading import read
from pipeline.errors import BrokenFolder, NoArticle
from pipeline.model import Article, Check, Interview, Question, Receipt, Statement
from pipeline.publish import EDITED_FROM
from pipeline.render import readable
from pipeline.verify import verify
from review import draft
from review.draft import Draft

NAMED = re.compile(r"article(?:-(?P<style>[^./]+?))?(?:\.new\d*)?\.md")
EDITED = "read back"  # the check of what only a person can have put there
# check -> what a person can do about what it found
DO = {
    EDITED: "Take it out, or put the time behind it at which that was said.",
    "quotes": "Give the words as they were said there, or take the quotation marks away and say "
    "who said it.",
    "attribution": "Say who said it, with the time at which it was said.",
    "questions": "Give the question as it was asked, or put the answer back under its own.",
    "numbers and names": "Check it at the linked second; write what was said there.",
    "coverage": "Bring something of it back, or its line under “What is left out”.",
    "contract": "Bring it back into the shape of its style (config/styles/), or publish it as "
    "your own, without this receipt.",
    "support": "Listen to the linked second; write what was said there.",
    "nothing lost": "The files in data/ were changed: run mytake on the recording again.",
    "language": "Say in the article that it is a translation.",
    "speakers": "Name them: mytake run … --speakers “S1=…, S2=…”.",
}


@dataclass(frozen=True)
class Rechecked:
    """An article as it stands now, with its new receipt."""

    file: Path
    article: Article
    receipt: Receipt
    case: Case

    @property
    def receipt_file(self) -> Path:
        """Where its receipt is kept."""
        style = NAMED.fullmatch(self.file.name)
        name = style["style"] if style else None
        return self.file.with_name(f"receipt-{name}.json" if name else "receipt.json")

    def lines(self) -> Iterator[str]:
        """What a person reads: each finding, the sentence, and what to do."""
        texts = dict(self.case.statements) | dict(self.case.asked)
        for check in self.receipt.checks:
            for found in check.found:
                yield f"{check.name}: {found}"
                where = next((w for w in texts if found.startswith(f"{w} ")), None)
                if where and texts[where].text not in found:
                    yield f"    “{texts[where].text}”"
                if where and check.name in ("quotes", "questions"):
                    yield from self._said(texts[where])
            if check.found and check.name in DO:
                yield f"    {DO[check.name]}"

    def _said(self, printed: Statement | Question) -> Iterator[str]:
        """What was said there, where it is something else than what is printed."""
        if printed.words and self.case.holds(printed.words):
            said = self.case.said(printed.words)
            if said != printed.text:
                yield f"    said at {clock(printed.start)}: “{said}”"

    def write(self) -> None:
        """Renew the receipt."""
        store.write_whole(self.receipt_file, readable(self.receipt).encode())


def articles(place: Path) -> list[Path]:
    """The file itself; of a folder, the article in each of its styles."""
    if place.is_file():
        return [place]
    return sorted(p for p in place.glob("article*.md") if ".new" not in p.name)


def recheck(file: Path, config: Config, styles: Path) -> Rechecked:
    """Read one article back and look into every promise of it again."""
    folder = file.parent
    named = NAMED.fullmatch(file.name)
    if named is None:
        raise NoArticle(file, "An article is called article.md, or article-STYLE.md.")
    if not (folder / "data").is_dir():
        raise NoArticle(file, "Beside it there is no data/, with what was said.")
    of = Draft(folder, named["style"] or "")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenFolder(file, f"{error}") from error
    newest = draft.interview(of)
    made_from = [newest, *_edited_from(of, newest)]
    return min((_as_edit_of(one, file, text, config, styles) for one in made_from), key=_findings)


def _edited_from(of: Draft, newest: Interview) -> Iterator[Interview]:
    """The article whose text was edited, where a run has written a newer one since."""
    name = f"{EDITED_FROM}/article.json"
    if of.file(name).is_file():
        yield replace(newest, article=draft.read(of, name, Article))


def _findings(one: Rechecked) -> int:
    return sum(len(check.found) for check in one.receipt.checks)


def _as_edit_of(
    interview: Interview, file: Path, text: str, config: Config, styles: Path
) -> Rechecked:
    """A text, read as an edited version of that interview's article."""
    now = read(text, interview)
    was = interview.article
    options = config.compose.model_copy(
        update={"style": was.style, **_promised(was, interview.receipt, config)}
    )
    heard = (
        interview.video, interview.transcript, interview.turns, interview.edited,
        interview.speakers, interview.topics, now.article, config.verify, options,
        knobs.load_style(styles, was.style),
    )  # fmt: skip
    receipt = verify(*heard)
    if now.found:
        receipt = replace(
            receipt,
            status="needs_review",
            checks=(Check(EDITED, False, now.found), *receipt.checks),
            reasons=(*now.found, *receipt.reasons),
        )
    return Rechecked(file, now.article, receipt, Case(*heard))


def _promised(was: Article, kept: Receipt, config: Config) -> dict[str, int]:
    """How many questions were asked for, if not as configured: --questions is kept nowhere else."""
    if not was.questions:
        return {}
    told = (re.match(r"The article has \d+ questions, not (\d+):", line) for line in kept.reasons)
    asked = next((int(found[1]) for found in told if found), len(was.questions))
    longest = max(len(question.answer) for question in was.questions)
    return {"questions": asked, "sentences": max(longest, config.compose.sentences)}
