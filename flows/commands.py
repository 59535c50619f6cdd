"""The commands for what runs by itself: `channel`, `serve`, `trigger`, `status` and `cancel`."""

import argparse
import hashlib
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from flows.screen import plain, say

if TYPE_CHECKING:
    from flows.api import Api, Json
    from flows.house import House
    from pipeline.history import Failure

VIDEO = "article/video"  # the deployment that writes one article

Commands = Any  # argparse keeps the type of its sub-commands to itself


def add_to(commands: Commands, config_file: Callable[[argparse.Namespace], Path]) -> None:
    """Add them to the command line."""
    add = commands.add_parser("channel", help="which channels are watched, and what of theirs")
    parts = add.commands("what", "what")
    one = parts.add_parser("add", help="watch a channel, playlist or podcast feed")
    one.add_argument("url", metavar="URL")
    one.add_argument("--name", help="what it is called here; default: made from the address")
    one.add_argument("--cron", metavar="'M H D M W'", help="when; default: once a day")
    one.add_argument("--timezone", metavar="ZONE", help="of that time, such as Europe/Berlin")
    one.add_argument("--backfill", type=int, metavar="N", help="how many of the old ones to take")
    one.add_argument("--style", action="append", metavar="NAME", help="may stand many times")
    one.set_defaults(work=add_channel)
    one = parts.add_parser("list", help="all of them, with what each last saw")
    one.set_defaults(work=list_channels)
    one = parts.add_parser("check", help="what the next look would take, and why not the rest")
    one.add_argument("name", nargs="?", metavar="NAME", help="default: all of them")
    one.set_defaults(work=check_channels)
    for what, work, does in (
        ("pause", pause_channel, "leave it alone for now"),
        ("resume", resume_channel, "look at it again"),
        ("remove", remove_channel, "watch it no more; its articles stay"),
    ):
        one = parts.add_parser(what, help=does)
        one.add_argument("name", metavar="NAME")
        one.set_defaults(work=work)
    everything = [*parts.choices.values(), *add_serving(commands)]
    for one in everything:
        where(one)
        one.set_defaults(command=lambda args: args.work(args, config_file(args)))


def add_serving(commands: Commands) -> Iterator[argparse.ArgumentParser]:
    """Add those that need no name of a channel."""
    add = commands.add_parser("serve", help="look at all channels when their time comes, for ever")
    add.add_argument("--port", type=int, help="of Prefect's page, on this machine (default: 4200)")
    add.set_defaults(work=serve)
    yield add
    add = commands.add_parser("trigger", help="send videos to the mytake that serves")
    add.add_argument("url", nargs="+", metavar="URL")
    add.add_argument("--wait", action="store_true", help="show how it goes, until it is done")
    add.add_argument("--force", action="store_true", help="do all of it again")
    add.add_argument("--from", dest="again_from", metavar="STAGE", type=stage, help=FROM)
    add.set_defaults(work=trigger)
    yield add
    add = commands.add_parser("status", help="what runs, waits and failed, and what to do about it")
    add.add_argument("--most", type=int, default=20, metavar="N", help="failures to show")
    add.set_defaults(work=status)
    yield add
    add = commands.add_parser("cancel", help="stop what runs or waits, forget what failed")
    add.add_argument("what", nargs="*", metavar="WHAT", help="its URL, id, or a piece of its name")
    add.add_argument("--all", action="store_true", help="all of it")
    add.set_defaults(work=cancel)
    yield add


FROM = "do this step and all after it again: download, transcribe, compose …"


def stage(name: str) -> str:
    """A step's name. Raises ArgumentTypeError that lists them."""
    from flows.path import STAGES

    if name not in STAGES:
        raise argparse.ArgumentTypeError(f"'{name}' is no step; known: {', '.join(STAGES)}")
    return name


def where(one: argparse.ArgumentParser) -> None:
    """The two options that each of these has."""
    one.add_argument("--out", type=Path, metavar="DIR", help="where articles go (default: output)")
    one.add_argument("--config", type=Path, metavar="FILE", help="default: config/mytake.toml")


