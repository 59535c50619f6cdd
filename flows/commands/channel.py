"""The command `channel`: which channels, playlists and feeds are watched, and what of theirs."""

import argparse
import hashlib
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flows.command_line import Commands, placed
from flows.screen import plain, say


def add_to(commands: Commands) -> None:
    """Add it to the command line."""
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
    for one in parts.choices.values():
        placed(one)


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
