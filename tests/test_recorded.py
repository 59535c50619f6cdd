"""With a Prefect server: the same article, with a history, and retries only where they help."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from flows.article import article, watched
from pipeline.config import Config, PrepareOptions, load_style
from pipeline.errors import NoNetwork, PrivateVideo
from pipeline.model import Source, Word
from pipeline.store import Work

pytestmark = pytest.mark.slow
STYLES = Path(__file__).parent.parent / "config" / "styles"


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with (
        prefect_test_harness(server_startup_timeout=90),
        # the heartbeat's thread is waited for at the end of each flow: a second, each
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


def tries(kind: type[Exception], tmp_path: Path) -> int:
    made = 0

    def prepare(word: Word, options: PrepareOptions) -> Word:
        nonlocal made
        made += 1
        if made < 2:
            raise kind("https://example.org", "the reason")
        return word

    @flow
    def one() -> Word:
        with Work(tmp_path) as work:
            return watched(work, pauses=[0])(prepare, Word("a", 0, 1), PrepareOptions())

    with pytest.raises(kind) if kind is PrivateVideo else pytest.MonkeyPatch.context():
        one()
    return made


def test_what_may_pass_is_tried_again(tmp_path: Path) -> None:
    assert tries(NoNetwork, tmp_path) == 2


def test_what_will_not_pass_is_not(tmp_path: Path) -> None:
    assert tries(PrivateVideo, tmp_path) == 1


def test_a_failure_is_recorded_with_its_reason(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp3"
    empty.touch()
    state = article(
        Source("media", str(empty), "file-0"),
        Config(),
        load_style(STYLES, "take"),
        tmp_path / "out",
        return_state=True,
    )
    assert state.is_failed()
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(state.state_details.flow_run_id)
    assert run.name == str(empty)
    assert "empty.mp3" in (run.state.message or "")
