"""A change to a draft, from the stamp that a tab saw to the files on the disk."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from pipeline.engines.outside import plain
from pipeline.errors import CannotMend, ChangedMeanwhile, NeedsReason
from pipeline.model import Article, Decision, Interview, Question, Receipt, Statement
from review import anchor, checks, mend, record, theirs
from review.checks import Rules
from review.draft import Draft, facts, interview, read
from review.findings import findings
from review.mend import Fields
from review.place import FRAME
from review.record import Review

LONGEST_REASON = 1000


def opened(of: Draft, rules: Rules) -> Interview:
    """The draft as it is; what a kill left to be written is written first."""
    if record.review(of).pending:
        with record.alone(of):
            told = record.review(of)
            if told.pending and told.version is not None:
                article = record.version(of, told.version).article
                known = _checked(of, told, article, rules)
                record.settle(of, checks.files(of, known, rules, told.decision))
    return _as_it_is(of, rules)


def _as_it_is(of: Draft, rules: Rules) -> Interview:
    """As on the disk; once mended, with a receipt of today: a run may have changed the facts."""
    known, told = interview(of), record.review(of)
    # `mytake verify --write` has put the receipt of an edited article.md there.
    others = record.is_edited(of, told, of.own("receipt.json"))
    if told.version is None and not others:
        return known
    return _checked(of, told, known.article, rules)


def _checked(of: Draft, told: Review, article: Article, rules: Rules) -> Interview:
    known = replace(facts(of.folder), receipt=read(of, "receipt.json", Receipt))
    mended = told.version is not None
    written = record.version(of, _written(of, told)).article if mended else article
    return replace(known, article=article, receipt=checks.receipt(known, article, written, rules))


def _written(of: Draft, told: Review) -> int:
    """The newest version that a run wrote."""
    return max(one.number for one in record.versions(of, told) if one.by == "mytake")


def change(of: Draft, seen: str, way: str, where: str, fields: Fields, rules: Rules) -> Interview:
    """Mend one thing and save it. Raises ChangedMeanwhile where a tab saw something older."""
    with record.alone(of):
        record.unchanged(of, seen)
        known = interview(of)
        article, what = mend.mended(known, way, where, fields)
        article = checks.tidied(known, article, known.article)
        if article == known.article:
            return known
        told = record.begun(of, record.review(of), known.article)
        return _kept(of, told, article, what, rules)


def answered(
    of: Draft,
    asked: Question,
    answer: tuple[Statement, ...],
    what: str,
    rules: Rules,
    writer: str = "",
) -> Interview:
    """Put another answer under a question, wherever that stands by now.

    Raises ChangedMeanwhile where it is not as it was when it was asked.
    """
    with record.alone(of):
        known = interview(of)
        if asked not in known.article.questions:
            raise ChangedMeanwhile(of.name)
        questions = tuple(
            replace(one, answer=answer) if one == asked else one for one in known.article.questions
        )
        article = replace(known.article, questions=questions, writer=writer or known.article.writer)
        article = checks.tidied(known, article, known.article)
        told = record.begun(of, record.review(of), known.article)
        return _kept(of, told, article, what, rules)


def _kept(
    of: Draft, told: Review, article: Article, what: str, rules: Rules, over: Collection[str] = ()
) -> Interview:
    told = record.keep(of, told, article, what)
    known = _checked(of, told, article, rules)
    told = record.with_event(_undecided(told), what)
    record.commit(of, told, checks.files(of, known, rules), over)
    return known


def _undecided(told: Review) -> Review:
    """What was decided was decided of another version."""
    return replace(told, decision=None)


def step(of: Draft, seen: str, way: str, rules: Rules) -> Interview:
    """Undo, or do again what was undone."""
    with record.alone(of):
        record.unchanged(of, seen)
        told = record.review(of)
        other = (record.previous if way == "undo" else record.following)(of, told)
        if other is None:
            raise CannotMend("There is nothing to take back.", "")
        what = "took back: " if way == "undo" else "did again: "
        named = record.version(of, told.version or 0) if way == "undo" else other
        return _shown(of, told, other.number, what + named.what, rules)


def restore(of: Draft, seen: str, number: int, rules: Rules) -> Interview:
    """Make an older version the newest again."""
    with record.alone(of):
        record.unchanged(of, seen)
        told = record.review(of)
        if not any(one.number == number for one in record.versions(of, told)):
            raise CannotMend("There is no such version.", "Load the page again.")
        old = record.version(of, number).article
        return _kept(of, told, old, f"went back to version {number}", rules)


def _shown(of: Draft, told: Review, number: int, what: str, rules: Rules) -> Interview:
    article = record.version(of, number).article
    known = _checked(of, told, article, rules)
    told = record.with_event(_undecided(replace(told, version=number)), what)
    record.commit(of, told, checks.files(of, known, rules))
    return known


def decide(of: Draft, seen: str, status: str, reason: str, rules: Rules) -> Interview:
    """Approve, reject, mark as published, or take that back. Raises NeedsReason."""
    reason = plain(reason)[:LONGEST_REASON]
    with record.alone(of):
        record.unchanged(of, seen)
        known = _as_it_is(of, rules)
        hard = tuple(one.text for one in findings(known.receipt) if one.hard)
        if status in ("approved", "published") and hard and not _answered(of, reason):
            raise NeedsReason("; ".join(hard))
        if status == "rejected" and not reason:
            raise CannotMend("A rejection needs a reason.", "Say what is wrong with it.")
        if status not in ("approved", "rejected", "published", "open"):
            raise CannotMend("There is no such decision.", "Load the page again.")
        told = record.begun(of, record.review(of), known.article)
        made = None if status == "open" else _decision(of, status, reason, hard, told)
        texts = checks.files(of, known, rules, made)
        if made:
            made = replace(made, article=record.sha(texts["data/article.json"]))
        what = "took the decision back" if made is None else status
        told = record.with_event(replace(told, decision=made), what, reason)
        record.commit(of, told, texts)
        return known


def _answered(of: Draft, reason: str) -> bool:
    """Whether somebody said why it is right all the same; for publishing, when approving."""
    before = record.decision(of, record.review(of))
    return bool(reason) or bool(before and before.status == "approved" and before.reason)


def _decision(of: Draft, status: str, reason: str, hard: tuple[str, ...], told: Review) -> Decision:
    before = record.decision(of, told)
    reason = reason or (before.reason if before and status == "published" else "")
    return Decision(status, record.now(), reason, hard if status != "rejected" else ())  # type: ignore[arg-type]


def note(of: Draft, what: str, reason: str = "") -> None:
    """Write down what was done with it elsewhere."""
    with record.alone(of):
        record.save(of, record.with_event(record.review(of), what, reason))


# --- an article.md that somebody edited outside of the page ---

# What takes its place; `mytake verify --write` renews the receipt of what was edited.
REPLACED = ("article.md", "receipt.json")


def put_back(of: Draft, seen: str, rules: Rules) -> Interview:
    """Write what the page shows as article.md again; what was edited is kept among the versions."""
    with record.alone(of):
        told = _edited(of, seen)
        known = _as_it_is(of, rules)
        decision, stale = record.decision(of, told), _stale(of, told)
        told = record.begun(of, told, known.article)
        told = record.with_event(told, _set_aside(of, "put what this page shows into"))
        over = [of.own(name) for name in REPLACED]
        record.commit(of, told, checks.files(of, known, rules, decision), over)
        _forget(stale)
        return known


def take_over(of: Draft, seen: str, rules: Rules) -> Interview:
    """Make the edited article.md the article of the page, with what its own checks find.

    Refused where something of it would be lost, as a paragraph of a person's own.
    """
    with record.alone(of):
        told = _edited(of, seen)
        name, stale = of.own("article.md"), _stale(of, told)
        article = theirs.read(of, rules)
        told = record.begun(of, told, interview(of).article)
        made = checks.files(of, _checked(of, told, article, rules), rules)["article.md"]
        if not theirs.says_all_of(of.file("article.md").read_text(encoding="utf-8"), made):
            raise CannotMend(
                f"Not all that was edited in {name} can be taken in here. It stays as it is.",
                "Make those changes here, or go by what its own checks say.",
            )
        what = _set_aside(of, "took in what was edited in")
        taken = _kept(of, told, article, what, rules, [of.own(name) for name in REPLACED])
        _forget(stale)
        return taken


def _edited(of: Draft, seen: str) -> Review:
    """What was done so far. Raises CannotMend where article.md is not edited any more."""
    record.unchanged(of, seen)
    told = record.review(of)
    if not record.is_edited(of, told, of.own("article.md")):
        raise CannotMend("The file is as this page wrote it.", "Load the page again.")
    return told


def _set_aside(of: Draft, what: str) -> str:
    name = of.own("article.md")
    return f"{what} {name}; as it was edited it is kept as {record.set_aside(of, name)}"


def _stale(of: Draft, told: Review) -> list[Path]:
    """Ours beside them, which are not needed once ours are in their places."""
    if newer(of, "data/article.json").exists():  # a run's, to be brought together
        return []
    beside = {of.own(name): newer(of, name) for name in REPLACED}
    return [path for own, path in beside.items() if record.is_ours(of, told, own, path)]


def _forget(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


# --- a newer version, written by a run ---


def take_in(of: Draft, seen: str | None, rules: Rules) -> Interview:
    """Bring together what a person mended and what a run wrote anew since.

    What the person did not touch becomes the run's, what they touched stays theirs; each sentence
    is found again in the transcript, which may be another one now.
    """
    with record.alone(of):
        if seen is not None:
            record.unchanged(of, seen)
        beside = newer(of, "data/article.json")
        if not beside.is_file():
            raise CannotMend("There is no newer version any more.", "Load the page again.")
        anew = read(of, "data/article.new.json", Article)
        told = record.begun(of, record.review(of), read(of, "data/article.json", Article))
        base = record.version(of, _written(of, told)).article
        known = facts(of.folder)
        mine = record.version(of, told.version or 0).article
        told = record.keep(of, told, anew, "written anew by a run", by="mytake")
        article = checks.tidied(known, merged(known, base, mine, anew), anew)
        made = _kept(of, told, article, "kept the mends in what a run wrote anew", rules)
        edited = record.by_hand(of, record.review(of))
        for name in (*record.OWN, "timeline.svg"):
            if of.own(name) not in edited:
                newer(of, name).unlink(missing_ok=True)
        return made


def newer(of: Draft, name: str) -> Path:
    """Where a run puts its version of a file that is a person's: article.new.md."""
    path = of.file(name)
    return path.with_name(f"{path.stem}.new{path.suffix}")


