import random
from dataclasses import replace

import pytest

from pipeline.config import EditOptions
from pipeline.edit import edit
from pipeline.model import Edited, Foreign, Speaker, Transcript, Turns, Word
from pipeline.speech import spoken
from tests import talk

PEOPLE = (
    Speaker("S1", None, "host", 60),
    Speaker("S2", None, "guest", 200),
    Speaker("S3", None, "other", 9),
)


def edited(*said: tuple[str, str], **more: object) -> Edited:
    transcript, turns = talk.talk(*said)
    about = talk.video(**more)
    return edit(about, transcript, turns, PEOPLE, EditOptions())


def texts(result: Edited) -> list[str]:
    return [sentence.text for sentence in result.sentences]


def reasons(result: Edited) -> dict[str, str]:
    return {dropped.text: dropped.reason for dropped in result.dropped}


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        ("It rose 0.3 percent. We left.", ["It rose 0.3 percent.", "We left."]),
        ("Dr. Marsh met J. P. Hale. They dug.", ["Dr. Marsh met J. P. Hale.", "They dug."]),
        ("The U.S. Navy came at 4 p.m. It left.", ["The U.S. Navy came at 4 p.m.", "It left."]),
        ("Why? Nobody knows!", ["Why?", "Nobody knows!"]),
        ("Well… maybe so. “Who?” she asked.", ["Well… maybe so.", "“Who?” she asked."]),
        ("See No. 5 there. No. 5 is it.", ["See No. 5 there.", "No. 5 is it."]),
        ("It cost $1,920. “So?” It does.", ["It cost $1,920.", "“So?”", "It does."]),
        ("So did I. Then it broke.", ["So did I.", "Then it broke."]),
        ("他走了。 她来了。", ["他走了。", "她来了。"]),
    ],
)  # fmt: skip
def test_sentences_end_where_they_end(said: str, sentences: list[str]) -> None:
    assert texts(edited(("S2", said))) == sentences


def test_a_sentence_keeps_its_verbatim_span_and_times() -> None:
    transcript, turns = talk.talk(("S2", "We dug. Um, the gate was, uh, soft."))
    result = edit(talk.video(), transcript, turns, PEOPLE, EditOptions())
    second = result.sentences[1]
    assert (second.id, second.text, second.words) == ("t1.2", "The gate was soft.", (2, 7))
    assert (second.start, second.end) == (transcript.words[2].start, transcript.words[7].end)


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("the gate, um, with its hinge", "the gate, with its hinge"),
        ("One of them, Tyler, um, grew a beard.", "One of them, Tyler, grew a beard."),
        ("the the mill and and I, I went", "the mill and I went"),
        ("always, always at four", "always, always at four"),
        ("very very old, no no", "very very old, no no"),
        ("We left. [laughs] (upbeat music) ♪", "We left."),
        ("We left, uh.", "We left."),
    ],
)
def test_only_hesitation_is_taken_out(said: str, printed: str) -> None:
    assert spoken([Word(word, 0, 0) for word in said.split()]) == printed


def test_a_filler_of_one_language_is_a_word_of_another() -> None:
    said = "Es geht um Geld, äh, und er weiß es"
    words = [Word(word, 0, 0) for word in said.split()]
    assert spoken(words, "de") == "Es geht um Geld, und er weiß es"


def test_of_the_sample_go_the_sponsor_message_and_the_frame_and_nothing_else_of_weight() -> None:
    about, transcript, turns, truth = talk.sample()
    result = edit(about, transcript, turns, PEOPLE, EditOptions())
    sponsor = next(turn["id"] for turn in truth["turns"] if turn["kind"] == "sponsor")
    assert not [sentence for sentence in result.sentences if sentence.turn == sponsor]
    assert {cut.turn for cut in result.dropped if "sponsor" in cut.reason} == {sponsor}
    frame = {
        turn["id"]
        for turn in truth["turns"]
        if turn["topic"] in ("opening", "closing") and turn["speaker"] == "host"
    }
    elsewhere = [cut for cut in result.dropped if cut.turn not in {sponsor, *frame}]
    assert all(len(cut.text.split()) <= 3 for cut in elsewhere)
    opening = next(cut for cut in result.dropped if cut.reason == "opens the show")
    assert opening.text.startswith("Hello, and welcome") and opening.text.endswith("to the show.")
    assert "um" not in {word.strip(",").lower() for text in texts(result) for word in text.split()}


def test_sponsors_stay_if_asked_to() -> None:
    transcript, turns = talk.talk(("S1", "This show is sponsored by Acme. Acme makes boots."))
    kept = edit(talk.video(), transcript, turns, PEOPLE, EditOptions(drop_sponsors=False))
    assert len(kept.sentences) == 2


