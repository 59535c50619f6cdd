"""A real server on loopback that speaks OpenAI's protocol, and behaves as servers sometimes do."""

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Asked = dict[str, Any]  # the body of a request
# What a behaviour gives: the reply's text in pieces; or a status and what is said with it.
Answer = list[str] | tuple[int, str]


class Server:
    """Use as a context; `requests` is what was asked, `keys` with which keys."""

    def __init__(self, behave: Callable[[Asked], Answer], usage: bool = True) -> None:
        self.requests: list[Asked] = []
        self.keys: list[str] = []
        self.stop = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(asked)
                outer.keys.append(self.headers.get("Authorization", ""))
                answer = behave(asked)
                if isinstance(answer, tuple):
                    self.reply(answer[0], "application/json", answer[1].encode())
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for piece in answer:
                    if piece == HANG:
                        outer.stop.wait(20)
                        return
                    if piece == BREAK:
                        return
                    self.event(delta(piece))
                last = delta("", "stop")
                if usage:
                    last["usage"] = {
                        "prompt_tokens": 400, "completion_tokens": 100, "total_tokens": 500,
                    }  # fmt: skip
                self.event(last)
                self.wfile.write(b"data: [DONE]\n\n")

            def event(self, data: object) -> None:
                self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
                self.wfile.flush()

            def reply(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "Server":
        threading.Thread(target=self._server.serve_forever, daemon=True, args=(0.05,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._server.shutdown()
        self._server.server_close()


HANG, BREAK = "\0hang", "\0break"


def delta(text: str, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}
    return {
        "id": "1", "object": "chat.completion.chunk", "created": int(time.time()), "model": "m",
        "choices": [choice],
    }  # fmt: skip


def passages(asked: Asked) -> dict[int, str]:
    """What the model was shown, by number."""
    said = asked["messages"][-1]["content"]
    text = said if isinstance(said, str) else said[0]["text"]
    inside = re.search(r"<passages>\n(.*)\n</passages>", text, re.DOTALL)
    assert inside
    lines = (line.split(". ", 1) for line in inside[1].splitlines())
    return {int(number): line for number, line in lines}


def points(*said: tuple[int, str], quote: int = 0) -> list[str]:
    """A reply in the form that is asked for, in pieces."""
    made = [{"passage": place, "verb": "explained", "clause": text} for place, text in said]
    text = json.dumps({"points": made, "quote": quote}, ensure_ascii=False)
    return [text[at : at + 40] for at in range(0, len(text), 40)]


def honest(asked: Asked) -> Answer:
    """Says again what was said, where that is in the third person already."""
    own = re.compile(r"\b(?:i|me|my|we|us|our|ours|you|your)\b|['’]", re.IGNORECASE)
    fit = [(n, text.rstrip(".")) for n, text in passages(asked).items() if not own.search(text)]
    return points(*((n, text[:1].lower() + text[1:]) for n, text in fit[:3]))
