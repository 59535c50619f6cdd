"""What counts as a word."""

import time

from pipeline.speech import normal


def test_a_word_of_two_hundred_thousand_dots_is_compared_at_once() -> None:
    hostile = "." * 200_000 + "a" + "." * 200_000
    started = time.process_time()
    assert normal(hostile) == "a"
    assert time.process_time() - started < 2


def test_signs_of_money_and_of_names_belong_to_the_word() -> None:
    said = ("“$640,000,”", "@mytake!", "#1.", "0.3%)", "#", "…")
    assert [normal(text) for text in said] == ["$640,000", "@mytake", "#1", "0.3%", "", ""]
