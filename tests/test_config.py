"""A typo stops the run before the first download, and names what was meant."""

from pathlib import Path

import pytest

from pipeline.config import Config, load, load_style
from pipeline.engines import base
from pipeline.errors import ConfigError, UnknownEngine

CONFIG = Path(__file__).parent.parent / "config"


def written(folder: Path, text: str) -> Path:
    file = folder / "mytake.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_bundled_file_says_what_the_code_defaults_to() -> None:
    assert load(CONFIG / "mytake.toml") == Config()


def test_changes_win_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "[compose]\nquestions = 3\nsentences = 2\n")
    config = load(file, {"compose": {"questions": 7}})
    assert (config.compose.questions, config.compose.sentences) == (7, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[transcribe]\nmodle = 'base'", "transcribe.modle.*no such knob.*'model'"),
        ("[transcrib]\nmodel = 'base'", "transcrib .*no such knob.*'transcribe'"),
        ("[compose]\nzzz = 1", "compose.zzz.*Known: .*questions"),
        ("[compose]\nquestions = 0", "compose.questions.*It is 1 or more, not 0"),
        ("[compose]\nquestions = 'five'", "compose.questions.*whole number, not 'five'"),
        ("compose = 3", "compose.*It is a table, not 3"),
        ("[identify.names]\nS1 = ''", "identify.names.*is no name"),
        ("[identify.names]\nAda = 'S1'", "identify.names.*'Ada' is no voice"),
        ("[identify.names]\nS1 = 'Ada'\ns1 = 'Grace'", "identify.names.*named twice"),
        ("[compose\n", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_its_mend(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=f"(?s){told}"):
        load(written(tmp_path, text))


# What pydantic says of each is for programmers.
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[glossary]\nterms = 'Llama'", r"""It is a list, such as \["…", "…"\], not 'Llama'"""),
        ("[transcribe]\ntranslate = 'maybe'", "It is true or false, not 'maybe'"),
        ("[transcribe]\nmodel = 3", "It is a text, in quotation marks, not 3"),
        ("[download]\nsince = 'May'", "It is a day, such as 2026-11-01, not 'May'"),
        ("[download]\nsleep = 'long'", "It is a number, not 'long'"),
        ("[transcribe]\ncaptions = 'some'", "It is one of 'manual', 'any' or 'never', not 'some'"),
    ],
)
def test_a_wrong_value_is_told_in_our_own_words(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("opener = 'A talk'\nclosing = ''", "opener_unnamed in .*It has to be there, and is not.$"),
        (
            "opener = 'A talk by {hosts}'\nopener_unnamed = ''\nclosing = ''",
            "There is no {hosts} to fill in, only {channel}, {date}, {guest}, {host}, {title}",
        ),
    ],
)
def test_a_style_that_lacks_something_is_told_without_its_whole_table(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"(?sm){told}") as error:
        load_style(tmp_path, "mine")
    assert len(str(error.value)) < 300


def test_what_the_command_line_got_wrong_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "[compose]\nsentences = 2\n")
    with pytest.raises(ConfigError, match=r"--questions on(?s:.)*Give another") as told:
        load(file, {"compose": {"questions": 0}})
    assert file.name not in str(told.value)


def test_a_section_that_is_no_table_is_told_whatever_changes(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"compose(?s:.)*not 3"):
        load(written(tmp_path, "compose = 3"), {"compose": {"questions": 7}})


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "nowhere.toml")


def test_the_style_in_the_guide_can_be_used(tmp_path: Path) -> None:
    guide = (CONFIG.parent / "docs" / "engines.md").read_text("utf-8")
    text = guide.partition("## A style")[2].split("```toml\n")[1].split("```")[0]
    (tmp_path / "short.toml").write_text(text, encoding="utf-8")
    assert load_style(tmp_path, "short").most_words == 120


def test_an_unknown_style_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no style 'tako'.*(?s:.)*Did you mean 'take'"):
        load_style(CONFIG / "styles", "tako")


def test_an_unknown_engine_lists_those_there_are() -> None:
    with pytest.raises(UnknownEngine, match=r"faster-whisper.*did you mean 'openai-whisper'"):
        base.transcriber("open-whisper")


def test_every_engine_in_the_tables_can_be_made() -> None:
    for make, table in [
        (base.transcriber, base.TRANSCRIBERS),
        (base.diarizer, base.DIARIZERS),
        (base.voiceprints, base.VOICEPRINTS),
        (base.embedder, base.EMBEDDERS),
        (base.writer, base.WRITERS),
    ]:
        for name in table:
            assert make(name) is make(name), "one instance a process"  # type: ignore[operator]


def test_the_reference_is_what_the_code_says() -> None:
    from docs.write_reference import markdown, toml

    again = "Run: python docs/write_reference.py"
    assert (CONFIG.parent / "docs" / "configuration.md").read_text("utf-8") == markdown(), again
    assert (CONFIG / "mytake.toml").read_text("utf-8") == toml(), again
