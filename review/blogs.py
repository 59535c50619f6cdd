"""An approved article as a draft in a blog: Ghost and WordPress, through their own APIs.

Only ever a draft: to publish it is done there, by a person. The keys come from the edge, are held
in memory, and are sent to their own blog alone.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from pipeline.errors import BlogRefused, ConfigError
from pipeline.model import Article

PATIENCE = 30.0  # seconds
LONGEST_REPLY = 300  # letters of what a blog says, that are shown

# (blog, the environment variables that it needs)
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "ghost": ("MYTAKE_GHOST_URL", "MYTAKE_GHOST_KEY"),
    "wordpress": ("MYTAKE_WORDPRESS_URL", "MYTAKE_WORDPRESS_USER", "MYTAKE_WORDPRESS_PASSWORD"),
}


@dataclass(frozen=True, slots=True)
class Blog:
    """One blog that drafts can be sent to."""

    name: str
    url: str
    secrets: tuple[str, ...]
    _send: Callable[["Blog", Article, str], str]

    def send(self, article: Article, body: str) -> str:
        """Make a draft of it; gives the address where it is edited. Raises BlogRefused."""
        return self._send(self, article, body)

    def post(self, path: str, headers: Mapping[str, str], told: object) -> Any:
        """Send JSON, and read the JSON that comes back."""
        try:
            answer = httpx.post(
                f"{self.url}{path}", headers=dict(headers), json=told, timeout=PATIENCE
            )
        except httpx.HTTPError as error:
            why = f"{self.url} cannot be reached: {error}."
            raise BlogRefused(self.name, why, "Check the address and try again.") from error
        if answer.is_success:
            try:
                return answer.json()
            except ValueError as error:
                why = f"{self.url} answered, but not as {self.name} does."
                raise BlogRefused(self.name, why, "Check the address.") from error
        said = " ".join(answer.text.split())[:LONGEST_REPLY]
        for secret in self.secrets:
            said = said.replace(secret, "[key]")
        hints = {401: "Check the key.", 403: "Check what the key may do.", 404: "Check the URL."}
        fix = hints.get(answer.status_code, "Try again later.")
        raise BlogRefused(self.name, f"It answered {answer.status_code}: {said}", fix)


def configured(environment: Mapping[str, str]) -> dict[str, Blog]:
    """The blogs for which all is set. Raises ConfigError for an address that gives keys away."""
    found = {}
    for name, variables in VARIABLES.items():
        values = [environment.get(variable, "").strip() for variable in variables]
        if all(values):
            url = values[0].rstrip("/")
            _is_safe(variables[0], url)
            label, send = _KINDS[name]
            found[name] = Blog(label, url, tuple(values[1:]), send)
    return found


def _is_safe(variable: str, url: str) -> None:
    parts = urlsplit(url)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (here and parts.scheme == "http")):
        raise ConfigError(
            variable, f"{url} would send the key for all to read.", "Give an https:// address."
        )


# --- Ghost ---


def _to_ghost(blog: Blog, article: Article, body: str) -> str:
    post = {
        "title": article.title[:255],
        "custom_excerpt": article.standfirst[:300],
        "html": body,
        "status": "draft",
    }
    headers = {
        "authorization": f"Ghost {ghost_token(blog.secrets[0], time.time())}",
        "accept-version": "v5.0",
    }
    answer = blog.post("/ghost/api/admin/posts/?source=html", headers, {"posts": [post]})
    return f"{blog.url}/ghost/#/editor/post/{_part(blog, answer, 'posts', 0, 'id')}"


def ghost_token(key: str, now: float) -> str:
    """What Ghost's Admin API asks for: a JWT of five minutes, signed with the key's second half."""
    kid, _, secret = key.partition(":")
    try:
        signer = bytes.fromhex(secret)
    except ValueError:
        signer = b""
    if not kid or not signer:
        why = "MYTAKE_GHOST_KEY is no Admin API key: it has an id, a colon and hexadecimal digits."
        raise BlogRefused("Ghost", why, "Copy it from Ghost's settings, Integrations.")
    header = {"alg": "HS256", "kid": kid, "typ": "JWT"}
    claims = {"iat": int(now), "exp": int(now) + 300, "aud": "/admin/"}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    mark = hmac.new(signer, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(mark)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# --- WordPress ---


def _to_wordpress(blog: Blog, article: Article, body: str) -> str:
    user, password = blog.secrets
    login = base64.b64encode(f"{user}:{password}".encode()).decode()
    told = {
        "title": article.title,
        "excerpt": article.standfirst,
        "content": body,
        "status": "draft",
    }
    answer = blog.post("/wp-json/wp/v2/posts", {"authorization": f"Basic {login}"}, told)
    return f"{blog.url}/wp-admin/post.php?post={_part(blog, answer, 'id')}&action=edit"


def _part(blog: Blog, answer: Any, *path: str | int) -> str:
    try:
        for step in path:
            answer = answer[step]
    except (KeyError, IndexError, TypeError) as error:
        why = f"{blog.url} answered, but not as {blog.name} does."
        raise BlogRefused(blog.name, why, "Look there whether the draft has come.") from error
    return "".join(mark for mark in str(answer) if mark.isalnum())[:64]


_KINDS: Mapping[str, tuple[str, Callable[[Blog, Article, str], str]]] = {
    "ghost": ("Ghost", _to_ghost),
    "wordpress": ("WordPress", _to_wordpress),
}
