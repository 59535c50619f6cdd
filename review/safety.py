"""Who may ask for what: only this machine, only this page, only with the password elsewhere.

A page of another site can send requests here, and can make its own name lead here (DNS rebinding).
So the Host header must be one of ours, each change must carry a token that only our pages hold,
and what is sent back may not run or load anything but our own files.
"""

import base64
import hashlib
import hmac
import ipaddress
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import store
from pipeline.errors import ConfigError

LARGEST_BODY = 64_000  # bytes: the longest sentence in UTF-8, many times
MOST_FIELDS = 40
SESSION = "mytake_session"
SESSION_SECONDS = 14 * 24 * 3600
TRIES, PER_SECONDS = 5, 60  # wrong passwords, then a minute of none
SAFE_METHODS = frozenset({"GET", "HEAD"})
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def showing(frame: str) -> str:
    """The policy of a page that may show that one address in a frame, and else as all of them."""
    return f"{POLICY}; frame-src {frame}"


# A page or picture that a run wrote has its style within it, and needs nothing else.
WRITTEN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-same-origin"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Guard:
    """What is checked against: the secret of this output, the names we go by, the password."""

    secret: bytes
    hosts: frozenset[str]
    password: str | None = None  # hashed; None: this machine only
    wrong: list[float] = field(default_factory=list)  # when a password was wrong

    @property
    def token(self) -> str:
        """What each change must carry."""
        return self._signed("token")

    def session(self) -> str:
        """The cookie of who gave the password."""
        until = str(int(time.time()) + SESSION_SECONDS)
        return f"{until}.{self._signed(f'session {until} {self.password}')}"

    def is_session(self, cookie: str) -> bool:
        """Whether we gave out that cookie, and it still holds."""
        until, _, mark = cookie.partition(".")
        if not until.isdecimal() or len(until) > 12 or int(until) < time.time():
            return False
        return _same(mark, self._signed(f"session {until} {self.password}"))

    def is_token(self, said: str) -> bool:
        """Whether that is our token."""
        return _same(said, self.token)

    def lets_in(self, password: str) -> bool:
        """Whether that is the password; after some wrong ones nobody is let in for a while."""
        self.wrong[:] = [when for when in self.wrong if time.monotonic() - when < PER_SECONDS]
        if len(self.wrong) >= TRIES or not self.password:
            return False
        if is_password(password, self.password):
            return True
        self.wrong.append(time.monotonic())
        return False

    def _signed(self, text: str) -> str:
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def guard(place: Path, host: str, names: tuple[str, ...] = ()) -> Guard:
    """The guard of an output, whose secret and password are kept in `place`.

    Raises ConfigError where others could reach it, and it has no password.
    """
    place.mkdir(parents=True, exist_ok=True)
    password = _read(place / "password")
    if not is_local(host) and password is None:
        raise ConfigError(
            f"--host {host}",
            "Others could reach the page there, and it has no password.",
            "Set one first: mytake review --set-password",
        )
    hosts = LOCAL_NAMES | {host.lower().strip("[]"), *(name.lower() for name in names)}
    secret = _read(place / "secret")
    if secret is None:
        secret = secrets.token_hex(32)
        _keep(place / "secret", secret)
    return Guard(secret.encode(), frozenset(hosts), password if not is_local(host) else None)


def is_local(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip() or None
    except OSError:
        return None


def _keep(path: Path, text: str) -> None:
    store.write_whole(path, text.encode())
    path.chmod(0o600)


# --- the password ---

_COST = {"n": 2**14, "r": 8, "p": 1}


def set_password(place: Path, password: str) -> None:
    """Keep a hash of it. Raises ConfigError where it is too easy to guess."""
    if len(password) < 10:
        raise ConfigError("the password", "It is too short.", "Take at least 10 characters.")
    place.mkdir(parents=True, exist_ok=True)
    _keep(place / "password", hashed(password))


def hashed(password: str, salt: bytes | None = None) -> str:
    """scrypt, with its salt before it."""
    salt = salt or os.urandom(16)
    made = hashlib.scrypt(password.encode(), salt=salt, **_COST)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def is_password(password: str, kept: str) -> bool:
    """Whether the hash is of that password."""
    try:
        _, salt, _ = kept.split("$")
        return hmac.compare_digest(hashed(password[:500], base64.b64decode(salt)), kept)
    except ValueError:
        return False


# --- each request ---


class Safety:
    """ASGI around the page: refuses what is not ours to answer, marks all that is answered."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None and scope["method"] not in SAFE_METHODS:
            body, refusal = await self._body(scope, receive)
            receive = _again(body)
        if refusal is not None and Headers(scope=scope).get("hx-request"):
            told_aside(refusal)
        answer: ASGIApp = refusal or self.app
        await answer(scope, receive, _marked(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if _bare(headers.get("host", "")) not in self.guard.hosts:
            return PlainTextResponse("This page does not go by that name.", 421)
        if scope["method"] not in SAFE_METHODS | {"POST"}:
            return PlainTextResponse("Not here.", 405)
        path = scope["path"]
        if not self.guard.password or path.startswith("/static/") or path == "/login":
            return None
        if self.guard.is_session(Request(scope).cookies.get(SESSION, "")):
            return None
        if headers.get("hx-request"):
            return Response(status_code=204, headers={"hx-redirect": "/login"})
        return RedirectResponse("/login", 303)

    async def _body(self, scope: Scope, receive: Receive) -> tuple[bytes, Response | None]:
        """The body, if it is small, from a page of ours, and holds the token."""
        headers = Headers(scope=scope)
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return b"", PlainTextResponse("Another site sent this.", 403)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return b"", PlainTextResponse("Another site sent this.", 403)
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                return b"", PlainTextResponse("That is too long; shorten it.", 413)
            if not message.get("more_body"):
                break
        token = headers.get("x-token") or fields(body).get("token", "")
        if not self.guard.is_token(token):
            return b"", PlainTextResponse("This page is too old; load it again.", 403)
        return body, None


def told_aside(answer: Response) -> None:
    """Let the page put it where it tells what happened, not in the article's place."""
    answer.headers["hx-retarget"], answer.headers["hx-reswap"] = "#told", "innerHTML"


def fields(body: bytes) -> Mapping[str, str]:
    """The fields of a form; none where it is no form."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return {}
    return dict(pairs)


def _bare(host: str) -> str:
    """Without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _marked(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers.setdefault("content-security-policy", POLICY)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return marked
