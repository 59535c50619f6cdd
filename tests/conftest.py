"""What all tests share."""

from collections.abc import Iterator

import pytest

from tests.fake_youtube.podcast import Podcast
from tests.fake_youtube.server import FakeYouTube


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew; read the diff"
    )


@pytest.fixture
def fake_youtube() -> Iterator[FakeYouTube]:
    """A YouTube on loopback, to which yt-dlp's YouTube hosts lead while the test runs."""
    from tests.fake_youtube import rewrite

    with FakeYouTube() as site:
        rewrite.install(site.url)
        yield site
        rewrite.install(None)


@pytest.fixture
def podcast() -> Iterator[Podcast]:
    """A site on loopback with feeds, recordings, and pages that hold none."""
    with Podcast() as site:
        yield site
