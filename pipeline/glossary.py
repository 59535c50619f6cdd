"""What the publisher says + configured terms -> glossary: names and terms that may be said.

A title is somebody else's text: what is taken from it are single names and terms, short and
printable, never a sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

from pipeline.config import GlossaryOptions
from pipeline.engines import channels
from pipeline.engines.people import introductions
from pipeline.engines.words import word_list
from pipeline.engines.words.likeness import letters
from pipeline.engines.words.wording import COMMON
from pipeline.model import Glossary, Term, Video

VERSION: Final = 1

Source = Literal["config", "title", "description", "chapters", "channel"]

MOST, LONGEST = 60, 60  # terms; letters of one
# Words. Told 60 (170 tokens), Whisper base skipped sentences and took twice as long.
TOLD = 20
_TITLE, _DESCRIPTION, _CHAPTERS = 300, 5000, 100  # letters, letters, chapters: as YouTube allows


def glossary(video: Video, options: GlossaryOptions) -> Glossary:
    """The configured terms, then people, then other names and terms that the publisher wrote."""
    found = dict[str, Term]()
    for source, text in (*_configured(video, options), *_published(video, options)):
        term = Term(" ".join(_printable(text).split()), source)
        mark = letters(term.text) + re.sub(r"\D", "", term.text)
        held = found.get(mark)
        if not mark or len(term.text) > LONGEST:
            continue
        if source != "config" and any(
            " " in known.text and f" {known.text} " in f" {term.text} " for known in found.values()
        ):
            continue  # Millwright Helen Marsh, Lex Fridman Podcast: she and he are known
        if held is None or _is_careless(held, term):
            found[mark] = term if held is None else replace(held, text=term.text)
    terms = tuple(found.values())[:MOST]
    return Glossary(terms, _prompt(terms, options))


def _prompt(terms: tuple[Term, ...], options: GlossaryOptions) -> str:
    """What Whisper is told to expect: the first of the terms, with commas between."""
    told: list[str] = []
    left = TOLD
    for term in terms:
        wanted = {"none": False, "configured": term.source == "config", "all": True}
        left -= len(term.text.split()) * wanted[options.tell_whisper]
        if left < 0:
            break
        if wanted[options.tell_whisper]:
            told.append(term.text)
    return ", ".join(told)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _is_careless(held: Term, other: Term) -> bool:
    """Yann Lecun, where it says Yann LeCun elsewhere: fewer capitals were less trouble."""
    return held.source != "config" and _care(other.text) > _care(held.text)


def _care(text: str) -> float:
    """The capitals; all of them are a headline's, or an abbreviation's: PYTORCH, NASA."""
    return 1.5 if text.isupper() else sum(letter.isupper() for letter in text)


def _configured(video: Video, options: GlossaryOptions) -> Iterator[tuple[Source, str]]:
    """The channel's own terms first: they are the nearest to this recording."""
    for channel, terms in options.channels.items():
        if channels.listed(video, [channel]):
            yield from (("config", term) for term in terms)
    yield from (("config", term) for term in options.terms)


def _published(video: Video, options: GlossaryOptions) -> Iterator[tuple[Source, str]]:
    if not options.from_video:
        return
    title, description = video.title[:_TITLE], _told(video.description[:_DESCRIPTION])
    channel = (video.channel or "")[:_TITLE]
    chapters = "\n".join(chapter.title[:_TITLE] for chapter in video.chapters[:_CHAPTERS])
    texts: tuple[tuple[Source, str], ...] = (
        ("title", title),
        ("chapters", chapters),
        ("description", description),
        ("channel", channel),
    )
    people = introductions.written(
        replace(video, title=title, description=description, channel=channel)
    )
    named = [name for name in people if name.alone and all(map(_is_name, name.name.split()))]
    yield from ((name.where, name.name) for name in named)
    told = {word for name in named for word in name.name.split()}
    words = re.findall(r"\w+", " ".join(text for _, text in texts).lower())
    said = word_list.counts(words, video.language or "en") or {}
    for source, text in texts:
        for term in _terms(text, said):
            if term not in told:  # who is told to listen for Mara Lynd knows Lynd
                yield source, term
            told |= set(term.split())


# --- the description without what it sells ---

