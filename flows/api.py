"""The little of Prefect's REST API that needs no Prefect: its import costs 2 s and 80 MB.

So `mytake trigger` answers at once, and `mytake serve` waits in 30 MB.
"""

import http.client
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import NoServer

Json = dict[str, Any]

POOL = "mytake"
VIDEO, CHANNEL = "article/video", "channel/look"  # its deployments
# Queues of the pool, the most urgent first. `look` has a process of its own: a list must not wait
# until somebody has listened for an hour.
LOOK, NOW, LATER = "look", "now", "default"

NO_ROOM = "NoRoom"  # a state's name: the disk is full, so it is tried again when it is not

GOING = ("RUNNING", "PENDING", "CANCELLING")
WAITING = ("SCHEDULED", "PAUSED")


# Seconds between tries where SQLite has another writer at that moment: the server says 503 at once.
BUSY = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)


class Api:
    """One server; each call is one request on a connection that stays open."""

    def __init__(self, url: str, timeout: float = 20) -> None:
        parts = urlsplit(url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self.url = url
        self._path = parts.path.rstrip("/")
        self._link = kind(parts.netloc, timeout=timeout)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON; None where it is empty. Raises NoServer."""
        for pause in (*BUSY, None):
            status, said = self._exchange(method, path, body)
            if status != 503 or pause is None:
                break
            time.sleep(pause)
        if status >= 400:
            told = said.decode(errors="replace")[:300]
            raise NoServer(self.url, f"It answered {status} to {path}: {told}")
        return json.loads(said) if said else None

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> tuple[int, bytes]:
        data = json.dumps(body).encode() if body is not None else None
        kind = {"Content-Type": "application/json"}
        for again in (False, True):  # a connection that was idle may be closed
            try:
                self._link.request(method, f"{self._path}{path}", data, kind)
                answer = self._link.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError) as error:
                self._link.close()
                if again or isinstance(error, ConnectionRefusedError | TimeoutError):
                    raise NoServer(self.url, f"{type(error).__name__}: {error}") from error
        raise AssertionError("the second try returns or raises")

    def answers(self) -> bool:
        """Is it there?"""
        try:
            return bool(self.ask("GET", "/health"))
        except NoServer:
            return False

    def deployment(self, name: str) -> Json:
        """A deployment, named FLOW/NAME. Raises NoServer where no mytake has registered there."""
        found: Json = self.ask("GET", f"/deployments/name/{name}")
        return found

    def start(
        self, deployment: str, parameters: Mapping[str, Any], name: str, queue: str, key: str
    ) -> Json:
        """Ask for a run; the same `key` gives the same run, whatever became of it."""
        body = {
            "parameters": {**parameters},
            "name": name,
            "work_queue_name": queue,
            "idempotency_key": key,
            "state": {"type": "SCHEDULED"},
        }
        run: Json = self.ask("POST", f"/deployments/{deployment}/create_flow_run", body)
        return run

    def due(self, queues: Iterable[str]) -> list[Json]:
        """Runs whose time has come, the most urgent first."""
        now = datetime.now(UTC).isoformat()
        body = {"work_queue_names": list(queues), "scheduled_before": now}
        found = self.ask("POST", f"/work_pools/{POOL}/get_scheduled_flow_runs", body)
        return [one["flow_run"] for one in found]

    def runs(self, states: Iterable[str], limit: int = 200, **more: Any) -> list[Json]:
        """Our runs in these types of state, the newest first."""
        body = {
            "flow_runs": {"state": {"type": {"any_": list(states)}}, **more},
            "work_pools": {"name": {"any_": [POOL]}},
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": limit,
        }
        found: list[Json] = self.ask("POST", "/flow_runs/filter", body)
        return found

    def run(self, number: str) -> Json:
        """One run as it is now."""
        found: Json = self.ask("GET", f"/flow_runs/{number}")
        return found

    def tasks(self, number: str) -> list[Json]:
        """The steps of a run, in the order in which they began."""
        body = {
            "flow_runs": {"id": {"any_": [number]}},
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 200,
        }
        found: list[Json] = self.ask("POST", "/task_runs/filter", body)
        return found

    def set_state(
        self, number: str, kind: str, message: str = "", name: str | None = None, *, force: bool
    ) -> bool:
        """Move a run to another state; False: the server did not let us."""
        state = {"type": kind, "message": message, **({"name": name} if name else {})}
        body = {"state": state, "force": force}
        answer = self.ask("POST", f"/flow_runs/{number}/set_state", body)
        return bool(answer["status"] == "ACCEPT")

    def again(self, number: str, why: str) -> None:
        """A run that nobody works on any more: crashed, and to be taken up again at once."""
        self.set_state(number, "CRASHED", why, force=True)
        self.set_state(number, "SCHEDULED", why, "AwaitingRetry", force=True)

    def here(self, worker: str) -> None:
        """Tell the server that somebody works for the pool."""
        body = {"name": worker, "heartbeat_interval_seconds": 30}
        self.ask("POST", f"/work_pools/{POOL}/workers/heartbeat", body)


def once() -> str:
    """A key that asks for a run of its own."""
    return str(uuid.uuid4())
