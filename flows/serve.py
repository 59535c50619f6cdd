"""`mytake serve`: one machine's server, schedules and worker, until it is told to stop.

This process only waits and hands out: it asks the server whose time has come, and gives that to a
desk (flows/desk.py), a process with Prefect and the models in it. The first desk is always there;
others come for a while: while one hears a recording, the next is downloaded and the last one
written up (limits.working), and a look at a channel never waits for any of them.

Where this grows past one machine: `round` is what a worker does.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import filelock

from flows import house as houses
from flows import leaving, reviewing
from flows.api import GOING, LATER, LOOK, NO_ROOM, NOW, Api, Json
from flows.fullness import Fullness
from flows.house import House
from flows.screen import plain, say, tell
from flows.server import Server, environment, home
from pipeline.errors import Busy, InterviewError, Killed, NoServer, Stopped
from pipeline.history import History
from pipeline.model import Source
from pipeline.sources import key_of

POLL = 2.0  # seconds; half of it is what a trigger waits on the average
BEAT = 30.0
OTHER_DESKS = 60.0  # seconds that they stay with nothing to do
LONGEST_LOG = 5_000_000  # bytes; Prefect keeps the log of each run anyway
LOOKING = "a look"
MANY = 3  # deaths at one and the same step: then it is the recording's fault
DESK = (sys.executable, "-m", "flows.desk")


class Desk:
    """A process that works on one run at a time."""

    def __init__(self, output: Path, command: Sequence[str], env: dict[str, str]) -> None:
        self.run: Json | None = None
        self.worked = False  # its models may be loaded
        self.free_since = time.monotonic()
        self._heard = b""
        file = home(output) / "work.log"
        long = file.exists() and file.stat().st_size > LONGEST_LOG
        with file.open("wb" if long else "ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # it is ended with all that it started
            )

    def give(self, order: Json, run: Json | None = None) -> None:
        """One order; its answer comes in time."""
        self.run, self.worked = run, self.worked or run is not None
        with contextlib.suppress(BrokenPipeError):  # it has died: that is seen when it is asked
            self._pipe(self._process.stdin).write(json.dumps(order).encode() + b"\n")
            self._pipe(self._process.stdin).flush()

    def answers(self) -> Iterator[Json]:
        """What it said since it was last asked."""
        said = self._pipe(self._process.stdout)
        while select.select([said], [], [], 0)[0] and (read := os.read(said.fileno(), 65536)):
            self._heard += read
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            self.free_since = time.monotonic()
            yield json.loads(line)

    @property
    def alive(self) -> bool:
        """Does it still run?"""
        return self._process.poll() is None

    def end(self) -> None:
        """Take it down, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                self._pipe(pipe).close()

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


@dataclass
class Deaths:
    """How often the process of a run died, with nothing more done in between."""

    steps: int = -1
    times: int = 0

    def again(self, steps: int) -> int:
        """One more; gives how many that makes."""
        self.times = self.times + 1 if steps == self.steps else 1
        self.steps = steps
        return self.times


