"""What is printed as an answer was replied to that question, not to what the host said later."""

import pytest

from pipeline.engines.words import wording
from pipeline.engines.writing.exchanges import exchanges
from tests.test_extract import PEOPLE, talk

ASKED = "H: What does a spring tide do to the working day of a harbor miller in winter?"
REPLIED = "G: The miller opens the gate and grinds an hour later every morning."
LATER = "G: We built the wall higher after the storm."


def replies(remark: str, *first: str) -> list[str]:
    """The reply to ASKED, where the host says something in it."""
    (found,) = exchanges(talk(ASKED, *(first or (REPLIED,)), f"H: {remark}", LATER), PEOPLE)
    return [f"G: {sentence.text}" for sentence in found.reply]


@pytest.mark.parametrize(
    "remark",
    [
        "The sea itself is rising, is the water any danger to the mill.",
        "And how is the water held back today.",
        "Do you worry about all of that-",
    ],
)
def test_a_question_that_was_heard_as_a_statement_ends_the_exchange(remark: str) -> None:
    assert replies(remark) == [REPLIED]


def test_a_remark_full_of_something_else_ends_the_exchange() -> None:
    assert replies("Rising water and bigger storms must threaten any dam.") == [REPLIED]


@pytest.mark.parametrize(
    "remark",
    [
        "So the miller opens the gate and grinds later every single morning.",
        "A spring tide in winter, and the harbor miller still working.",
        "There is a bakery by the bridge, and it wakes early.",
    ],
)
def test_a_remark_that_stays_with_the_answer_leaves_it_open(remark: str) -> None:
    assert replies(remark) == [REPLIED, LATER]


def test_a_host_who_is_cut_off_has_not_stopped_the_guest() -> None:
    assert replies("Rising water and bigger storms must threaten any dam of-") == [REPLIED, LATER]


def test_what_the_host_adds_before_any_reply_belongs_to_the_question() -> None:
    remark = "Rising water and bigger storms must threaten any dam."
    assert replies(remark, "G: My mornings?") == ["G: My mornings?", LATER]


@pytest.mark.parametrize("remark", ["Is it really?", "Do you."])
def test_a_short_question_within_the_reply_leaves_it_open(remark: str) -> None:
    assert replies(remark) == [REPLIED, LATER]


@pytest.mark.parametrize(
    "statement",
    [
        "We do the same, and have a look at it every week.",
        "The thing is, is that we have to wait.",
        "What they can do is wait for the water.",
        "I know how it is when the wind turns.",
        "It was built in 1794, so it is an old mill.",
    ],
)
def test_a_statement_is_not_taken_for_a_question_without_its_mark(statement: str) -> None:
    assert not wording.asks_unmarked(statement)
