"""A model's reply -> statements that hold: who said them, what bears them, what is quoted.

Nothing is printed that its passage does not bear. Names, verbs and quotations are put in by code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from pipeline.engines.checking import rewording
from pipeline.engines.language_models import llm, prompts
from pipeline.engines.language_models.tasks import Desk, Task, words
from pipeline.engines.words import word_list, wording
from pipeline.engines.writing import framing
from pipeline.engines.writing.sections import FIGURE, surname
from pipeline.model import Sentence, Speaker, Statement
from pipeline.speech import normal


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a clause, or a whole reply, cannot be printed."""

    why: str
    clause: str = ""

    @property
    def told(self) -> str:
        """In words for the model."""
        told = f"clause “{self.clause[:80]}”: {self.why}" if self.clause else self.why
        return told[:180]


def unproven(faults: Sequence[Fault]) -> str:
    """In words for the receipt; nothing that a model wrote gets there."""
    whys = dict.fromkeys(re.sub("“.*”", "a word", fault.why) for fault in faults)
    return f"what it wrote is not proven by what was said ({'; '.join([*whys][:3])})"


def statements(
    task: Task, reply: llm.Reply, desk: Desk
) -> tuple[tuple[Statement, ...], list[Fault]]:
    """The statements that hold, none if they make no answer; and what was wrong with the others."""
    if not isinstance(reply.value, prompts.Reworded):
        return (), [Fault(reply.fault or "it was not in the form that was asked for")]
    taken: dict[int, tuple[str, str]] = {}  # place of the passage -> verb and clause
    faults: list[Fault] = []
    for point in reply.value.points[: task.points]:
        place, clause, wrong = _borne(
            _bare(point.clause, desk.speakers), point.passage - 1, task, desk
        )
        if wrong:
            faults += [Fault(why, clause) for why in wrong[:2]]
        elif place in taken:
            faults.append(Fault(f"two clauses say what passage {place + 1} says"))
        else:
            taken[place] = (point.verb, clause)
    if not taken:
        return (), faults or [Fault("it has no points")]
    made = _made(taken, _quoted(reply.value.quote - 1, taken, task), task, desk)
    broken = _breaks_contract(made, task, desk)
    return ((), [*faults, Fault(broken)]) if broken else (made, faults)


def _breaks_contract(made: Sequence[Statement], task: Task, desk: Desk) -> str:
    """Which promise of the style it would break; "" if none."""
    count, style = words(made), desk.style
    if len(made) < task.fewest:
        return "too few of its clauses hold"
    if not style.fewest_words <= count <= style.most_words:
        return f"the answer has {count} words"
    if task.figure and not any(FIGURE.search(one.text) for one in made):
        return "it lacks the figure for which it is printed"
    longer = count - words(task.plain) > desk.room
    return "the article would be longer than its style allows" if longer else ""


def _bare(clause: str, speakers: Sequence[Speaker]) -> str:
    """The clause without what code puts around it, which models like to repeat."""
    bare = framing.one_line(clause).rstrip(" .").removeprefix("that ")
    names = [framing.one_line(one.name) for one in speakers if one.name]
    who = "|".join(map(re.escape, [*names, *(surname(name, names) for name in names)]))
    bare = re.sub(rf"^(?:{who or 'the speaker'}) (?:{_VERBS})(?: that)? ", "", bare)
    return _LEAD_IN.sub("", _CREDITED.sub("", bare))


_VERBS = "|".join(("said", "says", *get_args(prompts.Verb)))
_CREDITED = re.compile(
    rf"^(?:the (?:speaker|guest) (?:{_VERBS})(?: that)?|(?:they|he|she) (?:{_VERBS}) that) ", re.I
)
# How people begin to speak; after "said that" it stumbles.
_LEAD_IN = re.compile(
    r"^(?:(?:but|and|so(?! (?:far|much|many|long|few|little)\b)"
    r"|(?:well|yeah|basically|you know),),?\s+)+",
    re.IGNORECASE,
)


# What small models leave as it was said, though told otherwise: (said, in indirect speech).
_INDIRECT = tuple(
    (re.compile(said), told)
    for said, told in (
        (r"\bI['’]m\b|\bI am\b", "they are"),
        (r"\bwas I\b", "were they"),
        (r"\bI((?: (?:never|always|also|just|still|\w+ly))?) was(?=\b|n['’]t)", r"they\1 were"),
        (r"\b(?:I|[Ww]e)\b", "they"),
        (r"\b(?:me|us)\b", "them"),
        (r"\b(?:[Mm]y|[Oo]ur)\b", "their"),
        (r"\b(?:mine|ours)\b", "theirs"),
        (r"\b(?:myself|ourselves)\b", "themselves"),
    )
)
_THEY = re.compile(r"\b(?:they|them|their|theirs|themselves)\b", re.IGNORECASE)


