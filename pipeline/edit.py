"""Turns -> sentences worth reading; what is left out is named, with its reason."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline import speech
from pipeline.config import EditOptions
from pipeline.engines.wording import COMMON
from pipeline.model import Dropped, Edited, Sentence, Speaker, Transcript, Turn, Turns, Video, Word

VERSION: Final = 1


def edit(
    video: Video,
    transcript: Transcript,
    turns: Turns,
    speakers: tuple[Speaker, ...],
    options: EditOptions,
) -> Edited:
    """Cut turns into sentences, take out fillers, and drop what no article needs.

    Every word of every turn is in one sentence or in one `Dropped`. From `video` only the chapters
    are read: SponsorBlock marks sponsor messages there.
    """
    pieces = _pieces(transcript, turns, speakers)
    reasons = _reasons(pieces, video, options)
    doubtful = _doubtful_words(transcript, turns, options)
    punctuated = _is_punctuated(transcript.words)
    kept = [
        Sentence(
            id=f"{piece.turn.id}.{piece.number}",
            turn=piece.turn.id,
            speaker=piece.turn.speaker,
            start=piece.start,
            end=piece.end,
            text=piece.text,
            words=piece.words,
            doubtful=not doubtful.isdisjoint(range(piece.words[0], piece.words[1] + 1))
            or (punctuated and _lacks_its_beginning(transcript.words, piece.words[0])),
        )
        for piece, reason in zip(pieces, reasons, strict=True)
        if reason is None
    ]
    return Edited(tuple(kept), tuple(_dropped(transcript, pieces, reasons)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, before it is known whether it stays."""

    turn: Turn
    number: int  # in its turn, from 1
    words: tuple[int, int]
    start: float
    end: float
    text: str
    forms: tuple[str, ...]
    role: str | None
    answers: bool  # the first of its turn, after a question of someone else

    @property
    def plain(self) -> str:
        """Normal forms with one space between."""
        return " ".join(self.forms)


# --- sentences ---

_END = re.compile(r"([.?!…。？！])[\"'”’)\]»]*$")
_NEVER_LAST = speech.listed(
    "mr mrs ms dr prof st gen sen rep gov capt lt col sgt rev hon vs e.g i.e cf approx dept"
)
# These end a sentence only where the next word can begin one.
_SELDOM_LAST = speech.listed("etc inc ltd co corp jr sr a.m p.m u.s u.k u.n e.u d.c ph.d")
_STARTERS = speech.listed(
    "the a an and but so i we you he she it they this that there what when if in now then my our "
    "well yes no"
)
_PUNCTUATED = 50  # words a sentence: more, and the transcript has no punctuation to go by
_LONGEST, _LONG = 80, 28  # words: without a comma either, cut above the first into the second
_JOINTS = speech.listed("and but so because or which then well now")  # a cut before these reads


def _pieces(
    transcript: Transcript, turns: Turns, speakers: tuple[Speaker, ...]
) -> tuple[Piece, ...]:
    roles: dict[str, str] = {speaker.id: speaker.role for speaker in speakers}
    punctuated = _is_punctuated(transcript.words)
    pieces: list[Piece] = []
    asked_by: str | None = None  # who asked last, until answered
    for turn in turns.turns:
        spans = _spans(transcript.words, turn.words, punctuated)
        for number, (first, last) in enumerate(spans, start=1):
            words = transcript.words[first : last + 1]
            text = speech.spoken(words, transcript.language)
            answers = number == 1 and asked_by not in (None, turn.speaker)
            pieces.append(
                Piece(
                    turn, number, (first, last), words[0].start, max(w.end for w in words), text,
                    tuple(speech.forms(text.split())), roles.get(turn.speaker), answers,
                )
            )  # fmt: skip
        asks = any(speech.asks(piece.text) for piece in pieces[-len(spans) :][-3:])
        asked_by = turn.speaker if asks else None
    return tuple(pieces)


def _is_punctuated(words: tuple[Word, ...]) -> bool:
    return sum(1 for word in words if _END.search(word.text)) * _PUNCTUATED >= len(words)


def _spans(words: Sequence[Word], turn: tuple[int, int], punctuated: bool) -> list[tuple[int, int]]:
    """First and last word of each sentence of a turn."""
    spans = []
    first = turn[0]
    for place in range(turn[0], turn[1] + 1):
        following = words[place + 1].text if place < turn[1] else None
        if following is None or _ends_sentence(words[place].text, following):
            spans += _short(words, first, place, punctuated)
            first = place + 1
    return spans


