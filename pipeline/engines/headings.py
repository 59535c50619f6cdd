"""What a stretch of talk is about, in a few of its own words: a heading for a topic."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline import speech
from pipeline.engines import base
from pipeline.engines.wording import COMMON
from pipeline.model import Sentence

# A noun phrase is found by what stands around it: no tagger is needed for a heading.
_BEFORE = speech.listed(
    "a an the this that these those my your our his her its their some any every each no of in on "
    "about for with from to into by at as and or between over under than like called is are was "
    "were what which how many more most whole other new"
)
_AFTER = speech.listed(
    "is are was were be has have had do does did will would can could should may might must and or "
    "but so because that which who when where if of in on at for to from with by as than into like "
    "after before during through not it we you they he she i there then just you'd we're you're "
    "it's that's really actually came comes went goes"
)
_INSIDE = speech.listed("of and for in to the a")  # may join two words of a heading
# Content words that make a poor beginning or end of a heading: verbs, adverbs, praise, numbers.
_POOR = speech.listed(
    """able above absolutely according across actual add added against ahead allow allowed along
    already alright although amazing among answer anyway apart aren't asked asking awesome
    bad basically became become becomes began begin behind believe believed below beneath
    beside best better beyond big bigger billion bit bring brings brought build built
    can't certain certainly change changed changes changing clear clearly close comes
    common complete completely cool couldn't course covers crazy create created curious
    days decide decided deep definitely describe didn't doesn't doing dollars don't done
    during early easier easy effectively eight eleven end ended enjoy enough entire
    entirely especially essentially everybody everywhere exactly example expect explain
    fact fair fairly fantastic far fast faster favorite feels felt fifteen fifty figure
    figured fine first five folks forward four full fully fun gave general generally gets
    giving glad goes going gone guy guys half hand happened happening happier hard harder
    hasn't hate haven't hear heard hello help helped helps here's hey high higher hmm hope
    huge hundred i'd i'll i've important including increasingly incredible incredibly
    inside interested interesting involved isn't issue it'd job join joined keep keeps
    kept kinds knew knowing known knows largely larger last late later learn learned leave
    left let's lets level liked likely literally live lives living longer looked looking
    looks lots love loved low main mainly matter meant mentioned million mine minute
    minutes moment month months moved moving multiple myself natural near nearly
    necessarily needed needs nice nine nope normal number numbers obviously oh one ones
    open order particular particularly past percent perfect perfectly piece place places
    play please plenty possible possibly potential potentially previous previously
    primarily process provide putting question questions quick quickly read reading ready
    real reason reasons recent recently regular related remember required requires result
    room run running runs saw saying second seeing seen sense sent separate serious set
    seven several share shared shouldn't show showed shows side similar simple simply
    single six slower small somewhat somewhere soon sorry sort sorts speak speaking
    special specific specifically spent spread stand standing started starting starts stay
    step stick stood stop stopped story strange strong stuff suddenly super supposed
    surely ten terms thank thanks themselves there's they'll they're they've thinking
    third thirty thousand three throughout times told tonight took top totally toward
    towards tried tries true truly turn turned turns twelve twenty two type types
    ultimately understand understanding unless unlike upon useful using usually various
    version wait walk wanted wants wasn't watch we'll we've week weeks weird welcome
    weren't what's whatever whenever whereas who's whoever within without won't wonderful
    wondering worked working works worse worst worth wouldn't wow write writing wrong
    wrote yep yesterday you'll you've yourself""",
)
# What stands in front of a noun, and not of a verb: so a heading's last word is known for a noun.
_NOUN_NEXT = speech.listed(
    "a an the this these those my your our his her its their some any every each no of in on about "
    "for with from most many few whole new old"
)
_NOUN_ENDING = re.compile(r"(?:tion|sion|ment|ness|ity|ship|ism|ance|ence|logy|ers?|ors?|ists?)s?$")
_ENDS_HEADING = re.compile(r"[,.;:?!…—–)\]\"”]$")
_SINGLE, _PAIR = 0.55, 1.25  # a word alone says little; two or three are what headings are made of
_ASKED = 1.8  # a phrase of the host's own question says what the answer is about
_SHORTLIST = 24


@dataclass(slots=True)
class Phrase:
    """A run of words that could be a heading."""

    forms: tuple[str, ...]
    seen: Counter[str] = field(default_factory=Counter)  # surface -> how often
    sentences: set[str] = field(default_factory=set)
    asked: bool = False
    framed: bool = False  # stood at least once as noun phrases stand

    @property
    def text(self) -> str:
        """As it was said most often."""
        return max(self.seen, key=lambda surface: (self.seen[surface], surface))


def headings(topics: Sequence[Sequence[Sentence]], hosts: frozenset[str]) -> list[str]:
    """A heading of two to six words for each topic, all different, in the speakers' words."""
    nouns = _nouns(topics)
    tables = [_phrases(topic, hosts, nouns) for topic in topics]
    spread = Counter(forms for table in tables for forms in table)
    ranked = [_ranked(table, spread, len(topics)) for table in tables]
    shortlists = [[phrase for phrase, _ in rank[:_SHORTLIST]] for rank in ranked]
    meanings = _meanings(topics, shortlists)
    given: list[str] = []
    for rank, meaning in zip(ranked, meanings, strict=True):
        scored = sorted(
            ((phrase, score * near) for (phrase, score), near in zip(rank, meaning, strict=False)),
            key=lambda pair: -pair[1],
        )
        given.append(_heading(scored, given))
    return given


