"""The command line: quick help, exit codes, and what a mistake looks like."""

import json
import os
import re
import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flows.cli import main, parser
from flows.commands.drafts import published_folder
from flows.commands.run import speakers
from flows.screen import plain
from pipeline.sources import key_of

ROOT = Path(__file__).parent.parent


def used() -> float:
    """Seconds of a core that processes took which were started here; others do not count."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_help_is_there_in_half_a_second_without_torch_or_prefect() -> None:
    before = used()
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli", "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert used() - before < 0.5 * 2, "twice the aim: this machine may be slow"
    assert "mytake run" in run.stdout
    assert not {
        name
        for name in ("torch", "prefect", "numpy", "yt_dlp", "pydantic")
        if f" {name}\n" in run.stderr
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2", {None: 2}),
        ("S1=Ada Lovelace,S2 = guest", {"S1": "Ada Lovelace", "S2": "guest"}),
        ("3, host=Ada, s2=guest: Grace", {None: 3, "host": "Ada", "S2": "guest: Grace"}),
        ("S1=Sammy Davis, Jr., S2=unknown", {"S1": "Sammy Davis, Jr.", "S2": "unknown"}),
    ],
)
def test_speakers_are_a_count_or_who_is_who(text: str, told: dict[str | None, object]) -> None:
    assert speakers(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0", "from 1 to 20"),
        ("2.5", "from 1 to 20"),
        ("-1", "from 1 to 20"),
        ("two", "write --speakers 2, or"),
        ("S1", "write --speakers 2, or"),
        ("S1=Ada, Grace", "'Grace' is neither"),
        ("S1=", "is no name"),
        ("S1=guest:", "is no name"),
        ("S0=Ada", "'S0' is no voice"),
        ("Ada=S1", "'Ada' is no voice"),
        ("S1=Ada, s1=Grace", "S1 stands twice"),
        ("2, 3", "number of people stands twice"),
        ("host=guest", "to change a role"),
        ("S1=" + "A" * 101, "too long"),
        ("S1=Ada\x1b[2J", "cannot be printed"),
    ],
)
def test_speakers_that_make_no_sense_are_told_with_2_before_anything_runs(
    text: str, told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", "https://example.org/x", "--speakers", text, "--out", str(tmp_path / "out")])
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run"], "required: URL_OR_FILE"),
        (["shwo"], "there is no 'shwo'; did you mean show?"),
        (["channel", "ad", "x"], "there is no 'ad'; did you mean add?"),
        (["run", "x", "--questions", "many"], "invalid int value"),
        (
            ["run", "--quesitons", "5", "x"],
            "mytake run: error: there is no --quesitons; did you mean",
        ),
        (["run", "x", "--quesitons=5"], "there is no --quesitons; did you mean --questions?"),
        (["show", "x", "-z"], "mytake show: error: there is no -z"),
        (["export", "x", "--to", "dcox"], "did you mean docx?"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_2(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "listed"), [([], "write an article from each"), (["channel"], "watch it no more")]
)
def test_without_a_command_there_is_a_list_of_them(
    words: list[str], listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert listed in said.err and not said.out


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert capsys.readouterr().out == f"mytake {told}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x.mp3", "--engine", "faster-wisper"], "did you mean 'faster-whisper'"),
        (["x.mp3", "--writer", "ghost"], "Choose one of: extract"),
        (["x.mp3", "--style", "tak"], "Did you mean 'take'"),
        (["x.mp3", "--questions", "0"], "--questions on the command line"),
        (["x.mp3", "--config", "nowhere.toml"], "no such file"),
        ([__file__, "--info", "nowhere.json"], "--info nowhere.json"),
        (["x.mp3", "--model", "hugest"], "Nobody publishes one of that name"),
        (["x.mp3", "--model", "./models/mine"], "there is nothing there"),
    ],
)
def test_a_mistake_is_told_before_anything_runs_and_ends_with_2(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words, "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_recording_that_is_not_there_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "no-such-file.mp3", "--out", str(tmp_path / "out")]) == 1
    assert "Found no no-such-file.mp3" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_text_from_outside_cannot_move_the_cursor() -> None:
    assert plain("a\x1b[2J\rb\u202ec") == "a [2J b c"


def test_show_lists_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nothing", "--out", str(tmp_path)]) == 1
    assert "no article of nothing" in capsys.readouterr().err


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = text.split("```sh\n")[1:]
    lines = [line for block in blocks for line in block.split("```")[0].splitlines()]
    return [line.split("#")[0].strip() for line in lines if line.strip()]


def test_the_readme_shows_its_two_commands_first() -> None:
    assert commands()[:2] == ["make article", "make test"]


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_readme_exists(command: str) -> None:
    words = command.split()
    if words[0] == "make":
        assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text("utf-8")
    else:
        assert words[0] in ("mytake", ".venv/bin/mytake")
        parser().parse_args([word.strip("'\"") for word in words[1:]])


def test_no_address_of_the_guides_is_taken_apart_by_a_shell() -> None:
    for guide in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for block in guide.read_text("utf-8").split("```sh\n")[1:]:
            code = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", block.split("```")[0])
            assert not re.search(r"https?://\S*[?&*]", code), guide


def test_make_article_gives_an_address_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    for name in ("requirements.lock", "requirements-models.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    mytake = tmp_path / ".venv" / "bin" / "mytake"
    mytake.parent.mkdir(parents=True)
    mytake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    mytake.chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()
    for address in ("https://a.example/watch?v=a&list=PL$x&t=10s", 'it\'s $(date) "a" `b`.mp3'):
        words = ["make", "-s", "article", f"URL={address}"]
        run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert run.stdout.splitlines() == ["run", address]


def test_the_readme_shows_a_piece_of_a_real_article() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    excerpt = text.split("<!-- excerpt -->\n")[1].split("\n<!-- /excerpt -->")[0]
    written = (ROOT / "tests" / "golden" / "tide-mill" / "article.md").read_text("utf-8")
    lines = [line.removeprefix("> ") for line in excerpt.splitlines() if line != ">"]
    assert len(lines) >= 5
    assert [line for line in lines if line not in written.splitlines()] == []


def put(output: Path, name: str, **facts: object) -> Path:
    """A published folder, as far as `show` looks for it."""
    folder = output / name
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "video.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / "article.md").write_text("", encoding="utf-8")
    return folder


def test_a_video_is_found_by_folder_file_in_it_id_and_url(tmp_path: Path) -> None:
    folder = put(tmp_path, "2024-04-18-talk", id="abc", url="https://a.example/b")
    names = ("2024-04-18-talk", "abc", "https://a.example/b", folder, folder / "article.md")
    assert [published_folder(str(name), tmp_path) for name in names] == [folder] * 5
    others = ("", "talk", "x" * 5000, "https://[", "http://a.example/c", str(tmp_path))
    assert [published_folder(name, tmp_path) for name in others] == [None] * 6


def test_a_video_is_found_by_the_recording_it_was_made_from(tmp_path: Path) -> None:
    folder = put(tmp_path, "talk", id="tidemill001", url=None)
    recording = tmp_path / "talk.mp3"
    recording.write_bytes(b"sound")
    for key in (key_of(str(recording)), "youtube-tidemill001"):
        work = tmp_path / ".work" / key
        work.mkdir(parents=True)
        told = {
            "step": "publish",
            "fingerprint": "",
            "files": {},
            "result": {
                "folder": str(folder),
                "article": str(folder / "article.md"),
                "status": "ready",
            },
        }
        (work / "publish.json").write_text(json.dumps(told), encoding="utf-8")
    assert published_folder(str(recording), tmp_path) == folder
    assert published_folder("https://youtu.be/tidemill001?t=30", tmp_path) == folder


def test_a_broken_folder_hides_no_other_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = put(tmp_path, "a-broken", id="b")
    (broken / "data" / "video.json").write_text("{", encoding="utf-8")
    fine = put(tmp_path, "fine", id="f", url=None)
    assert published_folder("f", tmp_path) == fine
    for folder in (broken, fine):  # the other one has no receipt
        assert main(["show", str(folder), "--out", str(tmp_path)]) == 1
        assert f"Cannot read what was written to {folder}" in capsys.readouterr().err


def test_a_reader_who_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "flows.cli", "doctor", "--out", str(tmp_path)]
    with os.fdopen(write, "wb") as closed:
        run = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert (run.returncode, run.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("", "llm.model is not set"),
        ('model = "m"', "llm.base_url is not set"),
        ('model = "m"\nservice = "anthropic"', "export ANTHROPIC_API_KEY="),
        ('model = "m"\nmax_cots = 3', "'max_cost'"),
        ('model = "m"\napi_key = "sk-123"', "no such knob"),
    ],
)
def test_what_a_language_model_lacks_is_told_before_the_first_download(
    section: str,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    (tmp_path / "styles").symlink_to(ROOT / "config" / "styles")
    file = tmp_path / "mytake.toml"
    file.write_text(f"[llm]\n{section}\n")
    address = "https://127.0.0.1:9/never-asked.mp3"
    run = ["run", address, "--config", str(file), "--writer", "llm", "--out", str(tmp_path / "out")]
    assert main(run) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
