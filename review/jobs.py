"""A draft written again in the background, or one question of it, while the page stays usable.

Another process does it: models stay out of this one's memory, and it can be ended.
"""

import contextlib
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# As the store logs a step -> what it is called on the page.
STEPS = {
    "download": "Getting the recording",
    "glossary": "Names and terms",
    "prepare": "Making the audio ready",
    "transcribe": "Hearing the words",
    "correct": "Spelling names",
    "diarize": "Telling voices apart",
    "attribute": "Who said what",
    "unite": "Bringing voices together",
    "identify": "Who is who",
    "edit": "What is worth reading",
    "outline": "Finding topics",
    "compose": "Writing",
    "verify": "Checking",
    "render": "Making the pages",
    "publish": "Putting it in its place",
}
_STEP = re.compile(r"\s*(\w+)(?:-[\w-]+)?\s+(kept|[\d.]+ s)\s*")


@dataclass
class Job:
    """One draft that is being written again, or a question of which is asked again."""

    name: str
    asks: str = ""  # the question, in words, where it is only that
    lines: list[str] = field(default_factory=list)
    told: str = ""  # what came of it
    code: int | None = None  # None: still running
    stopped: bool = False
    process: "subprocess.Popen[str] | None" = None
    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> int:
        """For how long it has run."""
        return round(time.monotonic() - self.begun)

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """Each step that is done, and whether it had to be done anew."""
        found = (_STEP.fullmatch(line) for line in self.lines)
        return [(STEPS[m[1]], m[2] != "kept") for m in found if m and m[1] in STEPS]

    @property
    def share(self) -> int:
        """How many of a hundred are done; most runs have no step `unite`."""
        return min(100, round(100 * len(self.steps) / (len(STEPS) - 1)))

    @property
    def failure(self) -> str:
        """What it said in the end, where it failed."""
        if self.stopped:
            return "It was stopped. Nothing was changed."
        said = [line.strip() for line in self.lines if not _STEP.fullmatch(line)]
        return " ".join(said[-3:])[:600] or "It ended without saying why."


class Jobs:
    """The drafts that are written again; one at a time for each, one at a time in all."""

    def __init__(
        self,
        command: Callable[[str], Sequence[str]],
        asking: Sequence[str] = (),
        model: str = "",
    ) -> None:
        self._command = command  # writes that draft again
        self._asking = asking  # asks the language model, as it is ordered on its stdin
        self.model = model  # "": there is none to be asked
        self._jobs: dict[str, Job] = {}
        self._one = threading.Lock()

    def of(self, name: str) -> Job | None:
        """The draft's job, running or just done."""
        return self._jobs.get(name)

    @property
    def busy(self) -> bool:
        """Whether anything is still being written."""
        return any(job.code is None for job in self._jobs.values())

    def start(self, name: str, after: Callable[[], None]) -> Job:
        """Write it again, then do what comes after; the one that runs already is not started."""
        return self._begin(Job(name), self._command(name), "", after)

    def ask(self, name: str, asks: str, order: Mapping[str, str]) -> Job:
        """Ask the language model for one answer."""
        return self._begin(Job(name, asks), self._asking, json.dumps(order), lambda: None)

    def _begin(
        self, new: Job, command: Sequence[str], order: str, after: Callable[[], None]
    ) -> Job:
        job = self._jobs.get(new.name)
        if job is None or job.code is not None:
            job = self._jobs[new.name] = new
            work = (job, command, order, after)
            threading.Thread(target=self._run, args=work, daemon=True).start()
        return job

    def stop(self, name: str) -> None:
        """End what is being asked. Saving is whole or not at all, so that may be at any time."""
        job = self._jobs.get(name)
        if job and job.asks and job.code is None:
            job.stopped = True
            if job.process:
                job.process.kill()

    def forget(self, name: str) -> None:
        """What was told of it, once the page has shown that."""
        self._jobs.pop(name, None)

    def _run(self, job: Job, command: Sequence[str], order: str, after: Callable[[], None]) -> None:
        code = 1
        try:
            with self._one:
                code = self._work(job, command, order)
            if code == 0:
                after()
        except Exception as error:  # told on the page; the page goes on
            job.lines.append(f"{type(error).__name__}: {error}")
            code = 1
        finally:
            job.code = code

    def _work(self, job: Job, command: Sequence[str], order: str) -> int:
        with subprocess.Popen(  # noqa: S603 - our own command, the name is an argument
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdin and process.stdout and process.stderr
            job.process = process
            if job.stopped:  # while it waited for its turn
                process.kill()
            with contextlib.suppress(BrokenPipeError):  # it has ended, and said why
                process.stdin.write(order)
                process.stdin.close()
            for line in process.stderr:
                job.lines = [*job.lines[-200:], line.rstrip()]
            job.told = process.stdout.read().strip()  # a line, when all is done
        return process.returncode
