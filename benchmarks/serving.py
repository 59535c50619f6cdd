"""`mytake serve` for real: two channels with all that goes wrong, chaos, a batch; its cost idle.

    python -m benchmarks.serving [--only channels|chaos|idle|batch]

On loopback, against the fake YouTube; nothing is heard (a transcript is replayed), so that what
is measured is mytake and Prefect. Only `batch` hears. Prints Markdown; ends only what it started.
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from benchmarks.two_workers import children
from flows.api import CHANNEL, GOING
from flows.server import home
from pipeline.engines.audio import ffmpeg
from pipeline.errors import NoServer
from pipeline.history import History
from pipeline.store import load
from tests.fake_youtube.catalog import sample
from tests.fake_youtube.server import FakeYouTube
from tests.test_serve import SERVE, Served, until
from tests.watched import YOUTUBE, A, B, configured, put

MINUTES = 10  # at most, for the channels
KILLS, CHAOS = 30, 480.0  # as many as fit into so many seconds
SEED = 5
TICK = os.sysconf("SC_CLK_TCK")
OWNERS = {"first": A, "second": B}


class Shipped(Served):
    """As a user has it: its worker asks every two seconds, as it does by default."""

    script = SERVE.replace("serve.POLL = 0.5\n", "")


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for, and print what was seen."""
    parts: dict[str, Callable[[Path], Iterator[str]]] = {
        "channels": channels,
        "chaos": chaos,
        "idle": idle,
        "batch": batch,
    }
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--only", choices=parts, action="append")
    asked.add_argument("--keep", type=Path, metavar="FOLDER", help="articles and logs stay there")
    args = asked.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="serving-") as made:
        for name in args.only or parts:
            place = (args.keep or Path(made)).resolve() / name
            place.mkdir(parents=True)
            for line in parts[name](place):
                print(line, flush=True)
    return 0


@contextmanager
def serving(folder: Path, site: FakeYouTube, cron: str, more: str) -> Iterator[Served]:
    """`mytake serve` with two channels, ended with all that it started."""
    served = Shipped(folder, site, tables(cron), more)
    try:
        yield served
    finally:
        served.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            served.process.wait(60)
        for number in [*served.children(), *server(served)]:
            kill(number)


def tables(cron: str) -> str:
    """config/channels.toml."""
    return "".join(
        f'[channel.{name}]\nurl = "{YOUTUBE}/{of.handle}"\ncron = "{cron}"\n'
        "backfill = 60\nmost = 60\nfilters = { live = true, premieres = true }\n"
        for name, of in OWNERS.items()
    )


def server(served: Served) -> list[int]:
    """The process of its Prefect server, where there is one."""
    with suppress(OSError):
        told = load(dict[str, str | int], (home(served.output) / "server.json").read_bytes())
        return [int(told["pid"])]
    return []


def kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


# --- two channels ---

# kind -> how many of a channel's thirty, what it is after a while, the one error it ends with
MIX: tuple[tuple[str, int, str, str | None], ...] = (
    ("ok", 18, "ok", None),
    ("gone", 1, "private", "PrivateVideo"),  # made private after it was listed
    ("flaky", 2, "flaky", None),
    ("drop", 1, "drop", "NoNetwork"),
    ("drop", 1, "ok", None),
    ("age", 1, "age", "AgeGated"),
    ("geo", 1, "geo", "GeoBlocked"),
    ("drm", 1, "drm", "Protected"),
    ("upcoming", 1, "ok", None),
    ("live", 1, "ok", None),
    ("http429", 1, "ok", None),
    ("bot", 1, "ok", None),
)
WALLS = ((65, "http429"), (80, None), (125, "bot"), (140, None))  # seconds after the first look


