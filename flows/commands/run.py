"""The command `run`: an article from each URL or file."""

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.command_line import FROM, Commands, placed, stage
from flows.screen import plain, say, tell
from pipeline.errors import ConfigError, InterviewError

if TYPE_CHECKING:
    from pipeline.config import Config, Style
    from pipeline.model import Published, Source


def add_to(commands: Commands) -> None:
    """Add it to the command line."""
    add = commands.add_parser("run", help="write an article from each URL or file")
    add.add_argument("what", nargs="+", metavar="URL_OR_FILE")
    add.add_argument("--engine", help="transcribe engine: faster-whisper, openai-whisper, captions")
    add.add_argument("--model", help="Whisper model, such as base or small, or its folder")
    add.add_argument("--writer", help="who writes: extract, or llm: a language model")
    add.add_argument("--max-cost", type=float, metavar="USD", help="what llm may cost, an article")
    add.add_argument(
        "--style",
        action="append",
        metavar="NAME",
        help="also write article-NAME.md, shaped by config/styles/NAME.toml; may stand many times",
    )
    add.add_argument("--questions", type=int, help="how many questions the article has")
    add.add_argument(
        "--speakers",
        type=speakers,
        action="append",
        metavar="N|S1=NAME,…",
        help="how many people speak, or who is who: S1=NAME, S1=guest, S1=guest:NAME, host=NAME",
    )
    add.add_argument("--info", type=Path, metavar="FILE", help="the file's yt-dlp .info.json")
    add.add_argument("--force", action="store_true", help="do all of it again")
    add.add_argument("--from", dest="again_from", metavar="STAGE", type=stage, help=FROM)
    add.set_defaults(work=run)
    placed(add)


# A comma inside a name: Sammy Davis, Jr.
BETWEEN = re.compile(r",(?!\s*(?:[JS]r|I{2,3}|IV|Ph\.?D|M\.?D|Esq)\b)")


def speakers(text: str) -> dict[str | None, Any]:
    """What --speakers says: how many people speak (under None), and who is who.

    >>> speakers("2, S1=Ada Lovelace, s2 = guest")
    {None: 2, 'S1': 'Ada Lovelace', 'S2': 'guest'}
    """
    told: dict[str | None, Any] = {}
    for part in BETWEEN.split(text):
        try:
            whose, who = speaker(part.strip())
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        if whose in told:
            raise argparse.ArgumentTypeError(f"{whose or 'the number of people'} stands twice")
        told[whose] = who
    return told


def speaker(part: str) -> tuple[str | None, Any]:
    """The count, under None, or a voice and who it is. Raises ValueError: how to write it."""
    from pipeline.config import who_is_who

    if re.fullmatch(r"-?[\d.]+", part):
        if not part.isdecimal() or not 1 <= int(part) <= 20:
            raise ValueError(f"{part} is no number of people: take a whole one from 1 to 20")
        return None, int(part)
    whose, sign, who = part.partition("=")
    if not sign:
        raise ValueError(
            f"'{part}' is neither a number of people nor says who is who: "
            'write --speakers 2, or --speakers "S1=Ada Lovelace, S2=guest"'
        )
    return who_is_who(whose, who)


def run(args: argparse.Namespace, file: Path) -> int:
    """`mytake run`: one article each; one failure never stops the others."""
    from flows import leaving

    with leaving.in_order():
        return write_all(args, file)


