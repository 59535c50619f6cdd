"""Turns + what the publisher says -> speakers: who is host, who is guest, and their names."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.config import ROLE_FIRST, IdentifyOptions
from pipeline.engines.moments import clock
from pipeline.engines.outside import plain
from pipeline.engines.people import announced, conduct, introductions
from pipeline.engines.people.introductions import Heard, Written
from pipeline.errors import ConfigError
from pipeline.model import Familiar, Speaker, Turns, Video

VERSION: Final = 3

Role = Literal["host", "guest", "other"]


def identify(
    video: Video, turns: Turns, familiar: tuple[Familiar, ...], options: IdentifyOptions
) -> tuple[Speaker, ...]:
    """Give each voice a role, and a name where something proves it.

    Where who speaks is only guessed, names are those that the publisher announces. Raises
    ConfigError if `options` name a voice that is not there.
    """
    seconds = dict.fromkeys((turn.speaker for turn in turns.turns), 0.0)
    for turn in turns.turns:
        seconds[turn.speaker] += turn.end - turn.start
    told = {whose: _told(who) for whose, who in options.names.items()}
    given = {voice: role for voice, (role, _) in told.items() if role and voice in seconds}
    roles = _roles(turns, seconds, given, familiar)
    by_role = {voice: role for voice, (role, _) in roles.items()}
    by_hand: dict[str, str | None] = {}
    for whose, (_, name) in told.items():
        voice = _voice(whose, by_role, turns, seconds)
        if name is not None and by_hand.get(voice) is not None:
            raise ConfigError(
                f"two names for {voice}",
                f"identify.names (or --speakers) names {voice}, and {whose}, who is the same.",
                "Give one name.",
            )
        by_hand[voice] = by_hand.get(voice) if name is None else name
    names = _names(video, turns, by_role, familiar, options.host)
    for voice, name in by_hand.items():
        if name is not None:
            names[voice] = Named(name or None, ("named by hand",), 1.0 if name else 0.0)
    return tuple(
        Speaker(
            id=voice,
            name=names[voice].name,
            role=by_role[voice],
            seconds=round(seconds[voice], 2),
            evidence=(*roles[voice][1], *names[voice].reasons),
            confidence=names[voice].confidence,
        )
        for voice in seconds
    )


# --- by hand ---

_ROLES: dict[str, Role] = {"host": "host", "guest": "guest", "other": "other"}


def _told(who: str) -> tuple[Role | None, str | None]:
    """The role and the name in "guest: Ada"; None: not told. The name "" is: leave it unnamed."""
    first = ROLE_FIRST.fullmatch(who)
    role = _ROLES[first["role"].lower()] if first else None
    name = first["name"] if first else who
    return role, "" if name is not None and name.casefold() == "unknown" else name


def _voice(whose: str, roles: dict[str, Role], turns: Turns, seconds: dict[str, float]) -> str:
    """The voice that is meant by "S1", or by "host" where there is one."""
    meant = [voice for voice, role in roles.items() if whose in (voice, role)]
    if len(meant) == 1:
        return meant[0]
    there = (
        f'{voice} ({roles[voice]}, {length:.0f} s, says first "{_first_words(turns, voice)}")'
        for voice, length in seconds.items()
    )
    raise ConfigError(
        f"it says who '{whose}' is (--speakers, identify.names)",
        f"{'Several voices are that' if meant else 'There is no such voice'}. "
        f"There {'are' if len(seconds) > 1 else 'is'} {'; '.join(there)}.",
        "Take one of these; the same command goes on from here.",
    )


def _first_words(turns: Turns, voice: str) -> str:
    """How a voice begins: its first turn of some words, which tells more than "Yeah."."""
    own = [turn.text for turn in turns.turns if turn.speaker == voice]
    words = next((text for text in own if len(text.split()) >= 5), own[0]).split()
    return plain(" ".join(words[:10]) + (" …" if len(words) > 10 else ""))


# --- host, guest, other ---

_CAMEO_SECONDS, _CAMEO_SHARE = 20.0, 0.03  # a voice heard for less is a clip, an ad, a caller


def _roles(
    turns: Turns,
    seconds: dict[str, float],
    given: dict[str, Role],
    familiar: tuple[Familiar, ...],
) -> dict[str, tuple[Role, list[str]]]:
    total = max(sum(seconds.values()), 1e-9)
    real = [
        voice
        for voice, length in seconds.items()
        if len(seconds) <= 2 or (length >= _CAMEO_SECONDS and length >= _CAMEO_SHARE * total)
    ] or sorted(seconds, key=lambda voice: -seconds[voice])[:2]
    behaves = {voice: conduct.of(turns, voice, seconds[voice] / total) for voice in seconds}
    labels = dict(turns.called)
    free = {voice: behaves[voice] for voice in real if voice not in given}
    hosts = {voice for voice, role in given.items() if role == "host"}
    hosts = hosts or conduct.hosts(free, labels, {one.voice for one in familiar})
    questions = sum(each.questions for each in behaves.values())
    roles: dict[str, tuple[Role, list[str]]] = {}
    for voice, length in seconds.items():
        why = conduct.why(behaves[voice], questions) if len(seconds) > 1 else ["the only voice"]
        if voice in given:
            roles[voice] = given[voice], [f"{given[voice]} by hand", *why]
        elif voice not in real:
            roles[voice] = "other", [f"speaks for {length:.0f} s only"]
        elif voice not in hosts:
            roles[voice] = "guest", why
        elif conduct.HOST_LABELS.match(called := labels.get(voice, "")):
            roles[voice] = "host", [f'the captions call this voice "{called}"', *why]
        else:
            roles[voice] = "host", why
    return roles


# --- names ---

ENOUGH = 1.0  # a name stands from here on
_CLEARLY = 1.3  # times what speaks for another name
# What each kind of evidence weighs: once, and at most. A whole name weighs more than a first name.
_WEIGHS: dict[str, tuple[float, float, float]] = {
    # kind: (whole name, first name only, at most together)
    "self": (1.2, 0.6, 1.5),
    "show": (0.6, 0.3, 0.6),
    "guest": (1.0, 0.6, 1.3),
    "next": (1.0, 0.6, 1.3),
    "address": (1.0, 0.6, 1.2),
    "call": (0.0, 0.4, 0.8),  # nobody is called by the whole name: that is a company
}
_SOUNDS_LIKE = 2.0  # outranks one introduction, and not what a person or the captions say
# A weight, and how sure a name is from there on. Measured on 17 labelled interviews: whole, cut
# into parts, without metadata, with that of another video (173 of 174 names right), and with 10 to
# 30 % of the turns given to a wrong voice (78 of 84); (right + 1) / (names + 2), rounded down.
_SURE = ((2.5, 0.98), (2.0, 0.97), (1.2, 0.95), (0.0, 0.93))
_BY_VOICE_ALONE = 0.93  # of a likeness alone nothing is learnt: see remember.CERTAIN
# Whisper (base) misspelt 4 of 15 names that were said in podcasts and written nowhere: Kim for Cam.
_BY_EAR, _AS_HEARD = 0.70, "spelled as heard"
_BY_PUBLISHER = 0.7  # by the publisher alone; nobody listened to the voice
_ONLY_GUESSED = "whose words are whose is only guessed: none is credited by name"
_OF_SEVERAL = 0.6  # who is introduced together need not speak in that order
_FROM_PUBLISHER = {"title": 0.5, "description": 0.4, "channel": 0.4}
_OPENS, _CLOSES = 180.0, 120.0  # seconds at both ends in which people introduce themselves
_PLACEHOLDER = re.compile(
    r"(?:speaker|spk|voice|person|unknown|unidentified|host|guest|interviewer|interviewee|narrator"
    r"|moderator|presenter|announcer|participant|audience|caller|man|woman|male|female|ad|s|q|a)"
    r"[\s_#]*\d*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that says: this voice is this person."""

    voice: str
    name: str
    kind: str
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a voice, why, and how sure that is."""

    name: str | None = None
    reasons: tuple[str, ...] = ()
    confidence: float = 0.0


def _names(
    video: Video,
    turns: Turns,
    roles: dict[str, Role],
    familiar: tuple[Familiar, ...],
    host: str | None,
) -> dict[str, Named]:
    """For each voice its name, and the reasons for it."""
    if not turns.proven:
        return _announced(video, turns, roles, host)
    written = introductions.written(video)
    people = [one.person for one in familiar] + [host] * bool(host)
    claims = [
        *_labelled(turns, written),
        *_stated(video, roles, host),
        *_sounding(video, familiar),
        *_said(turns, roles, written, [name for name in people if name]),
    ]
    best = {voice: _best(claims, voice, written) for voice in roles}
    found: dict[str, Named] = {}
    for voice in roles:
        name, weight, reasons = best[voice]
        rival = max((w for v, (n, w, _) in best.items() if v != voice and n == name), default=0.0)
        if name is None:
            found[voice] = Named()
        elif weight < ENOUGH or weight < _CLEARLY * rival:
            doubt = f"not named {name}: only {'; '.join(reasons)}"
            found[voice] = Named(None, (doubt,) if weight >= max(ENOUGH / 2, rival) else ())
        else:
            kinds = {claim.kind for claim in claims if (claim.voice, claim.name) == (voice, name)}
            sure = next(sure for least, sure in _SURE if weight >= least)
            sure = min(sure, _BY_VOICE_ALONE) if kinds == {"voice"} else sure
            found[voice] = Named(
                name, reasons, min(sure, _BY_EAR) if _AS_HEARD in reasons else sure
            )
    return found


def _announced(
    video: Video, turns: Turns, roles: dict[str, Role], known: str | None
) -> dict[str, Named]:
    """The only host and the only guest, as the publisher names them."""
    guest = announced.guest(video, turns)
    host = announced.host(video, guest)
    if known:
        host = announced.Announced(known, ("identify.host in the configuration",))
    told = {"guest": guest, "host": host}
    names = {}
    for voice, role in roles.items():
        found = told.get(role) if list(roles.values()).count(role) == 1 else None
        names[voice] = (
            Named(found.name, (*found.reasons, _ONLY_GUESSED), _BY_PUBLISHER)
            if found
            else Named(None, (_ONLY_GUESSED,))
        )
    return names


def _best(
    claims: list[Claim], voice: str, written: tuple[Written, ...]
) -> tuple[str | None, float, tuple[str, ...]]:
    """The name that most speaks for, its weight, and the reasons; no name, if two are as good."""
    by_name: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.voice == voice:
            by_name[claim.name].append(claim)
    for name in list(by_name):  # "Helen" speaks for "Helen Marsh"
        whole = [other for other in by_name if introductions.begins(name, other)]
        if len(whole) == 1:
            by_name[whole[0]] += by_name.pop(name)
    weights = {name: _weight(name, own, written) for name, own in by_name.items()}
    order = sorted(weights, key=lambda name: -weights[name])
    if not order:
        return None, 0.0, ()
    name = order[0]
    sure = len(order) == 1 or weights[name] >= _CLEARLY * weights[order[1]]
    reasons = [claim.reason for claim in sorted(by_name[name], key=lambda claim: -claim.weight)]
    publisher = next((f"the {w.where} names {w.name}" for w in written if _same(w, name)), None)
    kept = [*dict.fromkeys(reasons)][:3]
    if publisher and not any(reason.startswith(publisher.split(" names ")[0]) for reason in kept):
        kept.append(publisher)
    elif not publisher and not {claim.kind for claim in by_name[name]} & {
        "label",
        "known",
        "voice",
    }:
        kept.append(_AS_HEARD)
    return name, weights[name] if sure else 0.0, tuple(kept)


def _weight(name: str, claims: list[Claim], written: tuple[Written, ...]) -> float:
    by_kind: dict[str, float] = defaultdict(float)
    for claim in claims:
        by_kind[claim.kind] += claim.weight
    said = sum(min(weight, _WEIGHS.get(kind, (0, 0, 9))[2]) for kind, weight in by_kind.items())
    return said + max((_FROM_PUBLISHER[w.where] for w in written if _same(w, name)), default=0.0)


def _same(written: Written, name: str) -> bool:
    return written.name.lower() == name.lower()


def _labelled(turns: Turns, written: tuple[Written, ...]) -> Iterator[Claim]:
    for voice, label in turns.called:
        called = plain(label)
        if introductions.is_name(called) and not _PLACEHOLDER.fullmatch(called):
            whole = [w.name for w in written if w.alone and introductions.begins(called, w.name)]
            name = whole[0] if len(whole) == 1 else called
            yield Claim(voice, name, "label", 3.0, f'the captions call this voice "{called}"')


def _sounding(video: Video, familiar: tuple[Familiar, ...]) -> Iterator[Claim]:
    for one in familiar:
        earlier = "1 earlier video" if one.videos == 1 else f"{one.videos} earlier videos"
        channel = plain(video.channel or "this channel")
        reason = f"sounds like {one.person}, host of {earlier} of {channel}"
        likeness = f"(likeness {one.likeness:.2f})"
        yield Claim(one.voice, one.person, "voice", _SOUNDS_LIKE, f"{reason} {likeness}")


_HOSTED = re.compile(
    rf"(?i:hosted by|your host|hosts?(?: is|:)|with host|presented by),?"
    rf" (?P<name>{introductions.NAME})"
)
_GUEST_IS = re.compile(
    rf"(?i:\bguests?(?: is|:)|\binterview(?: with|:)|\bconversation with|\bwith guest)"
    rf" (?P<name>{introductions.NAME})"
)


def _stated(video: Video, roles: dict[str, Role], host: str | None) -> Iterator[Claim]:
    """What the configuration and the publisher say outright about the only host, the only guest."""
    hosts = [voice for voice, role in roles.items() if role == "host"]
    guests = [voice for voice, role in roles.items() if role == "guest"]
    if host and len(hosts) == 1:
        yield Claim(hosts[0], host, "known", 3.0, "identify.host in the configuration")
    places = (("title", video.title), ("description", video.description))
    for where, text in places:
        for voices, stated, weight in ((hosts, _HOSTED, 0.6), (guests, _GUEST_IS, 0.4)):
            match = stated.search(text)
            if match and len(voices) == 1:
                said = " ".join(match.group().split())
                name = introductions.person(match["name"])
                if name:
                    yield Claim(voices[0], name, where, weight, f'the {where} says "{said}"')


def _said(
    turns: Turns, roles: dict[str, Role], written: tuple[Written, ...], people: list[str]
) -> Iterator[Claim]:
    """What people say of themselves and of each other; `people` are known to be there."""
    heard = list(introductions.heard(turns))
    known = _known(heard, written) | dict.fromkeys(people, True)
    for each in heard:
        voice = _meant(each, turns, roles)
        name = _spelled(each.name, known)
        if voice is None or (each.kind == "call" and (" " in each.name or name not in known)):
            continue
        turn = turns.turns[each.turn]
        when = conduct.when(turn, each.share)
        whole = " " in each.name
        if each.kind == "self" and not _at_an_end(when, turns) and name not in known:
            continue
        weight = _WEIGHS[each.kind][0 if whole else 1]
        if each.kind in ("guest", "next") and list(roles.values()).count("guest") > 1:
            weight *= _OF_SEVERAL
        own = each.kind in ("self", "show")
        said = f'says "{each.said}"' if own else f'is called "{each.name}"'
        if each.kind in ("guest", "next"):
            said = f'is introduced with "{each.said}"'
        spelled = "" if each.name in name else f" (spelled as the publisher does: {name})"
        yield Claim(voice, name, each.kind, weight, f"{said} at {clock(when)}{spelled}")


def _known(heard: list[Heard], written: tuple[Written, ...]) -> dict[str, bool]:
    """Names that others are measured against -> whether it stands by itself in what is written."""
    known = {each.name: each.alone for each in written}
    for each in heard:
        if each.kind != "call" and not any(introductions.alike(each.name, name) for name in known):
            known[each.name] = True
    return known


def _spelled(name: str, known: dict[str, bool]) -> str:
    """The publisher's spelling of a name, and the whole name for a first name."""
    if name in known and " " in name:
        return name
    if " " in name:
        other = next((other for other in known if introductions.alike(name, other)), name)
        # LeCun, McKay: who wrote it with fewer capitals was careless.
        return min(name, other) if other.lower() == name.lower() else other
    whole = [other for other, alone in known.items() if alone and introductions.begins(name, other)]
    return whole[0] if len(whole) == 1 else name


