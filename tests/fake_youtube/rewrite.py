"""Sends YouTube's hosts to the fake server, inside yt-dlp and nowhere else.

It is a request handler, yt-dlp's own place for such a thing: neither yt-dlp nor our door to it is
changed.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from yt_dlp.networking._urllib import UrllibRH
from yt_dlp.networking.common import register_preference, register_rh
from yt_dlp.networking.exceptions import UnsupportedRequest

HOSTS = re.compile(r"(.+\.)?(youtube\.com|googlevideo\.com|ytimg\.com)$|sponsor\.ajay\.app$")
_server: str | None = None


def install(url: str | None) -> None:
    """Send the hosts to that server from now on; None: to where they really are."""
    global _server  # noqa: PLW0603 - yt-dlp makes the handlers, so there is no other way in
    _server = url


@register_rh
class FakeYouTubeRH(UrllibRH):  # type: ignore[misc]
    RH_NAME = "fakeyoutube"

    def _validate(self, request: Any) -> None:
        if not _server or not HOSTS.match(urlsplit(request.url).hostname or ""):
            raise UnsupportedRequest("not a fake host")
        super()._validate(request)

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        extensions.pop("impersonate", None)
        super()._check_extensions(extensions)

    def _send(self, request: Any) -> Any:
        cookies = self._get_cookiejar(request).get_cookie_header(request.url)
        request = request.copy()
        if cookies:  # they go by the host that was meant
            request.headers["Cookie"] = cookies
        parts = urlsplit(request.url)
        query = f"?{parts.query}" if parts.query else ""
        request.url = f"{_server}/{parts.hostname}{parts.path}{query}"
        return super()._send(request)


@register_preference(FakeYouTubeRH)
def _prefer(_handler: Any, _request: Any) -> int:
    return 1000
