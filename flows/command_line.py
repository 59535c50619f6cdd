"""argparse, kinder: it lists the commands where one is missing, and names what was meant.

And what several commands ask for.
"""

import argparse
import difflib
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

PROJECT = Path(__file__).resolve().parent.parent
MISUSE = 2  # exit code
CHOICE = re.compile(r"invalid choice: '(?P<given>.*?)' \(choose from (?P<known>.*)\)")


class Parser(argparse.ArgumentParser):
    """One of a command line, or of one of its commands."""

    def commands(self, metavar: str, called: str) -> Any:
        """Commands below this one; without one of them, the list of them is printed."""

        def tell(_: argparse.Namespace) -> int:
            self.print_help(sys.stderr)
            return MISUSE

        self.set_defaults(command=tell)
        return self.add_subparsers(metavar=metavar, title=called)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As ever; what is not known is told by the command itself, which knows what it knows."""
        found, rest = super().parse_known_args(args, namespace)
        unknown = next((word for word in rest if word.startswith("-") and word != "-"), None)
        if unknown:
            option = unknown.partition("=")[0]
            near = difflib.get_close_matches(option, self._option_string_actions, n=1)
            self.error(f"there is no {option}" + (f"; did you mean {near[0]}?" if near else ""))
        return found, rest

    def error(self, message: str) -> NoReturn:
        """Tell it with the usage, and end with 2."""
        if choice := CHOICE.search(message):
            known = re.split(r"[', ]+", choice["known"].strip("'"))
            message = f"there is no '{choice['given']}'{_near(choice['given'], known)}"
        super().error(message)


def _near(given: str, known: Iterable[str]) -> str:
    """Which was meant, or all there are.

    >>> _near("shwo", ["show", "run"]), _near("fly", ["show", "run"])
    ('; did you mean show?', '; there is: show, run')
    """
    known = list(known)
    close = difflib.get_close_matches(given, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there is: {', '.join(known)}"


Commands = Any  # argparse keeps the type of its sub-commands to itself


def placed(one: argparse.ArgumentParser) -> None:
    """Let a command be told where articles go, and which configuration holds."""
    one.add_argument("--out", type=Path, metavar="DIR", help="where articles go (default: output)")
    configured(one)


def configured(one: argparse.ArgumentParser) -> None:
    """Let a command be told which configuration holds: it is called as `work(args, its path)`."""
    one.add_argument("--config", type=Path, metavar="FILE", help="default: config/mytake.toml")
    one.set_defaults(command=lambda args: args.work(args, config_file(args)))


def config_file(args: argparse.Namespace) -> Path:
    """The one that was named, else that of this folder, else that of the project."""
    here = Path("config/mytake.toml")
    return args.config or (here if here.is_file() else PROJECT / here)


FROM = "do this step and all after it again: download, transcribe, compose …"


def stage(name: str) -> str:
    """A step's name. Raises ArgumentTypeError that lists them."""
    from flows.path import STAGES

    if name not in STAGES:
        raise argparse.ArgumentTypeError(f"'{name}' is no step; known: {', '.join(STAGES)}")
    return name


class Version(argparse.Action):
    """--version, looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Print it, and end."""
        import tomllib

        told = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
        print(f"mytake {told['project']['version']}")
        parser.exit()
