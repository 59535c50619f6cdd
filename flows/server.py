"""The Prefect server: where it is, whether it answers, and starting one. Prefect is not imported.

One that mytake starts has its home in output/.prefect: SQLite, this machine only, no telemetry.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from pipeline.errors import NoServer
from pipeline.store import write_whole

PORT = 4200
DEFAULT = f"http://127.0.0.1:{PORT}/api"
# The first start makes the database, on a busy machine for a minute.
PATIENCE = 120.0
# One that lives and says nothing begins still, or its SQLite holds it up, for a minute at most.
SILENCE = 90.0
QUIET = {
    # This screen shows our own lines; the server keeps them too, and Prefect's.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "pipeline",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
# What the server looks after by itself, less often: on a machine with one worker nothing hangs on
# these, and idle it costs half as much.
CALM = {
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CLEANUP_RECONCILER_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS": "60",
}


def home(output: Path) -> Path:
    """Where the server that belongs to this folder keeps its things."""
    return output / ".prefect"


def address(output: Path | None = None) -> str:
    """Where the server is, or would be: the one that was named, else that of this folder."""
    ours = _written(output).get("url") if output else None
    return os.environ.get("PREFECT_API_URL") or ours or DEFAULT


def answers(seconds: float = 1.0, url: str | None = None) -> bool:
    """Does it answer within so many seconds?"""
    try:
        with urllib.request.urlopen(f"{url or address()}/health", timeout=seconds) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False


def prefer(url: str | None = None) -> None:
    """Make the Prefect that is imported next use that server, quietly; call before the import."""
    for name, value in {"PREFECT_API_URL": url or address(), **QUIET}.items():
        os.environ.setdefault(name, value)


def environment(output: Path, url: str) -> dict[str, str]:
    """What the server and those who work for it are told."""
    return {**os.environ, **QUIET, "PREFECT_HOME": str(home(output)), "PREFECT_API_URL": url}


class Server:
    """The server of one output folder: found, or started and then also ended."""

    def __init__(self, output: Path, port: int | None = None) -> None:
        self.output = output
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.url = address(output)
        if port and not _written(output) and "PREFECT_API_URL" not in os.environ:
            self.url = f"http://127.0.0.1:{port}/api"  # not that of another folder, at 4200
        self.ours = False

    def begin(self) -> None:
        """Find it, or start it. Raises NoServer."""
        self.ours = bool(_written(self.output))  # one that outlived a mytake that was killed
        if answers(5, self.url) or self._speaks_again():
            return
        if "PREFECT_API_URL" in os.environ:
            why = "PREFECT_API_URL names it, and it does not answer."
            raise NoServer(self.url, why)
        self._start()

    def keep(self) -> bool:
        """Start it anew where it is ours and has died. True: it had."""
        if not self.ours or self._lives():
            return False
        self._start()
        return True

    def _lives(self) -> bool:
        """Is its process there? A second one would fight it for the port and the database."""
        if self._process:
            return self._process.poll() is None
        return _is_server(self._number())

    def _number(self) -> int:
        """Of its process; 0: not known."""
        return self._process.pid if self._process else int(_written(self.output).get("pid", 0))

    def _speaks_again(self) -> bool:
        until = time.monotonic() + SILENCE
        while self.ours and self._lives() and time.monotonic() < until:
            if answers(5, self.url):
                return True
            time.sleep(0.2)
        return False

    def end(self) -> None:
        """End it, where it is ours."""
        number = self._number()
        if not self.ours or not _is_server(number):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGTERM)
            for _ in range(100):
                if self._process and self._process.poll() is not None:
                    break
                time.sleep(0.1)
                os.kill(number, 0)
            else:
                os.kill(number, signal.SIGKILL)
        _file(self.output).unlink(missing_ok=True)

    def _start(self) -> None:
        if self.ours and self._lives():  # it has been silent for too long
            os.kill(self._number(), signal.SIGKILL)
        self.ours = True
        port = self._port or (PORT if _free(PORT) else _any_port())
        self._port = port  # where it starts anew it is found in the same place
        self.url = f"http://127.0.0.1:{port}/api"
        folder = home(self.output)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-m", "uvicorn", "--factory", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--log-level", "error", "--lifespan", "on"]
        with (folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*command, "prefect.server.api.server:create_app"],
                env={**CALM, **environment(self.output, self.url)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end it when all is put away
            )
        told = {"url": self.url, "pid": self._process.pid}
        write_whole(_file(self.output), json.dumps(told).encode())
        self._wait(folder / "server.log")

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if answers(2, self.url):
                return
            if self._process and self._process.poll() is not None:
                said = log.read_text(errors="replace").strip().splitlines()
                raise NoServer(self.url, f"It ended: {said[-1] if said else 'no reason given'}")
            time.sleep(0.2)
        raise NoServer(self.url, f"It did not answer in {PATIENCE:.0f} s; see {log}.")


def _file(output: Path) -> Path:
    return home(output) / "server.json"


def _written(output: Path) -> dict[str, str]:
    """Where the server of this folder was, when mytake last started it."""
    try:
        told = json.loads(_file(output).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_server(number: int) -> bool:
    """Is that process the server still? A number is given anew after a reboot."""
    if not number:
        return False
    if Path("/proc/self/cmdline").exists():  # Linux; a small one has no ps
        with contextlib.suppress(OSError):
            return b"prefect.server" in Path(f"/proc/{number}/cmdline").read_bytes()
        return False
    shown = subprocess.run(  # noqa: S603
        ["ps", "-o", "command=", "-p", str(number)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return "prefect.server" in shown.stdout


def _free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port
