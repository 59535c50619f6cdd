"""The command `mytake`: results on stdout, the rest on stderr.

Exit code 0: all done, 1: something failed, 2: the command line or the configuration makes no sense.
Nothing heavy is imported before a command needs it: `mytake --help` answers at once.
"""

import argparse
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import commands, drafts, upkeep
from flows.command_line import MISUSE, PROJECT, Parser, Version
from flows.screen import plain, say, tell, tell_steps
from pipeline.errors import (
    ConfigError,
    InterviewError,
    MissingKey,
    NotAdded,
    UnknownEngine,
    UnknownModel,
)

if TYPE_CHECKING:
    from pipeline.config import Config, Style
    from pipeline.model import Published, Source

# Told before anything runs.
NONSENSE = (ConfigError, MissingKey, NotAdded, UnknownEngine, UnknownModel)
EXAMPLES = """\
examples:
  mytake run "https://www.youtube.com/watch?v=bc6uFV9CJGg"
  mytake run interview.mp3 --questions 7 --out drafts
  mytake run talk.vtt --info talk.info.json
  mytake run interview.mp3 --speakers "S1=Ada Lovelace, S2=guest: Grace Hopper"
  mytake run interview.mp3 --writer llm --max-cost 0.20
  mytake show output/2024-04-18-mark-zuckerberg-llama-3-bc6uFV9CJGg
  mytake channel add https://www.youtube.com/@somechannel
  mytake verify output/2024-04-18-mark-zuckerberg-llama-3-bc6uFV9CJGg/article.md
  mytake export bc6uFV9CJGg --to docx
  mytake voices
  mytake clean --dry-run
  mytake stats --svg weeks.svg
  mytake notify 'tgram://${TELEGRAM_TOKEN}/${TELEGRAM_CHAT}'
  mytake review
  mytake doctor
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = parser().parse_args(argv)
    with_messages()
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        code = command(args)
        sys.stdout.flush()
        return code
    except InterviewError as error:
        tell(error)
        return MISUSE if isinstance(error, NONSENSE) else 1
    except KeyboardInterrupt:
        say("Stopped. Finished steps are kept: the same command goes on from there.")
        return 130
    except BrokenPipeError:  # `mytake show … | head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # what a shell gives for this: of `mytake run A B | head -1`, B is not written


def with_messages() -> None:
    """Show on stderr what our own modules log; other libraries' logs are not for this screen."""
    screen = logging.StreamHandler()
    screen.setFormatter(logging.Formatter("  %(message)s"))
    messages = logging.getLogger("pipeline")
    messages.handlers = [screen]
    messages.setLevel(logging.WARNING)
    tell_steps()


def parser() -> argparse.ArgumentParser:
    """The command line, whole."""
    top = Parser(
        prog="mytake",
        description="Interviews in, articles out: with a receipt for every sentence.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=Version, nargs=0, help="print it")
    words = top.commands("command", "commands")
    add = words.add_parser("run", help="write an article from each URL or file")
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
    add.add_argument(
        "--from", dest="again_from", metavar="STAGE", type=commands.stage, help=commands.FROM
    )
    add.add_argument("--out", type=Path, metavar="DIR", help="where articles go (default: output)")
    add.add_argument("--config", type=Path, metavar="FILE", help="default: config/mytake.toml")
    add.set_defaults(command=run)
    drafts.add_to(words, config_file)
    commands.add_to(words, config_file)
    add = words.add_parser("voices", help="whose voices are remembered, per channel")
    add.add_argument("--out", type=Path, metavar="DIR", help="where articles are (default: output)")
    add.add_argument("--config", type=Path, metavar="FILE")
    add.set_defaults(command=voices)
    add = add.add_subparsers(metavar="[forget CHANNEL]").add_parser(
        "forget", help="delete those of a channel"
    )
    add.add_argument("channel", help="its name, id or URL, or its file")
    add.add_argument("--out", type=Path, metavar="DIR", default=argparse.SUPPRESS)
    add.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS)
    add.set_defaults(command=forget)
    upkeep.add_to(words, config_file)
    add = words.add_parser("doctor", help="is everything there that a run needs?")
    add.add_argument("--out", type=Path, default=Path("output"), metavar="DIR")
    add.add_argument("--config", type=Path, metavar="FILE")
    add.set_defaults(command=doctor)
    return top


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


def run(args: argparse.Namespace) -> int:
    """`mytake run`: one article each; one failure never stops the others."""
    from flows import leaving

    with leaving.in_order():
        return write_all(args)


def write_all(args: argparse.Namespace) -> int:
    """What all the arguments of `mytake run` point at, one after the other."""
    from flows import again
    from pipeline.history import History

    config, style, output = settings(args)
    asked = other_styles(args, config)
    write = recorder() or write_plainly
    written, failures = 0, list[InterviewError]()
    for source in found(args, config, output, failures):
        say(f"\n{source.title or source.address}")
        try:
            others = {**written_styles(args, config, output, source.key), **asked}
            do_again(args, output, source.key)
            before = last_written(output, source.key)
            told = again.as_told(config, output, source, people(args))
            published = write(source, told, style, output, others)
        except InterviewError as error:
            failures.append(error)
            tell(error)
            continue
        written += 1
        History(output).forgive(source.key)
        kept = before == last_written(output, source.key)
        say(f"{published.status.replace('_', ' ')}{', nothing to do' if kept else ''}:")
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


