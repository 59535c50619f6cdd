"""What is kept of a recording beside its steps, so that it is written again as before."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline import config as knobs
from pipeline import publish, store
from pipeline.compose import compose
from pipeline.config import Config, Options, Style
from pipeline.errors import InterviewError, NotThere
from pipeline.model import Recording, Source
from pipeline.store import Work
from review import record
from review.draft import Draft

KEPT, KNOBS = "source.json", "config.json"


def keep(work: Work, source: Source, config: Config) -> None:
    """Write down what is written and with which knobs, so that it can be written again."""
    with store.refusals_are_told(work.root):
        store.write_whole(work.root / KEPT, store.dump(source))
        store.write_whole(work.root / KNOBS, config.model_dump_json().encode())


def as_before(config: Config, output: Path, source: Source) -> Config:
    """The configuration with every knob that makes a difference as it was the last time.

    Else a name that is mended here would hear it all again with another model.
    """
    try:
        told = (output / ".work" / source.key / KNOBS).read_bytes()
        kept = Config.model_validate_json(told)
    except (OSError, ValueError):  # written by an older version
        return config
    return config.model_copy(
        update={name: _mixed(getattr(config, name), getattr(kept, name)) for name in _SECTIONS}
    )


_SECTIONS = tuple(name for name, knob in Config.model_fields.items() if not knob.exclude)


def _mixed(now: Options, before: Options) -> Options:
    told = {
        name: getattr(before, name)
        for name, knob in type(now).model_fields.items()
        if not knob.exclude
    }
    return now.model_copy(update=told)


def as_told(
    config: Config, output: Path, source: Source, asked: Mapping[str, str] | None = None
) -> Config:
    """The configuration with who is who, as a person said while reviewing; `asked` beats it."""
    folder = _folder(output, source.key)
    told = record.Review()
    if folder:
        with contextlib.suppress(InterviewError):
            told = record.review(Draft(folder))
    names = {**config.identify.names, **told.names, **(asked or {})}
    same = {**config.unite.same, **told.same}
    changes = {"identify": {"names": names}, "unite": {"same": same}}
    return config.model_copy(
        update={
            section: getattr(config, section).model_copy(update=given)
            for section, given in changes.items()
        }
    )


def _folder(output: Path, key: str) -> Path | None:
    """Where the recording with that key was published."""
    recording = Work(output / ".work" / key).result("download", Recording)
    return publish.folder_of(output, recording.video) if recording and output.is_dir() else None


def source_of(output: Path, folder: Path) -> Source:
    """What was written into that folder. Raises NotThere where that is not known any more."""
    video = _identity(folder / "data" / "video.json", ())
    for work in sorted((output / ".work").glob("*")):
        if _identity(work / "download.json", ("result", "video")) != video:
            continue
        with contextlib.suppress(OSError, ValueError):
            return store.load(Source, (work / KEPT).read_bytes())
    raise NotThere(folder.name, "Its working files are gone: run mytake on the recording again.")


def _identity(file: Path, within: tuple[str, ...]) -> Any:
    try:
        told = json.loads(file.read_bytes())
        for name in within:
            told = told[name]
        return told["extractor"], told["id"]
    except (OSError, ValueError, TypeError, KeyError):
        return None


def styles_written(file: Path, config: Config, output: Path, key: str) -> dict[str, Style]:
    """The styles beside the main one in which a recording was written before.

    They stay, and are redone where their facts changed; `file` is that of the configuration.
    """
    folder = file.parent / "styles"
    names = Work(output / ".work" / key).variants(compose)
    return {
        name: knobs.load_style(folder, name)
        for name in names
        if name != config.compose.style and (folder / f"{name}.toml").is_file()
    }
