"""A recording that was written before, written again with what a person told of it.

`python -m flows.again OUTPUT FOLDER CONFIG` writes one; its steps are told on stderr.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from flows import kept, screen
from flows.writing import written
from pipeline import config as knobs
from pipeline.errors import InterviewError
from review import draft


def command(output: Path, file: Path) -> Callable[[str], list[str]]:
    """The command line that writes a draft again, by the draft's name."""
    return lambda name: [sys.executable, "-m", "flows.again", str(output), name, str(file)]


def main(argv: Sequence[str]) -> int:
    """Write one draft again; returns the exit code."""
    output, name, file = Path(argv[0]), argv[1], Path(argv[2])
    screen.with_messages()
    try:
        source = kept.source_of(output, draft.draft(output, name).folder)
        config = kept.as_before(knobs.load(file), output, source)
        style = knobs.load_style(file.parent / "styles", config.compose.style)
        others = kept.styles_written(file, config, output, source.key)
        written(source, config, style, output, others)
    except InterviewError as error:
        return screen.tell(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
