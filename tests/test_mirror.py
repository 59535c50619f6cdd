"""Workers that share no disk, but a bucket: what one did no other does again."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows import house, watch
from flows.path import Step
from pipeline import config
from pipeline.errors import ConfigError
from pipeline.history import History
from pipeline.sources import sources
from pipeline.store import Work
from tests.fake_youtube import rewrite
from tests.fake_youtube.server import FakeYouTube
from tests.watched import YOUTUBE, A, configured, put

CHANNELS = f'[channel.first]\nurl = "{YOUTUBE}/{A.handle}"\ncron = "3 3 * * *"\nbackfill = 9\n'


@pytest.fixture
def site() -> Iterator[FakeYouTube]:
    with FakeYouTube([]) as site:
        rewrite.install(site.url)
        yield site
        rewrite.install(None)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of an S3-compatible server on loopback."""
    pytest.importorskip("s3fs", reason="skipped: mytake[s3] is not installed")
    server = pytest.importorskip("moto.server", reason="skipped: no S3-compatible server")
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "not-a-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    running = server.ThreadedMotoServer(port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    boto3.client("s3").create_bucket(Bucket="takes")
    yield "s3://takes/mine"
    running.stop()


@dataclass
class Worker:
    """One machine: a disk of its own, and the mirror that all share."""

    folder: Path
    mirror: str
    done: list[str] = field(default_factory=list)  # stages that ran here

    def __post_init__(self) -> None:
        more = f'[mirror]\nurl = "{self.mirror}"\n'
        shared = self.folder.parent / "config"  # the same for all, as for any two workers
        self.file = shared / "mytake.toml"
        if not shared.exists():
            configured(shared, CHANNELS, more)

    @property
    def output(self) -> Path:
        return self.folder / "out"

    @property
    def house(self) -> house.House:
        return house.opened(self.file, self.output)

    def write(self, name: str, dies_at: str = "") -> watch.Outcome:
        opened, url = self.house, f"https://youtu.be/{name}"
        (source, *_) = sources(url, opened.config.sources, opened.config.download)

        def noted(work: Work) -> Step:
            def step(stage: Callable[..., Any], *inputs: object, variant: str = "") -> Any:
                if stage.__name__ == dies_at:
                    raise SystemExit
                there = work.manifest(stage.__name__)
                result = work.step(stage, *inputs, variant=variant)
                if work.manifest(stage.__name__) != there:
                    self.done.append(stage.__name__)
                return result

            return step

        return watch.attempt(watch.Order(source, name, "first"), opened, noted)

    @property
    def article(self) -> Path:
        (found,) = self.output.glob("*/article.md")
        return found


@pytest.fixture
def there(tmp_path: Path) -> str:
    return (tmp_path / "there").as_uri()


def both(tmp_path: Path, mirror: str) -> tuple[Worker, Worker]:
    return Worker(tmp_path / "a", mirror), Worker(tmp_path / "b", mirror)


def goes_on(tmp_path: Path, site: FakeYouTube, mirror: str) -> tuple[Worker, Worker]:
    one, other = both(tmp_path, mirror)
    name = put(site, A, 1)
    with pytest.raises(SystemExit):
        one.write(name, dies_at="edit")
    asked = site.requests
    assert other.write(name).state == "written"
    assert site.requests == asked
    assert not set(one.done) & set(other.done), "no step is done twice"
    assert one.done[0] == "download" and other.done[0] == "edit" and other.done[-1] == "publish"
    return one, other


def test_a_killed_workers_run_is_gone_on_with_by_another(
    tmp_path: Path, site: FakeYouTube, there: str
) -> None:
    _, other = goes_on(tmp_path, site, there)
    (found,) = (tmp_path / "there").glob("*/article.md")
    assert found.read_bytes() == other.article.read_bytes()
    assert not list(tmp_path.rglob("*.part"))


