"""The one door to tomlkit: changes of config/channels.toml that leave everything else as it is."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import Table


def added(text: str, name: str, knobs: Mapping[str, object]) -> str:
    """The file with one channel more, at its end.

    >>> print(added("# mine", "lighthouse", {"url": "https://a.example/feed"}))
    # mine
    <BLANKLINE>
    [channel.lighthouse]
    url = "https://a.example/feed"
    <BLANKLINE>
    """
    table = "".join(
        f"{knob} = {tomlkit.item(value).as_string()}\n" for knob, value in knobs.items()
    )
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    return f"{before}[channel.{tomlkit.key(name).as_string()}]\n{table}"


def changed(text: str, name: str, knob: str, value: object) -> str:
    """The file with one knob of a channel set; None takes it out, so that its default holds.

    >>> changed("[channel.a] # why\\nurl = 'b'\\n\\n[channel.c]\\n", "a", "paused", True)
    "[channel.a] # why\\nurl = 'b'\\npaused = true\\n\\n[channel.c]\\n"
    """
    file = tomlkit.parse(text)
    table = _table(file, name)
    if value is None:
        table.pop(knob, None)
    else:
        table[knob] = value
    return tomlkit.dumps(file)


def removed(text: str, name: str) -> str:
    """The file without a channel, and without what stands inside its table.

    >>> removed("# all\\n[channel.a]\\nurl = 'b'\\n\\n[channel.c] # c\\n", "a")
    '# all\\n[channel.c] # c\\n'
    """
    file = tomlkit.parse(text)
    channels: Any = file["channel"]
    del channels[name]
    return tomlkit.dumps(file)


def _table(file: Any, name: str) -> Table:
    table: Table = file["channel"][name]
    return table
