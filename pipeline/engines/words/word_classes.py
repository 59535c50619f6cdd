"""Words of an English sentence to their classes: the one door to the part-of-speech tagger."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

# The British National Corpus' tags (C5), as far as a heading asks for them.
CLASSES: Final = (
    ("name", re.compile(r"NP0")),
    ("plural", re.compile(r"NN2")),
    ("noun", re.compile(r"NN[01]")),
    ("adjective", re.compile(r"AJ[0CS]")),
    ("ing", re.compile(r"V.G")),
    ("number", re.compile(r"CRD")),
    ("determiner", re.compile(r"AT0|D[PT][S0]")),
    ("preposition", re.compile(r"PR[PF]")),
    ("pronoun", re.compile(r"PN.|DTQ")),
    ("verb", re.compile(r"V..")),
)
_LONGEST = 40  # letters; the tagger takes minutes over a "word" without end
_ENDING = re.compile(r"(?<=\w)('s|n't|'re|'ve|'ll|'d|'m|(?<=s)')$", re.IGNORECASE)


_Tag = Callable[[list[str]], list[tuple[str, str, str]]]


def classes(sentences: Iterable[Sequence[str]]) -> list[list[str]]:
    """For each sentence the class of each of its words, "" where it is none of `CLASSES`.

    "Anna's" is "of" where something of hers follows, and "" where it stands for "Anna is".
    Words come without punctuation. The model is loaded and let go with each call: 0.3 s, 55 MB.
    """
    from HanTa.HanoverTagger import HanoverTagger

    tagger = HanoverTagger("morphmodel_en.pgz")
    return [_classes(tagger.tag_sent, words) for words in sentences]


def _classes(tag: _Tag, words: Sequence[str]) -> list[str]:
    parts: list[str] = []
    owner: list[int] = []
    for place, word in enumerate(words):
        short = word.replace("’", "'") if len(word) <= _LONGEST else "x"
        pieces = [piece for piece in _ENDING.split(short) if piece]
        parts += pieces
        owner += [place] * len(pieces)
    found = [""] * len(words)
    for place, (part, _, mark) in zip(owner, tag(parts) if parts else [], strict=True):
        if _ENDING.search(f"s{part}"):
            found[place] = "of" if mark == "POS" else ""
        else:
            found[place] = next((name for name, how in CLASSES if how.fullmatch(mark)), "")
    return found
