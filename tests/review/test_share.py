"""Carried elsewhere: files, the check pack, blogs."""

import base64
import hashlib
import hmac
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from starlette.testclient import TestClient

from pipeline.errors import BlogRefused, ConfigError
from review import app, blogs
from review.search import Index
from tests import drafts
from tests.review.reviewer import Browser, data

KEY = "abc123:" + "0f" * 32


class OtherBlog(BaseHTTPRequestHandler):
    """What Ghost and WordPress answer, as they document it; and what they were sent."""

    seen: list[dict[str, Any]]
    answer: tuple[int, Any]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        told = {"path": self.path, "headers": dict(self.headers), "body": json.loads(body)}
        self.server.seen.append(told)  # type: ignore[attr-defined]
        status, reply = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode() if not isinstance(reply, bytes) else reply)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def blog() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), OtherBlog)
    server.seen, server.answer = [], (201, {"posts": [{"id": "64f"}], "id": 17})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(folder: Path, blog: Any) -> Browser:
    made = Browser(folder.parent)
    ready = blogs.configured(
        {
            "MYTAKE_GHOST_URL": f"{blog.url}/",
            "MYTAKE_GHOST_KEY": KEY,
            "MYTAKE_WORDPRESS_URL": blog.url,
            "MYTAKE_WORDPRESS_USER": "ada",
            "MYTAKE_WORDPRESS_PASSWORD": "abcd efgh",
        }
    )
    place = folder.parent / ".work" / "review"
    index = Index(folder.parent, place, drafts.rules())
    page = app.create(folder.parent, drafts.rules(), made.guard, index, None, ready)
    made.client = TestClient(page, base_url="http://127.0.0.1:8321")
    return made


def send(browser: Browser, folder: Path, name: str) -> Any:
    return browser.post(f"/drafts/{folder.name}/blog", stamp=browser.stamp(folder), blog=name)


def test_the_article_can_be_taken_along_as_it_was_mended(browser: Browser, folder: Path) -> None:
    browser.mend(folder, "reword", "title", text="A Light for Two <i>")
    answer = browser.get(f"/drafts/{folder.name}/as/markdown")
    assert answer.text == (folder / "article.md").read_text() and "A Light for Two" in answer.text
    assert f"{folder.name}.md" in answer.headers["content-disposition"]
    html = browser.get(f"/drafts/{folder.name}/as/html")
    assert "A Light for Two &lt;i&gt;" in html.text
    rich = browser.get(f"/drafts/{folder.name}/rich").json()
    assert "<h2>" in rich["html"] and "<script" not in rich["html"]
    assert rich["text"].startswith("---")
    assert browser.get(f"/drafts/{folder.name}/as/exe").status_code == 404


def test_it_can_be_taken_along_for_word_hugo_and_ghost(browser: Browser, folder: Path) -> None:
    browser.mend(folder, "reword", "title", text="A Light for Two <i>")
    base = f"/drafts/{folder.name}"
    page = browser.get(base).text
    assert all(f'href="{base}/as/{form}"' in page for form in ("docx", "hugo", "ghost", "html"))

    answer = browser.get(f"{base}/as/docx")
    paper = Document(io.BytesIO(answer.content))
    assert paper.paragraphs[0].text == "A Light for Two <i>"
    assert f"{folder.name}.docx" in answer.headers["content-disposition"]

    answer = browser.get(f"{base}/as/hugo")
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    assert bundle.namelist() == [f"{folder.name}/index.md", f"{folder.name}/timeline.svg"]
    assert b"A Light for Two" in bundle.read(f"{folder.name}/index.md")
    assert answer.content == browser.get(f"{base}/as/hugo").content

    (post,) = browser.get(f"{base}/as/ghost").json()["db"][0]["data"]["posts"]
    assert (post["title"], post["status"]) == ("A Light for Two <i>", "draft")

    # What somebody edits by hand goes along, and the page says so.
    text = (folder / "article.md").read_text()
    (folder / "article.md").write_text(text.replace("A keeper mostly listens", "By hand"))
    assert "as it was edited outside of this page, the others" in browser.get(base).text
    assert "By hand" in json.dumps(browser.get(f"{base}/as/ghost").json())
    (folder / "article.md").unlink()
    gone = browser.get(f"{base}/as/docx")
    assert gone.status_code == 500 and "It has: take" in gone.text


