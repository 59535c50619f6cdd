"""Serves the fake site: as an origin for `rewrite`, and as a proxy for any program.

GET /www.youtube.com/watch?v=...            what `rewrite` sends
GET http://www.youtube.com/watch?v=...      a proxy's plain form
CONNECT www.youtube.com:443                 answered here, with a certificate of our own
"""

import json
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from filelock import FileLock

from pipeline.engines.audio import ffmpeg
from tests.fake_youtube import answers
from tests.fake_youtube.catalog import CHANNEL, PLAYLIST, VIDEOS, Channel, Video

KEPT = Path(tempfile.gettempdir()) / "mytake-fake-youtube"
CHANNEL_PATH = re.compile(r"/(?:channel/(UC[\w-]{22})|(@[\w.-]+))(?:/(videos|shorts|streams))?")


@cache
def tone(hertz: int, seconds: int, ending: str) -> bytes:
    """A file with a tone, made once."""
    KEPT.mkdir(exist_ok=True)
    made = KEPT / f"{hertz}-{seconds}.{ending}"
    if not made.exists():
        source = f"sine=frequency={hertz}:duration={seconds}"
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            half = Path(folder) / made.name
            command = [ffmpeg.binary("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", source]
            subprocess.run([*command, "-ac", "1", half], check=True)
            half.replace(made)
    return made.read_bytes()


def certificate() -> tuple[Path, Path]:
    """A certificate for all fake hosts, and its key; made once, by openssl."""
    KEPT.mkdir(exist_ok=True)
    made, key = KEPT / "ca.pem", KEPT / "ca.key"
    with FileLock(KEPT / "ca.lock"):  # other workers of the tests want it, too
        if not made.exists():
            hosts = ("*.youtube.com", "youtube.com", "*.googlevideo.com", "*.ytimg.com")
            names = ",".join(f"DNS:{host}" for host in hosts)
            asked = "req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=fake_youtube"
            more = ["-addext", f"subjectAltName={names}"]
            more += ["-addext", "basicConstraints=critical,CA:TRUE"]
            files = ["-keyout", key, "-out", made]
            command = ["openssl", *asked.split(), *more, *files]
            subprocess.run(command, check=True, capture_output=True)
    return made, key


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A program that hangs up early is no fault of this server."""
        if not isinstance(sys.exception(), ConnectionError | ValueError):
            super().handle_error(request, client_address)


class FakeYouTube:
    """with FakeYouTube() as site: ... site.url, site.hits, site.add(Video(...))."""

    def __init__(self, videos: Iterable[Video] = VIDEOS, port: int = 0) -> None:
        self.videos = {video.id: video for video in videos}
        self.sponsorblock_is_down = False
        self.wall: str | None = None  # a kind that every page is now: "bot", "http429"
        self.hits: Counter[str] = Counter()  # "host /path" -> how often it was asked for
        self.gate = threading.Event()  # closed, videos of the kind "held" wait
        self.gate.set()
        self.sent = 0  # bytes of media
        self.cookies: set[str] = set()  # what the program sent along
        self.httpd = Server(("127.0.0.1", port), Handler)
        self.httpd.site = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self.httpd.server_address[1]}"

    def __enter__(self) -> "FakeYouTube":
        threading.Thread(target=self.httpd.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()

    def add(self, video: Video) -> str:
        """Put a video on the site; returns its address."""
        self.videos[video.id] = video
        return f"https://www.youtube.com/watch?v={video.id}"

    def of(self, owner: Channel) -> list[Video]:
        """What this channel has."""
        return [video for video in self.videos.values() if video.of == owner]

    def seen(self, number: str) -> Video | None:
        """The video as the site shows it now."""
        video = self.videos.get(number)
        return replace(video, kind=self.wall) if video and self.wall else video

    @property
    def requests(self) -> int:
        return self.hits.total()

    @cached_property
    def tls(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate())
        return context

    def media(self, video: Video, number: int, itag: str) -> bytes:
        if video.file:
            return video.file.read_bytes()
        return tone(video.sounds[number].hertz, video.duration, answers.FORMATS[itag][0])

    def sizes(self, video: Video) -> dict[tuple[int, str], int]:
        return {
            (number, itag): len(self.media(video, number, itag))
            for number, sound in enumerate(video.sounds)
            for itag in sound.itags
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tunnel: str | None = None  # the host behind CONNECT

    @property
    def site(self) -> FakeYouTube:
        found: FakeYouTube = self.server.site  # type: ignore[attr-defined]
        return found

    def log_message(self, *_: Any) -> None:
        pass

    def reply(
        self, body: bytes | str | dict[str, Any], kind: str = "", status: int = 200, **more: str
    ) -> None:
        if isinstance(body, dict):
            body, kind = json.dumps(body), "application/json"
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        named = {name.replace("_", "-"): value for name, value in more.items()}
        length = named.pop("Content-Length", str(len(body)))
        named |= {"Content-Type": kind or "text/html; charset=utf-8", "Content-Length": length}
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def do_CONNECT(self) -> None:
        self.send_response(200, "Connection established")
        self.end_headers()
        self.tunnel = self.path.rsplit(":", 1)[0]
        self.connection = self.site.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False
        while not self.close_connection:
            self.handle_one_request()

    def route(self) -> None:
        parts = urlsplit(self.path)
        host, path = self.tunnel or parts.netloc, parts.path
        if not host:  # an origin's form: /<host>/<path>
            host, _, path = path.lstrip("/").partition("/")
            path = f"/{path}"
        host = host.split(":")[0]
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.site.hits[f"{host} {path}"] += 1
        self.site.cookies.add(self.headers.get("Cookie", ""))
        if host in ("www.youtube.com", "m.youtube.com", "music.youtube.com"):
            self.youtube(path, asked)
        elif host.endswith(".googlevideo.com"):
            self.googlevideo(path)
        elif host == "i.ytimg.com":
            self.reply("", status=404)
        elif host == "sponsor.ajay.app" and not self.site.sponsorblock_is_down:
            known = answers.sponsorblock(self.site.videos.values(), path)
            self.reply(json.dumps(known), "application/json")
        else:  # nothing is ever forwarded
            self.reply(f"fake_youtube does not know {host}", status=502)

    do_GET = do_POST = do_HEAD = route

    def body(self) -> dict[str, Any]:
        size = int(self.headers.get("Content-Length") or 0)
        told: dict[str, Any] = json.loads(self.rfile.read(size) or b"{}")
        return told

    def troubled(self, video: Video) -> bool:
        """Answers of the network rather than of the site. True: that was the answer."""
        if video.kind == "http429":
            self.reply("Too many requests", status=429)
        elif video.kind == "slow":
            time.sleep(2)
            return False
        elif video.kind == "held":
            self.site.gate.wait(120)
            return False
        elif video.kind == "drop":
            self.hang_up()
        elif video.kind == "flaky" and self.site.hits[f"flaky {video.id}"] < 2:
            self.site.hits[f"flaky {video.id}"] += 1
            self.reply("try again", status=503)
        else:
            return False
        return True

    def youtube(self, path: str, asked: dict[str, str]) -> None:
        if match := CHANNEL_PATH.fullmatch(path):
            self.channel(*match.groups())
        elif path == "/watch":
            self.watch(asked.get("v", ""))
        elif path.startswith("/youtubei/v1/"):
            self.api(path.rpartition("/")[2], self.body())
        elif path == "/playlist" and asked.get("list") == PLAYLIST:
            self.reply(answers.page(answers.playlist_page(self.site.videos.values())))
        elif path == "/feeds/videos.xml":
            self.reply(answers.feed(self.site.videos.values()), "text/xml; charset=UTF-8")
        elif path == "/api/timedtext":
            self.captions(asked)
        elif path.startswith("/s/player/") or path == "/iframe_api":
            code = 'var a={signatureTimestamp:20000};"player\\/deadbeef\\/"'
            self.reply(code, "text/javascript")
        elif path.startswith("/embed/") or path == "/tv":
            self.reply(answers.page({}))
        else:
            self.reply("Not found", status=404)

    def channel(self, number: str | None, handle: str | None, tab: str | None) -> None:
        owners = {CHANNEL, *(video.of for video in self.site.videos.values())}
        owner = next((one for one in owners if number == one.id or handle == one.handle), None)
        if not owner:
            return self.reply("Not found", status=404)
        if self.site.wall == "http429":
            return self.reply("Too many requests", status=429)
        videos = self.site.of(owner)
        return self.reply(answers.page(answers.channel_page(owner, videos, tab or "videos")))

    def watch(self, number: str) -> None:
        video = self.site.seen(number)
        if not video:
            gone = {"playabilityStatus": answers.refused("ERROR", "This video is unavailable")}
            self.reply(answers.page({"contents": {}}, gone))
        elif not self.troubled(video):
            self.reply(answers.page(answers.watch_next(video), answers.player(video, None)))

    def api(self, what: str, body: dict[str, Any]) -> None:
        if what == "browse" and "browseId" in body:
            return self.reply(answers.playlist_page(self.site.videos.values()))
        if what == "browse":
            owner, tab, start = body["continuation"].split("|")
            videos = [video for video in self.site.videos.values() if video.of.id == owner]
            items = answers.page_of(videos, tab, int(start))
            more = {"appendContinuationItemsAction": {"continuationItems": items}}
            return self.reply({"onResponseReceivedActions": [more]})
        video = self.site.seen(body.get("videoId", ""))
        if not video:
            gone = answers.refused("ERROR", "This video is unavailable")
            told = {"playabilityStatus": gone, "videoDetails": {"videoId": body.get("videoId")}}
            return self.reply(told)
        if what == "next":
            return self.reply(answers.watch_next(video))
        if not self.troubled(video):
            self.reply(answers.player(video, self.site.sizes(video)))
        return None

    def captions(self, asked: dict[str, str]) -> None:
        video, heard = self.site.videos[asked["v"]], asked.get("kind") == "asr"
        if video.kind == "captions429":
            return self.reply("Too many requests", status=429)
        language = asked.get("tlang") or asked["lang"]
        kind, text = answers.timed_text(video, language, heard, asked.get("fmt", "vtt"))
        return self.reply(text, kind)

    def googlevideo(self, path: str) -> None:
        if path.endswith(".m3u8"):
            return self.reply(answers.LIVE, "application/vnd.apple.mpegurl")
        _, _, video_id, number, itag = [*path.split("/"), "", "", "", ""][:5]
        video = self.site.videos.get(video_id)
        if not video or video.kind == "media403":
            return self.reply("", status=403)
        data = self.site.media(video, int(number), itag)
        kind = answers.FORMATS[itag][1].split(";")[0]
        asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start, end = (
            (int(asked[1]), int(asked[2] or len(data) - 1)) if asked else (0, len(data) - 1)
        )
        end = min(end, len(data) - 1)
        if start >= len(data):
            return self.reply("", status=416, Content_Range=f"bytes */{len(data)}")
        part = data[start : end + 1]
        self.site.sent += len(part)
        if video.kind == "cut" and len(data) // 2 > start:
            whole = str(len(part))
            self.reply(data[start : len(data) // 2], kind, Content_Length=whole)
            return self.hang_up()
        if not asked:
            return self.reply(data, kind, Accept_Ranges="bytes")
        return self.reply(part, kind, 206, Content_Range=f"bytes {start}-{end}/{len(data)}")
