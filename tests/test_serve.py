"""`mytake serve` for real: a Prefect server, its schedules, a worker; killed, and gone on."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows import house, reviewing, serve, server
from flows.api import CHANNEL, GOING, LOOK, Api, once
from pipeline.errors import Busy, NoServer
from pipeline.history import History
from tests.fake_youtube import rewrite
from tests.fake_youtube.server import FakeYouTube
from tests.watched import YOUTUBE, A, B, configured, put

ROOT = Path(__file__).parent.parent
SERVE = """
import sys
from flows import serve
from tests.fake_youtube.__main__ import desk_for
serve.DESK = desk_for(sys.argv[1])
serve.POLL = 0.5
from flows.cli import main
sys.exit(main(sys.argv[2:]))
"""
HOUR = (datetime.now(UTC).hour + 12) % 24  # no schedule's time comes while this is tested
CRONS = {"first": f"3 {HOUR} * * *", "second": f"4 {HOUR} * * *"}
CHANNELS = "".join(
    f'[channel.{name}]\nurl = "{YOUTUBE}/{of.handle}"\ncron = "{CRONS[name]}"\nbackfill = 20\n'
    for name, of in (("first", A), ("second", B))
)
PATIENCE = 180  # seconds; this machine may be busy
PORTS = range(20_000, 32_000)  # below those that a system gives to whoever asks for any


def until(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What it gives when it is true at last."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(NoServer):
            if found := true():
                return found
        time.sleep(0.2)
    raise AssertionError(f"not in {seconds} s")


def free_port() -> int:
    """One that nobody is given by chance until the server has it, nor while that is away."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("every port is taken")


