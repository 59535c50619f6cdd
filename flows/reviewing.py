"""The page for reviewing beside `mytake serve`: there while somebody has it open.

Serving holds the door, a listening socket, and nothing else: the first who knocks starts the page
in a process of its own, which takes the door over and ends after a while without anybody.

    python -m flows.reviewing DOOR CONFIG OUTPUT SECONDS

When its stdin ends, whoever holds the door is gone, and so is the page.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from flows.house import House
from flows.screen import say
from flows.server import home
from pipeline.store import write_whole

HOST = "127.0.0.1"  # others come through `mytake review --host`, which asks for a password
AFTER_FAILING = 10.0  # seconds until a page that did not begin is started again
PARTING = 5.0  # seconds that it has to end by itself


@contextmanager
def offered(house: House) -> Iterator[None]:
    """The page can be opened as long as this lasts, unless the configuration says otherwise."""
    if not house.config.review.serve:
        yield
        return
    with _listening(house.config.review.port) as listener:
        url = f"http://localhost:{listener.getsockname()[1]}/"
        told = _file(house.output)
        write_whole(told, json.dumps({"url": url, "pid": os.getpid()}).encode())
        say(f"Review page:    {url}  (hear the drafts, mend them, approve them)")
        door = Door(house, listener)
        try:
            yield
        finally:
            door.close()
            told.unlink(missing_ok=True)


def address(output: Path) -> str | None:
    """Where the page of this folder can be opened; None where nobody serves it."""
    try:
        told = json.loads(_file(output).read_bytes())
        os.kill(int(told["pid"]), 0)
        return str(told["url"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def _file(output: Path) -> Path:
    return home(output) / "review.json"


def _listening(port: int) -> socket.socket:
    """The door; where somebody else has that port, another one."""
    try:
        return socket.create_server((HOST, port))
    except OSError:
        return socket.create_server((HOST, 0))


class Door:
    """Waits for somebody to knock, starts the page, and waits until it has ended."""

    def __init__(self, house: House, listener: socket.socket) -> None:
        self._listener = listener
        door, file, output = listener.fileno(), house.file, house.output
        seconds = house.config.review.idle
        words = [str(word) for word in (door, file, output, seconds)]
        self._command = [sys.executable, "-m", "flows.reviewing", *words]
        self._log = home(output) / "review.log"
        self._closing, self._close = os.pipe()
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the page, where there is one, and what it started."""
        os.close(self._close)
        self._thread.join()
        os.close(self._closing)

    def _wait(self) -> None:
        while True:
            ready, *_ = select.select([self._listener.fileno(), self._closing], [], [])
            if self._closing in ready:
                return
            begun = time.monotonic()
            code = self._serve()
            if code > 0 and time.monotonic() - begun < AFTER_FAILING:
                say(f"The review page did not begin; {self._log} says why.")
                select.select([self._closing], [], [], AFTER_FAILING)

    def _serve(self) -> int:
        """The page, until it ends or is to end."""
        with self._log.open("wb") as log:
            page = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[self._listener.fileno()],
                start_new_session=True,  # Ctrl-C is for us; it is ended with all that it started
            )
        while page.poll() is None:
            if select.select([self._closing], [], [], 0.5)[0]:
                self._end(page)
        assert page.stdin
        page.stdin.close()
        return page.returncode if not select.select([self._closing], [], [], 0)[0] else 0

    @staticmethod
    def _end(page: "subprocess.Popen[bytes]") -> None:
        with contextlib.suppress(ProcessLookupError):
            page.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                page.wait(PARTING)
            os.killpg(page.pid, signal.SIGKILL)
        page.wait()


# --- in the process of the page ---


class Watched:
    """ASGI around the page: knows since when nobody has asked for anything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = 0
        self._last = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1
            self._last = time.monotonic()

    def idle(self) -> float:
        """Seconds for which nobody was there."""
        return 0.0 if self._open > 0 else time.monotonic() - self._last


def main(door: str, file: str, output: str, seconds: str) -> None:
    """Serve until nobody has been there for so many seconds."""
    import uvicorn

    from flows import review
    from pipeline import config as knobs

    threading.Thread(target=_with_whoever_started_it, daemon=True).start()
    page = review.page(Path(output), knobs.load(Path(file)), Path(file), HOST)
    watched = Watched(page)
    # The lifespan would count as somebody who is there.
    server = uvicorn.Server(review.quiet(watched, lifespan="off"))

    def watch() -> None:
        while watched.idle() < float(seconds) or page.state.jobs.busy:
            time.sleep(min(1.0, float(seconds)))
        server.should_exit = True

    threading.Thread(target=watch, daemon=True).start()
    with socket.socket(fileno=int(door)) as listener:
        server.run(sockets=[listener])


def _with_whoever_started_it() -> None:
    os.read(0, 1)  # not sys.stdin, which would hold up the end of this process
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
