"""A sentence in other words, beside the passage it cites: what it may not say, and how.

Shares nothing with `rewording`, on purpose: what both would get wrong would never be found. Each
function holds one kind of fault; a change of meaning that keeps words, numbers, names and "not" is
none of them, and only an engine for support may see it.
"""

import itertools
import re
from collections.abc import Iterator

from pipeline.engines.checking import evidence
from pipeline.engines.checking.case import CLOSE, Case, Found
from pipeline.engines.words import word_list
from pipeline.engines.words.scripts import foreign_letters
from pipeline.model import Statement
from pipeline.speech import asks, forms, listed, normal

_WORD = re.compile(r"[^\W_](?:[\w'’.,-]*\w)?%?")
_MARKED = re.compile(r"[“„«\"]([^“”„«»\"]+)[”“»\"]")
_NOT = listed(
    "no not never none nobody nothing nowhere nor neither without cannot hardly barely rarely"
    " seldom refuse refused refuses fail fails failed lack lacks lacked impossible unable"
    " nicht nichts nie niemals kein keine keinem keinen keiner ohne jamais rien sans aucun pas ne"
    " nunca nada nadie sin ningún mai niente non senza geen niet nooit não"
)
# Language -> who speaks of himself. Not "mine": that is where coal comes from.
_OWN = {
    "en": listed(
        "i i'm i've i'd i'll me my myself we we're we've we'd we'll us our ours ourselves"
    ),
    "de": listed("ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren"),
    "fr": listed("je moi mon mes nous notre nos j'ai j'étais"),
    "es": listed("yo mí mis nosotros nosotras nuestro nuestra nuestros nuestras"),
    "it": listed("io mio mia miei mie noi nostro nostra nostri nostre"),
    "nl": listed("ik mij mijn wij ons onze"),
}
_ARTICLES = frozenset({"the", "a", "an"})  # "The guest": no names
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}
_UNITS = listed(
    "percent dollar euro pound cent second minute hour day week month year decade century meter"
    " metre kilometer kilometre mile foot feet inch kilogram kilo gram ton gigawatt megawatt watt"
    " degree"
)
_NO_END = listed("a an the and or but because than if my our their whose into")
# Words that say who speaks, and small ones: they tell nothing of what is said.
_EMPTY = listed(
    "said says explained argued recalled noted pointed stressed added that told asked guest host"
    " speaker about after also because been being before could does from have having into just like"
    " made make more most much only other over same should since some such than their them then"
    " there these they this those through under until very were what when where which while will"
    " with would your"
)
_STEM = 5  # letters that "turned" and "turning" share
_BEFORE = 3  # words: "5 to 10 years" counts years by both
LEAST_SHARED = 0.2  # of its words of meaning; fewer, and it speaks of something else
TELLS = 3  # words of meaning, from which on that can be said
SAME = 0.8  # share of the shorter one's words of meaning, from which on two say the same


def reworded(case: Case) -> Iterator[tuple[str, Statement]]:
    """Every sentence in other words, with the words to point at it."""
    return ((where, said) for where, said in case.statements if said.kind == "paraphrase")


def marks(case: Case) -> Found:
    """What is said word for word needs its marks, and what stands in marks its words."""
    for where, said in reworded(case):
        if said.words is not None:
            yield f"{where} has a place in the transcript and is no quotation: “{said.text}”"
        passage = case.passage(said)
        if any(forms(said.text.split()) == forms(one.text.split()) for one in passage):
            yield f"{where} was said so, word for word: it needs quotation marks: “{said.text}”"
        there = forms(" ".join(case.cited(said)).split())
        for quoted in _MARKED.findall(said.text):
            if not _holds(there, forms(quoted.split())):
                yield f"{where} puts in quotation marks what was not said there: “{quoted}”"


def _holds(words: list[str], run: list[str]) -> bool:
    places = range(len(words) - len(run) + 1)
    return bool(run) and any(words[place : place + len(run)] == run for place in places)


def credit(case: Case) -> Found:
    """It is said by whom it names, there where it says, and about what was said there."""
    for where, said in reworded(case):
        inside = [one for one in case.edited.sentences if one.turn in said.cites]
        begins = any(abs(one.start - said.start) <= CLOSE for one in inside)
        ends = any(abs(one.end - said.end) <= CLOSE for one in inside)
        if inside and not (begins and ends):
            yield f"{where} gives seconds at which no sentence of what it cites was said."
        for name in _names_of_others(said, case):
            if re.match(rf"{re.escape(name)}\b", said.text, re.IGNORECASE):
                yield f"{where} names {name} as the one who said it: “{said.text}”"
        # Two languages share no words: the receipt says of a translation that nothing proves it.
        passage = "" if case.article.language else " ".join(s.text for s in case.passage(said))
        mine = _meaning(said.text, case)
        if passage and len(mine) >= TELLS:
            shared = len(mine & _meaning(passage, case)) / len(mine)
            if shared < LEAST_SHARED:
                yield f"{where} shares hardly a word with what it cites: “{said.text}”"
        if passage and _denies(said.text) != _denies(passage):
            does = "drops a “not”" if _denies(passage) else "adds a “not”"
            yield f"{where} {does}: “{said.text}”"


def _names_of_others(said: Statement, case: Case) -> Iterator[str]:
    """Whole names, last names and roles that are not those of who said it."""
    mine = next((one for one in case.speakers if one.id == said.speaker), None)
    own = {*(mine.name or "").split(), f"the {mine.role}"} if mine else set()
    for other in case.speakers:
        if other.id != said.speaker:
            whole = other.name or ""
            calls = {whole, *whole.split()[-1:], *whole.split()[:1], f"the {other.role}"}
            yield from sorted(calls - own - {"", "the other"})