# --- mytake channel ---

NEW = """\
# Which channels are watched, and when. `mytake channel add URL` writes here and keeps comments;
# docs/channels.md lists what may stand in a table, `mytake channel check` shows what it would do.
"""


def add_channel(args: argparse.Namespace, config: Path) -> int:
    """`mytake channel add URL`: one table more."""
    from flows import house
    from pipeline import channels
    from pipeline.engines import channel_file

    refuse_what_is_no_list(args.url)
    known = house.watched(config)
    name = args.name or named_after(args.url, set(known))
    if name in known:
        say(f"mytake: [channel.{name}] is there already: {plain(known[name].url)}")
        return 1
    told = {
        "url": args.url,
        "cron": args.cron or spread(name),
        "timezone": args.timezone,
        "backfill": args.backfill,
        "styles": args.style,
    }
    knobs = {knob: value for knob, value in told.items() if value is not None}
    channels.may_be_added(name, knobs, known, house.styles(config))
    write(config, lambda text: channel_file.added(text, name, knobs))
    print(f"[channel.{name}] {plain(args.url)}: {told['cron']} ({args.timezone or 'UTC'})")
    say(f"What it would take: mytake channel check {name}")
    return 0


def refuse_what_is_no_list(url: str) -> None:
    """Raises NotAdded for what looks right and is none: a handle, and the address of one video."""
    from pipeline import sources
    from pipeline.errors import NotAdded

    if url.startswith("@"):
        fix = f"Did you mean https://www.youtube.com/{url} ?"
        raise NotAdded(url, "That is no address: it starts with https://.", fix)
    if not url.lower().startswith(("http://", "https://")):
        return  # what else is wrong with it is told with the rest
    one = sources.key_of(url).startswith("youtube-")
    if not one and not sources.MEDIA.search(urlsplit(url).path):
        return
    fix = f'Give a channel, playlist or feed. An article of one recording: mytake run "{url}"'
    if one and (playlist := parse_qs(urlsplit(url).query).get("list")):
        fix = f'Did you mean "https://www.youtube.com/playlist?list={playlist[0]}"?'
    raise NotAdded(url, "That is one recording, and no list of them.", fix)


def named_after(url: str, taken: set[str]) -> str:
    """A short name made from the address, which nothing else has.

    >>> named_after("https://www.youtube.com/@WorkingOrder/videos", set())
    'workingorder'
    >>> named_after("https://feeds.example.org/the-mill.xml", {"the-mill"})
    'the-mill-2'
    """
    handle = re.search(r"/(?:@|c/|user/|channel/)([^/?#]+)", url)
    path = re.sub(r"^\w+://[^/]*/?|[?#].*|\.\w+$", "", url).rstrip("/")
    host = re.sub(r"^\w+://(www\.)?|/.*", "", url)
    told = handle[1] if handle else path.rpartition("/")[2] or host
    if told in ("feed", "rss", "playlist", "podcast"):
        told = (re.search(r"[?&]list=([\w-]+)", url) or ["", host])[1]
    base = re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:36] or "channel"
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    return next(f"{base}{number}" for number in numbers if f"{base}{number}" not in taken)


def spread(name: str) -> str:
    """Once a day in the morning, each channel at another minute: a site counts requests."""
    minute = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 60
    return f"{minute} 6 * * *"


def write(config: Path, change: Callable[[str], str]) -> None:
    """Change config/channels.toml, if what comes of it can be used."""
    from flows import house
    from pipeline import channels, store

    file = house.channels_file(config)
    text = file.read_text(encoding="utf-8") if file.exists() else NEW
    changed = change(text)
    channels.check(tomllib.loads(changed), changed, file, house.styles(config))
    with store.refusals_are_told(file):
        store.write_whole(file, changed.encode())


