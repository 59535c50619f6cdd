"""mytake stats: each week's figures, from what lies in output/."""

import itertools
import json
import os
import re
import time
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.cli import main
from flows.stats import table, weeks
from pipeline.engines.language_models import spending
from pipeline.engines.pages.weeks import Week, draw

MONDAY = date(2026, 11, 16)
TODAY = date(2026, 11, 22)


def at(file: Path, day: date, told: object) -> None:
    """A file that was written on that day."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told), encoding="utf-8")
    then = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    os.utime(file, (then, then))


def made(output: Path, key: str, day: date, minutes: float, status: str = "ready") -> Path:
    work, folder = output / ".work" / key, output / f"a-talk-{key}"
    at(work / "download.json", day, {"result": {"video": {"duration": 5.0}}})
    at(work / "prepare.json", day, {"result": {"duration": minutes * 60}})
    at(work / "transcribe.json", day, {"result": {}})
    at(work / "publish.json", day, {"result": {"folder": str(folder), "status": status}})
    at(folder / "data" / "published.json", day, {})
    at(folder / "data" / "video.json", day, {"duration": minutes * 60})
    at(folder / "receipt.json", day, {"status": status})
    return work


def test_what_was_made_is_counted_in_its_week(tmp_path: Path) -> None:
    made(tmp_path, "a", MONDAY, 60)
    made(tmp_path, "b", TODAY, 30, "needs_review")
    made(tmp_path, "c", MONDAY - timedelta(days=1), 10)
    at(tmp_path / ".failed" / "d.json", MONDAY - timedelta(days=20), {})
    assert weeks(tmp_path, 12, TODAY) == [
        Week(MONDAY - timedelta(days=21), failed=1),
        Week(MONDAY - timedelta(days=14)),
        Week(MONDAY - timedelta(days=7), heard=600, ready=1),
        Week(MONDAY, heard=5400, ready=1, review=1),
    ]
    assert weeks(tmp_path, 1, TODAY) == [Week(MONDAY, heard=5400, ready=1, review=1)]


def test_captions_count_with_the_length_that_the_publisher_says(tmp_path: Path) -> None:
    work = made(tmp_path, "a", MONDAY, 60)
    (work / "prepare.json").unlink()
    assert [week.heard for week in weeks(tmp_path, 1, TODAY)] == [5.0]


def test_an_article_whose_steps_were_deleted_still_counts_once(tmp_path: Path) -> None:
    made(tmp_path, "a", MONDAY, 60)
    assert len(weeks(tmp_path, 1, TODAY)) == 1
    for file in (tmp_path / ".work" / "a").iterdir():
        file.unlink()
    assert weeks(tmp_path, 1, TODAY) == [Week(MONDAY, heard=3600, ready=1)]


def test_what_cannot_be_read_hides_nothing(tmp_path: Path) -> None:
    work = made(tmp_path, "a", MONDAY, 60)
    for junk in ("", "[]", "null", '{"result": 3}', '{"result": {"duration": "long"}}'):
        for name in ("prepare.json", "download.json"):
            (work / name).write_text(junk, encoding="utf-8")
        assert weeks(tmp_path, 1, TODAY) == [Week(MONDAY, ready=1)]
    (tmp_path / "notes").mkdir()
    (tmp_path / "talk.mp3").touch()
    assert len(weeks(tmp_path, 1, TODAY)) == 1


def test_the_command_prints_a_table_and_draws_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["stats", "--out", str(tmp_path), "--svg", str(tmp_path / "weeks.svg")]
    assert main(words) == 1
    assert "Nothing was made" in capsys.readouterr().err
    work = made(tmp_path, "a", datetime.now(UTC).date(), 90)
    spending.note(work, "m", 1000, 100, 0.25)
    assert main(words) == 0
    head, week, total = capsys.readouterr().out.splitlines()
    assert head.split()[2:] == ["minutes", "articles", "to", "review", "failures", "cost"]
    assert week.split()[1:6] == total.split()[1:] == ["90", "1", "0", "0", "$0.25"]
    assert "90 minutes heard" in (tmp_path / "weeks.svg").read_text("utf-8")
    (tmp_path / "readonly").touch()
    assert main([*words[:-1], str(tmp_path / "readonly" / "weeks.svg")]) == 1
    assert "Cannot write" in capsys.readouterr().err


def many(count: int) -> list[Week]:
    first = MONDAY - timedelta(days=7 * (count - 1))
    return [
        Week(
            first + timedelta(days=7 * n),
            3600.0 * ((n + 1) % 5),
            n % 3,
            n % 2,
            n % 7 // 6,
            n * 0.01,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 12, 52, 300])
def test_the_picture_has_every_week_and_its_labels_never_touch(count: int) -> None:
    svg = draw(many(count))
    ET.fromstring(svg)
    assert svg.count('class="heard"') == sum(week.heard > 0 for week in many(count))
    dates = [
        float(x) for x in re.findall(r'<text class="faint" x="([\d.]+)" y="416"', svg)
    ]  # on the last line
    assert dates
    assert all(right - left >= 54 for left, right in itertools.pairwise(dates))
    heights = [float(height) for height in re.findall(r' height="([\d.]+)"><title>Week', svg)]
    assert max(heights) <= 58


def test_a_hundred_videos_are_counted_quickly(tmp_path: Path) -> None:
    for number in range(100):
        made(tmp_path, f"v{number}", MONDAY - timedelta(days=number % 90), 60)
    begun = time.process_time()
    found = weeks(tmp_path, 52, TODAY)
    assert time.process_time() - begun < 0.5
    assert sum(week.articles for week in found) == 100
    assert len(list(table(found))) == len(found) + 2
