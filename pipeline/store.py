"""Steps: what is done is kept, what is kept is never done again.

A step is `inputs + options + version -> result`. Its files go to <work>/<step>/; it is done when
its manifest <work>/<step>.json is renamed into place, last. A killed run, a rerun and a changed
knob each redo exactly what is needed.
"""

import contextlib
import errno
import hashlib
import inspect
import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import filelock
from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.errors import Busy, Changed, DiskFull, NotWritable

T = TypeVar("T")

log = logging.getLogger(__name__)  # one line a step: its name, and "kept" or its seconds


def dump(value: object, root: Path | None = None) -> bytes:
    """JSON of a noun, or of a tuple of them; kept paths below `root` become relative to it."""
    if isinstance(value, tuple):
        return b"[" + b",".join(dump(item, root) for item in value) + b"]"
    return _adapter(type(value)).dump_json(value, context={"root": root})


def load(kind: type[T], data: bytes, root: Path | None = None) -> T:
    """The noun back from its JSON. Raises pydantic.ValidationError (a ValueError)."""
    loaded: T = _adapter(kind).validate_json(data, context={"root": root})
    return loaded


def digest(path: Path) -> str:
    """sha256 of a file, in hex; reads 1 MiB at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, even after a power cut."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:  # a full disk: not even an empty one is left
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def full_disk_is_told(place: Path) -> Iterator[None]:
    """Turn "no space left" and "quota exceeded" into DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(place, error.strerror) from error
        raise


@contextlib.contextmanager
def refusals_are_told(place: Path) -> Iterator[None]:
    """A full disk and a folder that cannot be written are the user's to cure."""
    try:
        with full_disk_is_told(place):
            yield
    except OSError as error:
        raise NotWritable(error.filename or place, error.strerror or error) from error


@dataclass(frozen=True)
class Manifest:
    """What a finished step leaves behind."""

    step: str
    fingerprint: str
    files: dict[str, int]  # path below the step's folder -> bytes
    result: Any


# Told which stage is to run, and on what; it is held meanwhile. What is kept runs nothing.
Around = Callable[[str, tuple[object, ...]], AbstractContextManager[object]]
Stage = Callable[..., Any]


def unlimited(_stage: str, _inputs: tuple[object, ...]) -> AbstractContextManager[object]:
    """Every stage may run at once."""
    return nullcontext()


