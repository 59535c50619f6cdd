"""What all tests share."""

import importlib.util
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.local_model import file_of, served
from tests.fake_youtube.podcast import Podcast
from tests.fake_youtube.server import FakeYouTube
from tests.runs import Run, mytake, replaying


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew; read the diff"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.workers import Workers

    return Workers(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, files with slow tests go first: at the end none waits for another."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


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


@pytest.fixture(scope="module")
def local_model() -> Iterator[str]:
    """SmolLM2-135M from its wheel, in llama.cpp's server from its wheel."""
    if not importlib.util.find_spec("xllamacpp"):
        pytest.skip("skipped: there is no server for local models on this machine")
    with served(file_of("smollm2")) as address:
        yield address


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The sample, heard and written with the defaults."""
    output = tmp_path_factory.mktemp("sample")
    assert mytake(output) == 0
    return Run(output)


@pytest.fixture
def replayed(tmp_path: Path) -> Path:
    """A configuration that hears nothing: what was once heard of the sample is played back."""
    return replaying(tmp_path)


@pytest.fixture
def not_deaf() -> Iterator[None]:
    """What a script starts with & does not hear Ctrl-C, nor does what that starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