def test_the_same_on_s3(
    tmp_path: Path, site: FakeYouTube, s3: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    one, _ = goes_on(tmp_path, site, s3)
    assert "not-a-secret" not in caplog.text
    one.done.clear()
    put(site, A, 1)
    assert one.write("firok_00001").why.startswith("It is there already")
    assert one.done == []


def test_who_has_an_empty_disk_knows_what_is_done_what_failed_and_what_was_listed(
    tmp_path: Path, site: FakeYouTube, there: str
) -> None:
    one, other = both(tmp_path, there)
    good, bad = put(site, A, 1), put(site, A, 2, "age")
    assert len(watch.look("first", one.house).taken) == 2
    one.write(good)
    one.write(bad)
    assert {one.verdict for one in watch.look("first", other.house).decisions} <= {"done", "failed"}
    site.hits.clear()
    assert other.write(good).state == "put off"
    assert site.requests == 0
    assert [failure.kind for failure in History(one.output).failures()] == ["AgeGated"]


def test_what_a_person_edited_there_is_left_as_it_is(
    tmp_path: Path, site: FakeYouTube, there: str, caplog: pytest.LogCaptureFixture
) -> None:
    one, _ = both(tmp_path, there)
    name = put(site, A, 1)
    one.write(name)
    (edited,) = (tmp_path / "there").glob("*/article.md")
    edited.write_text("Mine.")
    (tmp_path / "a" / "out" / ".work" / f"youtube-{name}" / "render.json").unlink()
    one.file.write_text(one.file.read_text().replace("html = false", "html = true"))
    (source, *_) = sources(
        f"https://youtu.be/{name}", one.house.config.sources, one.house.config.download
    )
    assert watch.attempt(watch.Order(source, name), one.house).state == "written"
    assert edited.read_text() == "Mine."
    assert not edited.with_name("article.html").exists()
    assert "article.md was edited" in caplog.text


def test_a_mirror_that_is_away_is_one_reason_and_what_was_done_is_kept(
    tmp_path: Path, site: FakeYouTube
) -> None:
    (tmp_path / "there").touch()  # a file where a folder should be
    one = Worker(tmp_path / "a", (tmp_path / "there" / "deep").as_uri())
    outcome = one.write(put(site, A, 1))
    assert outcome.state == "failed"
    assert outcome.why.startswith("Could not keep what was done at file://")
    (failure,) = History(one.output).failures()
    assert failure.kind == "NoMirror" and failure.tries == 1 and failure.again
    assert one.done == ["download"]


def test_nothing_there_is_written_outside_of_the_output_folder(
    tmp_path: Path, site: FakeYouTube, there: str
) -> None:
    one, other = both(tmp_path, there)
    name = put(site, A, 1)
    one.write(name)
    manifest = tmp_path / "there" / ".work" / f"youtube-{name}" / "publish.json"
    told = json.loads(manifest.read_text())
    told["result"]["folder"] = "/x/.."
    manifest.write_text(json.dumps(told))
    other.write(name)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "there", "config"}


@pytest.mark.parametrize("url", ["s3://key:secret@bucket/x", "bucket/x"])
def test_a_key_in_the_address_is_refused(tmp_path: Path, url: str) -> None:
    file = tmp_path / "mytake.toml"
    file.write_text(f'[mirror]\nurl = "{url}"\n')
    with pytest.raises(ConfigError, match="mirror"):
        config.load(file)


def test_an_address_that_needs_a_library_says_which(tmp_path: Path, site: FakeYouTube) -> None:
    one = Worker(tmp_path / "a", "nosuch://bucket/x")
    assert "nosuch" in one.write(put(site, A, 1)).why


def test_a_bucket_that_does_not_answer_is_told_soon(
    tmp_path: Path, site: FakeYouTube, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{door.getsockname()[1]}")
    one = Worker(tmp_path / "a", f"{s3}-away")
    outcome = one.write(put(site, A, 1))
    assert "Could not keep what was done at s3://takes/mine-away" in outcome.why
