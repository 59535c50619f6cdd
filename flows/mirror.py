"""Workers with no disk in common: what one of them finished, the others find in a bucket.

`[mirror] url` is an address that fsspec knows: s3://BUCKET/FOLDER, file:///mnt/disk/FOLDER, … There
it looks as in output/, and the rule of steps holds: files first, their manifest last.

URL/.work/KEY/STEP.json, STEP/…   steps: who takes up a killed worker's run does none of them again
URL/FOLDER/…                      articles
URL/.channels/, URL/.failed/      what looks at channels found, and why there is no article
"""

import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from flows.path import Step
from pipeline import publish, store
from pipeline.errors import InterviewError, MissingTool, NoMirror
from pipeline.model import Published
from pipeline.store import Work

log = logging.getLogger(__name__)

T = TypeVar("T")

REVIEWED = ("review.json", "review-")  # files that `mytake review` writes into an article's folder


class Mirror:
    """One address, and the output folder that is kept there too. Without an address: nothing."""

    def __init__(self, url: str | None, output: Path) -> None:
        self.url = url
        self.output = output

    # --- recordings ---

    def done(self, key: str) -> Path | None:
        """Where its article is there; None: nowhere."""
        if not self.url:
            return None
        with self._told():
            name = f".work/{key}/publish.json"
            if not self._is_there(name):
                return None
            return self.output / Path(json.loads(self._read(name))["result"]["folder"]).name

    def bring(self, key: str) -> None:
        """Bring what others finished of a recording, and its article; what is here stays."""
        if not self.url:
            return
        with self._told():
            place = f".work/{key}"
            there = self._names(place)
            for manifest in (name for name in there if name.count("/") == 2):
                step = manifest.removesuffix(".json")
                if manifest.endswith(".json") and not (self.output / manifest).exists():
                    for name in (one for one in there if one.startswith(f"{step}/")):
                        self._fetch(name)
                    self._fetch(manifest)
            self._bring_article(Work(self.output / place))

    def _bring_article(self, work: Work) -> None:
        published = work.result("publish", Published)
        folder = published.folder.name if published else None
        if folder and not (self.output / folder).exists():
            for name in sorted(self._names(folder), key=lambda name: name.endswith(publish.RECORD)):
                self._fetch(name)

    def step(self, work: Work, step: Step) -> Step:
        """The same, and each step is there for others as soon as it is finished."""
        if not self.url:
            return step

        def mirrored(stage: Callable[..., T], *inputs: object, variant: str = "") -> T:
            result = step(stage, *inputs, variant=variant)
            with self._told():
                self._send_step(work, f"{stage.__name__}-{variant}" if variant else stage.__name__)
                if isinstance(result, Published):
                    self._send_article(result.folder)
            return result

        return mirrored

    def _send_step(self, work: Work, name: str) -> None:
        manifest = work.root / f"{name}.json"
        if self._same(manifest):
            return
        for file in sorted((work.root / name).rglob("*")):
            if file.is_file():
                self._send(file)
        self._send(manifest)

    def _send_article(self, folder: Path) -> None:
        if why := self._touched(folder.name):
            log.warning("%s is left as it is at the mirror: %s.", folder.name, why)
            return
        files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
        for file in sorted(files, key=lambda file: file.match(publish.RECORD)):
            self._send(file)

    def _touched(self, folder: str) -> str | None:
        """What a person did to it there; None: it is as mytake sent it."""
        there = self._names(folder)
        if reviewed := next((one for one in there if Path(one).name.startswith(REVIEWED)), None):
            return f"{Path(reviewed).name} says that somebody reviewed it"
        if f"{folder}/{publish.RECORD}" not in there:
            return None
        offered = json.loads(self._read(f"{folder}/{publish.RECORD}"))["files"]
        for name, sha256 in offered.items():
            if not name.startswith("audio.") and f"{folder}/{name}" in there:
                found = hashlib.sha256(self._read(f"{folder}/{name}")).hexdigest()
                if found != sha256:
                    return f"{name} was edited"
        return None

    # --- small files that change ---

    @contextlib.contextmanager
    def kept(self, *files: Path) -> Iterator[None]:
        """As others left these files, and for them as they are at the end."""
        if not self.url:
            yield
            return
        with self._told():
            for file in files:
                if self._is_there(name := self._name(file)):
                    self._fetch(name)
        before = [_bytes(file) for file in files]
        try:
            yield
        finally:
            try:
                with self._told():
                    for file, was in zip(files, before, strict=True):
                        self._keep_changed(file, was)
            except NoMirror as error:  # what was worked on is done all the same
                log.warning("%s", error)

    def _keep_changed(self, file: Path, was: bytes | None) -> None:
        now, name = _bytes(file), self._name(file)
        if now is None and was is not None and self._is_there(name):
            self._files.rm(self._at(name))
        elif now is not None and now != was:
            self._send(file)

    # --- there ---

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        import fsspec

        try:
            # What was listed a minute ago is old: others write there too.
            files, root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        except ImportError as error:
            raise MissingTool(
                f"What speaks to {self.url}", str(error), "Install it: pip install 'mytake[s3]'."
            ) from error
        return files, root.rstrip("/")

    @property
    def _files(self) -> Any:
        return self._opened[0]

    def _at(self, name: str) -> str:
        return f"{self._opened[1]}/{name}"

    def _name(self, file: Path) -> str:
        return file.relative_to(self.output).as_posix()

    def _names(self, folder: str) -> list[str]:
        root = self._opened[1]
        return [found.removeprefix(f"{root}/") for found in self._files.find(self._at(folder))]

    def _is_there(self, name: str) -> bool:
        return bool(self._files.exists(self._at(name)))

    def _read(self, name: str) -> bytes:
        data: bytes = self._files.cat_file(self._at(name))
        return data

    def _same(self, file: Path) -> bool:
        name = self._name(file)
        return self._is_there(name) and self._read(name) == file.read_bytes()

    def _fetch(self, name: str) -> None:
        file = self.output / name
        if not file.resolve().is_relative_to(self.output.resolve()):
            return  # whoever writes there writes nowhere else here
        with store.refusals_are_told(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_name(f"{file.name}.part")
            self._files.get_file(self._at(name), str(part))
            part.replace(file)

    def _send(self, file: Path) -> None:
        to = self._at(self._name(file))
        self._files.makedirs(to.rpartition("/")[0], exist_ok=True)  # a bucket needs none
        self._files.put_file(str(file), to)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except InterviewError:
            raise
        except Exception as error:  # each kind of store has errors of its own
            why = (str(error) or "no reason given").splitlines()[0][:300]
            raise NoMirror(self.url, f"{type(error).__name__}: {why}") from error


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None
