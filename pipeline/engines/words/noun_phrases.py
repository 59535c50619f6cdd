"""Sentences -> the noun phrases in them: what could be a heading, or half of one."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline import speech
from pipeline.engines.words import word_classes
from pipeline.engines.words.wording import COMMON
from pipeline.model import Sentence

# Nouns that say nothing of a subject. `COMMON` has more of them.
EMPTY: Final = speech.listed(
    """ability account advantage afternoon age amount answer area aspect attempt attention audience
    back background basis beginning benefit billion bottom bunch case category chance change choice
    circle class clip comment company component concept condition conversation couple course
    curiosity date day deal decade degree detail difference direction discussion dozen edge effect
    effort element end episode evening everybody everyone evidence experience extent eye face fact
    fan feature feeling folk form front fun future gentleman girl group guest guy half hand head
    help host hour hundred impact impression inch instance interview issue item job journey kid
    kilometer lady layer length lesson level life line link list listener load magic majority man
    manner mark mass matter mean meaning means member meter method mile million mind minute moment
    month morning name nature need night note nothing notion null number object opinion opportunity
    option order organization ourselves page pair part past path pattern percent percentage period
    perspective phase phrase picture piece pile place plenty plus podcast portion position
    possibility present problem process product purpose quality quarter question quote range rate
    reality reason reference regard respect rest result room round row rule scale scenario second
    sentence series set shape show side sign situation size solution space speaker speed spot stage
    standpoint start state step story stuff style subject success surface talk task team ten term
    test theme thought thousand topic total track trend truth turn type user value variant variety
    version video view viewpoint week while world zero"""
)
# Words of degree, praise and order: a heading gains nothing from beginning with them.
_PALE: Final = speech.listed(
    """able actual additional amazing available average awesome awful bad basic beautiful best
    better big bigger biggest brilliant broad certain clear close common complete cool correct crazy
    crucial current deep different difficult double early easier easiest easy effective enormous
    entire essential exact excellent exciting extra extraordinary extreme fabulous fair familiar
    famous fantastic fascinating fast faster favorite final fine former full fun funny general
    giant glad good great greater greatest half happy hard harder hardest high higher highest hot
    huge ideal important impossible incredible individual initial interesting key kind large
    larger largest last late later latest least less lesser likely little long longer lots lovely
    low lower main major massive maximum mere minor modern multiple narrow natural near nearest
    necessary new newer next nice non normal numerous obvious odd old older oldest only open-ended
    opposite ordinary original overall own particular past perfect plain popular positive possible
    potential powerful practical precise previous primary prime principal prior proper pure quick
    random rare ready real really reasonable recent regular related relevant respective rough same
    separate serious several sheer short shorter significant similar simple simplest single slight
    slow small smaller smallest special specific standard strange strong stronger strongest stupid
    subsequent substantial such sufficient super sure terrible tiny top total tough tremendous
    true typical ultimate unbelievable unique unusual upcoming useful usual vague valuable various
    vast very weird whole wide wild wonderful worse worst worth wrong young younger youngest"""
)
# "Going home" is no subject, "Raising money" is.
_LIGHT: Final = speech.listed(
    """according amazing anything asking assuming becoming being bringing calling coming concerning
    considering covering dealing depending describing doing during evening everything existing
    feeling finding following getting giving going growing guessing happening having hearing
    hoping including interesting keeping knowing lacking leading letting liking listening looking
    making meaning mentioning missing morning moving nothing noting ongoing playing putting
    referring regarding remaining saying seeing seeming showing sitting something speaking
    standing starting taking talking telling thinking trying turning using waiting wanting
    watching wondering working"""
)

_NOUNS: Final = frozenset({"noun", "plural", "name"})
_BEFORE_NOUNS: Final = _NOUNS | {"adjective", "of"}
_ING_AFTER: Final = _BEFORE_NOUNS | {"determiner", "ing"}
JOINS: Final = speech.listed("of for in on with without against between to from behind versus vs")
_ARTICLES: Final = speech.listed("the a an our their")
# "Number of prompts" is about prompts, "in favor of open models" about models.
_COUNTS: Final = speech.listed(
    """acre amount behalf bunch couple dollar face favor foot fraction gallon hour kilo kind liter
    lot meter mile minute number pair percent percentage piece portion pound sake series sort spite
    type"""
)
# "Bottlenecked on prices" is taken for a noun phrase; these words are nouns in spite of their end.
_NOUNS_IN_ED: Final = speech.listed("hundred infrared watershed hatred kindred")
# "Sales cycles"; other nouns stand before a noun in the singular.
_PLURAL_BEFORE_NOUNS: Final = speech.listed(
    """accounts admissions aerospace arms arts communications customs data economics electronics
    ethics games goods graphics human-rights logistics mathematics media news operations physics
    politics robotics sales savings securities sports statistics systems textiles united"""
)
_LONGEST = 4  # words of a noun phrase
_LONGEST_JOINED = 6
# Latin letters only: a Greek "Τ" that looks like a "T" makes a word that nobody finds.
_PLAIN_WORD = re.compile(
    r"[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ.+#&/-]*[A-Za-z0-9À-ɏ+#])?(?:['’]s|s['’])?"
)
_LONGEST_WORD = 24  # characters; more is no word of a heading
_BREAK = re.compile(r"[,.;:?!…—–)\]\"”]$|--$")
_MARKS = ' ,.;:?!…—–-()[]{}<>"“”‘*_`~|'


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence, word by word."""

    sentence: Sentence
    words: tuple[str, ...]  # without the marks around them
    forms: tuple[str, ...]
    classes: tuple[str, ...]  # see word_classes
    breaks: tuple[bool, ...]  # whether a mark follows the word
    host: bool  # said by one
    asked: bool  # by a host