class Served:
    """A `mytake serve` in a process of its own, that asks the fake site of this one."""

    script = SERVE

    def __init__(
        self,
        folder: Path,
        site: FakeYouTube,
        channels: str = CHANNELS,
        more: str = "[watch]\nretry = 1\n",
    ) -> None:
        self.folder, self.site, self.output = folder, site, folder / "out"
        self.file = self.configured(channels, more)
        self.port = free_port()
        self.api = Api(f"http://127.0.0.1:{self.port}/api", timeout=PATIENCE)
        self.begin()

    def configured(self, channels: str, more: str) -> Path:
        return configured(self.folder / "config", channels, more)

    def begin(self) -> None:
        words = ["serve", *self.where, "--port", str(self.port)]
        env = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
        self.log = self.folder / "serve.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", self.script, self.site.url, *words],
                cwd=ROOT,
                env={**env, "PYTHONPATH": os.pathsep.join([".", env.get("PYTHONPATH", "")])},
                stderr=log,
            )
        try:
            until(lambda: b"Ctrl-C stops" in self.log.read_bytes() or self.ended())
        except AssertionError:
            self.process.terminate()  # nothing is left behind
            raise
        assert not self.ended(), self.log.read_text()

    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def where(self) -> list[str]:
        return ["--config", str(self.file), "--out", str(self.output)]

    def mytake(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flows.cli", *words, *self.where]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def children(self) -> list[int]:
        """Desks, by the output folder in their command line."""
        shown = subprocess.run(
            ["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True
        ).stdout
        return [
            int(line.split()[0])
            for line in shown.splitlines()
            if " desk " in line and str(self.output) in line
        ]

    def look(self, name: str) -> str:
        """Ask for a look now, as Prefect's page would."""
        number = self.api.deployment(CHANNEL)["id"]
        run = self.api.start(number, {"name": name}, name, LOOK, once())
        return until(lambda: ended(self.api.run(run["id"])))

    def articles(self) -> list[str]:
        return sorted(path.parent.name[-11:] for path in self.output.glob("*/article.md"))

    def schedules(self) -> dict[str, tuple[str, bool]]:
        found = until(lambda: self.api.deployment(CHANNEL))["schedules"]
        return {one["slug"]: (one["schedule"]["cron"], one["active"]) for one in found}


def ended(run: dict[str, Any]) -> str | None:
    done = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    return run["state"]["name"] if run["state_type"] in done else None


@pytest.fixture(scope="module")
def site() -> Iterator[FakeYouTube]:
    with FakeYouTube([]) as site:
        yield site
        rewrite.install(None)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, site: FakeYouTube) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"), site)
    yield served
    served.process.terminate()
    served.process.wait(PATIENCE)


@pytest.mark.slow
def test_each_channel_is_a_schedule_and_its_runs_are_really_made(served: Served) -> None:
    """With SQLAlchemy 2.1 the scheduler of Prefect 3.8 fails at each run that it makes."""
    assert served.schedules() == {name: (cron, True) for name, cron in CRONS.items()}
    runs = until(lambda: served.api.runs(["SCHEDULED"]))
    assert {run["parameters"]["name"] for run in runs} <= {"first", "second"}
    at = datetime.fromisoformat(runs[0]["expected_start_time"].replace("Z", "+00:00"))
    assert (at.hour, at.minute) in ((HOUR, 3), (HOUR, 4))


@pytest.mark.slow
def test_a_look_asks_for_each_article_once_and_the_next_one_for_none(
    served: Served, site: FakeYouTube
) -> None:
    good = [put(site, A, 1), put(site, A, 2)]
    put(site, A, 3, "age")
    assert served.look("first") == "Completed"
    until(lambda: served.articles() == good)
    until(lambda: list(History(served.output).failures()))
    until(lambda: not served.api.runs(GOING))  # it ends some moments after its article is there
    site.hits.clear()
    assert served.look("first") == "Completed"
    assert site.requests == 1
    assert served.articles() == good
    (failure,) = History(served.output).failures()
    assert failure.kind == "AgeGated"
    said = served.mytake("status").stdout
    assert "running: 0" in said and "first · ok 2: " in said and "adult account" in said


@pytest.mark.slow
def test_a_trigger_starts_within_seconds_and_tells_where_the_article_is(
    served: Served, site: FakeYouTube
) -> None:
    name = put(site, B, 1)
    ran = served.mytake("trigger", f"https://youtu.be/{name}", "--wait")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().endswith(f"{name}/article.md")
    (run,) = (run for run in served.api.runs(["COMPLETED"]) if run["name"].endswith(name))
    begun, asked = (
        datetime.fromisoformat(run[at].replace("Z", "+00:00")) for at in ("start_time", "created")
    )
    assert (begun - asked).total_seconds() < 5 * 4, "four times the aim: this machine may be busy"


@pytest.mark.slow
def test_two_videos_are_worked_on_at_once_and_no_video_by_two(
    served: Served, site: FakeYouTube
) -> None:
    names = [put(site, B, number, "held") for number in (5, 6, 7)]
    urls = [f"https://youtu.be/{name}" for name in names]

    def going() -> list[str]:
        found = [run["parameters"]["url"][-11:] for run in served.api.runs(GOING)]
        assert len(found) == len(set(found)) <= 2
        return found

    site.gate.clear()
    served.mytake("trigger", f"{YOUTUBE}/watch?v={names[0]}", *urls)
    until(lambda: len(going()) == 2)
    site.gate.set()
    until(lambda: len(going()) <= 2 and set(names) <= set(served.articles()))
    until(lambda: not served.api.runs([*GOING, "SCHEDULED"], name={"like_": names[0]}))
    states = [run["state_name"] for run in served.api.runs(["COMPLETED"], name={"like_": names[0]})]
    assert states == ["Completed"] * 2, "who asked for it again got it, too"


@pytest.mark.slow
def test_what_was_killed_at_work_is_finished(served: Served, site: FakeYouTube) -> None:
    """First the desk, then mytake itself with the server left alone: no run stays Running."""
    name = put(site, B, 2, "held")
    site.gate.clear()
    served.mytake("trigger", f"https://youtu.be/{name}")
    until(lambda: served.api.runs(["RUNNING"]))
    for number in served.children():
        os.kill(number, signal.SIGKILL)
    site.gate.set()
    until(lambda: name in served.articles())
    until(lambda: not served.api.runs(GOING))

    other = put(site, B, 3, "held")
    site.gate.clear()
    served.mytake("trigger", f"https://youtu.be/{other}")
    until(lambda: served.api.runs(["RUNNING"]))
    served.process.kill()
    served.process.wait()
    until(lambda: not served.children())
    site.gate.set()
    assert served.api.runs(GOING), "it is said to be running, and is not"
    served.begin()
    until(lambda: other in served.articles())
    until(lambda: not served.api.runs(GOING))
    assert served.articles().count(other) == 1


@pytest.mark.slow
def test_what_somebody_cancels_stops_and_is_taken_up_by_no_look(
    served: Served, site: FakeYouTube
) -> None:
    name = put(site, A, 9, "held")
    site.gate.clear()
    served.look("first")
    until(lambda: served.api.runs(["RUNNING"]))
    assert "cancelled: " in served.mytake("cancel", name).stdout
    until(lambda: not served.api.runs(GOING))
    until(lambda: History(served.output).failure(f"youtube-{name}"))
    site.gate.set()
    put(site, A, 9, id=name)
    served.look("first")
    time.sleep(1)
    assert not served.api.runs([*GOING]) and name not in served.articles()
    assert served.mytake("trigger", f"https://youtu.be/{name}", "--wait").returncode == 0
    assert name in served.articles()


@pytest.mark.slow
def test_the_server_that_dies_is_started_again(served: Served, site: FakeYouTube) -> None:
    import json

    told = json.loads((served.output / ".prefect" / "server.json").read_bytes())
    os.kill(told["pid"], signal.SIGKILL)
    name = put(site, B, 4)
    until(lambda: served.mytake("trigger", f"https://youtu.be/{name}").returncode == 0)
    until(lambda: name in served.articles())


def test_a_server_that_is_silent_for_a_while_gets_no_second_one_beside_it(tmp_path: Path) -> None:
    """The two would fight for one port and one database, and the first would be left behind."""
    told = server.home(tmp_path) / "server.json"
    told.parent.mkdir()
    lives = "import time; print(flush=True); time.sleep(60)"
    words = [sys.executable, "-c", lives, "prefect.server"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as silent:
        assert silent.stdout and silent.stdout.readline() == b"\n"
        threading.Thread(target=silent.wait).start()  # or it would be a zombie, and waited for
        told.write_text(f'{{"url": "http://127.0.0.1:9/api", "pid": {silent.pid}}}')
        found = server.Server(tmp_path)
        found.ours = True
        try:
            assert not found.keep(), "it lives"
        finally:
            found.end()


@pytest.mark.slow
def test_schedules_follow_the_file_and_a_pause_stays(served: Served) -> None:
    known = until(lambda: served.api.deployment(CHANNEL))
    number = known["id"]
    (first,) = (one for one in known["schedules"] if one["slug"] == "first")
    served.api.ask("PATCH", f"/deployments/{number}/schedules/{first['id']}", {"active": False})
    assert served.mytake("channel", "remove", "second").returncode == 0
    until(lambda: set(served.schedules()) == {"first"})
    assert served.schedules()["first"][1] is False, "paused on Prefect's page"
    assert served.mytake("channel", "pause", "first").returncode == 0
    until(lambda: History(served.output).register("first").paused)
    assert served.mytake("channel", "resume", "first").returncode == 0
    until(lambda: served.schedules()["first"][1])
    served.file.with_name("channels.toml").write_text("[chanel.x]\n")
    until(lambda: "chanel" in served.log.read_text())
    assert set(served.schedules()) == {"first"}, "what was in force stays in force"
    served.file.with_name("channels.toml").write_text(CHANNELS)
    until(lambda: set(served.schedules()) == {"first", "second"})


@pytest.mark.slow
def test_it_serves_a_folder_once_and_ends_cleanly(served: Served) -> None:
    from flows import serve

    with pytest.raises(Busy):
        serve.serve(house.opened(served.file, served.output))
    page = reviewing.address(served.output)
    assert page and f"review page: {page}" in served.mytake("status").stdout
    with urllib.request.urlopen(page, timeout=PATIENCE) as answer:
        assert answer.status == 200 and b"<title>mytake: drafts</title>" in answer.read()
    served.process.terminate()
    assert served.process.wait(PATIENCE) == 0
    assert not served.children()
    assert reviewing.address(served.output) is None
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(page, timeout=5)
    assert not served.api.answers(), "the server that it started is ended with it"
    assert not (served.output / ".prefect" / "server.json").exists()


def test_a_server_that_dies_while_it_begins_is_begun_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the real loop; what it loops over dies at once instead of after minutes."""
    away = NoServer("http://127.0.0.1:1/api", "It ended: out of memory")
    rounds, keeps = iter([away, away, away, None]), iter([away, away, True])

    def next_of(turns: Iterator[Any]) -> Any:
        turn = next(turns)
        if isinstance(turn, Exception):
            raise turn
        return turn

    mended = SimpleNamespace(
        round=lambda: next_of(rounds),
        server=SimpleNamespace(keep=lambda: next_of(keeps)),
        disk=SimpleNamespace(has_room=lambda: True),
    )
    monkeypatch.setattr(serve, "POLL", 0.0)
    with pytest.raises(StopIteration):  # all rounds were gone through
        serve._rounds(cast(serve.Serving, mended), lambda: False)
    said = capsys.readouterr().err
    assert said.count("out of memory") == 1 and "was started again" in said
