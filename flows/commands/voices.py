"""The command `voices`: whose voices are remembered, and to forget them."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from flows.command_line import Commands, config_file
from flows.screen import plain, say


def add_to(commands: Commands) -> None:
    """Add it to the command line."""
    add = commands.add_parser("voices", help="whose voices are remembered, per channel")
    add.add_argument("--out", type=Path, metavar="DIR", help="where articles are (default: output)")
    add.add_argument("--config", type=Path, metavar="FILE")
    add.set_defaults(command=voices)
    add = add.add_subparsers(metavar="[forget CHANNEL]").add_parser(
        "forget", help="delete those of a channel"
    )
    add.add_argument("channel", help="its name, id or URL, or its file")
    add.add_argument("--out", type=Path, metavar="DIR", default=argparse.SUPPRESS)
    add.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS)
    add.set_defaults(command=forget)


def voices(args: argparse.Namespace) -> int:
    """`mytake voices`: whose voices are remembered, and for which channels that is switched on."""
    from pipeline.engines.voices import voice_memory

    remember, output = remembering(args)
    found = list(voice_memory.memories(output))
    for file, memory in found:
        for line in voice_memory.told(file, memory, remember):
            print(plain(line))
    waiting = [name for name in remember if not any(m and m.is_of(name) for _, m in found)]
    for channel in waiting:
        print(f"{plain(channel)}\n  switched on, nothing is kept yet")
    if not found and not waiting:
        say(f"No voice is kept in {output}: identify.remember in the configuration is empty.")
    return 0


def forget(args: argparse.Namespace) -> int:
    """`mytake voices forget CHANNEL`: delete what is known of its voices, and say what that was."""
    from pipeline.engines.voices import voice_memory

    remember, output = remembering(args)
    known = list(voice_memory.memories(output))
    meant = [
        (file, memory)
        for file, memory in known
        if args.channel in (str(file), file.name, file.stem)
        or (memory and memory.is_of(args.channel))
    ]
    if not meant:
        kept = "Kept are those of:" if known else "None is kept of any channel."
        say(plain(f"mytake: no voice of {args.channel} is kept in {output}. {kept}"))
        for file, memory in known:
            say(plain(f"  {memory.channel if memory else file.name}"))
        return 1
    for file, memory in meant:
        voice_memory.forget(file, output)
        people = ", ".join(memory.people) if memory else "what could not be read"
        print(plain(f"Forgot {people}: {file} is deleted."))
        if memory and any(memory.is_of(channel) for channel in remember):
            say("  It is still switched on: identify.remember lists it, the next run learns anew.")
    return 0


def remembering(args: argparse.Namespace) -> tuple[Sequence[str], Path]:
    """The channels whose voices may be kept, and the folder in which they are."""
    from pipeline import config as knobs

    config = knobs.load(config_file(args))
    return config.identify.remember, args.out or Path(config.output)
