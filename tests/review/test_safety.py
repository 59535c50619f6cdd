"""What strangers may try with the page, and what they get."""

import asyncio
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from flows.cli import main
from pipeline.errors import ConfigError
from pipeline.model import Speaker
from review import app, safety
from review.search import Index
from tests import drafts
from tests import lighthouse as vik
from tests.review.reviewer import Browser

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "' hx-on:click='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "</textarea><script>alert(1)</script>",
    "\u202egnp.exe\u0000",
)


def poisoned(folder: Path, bad: str) -> None:
    """Put the text wherever text from outside can stand."""
    for name in ("video", "article", "transcript", "turns", "edited", "speakers", "topics"):
        path = folder / "data" / f"{name}.json"
        told = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(_with(told, bad)), "utf-8")
    path = folder / "receipt.json"
    told = json.loads(path.read_text("utf-8"))
    told["checks"][0] |= {"passed": False, "found": [f"Answer 1, sentence 1 {bad}", bad]}
    told["reasons"], told["status"] = [bad], "needs_review"
    path.write_text(json.dumps(told), "utf-8")


TEXTS = {
    "text", "title", "standfirst", "opener", "closing", "channel", "name", "reason", "description",
    "answer_label", "url", "channel_url",
}  # fmt: skip


def _with(told: Any, bad: str) -> Any:
    if isinstance(told, list):
        return [_with(each, bad) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        key: f"{bad} {value}" if key in TEXTS and isinstance(value, str) else _with(value, bad)
        for key, value in told.items()
    }


