"""A model's clause as indirect speech, and the sentence that it becomes."""

import pytest

from pipeline.engines.clauses import _in_the_third_person


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
