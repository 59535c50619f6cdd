"""Ctrl-C: the first ends a run in order, the second at once."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

STOPPED = 130  # what a shell gives for an end by Ctrl-C


@contextmanager
def in_order() -> Iterator[None]:
    """The first Ctrl-C is answered at once, and raises KeyboardInterrupt as ever.

    The second leaves with no more ado: Python's own way out takes the ground from under Whisper's
    threads while they still listen, and crashes. Locks are the system's, files are written whole.
    """
    pressed: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if pressed:
            at_once()
        pressed.append(number)
        tell("Stopping when what is at work has ended; Ctrl-C again stops at once. Work is kept.")
        raise KeyboardInterrupt

    # Who started us may not want Ctrl-C heard (nohup, a shell's &), and only this thread may ask.
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def at_once() -> NoReturn:
    """Out, with what was printed."""
    with contextlib.suppress(RuntimeError, OSError):  # it was just being printed
        sys.stdout.flush()
    tell("Stopped.")
    with contextlib.suppress(Exception):  # out, whatever a server says
        _tell_prefect()
    os._exit(STOPPED)


def _tell_prefect() -> None:
    """Else its page would show a run for ever that nobody is at."""
    if "prefect" not in sys.modules:
        return
    from prefect.runtime import flow_run

    from flows import server
    from flows.api import Api

    if number := flow_run.get_id():
        api = Api(server.address(), timeout=2)
        api.set_state(number, "CANCELLED", "Stopped with a second Ctrl-C.", force=True)


def tell(text: str) -> None:
    """To the screen, past what may just be printing there: a signal comes between any two lines."""
    with contextlib.suppress(OSError):
        os.write(2, f"\n{text}\n".encode())
