"""The commands about what was written: `show`, `verify`, `export`, `review`."""

import argparse
import contextlib
import json
import os
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.command_line import Commands, configured
from flows.screen import plain, say
from pipeline.errors import BrokenFolder, InterviewError


def add_to(commands: Commands) -> None:
    """Add them to the command line."""
    add = commands.add_parser("show", help="what is known of a video: people, topics, receipt")
    add.add_argument("video", help="its folder in output/, its id, URL or file")
    add.add_argument("--out", type=Path, default=Path("output"), metavar="DIR")
    add.set_defaults(command=show)
    check = commands.add_parser("verify", help="check an article again that you have edited")
    check.add_argument(
        "what", nargs="+", metavar="FILE_OR_VIDEO", help="article.md, or as for show"
    )
    check.add_argument("--write", action="store_true", help="renew its receipt.json")
    check.add_argument("--out", type=Path, default=Path("output"), metavar="DIR")
    check.set_defaults(work=verify)
    carry = commands.add_parser("export", help="an article as it lies there, for somewhere else")
    carry.add_argument("video", help="its folder in output/, its id, URL or file")
    carry.add_argument("--to", required=True, choices=("docx", "ghost", "html", "hugo"))
    carry.add_argument(
        "--style", metavar="NAME", help="which of its articles (default: the main one)"
    )
    carry.add_argument(
        "--out",
        default=".",
        metavar="PATH",
        help="a file, or the folder to put it in: FOLDER/ where it is not there yet",
    )
    carry.set_defaults(work=export)
    look = commands.add_parser("review", help="a web page: hear the drafts, mend and approve them")
    look.add_argument("--port", type=int, metavar="N", help="default: review.port, 8321")
    look.add_argument(
        "--host", default="127.0.0.1", help="where to listen; other machines need a password"
    )
    look.add_argument(
        "--name", action="append", metavar="HOST", help="another name that this page goes by"
    )
    look.add_argument("--set-password", action="store_true", help="ask for one, keep its hash")
    look.add_argument("--no-browser", action="store_true", help="do not open the page")
    look.add_argument(
        "--out", type=Path, metavar="DIR", help="where articles are (default: output)"
    )
    look.set_defaults(work=review)
    for one in (check, carry, look):
        configured(one)


def show(args: argparse.Namespace) -> int:
    """`mytake show`: people with the evidence, topics, and what could not be proven."""
    folder = published_folder(args.video, args.out)
    if folder is None:
        return show_what_was_heard(args.video, args.out)
    try:
        for line in shown(folder):
            print(line)
    except (FileNotFoundError, ValueError, TypeError, KeyError) as error:
        raise BrokenFolder(folder, f"{type(error).__name__}: {error}") from error
    return 0


def verify(args: argparse.Namespace, file: Path) -> int:
    """`mytake verify`: what an edited article says that cannot be proven."""
    from pipeline import config as knobs
    from pipeline.engines import keys
    from review.recheck import articles, recheck

    config = knobs.load(file)
    keys.give(os.environ)
    bad = 0
    for what in args.what:
        given = Path(what)
        place = given if given.suffix == ".md" else published_folder(what, args.out)
        files = articles(place) if place else []
        if not files:
            bad += 1
            say(plain(f"mytake: there is no article of {what}. Give its article.md or its folder."))
        for article in files:
            found = recheck(article, config, file.parent / "styles")
            if args.write:
                found.write()
            print(f"{article}: {found.receipt.status.replace('_', ' ')}")
            for line in found.lines():
                print(plain(f"  {line}"))
            for note in found.receipt.notes:
                print(plain(f"  note: {note}"))
            bad += found.receipt.status != "ready"
    return 1 if bad else 0


def show_what_was_heard(video: str, output: Path) -> int:
    """Of a recording that gave no article: who spoke, and all that was said."""
    from flows import heard

    found = list(heard.lines(video, output))
    for line in found:
        print(line)
    return 0 if found else tell_what_there_is(video, output)


