"""What a run says of an article that a person has edited, and `show` of one that was never made."""

import shutil
from pathlib import Path

import pytest

from flows.cli import main
from pipeline import publish
from tests.short import Short, short


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Short:
    made = short(tmp_path_factory.mktemp("written"))
    assert made.run() == 0
    return made


def test_a_run_prints_the_new_version_and_says_that_the_other_was_edited(
    written: Short, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder,) = written.published
    article = folder / "article.md"
    assert written.run() == 0
    untouched = capfd.readouterr()
    assert untouched.out == f"{article}\n" and "edited" not in untouched.err
    assert "nothing to do" in untouched.err
    article.write_text(f"{article.read_text('utf-8')}\nMine.\n", encoding="utf-8")
    assert written.run() == 0
    kept = capfd.readouterr()
    assert kept.out == f"{article}\n", "there is no newer one yet"
    assert f'mytake verify "{article}"' in kept.err
    assert written.run("--questions", "1") == 0
    anew = capfd.readouterr()
    assert anew.out == f"{folder / 'article.new.md'}\n"
    assert "article.md was edited, and stays as it is" in anew.err
    assert f'mytake verify "{article}"' in anew.err
    assert "Mine." in article.read_text("utf-8")
    assert main(["verify", str(article)]) == 1
    found = capfd.readouterr().out
    assert found.count("“Mine.”") == found.count(": This has no receipt") == 1
    assert "questions:" not in found and "coverage:" not in found, "it is no edit of the new one"


def test_what_is_newest_is_told_by_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "article.md"
    file.write_text("mine")
    assert publish.newest(file) == file, "nobody knows what was put there"


def test_show_tells_what_was_heard_of_a_recording_without_an_article(
    written: Short, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = shutil.copytree(written.work, tmp_path / ".work" / written.work.name)
    (work / "publish.json").unlink()
    show = ["show", str(written.audio), "--out", str(tmp_path)]
    assert main(show) == 0
    said = capsys.readouterr().out
    assert said.startswith("mill\n") and "S1  host: Daniel Price, 50 s" in said
    assert "  S1: " in said.partition("what was heard")[2]
    assert "the timbers had slots cut in them" in said and "There is no article of it." in said
    for step in ("attribute", "identify"):  # it failed earlier
        (work / f"{step}.json").unlink()
    assert main(show) == 0
    assert "the timbers had slots cut in them" in capsys.readouterr().out
    (work / "download.json").write_text("{}")
    assert main(show) == 1
    assert "has no article of" in capsys.readouterr().err


def test_captions_that_cannot_be_read_are_told_by_their_own_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.srt"
    file.write_text("no captions", encoding="utf-8")
    assert main(["run", str(file), "--out", str(tmp_path / "out")]) == 1
    assert f"Cannot read the captions in {file}." in capsys.readouterr().err
