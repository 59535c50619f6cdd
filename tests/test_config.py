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
        ("[compose]\nquestions = 0", "compose.questions.*greater than or equal to 1.*not 0"),
        ("[compose]\nquestions = 'five'", "compose.questions.*valid integer.*'five'"),
        ("compose = 3", "compose.*not 3"),
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
