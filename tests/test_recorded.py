"""With a Prefect server: the same article, with a history, and retries only where they help."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import flow, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import Artifact
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)
from prefect.testing.utilities import prefect_test_harness

from flows import artifacts
from flows.article import article, watched
from pipeline.config import Config, PrepareOptions, load, load_style
from pipeline.engines import progress
from pipeline.errors import NoNetwork, PrivateVideo
from pipeline.model import Published, Source, Word
from pipeline.store import Work
from tests.fake_youtube.catalog import sample
from tests.test_leaving import hearing, told_until
from tests.test_serve import until
from tests.watched import configured

pytestmark = pytest.mark.slow
STYLES = Path(__file__).parent.parent / "config" / "styles"


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with (
        prefect_test_harness(server_startup_timeout=240),
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


def test_prefects_page_shows_the_article_and_a_run_named_as_people_know_it(tmp_path: Path) -> None:
    file = configured(tmp_path / "config", "")
    interview = sample().file
    assert interview
    state = article(
        Source("media", str(interview), "file-1", title="A mill and the Moon"),
        load(file),
        load_style(STYLES, "take"),
        tmp_path / "out",
        return_state=True,
    )
    assert state.is_completed()
    number = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        assert client.read_flow_run(number).name == "A mill and the Moon"
    (shown,) = artifacts_of(number)
    head, _, text = shown.data.partition("\n\n---\n\n")
    (folder,) = (file.parent for file in tmp_path.glob("out/*/article.md"))
    assert f"http://localhost:8321/drafts/{folder.name}" in head
    assert str(folder) in head
    assert shown.key == folder.name.lower()
    assert "date:" not in text and "## 1. " in text


def artifacts_of(number: object) -> list[Artifact]:
    of = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[number]))  # type: ignore[list-item]
    with get_client(sync_client=True) as client:
        return client.read_artifacts(artifact_filter=of)


@pytest.mark.usefixtures("not_deaf")
def test_a_run_that_is_left_with_a_second_ctrl_c_is_said_to_be_stopped(tmp_path: Path) -> None:
    with hearing(tmp_path, PREFECT_API_URL.value() or "") as run:
        for answer in ("Stopping", "Stopped."):
            run.send_signal(signal.SIGINT)
            told_until(run, answer)
        run.wait()
    with get_client(sync_client=True) as client:
        (told, *_) = client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=1)
    assert told.name == str(tmp_path / "hum.wav")
    assert told.state.is_cancelled() and "second Ctrl-C" in (told.state.message or "")


def test_it_shows_how_far_the_hearing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "EVERY", 0.1)
    seen = list[float]()

    @flow
    def one() -> object:
        number = runtime.flow_run.id
        with artifacts.hearing("youtube-Bc6_V9"), progress.bar("transcribe", 200) as heard:
            heard(50)
            until(lambda: [told.data for told in artifacts_of(number)] == [25.0])
            seen.extend(told.data for told in artifacts_of(number))
            heard(200)
        return number

    (shown,) = artifacts_of(one())
    assert (seen, shown.data, shown.key) == ([25.0], 100.0, "transcribe-youtube-bc6-v9")


def test_a_server_that_is_away_costs_no_run_its_article(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "article.md").write_text("---\nx: 1\n---\nText\n")
    gone = "http://127.0.0.1:9/api"
    with temporary_settings({PREFECT_API_URL: gone, PREFECT_CLIENT_MAX_RETRIES: 0}):
        artifacts.show(Published(tmp_path, tmp_path / "article.md", "ready"))
    assert "Not shown on Prefect's page" in caplog.text
