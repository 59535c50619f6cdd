"""Two workers on one server with PostgreSQL share a batch; one is killed half way.

    python -m benchmarks.two_workers              needs Debian's postgresql, nothing else
    python -m benchmarks.two_workers --videos 20 --keep FOLDER
    python -m benchmarks.two_workers --s3         each has a disk of its own, and an S3 server


It starts a PostgreSQL and a Prefect server of its own, on free ports, and ends them. Printed is who
did what: that nothing was lost, and that no step was done twice.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.sources import key_of

ROOT = Path(__file__).resolve().parent.parent
POOL = "mytake"
WORKERS = ("first", "second")
PATIENCE = 600.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run it, and print what was seen."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--videos", type=int, default=8, metavar="N")
    asked.add_argument("--s3", action="store_true", help="no disk in common; asks for root")
    asked.add_argument("--keep", type=Path, metavar="FOLDER", help="articles and logs stay there")
    args = asked.parse_args(argv)
    if not (binaries := postgres_binaries()):
        print("skipped: no PostgreSQL", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="two-workers-") as made, ExitStack() as started:
        place = (args.keep or Path(made)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        house = House(place)
        if args.s3:
            house.mirror = started.enter_context(bucket(place))
        database = started.enter_context(postgres(binaries, Path(made)))
        house.url = started.enter_context(server(place, database))
        house.deploy()
        house.order(args.videos)
        seen = house.work(started)
        for line in house.report(args.videos, seen):
            print(line)
        return 0 if house.nothing_lost(args.videos) and not house.twice(seen) else 1


# --- PostgreSQL and Prefect ---


def postgres_binaries() -> Path | None:
    """Where Debian put them; None: nowhere."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def as_postgres(*command: object) -> list[str]:
    """PostgreSQL refuses to run as root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    return [*user, *map(str, command)]


@contextmanager
def postgres(binaries: Path, place: Path) -> Iterator[str]:
    """A cluster of its own on loopback; gives its address."""
    port, data = free_port(), place / "postgres"
    data.mkdir()
    if os.geteuid() == 0:
        place.chmod(0o755)
        shutil.chown(data, "postgres", "postgres")

    def call(*command: object) -> None:
        subprocess.run(as_postgres(*command), check=True, stdout=subprocess.DEVNULL, cwd=data)

    call(binaries / "initdb", "-D", data, "-A", "trust", "-N")
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c max_connections=60"
    control = (binaries / "pg_ctl", "-D", data, "-l", data / "log", "-w")
    call(*control, "-o", options, "start")
    try:
        user = "postgres" if os.geteuid() == 0 else os.environ["USER"]
        call(binaries / "createdb", "-h", "127.0.0.1", "-p", port, "prefect")
        yield f"postgresql+asyncpg://{user}@127.0.0.1:{port}/prefect"
    finally:
        call(*control, "-m", "immediate", "stop")


@contextmanager
def bucket(place: Path) -> Iterator[str]:
    """A bucket of an S3-compatible server on loopback; gives its address."""
    import boto3

    endpoint = f"http://127.0.0.1:{(port := free_port())}"
    keys = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
    os.environ.update({**keys, "AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": "us-east-1"})
    words = [sys.executable, "-m", "moto.server", "-p", str(port)]
    with (place / "s3.log").open("wb") as log:
        run = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(endpoint, timeout=2):
                break
            time.sleep(0.2)
        boto3.client("s3").create_bucket(Bucket="takes")
        yield "s3://takes/mine"
    finally:
        kill(run)


@contextmanager
def server(place: Path, database: str) -> Iterator[str]:
    """A Prefect server on it; gives its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    told = {**environment(place, url), "PREFECT_API_DATABASE_CONNECTION_URL": database}
    command = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
    with prefect(place, "server", told, *command) as run:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and run.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=2):
                break
            time.sleep(0.5)
        else:
            raise SystemExit(f"The server did not begin: {place}/server.log")
        yield url


