"""A receipt holds: a good article passes, and every fault put into it is caught."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.config import ComposeOptions, Style, VerifyOptions
from pipeline.model import Article, Foreign, LeftOut, Link, Question, Receipt, Statement, Transcript
from pipeline.verify import CHECKS, verify
from tests import lighthouse as vik
from tests.lighthouse import sentence


def quote(begins: str) -> Statement:
    said = sentence(begins)
    return Statement(
        said.text, "quote", said.speaker, (said.turn,), said.start, said.end, said.words
    )


def question(begins: str, *answer: str, topic: str) -> Question:
    asked = sentence(begins)
    return Question(
        asked.text, (asked.turn,), asked.start, tuple(map(quote, answer)), asked.words, topic
    )


QUESTIONS = (
    question("What does a", "A keeper", "The lens at", "If the turning", "Ours", topic="T2"),
    question("How did the", "The storm broke", "A wave", "My father", "Nobody", topic="T3"),
    question("Were you", "No, never", "A child", "I was afraid", topic="T3"),
    question("Who pays", "The state", "We rent", "The reason", "In Hamburg", topic="T4"),
    question("What would", "A machine", "Last year", "The coast", "I would", topic="T5"),
)
LEFT_OUT = tuple(
    LeftOut(topic.title, topic.start, topic.end, "no question with an answer to quote")
    for topic in vik.TOPICS
    if topic.title in ("Welcome", "Goodbye")
)
GOOD = Article(
    style="take",
    title="Tomás Lind on A Light for One",
    standfirst=(
        "Tomás Lind talks with Ruth Okafor for 3 minutes on Slow Signals, published on March 9, "
        "2025."
    ),
    opener="I heard a very interesting interview this week, between Ruth Okafor and Tomás Lind.",
    questions=QUESTIONS,
    closing="That is my take.",
    links=(
        Link("The interview", vik.VIDEO.url),
        Link("Slow Signals", vik.VIDEO.channel_url),
        *(Link(asked.text, vik.VIDEO.url, asked.start) for asked in QUESTIONS),
    ),
    left_out=LEFT_OUT,
)


def receipt(article: Article = GOOD, **changes: Any) -> Receipt:
    case = {
        "video": vik.VIDEO, "transcript": vik.TRANSCRIPT, "turns": vik.TURNS, "edited": vik.EDITED,
        "speakers": vik.SPEAKERS, "topics": vik.TOPICS, "article": article,
        "options": VerifyOptions(), "compose": ComposeOptions(), "style": vik.STYLE,
    }  # fmt: skip
    return verify(**(case | changes))


def failed(receipt: Receipt) -> set[str]:
    assert (receipt.status == "ready") == (not receipt.reasons)
    return {check.name for check in receipt.checks if not check.passed}


def with_statement(number: int, place: int, **changes: Any) -> Article:
    """The good article with one sentence of one answer changed."""
    asked = GOOD.questions[number]
    statement = replace(asked.answer[place], **changes)
    return with_answer(number, (*asked.answer[:place], statement, *asked.answer[place + 1 :]))


def with_answer(number: int, answer: tuple[Statement, ...]) -> Article:
    return with_question(number, answer=answer)


def with_question(number: int, **changes: Any) -> Article:
    asked = list(GOOD.questions)
    asked[number] = replace(asked[number], **changes)
    return replace(GOOD, questions=tuple(asked))


def test_a_good_article_is_ready() -> None:
    found = receipt()
    assert (found.reasons, found.status) == ((), "ready")
    assert [check.name for check in found.checks] == [name for name, _ in CHECKS]


def test_the_receipt_counts_what_is_covered() -> None:
    coverage = receipt().coverage
    assert (coverage.topics, coverage.topics_covered) == (6, 4)
    assert coverage.thirds == (True, True, True)
    assert (coverage.turns, coverage.turns_kept, coverage.turns_dropped) == (21, 20, 1)
    assert 0 < coverage.quoted_seconds < coverage.speech_seconds


# --- faults in the article: (name, the article with it, the check that must find it) ---


def every_quote(change: Callable[[str], str]) -> list[tuple[int, int, str]]:
    """Where, and with what text, a change of words makes a difference."""
    return [
        (number, place, change(statement.text))
        for number, asked in enumerate(GOOD.questions)
        for place, statement in enumerate(asked.answer)
        if change(statement.text) != statement.text
    ]


# One change of wording each, made in every sentence that has such words.
REWORDINGS: dict[str, Callable[[str], str]] = {
    "a word changed": lambda text: text.replace(" the ", " our ", 1),
    "a word left out": lambda text: " ".join(text.split()[:1] + text.split()[2:]),
    "a word added": lambda text: text.replace(" ", " really ", 1),
    "two words swapped": lambda text: " ".join([*text.split()[1::-1], *text.split()[2:]]),
    "a digit changed": lambda text: text.translate(str.maketrans("0123456789", "1234567890")),
    "a name changed": lambda text: text.replace("Vik", "Bergen").replace("Hamburg", "Lübeck"),
    "a negation dropped": lambda text: (
        text.replace(" not ", " ", 1).replace("can't", "can", 1).replace("no ", "a ", 1)
    ),
    "a negation added": lambda text: text.replace(" is ", " is not ", 1),
    "cut off at the end": lambda text: " ".join(text.split()[:-2]),
    "cut off with a dash": lambda text: " ".join(text.split()[:-2]) + "—",
    "cut off at the start": lambda text: " ".join(text.split()[2:]),
    "made a question": lambda text: text.removesuffix(".") + "?",
    "another script": lambda text: text.replace("a", "а"),  # Cyrillic
}
REWORDED = [
    pytest.param(number, place, text, id=f"{name} in {number + 1}.{place + 1}")
    for name, change in REWORDINGS.items()
    for number, place, text in every_quote(change)
]


def test_there_are_rewordings_of_every_kind() -> None:
    assert all(every_quote(change) for change in REWORDINGS.values())
    assert len(REWORDED) > 100


@pytest.mark.parametrize(("number", "place", "text"), REWORDED)
def test_a_quotation_that_was_reworded_is_caught(number: int, place: int, text: str) -> None:
    assert "quotes" in failed(receipt(with_statement(number, place, text=text)))


HOSTS = sentence("The owners paid")
SPLICE = (sentence("We do not let").words[0], sentence("The storm broke").words[1])
FAR = sentence("They sent a letter")
SWALLOWED = sentence("If the turning").text.replace(" not ", " […] ")

FAULTS: dict[str, tuple[Article, str]] = {
    "the host's words credited to the guest": (
        with_statement(
            1,
            1,
            text=HOSTS.text,
            words=HOSTS.words,
            start=HOSTS.start,
            end=HOSTS.end,
            cites=(HOSTS.turn,),
        ),
        "attribution",
    ),
    "the host's words under the guest's turn": (
        with_statement(1, 1, text=HOSTS.text, words=HOSTS.words, start=HOSTS.start, end=HOSTS.end),
        "attribution",
    ),
    "the host's words with the place of the guest's": (
        with_statement(1, 1, text=HOSTS.text),
        "quotes",
    ),
    "the host's own words as an answer": (
        with_answer(1, (*GOOD.questions[1].answer[:2], quote("The owners paid"))),
        "attribution",
    ),
    "a splice of two distant turns": (
        with_statement(0, 3, text="We do not let visitors try it, took the boat house away."),
        "quotes",
    ),
    "a splice with the span of both": (
        with_statement(
            0, 3, text="We do not let visitors try it, took the boat house away.", words=SPLICE
        ),
        "quotes",
    ),
    "a splice marked with an ellipsis over two turns": (
        with_statement(
            0,
            3,
            text="We do not let visitors […] and took the boat house away.",
            words=SPLICE,
        ),
        "quotes",
    ),
    "an ellipsis that swallows a not": (
        with_statement(0, 2, text=SWALLOWED),
        "quotes",
    ),
    "a wrong cite": (with_statement(0, 0, cites=("t8",)), "attribution"),
    "a cite of the host": (with_statement(0, 0, cites=("t3",)), "attribution"),
    "a cite of no turn": (with_statement(0, 0, cites=("t99",)), "attribution"),
    "no cite": (with_statement(0, 0, cites=()), "attribution"),
    "the wrong speaker": (with_statement(0, 0, speaker=vik.HOST), "attribution"),
    "an unknown speaker": (with_statement(0, 0, speaker="S9"), "attribution"),
    "a start 5 s off": (
        with_statement(0, 0, start=GOOD.questions[0].answer[0].start + 5, end=99),
        "quotes",
    ),
    "an end 5 s off": (with_statement(0, 0, end=GOOD.questions[0].answer[0].end + 5), "quotes"),
    "a quote without a place": (with_statement(0, 0, words=None), "quotes"),
    "a quote past the end": (with_statement(0, 0, words=(9000, 9004)), "quotes"),
    "a question never asked": (with_question(0, text="Why do you hate ships?"), "questions"),
    "a question reworded": (
        with_question(0, text="What did a lighthouse keeper do all night?"),
        "questions",
    ),
    "a question of the guest": (
        with_question(0, text=FAR.text, words=FAR.words, start=FAR.start, from_turns=(FAR.turn,)),
        "questions",
    ),
    "a statement as a question": (
        with_question(
            1, text=HOSTS.text, words=HOSTS.words, start=HOSTS.start, from_turns=(HOSTS.turn,)
        ),
        "questions",
    ),
    "a question from another turn": (with_question(0, from_turns=("t7",)), "questions"),
    "a question 5 s off": (with_question(2, start=GOOD.questions[2].start + 5), "questions"),
    "a question without a place": (with_question(0, words=None), "questions"),
    "an answer to another question": (
        with_answer(0, (*GOOD.questions[0].answer[:3], quote("We rent two"))),
        "questions",
    ),
    "answers changed about": (
        replace(
            with_answer(1, QUESTIONS[2].answer),
            questions=(
                QUESTIONS[0],
                replace(QUESTIONS[1], answer=QUESTIONS[2].answer),
                replace(QUESTIONS[2], answer=QUESTIONS[1].answer[:3]),
                *QUESTIONS[3:],
            ),
        ),
        "questions",
    ),
    "sentences out of order": (with_answer(0, GOOD.questions[0].answer[::-1]), "questions"),
    "questions out of order": (replace(GOOD, questions=QUESTIONS[::-1]), "questions"),
    "a number in the title": (replace(GOOD, title="Tomás Lind on 7 Lights"), "numbers and names"),
    "a name in the title": (
        replace(GOOD, title="Tomas Lund on A Light for One"),
        "numbers and names",
    ),
    "a name in the standfirst": (
        replace(GOOD, standfirst=GOOD.standfirst.replace("Ruth", "Rita")),
        "numbers and names",
    ),
    "a wrong length": (
        replace(GOOD, standfirst=GOOD.standfirst.replace("3 minutes", "4 minutes")),
        "numbers and names",
    ),
    "a wrong date": (
        replace(GOOD, standfirst=GOOD.standfirst.replace("March", "April")),
        "numbers and names",
    ),
    "the opener changed": (replace(GOOD, opener=GOOD.opener.replace("very ", "")), "contract"),
    "the opener's names changed": (
        replace(GOOD, opener=GOOD.opener.replace("Lind", "Lund")),
        "contract",
    ),
    "the opener with a space more": (replace(GOOD, opener=GOOD.opener + " "), "contract"),
    "the closing changed": (replace(GOOD, closing="Subscribe!"), "contract"),
    "no title": (replace(GOOD, title=" "), "contract"),
    "another style": (replace(GOOD, style="essay"), "contract"),
    "a question missing": (replace(GOOD, questions=QUESTIONS[1:]), "contract"),
    "a question too many": (
        replace(
            GOOD, questions=(*QUESTIONS, question("Where can", "I have no", "Write me", topic="T6"))
        ),
        "contract",
    ),
    "a sentence twice": (
        with_answer(0, (*GOOD.questions[0].answer[:3], GOOD.questions[0].answer[2])),
        "contract",
    ),
    "a question twice": (replace(GOOD, questions=(QUESTIONS[0], *QUESTIONS[:4])), "contract"),
    "too many sentences": (
        with_answer(0, (*GOOD.questions[0].answer, *GOOD.questions[1].answer)),
        "contract",
    ),
    "one sentence only": (with_answer(0, GOOD.questions[0].answer[:1]), "contract"),
    "no answer": (with_answer(0, ()), "contract"),
    "a part of a sentence": (
        with_statement(
            1,
            3,
            text="Nobody on the three ships outside.",
            words=(QUESTIONS[1].answer[3].words[0], QUESTIONS[1].answer[3].words[0] + 5),
        ),
        "contract",
    ),
    "a link elsewhere": (
        replace(GOOD, links=(*GOOD.links, Link("Win a phone", "https://example.com/win"))),
        "contract",
    ),
    "no link for a question": (replace(GOOD, links=GOOD.links[:-1]), "contract"),
    "a topic silently missing": (replace(GOOD, left_out=LEFT_OUT[1:]), "coverage"),
    "all silently missing": (replace(GOOD, left_out=()), "coverage"),
    "a topic that there never was": (
        replace(GOOD, left_out=(*LEFT_OUT, LeftOut("Whales", 1.0, 2.0, "too wet"))),
        "coverage",
    ),
    "nothing of the first third": (replace(GOOD, questions=QUESTIONS[1:]), "coverage"),
    "nothing of the last third": (replace(GOOD, questions=QUESTIONS[:3]), "coverage"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_article_is_caught(fault: str) -> None:
    article, name = FAULTS[fault]
    assert name in failed(receipt(article))


# --- faults between the stages ---


def test_words_near_a_change_of_speaker_are_never_quoted() -> None:
    first = QUESTIONS[0].answer[0].words
    assert first
    doubtful = replace(vik.TURNS, doubtful=(first[0],))
    assert failed(receipt(turns=doubtful)) == {"attribution"}


def test_a_question_whose_speaker_is_in_doubt_is_looked_at() -> None:
    asked = QUESTIONS[0].words
    assert asked
    assert failed(receipt(turns=replace(vik.TURNS, doubtful=(asked[1],)))) == {"questions"}


def test_a_sentence_whose_first_words_somebody_else_got_is_caught() -> None:
    asked = QUESTIONS[1].words
    assert asked
    words = list(vik.TRANSCRIPT.words)
    before, first = words[asked[0] - 1], words[asked[0]]
    words[asked[0] - 1] = replace(before, text=before.text.rstrip(".?!"))
    words[asked[0]] = replace(first, text=first.text.lower())
    checks = receipt(transcript=replace(vik.TRANSCRIPT, words=tuple(words))).checks
    told = [line for check in checks if check.name == "contract" for line in check.found]
    assert any("lacks its beginning" in line for line in told)


def test_words_that_were_hard_to_hear_are_never_quoted() -> None:
    sentences = tuple(
        replace(one, doubtful=one.text.startswith("The lens at")) for one in vik.EDITED.sentences
    )
    assert "attribution" in failed(receipt(edited=replace(vik.EDITED, sentences=sentences)))


def test_a_lost_turn_is_missed() -> None:
    kept = tuple(one for one in vik.EDITED.sentences if one.turn != "t12")
    found = receipt(edited=replace(vik.EDITED, sentences=kept))
    assert failed(found) == {"nothing lost"}
    assert "t12" in " ".join(found.reasons)


def test_a_lost_sentence_is_missed() -> None:
    kept = tuple(one for one in vik.EDITED.sentences if not one.text.startswith("They sent"))
    assert failed(receipt(edited=replace(vik.EDITED, sentences=kept))) == {"nothing lost"}


def test_a_turn_lost_before_editing_is_missed() -> None:
    turns = replace(vik.TURNS, turns=tuple(t for t in vik.TURNS.turns if t.id != "t5"))
    assert "nothing lost" in failed(receipt(turns=turns))


def test_a_sentence_moved_to_another_speaker_is_missed() -> None:
    sentences = tuple(
        replace(one, speaker=vik.GUEST) if one.text == HOSTS.text else one
        for one in vik.EDITED.sentences
    )
    assert "nothing lost" in failed(receipt(edited=replace(vik.EDITED, sentences=sentences)))


def test_a_turn_whose_text_is_not_its_words_is_found() -> None:
    turns = tuple(replace(t, text=t.text.replace("900", "90")) for t in vik.TURNS.turns)
    assert failed(receipt(turns=replace(vik.TURNS, turns=turns))) == {"nothing lost"}


def test_speakers_guessed_from_the_text_are_never_ready() -> None:
    found = receipt(turns=replace(vik.TURNS, proven=False))
    assert failed(found) == {"speakers"}


def test_an_unknown_name_is_told() -> None:
    speakers = (vik.SPEAKERS[0], replace(vik.SPEAKERS[1], name=None))
    found = receipt(replace(GOOD, opener=_opened(vik.VIDEO.title)), speakers=speakers)
    assert "speakers" in failed(found)
    assert "contract" not in failed(found)


def test_a_translation_is_told() -> None:
    words = (0, len(vik.TRANSCRIPT.words) - 1)
    said = replace(vik.TRANSCRIPT, foreign=(Foreign(words, "de", translated=True),))
    found = receipt(transcript=said)
    assert failed(found) == {"language"}
    assert "another language (de)" in found.reasons[0]


def test_an_interview_without_a_guest_is_told() -> None:
    speakers = (vik.SPEAKERS[0], replace(vik.SPEAKERS[1], role="other"))
    assert "speakers" in failed(receipt(speakers=speakers))


# --- what is no answer ---


def test_a_question_may_end_on_what_the_host_states() -> None:
    asked = sentence("How did the")
    said = f"{asked.text} The storm of January 1987 is famous on this coast."
    before = sentence("The storm of")
    sentences = tuple(
        replace(one, text=asked.text, words=before.words)
        if one is before
        else replace(one, text=before.text, words=asked.words)
        if one is asked
        else one
        for one in vik.EDITED.sentences
    )
    changed = with_question(1, text=said, words=(before.words[0], asked.words[1]))
    found = receipt(changed, edited=replace(vik.EDITED, sentences=sentences)).reasons
    assert not any("is a statement" in reason for reason in found)


GONE_ON = "Question 2 is answered with what was said after the host had gone on."
REMARK = sentence("The owners paid").text
LETTER = (quote("They sent a letter"), quote("He did not"))  # said after it


def storm(remark: str, *answer: Statement) -> tuple[str, ...]:
    """What is wrong with an answer of the storm, where the host remarks that in between."""
    sentences = tuple(
        replace(one, text=remark) if one.text == REMARK else one for one in vik.EDITED.sentences
    )
    return receipt(with_answer(1, answer), edited=replace(vik.EDITED, sentences=sentences)).reasons


@pytest.mark.parametrize(
    "remark",
    [
        REMARK,
        "And the people there, are they afraid of it.",
        "That is what it was like, and all of us know it, for " + "it was a very long time " * 3,
    ],
)
def test_what_is_replied_to_a_host_who_goes_on_is_no_answer(remark: str) -> None:
    assert GONE_ON in storm(remark, *LETTER)


@pytest.mark.parametrize(
    "remark",
    ["Mm-hmm.", "A wave over the gallery, and your father on the stair.", REMARK[:-1] + "-"],
)
def test_a_remark_on_the_answer_is_no_other_subject(remark: str) -> None:
    assert GONE_ON not in storm(remark, *LETTER)


def test_an_answer_that_began_before_the_remark_may_go_on_after_it() -> None:
    assert GONE_ON not in storm(REMARK, *QUESTIONS[1].answer, *LETTER)


# --- what is no fault ---


def _opened(title: str) -> str:
    return f"I heard a very interesting interview this week, “{title}”."


@pytest.mark.parametrize(
    "title", ["{guest} and {0}", "../../etc", "<script>alert(1)</script>", "{"]
)
def test_a_hostile_title_is_plain_text(title: str) -> None:
    speakers = tuple(replace(speaker, name=None) for speaker in vik.SPEAKERS)
    article = replace(GOOD, opener=_opened(title))
    found = receipt(article, video=replace(vik.VIDEO, title=title), speakers=speakers)
    assert "contract" not in failed(found)


def test_an_um_may_be_missing() -> None:
    said = QUESTIONS[0].answer[1]
    assert said.words
    verbatim = [word.text for word in vik.WORDS[said.words[0] : said.words[1] + 1]]
    assert "um" in verbatim
    assert "um" not in said.text.split()
    assert "quotes" not in failed(receipt())


def test_runs_of_one_turn_may_be_joined_by_an_ellipsis() -> None:
    article = with_statement(1, 2, text="My father tied himself […] by hand for 19 hours.")
    assert failed(receipt(article)) == set()


def test_a_question_may_take_its_first_sentence_along() -> None:
    first, last = sentence("The storm of January"), sentence("How did the")
    assert first.words[1] + 1 == last.words[0]
    article = with_question(
        1,
        text=f"{first.text} {last.text}",
        words=(first.words[0], last.words[1]),
        start=first.start,
    )
    links = tuple(
        replace(link, start=first.start) if link.start == last.start else link
        for link in GOOD.links
    )
    assert failed(receipt(replace(article, links=links))) == set()


def test_a_paraphrase_may_say_only_what_its_turns_say() -> None:
    said = {"kind": "paraphrase", "words": None}
    good = "Lind said the lens weighs 900 kilograms and floats in mercury."
    assert failed(receipt(with_statement(0, 1, text=good, **said))) == set()
    for bad in (good.replace("900", "90"), good.replace("Lind", "Nansen"), good + " Six men died."):
        assert failed(receipt(with_statement(0, 1, text=bad, **said))) == {"numbers and names"}


def test_fewer_questions_may_be_asked_for() -> None:
    article = replace(GOOD, questions=(QUESTIONS[0],), links=GOOD.links[:3], left_out=tuple(
        LeftOut(topic.title, topic.start, topic.end, "went to other topics")
        for topic in vik.TOPICS if topic.title != "The lamp"
    ))  # fmt: skip
    assert failed(receipt(article, compose=ComposeOptions(questions=1))) == set()


def test_an_empty_transcript_is_no_crash() -> None:
    empty = replace(GOOD, questions=(), links=())
    nothing = Transcript("en", "whisper", "faster-whisper", "base", ())
    found = receipt(
        empty, transcript=nothing, turns=replace(vik.TURNS, turns=()), topics=(),
        edited=replace(vik.EDITED, sentences=(), dropped=()), speakers=(),
    )  # fmt: skip
    assert found.status == "needs_review"


def test_answers_are_measured_against_the_style() -> None:
    strict = Style(**(vik.STYLE.model_dump() | {"most_words": 20}))
    assert failed(receipt(style=strict)) == {"contract"}


def test_the_receipt_counts_the_names_that_were_spelled_anew() -> None:
    first, second, *rest = vik.TRANSCRIPT.words
    words = (replace(first, heard="win slow"), replace(second, heard=""), *rest)
    assert receipt().corrected == 0
    assert receipt(transcript=replace(vik.TRANSCRIPT, words=words)).corrected == 1