def _in_the_third_person(clause: str, passage: str) -> str:
    """English as indirect speech has it; untouched where "they" is somebody else already.

    >>> _in_the_third_person("I was sure that we sell our boats", "I was sure we sell our boats.")
    'they were sure that they sell their boats'
    >>> _in_the_third_person("I told them that we sell the boats", "I told them we sell the boats.")
    'I told them that we sell the boats'
    """
    if _THEY.search(passage):
        return clause
    for said, told in _INDIRECT:
        clause = said.sub(told, clause)
    return clause


def _borne(clause: str, claimed: int, task: Task, desk: Desk) -> tuple[int, str, list[str]]:
    """The passage that bears the clause: of those that do the most alike, whichever was claimed."""
    pairs = [_pair(clause, passage, task, desk) for passage in task.passages]
    order = sorted(range(len(pairs)), key=lambda place: -pairs[place].kinship)
    told = claimed if 0 <= claimed < len(pairs) else order[0]
    # Across languages no words are shared by which to find it: it is the one that was claimed.
    for place in [told] if desk.translated else order[:3]:
        if not rewording.faults(pairs[place]):
            return place, pairs[place].clause.text, []
    return told, clause, rewording.faults(pairs[told])


def _pair(clause: str, passage: Sentence, task: Task, desk: Desk) -> rewording.Pair:
    if desk.language[:2] == "en":
        clause = _in_the_third_person(clause, passage.text)
    return rewording.Pair(
        rewording.Text(clause, desk.language),
        rewording.Text(passage.text, desk.said_in),
        rewording.Text(task.about, desk.said_in),
    )


QUOTABLE = 0.5  # worth from which a passage is quoted though the model named none


def _quoted(claimed: int, taken: dict[int, tuple[str, str]], task: Task) -> int | None:
    """The place of the passage to quote: the model's choice, else the best that stands alone."""
    if len(taken) >= task.most:
        return None
    free = [
        place
        for place, passage in enumerate(task.passages)
        if place not in taken and wording.leans(passage.text) < 1.0
    ]
    if claimed in free:
        return claimed
    worth = {place: wording.weigh(task.passages[place].text, wording.RICH) for place in free}
    best = max(free, key=lambda place: worth[place], default=None)
    needed = len(taken) < task.fewest
    return best if best is not None and (needed or worth[best] >= QUOTABLE) else None


# --- what code puts in ---

# language -> how a reworded clause is credited; others get "Name: clause."
CREDITS = {
    "en": "{name} {verb} that {clause}.",
    "de": "{name} sagte: {clause}.",
    "fr": "{name} a expliqué : {clause}.",
    "es": "{name} explicó: {clause}.",
    "it": "{name} ha spiegato: {clause}.",
    "nl": "{name} zei: {clause}.",
    "pt": "{name} explicou: {clause}.",
}
AGAIN = "added"  # in place of a verb that the sentence before has


def _made(
    taken: dict[int, tuple[str, str]], quoted: int | None, task: Task, desk: Desk
) -> tuple[Statement, ...]:
    """In the order in which it was said."""
    made: list[Statement] = []
    verbatim: tuple[int, int] | None
    called = set(desk.called)
    before = ("", "")  # who, and the verb
    for place in sorted({*taken, *([] if quoted is None else [quoted])}):
        passage = task.passages[place]
        if place == quoted:
            text, verbatim = passage.text, passage.words
        else:
            verb, clause = taken[place]
            verb = AGAIN if before == (passage.speaker, verb) else verb
            name = _name(passage.speaker, called, desk)
            text, verbatim = _credited(name, verb, clause, desk), None
            before = (passage.speaker, verb)
        if verbatim is None or (task.led and not made):
            called.add(passage.speaker)
        made.append(
            Statement(
                text=text,
                kind="quote" if verbatim else "paraphrase",
                speaker=passage.speaker,
                cites=(passage.turn,),
                start=passage.start,
                end=passage.end,
                words=verbatim,
            )
        )
    return tuple(made)


def _credited(name: str, verb: str, clause: str, desk: Desk) -> str:
    """A whole sentence: who said it, how, and what."""
    credit = CREDITS.get(desk.language[:2].lower(), "{name}: {clause}.")
    text = credit.replace("{verb}", verb).replace("{name}", name)
    return text.replace("{clause}", _lowered(clause, desk))


def _name(speaker_id: str, called: set[str], desk: Desk) -> str:
    """The whole name once, the surname from then on; by role where who speaks is a guess."""
    speaker = next((one for one in desk.speakers if one.id == speaker_id), None)
    if not speaker or not speaker.name or not desk.proven:
        return "The guest" if speaker is None or speaker.role == "guest" else "A speaker"
    whole = framing.one_line(speaker.name)
    names = [framing.one_line(one.name) for one in desk.speakers if one.name]
    return surname(whole, names) if speaker_id in called else whole


def _lowered(clause: str, desk: Desk) -> str:
    """With a small first letter, where its first word is an ordinary one and no name."""
    first = normal(clause.split(maxsplit=1)[0])
    ordinary = first in desk.small | wording.COMMON
    if desk.language[:2] == "en" and first not in desk.capital:
        ordinary = ordinary or first in word_list.ordinary([first], "en")
    return clause[:1].lower() + clause[1:] if ordinary else clause
