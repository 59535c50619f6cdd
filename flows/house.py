"""What all runs share: configuration, channels and output/, checked whole before one begins."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import channels, config
from pipeline.channels import Channel
from pipeline.config import Config, Style, TranscribeOptions
from pipeline.engines import base, keys, weights
from pipeline.errors import ConfigError


@dataclass(frozen=True)
class House:
    """One configuration, its channels, and where articles go."""

    file: Path  # config/mytake.toml
    config: Config
    channels: Mapping[str, Channel]
    output: Path

    def style(self, name: str) -> Style:
        """A file of config/styles/."""
        return config.load_style(self.file.parent / "styles", name)

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises ConfigError that lists those there are."""
        if name not in self.channels:
            why = f"{channels_file(self.file)} has: {', '.join(self.channels) or 'none'}."
            fix = config.nearest(name, sorted(self.channels))
            raise ConfigError(f"no channel '{name}'", why, fix if self.channels else "Add one.")
        return self.channels[name]


def opened(file: Path, output: Path | None = None) -> House:
    """Read and check all of it. Raises ConfigError for the first thing that is wrong."""
    knobs = config.load(file)
    ready(knobs)
    house = House(
        file.absolute(),
        knobs,
        watched(file),
        (output or Path(knobs.output)).absolute(),
    )
    house.style(knobs.compose.style)
    return house


def watched(file: Path) -> dict[str, Channel]:
    """The channels that stand beside this configuration."""
    return channels.load(channels_file(file), styles(file))


def styles(file: Path) -> list[str]:
    """The styles that stand beside this configuration."""
    return config.styles(file.parent / "styles")


def channels_file(file: Path) -> Path:
    """config/channels.toml, beside config/mytake.toml."""
    return file.parent / "channels.toml"


def ready(knobs: Config) -> None:
    """Is everything there that these knobs name? Raises InterviewError."""
    base.known("transcribe engine", base.TRANSCRIBERS, knobs.transcribe.engine)
    base.known("diarize engine", base.DIARIZERS, knobs.diarize.engine)
    base.known("writer", base.WRITERS, knobs.compose.writer)
    base.known("support engine", {**base.SUPPORTS, "none": ""}, knobs.verify.support)
    if knobs.compose.writer == "llm":
        from pipeline.engines.language_models import llm

        keys.give(os.environ)
        llm.ready(knobs.llm)


def named(options: TranscribeOptions) -> None:
    """Is there a model of that name? It is not fetched yet. Raises UnknownModel."""
    if options.model not in weights.USUAL:  # else no library need be loaded to answer that
        engine = base.transcriber(options.engine)
        known = getattr(engine, "models", None)  # captions and replays have none
        if known:
            weights.named(options.model, known())
