"""What passed between us and a language model, kept for a person to look at: a file a request.

A run that was killed finds here the replies it has paid for.
"""

import hashlib
import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config import LlmOptions
from pipeline.engines import keys
from pipeline.engines.language_models.llm import Reply, Request
from pipeline.store import write_whole


@dataclass(frozen=True)
class Letters:
    """The folder of them; None keeps nothing."""

    folder: Path | None
    options: LlmOptions

    def kept(self, name: str, request: Request) -> Reply | None:
        """The reply to this very request, where a killed run left it. It costs nothing again."""
        try:
            letter = json.loads(self._file(name).read_bytes()) if self.folder else {}
            if letter.get("digest") != self._digest(request) or letter["fault"]:
                return None
            value = request.form.model_validate(letter["reply"])
            return Reply(letter["text"], value, letter["read"], letter["written"], 0.0)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError):
            return None

    def keep(self, name: str, request: Request, reply: Reply, found: list[str]) -> None:
        """Write down what was asked, what came back, and what was wrong with it."""
        if not self.folder:
            return
        letter: dict[str, Any] = {
            "service": self.options.service,
            "server": urllib.parse.urlsplit(self.options.base_url or "").hostname,
            "model": self.options.model,
            "instructions": request.instructions,
            "prompt": request.prompt,
            "text": reply.text,
            "reply": reply.value.model_dump() if reply.value else None,
            "read": reply.read,
            "written": reply.written,
            "seconds": reply.seconds,
            "fault": reply.fault,
            "found": found,
            "digest": self._digest(request),
        }
        text = keys.redacted(json.dumps(letter, ensure_ascii=False, indent=1))
        write_whole(self._file(name), text.encode())

    def _file(self, name: str) -> Path:
        assert self.folder
        return self.folder / f"{name}.json"

    def _digest(self, request: Request) -> str:
        asked = (self.options.model_dump_json(), request.instructions, request.prompt)
        return hashlib.sha256("\0".join(asked).encode()).hexdigest()