def _ends_sentence(text: str, following: str) -> bool:
    """Whether a sentence ends with this word, given the word after it.

    >>> [_ends_sentence(*pair.split()) for pair in ("Dr. Marsh", "U.S. Senate", "p.m. The")]
    [False, False, True]
    >>> _ends_sentence("well…", "maybe"), _ends_sentence("well…", "Maybe")
    (False, True)
    >>> _ends_sentence("anyway", "The"), _ends_sentence("in", "The")  # Whisper lost a full stop
    (True, False)
    """
    if _lost_its_stop(text, following):
        return True
    if not _END.search(text) or following.lstrip("\"'“‘([«")[:1].islower():
        return False
    form = speech.normal(text)
    if form in _NEVER_LAST or re.fullmatch(r"[A-HJ-Z]\.", text):
        return False
    if form == "no" and text.endswith(".") and following[:1].isdigit():
        return False
    return form not in _SELDOM_LAST or speech.normal(following) in _STARTERS


def _lost_its_stop(text: str, following: str) -> bool:
    """Only a new sentence makes these capital, or a name that begins with one: "in The Hague"."""
    begins = following[:1].isupper() and following != "I" and speech.normal(following) in _STARTERS
    return begins and text[-1:].isalnum() and text.islower() and text not in COMMON


