"""Turns -> sentences worth reading; what is left out is named, with its reason."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pipeline import speech
from pipeline.config import EditOptions
from pipeline.engines.filler import cues, marks, sentences, sponsors, station, teaser
from pipeline.engines.filler.sentences import Piece
from pipeline.model import Dropped, Edited, Sentence, Speaker, Transcript, Turns, Video, Word

VERSION: Final = 3


def edit(
    video: Video,
    transcript: Transcript,
    turns: Turns,
    speakers: tuple[Speaker, ...],
    options: EditOptions,
) -> Edited:
    """Cut turns into sentences, take out fillers, and drop what no article needs.

    Every word of every turn is in one sentence or in one `Dropped`. From `video` only chapters
    and marks are read: the publisher and SponsorBlock's users mark sponsor messages there.
    """
    pieces = sentences.pieces(transcript, turns, speakers)
    reasons = _reasons(pieces, video, transcript, options)
    doubtful = _doubtful_words(transcript, turns, options)
    punctuated = sentences.is_punctuated(transcript.words)
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


# --- what is dropped ---

_AGREES = re.compile(
    r"(?:(?:oh|ah|yeah|yes|yep|yup|ya|right|okay|ok|sure|mm-?hm+|mhm+|uh-?huh|wow|exactly|true"
    r"|absolutely|totally|definitely|of course|i see|got it|gotcha|interesting|great|cool|nice"
    r"|correct|indeed|for sure|that's (?:right|true)|fair enough|(?:that )?makes sense|all right"
    r"|alright|amazing|awesome|fantastic|perfect|very good|good|no worries|huh|you know)(?: |$))+"
)
_GREETING = (
    r"(?:hi|hello|hey|bye|goodbye|bye-bye|cheers|thanks|thank you|you're welcome|take care"
    r"|see you(?: later)?|my pleasure)"
)
# Each word is read one way only, hence the atomic group: "hi hi hi …" would else take for ever.
_GREETS = re.compile(
    rf"(?:(?>{_GREETING}(?: (?:so|very) much| again)?"
    rf"(?: (?!for\b|{_GREETING}\b)\w+){{0,2}}(?: |$)))+"
)
# "Sophie Lorenz, thanks for the conversation." "It's great to be back."
_THANKS = re.compile(
    r"(?:\S+ ){0,3}?(?:thanks|thank you)(?: so much| very much| both| all| again| \w+)? for "
    r"(?:having (?:me|us)|joining|coming|being here|inviting|talking (?:to|with)|speaking with"
    r"|(?:the|this|your) (?:\w+ )?(?:conversation|time|chat|talk))(?: \w+){0,5}"
    r"|(?:(?:yeah|oh|well|and|it's|it is|i'm|i am|such|an?|so|really|very|always) )*"
    r"(?:good|great|nice|lovely|happy|glad|excited|thrilled|honou?red|honou?r|pleasure|delighted)"
    r" to (?:be (?:here|back|on|with you)|see you|meet you|have you)(?: \w+){0,3}"
)

# (reason, test): the first that holds drops the sentence.
DROP: tuple[tuple[str, Callable[[Piece], bool]], ...] = (
    # "Yes." after a question is an answer.
    ("only agrees", lambda piece: not piece.answers and bool(_AGREES.fullmatch(piece.plain))),
    (
        "only greets or thanks",
        lambda piece: bool(_GREETS.fullmatch(piece.plain) or _THANKS.fullmatch(piece.plain)),
    ),
)


def _reasons(
    found: tuple[Piece, ...], video: Video, transcript: Transcript, options: EditOptions
) -> list[str | None]:
    """For each piece why it is dropped; None: it stays."""
    cued = cues.of(transcript.language)
    begins = station.begins(found, cued.station)
    clip = teaser.teaser(found, begins)
    teased = max(clip, default=-1) + 1
    # (reasons by place): the first that has the place tells why.
    finders: tuple[Mapping[int, str], ...] = (
        {n: "says nothing" for n, piece in enumerate(found) if not piece.forms},
        dict(_in_another_language(found, transcript)),
        marks.marked(found, video) if options.drop_sponsors else {},
        dict.fromkeys(
            sponsors.messages(found, cued.sponsor) if options.drop_sponsors else (), marks.SPONSOR
        ),
        dict.fromkeys(clip, marks.PREVIEW),
        station.messages(found, teased, begins, cued.station),
        {n: why for n, piece in enumerate(found) for why, holds in reversed(DROP) if holds(piece)},
    )
    return [
        next((reasons[place] for reasons in finders if place in reasons), None)
        for place in range(len(found))
    ]


def _in_another_language(
    found: tuple[Piece, ...], transcript: Transcript
) -> Iterator[tuple[int, str]]:
    """Sentences that hold words which the readers of this language would not read."""
    for foreign in transcript.foreign:
        for place, piece in enumerate(found):
            apart = piece.words[1] < foreign.words[0] or piece.words[0] > foreign.words[1]
            if not apart and not foreign.translated:
                yield place, f"is in another language ({foreign.language})"


def _dropped(
    transcript: Transcript, pieces: tuple[Piece, ...], reasons: Sequence[str | None]
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
    within = first > 0 and not sentences.END.search(words[first - 1].text)
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