@dataclass
class Mixed:
    """The site of the two channels, and what is to come of it."""

    site: FakeYouTube
    good: set[str] = field(default_factory=set)
    bad: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)  # id -> what kind it becomes
    gone: list[str] = field(default_factory=list)

    def fill(self) -> None:
        """Thirty videos each; those that are to go private are the oldest, so the last in line."""
        for of in OWNERS.values():
            number = 30
            for kind, count, becomes, error in MIX:
                for _ in range(count):
                    first = "ok" if kind == "gone" else kind
                    tab = "streams" if kind == "live" else "videos"
                    place = 0 if kind == "gone" else number
                    name = put(self.site, of, place, first, tab=tab)
                    number -= 1
                    self._expect(name, kind, becomes, error)

    def _expect(self, name: str, kind: str, becomes: str, error: str | None) -> None:
        if kind == "gone":
            self.gone.append(name)
        elif becomes != kind:
            self.later[name] = becomes
        if error:
            self.bad[name] = error
        else:
            self.good.add(name)

    def become(self, name: str, kind: str) -> None:
        """It is of another kind from now on."""
        self.site.videos[name] = replace(self.site.videos[name], kind=kind)


def channels(place: Path) -> Iterator[str]:
    """Looks every minute until nothing is left to do."""
    with FakeYouTube([]) as site:
        mixed = Mixed(site)
        mixed.fill()
        with serving(place, site, "* * * * *", "[watch]\nrest = 10\nretry = 20\n") as served:
            register = served.output / ".channels"
            until(lambda: len([*register.glob("*.json")]) == len(OWNERS), 150)
            begun = time.monotonic()
            for name in mixed.gone:
                mixed.become(name, "private")
            settled = _minutes(mixed, served, begun)
            quiet = _quiet(served, site)
            yield from _report(mixed, served, settled, quiet)


def _minutes(mixed: Mixed, served: Served, begun: float) -> float:
    """Weather comes and goes; gives the seconds until all was as it should be."""
    weather, passed = list(WALLS), 0.0
    while passed < MINUTES * 60:
        passed = time.monotonic() - begun
        while weather and passed > weather[0][0]:
            _, mixed.site.wall = weather.pop(0)
        if passed > 90 and mixed.later:
            for name, kind in mixed.later.items():
                mixed.become(name, kind)
            mixed.later.clear()
        if not weather and set(served.articles()) == mixed.good and _still(served):
            break
        time.sleep(1)
    return passed


def _still(served: Served) -> bool:
    """Is no article being made, or waiting?"""
    with suppress(NoServer):
        runs = served.api.runs([*GOING, "SCHEDULED"])
        return not any("url" in run["parameters"] for run in runs)
    return False


def _looks(served: Served) -> int:
    """How many looks have ended."""
    runs = served.api.runs(["COMPLETED", "FAILED"])
    return sum("name" in run["parameters"] for run in runs)


def _quiet(served: Served, site: FakeYouTube) -> tuple[int, Counter[str], int]:
    """Two minutes with nothing new: looks, requests by place, bytes of sound."""
    looks, sent = _looks(served), site.sent
    site.hits.clear()
    until(lambda: _looks(served) >= looks + 4, 200)
    return _looks(served) - looks, Counter(site.hits), site.sent - sent


def _report(
    mixed: Mixed, served: Served, settled: float, quiet: tuple[int, Counter[str], int]
) -> Iterator[str]:
    written = Counter(served.articles())
    failures = Counter(one.key for one in History(served.output).failures())
    told = {one.key[8:]: one.kind for one in History(served.output).failures()}
    looks, hits, sent = quiet
    lists = sum(count for where, count in hits.items() if "/@" in where)
    yield f"- channels: {len(mixed.site.videos)} videos, all settled after {settled:.0f} s"
    yield (
        f"- good videos: {len(mixed.good)}; with exactly one article: "
        f"{sum(written[name] == 1 for name in mixed.good)}; "
        f"articles of others: {sum(name not in mixed.good for name in written)}"
    )
    yield (
        f"- bad videos: {len(mixed.bad)}; with exactly one reason, the right one: "
        f"{sum(told.get(name) == kind for name, kind in mixed.bad.items())}; "
        f"records in all: {failures.total()}"
    )
    for name in mixed.bad:
        if told.get(name) != mixed.bad[name]:
            yield f"  - {name}: expected {mixed.bad[name]}, told {told.get(name)}"
    for name in told.keys() - mixed.bad.keys():
        yield f"  - {name}: is good, and told {told[name]}"
    for name in mixed.good - written.keys():
        yield f"  - {name}: has no article"
    yield (
        f"- {looks} looks with nothing new: {lists} requests for lists (each asks for two tabs), "
        f"{hits.total() - lists} others (a video whose failure may pass is tried again), "
        f"{sent} bytes of sound"
    )


