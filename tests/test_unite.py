"""Voices that a person said are one."""

import pytest

from pipeline.config import UniteOptions
from pipeline.errors import ConfigError
from pipeline.unite import unite
from tests.talk import talk


def test_two_voices_become_one_and_their_neighbouring_turns_too() -> None:
    _, turns = talk(("S1", "How are you?"), ("S2", "Fine, thank"), ("S3", "you."), ("S1", "Good."))
    united = unite(turns, UniteOptions(same={"S3": "S2"}))
    assert [(t.id, t.speaker, t.text) for t in united.turns] == [
        ("t1", "S1", "How are you?"),
        ("t2", "S2", "Fine, thank you."),
        ("t3", "S1", "Good."),
    ]
    assert united.turns[1].words == (3, 5)
    assert unite(turns, UniteOptions(same={"S9": "S1"})) == turns, "a voice that is not there"
    with pytest.raises(ConfigError, match="S9"):
        unite(turns, UniteOptions(same={"S1": "S9"}))
