"""A reworded sentence beside the words it is drawn from: what is wrong with it.

It is strict: what it rejects wrongly is printed as a quotation instead, which costs little. What it
lets pass is still looked into by `verify`, which shares nothing with it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.engines.words import amounts, word_list, wording
from pipeline.speech import listed, normal

LONGEST, SHORTEST = 45, 4  # words of a clause
KINDRED = 0.34  # share of its words of meaning that must stand in the passage
STEM = 5  # letters that two forms of a word share: "turned", "turning"
OWN_LANGUAGE = 0.6  # share of its words that must be ordinary ones of the language
TOO_FEW = 4  # words by which a language cannot be told

_TOKEN = re.compile(r"[$€£]?[^\W_](?:[\w'’.,-]*[\w%])?%?")
_NOT = listed(
    "not no never none nobody nothing nor neither without hardly barely cannot rarely seldom refuse"
    " refused refuses fail failed fails lack lacks lacked unable impossible"
    " nicht kein keine keinen keiner keinem nie niemals nichts ohne ne pas jamais rien sans aucun"
    " nunca nada nadie sin ningún non mai niente senza niet geen nooit não"
)
_OURS = listed(
    "i me my mine myself we us our ours ourselves you your yours yourself"
    " ich wir mich mir mein meine unser unsere je nous mon mes notre nos yo nosotros mis nuestro"
    " io noi mio mia nostro nostra ik wij mijn onze eu nós meu minha nosso nossa"
)
_YOU = listed("you your yours yourself")
_SHE, _HE = listed("she her hers herself"), listed("he him his himself")
# Small words that make a claim larger, or turn it round. None may be added.
_WEIGHTY = listed(
    "all every always only most must everyone everybody more less fewer double twice first last"
    " before after best worst biggest largest guaranteed definitely certainly proved"
)


@dataclass(frozen=True)
class Text:
    """A text, and what can be compared of it."""

    text: str
    language: str = "en"

    @cached_property
    def words(self) -> list[str]:
        """In normal form, possessives without their s, one word for "couldn't" and "could not"."""
        plain = [normal(token).removesuffix("'s") for token in _TOKEN.findall(self.text)]
        return [word for word in plain if word]

    @cached_property
    def parts(self) -> frozenset[str]:
        """The words, and each part of a hyphenated one."""
        return frozenset(part for word in self.words for part in (word, *re.split("[-']", word)))

    @cached_property
    def meaning(self) -> frozenset[str]:
        """Stems of the words that carry meaning."""
        return frozenset(word[:STEM] for word in wording.content(self.text))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Each as figures, whether it was written so or in a word."""
        return amounts.numbers(self.text, self.parts, self.language)

    @cached_property
    def denies(self) -> bool:
        """Whether it says that something is not so."""
        return bool(self.parts & _NOT) or any(word.endswith("n't") for word in self.words)

    @cached_property
    def units(self) -> frozenset[str]:
        """What is counted, measured or paid in."""
        return amounts.units(self.text, self.parts)

    @cached_property
    def names(self) -> frozenset[str]:
        """Words with a capital that do not begin the text, in normal form."""
        tokens = [match.group() for match in _TOKEN.finditer(self.text)][1:]
        return frozenset(
            normal(token).removesuffix("'s")
            for token in tokens
            if token[0].isupper() or any(letter.isupper() for letter in token[1:])
        )


@dataclass(frozen=True)
class Pair:
    """A clause, the passage it is drawn from, and what the host had asked."""

    clause: Text
    passage: Text
    asked: Text

    @property
    def translated(self) -> bool:
        """Whether they are in two languages: then no shared word can prove anything."""
        return self.clause.language[:2] != self.passage.language[:2]

    @property
    def kinship(self) -> float:
        """Share of what the clause means that the passage says."""
        mine = self.clause.meaning
        return len(mine & self.passage.meaning) / len(mine) if mine else 0.0


def _form(pair: Pair) -> Iterator[str]:
    text, count = pair.clause.text, len(pair.clause.text.split())
    if not SHORTEST <= count <= LONGEST:
        yield f"its length is {count} words"
    if re.search(r"[\"“”„«»<>{}\[\]`|#*\\\n]|https?:|www\.", text):
        yield "it holds quotation marks, markup or an address"
    if re.search(r"[.!?。！？]\s+\S", text) or "?" in text:
        yield "it is more than one sentence, or asks"
    if text.rstrip()[-1:] in set(",;:-–—…") or text.endswith(".."):
        yield "it is cut off"


_DANGLES = re.compile(
    r"(?:it|its|it['’]s|this|that|these|those|which|such|both (?:need|are|were|have|of))\b",
    re.IGNORECASE,
)


# Spoken to a listener; after "said that" it is no sentence.
_SPEAKS_TO = re.compile(
    r"\blet['’]?s\b|, let (?:us|them)\b"
    r"|^(?:let (?:me|us|them)|look|listen|imagine|suppose|say|think (?:of|about)"
    r"|as in|don['’]?t|do not|please|come|go|try|visit|write|make|take|keep|get|put|remember|ask"
    r"|read|tell|see|check|call|stop|give|find|join|follow)\b",
    re.IGNORECASE,
)