def tell_what_there_is(video: str, output: Path) -> int:
    """Say that a video was not found, and which would be."""
    known = sorted(output.glob("*/data/video.json"))
    say(
        plain(f"mytake: {output} has no article of {video}{'. It has:' if known else ', nor any.'}")
    )
    for one in known:
        say(f"  {one.parent.parent.name}")
    return 1


def export(args: argparse.Namespace, file: Path) -> int:
    """`mytake export`: an article, with a person's changes, for another program."""
    from pipeline import config as knobs
    from pipeline.export import export as exported

    output = Path(knobs.load(file).output)
    folder = published_folder(args.video, output)
    if folder is None:
        return tell_what_there_is(args.video, output)
    into = args.out.endswith(("/", os.sep))  # as a Path it has lost that
    print(exported(folder, args.to, args.style, Path(args.out), into=into))
    return 0


def published_folder(video: str, output: Path) -> Path | None:
    """The folder of a video, named by its folder, its id, or the address it came from."""
    given = Path(video)
    with contextlib.suppress(OSError):  # too long for a path
        place = given.parent if given.is_file() else given  # article.md stands for its folder
        if (place / "data" / "video.json").is_file():
            return place
    for data in sorted(output.glob("*/data/video.json")):
        try:
            facts = json.loads(data.read_bytes())
            names = (data.parent.parent.name, facts["id"], facts["url"])
        except (OSError, ValueError, TypeError, KeyError):  # not one of ours, or broken
            continue
        if video in names:
            return data.parent.parent
    return written_from(video, output)


def written_from(address: str, output: Path) -> Path | None:
    """Where the article of this file or URL was put, as its working folder remembers."""
    from pipeline.model import Published
    from pipeline.sources import key_of
    from pipeline.store import Work

    try:
        published = Work(output / ".work" / key_of(address)).result("publish", Published)
    except InterviewError:  # no such file
        return None
    there = published and (published.folder / "data" / "video.json").is_file()
    return published.folder if published and there else None


def shown(folder: Path) -> Iterator[str]:
    """What `mytake show` prints of one folder, line by line."""

    def data(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    video, receipt = data("data/video.json"), data("receipt.json")
    yield plain(f"{video['title']}  ({video['channel'] or 'unknown channel'})")
    yield plain(f"  {video['url'] or 'local file'}  {video['published'] or 'no date'}")
    yield "people"
    for speaker in data("data/speakers.json"):
        name = speaker["name"] or "name not known"
        sure = f" ({speaker['confidence']:.0%} sure)" if speaker.get("confidence") else ""
        seconds = f"{speaker['seconds']:.0f} s"
        yield plain(f"  {speaker['id']}  {speaker['role']}: {name}{sure}, {seconds}")
        yield from (plain(f"        {reason}") for reason in speaker["evidence"])
    yield "topics"
    for topic in data("data/topics.json"):
        yield plain(f"  {topic['start']:7.0f} s  {topic['title']}")
        for part in topic.get("parts", ()):
            yield plain(f"  {part['start']:7.0f} s    {part['title']}")
    if receipt.get("corrected"):
        yield f"words spelled anew: {receipt['corrected']}, see the end of transcript.md"
    yield f"receipt: {receipt['status'].replace('_', ' ')}"
    yield from (plain(f"  note: {note}") for note in receipt.get("notes", ()))
    for check in receipt["checks"]:
        yield f"  {'✓' if check['passed'] else '✗'} {check['name']}"
        yield from (plain(f"        {found}") for found in check["found"])
    yield f"read it: {folder / 'article.md'}"


def review(args: argparse.Namespace, file: Path) -> int:
    """`mytake review`: a page on this machine, until Ctrl-C."""
    from flows import review as page
    from flows import reviewing
    from pipeline import config as knobs

    config = knobs.load(file)
    output = (args.out or Path(config.output)).resolve()
    if args.set_password:
        return page.ask_password(output)
    names = tuple(args.name or ())
    there = reviewing.address(output)
    if there and args.port is None and args.host == reviewing.HOST and not names:
        print(there)
        say("  mytake serve has it open already.")
        if not args.no_browser:
            webbrowser.open(there)
        return 0
    port = config.review.port if args.port is None else args.port
    return page.serve(output, config, file, args.host, port, names, not args.no_browser)
