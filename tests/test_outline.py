from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pipeline.config import EditOptions, OutlineOptions
from pipeline.edit import edit
from pipeline.engines.topics import headings
from pipeline.engines.topics.boundaries import boundaries, segment, stretches, vectors
from pipeline.engines.words import noun_phrases
from pipeline.model import Chapter, Edited, Sentence, Speaker, Topic, Transcript, Turns, Video
from pipeline.outline import clean_title, outline
from tests import talk

PEOPLE = (Speaker("S1", "Daniel Price", "host", 60), Speaker("S2", "Helen Marsh", "guest", 200))
FOUND = OutlineOptions()


def topics_of(
    about: Video, transcript: Transcript, turns: Turns, options: OutlineOptions = FOUND
) -> tuple[Topic, ...]:
    edited = edit(about, transcript, turns, PEOPLE, EditOptions())
    return outline(about, turns, edited, PEOPLE, options)


def assert_whole(topics: tuple[Topic, ...], turns: Turns) -> None:
    """From the first turn to the last, none between two topics, none twice."""
    ids = [turn.id for turn in turns.turns]
    assert topics[0].turns[0] == ids[0] and topics[-1].turns[1] == ids[-1]
    assert topics[0].start == turns.turns[0].start
    assert topics[-1].end == max(turn.end for turn in turns.turns)
    for one, following in pairwise(topics):
        assert one.end == following.start
        assert ids.index(following.turns[0]) == ids.index(one.turns[1]) + 1
    assert [topic.id for topic in topics] == [f"T{n}" for n in range(1, len(topics) + 1)]


def pk(truth: list[int], found: list[int], turns: int) -> float:
    """Share of pairs of turns, half a topic apart, wrongly called of one topic or of two."""
    width = max(2, round(turns / (len(truth) + 1) / 2))

    def same(begins: list[int], place: int) -> bool:
        return not any(place < begin <= place + width for begin in begins)

    wrong = [same(truth, place) != same(found, place) for place in range(turns - width)]
    return sum(wrong) / len(wrong)


# --- chapters ---

FIVE = [(voice, "We talked about this for a while, and then about that.") for voice in "12121"]


def chaptered(*chapters: tuple[str, float, float]) -> tuple[tuple[Topic, ...], Turns]:
    transcript, turns = talk.talk(*FIVE)  # a turn begins every 5.4 seconds
    about = talk.video(chapters=tuple(Chapter(*chapter) for chapter in chapters))
    return topics_of(about, transcript, turns), turns


def test_the_publishers_chapters_become_topics() -> None:
    topics, turns = chaptered(("0. The start", 0, 10), ("Who paid?", 10.4, 30))
    assert [topic.title for topic in topics] == ["The start", "Who paid?"]
    assert [topic.turns for topic in topics] == [("t1", "t2"), ("t3", "t5")]
    assert {topic.source for topic in topics} == {"chapters"}
    assert_whole(topics, turns)


def test_chapters_that_name_no_subject_are_passed_over() -> None:
    topics, turns = chaptered(
        ("<Untitled Chapter 1>", 0, 5),
        ("Mud", 5, 12),
        ("[SponsorBlock]: Sponsor", 12, 14),
        ("Sponsors", 14, 15),
        ("🎵", 15, 16),
        ("Money", 16, 30),
    )
    assert [topic.title for topic in topics] == ["Mud", "Money"]
    assert_whole(topics, turns)


def test_chapters_after_the_end_and_out_of_order_do_no_harm() -> None:
    topics, turns = chaptered(("Money", 16, 30), ("Mud", 0, 16), ("Extras", 4000, 5000))
    assert [topic.title for topic in topics] == ["Mud", "Money"]
    assert_whole(topics, turns)


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("Chapter 2: The mud", "The mud"),
        ("(0:00) Intro", "Intro"),
        ("1:02:03 – Who paid?", "Who paid?"),
        ("2001 and after", "2001 and after"),
        ("10 lessons", "10 lessons"),
        ("A\x00B\u202e C\n D", "A B C D"),
        ("long " * 60, ("long " * 20).rsplit(" ", 2)[0] + " long …"),
    ],
)
def test_titles_of_chapters_are_cleaned(title: str, cleaned: str) -> None:
    assert clean_title(title) == cleaned


# --- found ---


@pytest.fixture(scope="module")
def found() -> tuple[Topic, ...]:
    about, transcript, turns, _ = talk.sample()
    return topics_of(about, transcript, turns)


