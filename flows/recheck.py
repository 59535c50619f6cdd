"""`mytake verify`: an article that a person has edited, checked again from what was kept of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline import config as knobs
from pipeline import store
from pipeline.config import Config
from pipeline.engines.case import Case
from pipeline.engines.reading import read
from pipeline.errors import BrokenFolder
from pipeline.model import (
    Article,
    Check,
    Edited,
    Interview,
    Receipt,
    Speaker,
    Topic,
    Transcript,
    Turn,
    Turns,
    Video,
    Voice,
    Voices,
)
from pipeline.render import readable
from pipeline.verify import GUESSED, verify

T = TypeVar("T")

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
            if check.found and check.name in DO:
                yield f"    {DO[check.name]}"

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
        raise BrokenFolder(file, "An article is called article.md, or article-STYLE.md.")
    style = f"-{named['style']}" if named["style"] else ""
    kept = _kept(folder, f"receipt{style}.json", Receipt)
    interview = _interview(folder, f"data/article{style}.json", kept)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenFolder(file, f"{error}") from error
    now = read(text, interview)
    was = interview.article
    promised = _promised(was, kept, config)
    options = config.compose.model_copy(update={"style": was.style, **promised})
    shape = knobs.load_style(styles, was.style)

    def checked(article: Article, turns: Turns) -> tuple[Receipt, Case]:
        heard = (
            interview.video, interview.transcript, turns, interview.edited, interview.speakers,
            interview.topics, article, config.verify, options, shape,
        )  # fmt: skip
        return verify(*heard), Case(*heard)

    # What made the voices doubtful is kept in the receipt alone.
    plain, _ = checked(was, interview.turns)
    doubts = tuple(
        line for line in _found(kept, "speakers") if line not in _found(plain, "speakers")
    )
    receipt, case = checked(now.article, replace(interview.turns, doubts=doubts))
    if now.found:
        receipt = replace(
            receipt,
            status="needs_review",
            checks=(Check(EDITED, False, now.found), *receipt.checks),
            reasons=(*now.found, *receipt.reasons),
        )
    return Rechecked(file, now.article, receipt, case)


def _promised(was: Article, kept: Receipt, config: Config) -> dict[str, int]:
    """How many questions were asked for, if not as configured: --questions is kept nowhere else."""
    if not was.questions:
        return {}
    told = (re.match(r"The article has \d+ questions, not (\d+):", line) for line in kept.reasons)
    asked = next((int(found[1]) for found in told if found), len(was.questions))
    longest = max(len(question.answer) for question in was.questions)
    return {"questions": asked, "sentences": max(longest, config.compose.sentences)}


def _found(receipt: Receipt, name: str) -> tuple[str, ...]:
    return next((check.found for check in receipt.checks if check.name == name), ())


def _interview(folder: Path, article: str, receipt: Receipt) -> Interview:
    voices = _kept(folder, "data/voices.json", tuple[Voice, ...])
    return Interview(
        video=_kept(folder, "data/video.json", Video),
        audio=None,
        transcript=_kept(folder, "data/transcript.json", Transcript),
        voices=Voices("", voices),
        turns=Turns(
            _kept(folder, "data/turns.json", tuple[Turn, ...]),
            proven=GUESSED not in _found(receipt, "speakers"),
        ),
        speakers=_kept(folder, "data/speakers.json", tuple[Speaker, ...]),
        edited=_kept(folder, "data/edited.json", Edited),
        topics=_kept(folder, "data/topics.json", tuple[Topic, ...]),
        article=_kept(folder, article, Article),
        receipt=receipt,
    )


def _kept(folder: Path, name: str, kind: Any) -> Any:
    try:
        return store.load(kind, (folder / name).read_bytes())
    except FileNotFoundError as error:
        raise BrokenFolder(folder, f"{name} is missing.") from error
    except (OSError, ValidationError) as error:
        first = f"{error}".splitlines()
        raise BrokenFolder(folder, f"{name}: {' '.join(first[:3])}") from error
