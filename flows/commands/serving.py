"""The commands for what runs by itself: `serve`, `trigger`, `status` and `cancel`."""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.command_line import FROM, Commands, placed, stage
from flows.commands.channel import list_channels
from flows.screen import plain, say

if TYPE_CHECKING:
    from flows.api import Api, Json
    from flows.house import House
    from pipeline.history import Failure


def add_to(commands: Commands) -> None:
    """Add them to the command line."""
    add = commands.add_parser("serve", help="look at all channels when their time comes, for ever")
    add.add_argument("--port", type=int, help="of Prefect's page, on this machine (default: 4200)")
    add.set_defaults(work=serve)
    placed(add)
    add = commands.add_parser("trigger", help="send videos to the mytake that serves")
    add.add_argument("url", nargs="+", metavar="URL")
    add.add_argument("--wait", action="store_true", help="show how it goes, until it is done")
    add.add_argument("--force", action="store_true", help="do all of it again")
    add.add_argument("--from", dest="again_from", metavar="STAGE", type=stage, help=FROM)
    add.set_defaults(work=trigger)
    placed(add)
    add = commands.add_parser("status", help="what runs, waits and failed, and what to do about it")
    add.add_argument("--most", type=int, default=20, metavar="N", help="failures to show")
    add.set_defaults(work=status)
    placed(add)
    add = commands.add_parser("cancel", help="stop what runs or waits, forget what failed")
    add.add_argument("what", nargs="*", metavar="WHAT", help="its URL, id, or a piece of its name")
    add.add_argument("--all", action="store_true", help="all of it")
    add.set_defaults(work=cancel)
    placed(add)


def serve(args: argparse.Namespace, config: Path) -> int:
    """`mytake serve`: until somebody stops it."""
    from flows import house
    from flows.serve import serve as begin

    return begin(house.opened(config, args.out), args.port)


def trigger(args: argparse.Namespace, config: Path) -> int:
    """`mytake trigger URL…`: send videos to the mytake that serves."""
    from flows import house
    from flows.api import NOW, VIDEO, once
    from pipeline.history import History

    opened = house.opened(config, args.out)
    keys = dict(sendable(url) for url in args.url)  # what makes no sense is told before any is sent
    api = server_of(opened)
    deployment = api.deployment(VIDEO)["id"]
    again = args.again_from or ("download" if args.force else None)
    runs = []
    for url, key in keys.items():
        History(opened.output).forgive(key)
        told = {"url": url, "again_from": again}
        runs.append(api.start(deployment, told, url, NOW, once()))
        say(f"Sent: {plain(url)}")
    if not args.wait:
        say("How it goes: mytake status")
        return 0
    return max(wait(api, run) for run in runs)


def sendable(what: str) -> tuple[str, str]:
    """The address of a recording, and its key. Raises InterviewError where nothing can be heard.

    A file is looked into, and named so that whoever serves finds it from another folder.
    """
    from pipeline.engines.audio import ffmpeg
    from pipeline.sources import CAPTIONS, key_of

    key = key_of(what)
    if not key.startswith("file-"):
        return what, key
    path = Path(what.removeprefix("file://")).expanduser().absolute()
    if path.suffix.lower() not in (*CAPTIONS, ".json"):
        ffmpeg.probe(path)
    return str(path), key


def wait(api: "Api", run: "Json") -> int:
    """Show how a run goes, step by step; gives the exit code."""
    from tqdm import tqdm

    from flows.path import STAGES

    shape = "{desc:11} {bar} step {n_fmt} of {total_fmt}, {elapsed}"
    lines = not sys.stderr.isatty()
    ended = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    with tqdm(total=len(STAGES), bar_format=shape, leave=False, disable=lines) as bar:
        told = ""
        while True:
            now = api.run(run["id"])
            steps = api.tasks(run["id"])
            going = [step["name"].rpartition("-")[0] for step in steps if not step["end_time"]]
            step = (going[-1] if going else now["state_name"]).lower()
            if lines and step != told:
                say(f"  {step}")
            told = step
            bar.set_description_str(step, refresh=False)
            bar.n = len({one["name"].partition("-")[0] for one in steps if one["end_time"]})
            bar.refresh()
            if now["state_type"] in ended:
                break
            time.sleep(0.5)
    state = now["state"]
    if state["type"] != "COMPLETED":
        say(plain(f"mytake: {state['name'].lower()}: {state['message'] or ''}"))
        return 1
    print(plain(str(state["message"]).partition(": ")[2] or state["message"]))
    return 0


