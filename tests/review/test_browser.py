"""The page in a real browser, on the real sample: walked as a reviewer would, then held to WCAG."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from flows import review as served
from pipeline import config as knobs
from tests.crooked_server import Answer, Asked, Server, honest
from tests.runs import Run

TESTS = Path(__file__).parent.parent
CONFIG = TESTS.parent / "config" / "mytake.toml"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="skipped: no Chromium"),
]
AXE = (TESTS / "axe" / "axe.min.js").read_text("utf-8")
PATIENCE = 90  # seconds; this machine may be busy
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def folder(sample: Run, tmp_path: Path) -> Path:
    """A copy of the sample's article, with what a rerun of it needs."""
    shutil.copytree(sample.output, tmp_path / "output", symlinks=True)
    return Run(tmp_path / "output").folder


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """The page of that output."""
    with serving(folder, CONFIG) as url:
        yield url


@contextmanager
def serving(folder: Path, file: Path) -> Iterator[str]:
    """The page as `mytake review` serves it."""
    page = served.page(folder.parent, knobs.load(file), file, "127.0.0.1")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(page, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--mute-audio"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A tab in which nothing may go wrong unseen: no error, no refusal by the policy."""
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    wrong = list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda line: wrong.append(f"{line.text} {line.location}") if line.type == "error" else None,
    )
    yield page
    context.close()
    # A change that is refused is an answer like any other; Chromium calls it an error.
    assert [line for line in wrong if "422" not in line and "409" not in line] == []


def said_of(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def opened(tab: Any, address: str, folder: Path) -> None:
    tab.goto(f"{address}/drafts/{folder.name}")
    tab.wait_for_selector(".heard", state="attached")


def saved(tab: Any, what: str) -> None:
    """Wait until the page says that it has saved that."""
    tab.wait_for_selector(f"#told .saved:has-text('{what}')")


def until(tab: Any, holds: str) -> None:
    """Wait until it holds. (Playwright's own way is to evaluate text, which our policy forbids.)"""
    end = time.monotonic() + PATIENCE
    while not tab.evaluate(holds):
        assert time.monotonic() < end, holds
        time.sleep(0.03)


def plays_from(tab: Any, act: Any) -> float:
    """The second from which the recording sounds, once that is done.

    It plays slowly: the second for which a busy machine does not look is little of the recording.
    """
    tab.evaluate(
        "() => { audio.playbackRate = 0.2; window.heard_at = null; audio.pause(); "
        "audio.addEventListener('playing', "
        "() => { window.heard_at = audio.currentTime; }, {once: true}); }"
    )
    act()
    until(tab, "window.heard_at !== null")
    second: float = tab.evaluate("window.heard_at")
    return second


def test_a_reviewer_hears_mends_and_approves_the_sample(
    tab: Any, address: str, folder: Path
) -> None:
    tab.goto(address)
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".heard")
    article = said_of(folder, "data/article.json")

    # A click on a sentence: its seconds sound, its turn lights up, and it ends where it ends.
    sentence = article["questions"][1]["answer"][1]
    second = plays_from(tab, lambda: tab.click("#a2\\.2 .said"))
    assert abs(second - sentence["start"]) <= 0.3
    assert sentence["text"].split()[0] in tab.inner_text("#transcript .cited")
    tab.evaluate("second => { audio.currentTime = second; }", sentence["end"] - 0.8)
    until(tab, "audio.paused")
    assert abs(tab.evaluate("audio.currentTime") - sentence["end"]) <= 0.5

    # A topic in the picture jumps there.
    topic = said_of(folder, "data/topics.json")[3]
    second = plays_from(tab, lambda: tab.click(f'.topic[data-start="{topic["start"]}"]'))
    assert abs(second - topic["start"]) <= 0.3

    # A word is changed: the check says so at once. Undone, all is as it was.
    before = (folder / "article.md").read_bytes()
    tab.click("#a2\\.1 .said")
    tab.keyboard.press("e")
    tab.fill("#a2\\.1 textarea", "Honestly, I was looking for a museum.")
    begun = time.monotonic()
    tab.keyboard.press("Control+Enter")
    note = tab.wait_for_selector("#a2\\.1 .notes .hard").inner_text()
    assert "is not what was said there" in note and time.monotonic() - begun < 5
    assert tab.inner_text("#status").lower() == "needs review"
    assert b"a museum" in (folder / "article.md").read_bytes()
    tab.keyboard.press("u")
    tab.wait_for_selector("#a2\\.1 .notes", state="detached")
    assert (folder / "article.md").read_bytes() == before

    # Asked again, the same question gets other sentences of the same reply.
    tab.click("#q4 .said")
    tab.click("#q4 [data-again]")
    tab.keyboard.press("Enter")
    saved(tab, "asked question 4 again")
    again = said_of(folder, "data/article.json")["questions"][3]
    assert again["text"] == article["questions"][3]["text"]
    assert again["answer"] != article["questions"][3]["answer"]

    # A speaker gets another name, everywhere.
    tab.click("text=Who is who, and names")
    tab.fill("#name-S1", "Dan Price")
    with tab.expect_navigation(timeout=180_000):
        tab.click("text=Save, and write it again")
    tab.wait_for_selector(".heard", state="attached")
    assert "between Dan Price and Helen Marsh" in tab.inner_text("#opener")
    assert said_of(folder, "data/article.json")["questions"][3]["answer"] == again["answer"]

    # Approved: the files say so.
    tab.keyboard.press("a")
    tab.click("#approve .primary")
    tab.wait_for_selector("#status.approved")
    front = (folder / "article.md").read_text("utf-8").split("---")[1]
    assert "draft: false" in front and "review: approved" in front
    assert said_of(folder, "review.json")["decision"]["status"] == "approved"
    tab.click("[data-dialog=export]")
    tab.click("[data-copy]")
    tab.wait_for_selector("[data-copy]:has-text('Copied')")
    assert "Dan Price" in tab.evaluate("navigator.clipboard.readText()")


