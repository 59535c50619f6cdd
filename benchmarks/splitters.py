"""Who cuts a talk into topics: ours, TextTiling, and cuts that read nothing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.divided import Divided
from pipeline.config import OutlineOptions
from pipeline.engines.topics import boundaries
from pipeline.engines.words.wording import COMMON

SEEDS = range(20)
TRUE, OWN, OURS = "told the true number", "finds it", "gets mytake's number"


@dataclass(frozen=True)
class Split:
    """What a splitter made of a talk."""

    splitter: str
    number: str  # who says how many topics there are
    tries: tuple[tuple[int, ...], ...]  # turns at which a topic begins, the first one's apart


def splits(talk: Divided) -> Iterator[Split]:
    """Everybody's."""
    own, told = _ours(talk)
    yield Split("**mytake**", OWN, (own,))
    yield Split("TextTiling (nltk)", OWN, (_texttiling(talk),))
    yield Split("even", OURS, (_even(talk, len(own)),))
    yield Split("random", OURS, _random(talk, len(own)))
    yield Split("**mytake**", TRUE, (told,))
    yield Split("even", TRUE, (_even(talk, len(talk.begins)),))
    yield Split("random", TRUE, _random(talk, len(talk.begins)))


def _ours(talk: Divided) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """As `outline` cuts where there are no chapters; and with the true number."""
    edited, speakers = talk.prepared()
    stretches = boundaries.stretches(talk.turns, edited, speakers)
    if not stretches:
        return (), ()
    meant = boundaries.vectors(stretches)
    minutes = OutlineOptions().minutes_per_topic

    def begins(count: int | None) -> tuple[int, ...]:
        firsts = boundaries.boundaries(stretches, meant, minutes, count)
        return tuple(stretches[first].turn for first in firsts[1:])

    return begins(None), begins(len(talk.begins) + 1)


def _texttiling(talk: Divided) -> tuple[int, ...]:
    """Hearst's, as nltk has it; a turn is a paragraph. It cuts nothing of one paragraph."""
    from nltk.tokenize.texttiling import TextTilingTokenizer

    texts = [turn.text for turn in talk.turns.turns]
    try:
        tiles = TextTilingTokenizer(stopwords=sorted(COMMON)).tokenize("\n\n".join(texts))
    except ValueError:
        return ()
    lengths = [sum(1 for letter in tile if not letter.isspace()) for tile in tiles]
    ends = {sum(lengths[:count]) for count in range(1, len(lengths))}
    begins, said = [], 0
    for place, text in enumerate(texts):
        if said in ends:
            begins.append(place)
        said += sum(1 for letter in text if not letter.isspace())
    return tuple(begins)


def _even(talk: Divided, cuts: int) -> tuple[int, ...]:
    size = len(talk.turns.turns)
    return tuple(sorted({round(size * cut / (cuts + 1)) for cut in range(1, cuts + 1)} - {0}))


def _random(talk: Divided, cuts: int) -> tuple[tuple[int, ...], ...]:
    places = range(1, len(talk.turns.turns))
    cuts = min(cuts, len(places))
    return tuple(tuple(sorted(random.Random(seed).sample(places, cuts))) for seed in SEEDS)