@contextmanager
def prefect(
    place: Path, name: str, told: dict[str, str], *words: str, before: Sequence[str] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    """One of Prefect's processes, ended with all that it started."""
    with (place / f"{name}.log").open("wb") as log:
        run = subprocess.Popen(
            [*before, sys.executable, "-m", "prefect", *words],
            env=told,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield run
    finally:
        kill(run)


def kill(run: "subprocess.Popen[bytes]") -> None:
    """As a power cut does it: with all that it started."""
    for number in [*children(run.pid), run.pid]:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    run.wait()


def children(number: int) -> list[int]:
    """Processes that a process started, and those that they did."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(number)], capture_output=True, text=True, check=False
    )
    mine = [int(one) for one in told.stdout.split()]
    return [*(below for one in mine for below in children(one)), *mine]


def environment(place: Path, url: str) -> dict[str, str]:
    """What all of them are told."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PREFECT_HOME": str(place / "prefect"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "pipeline",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "DO_NOT_TRACK": "1",
    }


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


# --- the batch ---


@dataclass
class Seen:
    """What was seen while two workers worked."""

    began: float
    killed: float = 0.0
    killed_run: str = ""
    done: dict[str, int] = field(default_factory=dict)  # steps, and when
    taken_up: float = 0.0
    ended: float = 0.0


@dataclass
class House:
    """A server, a pool, and recordings that become articles."""

    place: Path
    url: str = ""
    deployment: str = ""
    mirror: str = ""  # where they meet, if they have no disk in common

    def disk(self, worker: str) -> Path:
        """What a worker finds at `output`."""
        return self.place / f"disk-{worker}" if self.mirror else self.output

    def with_disk(self, worker: str) -> list[str]:
        """What its command begins with, so that it finds its own disk there."""
        if not self.mirror:
            return []
        for folder in (self.output, self.disk(worker)):
            folder.mkdir(exist_ok=True)
        shell = f'mount --bind "{self.disk(worker)}" "{self.output}" && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", shell, "sh"]

    @property
    def output(self) -> Path:
        """On a disk that all workers share."""
        return self.place / "output"

    @property
    def config(self) -> Path:
        """Of all runs."""
        return self.place / "config" / "mytake.toml"

    @property
    def where(self) -> tuple[str, ...]:
        """The same on the command line."""
        return "--config", str(self.config), "--out", str(self.output)

    def ask(self, path: str, body: object) -> Any:
        """Prefect's REST API."""
        request = urllib.request.Request(
            f"{self.url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read() or b"null")

    def deploy(self) -> None:
        """What `mytake deploy` does: flows, pool, and the rules that take up what was left."""
        (self.place / "config").mkdir()
        (self.place / "config" / "styles").symlink_to(ROOT / "config" / "styles")
        mirror = f'[mirror]\nurl = "{self.mirror}"\n' if self.mirror else ""
        self.config.write_text(f"[limits]\nhearing = 2\n{mirror}", encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "flows.cli", "deploy", *self.where],
            env=environment(self.place, self.url),
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        print(run.stdout.strip())
        with urllib.request.urlopen(f"{self.url}/deployments/name/article/video") as reply:
            self.deployment = json.loads(reply.read())["id"]

    def order(self, videos: int) -> None:
        """One run for each recording."""
        for number in range(1, videos + 1):
            file = captions(self.place / "recordings", number)
            body = {"parameters": {"url": str(file)}, "state": {"type": "SCHEDULED"}}
            self.ask(f"/deployments/{self.deployment}/create_flow_run", body)

    def runs(self) -> list[dict[str, Any]]:
        """All of them, as they are now."""
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", {"limit": 200})
        return found

    def work(self, started: ExitStack) -> Seen:
        """Two workers; the first is killed as soon as it is in the middle of its second video."""
        told = environment(self.place, self.url)
        words = ("worker", "start", "--pool", POOL, "--type", "process", "--limit", "1", "--name")
        first, _ = (
            started.enter_context(
                prefect(self.place, name, told, *words, name, before=self.with_disk(name))
            )
            for name in WORKERS
        )
        seen = Seen(time.monotonic())
        while time.monotonic() < seen.began + PATIENCE:
            time.sleep(0.5)
            runs = self.runs()
            if not seen.killed and (victim := self.half_way("first", runs)):
                kill(first)
                seen.killed, seen.killed_run = time.monotonic(), victim
                seen.done = self.steps()
            again = [run for run in runs if key(run) == seen.killed_run and run["run_count"] > 1]
            if again and not seen.taken_up:
                seen.taken_up = time.monotonic()
            if all(run["state_type"] == "COMPLETED" for run in runs):
                break
        seen.ended = time.monotonic()
        return seen

    def half_way(self, worker: str, runs: list[dict[str, Any]]) -> str:
        """The recording that this worker is in the middle of, after it has finished another."""
        mine = [run for run in runs if self.worker(run) == worker]
        if not any(run["state_type"] == "COMPLETED" for run in mine):
            return ""
        for run in mine:
            work = self.disk(worker) / ".work" / key(run)
            if (work / "transcribe.json").exists() and not (work / "compose.json").exists():
                return key(run)
        return ""

    def worker(self, run: dict[str, Any]) -> str:
        """In whose log it runs; the last, where two were at it."""
        for who in reversed(WORKERS):
            log = (self.place / f"{who}.log").read_text("utf-8", "replace")
            if f"submitting flow run '{run['id']}'" in log:
                return who
        return ""

    # --- what came of it ---

    def steps(self) -> dict[str, int]:
        """Steps that are finished, and when each was: a file that appears whole."""
        if self.mirror:
            return dict(Counter(self.logged()))
        done = self.output.glob(".work/file-*/*.json")
        return {f"{file.parent.name}/{file.stem}": file.stat().st_mtime_ns for file in done}

    def logged(self) -> Iterator[str]:
        """Steps that some worker ran to their end, as the server was told: "transcribe  0.3 s"."""
        keys = {run["id"]: key(run) for run in self.runs()}
        for page in range(100):
            body = {"limit": 200, "offset": 200 * page, "sort": "TIMESTAMP_ASC"}
            lines = self.ask("/logs/filter", body)
            for line in lines:
                ran = re.fullmatch(r"(\S+) +[\d.]+ s", line["message"])
                if ran and line["flow_run_id"] in keys:
                    yield f"{keys[line['flow_run_id']]}/{ran[1]}"
            if not lines:
                return

    def names(self) -> list[str]:
        """What is published, with the names of its files."""
        if not self.mirror:
            found = self.output.rglob("*")
            return [file.relative_to(self.output).as_posix() for file in found if file.is_file()]
        import fsspec

        files, root = fsspec.core.url_to_fs(self.mirror)
        return [name.removeprefix(f"{root}/") for name in files.find(root)]

    def articles(self) -> int:
        """Published folders that are whole."""
        return sum(name.endswith("/data/published.json") for name in self.names())

    def nothing_lost(self, videos: int) -> bool:
        """Is every run done, with one article each, and nothing half?"""
        done = all(run["state_type"] == "COMPLETED" for run in self.runs())
        folders = {name.partition("/")[0] for name in self.names() if not name.startswith(".")}
        return done and self.articles() == len(folders) == videos

    def twice(self, seen: Seen) -> list[str]:
        """Steps that were finished when the worker was killed, and were done again."""
        now = self.steps()
        kept = Counter(now) if self.mirror else None  # how often each ran, instead of when
        again = [
            step
            for step, when in seen.done.items()
            if (kept[step] > 1 if kept is not None else now.get(step) != when)
        ]
        runs = [
            f"{key(run)}: run {run['run_count']} times"
            for run in self.runs()
            if run["run_count"] != 1 + (key(run) == seen.killed_run)
        ]
        return [*again, *runs]

    def report(self, videos: int, seen: Seen) -> Iterator[str]:
        """In Markdown."""
        shares = Counter(self.worker(run) for run in self.runs())
        yield f"- {videos} recordings, {self.articles()} articles, {seen.ended - seen.began:.0f} s"
        yield f"- by the first worker: {shares['first']}, by the second: {shares['second']}"
        if seen.killed:
            waited = f"{seen.taken_up - seen.killed:.0f} s later" if seen.taken_up else "never"
            yield f"- the first was killed in the middle of {seen.killed_run}; taken up {waited}"
        else:
            yield "- nobody was killed: the first worker was never half way"
        before = [step for step in seen.done if step.startswith(seen.killed_run)]
        yield f"- finished before that: {len(seen.done)} steps, {len(before)} of them its own"
        again = ", ".join(self.twice(seen)) or "none"
        yield f"- finished in all: {len(self.steps())} steps; twice: {again}"
        yield f"- nothing lost: {'yes' if self.nothing_lost(videos) else 'NO'}"


def key(run: dict[str, Any]) -> str:
    """Of its recording."""
    return key_of(run["parameters"]["url"])


def captions(folder: Path, number: int) -> Path:
    """An interview of some minutes, each a little different, as a captions file with its voices."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.loads((ROOT / "tests" / "sample" / "truth.json").read_text("utf-8"))
    names = {"host": "Daniel Price", "guest": "Helen Marsh"}
    cues = [
        f"{clock(turn['start'])} --> {clock(turn['end'])}\n"
        f"<v {names[turn['speaker']]}>{turn['text']}\n"
        for turn in told["turns"]
    ]
    file = folder / f"talk-{number:02}.en.vtt"
    file.write_text(f"WEBVTT\n\nNOTE {number}\n\n" + "\n".join(cues), encoding="utf-8")
    return file


def clock(seconds: float) -> str:
    """WebVTT's."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes) // 60:02}:{int(minutes) % 60:02}:{rest:06.3f}"


if __name__ == "__main__":
    sys.exit(main())