def test_the_second_tab_is_told_and_keeps_what_was_typed(
    tab: Any, address: str, folder: Path
) -> None:
    opened(tab, address, folder)
    other = tab.context.new_page()
    opened(other, address, folder)
    other.click("#title .said")
    other.keyboard.press("e")
    other.fill("#title textarea", "Second Tab's Title")
    tab.click("#a1\\.4 .said")
    tab.keyboard.press("x")
    saved(tab, "dropped")
    other.keyboard.press("Control+Enter")
    assert "was changed since you opened it" in other.inner_text("#told .problem")
    assert other.input_value("#title textarea") == "Second Tab's Title"
    assert said_of(folder, "data/article.json")["title"] == "The Mill That Runs on the Moon"


def test_a_sentence_of_the_transcript_is_added_with_a_click(
    tab: Any, address: str, folder: Path
) -> None:
    opened(tab, address, folder)
    before = said_of(folder, "data/article.json")["questions"][0]["answer"]
    tab.click("#a1\\.1 .said")
    tab.click("#transcript .heard:not(.used):not(.unused):not(.unsure) >> nth=0")
    added = tab.inner_text("#transcript .cited")
    tab.click("#pick form button")
    saved(tab, "added a sentence to answer 1")
    answer = said_of(folder, "data/article.json")["questions"][0]["answer"]
    assert added in [one["text"] for one in answer] and len(answer) == len(before) + 1
    tab.click("summary:has-text('Add a question')")
    tab.click(".offer button >> nth=0")
    saved(tab, "added a question")
    assert len(said_of(folder, "data/article.json")["questions"]) == 6


def test_who_presses_what_has_only_just_come_is_heard(tab: Any, address: str, folder: Path) -> None:
    opened(tab, address, folder)
    before = (folder / "article.md").read_bytes()
    tab.evaluate(
        "() => document.addEventListener('htmx:afterSwap', () => setTimeout(() => "
        "document.querySelector('[data-undo]').click()), {once: true})"
    )
    tab.click("#a1\\.4 .said")
    tab.keyboard.press("x")
    tab.wait_for_selector("[data-redo]:not([disabled])")
    assert (folder / "article.md").read_bytes() == before


UNUSED = "#transcript .heard[data-sentence]:not(.used):not(.unused):not(.unsure)"


