"""The commands that look after things: `clean`, `stats`, `notify`, `deploy` and `doctor`."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from flows.command_line import Commands, configured, placed
from flows.screen import plain, say


def add_to(commands: Commands) -> None:
    """Add them to the command line."""
    add = commands.add_parser("clean", help="delete sound that is no longer needed; articles stay")
    add.add_argument("--dry-run", action="store_true", help="only say what would go")
    add.add_argument(
        "--older-than",
        type=age,
        metavar="30d",
        help="not worked on for so long: 12h, 30d, 2w (default: as [clean] says)",
    )
    add.add_argument(
        "--listening-copies",
        action="store_true",
        help="the copies for listening while reviewing too",
    )
    add.set_defaults(work=clean)
    show = commands.add_parser("stats", help="what was made, week by week, and what it cost")
    show.add_argument("--weeks", type=int, default=12, metavar="N", help="how many (default: 12)")
    show.add_argument("--svg", type=Path, metavar="FILE", help="also draw it there")
    show.set_defaults(work=stats)
    tell = commands.add_parser("notify", help="try an address: send a message to it")
    tell.add_argument("urls", nargs="+", metavar="URL", help="apprise's, as in channels.toml")
    tell.set_defaults(work=notify)
    give = commands.add_parser("deploy", help="tell a Prefect server what its workers may run")
    give.set_defaults(work=deploy)
    for one in (add, show, tell, give):
        placed(one)
    one = commands.add_parser("doctor", help="is everything there that a run needs?")
    one.add_argument("--out", type=Path, default=Path("output"), metavar="DIR")
    one.set_defaults(work=doctor)
    configured(one)


def age(text: str) -> float:
    """What --older-than says, in seconds."""
    from flows.clean import seconds

    try:
        return seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def clean(args: argparse.Namespace, file: Path) -> int:
    """`mytake clean`: what goes, and how much that frees, a line a recording."""
    from flows.clean import sweep
    from pipeline import config
    from pipeline.engines.room import size

    knobs = config.load(file)
    output = args.out or Path(knobs.output)
    told = {"older_than": args.older_than, "listening": args.listening_copies}
    freed, folders = 0, 0
    for found in sweep(output, knobs.clean, **told, dry_run=args.dry_run):
        if found.busy:
            say(plain(f"{found.key}: a run is at it, so it stays  ({found.title})"))
            continue
        freed, folders = freed + found.freed, folders + 1
        print(plain(f"{size(found.freed):>8}  {found.days:4.0f} days  {found.key}  {found.title}"))
    if not folders:
        say(f"Nothing in {output} is old enough to go; see [clean] in {file}, or --older-than.")
    elif args.dry_run:
        say(f"{size(freed)} of {folders} recordings would go: run it without --dry-run.")
    else:
        say(f"{size(freed)} of {folders} recordings freed. Their articles stay.")
    return 0


def stats(args: argparse.Namespace, file: Path) -> int:
    """`mytake stats`: minutes heard, articles, failures and cost; with --svg a picture of them."""
    from flows.stats import table, weeks
    from pipeline import config, store
    from pipeline.engines.pages.weeks import draw

    output = args.out or Path(config.load(file).output)
    found = weeks(output, max(1, args.weeks), datetime.now(UTC).date())
    if not found:
        say(f"Nothing was made in {output} yet: mytake run URL")
        return 1
    for line in table(found):
        print(line)
    if args.svg:
        with store.refusals_are_told(args.svg):
            store.write_whole(args.svg, draw(found).encode())
        say(f"Drawn: {args.svg}")
    return 0


def notify(args: argparse.Namespace, _file: Path) -> int:
    """`mytake notify URL`: does a message arrive?"""
    from pipeline.engines import notices

    for url in args.urls:
        notices.check(url)
    event = notices.Event("mytake can reach you", ("New drafts and failures are told here.",))
    troubles = notices.notify(event, args.urls, os.environ)
    for trouble in troubles:
        say(f"mytake: {trouble}")
    say(f"{len(args.urls) - len(troubles)} of {len(args.urls)} sent.")
    return 1 if troubles else 0


def deploy(args: argparse.Namespace, file: Path) -> int:
    """`mytake deploy`: for workers of your own; `mytake serve` needs none of it."""
    from flows import house, server

    opened = house.opened(file, args.out)
    if not server.answers(5):
        say(f"mytake: no Prefect server answers at {server.address()}.")
        say("  Start one (prefect server start), or name it: export PREFECT_API_URL=…/api")
        return 1
    server.prefer()
    from flows import deploy, takeover
    from flows.api import CHANNEL, POOL, VIDEO

    deploy.deploy(opened)
    takeover.register()
    print(f"{server.address()}: {VIDEO}, {CHANNEL}, {len(opened.channels)} channels")
    say(f"Its workers: prefect worker start --pool {POOL} --type process --limit 2")
    return 0


def doctor(args: argparse.Namespace, file: Path) -> int:
    """`mytake doctor`: each thing a run needs, with a fix where it is missing."""
    from flows.doctor import findings

    bad = 0
    for finding in findings(file, args.out):
        print(f"{'✓' if finding.fine else '✗'} {finding.what}: {finding.seen}")
        if finding.fix and not finding.fine:
            print(f"    {finding.fix}")
        bad += not finding.fine and finding.needed
    return 1 if bad else 0