def test_a_yes_is_an_answer_only_after_a_question() -> None:
    result = edited(
        ("S1", "Is it true?"), ("S2", "Yes."), ("S1", "Right."), ("S2", "We dug it out. Yeah.")
    )
    assert texts(result) == ["Is it true?", "Yes.", "We dug it out."]
    assert reasons(result) == {"Right.": "only agrees", "Yeah.": "only agrees"}


def test_sentences_in_another_language_are_left_out_unless_they_are_translated() -> None:
    said = (("S1", "Where were you?"), ("S2", "I was there. Es war sehr schön. It rained."))
    transcript, turns = talk.talk(*said)
    for translated in (False, True):
        heard = replace(transcript, foreign=(Foreign((6, 9), "de", translated),))
        result = edit(talk.video(), heard, turns, PEOPLE, EditOptions())
        expected = {} if translated else {"Es war sehr schön.": "is in another language (de)"}
        assert reasons(result) == expected


def test_captions_without_punctuation_are_cut_at_pauses() -> None:
    transcript, _ = talk.talk(("S2", " ".join(f"word{n}" for n in range(90))))
    late = [replace(word, start=word.start + 2, end=word.end + 2) for word in transcript.words[40:]]
    words = (*transcript.words[:40], *late)
    turns = Turns((replace(talk.talk(("S2", "x"))[1].turns[0], words=(0, 89), end=words[-1].end),))
    result = edit(talk.video(), replace(transcript, words=words), turns, PEOPLE, EditOptions())
    spans = [sentence.words for sentence in result.sentences]
    assert any(first == 40 for first, _ in spans)
    assert all(last - first < 45 for first, last in spans)


def test_a_word_hard_to_hear_makes_its_sentence_doubtful() -> None:
    transcript, turns = talk.talk(("S2", "It cost a fortune. It was the end. They sold the mill."))
    unsure = {3: 0.2, 6: 0.2}  # "fortune." and "the": only the first matters
    words = tuple(
        replace(word, probability=unsure.get(place, 0.9))
        for place, word in enumerate(transcript.words)
    )
    turns = replace(turns, doubtful=(9,))  # "They"... or somebody else
    result = edit(talk.video(), replace(transcript, words=words), turns, PEOPLE, EditOptions())
    assert [sentence.doubtful for sentence in result.sentences] == [True, False, True]


def test_a_sentence_whose_first_words_went_to_the_other_is_doubtful() -> None:
    said = (("S2", "It was in protest. Last"), ("S1", "question, what do you tell them?"))
    transcript, turns = talk.talk(*said, ("S2", "Go and look at it. And wait."))
    result = edit(talk.video(), transcript, turns, PEOPLE, EditOptions())
    doubtful = {sentence.text: sentence.doubtful for sentence in result.sentences}
    assert doubtful["question, what do you tell them?"]
    assert not doubtful["Go and look at it."]


SCRAPS = [
    word
    for line in (
        "Um, uh. Yeah. Right? We dug the gate. This episode is sponsored by Acme. Use code A now.",
        "[laughs] Mm-hmm. So what did you find? Dr. Hale said 0.3 percent… maybe. Welcome back.",
        "the the Thanks so much. — ... ♪ ♪ Please subscribe. I think I, I know, er, nothing.",
        "Visit acme.com/x now. Let's go on.",
    )
    for word in line.split()
]


@pytest.mark.parametrize("seed", range(40))
def test_every_word_is_kept_once_or_dropped_once(seed: int) -> None:
    chance = random.Random(seed)
    said = [
        (
            chance.choice(("S1", "S2", "S3")),
            " ".join(chance.choices(SCRAPS, k=chance.randint(1, 40))),
        )
        for _ in range(chance.randint(1, 25))
    ]
    transcript, turns = talk.talk(*said)
    result = edit(talk.video(), transcript, turns, PEOPLE, EditOptions())
    spans = [s.words for s in result.sentences] + [cut.words for cut in result.dropped if cut.words]
    places = sorted(place for first, last in spans for place in range(first, last + 1))
    assert places == list(range(len(transcript.words)))
    named = {s.turn for s in result.sentences} | {cut.turn for cut in result.dropped}
    assert named == {turn.id for turn in turns.turns}
    assert_in_its_turn(result, transcript, turns)


def assert_in_its_turn(result: Edited, transcript: Transcript, turns: Turns) -> None:
    by_id = {turn.id: turn for turn in turns.turns}
    for sentence in result.sentences:
        turn = by_id[sentence.turn]
        first, last = sentence.words
        assert turn.words[0] <= first <= last <= turn.words[1]
        assert sentence.speaker == turn.speaker and sentence.text
        assert sentence.text == spoken(transcript.words[first : last + 1])
    assert len({sentence.id for sentence in result.sentences}) == len(result.sentences)