def read(sentences: Sequence[Sentence], hosts: frozenset[str]) -> list[Read]:
    """Sentences, word by word."""
    cut = [sentence.text.split() for sentence in sentences]
    plain = [[word.strip(_MARKS) or word for word in words] for words in cut]
    return [
        Read(
            sentence,
            tuple(words),
            tuple(speech.normal(word) for word in words),
            tuple(found),
            tuple(bool(_BREAK.search(word)) for word in raw),
            sentence.speaker in hosts,
            sentence.speaker in hosts and speech.asks(sentence.text),
        )
        for sentence, raw, words, found in zip(
            sentences, cut, plain, word_classes.classes(plain), strict=True
        )
    ]


def stem(form: str) -> str:
    """The same for one and many.

    >>> stem("models"), stem("model's"), stem("business"), stem("hashes")
    ('model', 'model', 'business', 'hash')
    """
    form = form.removesuffix("'s").removesuffix("s'")
    if form.endswith(("shes", "ches", "sses", "xes")):
        return form[:-2]
    return form[:-1] if len(form) > 3 and form.endswith("s") and not form.endswith("ss") else form


def tells(form: str) -> bool:
    """Whether a word says something of a subject."""
    return len(form) > 1 and stem(form) not in COMMON and form not in COMMON


def plain(word: str) -> bool:
    """Whether it can stand in a heading as it is."""
    return len(word) <= _LONGEST_WORD and bool(_PLAIN_WORD.fullmatch(word))


def runs(line: Read) -> Iterator[tuple[int, int, str]]:
    """(begin, end, kind) of each phrase.

    "phrase": "escape system", with and without what leads it; "joined": "surface of the moon";
    "attached": "letters to shareholders"; "doing": "raising money".
    """
    nouns = list(_noun_phrases(line))
    for begin, end in nouns:
        firsts = [first for first in range(begin, end) if _says_something(line, first, end)]
        yield from ((first, end, "phrase") for first in firsts if end - first <= _LONGEST)
        if firsts and (doing := _doing(line, begin)) is not None:
            yield doing, end, "doing"
    for one, other in itertools.pairwise(nouns):
        if _joined(line, one, other) and _says_something(line, *other):
            yield from (
                (first, other[1], "joined" if line.forms[one[1]] == "of" else "attached")
                for first in range(*one)
                if other[1] - first <= _LONGEST_JOINED and _may_lead(line, first, one[1])
            )


