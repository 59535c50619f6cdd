"""A made-up interview of eight questions, as the stages before `compose` would give it."""

import itertools
import re

from pipeline.config import Style
from pipeline.model import (
    Dropped,
    Edited,
    Sentence,
    Speaker,
    Topic,
    Transcript,
    Turn,
    Turns,
    Video,
    Word,
)
from pipeline.speech import spoken

HOST, GUEST = "S1", "S2"
SECONDS_PER_WORD = 0.4
PAUSE = 0.6

# (topic, speaker, what was said): one turn each.
SPOKEN: tuple[tuple[str, str, str], ...] = (
    (
        "Welcome",
        HOST,
        "Welcome to Slow Signals, I'm Ruth Okafor. With me is Tomás Lind, who keeps the lighthouse "
        "at Vik. Tomás, how are you today?",
    ),
    ("Welcome", GUEST, "I am fine, thank you, Ruth. It's lovely to be here in the warm studio."),
    ("The lamp", HOST, "What does a lighthouse keeper do all night?"),
    (
        "The lamp",
        GUEST,
        "A keeper mostly listens to the machine that turns the lens. The lens at Vik weighs 900 "
        "kilograms, and um it floats in a bath of mercury. If the turning stops, the light is not "
        "a signal any more, because every lighthouse has its own rhythm. Ours flashes twice every "
        "12 seconds.",
    ),
    ("The lamp", HOST, "Mm-hmm."),
    ("The lamp", GUEST, "So the captain counts, and then he knows that he is at Vik."),
    ("The lamp", HOST, "And why is it mercury?"),
    (
        "The lamp",
        GUEST,
        "Because nothing heavy floats on water that easily. My grandmother could turn the whole "
        "lens with one finger. We do not let visitors try it, since the fumes are poisonous.",
    ),
    (
        "The storm",
        HOST,
        "The storm of January 1987 is famous on this coast. How did the lighthouse come through "
        "that storm?",
    ),
    (
        "The storm",
        GUEST,
        "The storm broke 14 windows and took the boat house away. A wave went over the gallery, "
        "which stands 31 meters above the sea. My father tied himself to the stair and kept the "
        "lamp burning by hand for 19 hours. Nobody on the three ships outside ever learned his "
        "name.",
    ),
    ("The storm", HOST, "The owners paid him nothing for that night, I have read in the paper."),
    ("The storm", GUEST, "They sent a letter in March. He did not answer it."),
    ("The storm", HOST, "Were you afraid as a child on that island?"),
    (
        "The storm",
        GUEST,
        "No, never. A child on an island thinks that every house shakes in winter. I was afraid "
        "of cows, because I saw my first one when I was nine years old.",
    ),
    (
        "Money",
        HOST,
        "Let us talk about money for a moment. Who pays for a lighthouse now that ships have "
        "satellites?",
    ),
    (
        "Money",
        GUEST,
        "The state pays 40 percent, and sleeping guests pay the rest. We rent two rooms, at 85 "
        "euros a night, from May to September. The reason people come is not the view, it is the "
        "dark. In Hamburg you can't see the stars, but at Vik you can read by them.",
    ),
    (
        "What comes next",
        HOST,
        "What would be lost if the last keepers went home?",
    ),
    (
        "What comes next",
        GUEST,
        "A machine can flash, but it can't look back at the sea. Last year I heard a man whistle "
        "in the fog, 200 meters out, and no sensor would have heard him. The coast guard has "
        "counted 11 such rescues since 2001. I would keep the light even if it was only for one.",
    ),
    ("Goodbye", HOST, "Where can people find you online?"),
    (
        "Goodbye",
        GUEST,
        "I have no internet at all. Write me a letter, the boat brings it on Fridays.",
    ),
    ("Goodbye", HOST, "Tomás Lind, thank you for coming."),
)

STYLE = Style(
    opener="I heard a very interesting interview this week, between {host} and {guest}.",
    opener_unnamed="I heard a very interesting interview this week, “{title}”.",
    answer_label="Answer:",
    closing="That is my take.",
)


def _words_and_turns() -> tuple[tuple[Word, ...], tuple[Turn, ...]]:
    words: list[Word] = []
    turns: list[Turn] = []
    now = 0.0
    for number, (_, speaker, text) in enumerate(SPOKEN, 1):
        first = len(words)
        for word in text.split():
            words.append(Word(word, round(now, 2), round(now + SECONDS_PER_WORD, 2), 0.95))
            now += SECONDS_PER_WORD
        span = (first, len(words) - 1)
        turns.append(Turn(f"t{number}", speaker, words[first].start, words[-1].end, text, span))
        now += PAUSE
    return tuple(words), tuple(turns)


def _edited() -> Edited:
    sentences: list[Sentence] = []
    dropped: list[Dropped] = []
    for turn in TURNS.turns:
        first, number = turn.words[0], 0
        for place in range(turn.words[0], turn.words[1] + 1):
            if not re.search(r"[.?!]$", WORDS[place].text):
                continue
            span, run = (first, place), WORDS[first : place + 1]
            first, number = place + 1, number + 1
            start, end, text = run[0].start, run[-1].end, spoken(run)
            if text == "Mm-hmm.":
                dropped.append(Dropped(turn.id, start, end, text, "only agrees", span))
            else:
                sentences.append(
                    Sentence(f"{turn.id}.{number}", turn.id, turn.speaker, start, end, text, span)
                )
    return Edited(tuple(sentences), tuple(dropped))


def _topics() -> tuple[Topic, ...]:
    topics = []
    pairs = zip(SPOKEN, TURNS.turns, strict=True)
    for title, group in itertools.groupby(pairs, key=lambda pair: pair[0][0]):
        turns = [turn for _, turn in group]
        ids = (turns[0].id, turns[-1].id)
        number = f"T{len(topics) + 1}"
        topics.append(Topic(number, title, turns[0].start, turns[-1].end, ids, "chapters"))
    return tuple(topics)


WORDS, _TURNS = _words_and_turns()
TURNS = Turns(_TURNS)
TRANSCRIPT = Transcript("en", "whisper", "faster-whisper", "base", WORDS)
EDITED = _edited()
TOPICS = _topics()
SPEAKERS = (
    Speaker(HOST, "Ruth Okafor", "host", 60.0),
    Speaker(GUEST, "Tomás Lind", "guest", 150.0),
)
VIDEO = Video(
    id="vik",
    url="https://example.org/watch?v=vik",
    title="Tomás Lind: A Light for One | Slow Signals #12",
    channel="Slow Signals",
    channel_url="https://example.org/slow-signals",
    published="2025-03-09",
    duration=WORDS[-1].end,
    description="Ruth Okafor talks with Tomás Lind, keeper at Vik.",
    language="en",
)


def sentence(begins: str) -> Sentence:
    """The sentence that begins so."""
    (found,) = [one for one in EDITED.sentences if one.text.startswith(begins)]
    return found
