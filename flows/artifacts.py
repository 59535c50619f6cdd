"""What Prefect's page shows of a run beside its log: a name, how far the hearing is, the article.

None of it is worth a run: what the server does not take is left out, and said in the log.
"""

import contextlib
import contextvars
import logging
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
from prefect import artifacts, runtime
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException

from flows import reviewing
from flows.screen import plain
from pipeline.engines import progress
from pipeline.model import Published, Recording

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two looks at how far it is
REVIEW = "http://localhost:8321/"  # where `mytake review` is, unless told otherwise
LONGEST_NAME = 120
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def show(result: object) -> None:
    """A stage's result, where it says something to people."""
    if shown := SHOWN.get(type(result)):
        with _dispensable():
            shown(result)


def _name(recording: Recording) -> None:
    """A run that was asked for by an address, or on Prefect's page, gets the recording's title."""
    title, run = plain(recording.video.title)[:LONGEST_NAME], runtime.flow_run
    if title in run.name:
        return
    asked = run.parameters.get("url") or recording.video.url
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, name=f"{title} · {asked}" if asked else title)


def _article(published: Published) -> None:
    folder, status = published.folder, published.status.replace("_", " ")
    served = reviewing.address(folder.parent)
    link = f"[review it]({served or REVIEW}drafts/{urllib.parse.quote(folder.name)})"
    begin = "" if served else " (start `mytake review` first)"
    text = FRONT_MATTER.sub("", published.article.read_text(encoding="utf-8"))
    head = f"**{status}** · {link}{begin} · `{folder}`"
    artifacts.create_markdown_artifact(f"{head}\n\n---\n\n{text}", key=_key(folder.name))


# What a stage gave -> what is shown of it.
SHOWN: Mapping[type, Callable[[Any], None]] = {Recording: _name, Published: _article}


@contextlib.contextmanager
def hearing(whose: str) -> Iterator[None]:
    """While this lasts, show how far a stage is that hears; `whose` names the recording."""
    told, over = dict[str, float](), threading.Event()
    # The server may be silent for a minute; who hears does not wait for it.
    context = contextvars.copy_context()
    shows = threading.Thread(target=context.run, args=(_shows, whose, told, over), daemon=True)
    shows.start()
    with progress.told(told.__setitem__):
        try:
            yield
        finally:
            over.set()
            if told:
                shows.join(EVERY)


def _shows(whose: str, told: Mapping[str, float], over: threading.Event) -> None:
    shown: dict[str, tuple[Any, float]] = {}
    while True:
        last = over.wait(EVERY)
        for what, share in [*told.items()]:
            number, before = shown.get(what, (None, -1.0))
            if share == before:
                continue
            with _dispensable():
                shown[what] = _shown(number, f"{what}-{whose}", share), share
        if last:
            return


def _shown(number: Any, key: str, share: float) -> Any:
    percent = round(100 * share, 1)
    if number is None:
        return artifacts.create_progress_artifact(percent, _key(key), "How much of it was heard.")
    return artifacts.update_progress_artifact(number, percent)


def _key(name: str) -> str:
    """As Prefect wants it: lowercase letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "untitled"


@contextlib.contextmanager
def _dispensable() -> Iterator[None]:
    try:
        yield
    except (PrefectException, httpx.HTTPError, OSError) as error:
        log.warning("Not shown on Prefect's page: %s", error)