def _nouns(topics: Sequence[Sequence[Sentence]]) -> frozenset[str]:
    """Words that somewhere in the talk stand as nouns do, or are names."""
    found: set[str] = set()
    for sentence in itertools.chain.from_iterable(topics):
        words = sentence.text.split()
        forms = [speech.normal(word) for word in words]
        for (before, form), word in zip(itertools.pairwise(forms), words[1:], strict=True):
            if before in _NOUN_NEXT or word[:1].isupper() or _NOUN_ENDING.search(form):
                found.add(form)
    return frozenset(found)


def _phrases(
    topic: Sequence[Sentence], hosts: frozenset[str], nouns: frozenset[str]
) -> dict[tuple[str, ...], Phrase]:
    table: dict[tuple[str, ...], Phrase] = {}
    for sentence in topic:
        words = sentence.text.split()
        forms = [speech.normal(word) for word in words]
        asked = sentence.speaker in hosts and speech.asks(sentence.text)
        for begin in range(len(words)):
            for end in range(begin + 1, min(begin + 5, len(words)) + 1):
                if end > begin + 1 and _ENDS_HEADING.search(words[end - 2]):
                    break
                run = tuple(forms[begin:end])
                if run[-1] not in nouns or not _fits(run):
                    continue
                phrase = table.setdefault(run, Phrase(run))
                phrase.seen[_surface(words[begin:end], begin == 0)] += 1
                phrase.sentences.add(sentence.id)
                phrase.asked |= asked
                phrase.framed |= _framed(words, forms, begin, end)
    return table


def _fits(run: tuple[str, ...]) -> bool:
    """Whether a heading may begin, go on and end so."""
    if not (_strong(run[0]) and _strong(run[-1])) or len(set(run)) < len(run):
        return False
    if any(one in _INSIDE and other in {"and", "to"} for one, other in itertools.pairwise(run)):
        return False
    return all(form in _INSIDE or _carries(form) for form in run) and not any(
        form.endswith("ly") for form in run
    )


def _strong(form: str) -> bool:
    return _carries(form) and form not in _POOR and not form.endswith("ly")


def _carries(form: str) -> bool:
    return (
        len(form) > 1
        and form.removesuffix("'s") not in COMMON
        and not set("'—–…") & set(form.removesuffix("'s"))
        and any(letter.isalpha() for letter in form)
    )


def _framed(words: list[str], forms: list[str], begin: int, end: int) -> bool:
    """Whether it stands here as a noun phrase does."""
    breaks = [bool(_ENDS_HEADING.search(word)) for word in words]
    before = begin == 0 or forms[begin - 1] in _BEFORE or breaks[begin - 1]
    after = end == len(words) or forms[end] in _AFTER or breaks[end - 1]
    return after and (before or words[begin][:1].isupper())


def _surface(words: list[str], first: bool) -> str:
    text = " ".join(words).strip(" ,.;:?!…—–()[]\"“”‘'")
    # The capital of a sentence's first word is not the word's own.
    lowers = first and not any(letter.isupper() for letter in words[0][1:]) and words[0] != "I"
    return text[:1].lower() + text[1:] if lowers else text


def _ranked(
    table: dict[tuple[str, ...], Phrase], spread: Counter[tuple[str, ...]], topics: int
) -> list[tuple[Phrase, float]]:
    """Phrases by how often they are said here and how seldom elsewhere."""
    scores = []
    for phrase in table.values():
        if not phrase.framed:
            continue
        often = math.log1p(len(phrase.sentences))
        seldom = math.log1p(topics / spread[phrase.forms])
        size = _SINGLE if len(phrase.forms) == 1 else _PAIR if len(phrase.forms) <= 3 else 1.0
        scores.append((phrase, often * seldom * size * (_ASKED if phrase.asked else 1.0)))
    scores.sort(key=lambda pair: (-pair[1], pair[0].forms))
    return scores


def _meanings(
    topics: Sequence[Sequence[Sentence]], shortlists: list[list[Phrase]]
) -> list[list[float]]:
    """How close each phrase of a shortlist comes to what its topic means, against the others."""
    embedder = base.embedder()
    texts = [_excerpt(topic) for topic in topics]
    centres = embedder.embed(texts)
    everything = centres.mean(axis=0)
    points = embedder.embed([phrase.text for shortlist in shortlists for phrase in shortlist])
    nearness: list[list[float]] = []
    begin = 0
    for centre, shortlist in zip(centres, shortlists, strict=True):
        own = points[begin : begin + len(shortlist)]
        begin += len(shortlist)
        nearness.append(
            [0.15 + max(0.0, float(near)) for near in own @ (centre - 0.3 * everything)]
        )
    return nearness


def _excerpt(topic: Sequence[Sentence]) -> str:
    """As much of a topic as the embedder reads: its longest sentences, in order."""
    longest = sorted(topic, key=lambda sentence: -len(sentence.text))[:10]
    return " ".join(sentence.text for sentence in topic if sentence in longest)


def _heading(scored: list[tuple[Phrase, float]], given: list[str]) -> str:
    """The best phrase; a short one takes the next that says something else."""
    for first, score in scored:
        heading = _capital(first.text)
        least = 0.25 if len(first.forms) == 1 else 0.45
        if len(first.forms) <= 2:
            second = next(
                (
                    other
                    for other, weight in scored
                    if weight >= least * score and _differs(first, other) and len(other.forms) <= 3
                ),
                None,
            )
            if second:
                heading = f"{heading} and {second.text}"
        if heading not in given:
            return heading
    return f"Part {len(given) + 1}"  # nothing was said that a heading can be made of


def _differs(one: Phrase, other: Phrase) -> bool:
    stems = [
        {form.removesuffix("'s").rstrip("s")[:6] for form in each.forms} for each in (one, other)
    ]
    return stems[0].isdisjoint(stems[1])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