def list_channels(args: argparse.Namespace, config: Path) -> int:
    """`mytake channel list`: each with its next time and what is known of it."""
    from flows import house
    from pipeline.history import History

    opened = house.opened(config, args.out)
    history, now = History(opened.output), datetime.now(UTC)
    for name, channel in opened.channels.items():
        register, rest = history.register(name), history.rest(name)
        print(plain(f"{name}  {channel.url}"))
        if channel.paused:
            print(f"  paused; mytake channel resume {name}")
        else:
            print(f"  next {channel.next(now):%Y-%m-%d %H:%M %Z} ({channel.cron})")
        if rest:
            print(plain(f"  rests until {rest.until:%Y-%m-%d %H:%M} UTC: {rest.why}"))
        if register.trouble:
            print(plain(f"  last look failed: {register.trouble}"))
        if register.looked:
            seen = f"{len(register.seen)} seen, {len(register.waiting)} waiting"
            print(f"  looked at {register.looked:%Y-%m-%d %H:%M} UTC: {seen}")
    if not opened.channels:
        say("No channel is watched. Add one: mytake channel add URL")
    return 0


def check_channels(args: argparse.Namespace, config: Path) -> int:
    """`mytake channel check`: what the next look would take, and why not each of the others."""
    from flows import house, watch
    from flows.screen import tell
    from pipeline.errors import InterviewError

    opened = house.opened(config, args.out)
    names = [args.name] if args.name else list(opened.channels)
    failed = 0
    for name in names:
        channel = opened.channel(name)
        print(plain(f"{name}  {channel.url}{'  (paused)' if channel.paused else ''}"))
        try:
            seen = watch.look(name, opened, keep=False)
        except InterviewError as error:
            failed += 1
            tell(error)
            continue
        if seen.rest:
            until = f"{seen.rest.until:%Y-%m-%d %H:%M} UTC"
            print(plain(f"  rests until {until}, nothing was asked: {seen.rest.why}"))
        for one in seen.decisions:
            print(plain(f"  {one.verdict:6} {one.listed.title}  {one.listed.source.address}"))
            print(plain(f"         {one.why}"))
        print(f"  {counted(seen)}")
    if not names:
        say("No channel is watched. Add one: mytake channel add URL")
    return 1 if failed else 0


def counted(seen: Any) -> str:
    """How many of each: "2 to take, 1 later, 22 to skip"."""
    words = {
        "take": "to take",
        "later": "later",
        "skip": "to skip",
        "done": "done",
        "failed": "failed",
    }
    verdicts = [one.verdict for one in seen.decisions]
    told = [f"{verdicts.count(one)} {word}" for one, word in words.items() if one in verdicts]
    return ", ".join(told) or "nothing is listed"


def pause_channel(args: argparse.Namespace, config: Path) -> int:
    """`mytake channel pause NAME`."""
    return set_paused(args, config, paused=True)


def resume_channel(args: argparse.Namespace, config: Path) -> int:
    """`mytake channel resume NAME`."""
    return set_paused(args, config, paused=False)


def set_paused(args: argparse.Namespace, config: Path, *, paused: bool) -> int:
    """Write it down; a server that runs reads it within seconds."""
    from flows import house
    from pipeline.engines import channel_file

    house.opened(config, args.out).channel(args.name)
    told = True if paused else None
    write(config, lambda text: channel_file.changed(text, args.name, "paused", told))
    print(f"{args.name} is {'paused' if paused else 'watched'}.")
    return 0


def remove_channel(args: argparse.Namespace, config: Path) -> int:
    """`mytake channel remove NAME`."""
    from flows import house
    from pipeline.engines import channel_file

    house.opened(config, args.out).channel(args.name)
    write(config, lambda text: channel_file.removed(text, args.name))
    print(f"{args.name} is watched no more. Its articles stay.")
    return 0


# --- mytake serve, trigger, status, cancel ---


def serve(args: argparse.Namespace, config: Path) -> int:
    """`mytake serve`: until somebody stops it."""
    from flows import house
    from flows.serve import serve as begin

    return begin(house.opened(config, args.out), args.port)


def trigger(args: argparse.Namespace, config: Path) -> int:
    """`mytake trigger URL…`: send videos to the mytake that serves."""
    from flows import house
    from flows.api import NOW, once
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
    from flows.api import GOING

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
    from flows.api import GOING, WAITING
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
