"""YAML before an article's text, as Hugo, Jekyll and Astro all read it."""

import re
from collections.abc import Mapping
from typing import Any

import yaml


class Quoted(str):
    """A string that YAML must not take for a number, a date or a yes."""


class _Dumper(yaml.SafeDumper):
    pass


# YAML 1.1 and 1.2 (Hugo, Astro) disagree on what `0o14`, `1e3` or `no` are; in quotes they agree.
_Dumper.add_representer(
    Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
_BLOCK = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def written(fields: Mapping[str, object]) -> str:
    """The block that begins a file."""
    dumped: str = yaml.dump(
        dict(fields), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9
    )
    return f"---\n{dumped}---\n\n"


def read(text: str) -> tuple[dict[str, Any], str]:
    """What a file's front matter says, and the text that follows. Raises ValueError: why not.

    >>> read("---\\ntitle: A mill\\n---\\n\\nIt turns.")
    ({'title': 'A mill'}, 'It turns.')
    """
    block = _BLOCK.match(text.removeprefix("\ufeff"))
    if not block:
        raise ValueError("it does not begin with front matter between two lines of ---")
    try:
        fields = yaml.safe_load(block[1])
    except yaml.YAMLError as error:
        raise ValueError(f"its front matter is no YAML: {error}") from error
    if not isinstance(fields, dict):
        raise ValueError("its front matter has no fields")
    return fields, text.removeprefix("\ufeff")[block.end() :].lstrip()


def quoted(value: object) -> object:
    """The same with every string in it in quotes."""
    if isinstance(value, str):
        return Quoted(value)
    if isinstance(value, Mapping):
        return {key: quoted(part) for key, part in value.items()}
    return [quoted(part) for part in value] if isinstance(value, list | tuple) else value