@dataclass
class Serving:
    """What `mytake serve` knows while it serves."""

    house: House
    server: Server
    command: Sequence[str]
    read: float  # when the configuration that holds was written
    api: Api = field(init=False)
    disk: Fullness = field(init=False)
    entries: dict[str, str] = field(default_factory=dict)  # deployment -> flow
    deaths: dict[str, Deaths] = field(default_factory=dict)
    others: list[Desk] = field(default_factory=list)
    beaten: float = 0.0

    def __post_init__(self) -> None:
        self.api = Api(self.server.url)
        self.disk = Fullness(self.house.output, lambda line: say(plain(f"{clock()}  {line}")))
        self.first = self._desk()

    def _desk(self) -> Desk:
        where = environment(self.house.output, self.server.url)
        command = [*self.command, str(self.house.file), str(self.house.output)]
        return Desk(self.house.output, command, where)

    # --- at the beginning ---

    def begin(self) -> None:
        """Register all there is to run, and take up what a killed mytake left behind."""
        self.first.give({"register": "all"})
        self._answer(self.first, until=time.monotonic() + 120)
        self.reap()

    def _answer(self, desk: Desk, until: float) -> None:
        while time.monotonic() < until:
            for answer in desk.answers():
                if "error" in answer:
                    raise NoServer(self.server.url, answer["error"])
                return
            if not desk.alive:
                break
            time.sleep(0.05)
        raise NoServer(self.server.url, f"See {home(self.house.output) / 'work.log'}.")

    def reap(self) -> None:
        """Nobody else works here, so what is said to be going on is not: take it up again.

        Of a channel's looks that are late, the last one sees what all of them would have seen.
        """
        here = {desk.run["id"] for desk in self._desks() if desk.run}
        for run in self.api.runs(GOING):
            if run["id"] in here:
                continue
            if run["state_type"] == "CANCELLING":
                self.cancelled(run)
            else:
                self.api.again(run["id"], "Nobody was at it any more.")
                say(plain(f"{clock()}  taken up again: {named(run)}"))
        for run in self.api.runs([], state={"name": {"any_": [NO_ROOM]}}):
            self.api.again(run["id"], "There was no room on the disk.")
        late = set[str]()
        for run in self.api.runs(["SCHEDULED"]):
            name = run["parameters"].get("name")
            if name and run["expected_start_time"] < datetime.now(UTC).isoformat():
                if name in late:
                    self.api.ask("DELETE", f"/flow_runs/{run['id']}")
                late.add(name)

    # --- round and round ---

    def round(self) -> None:
        """Hear what was done, and hand out what is due."""
        for desk in self._desks():
            self._hear(desk)
        self._let_go()
        self._reread()
        self._hand_out()
        for desk in self._desks():
            self._stop_cancelled(desk)
        if time.monotonic() - self.beaten > BEAT:
            self.api.here("mytake")
            self.reap()
            self.beaten = time.monotonic()

    def _desks(self) -> list[Desk]:
        return [self.first, *self.others]

    def _hear(self, desk: Desk) -> None:
        for answer in desk.answers():
            run, desk.run = desk.run, None
            if run:
                self._tell(run)
            elif "error" in answer:
                say(plain(f"{clock()}  not registered: {answer['error']}"))
        if not desk.alive:
            self._died(desk)

    def _tell(self, run: Json) -> None:
        self.deaths.pop(run["id"], None)
        now = self.api.run(run["id"])  # a schedule's run gets its name when it begins
        state = now["state"]
        if state["type"] in GOING:  # the desk could not tell the server what came of it
            self.api.again(run["id"], "The server was away when it ended.")
        if state["name"] == NO_ROOM:
            self.disk.found_full(state["message"])
            return
        said = (state["message"] or state["name"]).splitlines()
        say(plain(f"{clock()}  {now['name']}: {state['name'].lower()}. {' '.join(said)}"))

    def _died(self, desk: Desk) -> None:
        run, desk.run = desk.run, None
        desk.end()
        if desk in self.others:
            self.others.remove(desk)
        else:
            self.first = self._desk()
        if run is None:
            return
        times = self.deaths.setdefault(run["id"], Deaths()).again(self._steps(run))
        if times >= MANY and "url" in run["parameters"]:
            self._give_up(run, times)
        else:
            self.api.again(run["id"], "Its process was killed.")
            say(plain(f"{clock()}  killed, taken up again: {named(run)}"))

    def _steps(self, run: Json) -> int:
        with contextlib.suppress(InterviewError, KeyError):
            work = self.house.output / ".work" / key_of(run["parameters"]["url"])
            return sum(1 for _ in work.rglob("*"))
        return 0

    def _give_up(self, run: Json, times: int) -> None:
        error = Killed(run["name"], times, "At the same step each time, and nothing was said.")
        self.api.set_state(run["id"], "CRASHED", str(error), force=True)
        self._record(run, error)
        say(plain(f"{clock()}  given up: {run['name']}"))

    def _record(self, run: Json, error: InterviewError) -> None:
        told = run["parameters"]
        with contextlib.suppress(InterviewError, KeyError):
            source = Source("url", told["url"], key_of(told["url"]))
            History(self.house.output).fail(
                source, run["name"], told.get("channel"), error, self.house.config.watch
            )

    def _hand_out(self) -> None:
        """Give what is due to who is free, the most urgent first; one look at a time."""
        at = {_video(desk.run) for desk in self._desks() if desk.run}
        room = self.house.config.limits.working - len(at - {LOOKING}) if self.disk.has_room() else 0
        for run in self.api.due((LOOK, NOW, LATER) if room > 0 else (LOOK,)):
            video = _video(run)
            # Who asks for a video that is being worked on gets its article when that is done.
            if video in at or (video != LOOKING and room < 1):
                continue
            if not self.api.set_state(run["id"], "PENDING", force=False):
                continue
            self._free().give({"run": run["id"], "entry": self._entry(run)}, run)
            at.add(video)
            room -= video != LOOKING

    def _free(self) -> Desk:
        """A desk with nothing to do, a new one where all are busy."""
        for desk in self._desks():
            if desk.run is None:
                return desk
        self.others.append(self._desk())
        return self.others[-1]

    def _entry(self, run: Json) -> str:
        number = run["deployment_id"]
        if number not in self.entries:
            self.entries[number] = self.api.ask("GET", f"/deployments/{number}")["entrypoint"]
        return self.entries[number]

    def _stop_cancelled(self, desk: Desk) -> None:
        if desk.run and self.api.run(desk.run["id"])["state_type"] in ("CANCELLING", "CANCELLED"):
            run, desk.run = desk.run, None
            self._died(desk)
            self.cancelled(run)

    def cancelled(self, run: Json) -> None:
        """Somebody stopped it: no look takes that video up again by itself."""
        self.api.set_state(run["id"], "CANCELLED", "Stopped by somebody.", force=True)
        self._record(run, Stopped(run["name"], "Somebody stopped its run."))
        say(plain(f"{clock()}  cancelled: {named(run)}"))

    def _let_go(self) -> None:
        """A desk that has nothing to do gives back the memory of its models."""
        now = time.monotonic()
        for desk in [*self.others]:
            if not desk.run and now - desk.free_since > OTHER_DESKS:
                desk.end()
                self.others.remove(desk)
        idle = now - self.first.free_since > self.house.config.watch.idle
        if self.first.worked and not self.first.run and idle:
            self.first.end()
            self.first = self._desk()

    def _reread(self) -> None:
        """Who changes config/channels.toml need not start this anew."""
        if (written := _written(self.house)) == self.read:
            return
        self.read = written
        try:
            self.house = houses.opened(self.house.file, self.house.output)
        except InterviewError as error:
            say("The configuration as it was stays in force:")
            tell(error)
            return
        self._free().give({"register": "all"})
        say(f"{clock()}  read anew. {_watched(len(self.house.channels))}")

    # --- at the end ---

    def end(self) -> None:
        """Stop all work; it goes on from there when mytake serves again."""
        api = Api(self.server.url, timeout=5)  # who stops it does not wait long for a sick server
        for desk in self._desks():
            run, desk.run = desk.run, None
            desk.end()
            if run:
                with contextlib.suppress(NoServer):  # the next start finds it
                    api.again(run["id"], "mytake serve was stopped.")