def _addressed(pair: Pair) -> Iterator[str]:
    found = _SPEAKS_TO.search(pair.clause.text)
    if found:
        yield f"it says “{found.group()}” as to a listener"


# What only fills a pause; "they mean" was "I mean". "Like webinars, that whole style" is no clause.
_FILLS = re.compile(
    r"(?:they (?:mean|guess|know),|you know\b|(?:even )?like,?(?= )|sort of\b|kind of\b"
    r"|in fact\b|in any case\b|by the way\b)",
    re.IGNORECASE,
)
# "Pyrit is what it is", "the tool does that".
_ENDS_NOWHERE = re.compile(
    r"\b(?:(?:like|about|of|with|to) (?:that|this)|(?:does|do|did) (?:that|this|it)"
    r"|what (?:it|that|this) (?:is|was|does))[.!]?$",
    re.IGNORECASE,
)


def _dangling(pair: Pair) -> Iterator[str]:
    text = pair.clause.text
    if found := _DANGLES.match(text):
        yield f"it begins with “{found.group()}”: it must say what that is"
    if found := _FILLS.match(text):
        yield f"it begins with “{found.group()}”, which says nothing"
    if found := _ENDS_NOWHERE.search(text):
        yield f"it ends with “{found.group()}”: it must say what that is"
    they = re.match(r"(they|their)\b\W+\w+", text, re.IGNORECASE)
    if they and not pair.translated:
        theirs = they.group().lower() in pair.passage.text.lower()  # somebody else's, as it was
        if theirs or not pair.passage.parts & (_OURS - _YOU):
            yield f"it begins with “{they[1]}”, which would be the speaker: it must say who"


def _loop(pair: Pair) -> Iterator[str]:
    words = pair.clause.words
    runs = Counter(zip(words, words[1:], words[2:], strict=False))
    thrice = re.search(r"\b(\w+)(?:\W+\1\b){2}", pair.clause.text)
    if thrice or (runs and max(runs.values()) > 2):
        yield "it goes round in a loop"


def _person(pair: Pair) -> Iterator[str]:
    for word in sorted(pair.clause.parts & _OURS):
        yield f"it says “{word}”: it must be in the third person"
    for them in (_SHE, _HE):
        if pair.clause.parts & them and not pair.passage.parts & them:
            yield f"it says “{min(pair.clause.parts & them)}”: the speaker is “they”"


def _numbers(pair: Pair) -> Iterator[str]:
    # "one" is most often no number.
    for number in sorted(pair.clause.numbers - pair.passage.numbers - {"1"}):
        yield f"the passage has no number {number}"
    for unit in sorted(pair.clause.units - pair.passage.units):
        yield f"the passage does not speak of {unit}s"


def _names(pair: Pair) -> Iterator[str]:
    names = pair.clause.names
    if pair.translated and pair.clause.language[:2] == "de":  # where every noun has a capital
        names -= word_list.ordinary(names, "de")
    for name in sorted(names - pair.passage.parts):
        yield f"the passage does not name “{name}”"


def _negation(pair: Pair) -> Iterator[str]:
    if pair.clause.denies != pair.passage.denies:
        yield "it drops a “not”" if pair.passage.denies else "it adds a “not”"


def _stronger(pair: Pair) -> Iterator[str]:
    if pair.translated:
        return
    for word in sorted((pair.clause.parts & _WEIGHTY) - pair.passage.parts):
        yield f"it adds “{word}”"


def _kinship(pair: Pair) -> Iterator[str]:
    if pair.translated:
        return
    mine = pair.clause.meaning
    of_the_host = mine & (pair.asked.meaning - pair.passage.meaning)
    if pair.kinship < KINDRED:
        yield "it says something else than the passage"
    elif len(of_the_host) > len(mine & pair.passage.meaning):
        yield "it says what the host said, not the speaker"


SCRIPTS = {"ru": "CYRILLIC", "ar": "ARABIC"}  # of the languages that a clause may be put into


def _language(pair: Pair) -> Iterator[str]:
    language = pair.clause.language
    theirs = {SCRIPTS.get(language[:2], "LATIN")} if pair.translated else _script(pair.passage.text)
    mine = _script(pair.clause.text)
    if not mine <= theirs | {"LATIN"} or not mine & theirs:
        yield "it is in another script"
        return
    words = [
        word for word in pair.clause.words if word.isalpha() and word not in pair.passage.parts
    ]
    known = word_list.ordinary(words, language) if word_list.has(language) else None
    if known is None or len(words) < TOO_FEW:
        if pair.translated:
            yield "its language cannot be told"
        return
    if sum(word in known for word in words) < OWN_LANGUAGE * len(words):
        yield "it is in another language"


def _script(text: str) -> set[str]:
    import unicodedata

    return {unicodedata.name(c, "?").split()[0] for c in text if c.isalpha()}


# In the order in which a model is told; the first ones make the others meaningless.
CHECKS: tuple[Callable[[Pair], Iterator[str]], ...] = (
    _form, _dangling, _addressed, _loop, _language, _person, _numbers, _names, _negation,
    _stronger, _kinship,
)  # fmt: skip


def faults(pair: Pair) -> list[str]:
    """What is wrong with the clause, in words that help to mend it; nothing: it may be printed."""
    return [fault for check in CHECKS for fault in check(pair)]