def test_a_sentence_goes_to_the_answer_whose_question_stands_before_it(
    tab: Any, address: str, folder: Path
) -> None:
    opened(tab, address, folder)
    article = said_of(folder, "data/article.json")
    asked = [question["start"] for question in article["questions"]]
    free = tab.query_selector_all(UNUSED)
    last = [one for one in free if float(one.get_attribute("data-start")) > asked[2]][-1]
    right = sum(start <= float(last.get_attribute("data-start")) for start in asked)
    last.click()
    assert tab.inner_text("[data-pick-where]") == f"answer {right}" and right > 2
    # Who chose an answer means that one, until they choose in the transcript.
    tab.click("#a2\\.1 .said")
    last.click()
    assert tab.inner_text("[data-pick-where]") == "answer 2"
    tab.click(f'.heard[data-start="{article["questions"][0]["answer"][0]["start"]}"]')
    assert tab.query_selector("#a1\\.1.selected")
    last.click()
    assert tab.inner_text("[data-pick-where]") == f"answer {right}"

    # What was saved is told above that button, not over it.
    tab.click("#a1\\.3 .said")
    tab.keyboard.press("x")
    saved(tab, "dropped")
    gap = tab.evaluate(  # in one go: what is told goes away by itself
        """last => {
            last.click();
            const box = place => document.querySelector(place).getBoundingClientRect();
            return box("#pick form button").top - box("#told .saved").bottom;
        }""",
        last,
    )
    assert gap >= 0
    tab.click("#pick form button")
    saved(tab, "added a sentence")
    assert not tab.is_visible("#pick"), "it is in"


def test_an_article_edited_by_hand_is_told_where_it_is_approved(
    tab: Any, address: str, folder: Path
) -> None:
    file = folder / "article.md"
    edited = file.read_text("utf-8").replace("$640,000", "$460,000")
    file.write_text(edited, "utf-8")
    opened(tab, address, folder)
    held(tab, "edited by hand")
    tab.keyboard.press("a")
    assert "$460,000" in tab.inner_text("#approve .bad")
    held(tab, "approving beside an edited file")
    tab.click("#approve button:has-text('Put what this page shows into article.md')")
    saved(tab, "as it was edited it is kept as data/versions/edited-1.md")
    assert tab.query_selector("#theirs") is None
    assert "$640,000" in file.read_text("utf-8")
    assert (folder / "data" / "versions" / "edited-1.md").read_text("utf-8") == edited
    tab.keyboard.press("a")
    tab.click("#approve .primary")
    tab.wait_for_selector("#status.approved")
    assert "review: approved" in file.read_text("utf-8")


def test_youtubes_player_is_loaded_by_a_click_and_by_nothing_else(
    chromium: Any, address: str, folder: Path
) -> None:
    tab = chromium.new_context(viewport={"width": 1360, "height": 900}).new_page()
    tab.set_default_timeout(PATIENCE * 1000)
    for copy in folder.glob("audio.*"):
        copy.unlink()
    video = said_of(folder, "data/video.json")
    video |= {"id": "bc6uFV9CJGg", "url": "https://www.youtube.com/watch?v=bc6uFV9CJGg"}
    (folder / "data" / "video.json").write_text(json.dumps(video), "utf-8")
    asked = list[str]()

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<title>player</title>", content_type="text/html")

    tab.context.route(lambda url: not url.startswith(address), answer)
    opened(tab, address, folder)
    tab.click("#a2\\.1 .said")
    tab.click("#transcript .heard >> nth=0")
    tab.click(".chart .topic >> nth=1")
    assert asked == [] and tab.query_selector("iframe") is None

    start = said_of(folder, "data/article.json")["questions"][1]["answer"][0]["start"]
    tab.click("#a2\\.1 .said")
    tab.click("#a2\\.1 [data-watch]")
    until(tab, "document.querySelector('iframe') !== null")
    tab.frame_locator("iframe").locator("title").wait_for(state="attached")
    embed = "https://www.youtube-nocookie.com/embed/bc6uFV9CJGg"
    assert asked == [f"{embed}?autoplay=1&start={int(start)}&rel=0"]
    held(tab, "YouTube's player")
    tab.click("#a2\\.2 .said")
    until(tab, f"!document.querySelector('iframe').src.includes('start={int(start)}&')")

    refused = "addEventListener('securitypolicyviolation', e => { window.refused = e.blockedURI; })"
    tab.evaluate(f"() => {{ {refused} }}")
    for hole in ("https://www.youtube.com/embed/bc6uFV9CJGg", f"{embed}x", "https://evil.example/"):
        tab.evaluate(
            "url => { window.refused = null; const f = document.createElement('iframe');"
            " f.src = url; document.body.append(f); }",
            hole,
        )
        until(tab, "window.refused !== null")
    assert {url.partition("?")[0] for url in asked} == {embed}

    tab.click("[data-youtube]")
    assert tab.query_selector("#watch iframe") is None
    tab.context.set_offline(True)
    until(tab, "!navigator.onLine")
    tab.click("[data-youtube]")
    tab.wait_for_selector("#told .saved:has-text('There is no connection')")
    assert tab.query_selector("#watch iframe") is None
    tab.context.close()


