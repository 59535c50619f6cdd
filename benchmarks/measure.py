"""Runs a contender in a process of its own, and takes its time."""

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.contender import CONTENDERS

ROOT = Path(__file__).parent.parent
PEERS = Path(sys.prefix) / "bench"  # what `make bench-hearing` installs, apart from the project's
ABSENT = "it is not installed"


@dataclass(frozen=True)
class Run:
    """One contender on one recording."""

    call: str  # the run of the benchmark that it is part of
    contender: str
    recording: str
    seconds: float  # of sound
    threads: int
    failed: str = ""  # the last line that it wrote, where it gave no answer
    cpu: float = 0  # seconds of all of its processes, once all was loaded
    start: float = 0  # and before
    wall: float = 0  # seconds, once all was loaded
    peak: float = 0  # bytes that one of its processes held at most
    version: str = ""
    load: float = 0  # how many programs wanted a core when it was done, itself one of them
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """One call of the benchmark: what is the same for all that run in it."""

    folder: Path
    weights: Path
    threads: int = 1
    given: bool = False  # tell the diarizers how many people speak
    call: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def run(
        self,
        contender: str,
        name: str,
        wav: Path,
        seconds: float,
        *,
        info: Path | None = None,
        speakers: int | None = None,
        words_wanted: bool = True,
    ) -> Run:
        """Run it and wait; whatever goes wrong with it is a Run that failed."""
        out = self.folder / f"{contender}-{name}.json".replace(" ", "-")
        command = [*_python(contender), "-m", "benchmarks.contender", contender, str(wav), str(out)]
        command += ["--threads", str(self.threads), "--weights", str(self.weights)]
        command += ["--work", str(self.folder / "work")]
        command += ["--info", str(info)] if info else []
        command += ["--speakers", str(speakers)] if self.given and speakers else []
        command += [] if words_wanted else ["--no-words"]
        same = (self.call, contender, name, seconds, self.threads)
        begun = time.monotonic()
        failed, cpu = _wait(command, out.with_suffix(".log"), _environment(contender, self.threads))
        wall = time.monotonic() - begun
        if failed or not out.is_file():
            return Run(*same, failed=failed or "it wrote no answer")
        told = json.loads(out.read_text(encoding="utf-8"))
        loaded = {"cpu": 0.0, "wall": 0.0} | told["loaded"]
        return Run(
            *same,
            cpu=cpu - loaded["cpu"],
            start=loaded["cpu"],
            wall=wall - loaded["wall"],
            peak=told["peak"],
            version=told["version"],
            load=os.getloadavg()[0],
            answer=told["answer"],
        )


def _python(contender: str) -> list[str]:
    home = CONTENDERS[contender].home
    return [str(Path(sys.prefix) / home / "bin" / "python") if home else sys.executable]


def _environment(contender: str, threads: int) -> dict[str, str]:
    count = str(threads)
    limits = {"OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count} if threads else {}
    # mytake and who has a home of their own see nothing of what was installed for the others.
    alone = CONTENDERS[contender].home or not CONTENDERS[contender].library
    path = os.pathsep.join([str(ROOT)] if alone else [str(ROOT), str(PEERS)])
    # Nobody goes to the network while the clock runs.
    return {**os.environ, **limits, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"}


def _wait(command: list[str], log: Path, environment: dict[str, str]) -> tuple[str, float]:
    """Why it failed ("" if it did not), and the CPU seconds of it and all that it waited for."""
    with log.open("wb") as said:
        try:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
            )
        except FileNotFoundError:
            return ABSENT, 0.0
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            os.wait4(process.pid, 0)
            raise
    process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen knows it is gone
    return "" if status == 0 else _last_line(
        log, process.returncode
    ), usage.ru_utime + usage.ru_stime


def _last_line(log: Path, code: int) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if lines and "No module named" in lines[-1]:
        return ABSENT
    return lines[-1][:200] if lines else f"it ended with exit code {code}"
