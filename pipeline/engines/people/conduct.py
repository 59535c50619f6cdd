"""How voices behave in a conversation: who asks, who opens and closes, who says "welcome to"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.engines.moments import clock
from pipeline.model import Turn, Turns

# What a host says, and what a guest says: (weight, how).
CUES: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (weight, re.compile(rf"\b(?:{how})\b", re.IGNORECASE))
    for weight, how in (
        (0.5, r"welcome (?:back )?to(?! (?:my|our) (?:house|home|world))|welcome back"),
        (0.5, r"(?:thanks|thank you)(?: so much| very much)? for (?:joining|coming|being|doing)"),
        (0.5, r"(?:my|our|today's) (?:\w+ )?guests?"),
        (0.5, r"(?:i'm|we're|i am) (?:\w+ )?joined (?:\w+ )?by|joining (?:me|us) (?:today|now)"),
        (0.5, r"(?:this|today's) episode|conversation with"),
        (0.3, r"last question|next question|i want to ask|let me ask you|our listeners"),
        (-0.5, r"(?:thanks|thank you)(?: so much| very much)? for having (?:me|us)"),
        (-0.5, r"(?:great|good|happy|glad|pleasure|honou?red|excited) to be (?:here|on|back)"),
        (-0.3, r"(?:great|good|interesting|excellent) question"),
    )
)
_ASKS = re.compile(r"\?(?=[\s\"'”’)\]]|$)")
HOST_LABELS = re.compile(r"(?:host|interviewer|moderator|presenter)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a voice behaves in the conversation."""

    share: float  # of the talk
    questions: int
    asked: float  # its share of all questions
    ends_asking: float  # share of its turns that end with a question
    cues: tuple[tuple[float, str], ...]  # (weight, where)
    opens: bool  # has the first word
    closes: bool  # has the last word

    @property
    def hosting(self) -> float:
        """How much it sounds like a host; measured on 893 labelled episodes: 98 % right."""
        cues = max(-1.0, min(1.0, sum(weight for weight, _ in self.cues)))
        frame = 0.1 * self.opens + 0.1 * self.closes
        return self.asked + self.ends_asking + cues + frame - self.share


def of(turns: Turns, voice: str, share: float) -> Conduct:
    """The conduct of a voice that has this share of the talk."""
    own = [turn for turn in turns.turns if turn.speaker == voice]
    questions = sum(len(_ASKS.findall(turn.text)) for turn in own)
    everyones = sum(len(_ASKS.findall(turn.text)) for turn in turns.turns)
    spoken = [turn for turn in own if len(turn.text.split()) > 2] or own
    ending = sum(1 for turn in spoken if turn.text.rstrip(" \"'”’)]").endswith("?"))
    opens, closes = turns.turns[0].speaker == voice, turns.turns[-1].speaker == voice
    asked, ends_asking = questions / max(1, everyones), ending / len(spoken)
    return Conduct(share, questions, asked, ends_asking, tuple(_cues(own)), opens, closes)


def _cues(own: list[Turn]) -> Iterator[tuple[float, str]]:
    for weight, how in CUES:
        for turn in own:
            if match := how.search(turn.text.replace("’", "'")):
                share = match.start() / len(turn.text)
                yield weight, f'says "{match.group()}" at {clock(when(turn, share))}'
                break


def why(conduct: Conduct, questions: int) -> list[str]:
    """It in words, the most telling first."""
    said = [where for _, where in sorted(conduct.cues, key=lambda cue: -abs(cue[0]))[:2]]
    share = f"speaks {conduct.share:.0%} of the time"
    frame = " and ".join(["opens"] * conduct.opens + ["closes"] * conduct.closes)
    at_ends = [f"{frame} the conversation"] if frame else []
    return [f"asks {conduct.questions} of {questions} questions", *said, *at_ends, share]


def when(turn: Turn, share: float) -> float:
    """The second at which so much of a turn's text is said."""
    return turn.start + share * (turn.end - turn.start)


_HEARD_BEFORE = 1.0  # the host of earlier videos: as telling as to ask all the questions


def hosts(conduct: dict[str, Conduct], labels: dict[str, str], familiar: set[str]) -> set[str]:
    """The host, and in a larger round whoever hosts as much."""
    labelled = {voice for voice in conduct if HOST_LABELS.match(labels.get(voice, ""))}
    if labelled and len(labelled) < len(conduct):
        return labelled
    hosting = {
        voice: how.hosting + _HEARD_BEFORE * (voice in familiar) for voice, how in conduct.items()
    }
    order = sorted(conduct, key=lambda voice: -hosting[voice])
    found = set(order[:1])
    if len(order) > 2 and conduct[order[0]].asked < 0.75:
        second = conduct[order[1]]
        asks_too = min(second.asked, second.ends_asking) >= 0.25
        if (asks_too or order[1] in familiar) and second.hosting > 0:
            found.add(order[1])
    return found
