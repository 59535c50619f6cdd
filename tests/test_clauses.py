"""A model's clause as indirect speech, and the sentence that it becomes."""

import pytest

from pipeline.engines.language_models.clauses import _bare, _in_the_third_person
from tests import lighthouse as vik


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I was sure that we sell our boats", "they were sure that they sell their boats"),
        ("I'm glad that my mother taught me", "they are glad that their mother taught them"),
        ("I never wasn't there", "they never weren't there"),
        ("I really was alone, by myself", "they really were alone, by themselves"),
        ("they sold our boat, not mine", "they sold their boat, not theirs"),
        ("the US was at war, and so was I", "the US was at war, and so were they"),
    ],
)
def test_the_first_person_becomes_the_third(said: str, told: str) -> None:
    assert _in_the_third_person(said, "I sold my boat.") == told


def test_where_they_are_somebody_else_nothing_is_changed() -> None:
    clause = "I told them that we sell the boats"
    assert _in_the_third_person(clause, "I told them we sell the boats.") == clause


@pytest.mark.parametrize(
    "said",
    [
        "that the lens floats.",
        "Tomás Lind explained that the lens floats",
        "Lind said the lens floats",
        "The speaker pointed out that the lens floats.",
        "they said that the lens floats",
        "Well, you know, the lens floats",
    ],
)
def test_what_code_puts_around_a_clause_is_not_there_twice(said: str) -> None:
    assert _bare(said, vik.SPEAKERS) == "the lens floats"


def test_who_said_what_to_whom_is_no_credit() -> None:
    clause = "they said yes to the guests"
    assert _bare(clause, vik.SPEAKERS) == clause
