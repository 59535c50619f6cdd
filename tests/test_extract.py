"""The writer without a language model picks questions that stand alone, and whole answers."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.config import ComposeOptions
from pipeline.engines.words import wording
from pipeline.engines.writing import framing
from pipeline.engines.writing.exchanges import Wording, best_wording, exchanges
from pipeline.engines.writing.extract import Candidate, _airtime, _candidates, best_answer, choose
from pipeline.engines.writing.points import leading
from pipeline.model import Edited, Question, Sentence, Statement, Topic, Turn, Turns
from tests import lighthouse as vik
from tests.lighthouse import sentence

NOTHING_DOUBTFUL = Turns(())


def talk(*said: str) -> Edited:
    """Sentences as "H: …" or "G: …", each a turn of its own unless it begins with "+"."""
    sentences: list[Sentence] = []
    turn, place, now = 0, 0, 0.0
    for line in said:
        turn += not line.startswith("+")
        speaker, _, text = line.removeprefix("+").partition(": ")
        count = len(text.split())
        sentences.append(
            Sentence(
                f"t{turn}.{len(sentences)}", f"t{turn}", speaker, now, now + count, text,
                (place, place + count - 1),
            )
        )  # fmt: skip
        place, now = place + count, now + count
    return Edited(tuple(sentences))


PEOPLE = (replace(vik.SPEAKERS[0], id="H"), replace(vik.SPEAKERS[1], id="G"))


# --- exchanges ---


def test_every_answered_question_is_an_exchange() -> None:
    found = exchanges(vik.EDITED, vik.SPEAKERS)
    assert [best_wording(one, vik.TURNS).sentences[-1].text for one in found] == [
        "Tomás, how are you today?",
        "What does a lighthouse keeper do all night?",
        "And why is it mercury?",
        "How did the lighthouse come through that storm?",
        "Were you afraid as a child on that island?",
        "Who pays for a lighthouse now that ships have satellites?",
        "What would be lost if the last keepers went home?",
        "Where can people find you online?",
    ]


def test_a_reply_is_the_guests_words_up_to_the_next_question() -> None:
    keeper = exchanges(vik.EDITED, vik.SPEAKERS)[1]
    assert keeper.reply[0] == sentence("A keeper")
    assert keeper.reply[-1] == sentence("So the captain")  # past the host's "Mm-hmm."


def test_what_is_said_to_a_short_remark_still_belongs_to_the_question() -> None:
    (found,) = exchanges(
        talk("H: How did you find the old mill?", "G: I was looking for bread that day.", "H: Wow.",
             "G: Then the mud opened under me."), PEOPLE,
    )  # fmt: skip
    assert [one.text.split()[0] for one in found.reply] == ["I", "Then"]


def test_a_host_who_goes_on_to_something_else_ends_the_exchange() -> None:
    speech = "H: " + "I have read a great many books about mills and rivers in my life. " * 4
    (found,) = exchanges(
        talk("H: How did you find the old mill?", "G: I was looking for bread that day.", speech,
             "G: That is no question."), PEOPLE,
    )  # fmt: skip
    assert len(found.reply) == 1


def test_a_question_asked_again_before_the_reply_is_one_exchange() -> None:
    (found,) = exchanges(
        talk("H: What is the coolest job you had?", "G: Coolest?", "H: The best job on the ranch?",
             "G: I fixed windmills and laid fences with my grandfather."), PEOPLE,
    )  # fmt: skip
    assert len(found.asked) == 2
    assert found.reply[-1].text.startswith("I fixed")


def test_a_statement_opens_no_exchange() -> None:
    said = talk("H: I think mills are wonderful machines.", "G: So do I, very much so.")
    assert exchanges(said, PEOPLE) == []


def test_without_a_host_there_is_no_exchange() -> None:
    people = (replace(PEOPLE[0], role="guest"), PEOPLE[1])
    assert exchanges(talk("H: What is a tide mill?", "G: A mill on the sea."), people) == []


# --- the wording of a question ---


def wording_of(*asked: str) -> Wording:
    said = talk(*(f"+H: {text}" for text in asked), "G: A reply that is long enough to count here.")
    (found,) = exchanges(said, PEOPLE)
    return best_wording(found, NOTHING_DOUBTFUL)


def test_a_question_that_stands_alone_is_printed_alone() -> None:
    asked = wording_of("Let's start at the beginning.", "What is a tide mill and who built it?")
    assert asked.text == "What is a tide mill and who built it?"


def test_a_question_that_points_back_takes_its_subject_along() -> None:
    asked = wording_of("Your mill keeps the moon's hours.", "What does that do to your day?")
    assert asked.text == "Your mill keeps the moon's hours. What does that do to your day?"


def test_a_question_in_doubt_is_taken_last() -> None:
    said = talk("+H: What is a tide mill and who built it?", "+H: Is that a good machine or not?",
                "G: A reply that is long enough to count here.")  # fmt: skip
    (found,) = exchanges(said, PEOPLE)
    assert best_wording(found, Turns((), doubtful=(2,))).text == "Is that a good machine or not?"


BETTER = [
    ("What did the restoration of the mill cost?", "So the mill cost a lot, right?"),
    ("How did the storm change the harbor?", "And how did that change it?"),
    ("Why do you still mill by hand at night?", "How are you doing today, Helen?"),
    ("Who pays for the lighthouse today?", "Where can people find you online?"),
    ("What is the biggest threat to the mill?", "You think the mill is in danger these days?"),
    ("How is flour from a tide mill different?", "Tell me about the flour of your mill."),
    ("What does the mill need to run?", "The mill runs again now because guess what?"),
    ("What does the mill need to run?", "Remember the mill by the harbor, which is what?"),
    ("How do the gates of a mill release?", "How does, how do the gates of a mill release?"),
    ("How did the storm change the harbor?", "Awesome. how did the storm change the harbor?"),
    ("Could the mill at Vik also burn?", "Would that potentially also be the case?"),
    ("What did the mill grind in winter?", "How long has the mill ground flour in winter?"),
    (
        "What do you hope is the future of the mill?",
        "We have talked about the mill, the sea, the storm of last year, the flour, the money and "
        "the neighbors, and I wonder, given all of this history and all you said about "
        "the bread, whether the mill has any future at all, in your view, or not?",
    ),
    (
        "Is there a story you could share where things went wrong at the mill?",
        "Do you have a favorite recent movie or TV show that you've really enjoyed?",
    ),
]


@pytest.mark.parametrize(("good", "poor"), BETTER)
def test_the_better_question_weighs_more(good: str, poor: str) -> None:
    def weight(text: str) -> float:
        return wording.weigh(text, wording.ASKED_WELL) - 1.3 * wording.points_back(text)

    assert weight(good) > weight(poor) + 0.2


# --- the answer ---


def answer(*reply: str, sentences: int = 4) -> list[str]:
    said = talk("H: What is it about?", *reply).sentences[1:]
    return [one.text for one in best_answer(said, [0.0] * len(said), sentences, vik.STYLE)]


def test_an_answer_is_a_run_of_neighbours_from_the_beginning() -> None:
    assert answer(
        "G: The lens weighs 900 kilograms and floats in mercury.",
        "+G: My grandmother turned the heavy lens with one finger.",
        "+G: Visitors never touch the lens, because the fumes are poisonous.",
        sentences=2,
    ) == [
        "The lens weighs 900 kilograms and floats in mercury.",
        "My grandmother turned the heavy lens with one finger.",
    ]


LENS = "The lens weighs 900 kilograms and floats in a bath of mercury there."
FINGER = "My grandmother turned the heavy lens with one finger in the dark."


@pytest.mark.parametrize(
    "end",
    [
        "For example, the lens of the lighthouse at Vik turns in the dark.",
        "So if we take a ship of 900 tons that comes from the north in January.",
        "Because the keeper of the lighthouse at Vik can see in the dark.",
    ],
)
def test_an_answer_does_not_end_on_what_only_begins(end: str) -> None:
    assert answer(f"G: {LENS}", f"+G: {FINGER}", f"+G: {end}", sentences=3) == [LENS, FINGER]


def test_what_is_said_again_is_not_quoted_again() -> None:
    assert answer(f"G: {LENS}", f"+G: {FINGER}", f"+G: {LENS}") == [LENS, FINGER]


def test_an_answer_begins_at_the_beginning_though_more_is_said_later() -> None:
    begins = "It has been a big deal for the harbor of Vik."
    middle = ["+G: We all liked the light in those years very much."] * 6
    later = ["+G: The lens had new mirrors in the winter, because the old ones broke."] * 2
    assert answer(f"G: {begins}", *middle, *later, sentences=2)[0] == begins


def test_clearing_the_throat_is_no_beginning() -> None:
    found = answer(
        "G: I can speak to a few of the details of how the lens of Vik works.",
        f"+G: {LENS}",
        f"+G: {FINGER}",
    )
    assert found[0] == LENS


def test_a_yes_is_no_answer_to_an_open_question() -> None:
    video = vik.VIDEO

    def first(question: str) -> str:
        edited = talk(f"H: {question}", "G: Yeah.", f"+G: {LENS}", f"+G: {FINGER}")
        turn = Turn("t1", "H", 0, 10, question, (0, 9))
        (found,) = _candidates(
            video, Turns((turn,)), edited, PEOPLE, (), ComposeOptions(), vik.STYLE
        )
        return found.answer[0].text

    assert first("How does the lens of a lighthouse turn at night?") == LENS
    assert first("Does the lens of a lighthouse turn at night?") == "Yeah."


def test_where_speakers_are_guessed_what_may_be_the_hosts_is_not_quoted() -> None:
    said = talk(
        "G: As in, you put the lens up there and let it turn for 900 years.",
        "+G: The lens may well turn on without anybody at Vik.",
        *["+G: The light of the lens was seen from the boats of Vik."] * 3,
        f"+G: {LENS}",
        f"+G: {FINGER}",
    ).sentences  # fmt: skip
    unsure = leading(said, proven=False)
    found = best_answer(said, [0.0] * len(said), 4, vik.STYLE, unsure)
    assert [one.text for one in found] == [LENS, FINGER]


def test_the_last_question_before_the_reply_is_what_it_answers() -> None:
    (found,) = exchanges(
        talk("H: How did you arrive at the old lighthouse of Vik?", "G: By a boat.",
             "H: What boat takes a child to the harbor of Vik?",
             "G: The mail boat of 1987 took me."), PEOPLE,
    )  # fmt: skip
    assert best_wording(found, NOTHING_DOUBTFUL).text.startswith("What boat takes")


def test_courtesy_before_the_answer_is_passed_over() -> None:
    found = answer(
        "G: That's a great question.",
        "+G: The lens weighs 900 kilograms and floats in mercury.",
        "+G: My grandmother turned the heavy lens with one finger.",
    )
    assert found[0].startswith("The lens")


def test_a_no_stays_in_front_of_what_it_introduces() -> None:
    found = answer(
        "G: No, never.",
        "+G: A child on an island thinks that every house shakes in winter.",
        "+G: I was afraid of cows, because I saw my first one when I was nine.",
    )
    assert found[0] == "No, never."


def test_what_was_hard_to_hear_or_cut_off_is_not_quoted() -> None:
    said = talk(
        "G: The lens weighs 900 kilograms and—", "+G: The lens floats in a bath of mercury there.",
        "+G: My grandmother turned the heavy lens with one finger.",
        "+G: Visitors [laughs] never touch the lens in summer.",
    ).sentences  # fmt: skip
    said = (*said[:2], replace(said[2], doubtful=True), said[3])
    assert best_answer(said, [0.0] * 4, 4, vik.STYLE) == {}


def test_an_answer_does_not_begin_with_a_dangling_it() -> None:
    found = answer(
        "G: The old ferry sank near the island of—",
        "+G: It came from there in the end, he told them.",
        "+G: The lens weighs 900 kilograms and floats in mercury.",
        "+G: My grandmother turned the heavy lens in Bergen with one finger.",
        sentences=2,
    )
    assert found[0].startswith("The lens")


FAIR = "The lens has new mirrors, since the old ones broke in 1987."


@pytest.mark.parametrize("joins", ["And", "But", "Because"])
def test_an_answer_does_not_begin_in_midstream_after_what_cannot_be_printed(joins: str) -> None:
    found = answer(
        "G: Wow.",
        "+G: A newspaper of 1998 printed that the old lens of Vik—",
        f"+G: {joins} I have been chasing it in Bergen for 40 years.",
        f"+G: {FINGER}",
        f"+G: {FAIR}",
        sentences=2,
    )
    assert found == [FINGER, FAIR]


def written(*asked_and_replied: str, sentences: int = 4) -> Candidate:
    """The one answer that is printed."""
    edited = talk(*asked_and_replied)
    turn = Turn("t1", "H", 0, 10, "", (0, 9))
    options = ComposeOptions(sentences=sentences)
    (found,) = _candidates(vik.VIDEO, Turns((turn,)), edited, PEOPLE, (), options, vik.STYLE)
    return found


def texts(found: Candidate) -> list[str]:
    return [sentence.text for sentence in found.answer]


HOW_FAR = "H: How far can the light of Vik be seen at night?"
I_READ = "+H: I read in a book that it is 50 miles."
NO = "G: No, 15 miles."
PRINTED = "+G: A newspaper of 1998 printed that wrong number and—"
CHASED = "+G: And I have been chasing it ever since."
ENOUGH = "+G: But 15 miles of light are plenty for the boats of Vik."
NIGHT = "+G: On a good night, the harbor of Bergen sees 4 flashes a minute."
DENIED = (NO, PRINTED, CHASED, ENOUGH, NIGHT)


def test_what_is_denied_is_printed_with_the_no_and_what_leans_on_nothing_is_not() -> None:
    found = written(HOW_FAR, I_READ, *DENIED)
    assert found.asked.text == HOW_FAR[3:] + " " + I_READ[4:]
    assert texts(found) == [NO[3:], ENOUGH[4:], NIGHT[4:]]


def test_a_no_makes_no_answer_too_long() -> None:
    assert len(texts(written(HOW_FAR, I_READ, *DENIED, sentences=2))) == 2
    assert len(texts(written(HOW_FAR, I_READ, *DENIED, sentences=3))) == 3


def test_a_no_to_an_open_question_denies_something_else() -> None:
    found = written("H: Why can the light of Vik be seen from a far boat?", *DENIED)
    assert NO[3:] not in texts(found)


@pytest.mark.parametrize(
    ("asked", "printed"),
    [
        (("+H: I read that it covers 50 miles.", HOW_FAR), 2),
        (("+H: Right.", HOW_FAR), 1),
        (("+H: The light was seen 50 miles away-", HOW_FAR), 1),
        (("+H: The light was seen 50 miles away.", "H: Is the light of Vik a bright one?"), 1),
        ((HOW_FAR, "+H: It is, I read, " + "a very far light " * 9 + "indeed."), 1),
    ],
)
def test_the_statement_that_a_no_denies_is_printed_where_it_can_be(
    asked: tuple[str, ...], printed: int
) -> None:
    found = written(*("+" + one.removeprefix("+") for one in asked), *DENIED)
    assert len(found.asked.sentences) == printed


def test_an_answer_that_begins_in_midstream_counts_less_than_another() -> None:
    asked = "H: Who pays for the lens of the lighthouse at Vik?"
    whole = written(asked, f"G: {FINGER}", f"+G: {FAIR}")
    torn = written(asked, "G: The state of the old days and—", f"+G: And {FINGER}", f"+G: {FAIR}")
    assert torn.answer[0].text.startswith("And")
    assert torn.quality < whole.quality - 0.4


def test_an_answer_keeps_to_the_longest_length() -> None:
    long = " ".join(["mercury"] * 100)
    found = answer(*(f"+G: The lens number {n} floats in {long}." for n in range(4)))
    assert sum(len(text.split()) for text in found) <= vik.STYLE.most_words


def test_one_short_sentence_is_no_answer() -> None:
    assert answer("G: The lens is heavy.") == []


# --- the choice ---


def candidate(place: int, quality: float, topic: str, third: int, *meaning: float) -> Candidate:
    asked = Sentence(f"t{place}.1", f"t{place}", "H", place, place, f"Q{place}?", (place, place))
    said = replace(asked, id=f"a{place}", text=f"A{place}.", speaker="G")
    point = np.array(meaning or [0.0, 0.0], np.float32)
    return Candidate(Wording((asked,), quality), (said,), quality, topic, third, point)


def chosen(*candidates: Candidate, count: int) -> list[int]:
    return [one.asked.words[0] for one in choose(candidates, count, {})]


def test_the_best_are_chosen_in_the_order_asked() -> None:
    assert chosen(
        candidate(1, 1.0, "T1", 0), candidate(2, 2.0, "T2", 0), candidate(3, 3.0, "T3", 0), count=2
    ) == [2, 3]


def test_each_third_is_represented_where_it_can_be() -> None:
    many = [candidate(n, 5.0, f"T{n}", 0) for n in range(1, 6)]
    late = [candidate(6, 0.1, "T6", 1), candidate(7, 0.1, "T7", 2)]
    assert chosen(*many, *late, count=3)[1:] == [6, 7]


def test_another_topic_beats_a_slightly_better_question() -> None:
    assert chosen(
        candidate(1, 3.0, "T1", 0), candidate(2, 2.9, "T1", 0), candidate(3, 2.5, "T2", 0), count=2
    ) == [1, 3]


@pytest.mark.parametrize(
    ("title", "first"), [("The storm of 1974", 2), ("Lightning round and final thoughts", 1)]
)
def test_a_long_topic_counts_unless_it_is_a_round_of_questions(title: str, first: int) -> None:
    topics = [
        Topic("T1", "The lens", 0, 60, ("t1", "t1"), "chapters"),
        Topic("T2", title, 60, 180, ("t2", "t2"), "chapters"),
    ]
    two = [candidate(1, 3.0, "T1", 0), candidate(2, 2.5, "T2", 0)]
    assert [one.asked.words[0] for one in choose(two, 1, _airtime(topics))] == [first]


def test_near_duplicates_are_not_both_chosen() -> None:
    assert chosen(
        candidate(1, 3.0, "T1", 0, 1, 0), candidate(2, 2.9, "T2", 0, 1, 0),
        candidate(3, 2.5, "T3", 0, 0, 1), count=2,
    ) == [1, 3]  # fmt: skip


def test_no_sentence_is_printed_in_two_answers() -> None:
    one, two = candidate(1, 3.0, "T1", 0), candidate(2, 2.9, "T2", 0)
    assert chosen(one, replace(two, answer=one.answer), count=2) == [1]


def test_fewer_candidates_than_asked_for_are_all_taken() -> None:
    assert chosen(candidate(1, 1.0, "T1", 0), count=5) == [1]


# --- what stands around it ---


def headline(title: str, channel: str = "Slow Signals") -> str:
    video = replace(vik.VIDEO, title=title, channel=channel)
    return framing.headline(video, vik.SPEAKERS)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "The Mill That Runs on the Moon | Tomás Lind on Slow Signals",
            "The Mill That Runs on the Moon",
        ),
        (
            "Tomás Lind: Amazon and Blue Origin | Slow Podcast #405",
            "Tomás Lind on Amazon and Blue Origin",
        ),
        ("Tomás Lind: Looking for a light", "Tomás Lind: Looking for a light"),
        ("Tomás Lind - Islands", "Tomás Lind: Islands"),
        ("Tomás Lind: why ships still look", "Tomás Lind on why ships still look"),
        ("Tomás Lind – Llama 3, & Caesar Augustus", "Tomás Lind on Llama 3, & Caesar Augustus"),
        ("Ep. 5: A Light for One", "A Light for One"),
        ("#12 - A Light for One", "A Light for One"),
        ("A Light for One (Full Interview)", "A Light for One"),
        (
            "From Sun to Azure, with Tomás Lind (Interviews #594)",
            "From Sun to Azure, with Tomás Lind",
        ),
        ("🔥 A Light for One ⚡️", "A Light for One"),
        ("THIS KEEPER WILL SHOCK YOU", "Tomás Lind in conversation with Ruth Okafor"),
        ("You won't BELIEVE this!!", "Tomás Lind in conversation with Ruth Okafor"),
        ("", "Tomás Lind in conversation with Ruth Okafor"),
        ("Tomás Lind: “I was never afraid”", "Tomás Lind: “I was never afraid”"),
        ("GPT4 Explained by Hand", "GPT4 Explained by Hand"),
        (
            "How a light turns every twelve seconds: mercury and time",
            "How a light turns every twelve seconds",
        ),
        ("灯台守の夜", "灯台守の夜"),
        ("{guest} on {title}", "{guest} on {title}"),
        ("A light\n\u202efor\x00 one", "A light for one"),
    ],
)
def test_the_title_is_the_publishers_without_its_trappings(title: str, expected: str) -> None:
    assert headline(title) == expected


def test_several_guests_are_named_together() -> None:
    speakers = (*vik.SPEAKERS, replace(vik.SPEAKERS[1], id="S3", name="Ada Berg"))
    opened = framing.opening(vik.VIDEO, speakers, vik.STYLE)
    assert opened.endswith("between Ruth Okafor and Tomás Lind and Ada Berg.")
    assert " talk with " in framing.standfirst(vik.VIDEO, speakers, vik.TURNS)


def test_a_title_is_never_read_as_a_template() -> None:
    video = replace(vik.VIDEO, title="{host}{0}{guest!r}")
    unnamed = tuple(replace(one, name=None) for one in vik.SPEAKERS)
    opened = framing.opening(video, unnamed, vik.STYLE)
    assert "“{host}{0}{guest!r}”" in opened


def test_a_known_guest_is_named_though_the_host_is_not() -> None:
    speakers = (replace(vik.SPEAKERS[0], name=None), vik.SPEAKERS[1])
    assert framing.standfirst(vik.VIDEO, speakers, vik.TURNS) == (
        "Tomás Lind talks for 3 minutes on Slow Signals, published March 9, 2025."
    )


def test_endless_words_cost_no_time() -> None:
    endless = "ab" * 200_000
    video = replace(vik.VIDEO, title=f"({endless}" * 3)
    assert framing.headline(video, vik.SPEAKERS)
    assert wording.weigh(f"{endless} {endless}.", wording.RICH) < 1


def test_what_is_not_known_is_left_out_of_the_standfirst() -> None:
    video = replace(vik.VIDEO, channel=None, published=None)
    assert framing.standfirst(video, vik.SPEAKERS, vik.TURNS) == (
        "Tomás Lind talks with Ruth Okafor for 3 minutes."
    )


def test_the_standfirst_does_not_say_again_what_the_opener_says() -> None:
    opener = "Tomás Lind spoke in an interview that Slow Signals published on March 9, 2025."
    assert framing.standfirst(vik.VIDEO, vik.SPEAKERS, vik.TURNS, opener) == (
        "Tomás Lind talks with Ruth Okafor for 3 minutes."
    )


def test_an_interview_of_unknown_people_has_a_standfirst_all_the_same() -> None:
    nobody = tuple(replace(one, name=None) for one in vik.SPEAKERS)
    assert framing.standfirst(vik.VIDEO, nobody, vik.TURNS) == (
        "Slow Signals published this interview of 3 minutes on March 9, 2025."
    )
    bare = replace(vik.VIDEO, channel=None, published=None)
    assert framing.standfirst(bare, nobody, vik.TURNS) == "An interview of 3 minutes."


def test_the_standfirst_says_where_though_the_opener_says_when() -> None:
    assert framing.standfirst(vik.VIDEO, vik.SPEAKERS, vik.TURNS, "March 9, 2025.") == (
        "Tomás Lind talks with Ruth Okafor for 3 minutes on Slow Signals."
    )


def about(*topics: Topic, proven: bool = True) -> list[str]:
    said = [Statement("Yes.", "quote", vik.GUEST, (), second, second) for second in range(0, 90, 5)]
    turns = (
        Turn("t1", vik.HOST, 0, 9, "So a drum, in a store. How does the Fog signal work?", (0, 9)),
        Turn("t2", vik.GUEST, 9, 20, "What is a tide table?", (10, 14)),
        Turn("t3", vik.HOST, 20, 29, "Who lives in a light house, and who pays?", (15, 20)),
    )
    return framing.about(topics, said, Turns(turns, proven=proven), vik.SPEAKERS)


def topic(title: str, start: float, end: float, source: str = "found") -> Topic:
    return Topic(f"T{start}", title, start, end, ("t1", "t1"), source)  # type: ignore[arg-type]


def test_the_standfirst_names_topics_that_the_publisher_names() -> None:
    chapters = [topic(f"Chapter {n}", n, n + n, "chapters") for n in (5, 10, 20, 30, 40)]
    assert about(*chapters) == ["Chapter 10", "Chapter 20", "Chapter 30", "Chapter 40"]
    assert framing.standfirst(vik.VIDEO, vik.SPEAKERS, vik.TURNS, "", about(*chapters[:3])) == (
        "Tomás Lind talks with Ruth Okafor for 3 minutes on Slow Signals, published March 9, 2025. "
        "The topics include: Chapter 5; Chapter 10; Chapter 20."
    )
    unquoted = topic("Goodbye", 95, 99, "chapters")
    loud = topic("YOU WON'T BELIEVE THIS", 5, 9, "chapters")
    assert about(chapters[0], unquoted, loud, topic("Long " * 20, 5, 9, "chapters")) == []


def test_the_standfirst_names_found_topics_only_where_the_host_asks_for_them() -> None:
    asked = topic("Fog signal", 0, 19), topic("Light house", 20, 60)
    assert about(*asked) == ["Fog signal", "Light house"]
    assert about(*asked, proven=False) == []
    for title in ("Tide table", "Drum", "Lives in a light", "Signal fog"):
        assert about(asked[1], topic(title, 0, 19)) == [], title


def test_what_has_no_address_is_no_link() -> None:
    style = vik.STYLE.model_copy(update={"closing": "See links.", "closing_unlinked": "See times."})
    asked = Question("What is it?", ("t1",), 3.0, ())
    for url, closing in ((vik.VIDEO.url, "See links."), (None, "See times.")):
        video = replace(vik.VIDEO, url=url, channel_url=url)
        given = ((asked,), video, vik.SPEAKERS, vik.TOPICS, vik.TURNS, style, "take", set[str]())
        article = framing.framed(*given)
        assert article.closing == closing
        assert [link.title for link in article.links if not link.url] == (
            [] if url else [asked.text]
        )
        assert article.links_heading == ("Links" if url else "Times")
    assert framing.ending(video, vik.SPEAKERS, vik.STYLE) == vik.STYLE.closing


def test_a_topic_left_out_says_how_many_questions_went_to_others() -> None:
    topic = Topic("T1", "Money", 50, 60, ("t1", "t1"), "found")
    one = Question("What is it?", ("t1",), 0, ())
    for count, told in ((1, "the question went"), (2, "the 2 questions went")):
        (left,) = framing.left_out([topic], (), [one] * count, {"T1"})
        assert left.reason == f"{told} to other topics"
