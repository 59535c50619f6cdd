"""The command `mytake`: results on stdout, the rest on stderr.

Exit code 0: all done, 1: something failed, 2: the command line or the configuration makes no sense.
Nothing heavy is imported before a command needs it: `mytake --help` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from flows.command_line import MISUSE, Parser, Version
from flows.commands import channel, drafts, run, serving, upkeep, voices
from flows.screen import say, tell, with_messages
from pipeline.errors import (
    ConfigError,
    InterviewError,
    MissingKey,
    NotAdded,
    UnknownEngine,
    UnknownModel,
)

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
    for commands in (run, drafts, channel, serving, voices, upkeep):
        commands.add_to(words)
    return top


if __name__ == "__main__":
    sys.exit(main())
