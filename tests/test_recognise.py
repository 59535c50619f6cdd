"""A host is heard again; a stranger never is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines.voices import recurring
from pipeline.model import Familiar, KnownVoice, Turns
from pipeline.recognise import recognise
from tests import hearing, talk

HOST = np.eye(4)[0]
GUEST = np.eye(4)[1]


def near(point: NDArray[np.float64], likeness: float) -> NDArray[np.float64]:
    """A point that lies so near to this one, and away from all others."""
    aside = np.sqrt(1 - likeness**2)
    return (likeness * point + aside * np.eye(4)[3]).astype(np.float32)


def known(person: str, point: NDArray[np.float64], videos: int = 3) -> KnownVoice:
    return KnownVoice(person, videos, tuple(point.tolist()))


DANIEL = known("Daniel Price", HOST)


def test_a_voice_that_sounds_like_the_host_is_familiar() -> None:
    found = recurring.familiar({"S1": near(GUEST, 1.0), "S2": near(HOST, 0.82)}, (DANIEL,))
    assert found == (Familiar("S2", "Daniel Price", 0.82, 3),)


@pytest.mark.parametrize(
    "others",
    [
        {"S1": near(HOST, 0.61)},  # the closest stranger that was measured
        {"S1": near(HOST, 0.69)},
        {"S1": near(HOST, 0.9), "S2": near(HOST, 0.8)},  # two alike: which of them?
        {},
    ],
)
def test_a_stranger_and_two_who_sound_alike_are_not(others: dict[str, NDArray[np.float64]]) -> None:
    assert recurring.familiar(others, (DANIEL,)) == ()


def test_of_two_known_people_who_sound_alike_nobody_is_recognised() -> None:
    twin = known("Dan Prince", near(HOST, 0.95))
    assert recurring.familiar({"S1": near(HOST, 0.9)}, (DANIEL, twin)) == ()
    both = {"S1": near(HOST, 0.9), "S2": near(GUEST, 0.9)}
    found = recurring.familiar(both, (DANIEL, known("Ruth Price", GUEST)))
    assert [(one.voice, one.person) for one in found] == [
        ("S1", "Daniel Price"),
        ("S2", "Ruth Price"),
    ]


def test_nothing_is_made_of_voices_where_nobody_is_known() -> None:
    assert recurring.familiar({"S1": near(HOST, 1.0)}, ()) == ()


def halves() -> tuple[Turns, Turns]:
    """The sample as two recordings: its first turns, and its last, 25 s of each voice."""
    turns = talk.sample()[2].turns

    def some(order: list[int]) -> Turns:
        taken = []
        left = {"S1": 25.0, "S2": 25.0}
        for place in order:
            turn = turns[place]
            if left[turn.speaker] > 0 and turn.end - turn.start > 2:
                end = min(turn.end, turn.start + left[turn.speaker])
                left[turn.speaker] -= end - turn.start
                taken.append(replace(turn, end=end))
        return Turns(tuple(sorted(taken, key=lambda turn: turn.start)))

    places = list(range(len(turns)))
    return some(places), some(places[::-1])


@pytest.mark.slow
def test_the_host_of_the_first_half_is_heard_again_in_the_second_and_the_guest_is_no_host(
    tmp_path: Path,
) -> None:
    audio = hearing.sample_audio(tmp_path)
    first, second = halves()
    assert first.turns[-1].end < second.turns[0].start
    host = recurring.point(audio.path, first, "S1")
    assert host is not None
    assert host[1] >= recurring.ENOUGH
    daniel = known("Daniel Price", host[0], 1)
    (found,) = recognise(audio, second, (daniel,))
    assert (found.voice, found.person, found.videos) == ("S1", "Daniel Price", 1)
    assert found.likeness >= 0.9
    alone = Turns(tuple(turn for turn in second.turns if turn.speaker == "S2"))
    assert recognise(audio, alone, (daniel,)) == (), "the guest"


def test_a_voice_that_is_heard_for_less_than_twenty_seconds_is_not_compared() -> None:
    short = Turns(tuple(replace(t, end=t.start + 1.9) for t in talk.sample()[2].turns))
    assert recurring.point(hearing.SAMPLE / "no such file", short, "S1") is None
