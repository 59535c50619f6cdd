"""Limits that hold over all runs of a machine, and end with the run that was killed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.limits import Limits, talking, working
from pipeline.config import Config, LlmOptions, load
from pipeline.engines import room, slots
from pipeline.engines.language_models import spending
from pipeline.errors import Busy, ConfigError, DaySpent, NoRoom
from pipeline.model import Audio, Recording, Source, Speaker, Video

ROOT = Path(__file__).parent.parent
KEY = "youtube-bc6uFV9CJGg"
SOUND = Audio(Path("16k.wav"), None, 3600.0, "00")
RECORDING = Recording(Video("x", None, "x"), ROOT / "tests" / "sample" / "tide-mill.opus", "0")
PAID = LlmOptions(model="m", price_in=1.0, price_out=1.0, max_cost=1.0, max_cost_per_day=3.0)


def knobs(section: str = "limits", **told: object) -> Config:
    return Config().model_validate({section: told})


@contextmanager
def another(code: str, *args: object) -> Iterator[subprocess.Popen[str]]:
    """Another process, once it says that it holds what it should; it is killed in the end."""
    run = subprocess.Popen(
        [sys.executable, "-c", f"import sys, time\n{code}", *map(str, args)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert run.stdout
        assert run.stdout.readline() == "held\n"
        yield run
    finally:
        run.kill()
        run.wait()


HOLDS = """
from pathlib import Path
from pipeline.engines import slots
with slots.slot(Path(sys.argv[1]), "hearing", int(sys.argv[2]), "transcribe of file-1"):
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
"""
WORKS = """
from pathlib import Path
from pipeline.store import Work
with Work(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def is_free(folder: Path, count: int) -> bool:
    lock = slots._taken([folder / f"hearing-{number}" for number in range(1, count + 1)])
    if lock:
        lock.release()
    return lock is not None


def test_a_place_is_held_by_one_process_and_a_second_place_by_another(tmp_path: Path) -> None:
    with another(HOLDS, tmp_path, 2, 60):
        assert not is_free(tmp_path, 1)
        assert is_free(tmp_path, 2)
        with another(HOLDS, tmp_path, 2, 60):
            assert not is_free(tmp_path, 2)


def test_a_killed_holder_lets_go_and_who_waits_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", "pipeline.engines.slots")
    looks = 0

    def kill_at_the_third_look(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            run.kill()
            run.wait()

    monkeypatch.setattr(time, "sleep", kill_at_the_third_look)
    with (
        another(HOLDS, tmp_path, 1, 60) as run,
        slots.slot(tmp_path, "hearing", 1, "transcribe of file-2"),
    ):
        assert looks >= 3
    assert caplog.messages == [
        "transcribe of file-2 waits for its turn: transcribe of file-1 goes first (hearing)"
    ]


def test_two_processes_never_work_on_one_video_and_a_killed_one_blocks_nobody(
    tmp_path: Path,
) -> None:
    root = tmp_path / ".work" / KEY
    with another(WORKS, root) as run:
        with pytest.raises(Busy), working(KEY, Config(), tmp_path):
            pass
        run.kill()
        run.wait()
        with working(KEY, Config(), tmp_path):
            pass


def held(folder: Path) -> set[str]:
    """The places in which somebody was."""
    return {path.stem for path in folder.rglob("*.holder")}


@pytest.mark.parametrize(
    ("stage", "inputs", "place"),
    [
        ("transcribe", (None, SOUND, "", Config().transcribe), "hearing-1"),
        ("diarize", (SOUND, None, Config().diarize), "hearing-1"),
        ("attribute", (None, None, SOUND, Config().attribute), "hearing-1"),
        ("download", (Source("url", "https://youtu.be/x", KEY),), "site-youtube-1"),
        ("compose", (PAID,), "paying-1"),
        # these take nothing that others want
        ("transcribe", (None, None, "", Config().transcribe), None),
        ("transcribe", (None, SOUND, "", knobs("transcribe", engine="replay").transcribe), None),
        ("diarize", (None, None, Config().diarize), None),
        ("download", (Source("media", "/a.mp3", "file-1"),), None),
        ("compose", (LlmOptions(model="m", base_url="http://localhost:1/v1"),), None),
        ("compose", (Config().compose,), None),
        ("edit", (SOUND,), None),
    ],
)
def test_a_stage_waits_only_for_what_it_takes(
    stage: str, inputs: tuple[object, ...], place: str | None, tmp_path: Path
) -> None:
    with Limits(KEY, Config(), tmp_path).around(stage, inputs):
        assert held(tmp_path) == ({place} if place else set())


def test_what_is_kept_waits_for_nobody(tmp_path: Path) -> None:
    done = []

    def transcribe(audio: Audio) -> Speaker:
        done.append(audio)
        return Speaker("S1", "Ada", "host", audio.duration)

    def run() -> None:
        with working(KEY, Config(), tmp_path) as work:
            work.step(transcribe, SOUND)

    run()
    folder = next(tmp_path.rglob("hearing-1.lock")).parent
    with another(HOLDS, folder, 1, 60):
        run()
    assert done == [SOUND]


def test_a_named_folder_holds_the_limits_of_several_outputs(tmp_path: Path) -> None:
    config = knobs(folder=str(tmp_path / "common"))
    for output in ("a", "b"):
        (tmp_path / output).mkdir()
        with Limits(KEY, config, tmp_path / output).around("diarize", (SOUND,)):
            pass
    assert held(tmp_path / "common") == {"hearing-1"}
    assert not (tmp_path / "a" / "limits").exists()


# --- sites ---


def test_a_site_is_asked_by_one_run_at_a_time_with_a_pause_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # however busy this machine is
    config = knobs(between=10)
    with talking("https://www.youtube.com/@a", config, tmp_path):
        pass
    assert waited == []
    with talking("https://feeds.example.org/a.xml", config, tmp_path):
        pass
    assert waited == [], "another site"
    source = Source("url", "https://youtu.be/x", KEY)
    with Limits(KEY, config, tmp_path / ".work").around("download", (source,)):
        assert slots._taken([tmp_path / ".work" / "limits" / "site-youtube-1"]) is None
    assert waited == [pytest.approx(10, abs=1)]


def test_a_clock_that_was_set_back_makes_nobody_wait_for_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    for _ in range(2):
        with slots.polite(tmp_path, "youtube", 5, "a"):
            pass
        monkeypatch.setattr(time, "time", lambda: 0.0)
    assert waited == [5]


# --- the disk ---


def test_a_big_step_is_not_begun_where_it_would_fill_the_disk(tmp_path: Path) -> None:
    config = knobs("download", keep_free=10_000_000)
    for stage, noun in (("prepare", RECORDING), ("transcribe", SOUND), ("diarize", SOUND)):
        told = f"(?s)the {stage} step needs.*mytake clean --dry-run"
        begun = Limits(KEY, config, tmp_path).around(stage, (noun,))
        with pytest.raises(NoRoom, match=told), begun:
            pytest.fail("it began")
    with Limits(KEY, config, tmp_path).around("transcribe", (replace(RECORDING, audio=None),)):
        pass  # captions take next to nothing


def test_the_longer_it_is_the_more_room_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(room, "ask", lambda place, step, needed, keep: asked.append(needed))
    for noun in (replace(SOUND, duration=10_800.0), RECORDING):
        with Limits(KEY, Config(), tmp_path).around("prepare", (noun,)):
            pass
    assert asked == [pytest.approx(390e6, rel=0.05), pytest.approx(14e6, rel=0.05)]


# --- what models cost ---


def test_a_day_costs_no_more_than_it_may(tmp_path: Path) -> None:
    limits = Limits(KEY, Config(), tmp_path)
    for number in range(2):
        (tmp_path / f"file-{number}").mkdir()
        spending.note(tmp_path / f"file-{number}", "m", 1000, 500, 0.9)
        with limits.around("compose", (PAID,)):
            pass
    spending.note(tmp_path / "file-0", "m", 1000, 500, 0.3)
    told = r"(?s)cost \$2.10 so far, this one may cost \$1.00.*tomorrow"
    with pytest.raises(DaySpent, match=told), limits.around("compose", (PAID,)):
        pytest.fail("it began")


def test_yesterday_and_half_a_line_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    spending.note(tmp_path / "a", "m", 1, 1, 0.5)
    file = tmp_path / "a" / spending.FILE
    today = file.read_text("utf-8")
    old = today.replace(f"{datetime.now(UTC).date()}", "2026-01-01")
    file.write_text(f'{old}{{"at": "nonsense"}}\n{today}{{"at": "20', encoding="utf-8")
    assert spending.on(datetime.now(UTC).date(), tmp_path) == 0.5
    assert spending.on(date(2026, 1, 1), tmp_path) == 0.5


def test_an_article_that_may_cost_more_than_a_day_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mytake.toml"
    file.write_text("[llm]\nmax_cost = 20\n")
    with pytest.raises(ConfigError, match=r"may cost 20 \(max_cost\).*more than a day may"):
        load(file)
    file.write_text("[llm]\nmax_cost = 20\nmax_cost_per_day = 20\n")
    assert load(file).llm.max_cost_per_day == 20