class Work:
    """One recording's working folder. Use as a context: it is locked meanwhile."""

    def __init__(self, root: Path, around: Around = unlimited) -> None:
        self.root = root
        self._around = around
        self._asked: dict[str, tuple[Stage, tuple[object, ...]]] = {}  # of this run, by name
        self._lock = filelock.FileLock(root / "lock", timeout=0)

    def __enter__(self) -> "Work":
        with refusals_are_told(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except filelock.Timeout:
                raise Busy(self.root.name, f"the one that locks {self._lock.lock_file}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def step(self, stage: Callable[..., T], *inputs: object, variant: str = "") -> T:
        """Give the stage's kept result, or run it and keep what it gives.

        A variant is kept beside the others: one stage, for each of several styles.

        Inputs are nouns and options; a stage that writes files takes `folder` too, its own. What
        it finds there, a killed run with the same inputs left: its checkpoint.
        """
        name = f"{stage.__name__}-{variant}" if variant else stage.__name__
        mark = self.fingerprint(stage, inputs)
        result_type: type[T] = get_type_hints(stage)["return"]
        self._asked[name] = (stage, inputs)
        kept = self._kept(stage, name, mark, result_type)
        if kept is not None:
            log.info("%-11s kept", name)
            return kept
        return self._run(stage, name, mark, inputs)

    def _run(self, stage: Callable[..., T], name: str, mark: str, inputs: tuple[object, ...]) -> T:
        self._bring_back(inputs)
        with self._around(stage.__name__, inputs), full_disk_is_told(self.root):
            begun = time.monotonic()
            folder = self._own_folder(stage, name, mark)
            result = stage(*inputs, **({"folder": folder} if folder else {}))
            self._finish(name, mark, folder, result)
        log.info("%-11s %.1f s", name, time.monotonic() - begun)
        return result

    def forget(self, names: Collection[str]) -> None:
        """Do these steps again when they are next asked for, whatever is kept of them."""
        for manifest in self.root.glob("*.json"):
            if manifest.stem.partition("-")[0] in names:
                manifest.unlink()

    def let_go(self, name: str, files: Collection[str]) -> None:
        """Delete files of a finished step. It stays finished until a stage wants to read them."""
        manifest = self.manifest(name)
        if manifest is None or not files:
            return
        for file in files:  # first: on a full disk nothing can be written yet
            (self.root / name / file).unlink(missing_ok=True)
        rest = {file: size for file, size in manifest.files.items() if file not in files}
        mark = self.root / f"{name}.json"
        finished = mark.stat().st_mtime
        write_whole(mark, dump(replace(manifest, files=rest)))
        os.utime(mark, (finished, finished))

    def _bring_back(self, inputs: tuple[object, ...]) -> None:
        """Run again the steps whose files were let go of and are to be read now."""
        for path in self._lost(inputs):
            name = path.relative_to(self.root).parts[0]
            if path.exists() or name not in self._asked:  # it came back with the one before
                continue
            log.info("%-11s once more: its files were cleaned away", name)
            stage, given = self._asked[name]
            before = self.manifest(name)
            result = self._run(stage, name, self.fingerprint(stage, given), given)
            if before and before.result.get("sha256") != result.sha256:
                # Some later steps have heard the old one.
                raise Changed(self.root.name)

    def _lost(self, inputs: tuple[object, ...]) -> Iterator[Path]:
        """Files that these nouns name and that are not there."""
        for noun in inputs:
            for field in fields(noun) if is_dataclass(noun) else ():
                path = getattr(noun, field.name)
                if isinstance(path, Path) and path.is_relative_to(self.root) and not path.exists():
                    yield path

    def variants(self, stage: Callable[..., object]) -> list[str]:
        """Those of this stage that were ever finished here."""
        begins = f"{stage.__name__}-"
        return sorted(file.stem.removeprefix(begins) for file in self.root.glob(f"{begins}*.json"))

    def _kept(self, stage: Callable[..., T], name: str, mark: str, kind: type[T]) -> T | None:
        """The result of an earlier run with the same inputs, if all of it is still there."""
        manifest = self.manifest(name)
        if not manifest or manifest.fingerprint != mark or not self._all_there(manifest):
            return None
        # A stage that writes outside of its folder says itself whether that is still there.
        is_there = getattr(sys.modules[stage.__module__], "is_there", lambda _: True)
        kept = self._result(manifest, kind)
        return kept if kept is not None and is_there(kept) else None

    def result(self, name: str, kind: type[T]) -> T | None:
        """What a finished step gave; files of it may have been cleaned away."""
        manifest = self.manifest(name)
        return self._result(manifest, kind) if manifest else None

    def _result(self, manifest: Manifest, kind: type[T]) -> T | None:
        with contextlib.suppress(ValidationError):  # kept by an older version with other fields
            return load(kind, json.dumps(manifest.result).encode(), self.root)
        return None

    def fingerprint(self, stage: Callable[..., object], inputs: tuple[object, ...]) -> str:
        """What the result depends on: the stage, its VERSION, its inputs and options."""
        version = getattr(sys.modules[stage.__module__], "VERSION", 1)
        marked = hashlib.sha256(f"{stage.__name__} {version}".encode())
        for value in inputs:
            # An Options dumps without the knobs that cannot change the result.
            data = (
                value.model_dump_json().encode()
                if isinstance(value, BaseModel)
                else dump(value, self.root)
            )
            marked.update(len(data).to_bytes(8, "big") + data)
        return marked.hexdigest()

    def manifest(self, name: str) -> Manifest | None:
        """The manifest of a finished step; None where there is none that can be read."""
        try:
            return Manifest(**json.loads((self.root / f"{name}.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def _all_there(self, manifest: Manifest) -> bool:
        folder = self.root / manifest.step
        sizes = ((folder / name, size) for name, size in manifest.files.items())
        return all(file.is_file() and file.stat().st_size == size for file, size in sizes)

    def _own_folder(self, stage: Callable[..., object], name: str, mark: str) -> Path | None:
        if "folder" not in inspect.signature(stage).parameters:
            return None
        folder, begun = self.root / name, self.root / f"{name}.begun"
        (self.root / f"{name}.json").unlink(missing_ok=True)
        if not (begun.is_file() and begun.read_text() == mark):
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        write_whole(begun, mark.encode())
        return folder

    def _finish(self, name: str, mark: str, folder: Path | None, result: object) -> None:
        files = [file for file in folder.rglob("*") if file.is_file()] if folder else []
        sizes = {str(file.relative_to(folder)): file.stat().st_size for file in files if folder}
        manifest = Manifest(name, mark, sizes, json.loads(dump(result, self.root)))
        write_whole(self.root / f"{name}.json", dump(manifest))
        (self.root / f"{name}.begun").unlink(missing_ok=True)


_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