@pytest.mark.parametrize("bad", HOSTILE)
def test_text_from_outside_is_shown_and_never_run(browser: Browser, folder: Path, bad: str) -> None:
    poisoned(folder, bad)
    base = f"/drafts/{folder.name}"
    browser.mend(folder, "reword", "a1.1", text=f"{bad} and more of that.")
    for path in ("/", "/?q=lighthouse", base, f"{base}/transcript", f"{base}/offers",
                 f"{base}/versions"):  # fmt: skip
        page = browser.get(path).text
        for tag, attributes in tags(page):
            assert tag not in ("img", "iframe", "object", "style"), (path, tag)
            assert tag != "script" or (attributes.get("src") or "").startswith("/static/")
            for name, value in attributes.items():
                assert not name.startswith(("on", "hx-on")) and name != "style", (path, name)
                address = name in ("href", "src", "action", "hx-get", "hx-post") and value
                assert not address or not re.match(r"\s*(?:javascript|data):", address, re.I)
        assert "root:" not in page


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """As a browser reads them."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(page)
    return found


def test_every_answer_forbids_what_is_not_ours(browser: Browser, folder: Path) -> None:
    for path in ("/", f"/drafts/{folder.name}", "/static/desk.js", "/nowhere"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
    written = browser.get(f"/drafts/{folder.name}/files/article.html").headers
    assert "script-src" not in written["content-security-policy"]
    assert "default-src 'none'" in written["content-security-policy"]


YOUTUBE = replace(vik.VIDEO, id="bc6uFV9CJGg", url="https://www.youtube.com/watch?v=bc6uFV9CJGg")


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_only_the_desk_of_a_youtube_video_may_show_a_frame_and_only_that_one(
    browser: Browser, output: Path
) -> None:
    folder = drafts.put(output, replace(drafts.interview(), video=YOUTUBE), sound=False)
    base = f"/drafts/{folder.name}"
    embed = "https://www.youtube-nocookie.com/embed/bc6uFV9CJGg"
    desk = browser.get(base)
    theirs = directives(desk.headers["content-security-policy"])
    assert theirs.pop("frame-src") == embed
    assert theirs == directives(safety.POLICY), "nothing else is wider"
    assert f'data-embed="{embed}"' in desk.text
    assert "<iframe" not in desk.text, "nothing is loaded before it is asked for"
    elsewhere = [f"{base}/{at}" for at in ("transcript", "offers", "versions", "job", "sheet")]
    for path in ("/", *elsewhere, f"{base}/files/article.html", f"{base}/as/check", "/drafts/no"):
        assert "frame-src" not in browser.get(path).headers["content-security-policy"], path


@pytest.mark.parametrize(
    ("number", "url"),
    [
        ("vik", "https://example.org/watch?v=vik"),
        ("bc6uFV9CJGg", "https://youtube.com.evil.example/watch?v=bc6uFV9CJGg"),
        ("bc6uFV9CJGg", "javascript:alert(1)//youtube.com/bc6uFV9CJGg"),
        ("bc6uFV9CJGg", "https://www.youtube.com/watch?v=another1234"),
        ("x; script-src *", "https://www.youtube.com/watch?v=x; script-src *"),
        ("bc6uFV9CJG\n", "https://www.youtube.com/watch?v=bc6uFV9CJG\n"),
        ("../../../x/y", "https://www.youtube.com/../../../x/y"),
    ],
)
def test_what_only_looks_like_a_youtube_video_gets_no_frame(
    browser: Browser, output: Path, number: str, url: str
) -> None:
    folder = drafts.put(output, sound=False)
    path = folder / "data" / "video.json"
    told = json.loads(path.read_text("utf-8")) | {"id": number, "url": url}
    path.write_text(json.dumps(told), "utf-8")
    desk = browser.get(f"/drafts/{folder.name}")
    assert desk.status_code == 200 and "data-embed" not in desk.text
    assert desk.headers["content-security-policy"] == safety.POLICY


def test_our_own_pages_need_nothing_that_the_policy_forbids(browser: Browser, folder: Path) -> None:
    for path in ("/", f"/drafts/{folder.name}", f"/drafts/{folder.name}/transcript"):
        page = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
        assert "<style" not in page and not re.search(r"<[^>]*\sstyle=", page)
        assert not re.search(r"<[^>]*\son\w+=", page)
        assert not re.search(r"(?:src|href)=\"https?://(?!example\.org)", page)


@pytest.mark.parametrize(
    "name",
    [
        "%2e%2e", "..%2f..%2fetc", ".work", "....", "%00",
        "a%00b", "..%5c..", "con%2f..%2f..%2fetc%2fpasswd", "x" * 3000, "%ff%fe",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_output(browser: Browser, folder: Path, name: str) -> None:
    (browser.output.parent / "article.md").write_text("secret")
    for after in ("", "/audio", "/files/article.md", "/transcript", "/versions"):
        answer = browser.get(f"/drafts/{name}{after}")
        assert answer.status_code in (404, 405), after
        assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/drafts/..", "/drafts/../../secret", "/static/../app.py", "//"])
def test_a_path_that_climbs_is_no_path(browser: Browser, folder: Path, path: str) -> None:
    """As it is: a browser would have made it shorter before sending."""
    sent = list[Any]()

    async def ask() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def answer(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "scheme": "http",
        "query_string": b"", "headers": [(b"host", b"localhost")], "root_path": "",
        "http_version": "1.1", "server": ("localhost", 8321), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    asyncio.run(browser.client.app(scope, ask, answer))
    assert sent[0]["status"] == 404


@pytest.mark.parametrize(
    "file", ["..%2f..%2fsecret", "data%2fvideo.json", "review.json", "../../secret", "article.m"]
)
def test_only_named_files_of_a_folder_are_sent(browser: Browser, folder: Path, file: str) -> None:
    assert browser.get(f"/drafts/{folder.name}/files/{file}").status_code == 404


def test_a_link_out_of_output_is_not_followed(browser: Browser, folder: Path) -> None:
    secret = browser.output.parent / "secret.wav"
    secret.write_text("secret")
    (folder / "audio.wav").unlink()
    (folder / "audio.wav").symlink_to(secret)
    (folder / "transcript.md").unlink()
    (folder / "transcript.md").symlink_to(secret)
    (browser.output / "other").symlink_to(browser.output.parent)
    for path in ("audio", "files/transcript.md"):
        assert browser.get(f"/drafts/{folder.name}/{path}").status_code == 404
    assert browser.get("/drafts/other").status_code == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::1"]
)
def test_a_name_that_is_not_ours_gets_nothing(browser: Browser, folder: Path, host: str) -> None:
    """DNS rebinding: evil.example leads to 127.0.0.1, the browser says whom it meant."""
    answer = browser.get("/", host=host)
    assert answer.status_code == 421 and "Light" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "127.0.0.1:9", "[::1]:8321"])
def test_our_own_names_are_answered(browser: Browser, host: str) -> None:
    assert browser.get("/", host=host).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"x-token": ""}, 403),
        ({"x-token": "0" * 64}, 403),
        ({"x-token": "é"}, 403),
        ({"origin": "http://127.0.0.1:8321", "sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_another_site_can_change_nothing(
    browser: Browser, folder: Path, headers: dict[str, str], status: int
) -> None:
    fields = {"stamp": browser.stamp(folder), "way": "drop", "where": "a1.1"}
    before = (folder / "article.md").read_bytes()
    sent = {b"x-token": browser.guard.token.encode()} | {
        name.encode(): value.encode() for name, value in headers.items()
    }
    answer = browser.client.post(
        f"/drafts/{folder.name}/mend", data=fields, headers=list(sent.items())
    )
    assert answer.status_code == status
    assert ((folder / "article.md").read_bytes() == before) == (status == 403)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(browser: Browser, folder: Path, method: str) -> None:
    assert browser.client.request(method, f"/drafts/{folder.name}").status_code == 405


def test_a_megabyte_in_a_field_is_refused_and_the_page_lives(
    browser: Browser, folder: Path
) -> None:
    before = (folder / "article.md").read_bytes()
    assert browser.mend(folder, "reword", "a1.1", text="a" * 1_000_000).status_code == 413
    answer = browser.mend(folder, "reword", "a1.1", text="a" * 50_000)
    assert answer.status_code == 422 and "1,500 are the most" in answer.text
    assert (folder / "article.md").read_bytes() == before
    assert browser.client.get("/", params={"q": "a" * 20_000}).status_code == 200


JUNK = [
    bytes(range(256)) * 40,
    b"",
    b"null",
    b"[]",
    b"[" * 100_000,
    b'{"words": 1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b'[{"id": "t1", "speaker": "S1", "start": 0, "end": 1, "text": "x", "words": [0, 99999]}]',
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("name", ["data/turns.json", "data/article.json", "review.json"])
def test_junk_in_one_draft_breaks_that_one_alone(
    browser: Browser, folder: Path, name: str, junk: bytes
) -> None:
    drafts.put(browser.output, drafts.interview(replace(vik.VIDEO, id="fine", title="Fine one")))
    (folder / name).write_bytes(junk)
    shelf = browser.get("/")
    assert shelf.status_code == 200 and "Fine one" in shelf.text
    page = browser.get(f"/drafts/{folder.name}")
    # No turns, or a field too many, is nothing that cannot be read.
    fine = (name, junk) in (("data/turns.json", b"[]"), ("review.json", b'{"words": 1e999}'))
    assert page.status_code == (200 if fine else 500)
    assert ("Cannot read what was written" in page.text) != fine
    assert ('<span class="pill broken">broken</span>' in shelf.text) != fine


def test_a_stranger_among_the_files_is_left_alone(browser: Browser, folder: Path) -> None:
    (browser.output / "notes").mkdir()
    (browser.output / "notes" / "todo.txt").write_text("mine")
    (browser.output / "file.md").write_text("mine")
    page = browser.get("/").text
    assert "notes" not in page and "broken" not in page


# --- elsewhere than on this machine ---


def test_without_a_password_nobody_else_can_reach_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--set-password"):
        safety.guard(tmp_path, "0.0.0.0")
    assert main(["review", "--host", "0.0.0.0", "--out", str(tmp_path), "--no-browser"]) == 2


def test_a_password_is_kept_as_a_hash_and_opens_the_page(output: Path, folder: Path) -> None:
    place = output / ".work" / "review"
    safety.set_password(place, "correct horse")
    kept = (place / "password").read_text()
    assert "horse" not in kept and kept.startswith("scrypt$")
    assert (place / "password").stat().st_mode & 0o077 == 0
    guard = safety.guard(place, "192.0.2.7")
    made = app.create(output, drafts.rules(), guard, Index(output, place, drafts.rules()))
    client = TestClient(made, base_url="http://192.0.2.7:8321", follow_redirects=False)
    for path in ("/", f"/drafts/{folder.name}/audio", f"/drafts/{folder.name}/files/article.md"):
        assert client.get(path).headers["location"] == "/login", path
    wrong = client.post("/login", data={"password": "wrong horse", "token": guard.token})
    assert wrong.status_code == 403 and "set-cookie" not in wrong.headers
    right = client.post("/login", data={"password": "correct horse", "token": guard.token})
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert client.get("/").status_code == 200
    client.cookies.set(safety.SESSION, "99999999999.0000")
    assert (
        client.get("/", headers={"cookie": f"{safety.SESSION}=99999999999.00"}).status_code == 303
    )


def test_after_five_wrong_passwords_the_right_one_waits_too(tmp_path: Path) -> None:
    safety.set_password(tmp_path, "correct horse")
    guard = safety.guard(tmp_path, "192.0.2.7")
    assert not any(guard.lets_in("wrong horse") for _ in range(5))
    assert not guard.lets_in("correct horse")
    guard.wrong[:] = [when - 61 for when in guard.wrong]
    assert guard.lets_in("correct horse")


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least 10"):
        safety.set_password(tmp_path, "horse")


def test_a_speaker_may_be_called_anything(browser: Browser, output: Path) -> None:
    made = drafts.interview()
    people = (made.speakers[0], Speaker("S2", "<b onclick=x>O'Neil & Sons</b>", "guest", 150.0))
    folder = drafts.put(output, replace(made, speakers=people))
    page = browser.get(f"/drafts/{folder.name}").text
    assert "&lt;b onclick=x&gt;O&#39;Neil &amp; Sons&lt;/b&gt;" in page
