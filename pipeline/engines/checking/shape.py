"""The contract of a style that has parts: its sections, worked out anew and compared.

Shares nothing with `sections`, on purpose: what both would get wrong would never be found.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator

from pipeline.config import Part
from pipeline.engines.checking.case import Case, Found
from pipeline.model import Passage, Section


def shape(case: Case) -> Found:
    """Parts in order, headings, lengths, and every word of the narrator's as configured."""
    parts, article = case.style.sections, case.article
    numbers = [section.part for section in article.sections]
    if numbers != sorted(numbers) or not set(numbers) <= set(range(len(parts))):
        yield "The sections are not in the order of the style's parts."
        return
    for number, part in enumerate(parts):
        made = [section for section in article.sections if section.part == number]
        yield from _part(number + 1, part, made, case)
    for where, section, passage in case.passages:
        yield from _passage(where, passage, parts[section.part], case)
    said = sum(len(statement.text.split()) for _, statement in case.statements)
    if said > case.style.most_total:
        yield f"The article quotes {said} words, not {case.style.most_total} at most."


def _part(number: int, part: Part, made: list[Section], case: Case) -> Found:
    points = sum(len(section.passages) for section in made)
    if points < part.fewest:
        yield f"Part {number} has {points} points, not {part.fewest}."
    if len(made) > (part.topics if part.holds == "topics" else 1):
        yield f"Part {number} has {len(made)} sections."
    for place, section in enumerate(made):
        yield from _headings(section, part, place, case)
        if not 1 <= len(section.passages) <= part.points:
            yield f"The section “{section.heading}” has {len(section.passages)} points."
        forms = [*["paragraph"] * part.paragraphs, *["item"] * part.points]
        wanted = (["pull"] * part.points if part.pull else forms)[: len(section.passages)]
        if [passage.form for passage in section.passages] != wanted:
            yield f"The section “{section.heading}” is not laid out as the style asks for."
        yield from _list_lead(section, part, case)
        starts = [said.start for passage in section.passages for said in passage.said]
        if any(after < before for before, after in itertools.pairwise(starts)):
            yield f"The section “{section.heading}” is out of the order in which it was said."
    topics = [section.topic for section in made if section.topic]
    known = [topic.id for topic in case.topics if topic.id in topics]
    if topics != known:
        yield f"Part {number} has its topics out of order, or one twice."


def _headings(section: Section, part: Part, place: int, case: Case) -> Found:
    above = part.heading if part.holds == "topics" and place == 0 else ""
    if section.above != above:
        yield f"The heading “{section.above}” is not the one that is configured."
    if part.holds != "topics":
        if (section.heading, section.topic) != (part.heading, None):
            yield f"The heading “{section.heading}” is not the one that is configured."
        return
    about = next((topic for topic in case.topics if topic.id == section.topic), None)
    if about is None or section.heading != about.title:
        yield f"The heading “{section.heading}” is no topic of the interview."
        return
    after = [topic.start for topic in case.topics if topic.start > about.start]
    ends = min(after, default=float("inf"))
    for passage in section.passages:
        if not all(about.start <= said.start < ends for said in passage.said):
            yield f"Under “{section.heading}” stands what was said on another topic."


def _list_lead(section: Section, part: Part, case: Case) -> Found:
    mixed = part.paragraphs > 0 and any(passage.form == "item" for passage in section.passages)
    allowed = {""}
    if mixed:
        first = next(passage for passage in section.passages if passage.form == "item")
        allowed = {
            _begun(leads.replace("{name}", name))
            for leads in case.style.voice.lists
            for name in _names(first.said[0].speaker if first.said else "", case)
        }
    if section.list_lead not in allowed:
        yield f"The section “{section.heading}” leads to its list with other words."


def _passage(where: str, passage: Passage, part: Part, case: Case) -> Found:
    sentences, words = len(passage.said), sum(len(s.text.split()) for s in passage.said)
    if not 1 <= sentences <= part.sentences:
        yield f"{where} has {sentences} sentences."
    if not case.style.fewest_words <= words <= case.style.most_words:
        yield f"{where} has {words} words."
    if len({said.speaker for said in passage.said}) > 1:
        yield f"{where} runs the words of two people together."
    if passage.asked and not part.asks:
        yield f"{where} repeats a question, and the style does not."
    if passage.said and passage.lead not in set(_leads(passage, case)):
        yield f"{where} is led to with other words than those configured: “{passage.lead}”"


def _leads(passage: Passage, case: Case) -> Iterator[str]:
    voice, names = case.style.voice, _names(passage.said[0].speaker, case)
    if passage.said[0].kind == "paraphrase":  # it says itself who said it
        asked = voice.asked.partition("{name}")[0].rstrip() if passage.asked else ""
        yield _begun(_filled(asked, {"question": passage.asked.text if passage.asked else ""}))
    elif passage.asked:
        for name in names:
            yield _begun(_filled(voice.asked, {"question": passage.asked.text, "name": name}))
    elif passage.form == "paragraph":
        yield from (_begun(says.replace("{name}", name)) for says in voice.says for name in names)
    else:
        yield ""


def _begun(lead: str) -> str:
    """A lead as a sentence begins: "the guest" as "The guest"."""
    return lead[:1].upper() + lead[1:]


def _filled(template: str, facts: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda blank: facts.get(blank[1], blank[0]), template)


def _names(speaker: str, case: Case) -> set[str]:
    """What this speaker may be called: the whole name, or a last name that is nobody else's."""
    for person in case.speakers:
        if person.id == speaker:
            if not person.name or not case.turns.proven:
                return {"a speaker" if person.role == "other" else f"the {person.role}"}
            whole = _plain(person.name)
            last = whole.split()[-1:]
            others = [_plain(p.name or "").split() for p in case.speakers if p.id != speaker]
            return {whole} | {name for name in last if not any(name in other for other in others)}
    return set()


def _plain(text: str) -> str:
    spaced = "".join(" " if c.isspace() else c for c in text)
    seen = (c for c in spaced if not unicodedata.category(c).startswith("C"))
    return " ".join("".join(seen).split())
