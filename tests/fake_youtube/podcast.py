"""A small site on loopback: podcast feeds, media files, and pages that hold none."""

import re
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any

from tests.fake_youtube.server import Server, tone

EPISODE = """
<item><title>{title}</title><guid>{number}</guid><pubDate>{date}</pubDate>
<description><![CDATA[<p>What was said in <b>{number}</b> &amp; why.</p>]]></description>
<enclosure url="{url}" type="audio/mpeg" length="1"/></item>"""
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
<channel><title>The Fake Podcast</title><link>{site}</link>{items}</channel></rss>"""
# Oldest first, as some feeds are.
DATES = (
    "Thu, 02 Oct 2025 06:00:00 GMT",
    "Thu, 09 Oct 2025 06:00:00 GMT",
    "Thu, 16 Oct 2025 06:00:00 GMT",
)


class Podcast:
    """with Podcast() as site: ... site.url, site.hits, site.pages["/x"] = (status, type, body)."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.httpd = Server(("127.0.0.1", 0), Handler)
        self.httpd.site = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self.httpd.server_address[1]}"
        sound = tone(440, 12, "mp3")
        self.pages: dict[str, tuple[int, str, bytes]] = {
            "/feed.xml": (200, "application/rss+xml", self.feed().encode()),
            "/empty.xml": (200, "text/xml", FEED.format(site=self.url, items="").encode()),
            "/hostile.xml": (200, "text/xml", self.hostile_feed().encode()),
            **{f"/episode{n}.mp3": (200, "audio/mpeg", sound) for n in (1, 2, 3)},
            "/listen": (200, "audio/mpeg", sound),  # no ending tells what it is
            "/page.html": (200, "text/html", b"<html><body><p>Just words.</p></body></html>"),
            "/text.mp3": (200, "audio/mpeg", b"I am no mp3 at all.\n" * 40),
            "/page.mp3": (200, "text/html", b"<html><body>Please sign in.</body></html>"),
            "/nothing.mp3": (200, "audio/mpeg", b""),
            "/playlist.mp3": (200, "audio/mpeg", b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n"),
            "/busy.mp3": (429, "text/plain", b"slow down"),
            "/broken.mp3": (503, "text/plain", b"be right back"),
            "/forbidden.mp3": (403, "text/plain", b"no"),
            "/gone.mp3": (410, "text/plain", b"gone"),
            "/slow.mp3": (200, "audio/mpeg", sound),  # after a second
            "/secret.mp3": (401, "text/plain", b"who are you?"),
        }

    def feed(self) -> str:
        items = "".join(
            EPISODE.format(
                title=f"Episode {number}",
                number=number,
                date=date,
                url=f"{self.url}/episode{number}.mp3",
            )
            for number, date in enumerate(DATES, 1)
        )
        return FEED.format(site=self.url, items=items)

    def hostile_feed(self) -> str:
        urls = ("file:///etc/passwd", "/etc/passwd", "javascript:alert(1)", "ftp://127.0.0.1/a.mp3")
        urls += ("http://127.0.0.1/\u009b31m.mp3", "http://127.0.0.1/a b.mp3")
        items = "".join(
            EPISODE.format(title="../../x\u202e\u009b31m", number=number, date=DATES[0], url=url)
            for number, url in enumerate((*urls, f"{self.url}/episode1.mp3"))
        )
        return FEED.format(site=self.url, items=items)

    def __enter__(self) -> "Podcast":
        threading.Thread(target=self.httpd.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        site: Podcast = self.server.site  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        site.hits[path] += 1
        if path == "/slow.mp3":
            time.sleep(1)
        status, kind, body = site.pages.get(path, (404, "text/plain", b"Not found"))
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        headers = {"Content-Type": kind, "Last-Modified": "Mon, 01 Jan 2001 00:00:00 GMT"}
        if asked and status == 200 and int(asked[1]) < len(body):
            start, size = int(asked[1]), len(body)
            status, body = 206, body[start:]
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET
