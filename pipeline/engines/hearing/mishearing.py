"""Whether a name was misheard: what tells that it was, and what tells that it was heard right.

Both are tables. Sound alone tells nothing: "Lynd" and "lend" sound the same. So what counts most is
whether the words heard are words at all, and how they are written.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from pipeline import speech
from pipeline.config import CorrectOptions
from pipeline.engines.words import likeness, word_list
from pipeline.engines.words.wording import COMMON
from pipeline.model import Transcript

# --- what may be meant ---


@dataclass(frozen=True)
class Spelling:
    """A name or term as it should be written, or one word of it."""

    words: tuple[str, ...]
    given: bool  # in the configuration; else the capitals of a headline may be all that is special
    of: "Spelling | None" = None  # the name that it is a word of

    @property
    def text(self) -> str:
        """As it should read."""
        return " ".join(self.words)


def signs(text: str) -> str:
    """Letters and digits.

    >>> signs("PyTorch") == signs("Py torch"), signs("GPT-4")
    (True, 'gpt4')
    """
    return likeness.letters(text) + re.sub(r"\D", "", text)


def opening(text: str) -> str:
    """The sound a name begins with. Of vowels any is heard for any, and "Jan" for "Yann"."""
    first = likeness.sound(text)[:1]
    return "a" if first in set("aeiou") else "g" if first == "y" else first


# --- what was heard ---

_PAUSE = 0.6  # seconds; a name is said in one go
_SENTENCE_ENDS = re.compile(r"[.?!…:][\"'”’)]*$")
_MARKS = re.compile(r"^(?P<before>\W*)(?P<word>.*?)(?P<after>(?:['’]s)?\W*)$", re.DOTALL)
_EDGES = re.compile(r"^\W+|\W+$")
_LONGEST = 80  # characters of a word
_BESIDE = 12  # words
_ONE_WORD = re.compile(rf"[\w'’.-]{{1,{_LONGEST}}}")


def parted(text: str) -> tuple[str, str, str]:
    """A word, with what stands before and after it.

    >>> parted("“Winslow's,")
    ('“', 'Winslow', "'s,")
    """
    found = _MARKS.match(text) if len(text) <= _LONGEST else None  # captions may hold any "word"
    return (found["before"], found["word"], found["after"]) if found else ("", text, "")


def form(bare: str) -> str:
    """A word as it is counted and looked up; what is too long for one is none."""
    return speech.normal(bare) if len(bare) <= _LONGEST else ""


class Hearing:
    """The words of a transcript, and what is known of each."""

    def __init__(self, transcript: Transcript, counts: dict[str, int] | None) -> None:
        self.transcript, self.words, self.counts = transcript, transcript.words, counts
        self.bare = [parted(word.text)[1] for word in self.words]
        self.forms = [form(bare) for bare in self.bare]
        self.said = Counter(self.forms)
        self.changes = frozenset(transcript.changes)
        # Noises, and words of other languages: nothing to correct there.
        self.closed = speech.sounds(self.words) | {
            place
            for span in transcript.foreign
            for place in range(span.words[0], span.words[1] + 1)
        }
        self.least: dict[str, float] = {}  # how surely a word was heard, at its worst
        self.learned: dict[str, str] = {}  # what was heard for a word of a name -> that word
        for said, word in zip(self.forms, self.words, strict=True):
            sure = 0.0 if word.probability is None else word.probability
            self.least[said] = min(sure, self.least.get(said, 1.0))
            if word.heard:
                self.learned[form(parted(word.heard)[1])] = parted(word.text)[1]

    def count(self, place: int) -> int:
        """How common the word is; where there is no list, capitals tell."""
        if self.counts is None:
            return 0 if self.is_named(place) else word_list.COMMON
        return self.counts.get(self.forms[place], 0)

    def is_named(self, place: int) -> bool:
        """Written as a name: with a capital that no sentence begins with."""
        within = place > 0 and not _SENTENCE_ENDS.search(self.words[place - 1].text)
        return within and self.has_capital(place)

    def has_capital(self, place: int) -> bool:
        """Written with a capital, were it that of a sentence."""
        return self.bare[place] != self.bare[place].lower() and self.forms[place] not in COMMON

    def is_strange(self, place: int) -> bool:
        """No word that people know: a name, or misheard."""
        count = self.count(place)
        return not count or (count < word_list.RARE and self.is_named(place))

    def is_hard(self, place: int, sure: float) -> bool:
        """Not heard well."""
        probability = self.words[place].probability
        return probability is not None and probability < sure

    def is_name(self, first: int, last: int) -> bool:
        """Whether these words may be one name: no pause, mark or noise between them."""
        return all(self._is_word(place) for place in range(first, last + 1)) and all(
            place not in self.changes
            and self.words[place].start - self.words[place - 1].end <= _PAUSE
            and not re.search(r"[^\w'’-]$", self.words[place - 1].text)
            for place in range(first + 1, last + 1)
        )

    def _is_word(self, place: int) -> bool:
        # What is corrected once stays; "and/or" and "me—what" are no names.
        one = self.words[place].heard is None and place not in self.closed
        return one and bool(_ONE_WORD.fullmatch(self.bare[place][: _LONGEST + 1]))


@dataclass(frozen=True)
class Miss:
    """Words that may be a misheard name."""

    hearing: Hearing
    first: int
    last: int
    meant: Spelling
    options: CorrectOptions

    @cached_property
    def places(self) -> range:
        """Of its words."""
        return range(self.first, self.last + 1)

    @cached_property
    def text(self) -> str:
        """What was heard, without the marks around each word."""
        return " ".join(self.hearing.bare[self.first : self.last + 1])

    def word(self, place: int) -> str:
        """What was heard there; the 's of "Demi's Hassebus" is no owner's."""
        whole = self.hearing.words[place].text
        return _EDGES.sub("", whole) if place < self.last else self.hearing.bare[place]

    @cached_property
    def pairs(self) -> list[tuple[int, str]]:
        """Each word heard, with the one meant; none where there are not as many of both."""
        together = len(self.places) == len(self.meant.words)
        return list(zip(self.places, self.meant.words, strict=True)) if together else []

    @cached_property
    def wrong(self) -> dict[int, str]:
        """Those of the pairs that differ."""
        return {place: word for place, word in self.pairs if signs(self.word(place)) != signs(word)}

    @cached_property
    def spelled(self) -> float:
        """How alike it is written, 0..1."""
        return likeness.spelled(self.text, self.meant.text)

    @cached_property
    def sounds(self) -> float:
        """How alike it sounds, 0..1."""
        return likeness.sounds(self.text, self.meant.text)

    def all(self, test: Callable[[int], bool]) -> bool:
        """Whether it holds for each of the words heard."""
        return all(map(test, self.places))

    def alike(self, place: int, word: str) -> float:
        """How alike two words of a name are; "Jan" is also what is heard for "Yann"."""
        heard = self.word(place)
        if {heard[:1], word[:1]} == {"J", "Y"}:
            heard = word[:1] + heard[1:]
        return likeness.near(heard, word)


# --- what tells that it was misheard ---

_LONG = 7  # letters; what sounds alike for so long is hardly another word


def _only_written_otherwise(miss: Miss) -> bool:
    """Deep Mind, Pytorch: the same letters. But "open AI" may be a verb and a noun."""
    same = signs(miss.text) == signs(miss.meant.text)
    ordinary = bool(miss.pairs) and miss.all(lambda p: miss.hearing.count(p) >= word_list.RARE)
    if not same or ordinary or _capitals(miss.text) > _capitals(miss.meant.text):
        return False
    written = miss.pairs or [(miss.first, miss.meant.text)]
    headline = any(not _is_special(miss, place, word) for place, word in written)
    return not headline and miss.all(_is_written_as_name(miss.hearing))


def _is_special(miss: Miss, place: int, word: str) -> bool:
    """Whether its capitals mean something: "enduro" is written small, whatever a headline does."""
    small = miss.hearing.bare[place].islower()
    return miss.meant.given or not small or bool(re.search(r"[^\W\d_][A-Z]|\d", word))


def _stands_beside(miss: Miss) -> bool:
    """Mara Lind: she is called Mara, and something like Lynd."""
    hearing = miss.hearing
    if not 0 < len(miss.wrong) < len(miss.pairs) or not miss.all(_has_capital(hearing)):
        return False
    telling = any(hearing.is_strange(p) for p in miss.places if p not in miss.wrong)

    def enough(place: int) -> float:
        rare = telling and hearing.count(place) < word_list.COMMON
        if rare or hearing.is_strange(place):
            return 0.7
        return 0.8 if hearing.is_named(place) else 0.85

    return all(miss.alike(place, word) >= enough(place) for place, word in miss.wrong.items())