def _meant(each: Heard, turns: Turns, roles: dict[str, Role]) -> str | None:
    """The voice that a name is bound to; None: no telling."""
    speaker = turns.turns[each.turn].speaker
    present = [voice for voice, role in roles.items() if role != "other"]
    others = [voice for voice in present if voice != speaker]
    guests = [voice for voice in others if roles[voice] == "guest"]
    if each.kind in ("self", "show"):
        return speaker if each.kind == "self" or roles[speaker] == "host" else None
    after = (turn.speaker for turn in turns.turns[each.turn + 1 :])
    before = (turn.speaker for turn in turns.turns[: each.turn][::-1])
    following = next((voice for voice in after if voice != speaker), None)
    preceding = next((voice for voice in before if voice != speaker), None)
    if each.kind in ("guest", "next"):
        only = len(guests) == 1 and each.kind == "guest"
        meant = guests[0] if only else following
        return meant if roles[speaker] == "host" and meant in guests else None
    if len(others) == 1:
        return others[0]
    rest = turns.turns[each.turn].text[int(each.share * len(turns.turns[each.turn].text)) :]
    if "?" in rest or each.share > 0.5:
        return following if following in others else None
    return preceding if each.kind == "address" and preceding in others else None


def _at_an_end(when: float, turns: Turns) -> bool:
    return when <= turns.turns[0].start + _OPENS or when >= turns.turns[-1].end - _CLOSES