def test_a_language_model_is_asked_and_who_types_meanwhile_loses_nothing(
    tab: Any, folder: Path, tmp_path: Path
) -> None:
    pytest.importorskip("pydantic_ai", reason="skipped: mytake[llm] is not installed")
    gate = threading.Event()

    def patient(asked: Asked) -> Answer:
        gate.wait(PATIENCE)
        return honest(asked)

    with Server(patient) as server:
        file = tmp_path / "mytake.toml"
        file.write_text(f'[llm]\nmodel = "small"\nbase_url = "{server.url}"\n')
        (tmp_path / "styles").symlink_to(CONFIG.parent / "styles")
        with serving(folder, file) as address:
            opened(tab, address, folder)
            tab.click("#q2 .said")
            tab.click("#q2 [data-again]")
            tab.fill("#hint-q2", "when it was built")
            held(tab, "asking again")
            tab.click("#q2 .again button:has-text('Let small write it')")
            tab.wait_for_selector("#asking progress")
            held(tab, "the model writes")
            tab.click("#a1\\.1 .said")
            tab.keyboard.press("e")
            tab.fill("#a1\\.1 textarea", "Half a sentence")
            gate.set()
            tab.wait_for_selector("#asking [data-arrived]")
            assert tab.input_value("#a1\\.1 textarea") == "Half a sentence"
            tab.keyboard.press("Escape")
            tab.click("#asking [data-arrived]")
            tab.wait_for_selector(".paraphrase")
            held(tab, "what it wrote")
            # What was reworded lights up where it was said, too.
            tab.click(".paraphrase .said")
            assert tab.query_selector("#transcript .cited")
    assert "when it was built" in json.dumps(server.requests[0]["messages"][0])
    assert said_of(folder, "data/article.json")["writer"] == "llm (small)"


LOOKS = {
    "wide, light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "wide, dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone, dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "phone, light": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_nobody_is_kept_out(chromium: Any, address: str, folder: Path, look: str) -> None:
    context = chromium.new_context(**LOOKS[look], reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    tab = context.new_page()
    tab.goto(address)
    held(tab, "shelf")
    tab.keyboard.press("?")
    held(tab, "keys")
    tab.goto(f"{address}/?q=tide")
    held(tab, "search")
    opened(tab, address, folder)
    held(tab, "desk")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scroll"
    tab.click("#a1\\.1 .said")
    tab.keyboard.press("e")
    tab.fill("#a1\\.1 textarea", "A tide mill is a mill.")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("#a1\\.1 .notes")
    tab.click("summary:has-text('Add a question')")
    tab.wait_for_selector(".offer")
    tab.click("summary:has-text('Who is who')")
    held(tab, "desk with everything open")
    if tab.is_visible("[data-tab=transcript]"):
        tab.click("[data-tab=transcript]")
        assert tab.is_visible("#transcript") and not tab.is_visible(".block")
        held(tab, "transcript")
        tab.click("[data-tab=article]")
    for dialog in ("approve", "reject", "export"):
        tab.click(f"[data-dialog={dialog}]")
        held(tab, dialog)
        tab.keyboard.press("Escape")
    tab.goto(f"{address}/drafts/{folder.name}/versions")
    held(tab, "versions")
    tab.goto(f"{address}/drafts/nothing")
    held(tab, "error")
    context.close()


def held(tab: Any, where: str) -> None:
    """Holds what is shown to WCAG A and AA: nothing may be found."""
    if not tab.evaluate("typeof axe !== 'undefined'"):
        tab.evaluate(AXE)
    found = tab.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    told = [
        f"{where}: {one['id']}: {one['help']}: {node['html'][:120]} {node['any'][:1]}"
        for one in found
        for node in one["nodes"][:3]
    ]
    assert told == []
