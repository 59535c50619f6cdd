"""What the tests of the page share: an output folder, a draft in it, and who looks at it."""

from pathlib import Path

import pytest

from tests import drafts
from tests.review.reviewer import Browser


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder, empty still."""
    (tmp_path / "output").mkdir()
    return tmp_path / "output"


@pytest.fixture
def folder(output: Path) -> Path:
    """A draft in it."""
    return drafts.put(output)


@pytest.fixture
def browser(output: Path) -> Browser:
    """The page of that folder, open."""
    return Browser(output)
