"""Ctrl-C: the first ends a run in order, the second at once."""

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# A transcriber whose threads, like CTranslate2's, hear of nothing until they are done.
SLOW = """
import sys, time
from threading import Event
from pipeline.engines import base
from pipeline.engines.hearing import listening

class Slow:
    def transcribe(self, audio, options, heard, **more):
        def listen():
            print("listening", file=sys.stderr, flush=True)
            time.sleep({seconds})
        listening._side_by_side(1, listen, Event())
        raise AssertionError("nobody stopped it")

base.TRANSCRIBERS = {{"slow": "__main__:Slow"}}
from flows.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def not_deaf() -> Iterator[None]:
    """What a script starts with & does not hear Ctrl-C, nor does what that starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def hearing(folder: Path, seconds: float) -> subprocess.Popen[str]:
    """A run that is at the hearing and stays there for so long."""
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
        [sys.executable, "-c", SLOW.format(seconds=seconds), "run", str(audio), *where],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_API_URL": "http://127.0.0.1:9/api"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert told_until(run, "listening")
    return run


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
    run = hearing(tmp_path, seconds=2)
    pressed = time.monotonic()
    run.send_signal(signal.SIGINT)
    told_until(run, "Stopping")
    assert time.monotonic() - pressed < 1.5, "it says so before what is at work has ended"
    assert "Finished steps are kept" in run.communicate(timeout=60)[1]
    assert run.returncode == 130


def test_the_second_ctrl_c_leaves_at_once_and_crashes_nothing(tmp_path: Path) -> None:
    run = hearing(tmp_path, seconds=60)
    run.send_signal(signal.SIGINT)
    told_until(run, "Stopping")
    run.send_signal(signal.SIGINT)
    rest = run.communicate(timeout=30)[1]
    assert (run.returncode, "Stopped." in rest) == (130, True)


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