def _short(words: Sequence[Word], first: int, last: int, punctuated: bool) -> list[tuple[int, int]]:
    """The span itself; where punctuation is missing, cut at pauses and joints into short ones."""
    count = last - first + 1
    commas = sum(1 for word in words[first : last + 1] if word.text.endswith((",", ";", ":")))
    lost = not punctuated or (count > _LONGEST and commas * 40 < count)
    if not lost or count <= _LONG:
        return [(first, last)]

    def break_after(place: int) -> float:
        joint = 0.5 if speech.normal(words[place + 1].text) in _JOINTS else 0.0
        off_middle = abs((place - first) / count - 0.5)
        return words[place + 1].start - words[place].end + joint - off_middle

    cut = max(range(first + count // 4, last - count // 4), key=break_after)
    return _short(words, first, cut, punctuated) + _short(words, cut + 1, last, punctuated)


# --- what is dropped ---

_AGREES = re.compile(
    r"(?:(?:oh|ah|yeah|yes|yep|yup|ya|right|okay|ok|sure|mm-?hm+|mhm+|uh-?huh|wow|exactly|true"
    r"|absolutely|totally|definitely|of course|i see|got it|gotcha|interesting|great|cool|nice"
    r"|correct|indeed|for sure|that's (?:right|true)|fair enough|(?:that )?makes sense|all right"
    r"|alright|amazing|awesome|fantastic|perfect|very good|good|no worries|huh|you know)(?: |$))+"
)
_GREETS = re.compile(
    r"(?:(?:hi|hello|hey|bye|goodbye|bye-bye|cheers|thanks|thank you|you're welcome|take care"
    r"|see you(?: later)?|my pleasure)(?: (?:so|very) much| again)?(?: (?!for\b)\w+){0,2}(?: |$))+"
)
_STATION = re.compile(
    r"\bwe(?:'ll| will) be (?:right )?back\b|\bstay tuned\b|^(?:so |and |but )?stick around\b"
    r"|\b(?:let's|we'll|going to|gonna) take a (?:quick |short )?break\b"
    r"|\bafter (?:this|the|a) (?:short |quick )?(?:break|message)\b"
    r"|^welcome back(?: to (?:\S+ ?){1,4})?$|\bhit (?:the |that )?(?:like|subscribe|bell)\b"
    r"|\b(?:please|like and|to|remember to|can) subscribe\b|\bleave (?:us )?a (?:review|rating)\b"
    r"|\bwherever you (?:get|listen|find)\b.*\bpodcasts?\b|\byou(?:'re| are) listening to\b"
    r"|\b(?:links?|check|find)\b.*\bin the (?:show notes|description)\b|\bfollow us on\b"
    r"|\bour newsletter\b|\bnew episodes (?:every|each|on|come)\b"
)

# (reason, test): the first that holds drops the sentence.
DROP: tuple[tuple[str, Callable[[Piece], bool]], ...] = (
    ("says nothing", lambda piece: not piece.forms),
    # "Yes." after a question is an answer.
    ("only agrees", lambda piece: not piece.answers and bool(_AGREES.fullmatch(piece.plain))),
    ("only greets or thanks", lambda piece: bool(_GREETS.fullmatch(piece.plain))),
    (
        "is a message of the station",
        lambda piece: piece.role != "guest" and bool(_STATION.search(piece.plain)),
    ),
)

# SponsorBlock's kinds, as yt-dlp writes them into chapter titles.
SPONSORBLOCK: dict[str, str] = {
    "Sponsor": "is a sponsor message",
    "Unpaid/Self Promotion": "is a sponsor message",
    "Interaction Reminder": "is a message of the station",
    "Intermission/Intro Animation": "is a message of the station",
    "Endcards/Credits": "is a message of the station",
    "Preview/Recap": "is a preview of what is said later",
}


def _reasons(
    pieces: tuple[Piece, ...], video: Video, options: EditOptions
) -> tuple[str | None, ...]:
    """For each piece why it is dropped; None: it stays."""
    sponsors = _sponsor_messages(pieces) if options.drop_sponsors else frozenset()
    previews = _previews(pieces)
    return tuple(
        next((reason for reason, holds in DROP[:1] if holds(piece)), None)
        or (_marked(piece, video) if options.drop_sponsors else None)
        or ("is a sponsor message" if place in sponsors else None)
        or next((reason for reason, holds in DROP[1:] if holds(piece)), None)
        or ("is a preview of what is said later" if place in previews else None)
        for place, piece in enumerate(pieces)
    )


def _marked(piece: Piece, video: Video) -> str | None:
    middle = (piece.start + piece.end) / 2
    for chapter in video.chapters:
        kind = chapter.title.removeprefix("[SponsorBlock]: ")
        if kind != chapter.title and kind in SPONSORBLOCK and chapter.start <= middle < chapter.end:
            return SPONSORBLOCK[kind]
    return None


_THIS_SHOW = r"\b(?:this|today's|our|the) (?:\w+ )?(?:episode|show|podcast|video|program|series)\b"
_ENDINGS = r"(?:com|io|org|ai|co|net|dev|app|fm)\b"
_SITE = rf"\b[\w-]+(?:\.| dot ){_ENDINGS}"
# Where a sponsor message surely is: in any voice; in the host's or an advertising voice.
_ANYONE_READS = re.compile(
    rf"{_THIS_SHOW}.*\b(?:brought to you|sponsored|supported|presented|made possible) by\b"
    r"|\b(?:a|quick|short|brief) (?:word|message|break) (?:from|for) (?:our|today's|this) \w+"
)
_HOST_READS = re.compile(
    r"\b(?:our|today's|this (?:episode|week)'s|the show's|tonight's) (?:\w+ )?sponsors?\b(?!hip)"
    r"|\bsponsors? (?:of|for) (?:this|today's|the) (?:episode|show|podcast|video)\b"
    r"|\bbrought to you by\b|\b(?:thanks|thank you) to (?:\S+ ){1,4}for (?:sponsoring|supporting)\b"
    r"|\b(?:use|enter|with) (?:the |my |our )?(?:\w+ )?code\b.*\b(?:checkout|off|discount)\b"
    rf"|{_SITE}(?: ?/| slash )\w+"
    rf"|\b(?:visit|go to|head (?:over )?to|try|sign up at|get started at|learn more at)\b.*{_SITE}"
)
# Goes on with one, but does not make one.
_READS_ON = re.compile(
    rf"{_SITE}|\bfree trial\b|(?:%|percent|dollars) off\b|\bmoney-?back\b|\bat checkout\b"
    r"|\bpromo code\b|\bsign up\b|\bsponsors?\b|\bfirst (?:order|purchase|month|pair)\b"
)
# The conversation is back.
_RETURNS = re.compile(
    r"^(?:and )?(?:so|now|okay|all right|alright|anyway|well|welcome back|back to)\b"
    r"|\bmy guest\b|\blet's\b|\bwelcome (?:back|to)\b|\bnow back to\b"
    r"|\bi'm (?:joined|talking|here) (?:by|with|to)\b"
    r"|^(?:before we|i want to|here's)\b"
)
_BRAND = re.compile(
    r"(?:brought to you by|sponsored by|supported by|sponsors?,?|sponsor is|thanks to|from)\s+"
    r"((?:[A-Z][\w&'’.-]*\s*){1,3})"
)
# Named only after "a word from our sponsor": "Acme is the home of ..."
_LATER_BRAND = re.compile(
    r"^((?:[A-Z][\w&-]+ ){1,2})(?:is|are|makes?|helps?|turns?|lets?|gives?)\b"
)
_READ_LASTS = 90.0  # seconds from one cue to the next


def _sponsor_messages(pieces: tuple[Piece, ...]) -> frozenset[int]:
    """Places of the sentences that belong to a sponsor message."""
    found: set[int] = set()
    for place, piece in enumerate(pieces):
        if place not in found and _begins_read(piece):
            found.update(range(place, _read_ends(pieces, place) + 1))
    ads = {p.turn.speaker for p in pieces if p.role == "other" and _begins_read(p)}
    found |= {place for place, piece in enumerate(pieces) if piece.turn.speaker in ads}
    return frozenset(found)


def _begins_read(piece: Piece) -> bool:
    said = piece.text.lower().replace("’", "'")
    return bool(_ANYONE_READS.search(said) or (piece.role != "guest" and _HOST_READS.search(said)))


def _read_ends(pieces: tuple[Piece, ...], begin: int) -> int:
    """Place of the last sentence of the sponsor message that begins there."""
    reader, last = pieces[begin].turn.speaker, begin
    brands = _brands(pieces[begin])
    for place in range(begin + 1, len(pieces)):
        piece = pieces[place]
        said = piece.text.lower().replace("’", "'")
        if piece.start - pieces[last].end > _READ_LASTS or (
            piece.turn.speaker != reader and piece.role != "other"
        ):
            break
        if place == begin + 1 and not brands and (late := _LATER_BRAND.match(piece.text)):
            brands = set(speech.forms(late.group(1).split())) - _SMALL
        if brands & set(piece.forms) or _begins_read(piece) or _READS_ON.search(said):
            last = place
            brands |= _brands(piece)
        elif _RETURNS.search(said) or (speech.asks(piece.text) and place - last > 1):
            break
    return last


def _brands(piece: Piece) -> set[str]:
    named = " ".join(match.group(1) for match in _BRAND.finditer(piece.text))
    sites = re.findall(rf"([\w-]+)(?:\.| dot ){_ENDINGS}", piece.text)
    return {form for form in speech.forms([*named.split(), *sites]) if len(form) > 2}


_TEASED = 600.0  # shorter recordings have no teaser; what repeats there is a habit of speech
_LATER = 120.0  # seconds after which a repeat is no repeat of the moment
_GRAM = 5


def _previews(pieces: tuple[Piece, ...]) -> frozenset[int]:
    """Places of the teaser: sentences before the show begins, most of them heard again later."""
    if not pieces or pieces[-1].end < _TEASED:
        return frozenset()
    last_heard: dict[tuple[str, ...], float] = {}
    for piece in pieces:
        last_heard.update(dict.fromkeys(_grams(piece), piece.start))
    again, other, end = 0, 0, -1
    for place, piece in enumerate(pieces):
        grams = _grams(piece)
        if len(grams) < 3:
            continue  # too short to tell
        if sum(1 for gram in grams if last_heard[gram] > piece.end + _LATER) >= 0.6 * len(grams):
            again, other, end = again + 1, 0, place
        elif (other := other + 1) > min(2, again):  # the show has begun
            break
    return frozenset(range(end + 1))


def _grams(piece: Piece) -> list[tuple[str, ...]]:
    return [piece.forms[begin : begin + _GRAM] for begin in range(len(piece.forms) - _GRAM + 1)]


def _dropped(
    transcript: Transcript, pieces: tuple[Piece, ...], reasons: tuple[str | None, ...]
) -> list[Dropped]:
    """Neighbours of one turn that go for the same reason go as one."""
    dropped = []
    pairs = itertools.groupby(
        zip(pieces, reasons, strict=True), key=lambda pair: (pair[0].turn.id, pair[1])
    )
    for (turn, reason), group in pairs:
        run = [piece for piece, _ in group]
        if reason is not None:
            first, last = run[0].words[0], run[-1].words[1]
            said = " ".join(word.text for word in transcript.words[first : last + 1])
            end = max(piece.end for piece in run)
            dropped.append(Dropped(turn, run[0].start, end, said, reason, (first, last)))
    return dropped


# --- what may not be quoted ---


def _lacks_its_beginning(words: Sequence[Word], first: int) -> bool:
    """A sentence of which somebody else got the first words, or that was too long to be one."""
    within = first > 0 and not _END.search(words[first - 1].text)
    return within and words[first].text[:1].islower()


# Misheard, these change little; any other word that was hard to hear makes a sentence doubtful.
_SMALL = speech.listed(
    "a an the and or but so if of to in on at by for from with as that this these those it its "
    "it's is are was were be been i i'm i've you you're we we're he she they them his her their "
    "our your my me us do does did have has had will would can could just really very like well "
    "yeah there then than what which who when"
)


def _doubtful_words(transcript: Transcript, turns: Turns, options: EditOptions) -> frozenset[int]:
    unclear = {
        place
        for place, word in enumerate(transcript.words)
        if (word.probability is not None and word.probability < options.quotable)
        and (form := speech.normal(word.text)) not in _SMALL | speech.fillers(transcript.language)
        and form
    }
    gaps = {
        place
        for place, word in enumerate(transcript.words)
        if word.text.lower().startswith(
            ("[unintelligible", "[inaudible", "[crosstalk", "(unintell")
        )
    }
    return frozenset(unclear | gaps | set(turns.doubtful))
