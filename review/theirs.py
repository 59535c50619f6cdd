"""article.md as somebody edited it outside of the page: what it says of itself, and what holds."""

from dataclasses import dataclass

from pipeline.engines.pages import front_matter
from pipeline.engines.pages.reading import blocks
from pipeline.errors import InterviewError
from pipeline.model import Article
from review import record
from review.checks import Rules
from review.draft import Draft
from review.findings import Finding, findings
from review.recheck import EDITED, recheck
from review.record import Review

FILE = "article.md"
# Fields of the front matter that are counted or decided, not written: they follow the text.
FOLLOWING = frozenset({"draft", "status", "review", "receipt", "reading_time"})


@dataclass(frozen=True, slots=True)
class Theirs:
    """The edited file, which blogs and exports take, beside what the page shows."""

    name: str  # article.md
    shown: str  # article.new.md: where what the page shows goes
    draft: bool  # as its front matter says: blogs publish no drafts
    checks: int
    found: tuple[Finding, ...]
    unread: str = ""  # why it could not be checked

    @property
    def holds(self) -> bool:
        """Whether `mytake verify` finds nothing in it."""
        return not self.found and not self.unread

    @property
    def followed(self) -> bool:
        """Whether all of its text could be read back, so that it may be taken in."""
        return not self.unread and not any(one.check == EDITED for one in self.found)

    @property
    def told(self) -> str:
        """What its own check says."""
        if self.unread:
            return f"It cannot be checked: {self.unread}"
        if not self.found:
            return f"As it was edited, all its {self.checks} checks hold."
        things = "one thing does" if len(self.found) == 1 else f"{len(self.found)} things do"
        return f"As it was edited, {things} not hold."


def theirs(of: Draft, told: Review, rules: Rules) -> Theirs | None:
    """None where nobody edited it."""
    name = of.own(FILE)
    if not record.is_edited(of, told, name):
        return None
    shown = record.beside(of, told, name)
    try:
        receipt = recheck(of.file(FILE), rules.config, rules.styles).receipt
        draft = _front(of).get("draft") is True
    except (InterviewError, ValueError) as error:
        parts = error.parts[1:2] if isinstance(error, InterviewError) else (f"{error}.",)
        return Theirs(name, shown, False, 0, (), " ".join(parts))
    found = sorted(findings(receipt), key=_gravity)
    return Theirs(name, shown, draft, len(receipt.checks), tuple(found))


def _gravity(one: Finding) -> int:
    """What was said otherwise first; lines of a list that a run has written anew are many."""
    return 2 if not one.hard else one.check == EDITED


def _front(of: Draft) -> dict[str, object]:
    return front_matter.read(of.file(FILE).read_text(encoding="utf-8"))[0]


def read(of: Draft, rules: Rules) -> Article:
    """The article that its words make. Raises BrokenFolder."""
    return recheck(of.file(FILE), rules.config, rules.styles).article


def says_all_of(edited: str, written: str) -> bool:
    """Whether nothing that a person put into the one is missing in the other.

    >>> says_all_of("---\\ntags: [mills]\\n---\\nIt turns.", "---\\ndraft: true\\n---\\nIt turns.")
    False
    """
    try:
        (theirs, body), (ours, text) = map(front_matter.read, (edited, written))
    except ValueError:
        return False
    fields = {name: value for name, value in theirs.items() if name not in FOLLOWING}
    kept = all(name in ours and ours[name] == value for name, value in fields.items())
    return kept and blocks(body) == blocks(text)