def status(args: argparse.Namespace, config: Path) -> int:
    """`mytake status`: what runs, what waits, what failed and what to do about it."""
    from flows import house, reviewing
    from pipeline.errors import NoServer
    from pipeline.history import History

    opened = house.opened(config, args.out)
    if page := reviewing.address(opened.output):
        print(f"review page: {page}")
    try:
        for line in going(server_of(opened)):
            print(plain(line))
    except NoServer as error:
        say(plain(f"{error.parts[0]} {error.parts[2]}"))
    if opened.channels:
        print("channels")
    list_channels(args, config)
    failures = sorted(History(opened.output).failures(), key=lambda one: one.at, reverse=True)
    print(f"failed: {len(failures)}")
    for one in failures[: args.most]:
        print(plain(f"  {one.title}  {one.address}"))
        print(plain(f"    {one.reason}"))
        print(plain(f"    {next_step(one)}"))
    if len(failures) > args.most:
        print(f"  … and {len(failures) - args.most} more: mytake status --most {len(failures)}")
    if any(one.channel is None for one in failures):
        say("One that no channel lists is forgotten by: mytake cancel URL")
    return 0


def next_step(one: "Failure") -> str:
    """What happens by itself, or what to do."""
    if one.again:
        return f"tried {one.tries} times, again from {one.again:%Y-%m-%d %H:%M} UTC by itself"
    return one.fix


def going(api: "Api") -> Iterator[str]:
    """What the server knows: running, due, and the last that ended."""
    from flows.api import GOING, VIDEO

    api.deployment(VIDEO)
    running = api.runs(GOING)
    yield f"running: {len(running)}"
    for run in running:
        steps = [
            step["name"].rpartition("-")[0] for step in api.tasks(run["id"]) if not step["end_time"]
        ]
        seconds = round(run.get("estimated_run_time") or 0)
        yield f"  {run['name']}: {steps[-1] if steps else 'begins'}, {seconds} s"
    now = datetime.now(UTC).isoformat()
    waiting = [run for run in api.runs(["SCHEDULED"]) if run["expected_start_time"] <= now]
    yield f"waiting: {len(waiting)}"
    yield from (f"  {run['name']}" for run in waiting[:20])
    ended = api.runs(["COMPLETED"], limit=5, deployment_id={"any_": [api.deployment(VIDEO)["id"]]})
    yield "last articles"
    yield from (f"  {run['name']}: {run['state']['message']}" for run in ended)


def cancel(args: argparse.Namespace, config: Path) -> int:
    """`mytake cancel WHAT…`: stop what runs or waits, forget what failed; steps are kept."""
    from flows import house
    from flows.api import GOING, VIDEO, WAITING
    from pipeline.errors import NoServer

    opened = house.opened(config, args.out)
    forgotten = forget_failed(args.what, opened)
    api = server_of(opened)
    try:
        video = api.deployment(VIDEO)["id"]
    except NoServer:
        if forgotten:  # all that was asked for
            return 0
        raise
    stopped = 0
    for run in api.runs([*GOING, *WAITING], deployment_id={"any_": [video]}):
        if not args.all and not meant(args.what, run):
            continue
        kind = "CANCELLING" if run["state_type"] in GOING else "CANCELLED"
        api.set_state(run["id"], kind, "mytake cancel", force=True)
        if kind == "CANCELLED":
            record_stopped(run, opened)
        stopped += 1
        print(plain(f"cancelled: {run['name']}"))
    if not stopped and not forgotten:
        say("mytake: nothing like that runs, waits or failed; see mytake status")
    return 0 if stopped or forgotten else 1


def forget_failed(what: "list[str]", opened: "House") -> bool:
    """Forget why these failed; what a channel lists stays, or its next look would try it again."""
    from pipeline.history import History

    history = History(opened.output)
    found = [
        one
        for one in history.failures()
        if one.channel is None
        and meant(what, {"id": one.key, "name": one.title, "parameters": {"url": one.address}})
    ]
    for one in found:
        history.forgive(one.key)
        print(plain(f"forgotten: {one.title}"))
    return bool(found)


def meant(what: "list[str]", run: "Json") -> bool:
    """Is that run named by its address, by its video's id, or by its name or a piece of it?"""
    from pipeline.errors import InterviewError
    from pipeline.sources import key_of

    url = run["parameters"].get("url", "")
    for one in what:
        try:
            if key_of(one) == key_of(url):
                return True
        except InterviewError:
            pass
        if one in (run["id"], url) or one.lower() in run["name"].lower() or url.endswith(one):
            return True
    return False


def record_stopped(run: "Json", opened: "House") -> None:
    """So that no look at a channel takes it up again."""
    from pipeline.errors import Stopped
    from pipeline.history import History
    from pipeline.model import Source
    from pipeline.sources import key_of

    told = run["parameters"]
    error = Stopped(run["name"], "Somebody stopped its run.")
    source = Source("url", told["url"], key_of(told["url"]))
    History(opened.output).fail(
        source, run["name"], told.get("channel"), error, opened.config.watch
    )


def server_of(opened: "House") -> "Api":
    """The server of this folder. Raises NoServer where mytake does not serve."""
    from flows import server
    from flows.api import Api

    return Api(server.address(opened.output))