def _meaning(text: str, case: Case) -> frozenset[str]:
    """Stems of the words that carry meaning, without those that say who speaks."""
    words = (normal(word).removesuffix("'s") for word in _WORD.findall(text))
    telling = (w for w in words if len(w) > 3 and w not in _EMPTY and w not in case.people)
    return frozenset(word[:_STEM] for word in telling)


def _denies(text: str) -> bool:
    words = forms(re.split(r"[\s—–-]+", text))
    return any(word in _NOT or word.endswith("n't") for word in words)


def numbers_and_names(case: Case) -> Found:
    """Numbers stand in the passage itself, names in what is cited or in what is published."""
    video = case.video
    published = evidence.tokens(
        video.title, video.channel or "", video.description,
        *(chapter.title for chapter in video.chapters), *(topic.title for topic in case.topics),
    )  # fmt: skip
    for where, said in reworded(case):
        names = {one.id: evidence.tokens(one.name or "") for one in case.speakers}
        own = names.get(said.speaker, frozenset())
        others = frozenset(itertools.chain.from_iterable(names.values())) - own
        held = (published - others) | own | evidence.tokens(*case.cited(said))
        held |= _ordinary(said.text, case.article.language)
        passage = " ".join(one.text for one in case.passage(said))
        counted = evidence.tokens(passage) if passage else held
        for token in evidence.missing(said.text, held, case.vocabulary | _ARTICLES, counted):
            yield f"{where} says “{token}”, for which there is no evidence."
        if passage and not case.article.language:
            yield from (f"{where} says “{wrong}”: {why}." for wrong, why in _counts(said, passage))


def _ordinary(text: str, language: str) -> frozenset[str]:
    """German writes every noun with a capital: of a translation into it, those are no names."""
    if language != "de":
        return frozenset()
    words = {word for word in evidence.tokens(text) if word.isalpha()}
    return word_list.ordinary(words - evidence.NUMBERS.keys(), "de")


def _counts(said: Statement, passage: str) -> Iterator[tuple[str, str]]:
    """What is counted, measured or paid otherwise than in the passage."""
    words = {normal(word).removesuffix("s") for word in re.split(r"[\s—–-]+", passage)}
    for sign, unit in _SIGNS.items():
        if sign in said.text and sign not in passage and unit not in words:
            yield sign, "it was not said in that"
    there = _counted(passage)
    for thing, (number, *_) in _counted(said.text, near=1).items():
        if thing in _UNITS and thing not in words and _SIGNS_OF.get(thing, "\0") not in passage:
            yield thing, "it was not said in that"
        elif there.get(thing) and number not in there[thing]:
            yield f"{number} {thing}", f"the number there is {' or '.join(there[thing])}"


_SIGNS_OF = {unit: sign for sign, unit in _SIGNS.items()}


def _counted(text: str, near: int = _BEFORE) -> dict[str, list[str]]:
    """Word -> the numbers that stand before it, at most so near."""
    words = [normal(word) for word in _WORD.findall(text.replace("-", " "))]
    numbers = [evidence.NUMBERS.get(word, word.replace(",", "").rstrip("%")) for word in words]
    found: dict[str, list[str]] = {}
    for place, word in enumerate(words):
        if word[:1].isdigit() or word in evidence.NUMBERS or word in evidence.SCALES:
            continue
        before = numbers[max(0, place - near) : place]
        counts = [number for number in before if number[:1].isdigit()]
        if counts:
            found.setdefault(word.removesuffix("s"), []).extend(counts)
    return found


def person_and_script(case: Case) -> Found:
    """The narrator's third person, in the letters of the interview, none of them hidden."""
    written = case.article.language
    own = _OWN.get((written or case.transcript.language)[:2].lower(), frozenset())
    for where, said in reworded(case):
        for word in _speaks_of_himself(_MARKED.sub("", said.text), own):
            yield f"{where} says “{word}” outside of quotation marks: “{said.text}”"
        if not written:  # a translation has the letters of its own language
            yield from foreign_letters(where, said.text, " ".join(case.cited(said)), case.published)
        if normal(said.text.split()[-1] if said.text.split() else "") in _NO_END:
            yield f"{where} is cut off: “{said.text}”"
        if asks(said.text):
            yield f"{where} is a question, and tells nothing: “{said.text}”"


def _speaks_of_himself(text: str, own: frozenset[str]) -> Iterator[str]:
    words = text.split()
    for before, word in zip(["", *words], words, strict=False):
        bare = normal(word)
        # World War I, the US
        numeral = bare == "i" and before[:1].isupper() and before[-1:].isalpha()
        country = bare == "us" and "US" in word
        if bare in own and not numeral and not country:
            yield word


def repeated(case: Case) -> Found:
    """Nothing is told twice, in whatever words."""
    seen: list[Statement] = []
    for where, said in case.statements:
        near = (one for one in seen if said.start < one.end and one.start < said.end)
        rewords = (one for one in near if "paraphrase" in (said.kind, one.kind))
        if any(_tells_the_same(said, other, case) for other in rewords):
            yield f"{where} is printed twice, in other words: “{said.text}”"
        seen.append(said)


def _tells_the_same(said: Statement, other: Statement, case: Case) -> bool:
    mine, theirs = _meaning(said.text, case), _meaning(other.text, case)
    fewer = min(len(mine), len(theirs))
    return fewer > 0 and len(mine & theirs) >= SAME * fewer