# --- chaos ---


def chaos(place: Path) -> Iterator[str]:
    """Kill one of the three at random, again and again; then let one `mytake serve` finish."""
    dice = random.Random(SEED)
    with FakeYouTube([]) as site:
        names = {put(site, A, number, "slow") for number in range(20)}
        with serving(place, site, "* * * * *", "[watch]\nretry = 5\n") as served:
            killed, begun = Counter[str](), time.monotonic()
            while killed.total() < KILLS and time.monotonic() < begun + CHAOS:
                time.sleep(dice.uniform(1, 8))
                if set(served.articles()) == names:
                    break
                killed += _strike(served, dice.choice(("desk", "serve", "server")))
            at = len(served.articles())
            if served.process.poll() is not None:
                served.begin()
            last = time.monotonic()
            with suppress(AssertionError):
                until(lambda: set(served.articles()) == names and _still(served), 600)
            took = time.monotonic() - last
            time.sleep(5)
            yield f"- chaos: kill -9 of {dict(killed)}, in {last - begun:.0f} s (seed {SEED})"
            yield f"- articles at the last kill: {at}; {took:.0f} s later: {len(served.articles())}"
            yield from _whole(served, names)


def _strike(served: Served, what: str) -> Counter[str]:
    """Kill that one; who killed `mytake serve` starts it again."""
    found = {"desk": served.children(), "serve": [served.process.pid], "server": server(served)}
    for number in found[what][:1]:
        kill(number)
        if what == "serve":
            served.process.wait()
            served.begin()
        return Counter([what])
    return Counter()


def _whole(served: Served, names: set[str]) -> Iterator[str]:
    written = Counter(served.articles())
    folders = [one for one in served.output.iterdir() if not one.name.startswith(".")]
    half = [one.name for one in folders if not (one / "data" / "published.json").is_file()]
    states = Counter(run["state_type"] for run in served.api.runs(GOING))
    failures = [f"{one.key}: {one.kind}" for one in History(served.output).failures()]
    twice = [name for name, count in written.items() if count > 1]
    lost = sorted(names - written.keys())
    yield f"- twice: {len(twice)}; lost: {lost or 0}; half folders: {half or 0}"
    yield f"- runs left going: {dict(states) or 0}; failures recorded: {failures or 0}"


# --- idle ---


def idle(place: Path) -> Iterator[str]:
    """What it costs with nothing to do, how soon a trigger starts, a finished batch again."""
    with FakeYouTube([]) as site, serving(place, site, "3 3 * * *", "") as served:
        yield _resting(served, "fresh")
        yield _triggers(served, site)
        yield from _again(served, site)


def _resting(served: Served, when: str) -> str:
    time.sleep(20)
    numbers = [served.process.pid, *children(served.process.pid)]
    before = sum(map(_seconds, numbers))
    time.sleep(60)
    busy = sum(map(_seconds, numbers)) - before
    resident, own = (sum(_memory(number, what) for number in numbers) for what in ("Rss", "Pss"))
    return (
        f"- idle ({when}, {len(numbers)} processes): {resident:.0f} MB RSS all together "
        f"({own:.0f} MB with shared pages counted once), {busy / 60:.1%} of a core over 60 s"
    )


def _seconds(number: int) -> float:
    """Of processor that a process has taken."""
    told = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICK


def _memory(number: int, what: str) -> float:
    """In MB."""
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def _triggers(served: Served, site: FakeYouTube) -> str:
    asked, typed = [], []
    for number in range(5):
        name, now = put(site, B, 300 + number), time.time()
        ran = served.mytake("trigger", f"https://youtu.be/{name}", "--wait")
        assert ran.returncode == 0, ran.stderr
        (run,) = (run for run in served.api.runs(["COMPLETED"]) if run["name"].endswith(name))
        begun = _time(run["start_time"])
        asked.append(begun - _time(run["created"]))
        typed.append(begun - now)
    return (
        f"- trigger to start, median of 5: {statistics.median(asked):.1f} s after it was asked for "
        f"(longest {max(asked):.1f} s), {statistics.median(typed):.1f} s from the command on"
    )


