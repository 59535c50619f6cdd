"""Who reviews: a browser that has the page open, and the files that it left."""

import json
import re
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from review import app, safety
from review.search import Index
from tests import drafts


class Browser:
    """A browser that has the page open."""

    def __init__(self, output: Path) -> None:
        self.output = output
        place = output / ".work" / "review"
        self.guard = safety.guard(place, "127.0.0.1")
        made = app.create(output, drafts.rules(), self.guard, Index(output, place, drafts.rules()))
        self.client = TestClient(made, base_url="http://127.0.0.1:8321")

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def stamp(self, folder: Path) -> str:
        found = re.search(r'id="stamp"[^>]*value="(\w+)"', self.get(f"/drafts/{folder.name}").text)
        assert found
        return found[1]

    def post(self, path: str, **fields: str) -> Any:
        headers = {"x-token": self.guard.token, "hx-request": "true"}
        return self.client.post(path, data=fields, headers=headers)

    def mend(self, folder: Path, way: str, where: str = "", **fields: str) -> Any:
        fields = {"stamp": self.stamp(folder), "way": way, "where": where, **fields}
        return self.post(f"/drafts/{folder.name}/mend", **fields)

    def decide(self, folder: Path, status: str, reason: str = "") -> Any:
        return self.post(
            f"/drafts/{folder.name}/decide", stamp=self.stamp(folder), status=status, reason=reason
        )


def data(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))