def write_all(args: argparse.Namespace, file: Path) -> int:
    """What all the arguments of `mytake run` point at, one after the other."""
    from flows import kept, writing
    from pipeline.history import History

    config, style, output = settings(args, file)
    asked = other_styles(args, config, file)
    write = recorder() or writing.written
    written, failures = 0, list[InterviewError]()
    for source in found(args, config, output, failures):
        say(f"\n{source.title or source.address}")
        try:
            before = last_written(output, source.key)
            others = kept.styles_written(file, config, output, source.key) | asked
            published = write(
                source,
                config,
                style,
                output,
                others,
                asked=people(args),
                again_from=args.again_from or ("download" if args.force else None),
            )
        except InterviewError as error:
            failures.append(error)
            tell(error)
            continue
        written += 1
        History(output).forgive(source.key)
        same = before == last_written(output, source.key)
        say(f"{published.status.replace('_', ' ')}{', nothing to do' if same else ''}:")
        for name in dict.fromkeys(args.style or [config.compose.style]):
            tell_written(published.folder / article_file(name, config))
    if failures and written + len(failures) > 1:
        say(f"\n{written} written, {len(failures)} failed:")
        for failure in failures:
            say(plain(f"  {failure.parts[0]} {failure.parts[1]}"))
    return 1 if failures else 0


def last_written(output: Path, key: str) -> int | None:
    """When its article was last written, to tell a run that had nothing to do."""
    mark = output / ".work" / key / "publish.json"
    return mark.stat().st_mtime_ns if mark.exists() else None


def tell_written(file: Path) -> None:
    """The path of what is ready: of an article that a person edited, the new version's."""
    from pipeline import publish

    newest = publish.newest(file)
    print(newest, flush=True)
    if newest != file:
        say(f"  That is the new version: {file.name} was edited, and stays as it is.")
    if publish.edited(file):
        say(f"  {file.name} was edited by hand. Does every sentence of it still hold?")
        say(f'    mytake verify "{file}"')


def settings(args: argparse.Namespace, file: Path) -> "tuple[Config, Style, Path]":
    """Config, style and output folder, all checked before the first download."""
    from flows import house
    from pipeline import config as knobs

    counts = [told[None] for told in args.speakers or () if None in told]
    asked = {
        "transcribe": {"engine": args.engine, "model": args.model},
        "diarize": {"speakers": counts[-1] if counts else None},
        "identify": {"names": people(args) or None},
        "compose": {"writer": args.writer, "questions": args.questions},
        "llm": {"max_cost": args.max_cost},
    }
    changes = {
        section: {knob: value for knob, value in given.items() if value is not None}
        for section, given in asked.items()
    }
    config = knobs.load(file, changes)
    house.ready(config)
    house.named(config.transcribe)
    style = knobs.load_style(file.parent / "styles", config.compose.style)
    return config, style, (args.out or Path(config.output)).resolve()


def people(args: argparse.Namespace) -> dict[str, str]:
    """Who is who, as the command line says."""
    told = (pair for given in args.speakers or () for pair in given.items())
    return {whose: who for whose, who in told if whose is not None}


def other_styles(args: argparse.Namespace, config: "Config", file: Path) -> "dict[str, Style]":
    """The styles that were asked for beside the main one, which is the configuration's."""
    from pipeline import config as knobs

    folder = file.parent / "styles"
    names = sorted(set(args.style or ()) - {config.compose.style})
    return {name: knobs.load_style(folder, name) for name in names}


def article_file(style: str, config: "Config") -> str:
    """What the article in that style is called."""
    return "article.md" if style == config.compose.style else f"article-{style}.md"


def found(
    args: argparse.Namespace, config: "Config", output: Path, failures: list[InterviewError]
) -> "Iterator[Source]":
    """Every recording that the arguments point at; what cannot be found goes to `failures`."""
    from pipeline.sources import sources

    for address in args.what:
        try:
            yield from sources(
                address, config.sources, config.download, args.info, finished(output)
            )
        except InterviewError as error:
            if args.info and isinstance(error, ConfigError):  # it is of no use with any of them
                raise
            failures.append(error)
            tell(error)


def finished(output: Path) -> Callable[[str], bool]:
    """Is the recording with that key on this disk already? Then no site needs to be asked."""
    return lambda key: (output / ".work" / key / "download.json").is_file()


def recorder() -> "Callable[..., Published] | None":
    """The Prefect flow, where a server is running that would record it; else None."""
    from flows import server

    if not server.answers():
        return None
    server.prefer()
    from flows.article import article

    say(f"Recorded by the Prefect server at {server.address()}")
    return article
