"""Who is who, and how names are spelled: what a person tells of a draft before it is redone."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.config import who_is_who
from pipeline.engines.outside import plain
from pipeline.engines.people import spellings
from pipeline.errors import CannotMend
from pipeline.model import Interview, Speaker
from review import record
from review.draft import Draft, facts

LONGEST_NAME = 100
ROLES = ("host", "guest", "other")


def told(of: Draft, seen: str, fields: Mapping[str, str]) -> bool:
    """Keep who is who, for this and every later run; gives whether anything is new."""
    with record.alone(of):
        record.unchanged(of, seen)
        known = facts(of.folder)
        before = record.review(of)
        names, same = dict(before.names), dict(before.same)
        for speaker in known.speakers:
            other = fields.get(f"same-{speaker.id}", "")
            if other and other != speaker.id:
                same[speaker.id] = _voice(known, other)
                names.pop(speaker.id, None)
                continue
            if (who := _who(speaker, fields)) is not None:
                names[speaker.id] = who
        if any(same.get(other) == voice for voice, other in same.items()):
            raise CannotMend("Two voices cannot each be the other.", "Choose one of them.")
        now = replace(before, names=names, same=same)
        if now == before:
            return False
        record.save(of, record.with_event(now, "said who is who"))
        return True


def _voice(known: Interview, voice: str) -> str:
    if voice not in {speaker.id for speaker in known.speakers}:
        raise CannotMend("There is no such voice.", "Load the page again.")
    return voice


def _who(speaker: Speaker, fields: Mapping[str, str]) -> str | None:
    """As --speakers would say it; None where nothing is new."""
    name = plain(fields.get(f"name-{speaker.id}", speaker.name or ""))
    role = fields.get(f"role-{speaker.id}", speaker.role)
    if (name, role) == (speaker.name or "", speaker.role):
        return None
    if len(name) > LONGEST_NAME or role not in ROLES:
        raise CannotMend("That is no name, or no role.", "Give a name of at most 100 letters.")
    said = f"{role}: {name or 'unknown'}"
    try:
        return who_is_who(speaker.id, said)[1]
    except ValueError as error:
        raise CannotMend(f"{error}.", "Give another name.") from error


def spelled(of: Draft, seen: str, heard: str, right: str) -> None:
    """Keep how a name is spelled, for every video of the channel."""
    heard, right = plain(heard), plain(right)
    most = 4
    if not heard or not right or heard == right:
        raise CannotMend("Two spellings are needed.", "Give what stands there, and what should.")
    if max(len(heard), len(right)) > LONGEST_NAME or len(heard.split()) > most:
        raise CannotMend("That is too long for a name.", f"Give at most {most} words.")
    with record.alone(of):
        record.unchanged(of, seen)
        known = facts(of.folder)
        spellings.keep(known.video, heard, right, of.folder.parent)
        told = record.with_event(record.review(of), f"spelled “{heard}” as “{right}” everywhere")
        record.save(of, told)