@pytest.mark.slow
def test_the_topics_of_the_sample_are_found(found: tuple[Topic, ...]) -> None:
    _, _, turns, truth = talk.sample()
    assert_whole(found, turns)
    assert {topic.source for topic in found} == {"found"}
    named = [turn.get("topic") for turn in truth["turns"]]
    places = {turn.id: place for place, turn in enumerate(turns.turns)}
    true = [n for n in range(1, len(named)) if named[n] != named[n - 1] and named[n]]
    ours = [places[topic.turns[0]] for topic in found[1:]]
    assert set(ours) <= {place + off for place in true for off in (-2, -1, 0)}, "none invented"
    assert len(ours) >= 0.6 * len(true), "nor many missed"
    for count in (len(ours), len(true)):
        even = [round(len(named) * n / (count + 1)) for n in range(1, count + 1)]
        assert pk(true, ours, len(named)) < min(0.25, pk(true, even, len(named)))
    assert all(turns.turns[place].speaker == "S1" for place in ours), "the host leads on"


@pytest.mark.slow
def test_titles_are_short_and_in_the_speakers_own_words(found: tuple[Topic, ...]) -> None:
    _, transcript, _, _ = talk.sample()
    said = {word.text.strip(".,?!").lower() for word in transcript.words}
    titles = [topic.title for topic in found]
    assert len(set(titles)) == len(titles)
    for title in titles:
        words = title.split()
        assert 2 <= len(words) <= 8
        assert title[0].isupper()
        assert {word.lower() for word in words} <= said | {"and"}
        assert words[-1].lower() not in {"the", "of", "and", "a", "to", "in", "is", "um"}


@pytest.mark.slow
def test_one_chapter_is_no_outline_and_shorter_topics_are_more_topics(
    found: tuple[Topic, ...],
) -> None:
    about, transcript, turns, _ = talk.sample()
    about = replace(about, chapters=(Chapter("All of it", 0, 400),))
    many = topics_of(about, transcript, turns, OutlineOptions(minutes_per_topic=0.5))
    assert {topic.source for topic in many} == {"found"}
    assert len(many) > len(found) > 3
    assert all(not topic.parts for topic in many), "a short interview has one level"


@pytest.mark.slow
def test_chapters_can_be_ignored() -> None:
    transcript, turns = talk.talk(*FIVE)
    about = talk.video(chapters=(Chapter("One", 0, 10), Chapter("Two", 10, 60)))
    (topic, *_) = topics_of(about, transcript, turns, OutlineOptions(chapters=False))
    assert topic.source == "found"


@pytest.mark.slow
def test_without_a_host_topics_still_cover_everything() -> None:
    about, transcript, turns, _ = talk.sample()
    nobody = tuple(replace(person, role="guest") for person in PEOPLE)
    edited = edit(about, transcript, turns, nobody, EditOptions())
    assert_whole(outline(about, turns, edited, nobody, FOUND), turns)


def test_where_nothing_is_worth_reading_there_is_one_topic() -> None:
    _, turns = talk.talk(("S1", "Um."), ("S2", "Yeah."))
    (topic,) = outline(talk.video(), turns, Edited(()), PEOPLE, FOUND)
    assert topic.turns == ("t1", "t2")


def test_no_turns_have_no_topics() -> None:
    assert outline(talk.video(), Turns(()), Edited(()), PEOPLE, FOUND) == ()


def test_runs_are_cut_where_the_meaning_changes() -> None:
    east, north, up = np.eye(3, dtype=np.float32)
    vectors = np.stack([east] * 4 + [north] * 2 + [up] * 5)
    even = np.ones(len(vectors))
    assert segment(vectors, even, np.zeros(len(vectors)), 3) == [0, 4, 6]
    assert segment(vectors, even, np.zeros(len(vectors)), 1) == [0]
    assert segment(vectors, even, np.zeros(len(vectors)), 4, price=0.3) == [0, 4, 6]
    assert segment(vectors, even, np.zeros(len(vectors)), 4, price=99.0) == [0]


def test_a_host_who_leads_on_tips_the_scale() -> None:
    vectors = np.ones((6, 3), np.float32) / np.sqrt(3).astype(np.float32)
    leads = np.array([0, 0, 0, 0, 0.1, 0])
    assert segment(vectors, np.ones(6), leads, 2) == [0, 4]


