"""Parts that are marked as what no article needs: by SponsorBlock's users, or by the publisher.

SponsorBlock's marks are made by strangers. They are believed where they leave the interview whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.engines.filler.sentences import Piece
from pipeline.engines.filler.station import CALLS, CLOSES, OPENS, in_conversation
from pipeline.engines.words.wording import is_question
from pipeline.model import Chapter, Video

SPONSOR, PREVIEW = "is a sponsor message", "is a preview of what is said later"

# SponsorBlock's kinds, as yt-dlp names them; of several, the first counts.
SPONSORBLOCK: Mapping[str, str] = {
    "Sponsor": SPONSOR,
    "Unpaid/Self Promotion": SPONSOR,
    "Interaction Reminder": CALLS,
    "Intermission/Intro Animation": OPENS,
    "Hook/Greetings": OPENS,
    "Endcards/Credits": CLOSES,
    "Preview/Recap": PREVIEW,
}
_AMONG_CHAPTERS = "[SponsorBlock]: "  # where yt-dlp was told to write them into the chapters

# The publisher's own titles. "Ads that work" is what an interview is about.
_OWN = re.compile(
    r"\W*(?:(?:our|today's|this week's|a word from our|thanks to our|message from our) )?"
    r"(?:(?:show )?sponsors?|sponsor(?:ed)?(?: ad)? (?:break|message|segment|read|spot)s?"
    r"|ad(?:vert(?:isement)?)?(?: break| read)?s?|commercial break|promos?|mid-?roll|pre-?roll)\W*"
    r"|\W*(?:our |today's )?sponsor(?:ed by)?(?::| -| –| by) .{1,40}",
    re.IGNORECASE,
)

# A mark no longer than this, in seconds, is believed whatever is heard in it: an advertising voice
# is easily taken for the guest's. A longer one, and a chapter of the publisher's, which lasts until
# the next one begins, ends where the guest talks; where that is not known, it is not believed.
SHORT = 180.0
LONGEST = 600.0  # seconds: no message is longer
# Strangers' marks that take more than this share of the talk are vandalism, or of another cut.
MOST = 1 / 3


def marked(pieces: Sequence[Piece], video: Video) -> dict[int, str]:
    """Places of the pieces that lie in marked parts, with why they go."""
    own: dict[int, str] = {}
    strangers: dict[int, str] = {}
    for title, part in _parts(video):
        if title is None and _OWN.fullmatch(part.title):
            own |= dict.fromkeys(_inside(pieces, part, whole=False), SPONSOR)
        elif reason := _reason(title or ""):
            short = part.end - part.start <= SHORT or reason == PREVIEW
            strangers |= dict.fromkeys(_inside(pieces, part, whole=short), reason)
    if _seconds(pieces, strangers) > MOST * _seconds(pieces, range(len(pieces))):
        strangers = {}
    return {**own, **strangers}


def _parts(video: Video) -> Iterator[tuple[str | None, Chapter]]:
    """Every part, with the kinds that a stranger gave it; None: a chapter of the publisher's."""
    yield from ((mark.title, mark) for mark in video.marks)
    for chapter in video.chapters:
        kinds = chapter.title.removeprefix(_AMONG_CHAPTERS)
        yield (None if kinds == chapter.title else kinds), chapter


def _reason(kinds: str) -> str | None:
    return next((SPONSORBLOCK[kind] for kind in kinds.split(", ") if kind in SPONSORBLOCK), None)


def _inside(pieces: Sequence[Piece], part: Chapter, *, whole: bool) -> list[int]:
    """Places of the pieces whose middle is in the part; not `whole`: until the guest talks."""
    inside = [
        place
        for place, piece in enumerate(pieces)
        if part.start <= (piece.start + piece.end) / 2 < part.end
    ]
    told = any(pieces[place].role is not None for place in inside)  # whether it is known who talks
    if part.end - part.start > (LONGEST if told else SHORT):
        return []
    talk = next((n for n, place in enumerate(inside) if in_conversation(pieces[place])), None)
    return inside if whole or talk is None else _before_the_question(pieces, inside[:talk])


def _before_the_question(pieces: Sequence[Piece], places: list[int]) -> list[int]:
    """Without what the guest's answer is the answer to."""
    late = range(max(0, len(places) - 3), len(places))
    asked = next((n for n in late if is_question(pieces[places[n]].text)), len(places))
    return places[:asked]


def _seconds(pieces: Sequence[Piece], places: Iterable[int]) -> float:
    return sum(pieces[place].end - pieces[place].start for place in places)