def _written(house: House) -> float:
    """When its configuration was written: Prefect takes a minute to begin, and it may change."""
    files = (house.file, houses.channels_file(house.file))
    return max(file.stat().st_mtime for file in files if file.exists())


def named(run: Json) -> str:
    """For people: a look that has not begun bears a name that Prefect made up.

    >>> named({"name": "mega-anteater", "parameters": {"name": "first"}})
    'first'
    """
    return str(run["parameters"].get("name") or run["name"])


def _video(run: Json) -> str:
    """The key of the recording that a run is to write up, or that it looks at a channel."""
    url = run["parameters"].get("url")
    try:
        return key_of(url) if url else LOOKING
    except InterviewError:  # it fails by itself, soon
        return str(url)


def clock() -> str:
    """The time of day, for people."""
    return datetime.now().astimezone().strftime("%H:%M:%S")


def serve(house: House, port: int | None = None) -> int:
    """Serve until SIGINT or SIGTERM."""
    place = home(house.output)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = filelock.FileLock(place / "serve.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise Busy(house.output, f"the one that locks {lock.lock_file}") from None
    stop, read = _stopping(), _written(house)
    server = Server(house.output, port)
    try:
        server.begin()
        say(f"Prefect's page: {server.url.removesuffix('/api')}  (runs, schedules, logs)")
        serving = Serving(house, server, DESK, read)
        try:
            serving.begin()
            with reviewing.offered(house):
                say(f"{_watched(len(house.channels))} Ctrl-C stops; work is kept.")
                _rounds(serving, stop)
        finally:
            serving.end()
    finally:
        server.end()
        lock.release()
    say("Stopped. `mytake serve` goes on from there.")
    return 0


def _watched(channels: int) -> str:
    """For people.

    >>> _watched(0), _watched(1), _watched(2)
    ('No channel is watched.', '1 channel is watched.', '2 channels are watched.')
    """
    return {0: "No channel is watched.", 1: "1 channel is watched."}.get(
        channels, f"{channels} channels are watched."
    )


def _stopping() -> Callable[[], bool]:
    """Has somebody asked us to stop?"""
    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        if not asked:
            leaving.tell("Stopping: some seconds, what is finished is kept.")
        asked.append(number)

    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, ask)
    return lambda: bool(asked)


def _rounds(serving: Serving, stop: Callable[[], bool]) -> None:
    told = ""
    while not stop():
        begun = time.monotonic()
        try:
            serving.round()
            told = ""
        except NoServer as error:
            told = _without_server(serving, error, told)
        while time.monotonic() - begun < POLL and not stop():
            time.sleep(0.1)


def _without_server(serving: Serving, error: NoServer, told: str) -> str:
    """Start it again where it has died; gives what was said, once however long it lasts."""
    try:
        if serving.server.keep():
            say(f"{clock()}  the server had died and was started again")
            return ""
    except NoServer as again:  # it died while it began: the next round tries once more
        error = again
    why: str = error.parts[1]
    if serving.disk.has_room() and why != told:
        say(plain(f"{clock()}  {why}"))
    return why