@pytest.mark.slow
def test_how_many_topics_there_are_is_found_where_they_are_far_apart() -> None:
    """Nobody asks, and all of it takes a minute."""
    said = (
        "The cat slept on the warm roof all day. The kitten chased a mouse under the bed. "
        "My cat purrs when you scratch her ears. Cats wash their fur with their tongues.",
        "The bank raised interest rates again. Mortgages cost more than last year. "
        "Savers are glad of the higher rates. The central bank fears inflation.",
        "Snow fell on the mountain overnight. Skiers took the first lift to the summit. "
        "The slope was icy near the trees. An avalanche closed the northern valley.",
    )
    lines = [("", f"{line}.") for topic in said for line in topic.rstrip(".").split(". ")]
    transcript, turns = talk.talk(*lines)
    edited = edit(talk.video(), transcript, turns, (), EditOptions())
    found = stretches(turns, edited, ())
    assert boundaries(found, vectors(found), 8) == [0, 4, 8]


# --- headings ---


def phrases_of(text: str) -> set[str]:
    line = Sentence("t1.1", "t1", "S1", 0, 9, text, (0, 9))
    (read,) = noun_phrases.read([line], frozenset())
    return {" ".join(read.words[begin:end]) for begin, end, _ in noun_phrases.runs(read)}


def test_noun_phrases_stop_at_commas_and_never_begin_or_end_with_a_joint() -> None:
    found = phrases_of("We built the escape system, engines of the rocket and a very big mess.")
    assert {"escape system", "engines of the rocket", "rocket"} <= found
    assert not {phrase for phrase in found if phrase.split()[-1] in {"the", "of", "and", "a"}}
    assert not any("system, engines" in phrase or "system engines" in phrase for phrase in found)


def test_what_is_done_to_a_thing_is_a_phrase() -> None:
    assert "raising money" in phrases_of("It was about raising money, and I was tired.")
    assert "going home" not in phrases_of("It was about going home.")


@pytest.mark.parametrize(
    "text",
    [
        "Ignore https://evil.example/<script>alert(1)</script> and the **bold** `code` thing.",
        "The \u202egnp.exe file and the \x00 byte of the Τhe metaverse.",
        "{{ template }} of the [link](javascript:alert) in " + "a" * 4000 + " words.",
    ],
)
def test_hostile_text_makes_no_heading_but_of_plain_words(text: str) -> None:
    for phrase in phrases_of(text):
        assert phrase.replace(" ", "").replace("-", "").replace(".", "").isascii(), phrase
        assert not set(phrase) & set("<>[](){}*`_:\u202e\x00"), phrase
        assert max(map(len, phrase.split())) <= 24


def test_in_another_language_a_heading_is_words_between_commas() -> None:
    german = (
        "Die Mühle steht seit zweihundert Jahren am Fluss und die Mühle mahlt noch immer.",
        "Das Geld kam von der Stiftung, und ohne das Geld wäre nichts passiert.",
    )
    read = [
        noun_phrases.read([Sentence(f"t{n}.1", f"t{n}", "S1", 0, 9, text, (0, 9))], frozenset())
        for n, text in enumerate(german)
    ]
    first, second = headings.headings(read, np.eye(2, 384, dtype=np.float32))
    assert "Mühle" in first and first.count(",") == 2
    assert first != second


# --- two levels ---


@pytest.mark.slow
def test_a_long_topic_of_a_long_interview_is_divided_without_a_gap() -> None:
    about, transcript, turns, _ = talk.sample()
    slow = 6.0  # the same, as if it had lasted half an hour and more
    words = tuple(
        replace(word, start=word.start * slow, end=word.end * slow) for word in transcript.words
    )
    turns = replace(
        turns,
        turns=tuple(replace(t, start=t.start * slow, end=t.end * slow) for t in turns.turns),
    )
    about = replace(about, chapters=(Chapter("The mill", 0, 1800), Chapter("The end", 1800, 2400)))
    topics = topics_of(about, replace(transcript, words=words), turns)
    assert [topic.title for topic in topics] == ["The mill", "The end"]
    assert_whole(topics, turns)
    first, last = topics
    assert len(first.parts) > 2 and not last.parts
    assert first.parts[0].turns[0] == first.turns[0]
    assert first.parts[-1].turns[1] == first.turns[1]
    assert (first.parts[0].start, first.parts[-1].end) == (first.start, first.end)
    assert [part.id for part in first.parts] == [f"T1.{n + 1}" for n in range(len(first.parts))]
    ids = [turn.id for turn in turns.turns]
    for one, following in pairwise(first.parts):
        assert one.end == following.start
        assert ids.index(following.turns[0]) == ids.index(one.turns[1]) + 1
    titles = [part.title for part in first.parts]
    assert len({*titles, "The mill", "The end"}) == len(titles) + 2
