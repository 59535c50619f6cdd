"""Whether sentences in other words say what they cite: scored by an engine, worded as it deserves.

A verbatim quotation needs no score. What the chosen engine could not score, embeddings do, and the
receipt says so: nothing passes unseen.
"""

from dataclasses import dataclass, replace

from pipeline.engines import base
from pipeline.engines.checking.case import Case
from pipeline.engines.checking.paraphrased import reworded
from pipeline.model import Statement

NOBODY, WEAK = "none", "embedding"
# engine -> what a low score says; others are worded as "minicheck"
SEEMS = {
    WEAK: "seems to be about something else than what it cites",
    "minicheck": "says more than what it cites, as {engine} reads it",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it."""

    scored: int = 0  # sentences
    found: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    may_pass: bool = False  # a server was down: another run asks again


def looked(case: Case) -> Looked:
    """Score every sentence in other words."""
    said = list(reworded(case))
    # The networks read English: a translation is a person's to compare, and the receipt says so.
    if not said or case.article.language or case.options.support == NOBODY:
        return Looked()
    pairs = [(one.text, _source(one, case)) for _, one in said]
    name = case.options.support
    engine = base.support(name)
    asked = engine.score(pairs, case.options)
    scores: list[tuple[float, float, str]] = []  # of each sentence: score, what is enough, by whom
    left = [place for place, score in enumerate(asked.scores) if score is None]
    weak = base.support(WEAK)
    instead = weak.score([pairs[place] for place in left], case.options).scores if left else ()
    again = dict(zip(left, instead, strict=True))
    wanted = case.options.least_support
    for place, score in enumerate(asked.scores):
        if score is None:
            scores.append((again[place] or 0.0, weak.enough, WEAK))
        else:
            scores.append((score, engine.enough if wanted is None else wanted, name))
    found = tuple(
        f"{where} {SEEMS.get(by, SEEMS['minicheck']).format(engine=by)}: “{one.text}”"
        for (where, one), (score, enough, by) in zip(said, scores, strict=True)
        if score < enough
    )
    notes = (
        f"{asked.note}: {len(left)} of {len(said)} sentences in other words were compared by "
        "embeddings alone, which is weak evidence.",
    )
    return replace(Looked(len(said), found, may_pass=asked.may_pass), notes=notes if left else ())


def _source(said: Statement, case: Case) -> str:
    """Who said what, as a document that can be read alone."""
    people = {speaker.id: speaker.called for speaker in case.speakers}
    passage = " ".join(sentence.text for sentence in case.passage(said))
    return f"{people.get(said.speaker, 'a speaker')}: {passage or ' '.join(case.cited(said))}"
