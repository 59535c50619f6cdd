"""Headings of topics that nobody named, on invented talk."""

import numpy as np
import pytest

from pipeline.engines import base
from pipeline.engines.topics import headings
from pipeline.engines.words import noun_phrases
from pipeline.model import Sentence

HOST, GUEST = "S1", "S2"
BELLS = (
    (HOST, "Let me ask about the bell foundry, because you grew up in it."),
    (GUEST, "My uncle ran the bell foundry on the harbor for thirty years."),
    (GUEST, "Bronze is loud when it cools, and the foundry never slept."),
    (GUEST, "We poured bronze on Fridays, and a cracked mold meant a lost month."),
    (GUEST, "A foundry smells of clay, and every bell begins as clay."),
)
FERRIES = (
    (HOST, "How did you end up with two-way radio signals on the ferries?"),
    (GUEST, "The two-way radio signals were for fog, and the captains hated them."),
    (GUEST, "Captains trust a horn, and the radio signals told them nothing new."),
    (GUEST, "In the end two-way radio signals saved a ferry in a storm."),
    (GUEST, "The captains came around, and the radio signals stayed on the ferries."),
)


def read(lines: tuple[tuple[str, str], ...]) -> list[noun_phrases.Read]:
    sentences = [
        Sentence(f"t{n}.1", f"t{n}", who, n, n + 1, text, (n, n + 1))
        for n, (who, text) in enumerate(lines)
    ]
    return noun_phrases.read(sentences, frozenset({HOST}))


def titles(*topics: tuple[tuple[str, str], ...], given: tuple[str, ...] = ()) -> list[str]:
    meant = [base.embedder().embed([text for _, text in lines]).mean(axis=0) for lines in topics]
    return headings.headings([read(lines) for lines in topics], np.stack(meant), given)


def phrases_of(text: str) -> set[str]:
    (line,) = read(((GUEST, text),))
    return {" ".join(line.words[begin:end]) for begin, end, _ in noun_phrases.runs(line)}


@pytest.mark.slow
def test_a_topic_is_called_what_the_host_begins_it_with_and_no_half_of_that() -> None:
    assert titles(BELLS, FERRIES) == ["Bell foundry", "Two-way radio signals"]


@pytest.mark.slow
def test_a_detail_that_is_told_once_names_no_topic() -> None:
    aside = (GUEST, "A marzipan crocodile stood on the windowsill of the pastry school.")
    (title, _) = titles((*BELLS, aside), FERRIES)
    assert title == "Bell foundry"


@pytest.mark.slow
def test_one_and_many_are_the_same_phrase() -> None:
    lines = (
        (HOST, "What is a wind organ?"),
        (GUEST, "Wind organs stand on cliffs, and a wind organ plays by itself."),
        (GUEST, "My wind organs were tuned by ear."),
    )
    (title, _) = titles(lines, FERRIES)
    assert title in {"Wind organ", "Wind organs"}


@pytest.mark.slow
def test_where_no_phrase_names_a_topic_the_hosts_short_question_does() -> None:
    lines = (
        (HOST, "Why did Marta leave so early?"),
        (GUEST, "She just did, and we never really knew why."),
        (GUEST, "Well, it happens, I think, and then you go on."),
    )
    (title, _) = titles(lines, FERRIES)
    assert title == "Why did Marta leave so early?"


@pytest.mark.slow
def test_a_heading_that_is_given_already_is_not_made_again() -> None:
    (title, _) = titles(BELLS, FERRIES, given=("Bell foundry",))
    assert title.lower() != "bell foundry"
    assert {word.lower() for word in title.split()} <= {
        word.strip(".,").lower() for _, text in BELLS for word in text.split()
    } | {"and"}


@pytest.mark.slow
def test_hostile_questions_are_no_headings() -> None:
    lines = (
        (HOST, "What is <script>alert(1)</script> to you?"),
        (HOST, "Why do **you** like [links](javascript:x)?"),
        (GUEST, "Well, I just do, you know, and so it goes."),
    )
    (title, _) = titles(lines, FERRIES)
    assert not set(title) & set("<>[]()*{}`")


def test_verbs_that_look_like_nouns_end_a_phrase() -> None:
    assert "hashes match" not in phrases_of("The hashes match.")
    assert "AI having agency" not in phrases_of("And the AI having agency is odd.")
    assert "sales cycles" in phrases_of("How long are your sales cycles?")


def test_a_name_is_not_cut_in_two() -> None:
    found = phrases_of("We went from New York to Paris by train.")
    assert not {phrase for phrase in found if phrase.startswith("York")}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("That speaks in favor of joint embedding.", "favor"),
        ("It weighs a pound of lead.", "pound"),
    ],
)
def test_a_measure_is_not_what_is_talked_of(text: str, count: str) -> None:
    assert not any(phrase.startswith(f"{count} of") for phrase in phrases_of(text))