def _noun_phrases(line: Read) -> Iterator[tuple[int, int]]:
    """Longest runs of adjectives and nouns that end with a noun, or "Llama 3"."""
    place = 0
    while place < len(line.words):
        end = last = place
        while end < len(line.words) and _goes_on(line, place, end):
            end += 1
            if line.classes[end - 1] in _NOUNS | {"number"} and not _was_done(line, end - 1):
                last = end
            if line.breaks[end - 1]:
                break
        if last > place:
            yield place, last
        place = max(end, place + 1)


def _was_done(line: Read, place: int) -> bool:
    """Whether it is rather a verb: "bottlenecked"; a name may end as it likes."""
    form = line.forms[place]
    ends = len(form) > 5 and form.endswith("ed") and not form.endswith("eed")
    return ends and line.classes[place] != "name" and form not in _NOUNS_IN_ED


def _goes_on(line: Read, begin: int, place: int) -> bool:
    kind = line.classes[place]
    if not plain(line.words[place]):
        return False
    if kind == "ing":  # "scaling laws", "a coding environment"; no "is scaling laws"
        return place > 0 and line.classes[place - 1] in _ING_AFTER
    if kind == "number":
        return place > begin and line.classes[place - 1] == "name"
    if kind == "of" and not tells(line.forms[place].removesuffix("'s")):
        return False  # "there's", "one's"
    return kind in _BEFORE_NOUNS and not _ended(line, begin, place)


def _ended(line: Read, begin: int, place: int) -> bool:
    """Whether what comes rather is a verb, as in "hashes match" and "AI having agency"."""
    before = line.classes[place - 1] if place > begin else ""
    if before == "ing":
        return place - 1 > begin
    stays = line.classes[place] == "of" or line.forms[place - 1] in _PLURAL_BEFORE_NOUNS
    return before == "plural" and not stays


def _joined(line: Read, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether only "of", or "for the", stands between two noun phrases."""
    gap = line.forms[one[1] : other[0]]
    if not gap or gap[0] not in JOINS or any(line.breaks[one[1] - 1 : other[0]]):
        return False
    if gap[0] == "of" and all(stem(form) in _COUNTS for form in line.forms[slice(*one)]):
        return False
    if gap[0] == "to" and len(gap) == 1 and line.classes[other[1] - 1] == "noun":
        return False  # "reward models to grade"
    return len(gap) == 1 or (len(gap) == 2 and gap[1] in _ARTICLES)


def _doing(line: Read, begin: int) -> int | None:
    """Where "raising" stands, before "money", "the money" or "on money"."""
    place = begin - 1
    if place > 0 and line.classes[place] in ("determiner", "preposition"):
        place -= 1
    if place < 0 or line.classes[place] != "ing" or any(line.breaks[place:begin]):
        return None
    form = line.forms[place]
    return None if form in _LIGHT or form in COMMON else place


def _may_lead(line: Read, first: int, end: int) -> bool:
    """Whether a heading may begin so, where more follows."""
    forms = line.forms[first:end]
    if len(set(forms)) < len(forms) or any(form.endswith("ly") for form in forms[:-1]):
        return False
    if any(form in COMMON for form in forms[1:-1]):
        return False  # "boss go play golf"
    if not tells(forms[-1]) or not any(map(str.isalpha, forms[-1])):
        return False
    if _in_name(line, first):
        return False  # "York" of "New York"
    named = end - first > 1 and _in_name(line, first + 1)
    return named or (forms[0] not in _PALE and forms[0] not in COMMON)


def _in_name(line: Read, place: int) -> bool:
    """Whether a name has begun before, which is no sentence's first word."""
    if place < 2 or line.breaks[place - 1]:
        return False
    return line.words[place - 1][:1].isupper() and line.words[place][:1].isupper()


def _says_something(line: Read, first: int, end: int) -> bool:
    """Whether a noun phrase can stand alone."""
    return _may_lead(line, first, end) and any(
        tells(form) and stem(form) not in EMPTY for form in line.forms[first:end]
    )
