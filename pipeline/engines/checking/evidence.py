"""Numbers and names of a text, and whether they stand in what it is drawn from."""

import re
from collections.abc import Iterator

from pipeline.speech import listed, normal

_TOKEN = re.compile(r"[^\W_](?:[\w'’&+.,-]*[\w+%])?")
_ENDS = (".", "!", "?", ":", "“", '"')
_FIGURES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
# "six" is evidence for 6, and 6 for "six".
NUMBERS: dict[str, str] = {word: str(value) for value, word in enumerate(_FIGURES.split())} | {
    word: str(value) for value, word in zip(range(30, 100, 10), _TENS.split(), strict=True)
}
SCALES = listed("hundred thousand million billion trillion percent half third quarter dozen")


_SPLITS = re.compile(r"[-&+]|(?<!\d)\.|\.(?!\d)")  # not 0.3: it is no evidence for 3


def tokens(*texts: str) -> frozenset[str]:
    """What the texts are evidence for, in normal form.

    >>> sorted(tokens("Ada's 1,000 six-row mills"))
    ['1,000', '1000', '6', 'ada', "ada's", 'mills', 'row', 'six', 'six-row']
    >>> sorted(tokens("0.3%"))
    ['0.3', '0.3%', 'percent']
    """
    words = {normal(token) for text in texts for token in _TOKEN.findall(text)}
    words |= {word.rstrip("%") for word in words}
    parts = {part for word in words for part in _SPLITS.split(word) if part}
    bare = {word.removesuffix("'s") for word in words} | {word.replace(",", "") for word in words}
    figures = {NUMBERS[word] for word in (words | parts) & NUMBERS.keys()}
    shares = {"percent"} if any(word.endswith("%") for word in words) else set()
    return frozenset(words | parts | bare | figures | shares)


def missing(
    text: str, held: frozenset[str], openers: frozenset[str], counted: frozenset[str] | None = None
) -> Iterator[str]:
    """Numbers, and words with a capital, for which nothing is held.

    A sentence's first word has its capital from its place: one of `openers` is no name there.
    Numbers are looked up in `counted`, where that is given.

    >>> held = tokens("Ada built 6 mills, 0.3 percent of them.")
    >>> list(missing("The six mills of Ada cost Ben 40, or 3%.", held, frozenset({"the"})))
    ['Ben', '40', '3%']
    """
    counted = held if counted is None else counted
    begins = True
    for token in _TOKEN.finditer(text):
        word = normal(token.group())
        figures = _figures(word)
        capital = token.group()[0].isupper()
        if figures:
            lacks = word not in counted and any(counted.isdisjoint(same) for same in figures)
        elif capital and not (begins and word in openers):
            lacks = held.isdisjoint({word, word.removesuffix("'s")})
        else:
            lacks = False
        if lacks:
            yield token.group()
        begins = text[token.end() :].lstrip(" ")[:1] in _ENDS


def _figures(word: str) -> list[set[str]]:
    """For each number in a word, the ways in which it may be held; "one" is most often none."""
    found = []
    for part in word.rstrip("%").split("-"):
        if any(c.isdigit() for c in part) or part in NUMBERS or part.removesuffix("s") in SCALES:
            found.append({part, NUMBERS.get(part, part), part.replace(",", "")})
    if word.endswith("%"):
        found.append({"percent"})
    return [same for same in found if "one" not in same]
