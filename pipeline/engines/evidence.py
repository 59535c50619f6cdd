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


def tokens(*texts: str) -> frozenset[str]:
    """What the texts are evidence for, in normal form.

    >>> sorted(tokens("Ada's 1,000 six-row mills"))
    ['1,000', '1000', '6', 'ada', "ada's", 'mills', 'row', 'six', 'six-row']
    """
    words = {normal(token) for text in texts for token in _TOKEN.findall(text)}
    parts = {part for word in words for part in re.split(r"[-.&+]", word) if part}
    bare = {word.removesuffix("'s") for word in words} | {word.replace(",", "") for word in words}
    figures = {NUMBERS[word] for word in (words | parts) & NUMBERS.keys()}
    return frozenset(words | parts | bare | figures)


def missing(text: str, held: frozenset[str], openers: frozenset[str]) -> Iterator[str]:
    """Numbers, and words with a capital, for which nothing is held.

    A sentence's first word has its capital from its place: one of `openers` is no name there.

    >>> held = tokens("Ada built 6 mills.")
    >>> list(missing("The six mills of Ada cost Ben 40.", held, frozenset({"the"})))
    ['Ben', '40']
    """
    begins = True
    for token in _TOKEN.finditer(text):
        word = normal(token.group())
        number = any(letter.isdigit() for letter in word) or word in NUMBERS or word in SCALES
        capital = token.group()[0].isupper()
        excused = word == "one" or (not number and (not capital or (begins and word in openers)))
        same = {word, NUMBERS.get(word, word), word.removesuffix("'s"), word.replace(",", "")}
        if not excused and held.isdisjoint(same):
            yield token.group()
        begins = text[token.end() :].lstrip(" ")[:1] in _ENDS
