"""benchmarks/topics.py: what it measures, and that it measures all alike."""

import sys
from itertools import pairwise

import pytest

from benchmarks import divided, measure, report, splitters, topics
from benchmarks.divided import Divided
from benchmarks.splitters import Split
from pipeline.model import Video

SAID = [("Ada", f"This is turn number {n} of the talk.", 10.0 * n) for n in range(12)]


@pytest.fixture
def talk() -> Divided:
    transcript, turns = divided.talk(SAID)
    return Divided("made", "made", Video("made", None, "made"), transcript, turns, (4, 8), (40, 80))


def test_turns_keep_their_times_and_words_their_turns(talk: Divided) -> None:
    assert [turn.start for turn in talk.turns.turns] == [10.0 * n for n in range(12)]
    assert all(one.end <= two.start for one, two in pairwise(talk.turns.turns))
    assert " ".join(word.text for word in talk.transcript.words[:8]) == talk.turns.turns[0].text


def test_the_publishers_chapters_are_hidden_from_the_stage() -> None:
    for group in divided.groups().values():
        for known in group.talks(divided.evaluation_data(), 1000):
            assert known.video.chapters == () and known.begins is not None
            break


def test_even_and_random_cuts_get_as_many_as_they_are_told(talk: Divided) -> None:
    assert splitters._even(talk, 2) == (4, 8)
    tries = splitters._random(talk, 3)
    assert len(tries) == len(splitters.SEEDS) and {len(cuts) for cuts in tries} == {3}
    assert tries == splitters._random(talk, 3), "the seeds are fixed"


@pytest.mark.parametrize(
    ("begins", "hits", "near"),
    [((4, 8), 2, 2), ((5, 8), 1, 2), ((3, 5), 0, 1), ((), 0, 0), ((8,), 1, 1)],
)
def test_only_the_truth_is_without_fault(
    talk: Divided, begins: tuple[int, ...], hits: int, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(measure.PEERS)])
    pytest.importorskip("nltk", reason="make bench-topics installs it")
    pytest.importorskip("pyannote.metrics", reason="make bench-topics installs it")
    found = topics.score(talk, Split("somebody", "finds it", (begins,)), tolerance=0)
    assert found.hits == hits and found.true == 2
    assert (found.pk == 0) == (found.windowdiff == 0) == (begins == (4, 8))
    found = topics.score(talk, Split("somebody", "finds it", (begins,)), tolerance=10)
    assert found.hits == near, "a turn off is near enough, and each true one counts once"


def test_its_tables_stand_between_marks_of_their_own() -> None:
    page = "<!-- hearing: words -->\nold\n<!-- /hearing: words -->\n"
    page = report.put_into(page, {"found": "new"}, "topics")
    assert "old" in page and "<!-- topics: found -->\nnew\n<!-- /topics: found -->" in page