def merged(known: Interview, base: Article, mine: Article, theirs: Article) -> Article:
    """Field by field: mine where I changed it since `base`, else theirs."""
    parts = (*FRAME, "questions", "sections")
    chosen = {
        part: getattr(mine if getattr(mine, part) != getattr(base, part) else theirs, part)
        for part in parts
    }
    return _found_again(known, replace(theirs, **chosen))


def _found_again(known: Interview, article: Article) -> Article:
    """The article with its questions and quotations where they are in the transcript as it is."""

    def quoted(one: Statement) -> Statement:
        words = anchor.find(known, one.text, one.start) if one.kind == "quote" else None
        return anchor.placed(known, one, words) if words else one

    def asked(question: Question) -> Question:
        words = anchor.find(known, question.text, question.start)
        return anchor.asked_at(known, question, words) if words else question

    return _each(article, quoted, asked)


def _each(
    article: Article,
    statement: Callable[[Statement], Statement],
    question: Callable[[Question], Question],
) -> Article:
    """The article with each of its statements and questions changed."""
    questions = tuple(
        replace(question(one), answer=tuple(map(statement, one.answer)))
        for one in article.questions
    )
    sections = tuple(
        replace(
            section,
            passages=tuple(
                replace(passage, said=tuple(map(statement, passage.said)))
                for passage in section.passages
            ),
        )
        for section in article.sections
    )
    return replace(article, questions=questions, sections=sections)


def respell(of: Draft, heard: str, right: str, rules: Rules) -> None:
    """Spell a name otherwise in what a person mended, as a run spells it in all the rest."""
    name = re.compile(rf"(?<!\w){re.escape(heard)}(?!\w)")

    def spelled(text: str) -> str:
        return name.sub(lambda _: right, text)

    with record.alone(of):
        told = record.review(of)
        if told.version is None:
            return
        old = read(of, "data/article.json", Article)
        frame = {part: spelled(getattr(old, part)) for part in FRAME}
        article = _each(
            replace(old, **frame),  # type: ignore[arg-type]
            lambda one: replace(one, text=spelled(one.text)),
            lambda one: replace(one, text=spelled(one.text)),
        )
        known = facts(of.folder)
        article = checks.tidied(known, _found_again(known, article), old)
        if article != old:
            _kept(of, told, article, f"spelled “{heard}” as “{right}”", rules)
