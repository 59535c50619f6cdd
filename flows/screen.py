"""What people see of a run: results go to stdout, all else here, to stderr."""

import logging
import sys

from pipeline.errors import InterviewError

# Who has something to say of each step.
TOLD = (
    "pipeline.store",
    "pipeline.engines.language_models.model_writer",
    "pipeline.engines.slots",
    "pipeline.watch",
)


def tell_steps() -> None:
    """Let them say it, to this screen or to Prefect: that gives loggers a handler and no level."""
    for name in TOLD:
        logging.getLogger(name).setLevel(logging.INFO)


def with_messages() -> None:
    """Show on stderr what our own modules log; other libraries' logs are not for this screen."""
    screen = logging.StreamHandler()
    screen.setFormatter(logging.Formatter("  %(message)s"))
    messages = logging.getLogger("pipeline")
    messages.handlers = [screen]
    messages.setLevel(logging.WARNING)
    tell_steps()


def plain(text: str) -> str:
    """Text from outside as one line that cannot move a terminal's cursor."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


def say(text: str) -> None:
    """To the person, not to the pipe."""
    print(text, file=sys.stderr, flush=True)


def tell(error: InterviewError) -> int:
    """One failure: what, why, what to do."""
    what, why, fix = (plain(part) for part in error.parts)
    say(f"mytake: {what}")
    for part in (why, fix):
        if part:
            say(f"  {part}")
    return 1
