"""Every error says what, why and what to do, and survives the trip between processes."""

import pickle
import sys

import pytest

from pipeline import errors


def family(kind: type[errors.InterviewError]) -> list[type[errors.InterviewError]]:
    children = kind.__subclasses__()
    return [*children, *(grandchild for child in children for grandchild in family(child))]


@pytest.mark.parametrize("kind", family(errors.InterviewError), ids=lambda kind: kind.__name__)
def test_it_says_what_why_and_what_to_do(kind: type[errors.InterviewError]) -> None:
    error = kind("https://example.org/{0}", "HTTP 410 {gone}", "do this")
    what, why, fix = error.parts
    assert what.endswith((".", "use", "do this", "{gone}")) or ": " in what
    assert why
    assert fix or kind.fix == ""
    assert "{1}" not in str(error)


@pytest.mark.parametrize("kind", family(errors.InterviewError), ids=lambda kind: kind.__name__)
def test_it_survives_pickling(kind: type[errors.InterviewError]) -> None:
    error = kind("a", "b", "c")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert str(back) == str(error)


def test_the_advice_to_update_names_the_pip_of_this_python() -> None:
    for kind in (errors.VideoUnavailable, errors.NoFormats, errors.MediaRefused):
        assert f"{sys.executable} -m pip install -U yt-dlp" in kind("it", "no").parts[2]
