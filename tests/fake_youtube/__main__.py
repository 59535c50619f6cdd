"""By hand: `run -- mytake's arguments` against the fake site, or `serve --port N` as a proxy.

`run -- serve …` works too: its desks are then of this module, and ask the same fake site.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.fake_youtube.catalog import sample
from tests.fake_youtube.server import FakeYouTube, certificate


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_youtube", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run").add_argument("mytake", nargs=argparse.REMAINDER)
    commands.add_parser("serve").add_argument("--port", type=int, default=8899)
    desk = commands.add_parser("desk", help="flows.desk, with YouTube's hosts sent to URL")
    desk.add_argument("url")
    desk.add_argument("rest", nargs="*")
    args = parser.parse_args(argv)
    if args.command == "desk":
        return at_desk(args.url, args.rest)
    return serve(args.port) if args.command == "serve" else run(args.mytake)


def serve(port: int) -> int:
    site = FakeYouTube(port=port)
    site.add(sample())
    print(f"fake YouTube on {site.url}, its certificate: {certificate()[0]}", flush=True)
    site.httpd.serve_forever()
    return 0


def run(arguments: list[str]) -> int:
    """`mytake` in this process: it needs no knob that would make it trust any certificate."""
    from flows import serve as serving
    from flows.cli import main as mytake
    from tests.fake_youtube import rewrite

    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    with FakeYouTube() as site:
        site.add(sample())
        rewrite.install(site.url)
        serving.DESK = desk_for(site.url)
        code = mytake(arguments)
        print(f"{site.requests} requests: {dict(site.hits)}", file=sys.stderr)
    return code


def desk_for(url: str) -> tuple[str, ...]:
    """The command of a desk that asks the fake site at this address."""
    return (sys.executable, "-m", "tests.fake_youtube", "desk", url)


def at_desk(url: str, rest: list[str]) -> int:
    from flows import desk
    from tests.fake_youtube import rewrite

    rewrite.install(url)
    desk.main(*rest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