def _sounds_so_all_along(miss: Miss) -> bool:
    """Yan Laon, Mark Anderson: each word of it is only almost right."""
    alike = [miss.alike(place, word) for place, word in miss.pairs]
    if len(alike) < 2 or not miss.wrong or len(signs(miss.meant.text)) < _LONG:
        return False
    strange = min(alike) >= 0.7 and sum(alike) >= 0.8 * len(alike)
    return (strange and miss.all(miss.hearing.is_strange)) or (
        min(alike) >= 0.85 and miss.all(_has_capital(miss.hearing))
    )


def _is_cut_elsewhere(miss: Miss) -> bool:
    """Sheep Scott, Pi Torch: the same sounds, cut into other words."""
    hearing = miss.hearing
    hard = any(hearing.is_hard(place, miss.options.sure) for place in miss.places)
    # "A deep mind" may well be one; "win slow mill" is nothing that people say.
    doubted = miss.all(_is_written_as_name(hearing)) or (hard and len(miss.meant.words) > 1)
    if miss.pairs or not doubted or len(signs(miss.meant.text)) < _LONG:
        return False
    texts = (f" {text.replace('-', '')} ".lower() for text in (miss.text, miss.meant.text))
    part, whole = sorted(texts, key=len)
    return part not in whole and miss.sounds == 1 and miss.spelled >= 0.8


def _is_no_word(miss: Miss) -> bool:
    """Winslowe: no word, and sounds like one."""
    if len(miss.places) > 1 or len(miss.meant.words) > 1:
        return False
    hearing, place, word = miss.hearing, miss.first, miss.meant.words[0]
    if not hearing.is_strange(place) or hearing.least[hearing.forms[place]] >= _SURE_OF_A_NAME:
        return False
    if miss.meant.of and not hearing.said[form(word)]:
        return False  # nobody else speaks of that person
    if not hearing.has_capital(place):
        return miss.meant.given and miss.spelled >= 0.8 and miss.sounds >= 0.85
    long = len(signs(word)) >= _LONG
    return miss.spelled >= (0.6 if long else 0.7) and miss.alike(place, word) >= (
        0.79 if long else 0.88
    )


def _was_heard_so_before(miss: Miss) -> bool:
    """Anderson: after "Mark Anderson" was Marc Andreessen."""
    hearing, place = miss.hearing, miss.first
    known = hearing.learned.get(hearing.forms[place]) == miss.meant.text and not miss.last > place
    name = hearing.is_named(place) and hearing.count(place) < word_list.COMMON
    return known and (name or hearing.is_strange(place))


_SURE_OF_A_NAME = 0.9  # Whisper is as sure of a misheard name, but not the first time


def _capitals(text: str) -> int:
    return sum(letter.isupper() for letter in text)


def _has_capital(hearing: Hearing) -> Callable[[int], bool]:
    return lambda place: hearing.has_capital(place) or hearing.is_strange(place)


def _is_written_as_name(hearing: Hearing) -> Callable[[int], bool]:
    return lambda place: (
        hearing.is_named(place) or hearing.is_strange(place) or hearing.bare[place].isdigit()
    )


# (what tells that it was misheard, test): one that holds is enough.
MISHEARD: tuple[tuple[str, Callable[[Miss], bool]], ...] = (
    ("it is only written otherwise", _only_written_otherwise),
    ("the rest of the name stands beside it", _stands_beside),
    ("each word of it sounds so", _sounds_so_all_along),
    ("it is cut into other words", _is_cut_elsewhere),
    ("it is no word, and sounds so", _is_no_word),
    ("it was heard for that name before", _was_heard_so_before),
)


# --- what tells that it was heard right ---


