"""Ctrl-C: the first ends a run in order, the second at once."""

import os
import signal
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("not_deaf")
ROOT = Path(__file__).parent.parent
PATIENCE = 180  # seconds; this machine may be busy
# A transcriber whose threads, like CTranslate2's, hear of nothing until they are done.
SLOW = """
import sys
from threading import Event
from pipeline.engines import base
from pipeline.engines.hearing import listening

class Slow:
    def transcribe(self, audio, options, heard, **more):
        def listen():
            print("listening", file=sys.stderr, flush=True)
            sys.stdin.read()  # until who started it has seen enough
            print("heard", file=sys.stderr, flush=True)
        listening._side_by_side(1, listen, Event())
        raise AssertionError("nobody stopped it")

base.TRANSCRIBERS = {"slow": "__main__:Slow"}
from flows.cli import main
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def hearing(
    folder: Path, prefect: str = "http://127.0.0.1:9/api"
) -> Iterator[subprocess.Popen[str]]:
    """A run that is at the hearing and stays there until its stdin is closed."""
    audio = folder / "hum.wav"
    with wave.open(str(audio), "wb") as wav:
        wav.setparams((1, 2, 16000, 0, "NONE", ""))
        wav.writeframes(bytes(range(250)) * 256)
    where = [
        "--engine",
        "slow",
        "--out",
        str(folder / "out"),
        "--config",
        str(ROOT / "config" / "mytake.toml"),
    ]
    run = subprocess.Popen(
        [sys.executable, "-c", SLOW, "run", str(audio), *where],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_API_URL": prefect},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    late = threading.Timer(PATIENCE, run.kill)  # what it should have said is then missed
    late.start()
    try:
        told_until(run, "listening")
        yield run
    finally:
        late.cancel()
        run.kill()
        run.communicate()


def told_until(run: subprocess.Popen[str], word: str) -> list[str]:
    """What it says up to the line with this word."""
    assert run.stderr
    lines = []
    for line in run.stderr:
        lines.append(line)
        if word in line:
            return lines
    raise AssertionError("".join(lines))


def test_the_first_ctrl_c_is_answered_at_once_and_ends_it_in_order(tmp_path: Path) -> None:
    with hearing(tmp_path) as run:
        run.send_signal(signal.SIGINT)
        told_until(run, "Stopping")  # before what is at work has ended: that waits for us
        rest = run.communicate()[1]
    assert "heard" in rest and "Finished steps are kept" in rest
    assert run.returncode == 130


def test_the_second_ctrl_c_leaves_at_once_and_crashes_nothing(tmp_path: Path) -> None:
    with hearing(tmp_path) as run:
        run.send_signal(signal.SIGINT)
        told_until(run, "Stopping")
        run.send_signal(signal.SIGINT)
        assert run.stderr
        rest = run.stderr.read()  # its stdin stays open: nothing that is at work ends
        run.wait()
    assert (run.returncode, "Stopped." in rest, "heard" in rest) == (130, True, False)


def test_who_was_started_deaf_to_ctrl_c_stays_so() -> None:
    from flows import leaving

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with leaving.in_order():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    from flows import leaving

    with leaving.in_order(), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