def test_the_check_pack_is_one_file_with_each_quotation_and_its_sound(
    browser: Browser, folder: Path
) -> None:
    page = browser.get(f"/drafts/{folder.name}/as/check").text
    said = [
        one["text"] for q in data(folder, "data/article.json")["questions"] for one in q["answer"]
    ]
    assert all(f"“{text.replace(chr(39), '&#39;')}”" in page for text in said)
    clips = re.findall(r'src="data:audio/mp4;base64,([^"]+)"', page)
    assert len(clips) == len(said) == 6
    assert all(base64.b64decode(clip)[4:8] == b"ftyp" for clip in clips)
    assert page.count("example.org/watch?v=vik#t=") == 6
    assert "Tomás Lind, did you say this?" in page and "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:audio|https://example\.org)', page)


def test_an_approved_article_becomes_a_draft_in_ghost(
    browser: Browser, folder: Path, blog: Any
) -> None:
    refused = send(browser, folder, "ghost")
    assert refused.status_code == 422 and not blog.seen, "approved first"
    browser.decide(folder, "approved")
    send(browser, folder, "ghost")
    (sent,) = blog.seen
    assert sent["path"] == "/ghost/api/admin/posts/?source=html"
    (post,) = sent["body"]["posts"]
    assert post["status"] == "draft" and "<h2>" in post["html"]
    assert post["title"] == data(folder, "data/article.json")["title"]
    token = sent["headers"]["authorization"].removeprefix("Ghost ")
    signed, _, mark = token.rpartition(".")
    right = hmac.new(bytes.fromhex("0f" * 32), signed.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(mark + "=") == right
    header, claims = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in signed.split("."))
    assert header["kid"] == "abc123" and claims["aud"] == "/admin/"
    event = data(folder, "review.json")["history"][-1]
    assert event["reason"] == f"{blog.url}/ghost/#/editor/post/64f"
    assert data(folder, "review.json")["decision"]["status"] == "approved"


def test_an_approved_article_becomes_a_draft_in_wordpress(
    browser: Browser, folder: Path, blog: Any
) -> None:
    browser.decide(folder, "approved")
    send(browser, folder, "wordpress")
    (sent,) = blog.seen
    assert sent["path"] == "/wp-json/wp/v2/posts" and sent["body"]["status"] == "draft"
    login = sent["headers"]["authorization"].removeprefix("Basic ")
    assert base64.b64decode(login) == b"ada:abcd efgh"
    assert "post=17" in data(folder, "review.json")["history"][-1]["reason"]


@pytest.mark.parametrize(
    ("status", "reply", "told"),
    [
        (401, {"errors": [{"message": f"Bad key {KEY}"}]}, "It answered 401"),
        (404, b"<html>not here</html>", "It answered 404"),
        (500, b"\xff\xfe", "It answered 500"),
        (200, b"<html>", "not as Ghost does"),
        (200, {"posts": []}, "not as Ghost does"),
    ],
)
def test_what_a_blog_refuses_is_told_without_the_key(
    browser: Browser, folder: Path, blog: Any, status: int, reply: Any, told: str
) -> None:
    browser.decide(folder, "approved")
    blog.answer = (status, reply)
    answer = send(browser, folder, "ghost")
    assert told in answer.text and "The article is not in Ghost" in answer.text
    assert KEY not in answer.text and "&lt;html&gt;" not in answer.text.replace(
        "&lt;html&gt;not", ""
    )


def test_a_key_is_never_sent_in_the_clear_over_the_net() -> None:
    with pytest.raises(ConfigError, match="MYTAKE_GHOST_URL"):
        blogs.configured({"MYTAKE_GHOST_URL": "http://blog.example", "MYTAKE_GHOST_KEY": KEY})
    assert blogs.configured({"MYTAKE_GHOST_URL": "https://blog.example"}) == {}
    with pytest.raises(BlogRefused, match="no Admin API key"):
        blogs.ghost_token("nonsense", 0)