def _is_written_so(miss: Miss) -> bool:
    """Open-source is Open Source, and Llama-3 is Llama 3: a hyphen is no mishearing."""
    heard, meant = miss.text, miss.meant.text
    if ("-" in heard) == ("-" in meant):
        return heard == meant
    hyphens = (heard.lower(), meant.lower())
    return any(one == other for one, other in (_split(*hyphens), _joined(*hyphens)))


def _is_said_beside(miss: Miss) -> bool:
    """Anna Miller and Anne Miller are sisters: who is told from another is another."""
    words, hearing = list(miss.meant.words), miss.hearing
    first, last = max(0, miss.first - _BESIDE), miss.last + _BESIDE
    around = [*hearing.bare[first : miss.first], "", *hearing.bare[miss.last + 1 : last + 1]]
    whole = len(words) > 1  # one word of a name is what is said the second time
    return whole and any(around[at : at + len(words)] == words for at in range(len(around)))


def _split(*texts: str) -> list[str]:
    return [text.replace("-", " ") for text in texts]


def _joined(*texts: str) -> list[str]:
    return [text.replace("-", "") for text in texts]


def _is_abbreviation(miss: Miss) -> bool:
    """LLM is no Llama, and "Mr." no Mara."""
    heard = [(miss.word(place), word) for place, word in miss.wrong.items()]
    return any(
        (text.isupper() and not word.isupper()) or len(likeness.letters(text)) < 3
        for text, word in heard
    )


def _has_another_ending(miss: Miss) -> bool:
    """Pythons, Srinivasan, Michaela; but "Winslowe" ends as "Winslow" does."""
    for place, word in miss.wrong.items():
        short, long = sorted((signs(miss.word(place)), signs(word)), key=len)
        ending = long.removeprefix(short)
        if ending != long and ending not in {"e", "h", short[-1:]}:
            return True
    return False


def _is_of_another_name(miss: Miss) -> bool:
    """A word of a name beside a word of somebody else's: Peter Lind."""
    own, word, hearing = miss.meant.of, miss.meant.text, miss.hearing
    if own is None:
        return False
    beside = []
    if word != own.words[0]:
        beside.append((miss.first - 1, miss.first - 1, miss.first))
    if word != own.words[-1]:
        beside.append((miss.last + 1, miss.first, miss.last + 1))
    return any(
        0 <= other < len(hearing.words) and hearing.is_named(other) and hearing.is_name(first, last)
        for other, first, last in beside
    )


def _is_said_as_often(miss: Miss) -> bool:
    """Said as often as what may be meant: then there are two such names."""
    said = miss.hearing.said
    for place, word in miss.wrong.items() if len(miss.pairs) == 1 else ():
        if said[miss.hearing.forms[place]] >= said[form(word)] > 1:
            return True
    return False


# (what tells that it was heard right, test): one that holds is enough.
HEARD_RIGHT: tuple[tuple[str, Callable[[Miss], bool]], ...] = (
    ("it is written so", _is_written_so),
    ("the name itself is said beside it", _is_said_beside),
    (
        "another number",
        lambda miss: re.sub(r"\D", "", miss.text) != re.sub(r"\D", "", miss.meant.text),
    ),
    (
        "nothing of it is written as a name",
        lambda miss: (
            miss.text.islower()
            and not _is_special(miss, miss.first, miss.meant.text)
            and not _is_cut_elsewhere(miss)
        ),
    ),
    (
        "small words that everybody says",
        lambda miss: any(
            miss.hearing.forms[place] in COMMON
            for place in (miss.wrong or () if miss.pairs else miss.places)
        ),
    ),
    ("an abbreviation", _is_abbreviation),
    ("another ending", _has_another_ending),
    ("a word of another name", _is_of_another_name),
    ("said as often", _is_said_as_often),
)


def in_doubt(hearing: Hearing, first: int, last: int, options: CorrectOptions) -> bool:
    """Ordinary words that were heard well are in no doubt, however they sound."""
    return any(
        hearing.has_capital(place)
        or hearing.is_strange(place)
        or hearing.is_hard(place, options.sure)
        for place in range(first, last + 1)
    )


def misheard(miss: Miss) -> bool:
    """Whether something tells that it was misheard, and nothing that it was heard right."""
    told = any(test(miss) for _, test in MISHEARD)
    return told and not any(test(miss) for _, test in HEARD_RIGHT)