def _time(told: str) -> float:
    return datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp()


def _again(served: Served, site: FakeYouTube) -> Iterator[str]:
    names = {put(site, A, number) for number in range(50)}
    begun = time.monotonic()
    served.look("first")
    until(lambda: names <= set(served.articles()) and _still(served), 300)
    yield f"- a batch of 50: {time.monotonic() - begun:.0f} s"
    site.hits.clear()
    sent, begun = site.sent, time.monotonic()
    state = served.look("first")
    took = time.monotonic() - begun
    assert _still(served), "something was asked for"
    yield (
        f"- polled again ({CHANNEL}, {state.lower()}): {took:.1f} s, "
        f"{site.requests} requests, {site.sent - sent} bytes downloaded"
    )


# --- a batch that is heard ---

BATCH, SECONDS, STEP = 10, 90.0, 30.0  # recordings, how long, how far apart in the sample
RATE = 120_000  # bytes per second of a download: it takes about a quarter of what hearing takes
HEARING = ("transcribe", "diarize", "attribute")  # one recording at a time


class Hearing(Shipped):
    """With every knob at its default, but for how fast the site is."""

    def configured(self, channels: str, more: str) -> Path:
        """Gives the file."""
        file = configured(self.folder / "config", channels)
        knobs = f'[download]\nrate_limit = {RATE}\n[transcribe]\ncaptions = "never"\n'
        file.write_text(knobs + more)
        return file


def batch(place: Path) -> Iterator[str]:
    """Ten recordings, first one at a time, then the next downloaded while one is heard."""
    alone, one = _heard(place / "alone", 1)
    sums = {
        "transcribing": sum(alone["transcribe"]),
        "hearing (with telling voices apart)": sum(sum(alone[step]) for step in HEARING),
        "all steps": sum(map(sum, alone.values())),
    }
    told = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in sums.items())
    yield f"- {BATCH} recordings of {SECONDS:.0f} s, one at a time: {one:.0f} s; of that {told}"
    _, two = _heard(place / "ahead", 2)
    told = ", ".join(f"{two / seconds:.2f} × {what}" for what, seconds in sums.items())
    yield f"- with limits.working = 2: {two:.0f} s; {told}"


def _heard(place: Path, working: int) -> tuple[dict[str, list[float]], float]:
    """The seconds of each step, and from the first run's beginning to the last one's end."""
    with FakeYouTube([]) as site:
        names = [_cut(site, place, number) for number in range(BATCH)]
        served = Hearing(place, site, "", f"[limits]\nworking = {working}\n")
        try:
            addresses = [f"https://youtu.be/{name}" for name in names]
            served.mytake("trigger", *addresses)
            until(lambda: set(served.articles()) == set(names) and _still(served), 1800)
            runs = served.api.runs(["COMPLETED"])
            steps = defaultdict[str, list[float]](list)
            for task in (task for run in runs for task in served.api.tasks(run["id"])):
                steps[task["name"].rpartition("-")[0]].append(task["total_run_time"])
            times = [[_time(run[at]) for run in runs] for at in ("start_time", "end_time")]
            return steps, max(times[1]) - min(times[0])
        finally:
            served.process.terminate()
            served.process.wait(60)


def _cut(site: FakeYouTube, place: Path, number: int) -> str:
    """A piece of the sample as a video; gives its id."""
    place.mkdir(exist_ok=True)
    piece = place / f"{number}.ogg"
    words = [ffmpeg.binary("ffmpeg"), "-v", "error", "-ss", str(number * STEP), "-t", str(SECONDS)]
    subprocess.run([*words, "-i", sample().file, "-c", "copy", piece], check=True)
    return put(site, B, number, duration=round(SECONDS), file=piece, sounds=sample().sounds)


if __name__ == "__main__":
    sys.exit(main())
