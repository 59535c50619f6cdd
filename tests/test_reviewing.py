"""The page beside `mytake serve`: started by who knocks, ended where nobody is."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows import house, reviewing
from flows.cli import main
from flows.server import home
from pipeline import config as knobs
from pipeline.errors import ConfigError
from tests import drafts

ROOT = Path(__file__).parent.parent


def opened(folder: Path, more: str) -> house.House:
    """A configuration of its own, and an output folder with a draft in it."""
    file = folder / "config" / "mytake.toml"
    file.parent.mkdir()
    (file.parent / "styles").symlink_to(ROOT / "config" / "styles")
    file.write_text(f"[review]\n{more}\n")
    output = folder / "output"
    home(output).mkdir(parents=True)
    drafts.put(output, sound=False)
    return house.opened(file, output)


def get(url: str, host: str = "") -> tuple[int, str]:
    asked = urllib.request.Request(url, headers={"host": host} if host else {})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def pages(output: Path) -> list[int]:
    """Processes that serve the page of that folder."""
    shown = subprocess.run(
        ["ps", "-wweo", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [int(s.split()[0]) for s in shown if "flows.reviewing" in s and str(output) in s]


def until(true: Callable[[], Any], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not in {seconds} s"
        time.sleep(0.1)


def knocked(url: str, output: Path) -> int:
    """The process that answers there. It may end before a busy machine looks for it: then again."""
    found = list[int]()

    def answered() -> bool:
        assert get(url)[0] == 200
        found[:] = pages(output)
        return len(found) == 1

    until(answered)
    return found[0]


def test_who_opens_it_starts_it_and_without_anybody_it_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        at = opened(tmp_path, f"port = {port}\nidle = 2")
        assert reviewing.address(at.output) is None
        with reviewing.offered(at):
            url = reviewing.address(at.output)
            assert url and f":{port}/" not in url, "another port, where that one is taken"
            time.sleep(0.3)
            assert not pages(at.output), "it costs nothing yet"

            status, text = get(url)
            assert status == 200 and "A Light for One" in text
            assert get(url, host="evil.example")[0] == 421
            first = knocked(url, at.output)
            until(lambda: not pages(at.output))
            assert knocked(url, at.output) != first, "the next one starts it again"
        assert not pages(at.output) and reviewing.address(at.output) is None
        with pytest.raises(OSError, match="refused"):
            get(url)
    assert (home(at.output) / "review.log").read_text() == ""


def test_mytake_review_leads_to_the_page_that_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = opened(tmp_path, "port = 8398")
    where = ["--config", str(at.file), "--out", str(at.output), "--no-browser"]
    with reviewing.offered(at):
        assert main(["review", *where]) == 0
        told = capsys.readouterr()
        assert told.out.strip() == reviewing.address(at.output)
        assert "mytake serve has it open already" in told.err


def test_it_is_killed_with_whoever_holds_the_door(tmp_path: Path) -> None:
    at = opened(tmp_path, "port = 8399")
    script = (
        "import sys, time; from pathlib import Path; from flows import house, reviewing\n"
        "at = house.opened(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "with reviewing.offered(at): time.sleep(600)"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", script, str(at.file), str(at.output)],
        cwd=ROOT, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    try:
        until(lambda: reviewing.address(at.output))
        assert get(reviewing.address(at.output) or "")[0] == 200 and pages(at.output)
    finally:  # nothing is left behind
        held.kill()
        held.wait()
    until(lambda: not pages(at.output))
    assert reviewing.address(at.output) is None, "the file that it left behind deceives nobody"


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    at = opened(tmp_path, "serve = false")
    with reviewing.offered(at):
        assert reviewing.address(at.output) is None


@pytest.mark.parametrize("wrong", ["port = 0", "port = 70000", "port = 'x'", "idle = 0"])
def test_what_makes_no_sense_stops_before_anything_is_served(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "mytake.toml"
    file.write_text(f"[review]\n{wrong}\n")
    with pytest.raises(ConfigError, match=rf"review\.{wrong.split(maxsplit=1)[0]}"):
        knobs.load(file)