_SELLS = re.compile(
    r"\bsponsor|\bbrought to you|\bpromo\b|\bdiscount|\d ?% off|\bcode\b|\bcoupon|\baffiliate"
    r"|\badvert|\bmerch\b|\bpatreon|\bsubscribe|\bnewsletter|\bfollow\b|\bsign up|\bfree trial"
    r"|\bsupport (?:the|this|us|our|my)\b|\b(?:find|contact|connect with)\b.*:",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S*|www\.\S+|\S+@\S+|[@#]\w+|\b\S+\.(?:com|org|net|io|ai|tv)\S*")
_LABEL = 6  # words: what stands beside an address is a name, or else an advertisement
_SENTENCE = re.compile(r"(?<=[.!?]) ")


def _told(description: str) -> str:
    """What tells of the recording: no addresses, no handles, nothing from where it sells on."""
    kept: list[str] = []
    selling = False
    for line in description.splitlines():
        sentences = []
        for sentence in _SENTENCE.split(line):
            selling = selling or bool(_SELLS.search(sentence))
            sentences += [] if selling else [sentence]
        selling = selling and bool(line.strip())
        text = " ".join(sentences)
        bare = _ADDRESS.sub(" ", text)
        kept.append(bare if bare == text or len(bare.split()) <= _LABEL else "")
    return "\n".join(kept)


# --- names and terms ---

_PARTS = re.compile(r"[.:;!?,]+(?=\s|$)|[|()\[\]{}<>\"“”„«»–—•·*_/&\n\t]+|\s-\s")
# A capital or a digit anywhere in it: Llama, PyTorch, eBay, GPT-4, CTranslate2.
_NAMED = re.compile(r"(?=.*[^\W\d_])(?=.*[A-ZÀ-ÖØ-Þ\d])(?!.*n['’]t$)[\w'’.+-]+")
# More than one capital in front: PyTorch, eBay, JEPA, LLMs, GPT-4.
_ODD = re.compile(r"(?=.*[^\W\d_])(?:.*\d.*|\w+[a-z].*[A-Z].*|[a-z][A-Z].*|[A-Z]{3,6}s?)")
_KNOWN = frozenset({"ceo", "cto", "cfo", "coo", "intro", "outro", "recap", "usa", "faq"})
_LONGEST_RUN = 4  # words


def _terms(text: str, said: dict[str, int]) -> Iterator[str]:
    """Names and terms of a text: "Winslow Mill", "PyTorch", "GPT-4", "Llama 3", "JEPA"."""
    for part in _PARTS.split(text):
        words = part.split()
        every = sum(word[:1].isupper() for word in words) >= 0.7 * len(words) > 1
        run: list[str] = []
        for place, word in enumerate([*words, ""]):
            if _is_name(word) or (run and word.isdigit()):
                run.append(re.sub(r"['’]s$", "", word))
            if not run or (run[-1] == word and place < len(words)):
                continue
            # The first word has its capital for being the first, in a headline every word has.
            first = place - len(run) <= 0
            yield from _of_run(run, said, first, every)
            run = []


def _is_name(word: str) -> bool:
    lowered = word.lower()
    return bool(_NAMED.fullmatch(word)) and lowered not in COMMON and lowered not in _KNOWN


def _of_run(run: list[str], said: dict[str, int], first: bool, every: bool) -> Iterator[str]:
    """The run, where an unusual word makes it a name; of a headline the unusual words alone."""
    unusual = [
        word
        for place, word in enumerate(run)
        if _is_unusual(word, said, first and place == 0 and len(run) == 1)
    ]
    ordinary = [word for word in run if said.get(word.lower(), 0) >= word_list.COMMON]
    unusual += [run[0]] if run[-1].isdigit() and not ordinary and not unusual else []  # Llama 3
    if unusual and 2 <= len(run) <= _LONGEST_RUN and not (every and ordinary):
        yield " ".join(run)
    yield from (re.sub(r"(?<=[A-Z]{2})s$", "", word) for word in unusual)


def _is_unusual(word: str, said: dict[str, int], first: bool) -> bool:
    """Not an ordinary word with a capital."""
    count = said.get(word.lower(), 0)
    if word.isdigit() or count >= (1 if first and not _ODD.fullmatch(word) else word_list.RARE):
        return False
    return bool(_ODD.fullmatch(word)) or len(letters(word)) >= 4
