"""Write config/mytake.toml and docs/configuration.md from the code, where each knob is described.

python docs/write_reference.py          (a test says when they are out of date)
"""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from pipeline.channels import Channel, Filters
from pipeline.config import Config, Options, Part, Style, Voice

ROOT = Path(__file__).resolve().parent.parent


def sections() -> Iterator[tuple[str, type[Options]]]:
    """The sections of the configuration, in stage order."""
    for name, field in Config.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Options) and kind.model_fields:
            yield name, kind


def toml() -> str:
    """config/mytake.toml: every knob at its default; one without a default is commented out."""
    lines = [
        "# Every knob, in stage order, at its default: change values freely. A misspelt name stops",
        "# the run and says which was meant. Written by docs/write_reference.py from the code.",
        "",
    ]
    lines += knob("output", Config.model_fields["output"])
    for name, kind in sections():
        lines += ["", f"[{name}]"]
        for field, info in kind.model_fields.items():
            lines += knob(field, info)
    return "\n".join(lines) + "\n"


def knob(name: str, info: FieldInfo) -> list[str]:
    """Its why, then its value."""
    why = textwrap.wrap(info.description or "", 96, initial_indent="# ", subsequent_indent="# ")
    value = info.get_default(call_default_factory=True)
    if value is None:
        return [*why, f"# {name} = …"]
    return [*why, f"{name} = {'{}' if value == {} else json.dumps(value, ensure_ascii=False)}"]


def markdown() -> str:
    """docs/configuration.md: a table a section."""
    lines = [
        "# Configuration",
        "",
        "`config/mytake.toml`, in stage order. Written by `docs/write_reference.py` from",
        "`pipeline/config.py`. A knob marked · cannot change the result, so it redoes nothing.",
    ]
    for name, kind in sections():
        lines += ["", f"## [{name}]", "", *table(kind)]
    lines += ["", "## A style: config/styles/NAME.toml", "", *table(Style)]
    lines += ["", "### [voice] of a style", "", *table(Voice)]
    lines += ["", "### [[parts]] of a style", "", *table(Part)]
    lines += ["", "## A channel: [channel.NAME] in config/channels.toml", "", *table(Channel)]
    lines += ["", "### filters of a channel", "", *table(Filters)]
    return "\n".join(lines) + "\n"


def table(kind: type[Options]) -> Iterator[str]:
    """The knobs of one section."""
    yield "| knob | default | what it does |"
    yield "|---|---|---|"
    for name, info in kind.model_fields.items():
        mark = " ·" if info.exclude else ""
        words = (info.description or "").replace("|", "\\|")
        yield f"| `{name}`{mark} | {shown(info)} | {words} |"


def shown(info: FieldInfo) -> str:
    """A default, as a reader sees it."""
    if info.is_required():
        return "required"
    value: Any = info.get_default(call_default_factory=True)
    if isinstance(value, Options):
        return "see below"
    return "unset" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    (ROOT / "config" / "mytake.toml").write_text(toml(), encoding="utf-8")
    (ROOT / "docs" / "configuration.md").write_text(markdown(), encoding="utf-8")
