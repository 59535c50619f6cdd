"""What counts as a word: fillers, stutters, sounds, normal forms. Who compares words, asks here."""

import re
from collections.abc import Iterable, Sequence

from pipeline.model import Word


def listed(text: str) -> frozenset[str]:
    """A set of words, written as a line of words."""
    return frozenset(text.split())


# Stands in a quotation, or between two, for words that were said there and are left out.
ELLIPSIS = "[…]"

# Sounds of hesitation. They carry no meaning, so a quotation may leave them out without a mark.
_ANYWHERE = frozenset({"uh", "uhh", "uhm", "hm", "hmm", "mm", "mmm"})
FILLERS: dict[str, frozenset[str]] = {
    # Per language: "um" is "a" in Portuguese and "around" in German, "er" is "he" there.
    "en": _ANYWHERE | {"um", "umm", "er", "erm", "ehm"},
    "de": _ANYWHERE | {"äh", "ähm", "öh", "öhm"},
    "fr": _ANYWHERE | {"euh", "heu"},
    "es": _ANYWHERE | {"ehm", "eh"},
    "it": _ANYWHERE | {"ehm", "eh"},
    "nl": _ANYWHERE | {"eh", "ehm"},
}

# Said twice in a row, these are a stutter. Others are not: "very very", "no no", "had had",
# "that that" mean something.
STUTTERS: dict[str, frozenset[str]] = {
    "en": listed(
        "a an the i i'm i've we we're he she they it's my our your their his and but or of if "
        "because with from at which when"
    ),
}

# With one of those, these are a stutter where the pair is said twice: "in the in the", "I think I
# think". "It is what it is" holds none.
_PAIRED: dict[str, frozenset[str]] = {"en": listed("in to on for by is was think have")}

# What captions write in brackets that nobody said.
SOUNDS = re.compile(
    r"(?:(?:both|all|audience|crowd|intro|outro|upbeat|dramatic|theme)\W+)*"
    r"(?:laugh\w*|chuckl\w*|giggl\w*|applau\w*|cheer\w*|music\w*|sigh\w*|cough\w*|sniff\w*|snort\w*"
    r"|silence|pause|breath\w*|gasp\w*|clap\w*|ding|beep\w*|whoosh)"
    r"(?:\W+(?:playing|plays|continues|fades|loudly|softly|in|out))*"
)

# After these a comma belongs to the filler that followed it: "it was, um, cold".
_LEADS_ON = listed(
    "a an the i we you he she they it is are was were be been am do did does have has had can "
    "could will would should may might must and but or so of to in on at by for from with as that "
    "this these those my our your their his her its very really just not if because than about into"
)

_BEGINS = re.compile(r"[\w$€£%#@]")
_ENDS = re.compile(r"[\w$€£%]")
_CLOSING = "\"'”’)]»"
_MARKS = ".?!…"


def fillers(language: str) -> frozenset[str]:
    """Normal forms of the hesitation sounds of a language."""
    return FILLERS.get(language[:2].lower(), _ANYWHERE)


def normal(text: str) -> str:
    """A word as it is compared: small letters, no punctuation around it, straight apostrophes.

    >>> normal("“Don’t,")
    "don't"
    """
    text = text.replace("’", "'")
    first, last = _BEGINS.search(text), _ENDS.search(text[::-1])  # linear, whatever a caption holds
    return text[first.start() : len(text) - last.start()].lower() if first and last else ""


def forms(texts: Iterable[str]) -> list[str]:
    """Normal forms of words, without what is punctuation only."""
    return [form for form in map(normal, texts) if form]


def sounds(words: Sequence[Word]) -> frozenset[int]:
    """Places of words that are no speech: "[laughs]", "(upbeat music)", "♪", ">>".

    >>> sorted(sounds([Word(text, 0, 0) for text in ">> Well [audience laughs] yes".split()]))
    [0, 2, 3]
    """
    found = {place for place, word in enumerate(words) if not set(word.text) - set("♪♫>-–—.…*")}
    for place, word in enumerate(words):
        if word.text[:1] not in ("[", "("):
            continue
        for end in range(place, min(place + 5, len(words))):
            if words[end].text.rstrip(".,").endswith(("]", ")")):
                inside = " ".join(each.text for each in words[place : end + 1])
                if SOUNDS.fullmatch(inside.strip("[]().,♪ ").lower()):
                    found.update(range(place, end + 1))
                break
    return frozenset(found)


def spoken(words: Sequence[Word], language: str = "en") -> str:
    """The text of a run of words without hesitation: what an article prints of them.

    Only `FILLERS`, repeats of `STUTTERS` or of pairs with one, and `sounds` go, with the comma that
    stood for the pause; no other word is changed, added or moved. A run that began with "Um,"
    begins with a capital.

    >>> def said(text): return spoken([Word(word, 0, 0) for word in text.split()])
    >>> said("Um, the the gate, uh, with its hinge was, um, soft.")
    'The gate, with its hinge was soft.'
    >>> said("I think it's a, it's a mill in the in the marsh.")
    "I think it's a mill in the marsh."
    >>> said("It was cold, um. [laughs]")
    'It was cold.'
    """
    hesitation, stutters = fillers(language), STUTTERS.get(language[:2].lower(), frozenset())
    paired = stutters | _PAIRED.get(language[:2].lower(), frozenset())
    silent = sounds(words)
    kept: list[str] = []
    led_by_filler = False
    for place, word in enumerate(words):
        form = normal(word.text)
        if place in silent:
            continue
        if form in hesitation:
            led_by_filler = led_by_filler or not kept
            _close_gap(kept, word.text)
        elif kept and form in stutters and form == normal(kept[-1]) and kept[-1][-1] not in _MARKS:
            kept[-1] = _in_the_case_of(kept[-1], word.text)
        elif _pair_again(kept[-3:], form, stutters, paired):
            kept[-3:] = [_in_the_case_of(kept[-3], kept[-1]), word.text]
        else:
            kept.append(word.text)
    if led_by_filler and kept:
        kept[0] = kept[0][:1].upper() + kept[0][1:]
    return " ".join(kept)


def _pair_again(
    last: Sequence[str], form: str, stutters: frozenset[str], paired: frozenset[str]
) -> bool:
    """Whether a word ends a pair of small words that was just said: "it's a it's" + "a"."""
    if len(last) < 3 or any(word[-1] in _MARKS for word in last):
        return False
    first, second, again = map(normal, last)
    pair = {first, second}
    return again == first and form == second and pair <= paired and bool(pair & stutters)


def _in_the_case_of(first: str, second: str) -> str:
    return second[:1].upper() + second[1:] if first[:1].isupper() else second


def _close_gap(kept: list[str], filler: str) -> None:
    """Move a full stop from a dropped filler to the word before it; take away an orphan comma."""
    if not kept:
        return
    last = kept[-1]
    mark = re.search(f"[{_MARKS}]", filler)
    if mark and last[-1] not in _MARKS:
        kept[-1] = last.rstrip(",;-–—") + mark.group()
    elif last.endswith(",") and normal(last) in _LEADS_ON:
        kept[-1] = last[:-1]


def asks(text: str) -> bool:
    """Whether a text ends with a question mark, whatever closes after it."""
    return text.rstrip().rstrip(_CLOSING).endswith(("?", "？", "؟"))
