"""The process that does the work of `mytake serve`: one run after the other, models stay loaded.

    python -m flows.desk CONFIG OUTPUT

One order a line on stdin, one answer a line on stdout. When stdin ends, whoever gave the orders is
gone, and so is this process: nobody works unseen.
"""

import contextlib
import importlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def main(config: str, output: str) -> None:
    """Work until nobody gives orders any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for `mytake serve`, which tells us
    orders: queue.Queue[str] = queue.Queue()
    threading.Thread(target=read, args=(orders,), daemon=True).start()
    load()
    while True:
        order = json.loads(orders.get())
        answer = work(order, Path(config), Path(output))
        print(json.dumps({**order, **answer}), file=answers, flush=True)


def read(orders: "queue.Queue[str]") -> None:
    """Pass the orders on; at their end take every process down that was started here."""
    for line in sys.stdin:
        orders.put(line)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def load() -> None:
    """What the first run would wait for."""
    importlib.import_module("flows.article")
    importlib.import_module("flows.channel")


def work(order: dict[str, str], config: Path, output: Path) -> Answer:
    """Do what is asked; whatever goes wrong is an answer."""
    try:
        if "run" in order:
            return {"state": run(order["run"], order["entry"])}
        return register(config, output)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def register(config: Path, output: Path) -> Answer:
    """Tell the server what there is to run."""
    from flows import deploy, house

    opened = house.opened(config, output)
    deploy.deploy(opened)
    return {"channels": len(opened.channels)}


def run(number: str, entry: str) -> str:
    """Work on one flow run, as Prefect's own worker does in a process of its own."""
    from uuid import UUID

    from prefect.client.orchestration import get_client
    from prefect.exceptions import Abort, Pause
    from prefect.flow_engine import run_flow

    module, name = entry.split(":")
    flow: Callable[..., Any] = getattr(importlib.import_module(module), name)
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(UUID(number))
        with contextlib.suppress(Abort, Pause):  # somebody else took it
            run_flow(flow, flow_run=flow_run, return_type="state")  # type: ignore[arg-type]
        state = client.read_flow_run(UUID(number)).state
    return state.type.value if state else "?"


if __name__ == "__main__":
    main(*sys.argv[1:])
