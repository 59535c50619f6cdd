"""Edited sentences -> exchanges: a question of the host and the reply that follows."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.engines.words import wording
from pipeline.model import Edited, Sentence, Speaker, Turns
from pipeline.speech import asks

# A host who says this many words without asking has gone on to something else: what follows is no
# reply to the last question. Fewer are mostly a back-channel, a summary or an interruption,
CHANGES_SUBJECT = 30
# unless they hold this many telling words that neither the question nor the reply had.
NEW_WORDS = 5
# A reply shorter than this is a "What do you mean?": the host's next words belong to the question.
NO_REPLY_YET = 8
ASKED_AGAIN = 80  # words that a later question counts as, where a reply had begun in between
GUESSED = 0.8  # for sounding like an answer, where who speaks is a guess
_NO_YES = re.compile(r"\b(?:what|why|how|when|where|who|which)\b", re.IGNORECASE)
LONGEST_QUESTION = 36  # words, with a statement beside it
LONGEST_REPLY = 24  # sentences; later ones have wandered off


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the host asked, in all its sentences, and what was replied."""

    asked: tuple[Sentence, ...]
    reply: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to print a question: neighbouring sentences, one of which asks."""

    sentences: tuple[Sentence, ...]
    quality: float

    @property
    def text(self) -> str:
        """Verbatim."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def words(self) -> tuple[int, int]:
        """Verbatim span."""
        return self.sentences[0].words[0], self.sentences[-1].words[1]


def exchanges(edited: Edited, speakers: Iterable[Speaker]) -> list[Exchange]:
    """Every question of a host that somebody else then answers, in order."""
    roles = {speaker.id: speaker.role for speaker in speakers}
    answering = "guest" if "guest" in roles.values() else "other"
    found: list[tuple[list[Sentence], list[Sentence]]] = []
    is_open = False
    for speaker, group in itertools.groupby(
        edited.sentences, key=lambda sentence: sentence.speaker
    ):
        said = list(group)
        if roles.get(speaker) == "host":
            if any(wording.is_question(sentence.text) for sentence in said):
                if is_open and _words(found[-1][1]) < NO_REPLY_YET:
                    found[-1][0].extend(said)
                else:
                    found.append((said, []))
                is_open = True
            elif is_open and _goes_on(said, *found[-1]):
                is_open = False
        elif is_open and roles.get(speaker) == answering:
            found[-1][1].extend(said)
    return [Exchange(tuple(asked), tuple(reply[:LONGEST_REPLY])) for asked, reply in found if reply]


def _goes_on(
    said: Sequence[Sentence], asked: Sequence[Sentence], reply: Sequence[Sentence]
) -> bool:
    """Whether a host who asks no question moves on, so that what follows replies to that."""
    unmarked = any(wording.asks_unmarked(sentence.text) for sentence in said)
    if unmarked or _words(said) >= CHANGES_SUBJECT:
        return True
    # Before a reply the host still puts the question; who is cut off has not stopped the guest.
    if _words(reply) < NO_REPLY_YET or not wording.whole(said[-1].text):
        return False
    return len(_content(said) - _content(asked) - _content(reply)) >= NEW_WORDS


def best_wording(exchange: Exchange, turns: Turns) -> Wording:
    """The sentence, or the two, that best say what was asked."""
    return max(wordings(exchange, turns), key=lambda way: way.quality)


def wordings(exchange: Exchange, turns: Turns) -> list[Wording]:
    """Each question alone, and with the sentence before it: that often names the subject."""
    doubtful = frozenset(turns.doubtful)
    ways = []
    for place, sentence in enumerate(exchange.asked):
        if not wording.is_question(sentence.text):
            continue
        after = _words(exchange.asked[place + 1 :])
        # "Pure Vim?" asked after the first words of a reply is what the rest of it answers.
        again = any(s.turn != sentence.turn and asks(s.text) for s in exchange.asked[place + 1 :])
        after += ASKED_AGAIN * (again and turns.proven)  # a guest's echo is taken for it else
        ways.append(_weighed((sentence,), after, doubtful, guessed=not turns.proven))
        before = exchange.asked[place - 1] if place else None
        if before and before.words[1] + 1 == sentence.words[0]:
            ways.append(_weighed((before, sentence), after, doubtful, guessed=not turns.proven))
    return ways


def with_statement(exchange: Exchange, way: Wording, turns: Turns) -> Wording:
    """The question with what the host said beside it, in the same breath; if that can be printed.

    "I read that the pond has 50 acres" is what a reply denies that begins with "No, 15".
    """
    asked = exchange.asked
    place = asked.index(way.sentences[-1])
    after = asked[place + 1 :]
    # What was said last is what "No" was said to; before it, only if the question has no yes or no.
    alone = len(way.sentences) == 1 and _NO_YES.search(way.text)
    beside = after or (asked[max(0, place - 1) : place] if alone else ())
    said = (*way.sentences, *beside) if after else (*beside, *way.sentences)
    text = " ".join(sentence.text for sentence in said)
    joined = all(one.words[1] + 1 == two.words[0] for one, two in itertools.pairwise(said))
    stated = all(not asks(one.text) and not wording.says_little(one.text) for one in beside)
    doubtful = not set(turns.doubtful).isdisjoint(range(said[0].words[0], said[-1].words[1] + 1))
    clear = all(wording.whole(one.text) and not one.doubtful for one in beside) and not doubtful
    fits = len(text.split()) <= LONGEST_QUESTION
    return Wording(said, way.quality) if joined and stated and clear and fits else way


def _weighed(
    sentences: tuple[Sentence, ...], words_after: int, doubtful: frozenset[int], *, guessed: bool
) -> Wording:
    text = " ".join(sentence.text for sentence in sentences)
    quality = wording.weigh(text, wording.ASKED_WELL) - 1.3 * wording.points_back(text)
    # A question that the host went on from for long is not what was answered.
    quality -= min(1.0, words_after / 80)
    quality -= GUESSED * (guessed and wording.answers(text))
    if len(sentences) == 2:
        quality -= 0.35 + 0.5 * wording.leans(sentences[0].text)
        # "Right." and "Let's start at the beginning." explain nothing.
        quality -= 0.5 * (len(wording.content(sentences[0].text)) < 2)
        quality -= 0.3 * (len(text.split()) > LONGEST_QUESTION)
    for sentence in sentences:
        hard = any(place in doubtful for place in range(sentence.words[0], sentence.words[1] + 1))
        # Printed only where the interview has no other; `verify` then asks for a person.
        quality -= 3.0 * (hard or sentence.doubtful or not wording.whole(sentence.text))
    return Wording(sentences, quality)


def _content(sentences: Sequence[Sentence]) -> set[str]:
    return wording.content(" ".join(sentence.text for sentence in sentences))


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)