def do_again(args: argparse.Namespace, output: Path, key: str) -> None:
    """What is to be done again, whatever is kept of it."""
    again = args.again_from or ("download" if args.force else None)
    if again:
        from flows.path import forget_from
        from pipeline.store import Work

        with Work(output / ".work" / key) as work:
            forget_from(work, again)


def settings(args: argparse.Namespace) -> "tuple[Config, Style, Path]":
    """Config, style and output folder, all checked before the first download."""
    from flows import house
    from pipeline import config as knobs

    path = config_file(args)
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
    config = knobs.load(path, changes)
    house.ready(config)
    house.named(config.transcribe)
    style = knobs.load_style(path.parent / "styles", config.compose.style)
    return config, style, (args.out or Path(config.output)).resolve()


def people(args: argparse.Namespace) -> dict[str, str]:
    """Who is who, as the command line says."""
    told = (pair for given in args.speakers or () for pair in given.items())
    return {whose: who for whose, who in told if whose is not None}


def other_styles(args: argparse.Namespace, config: "Config") -> "dict[str, Style]":
    """The styles that were asked for beside the main one, which is the configuration's."""
    from pipeline import config as knobs

    folder = config_file(args).parent / "styles"
    names = sorted(set(args.style or ()) - {config.compose.style})
    return {name: knobs.load_style(folder, name) for name in names}


def written_styles(
    args: argparse.Namespace, config: "Config", output: Path, key: str
) -> "dict[str, Style]":
    """Those in which it was written before: they stay, and are redone where their facts changed."""
    return styles_written(config_file(args), config, output, key)


def styles_written(file: Path, config: "Config", output: Path, key: str) -> "dict[str, Style]":
    """The same, by the file of the configuration."""
    from pipeline import config as knobs
    from pipeline.compose import compose
    from pipeline.store import Work

    folder = file.parent / "styles"
    names = Work(output / ".work" / key).variants(compose)
    return {
        name: knobs.load_style(folder, name)
        for name in names
        if name != config.compose.style and (folder / f"{name}.toml").is_file()
    }


def article_file(style: str, config: "Config") -> str:
    """What the article in that style is called."""
    return "article.md" if style == config.compose.style else f"article-{style}.md"


def config_file(args: argparse.Namespace) -> Path:
    """The one that was named, else that of this folder, else that of the project."""
    here = Path("config/mytake.toml")
    return args.config or (here if here.is_file() else PROJECT / here)


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


def write_plainly(
    source: "Source", config: "Config", style: "Style", output: Path, others: "dict[str, Style]"
) -> "Published":
    """One recording with no Prefect at all."""
    from flows import again, limits, path

    with limits.working(source.key, config, output) as work:
        again.keep(work, source, config)
        return path.write(source, config, style, output, work.step, others)


def recorder() -> "Callable[[Source, Config, Style, Path, dict[str, Style]], Published] | None":
    """The Prefect flow, where a server is running that would record it; else None."""
    from flows import server

    if not server.answers():
        return None
    server.prefer()
    from flows.article import article

    say(f"Recorded by the Prefect server at {server.address()}")
    return article


def voices(args: argparse.Namespace) -> int:
    """`mytake voices`: whose voices are remembered, and for which channels that is switched on."""
    from pipeline.engines.voices import voice_memory

    remember, output = remembering(args)
    found = list(voice_memory.memories(output))
    for file, memory in found:
        for line in voice_memory.told(file, memory, remember):
            print(plain(line))
    waiting = [name for name in remember if not any(m and m.is_of(name) for _, m in found)]
    for channel in waiting:
        print(f"{plain(channel)}\n  switched on, nothing is kept yet")
    if not found and not waiting:
        say(f"No voice is kept in {output}: identify.remember in the configuration is empty.")
    return 0


def forget(args: argparse.Namespace) -> int:
    """`mytake voices forget CHANNEL`: delete what is known of its voices, and say what that was."""
    from pipeline.engines.voices import voice_memory

    remember, output = remembering(args)
    known = list(voice_memory.memories(output))
    meant = [
        (file, memory)
        for file, memory in known
        if args.channel in (str(file), file.name, file.stem)
        or (memory and memory.is_of(args.channel))
    ]
    if not meant:
        kept = "Kept are those of:" if known else "None is kept of any channel."
        say(plain(f"mytake: no voice of {args.channel} is kept in {output}. {kept}"))
        for file, memory in known:
            say(plain(f"  {memory.channel if memory else file.name}"))
        return 1
    for file, memory in meant:
        voice_memory.forget(file, output)
        people = ", ".join(memory.people) if memory else "what could not be read"
        print(plain(f"Forgot {people}: {file} is deleted."))
        if memory and any(memory.is_of(channel) for channel in remember):
            say("  It is still switched on: identify.remember lists it, the next run learns anew.")
    return 0


def remembering(args: argparse.Namespace) -> tuple[Sequence[str], Path]:
    """The channels whose voices may be kept, and the folder in which they are."""
    from pipeline import config as knobs

    config = knobs.load(config_file(args))
    return config.identify.remember, args.out or Path(config.output)


def doctor(args: argparse.Namespace) -> int:
    """`mytake doctor`: each thing a run needs, with a fix where it is missing."""
    from flows.doctor import findings

    bad = 0
    for finding in findings(config_file(args), args.out):
        print(f"{'✓' if finding.fine else '✗'} {finding.what}: {finding.seen}")
        if finding.fix and not finding.fine:
            print(f"    {finding.fix}")
        bad += not finding.fine and finding.needed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
