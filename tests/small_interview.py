"""A made-up interview of two minutes, as the stages before `render` would give it."""

from itertools import pairwise

from pipeline.model import (
    Article,
    Check,
    Coverage,
    Dropped,
    Edited,
    Interview,
    LeftOut,
    Link,
    Question,
    Receipt,
    Sentence,
    Speaker,
    Statement,
    Topic,
    Transcript,
    Turn,
    Turns,
    Video,
    Voice,
    Voices,
    Word,
)

SECONDS_PER_WORD = 0.4
PAUSE = 0.6

# (speaker, sentences): one turn each.
SPOKEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "S1",
        ("Welcome to Slow Signals, I'm Ruth Okafor.", "With me is Tomás Lind, who mends bells."),
    ),
    ("S1", ("This show is brought to you by Harbour Tea, the tea that waits.",)),
    ("S1", ("How does a bell go out of tune?",)),
    (
        "S2",
        (
            "It does not, in a way.",
            "The note is in the shape, and bronze keeps its shape for 400 years.",
            "What changes is the clapper, which wears a flat spot into the rim.",
        ),
    ),
    ("S1", ("Mm-hmm.",)),
    ("S1", ("And what did you find in the tower at Vik?",)),
    (
        "S2",
        (
            "We found a bell hung back to front, since 1911.",
            'The sexton said "it always sounded shy" and he was right.',
            "Um, we turned it by a quarter, and the next Sunday people came out of their houses.",
        ),
    ),
    ("S1", ("Do you ring them yourself?",)),
    ("S2", ("Only once.", "A bell is for the people who live under it.")),
    ("S1", ("Thank you, Tomás.",)),
)


def _words_and_turns() -> tuple[tuple[Word, ...], tuple[Turn, ...], tuple[Sentence, ...]]:
    words: list[Word] = []
    turns: list[Turn] = []
    sentences: list[Sentence] = []
    now = 0.0
    for number, (speaker, texts) in enumerate(SPOKEN, 1):
        first = len(words)
        for part, text in enumerate(texts, 1):
            begin = len(words)
            for word in text.split():
                words.append(Word(word, round(now, 2), round(now + SECONDS_PER_WORD, 2), 0.95))
                now += SECONDS_PER_WORD
            span = (begin, len(words) - 1)
            start, end = words[span[0]].start, words[span[1]].end
            kept = text.removeprefix("Um, ").replace("we turned", "We turned")
            sentences.append(
                Sentence(f"t{number}.{part}", f"t{number}", speaker, start, end, kept, span)
            )
        turns.append(
            Turn(
                f"t{number}", speaker, words[first].start, words[-1].end, " ".join(texts),
                (first, len(words) - 1),
            )
        )  # fmt: skip
        now += PAUSE
    return tuple(words), tuple(turns), tuple(sentences)


WORDS, TURNS, SENTENCES = _words_and_turns()
_BY_ID = {sentence.id: sentence for sentence in SENTENCES}
DROPPED = tuple(
    Dropped(turn.id, turn.start, turn.end, turn.text, reason)
    for turn, reason in ((TURNS[1], "sponsor message"), (TURNS[4], "only agrees"))
)


def _quote(sentence_id: str) -> Statement:
    said = _BY_ID[sentence_id]
    return Statement(
        said.text, "quote", said.speaker, (said.turn,), said.start, said.end, said.words
    )


def _question(sentence_id: str, *answer: str, topic: str) -> Question:
    asked = _BY_ID[sentence_id]
    return Question(
        asked.text, (asked.turn,), asked.start, tuple(map(_quote, answer)), asked.words, topic
    )


_STARTS = (TURNS[0].start, TURNS[2].start, TURNS[5].start, TURNS[7].start, TURNS[-1].end)
TOPICS = tuple(
    Topic(f"T{number}", title, start, end, turns, "chapters")
    for number, (title, turns, (start, end)) in enumerate(
        zip(
            ("Welcome", "How bells age", "The tower at Vik", "Who rings"),
            (("t1", "t2"), ("t3", "t5"), ("t6", "t7"), ("t8", "t10")),
            pairwise(_STARTS),
            strict=True,
        ),
        1,
    )
)

VIDEO = Video(
    id="bells-0001_x",
    url="https://www.youtube.com/watch?v=bells-0001_x",
    title="Tomás Lind: The Man Who Mends Bells | Slow Signals #12",
    channel="Slow Signals",
    channel_url="https://www.youtube.com/@slowsignals",
    published="2025-03-09",
    duration=TURNS[-1].end + 1,
    description="Bells, towers and patience.",
    language="en",
    extractor="youtube",
)

ARTICLE = Article(
    style="take",
    title="Tomás Lind: The Man Who Mends Bells",
    standfirst="Ruth Okafor talks with Tomás Lind about bells, a tower at Vik, and who rings.",
    opener="I heard a very interesting interview this week, between Ruth Okafor and Tomás Lind. "
    "Here's my take on it, presented in Q&A format.",
    questions=(
        _question("t3.1", "t4.2", "t4.3", topic="T2"),
        _question("t6.1", "t7.1", "t7.2", "t7.3", topic="T3"),
        _question("t8.1", "t9.2", topic="T4"),
    ),
    closing="That is my take; the interview has more.",
    links=(Link("The full interview", VIDEO.url), Link("The tower at Vik", VIDEO.url, 28.0)),
    left_out=(LeftOut("Welcome", TOPICS[0].start, TOPICS[0].end, "holds no question"),),
)

RECEIPT = Receipt(
    "ready",
    (Check("quotes", True), Check("attribution", True), Check("coverage", True)),
    Coverage(4, 3, (True, True, True), 30.2, 58.0, len(TURNS), len(TURNS) - 2, 2),
)

INTERVIEW = Interview(
    video=VIDEO,
    audio=None,
    transcript=Transcript("en", "whisper", "faster-whisper", "base", WORDS),
    voices=Voices("offline", tuple(Voice(turn.speaker, turn.start, turn.end) for turn in TURNS)),
    turns=Turns(TURNS),
    speakers=(
        Speaker("S1", "Ruth Okafor", "host", 20.0, ("says “I'm Ruth Okafor”",)),
        Speaker("S2", "Tomás Lind", "guest", 38.0, ("is in the title",)),
    ),
    edited=Edited(tuple(s for s in SENTENCES if s.turn not in ("t2", "t5")), DROPPED),
    topics=TOPICS,
    article=ARTICLE,
    receipt=RECEIPT,
)
