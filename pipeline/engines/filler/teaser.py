"""The teaser: a clip at the very beginning, before the welcome, that is heard again in its place.

Both times it is the same audio, but not the same words: Whisper hears a name otherwise, or loses
a word under the music. So passages are compared and not sentences: threes of words that come back
in order, a little apart, are one passage, and what is seldom said weighs more.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipeline.engines.filler.sentences import Piece

# Seconds: a teaser begins within the first, and is over within the second.
BEGINS, OVER = 60.0, 300.0
# Seconds after which the original may come: said again at once it is a manner of speaking.
LATER = 60.0
# Shorter recordings have no teaser; what comes back in them does so by chance.
SHORTEST, SHORTEST_UNWELCOMED = 240.0, 600.0
# The show is opened within these seconds after a teaser.
OPENED = 90.0
# What a passage has to weigh, alone and beside another. In 11 long interviews the heaviest that
# came back by chance, or as a habit, weighed 23 (13 in the middle); 25 words of a clip weigh 70.
SURE, BESIDE = 27.0, 13.0
# Without a welcome after it, a teaser must weigh so much to be believed.
SURE_UNWELCOMED = 45.0
RUN = 3  # words in a row that begin a passage
COMMON = 20  # what is said more often ("I don't know") begins none
# Words that may be misheard in a row, and how many more or fewer than were said.
MISHEARD, DRIFT = 10, 5
GUESTS = 1 / 5  # of what comes back; the rest may be the questions
# Words that do not come back between two passages: a voice that announces the next clip.
BETWEEN = 30


@dataclass(frozen=True, slots=True)
class Passage:
    """Words at the beginning, and the words later that are nearly the same."""

    first: int
    last: int
    again_first: int
    again_last: int
    weight: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """All that is said, word by word."""

    forms: tuple[str, ...]
    starts: tuple[float, ...]
    piece: tuple[int, ...]  # to which each word belongs
    weight: dict[str, float]  # of a form: nothing for the commonest, much for what is seldom said

    @staticmethod
    def of(pieces: Sequence[Piece]) -> "Spoken":
        """All words of the pieces."""
        said = [(form, piece.start, at) for at, piece in enumerate(pieces) for form in piece.forms]
        forms = tuple(form for form, _, _ in said)
        count = Counter(forms)
        commonest = max(count.values(), default=1)
        return Spoken(
            forms,
            tuple(start for _, start, _ in said),
            tuple(at for _, _, at in said),
            {form: math.log(commonest / times) for form, times in count.items()},
        )


def teaser(pieces: Sequence[Piece], opens: Sequence[bool]) -> frozenset[int]:
    """Places of the pieces of the teaser; `opens` tells of each piece whether it opens the show."""
    if not pieces or pieces[-1].end < SHORTEST:
        return frozenset()
    over = next((place for place, opening in enumerate(opens) if opening), len(pieces))
    spoken = Spoken.of(pieces)
    early = sum(1 for at in spoken.piece if at < over and pieces[at].end <= OVER)
    clips = _clips(_passages(spoken, early))
    if (
        not clips
        or spoken.starts[clips[0].first] > BEGINS
        or not _in_context(clips, spoken, pieces)
    ):
        return frozenset()
    first, last = _whole(pieces, spoken, clips, over)
    welcomed = over < len(pieces) and pieces[over].start - pieces[last].end <= OPENED
    if not welcomed and (
        sum(clip.weight for clip in clips) < SURE_UNWELCOMED or pieces[-1].end < SHORTEST_UNWELCOMED
    ):
        return frozenset()
    return frozenset(range(first, last + 1))


def _passages(spoken: Spoken, early: int) -> list[Passage]:
    """What of the first `early` words comes back, word for word or nearly."""
    runs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(spoken.forms) - RUN + 1):
        runs[spoken.forms[place : place + RUN]].append(place)
    going: list[Passage] = []
    ended: list[Passage] = []
    for place in range(early - RUN + 1):
        ended += (passage for passage in going if place - passage.last > MISHEARD)
        going = [passage for passage in going if place - passage.last <= MISHEARD]
        places = runs[spoken.forms[place : place + RUN]]
        for again in places if len(places) <= COMMON else ():
            if spoken.starts[again] < spoken.starts[place] + LATER:
                continue
            behind = [n for n, passage in enumerate(going) if _goes_on(passage, place, again)]
            end = (place + RUN - 1, again + RUN - 1)
            if behind:
                going[behind[0]] = replace(going[behind[0]], last=end[0], again_last=end[1])
            else:
                going.append(Passage(place, end[0], again, end[1], 0.0))
    return [_weighed(passage, spoken, early) for passage in ended + going]


def _goes_on(passage: Passage, place: int, again: int) -> bool:
    drift = (again - place) - (passage.again_last - passage.last)
    ahead = again - passage.again_last
    return abs(drift) <= DRIFT and -RUN < ahead <= MISHEARD + DRIFT and place >= passage.first


def _weighed(passage: Passage, spoken: Spoken, early: int) -> Passage:
    """With the single words between and around its runs, and what all of them weigh."""
    first = max(0, passage.first - MISHEARD)
    again = max(0, passage.again_first - MISHEARD)
    one = spoken.forms[first : min(early, passage.last + MISHEARD)]
    other = spoken.forms[again : passage.again_last + MISHEARD]
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    inside = range(passage.first - first - 1, passage.last - first + 2)
    same = [at for a, _, size in blocks for at in range(a, a + size) if at in inside]
    weight = sum(spoken.weight[one[at]] for at in same)
    return replace(passage, weight=weight)


def _in_context(clips: Sequence[Passage], spoken: Spoken, pieces: Sequence[Piece]) -> bool:
    """Whether much of it comes back in the guest's words: a host repeats a habit, or asks again."""
    by_host = [
        pieces[spoken.piece[at]].role == "host"
        for clip in clips
        for at in range(clip.again_first, clip.again_last + 1)
    ]
    return by_host.count(False) >= GUESTS * len(by_host)


def _clips(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that are sure, and those beside them, in order."""
    order = sorted(passages, key=lambda passage: passage.first)
    clips = [passage for passage in order if passage.weight >= SURE]
    for passage in (p for p in order if BESIDE <= p.weight < SURE):
        if any(_near(passage, clip) for clip in clips):
            clips.append(passage)
    clips.sort(key=lambda passage: passage.first)
    for number in range(1, len(clips)):
        if clips[number].first - max(clip.last for clip in clips[:number]) > BETWEEN:
            return clips[:number]
    return clips


def _near(one: Passage, other: Passage) -> bool:
    return max(one.first - other.last, other.first - one.last) <= BETWEEN


def _whole(
    pieces: Sequence[Piece], spoken: Spoken, clips: Sequence[Passage], over: int
) -> tuple[int, int]:
    """First and last piece: all that the clips touch, but a last one of which most is new."""
    first = spoken.piece[clips[0].first]
    end = max(clip.last for clip in clips)
    last = spoken.piece[end]
    begins = spoken.piece.index(last)
    if last > first and (end + 1 - begins) * 2 < len(pieces[last].forms):
        last -= 1
    return first, min(last, over - 1)
