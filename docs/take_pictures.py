"""Take the pictures of the page for reviewing anew: docs/pictures/.

    mytake run tests/sample/tide-mill.opus --info tests/sample/tide-mill.info.json --out /tmp/sample
    PYTHONPATH=. python docs/take_pictures.py /tmp/sample

Needs Playwright and a Chromium. Look at them before you commit them.
"""

import shutil
import socket
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from flows import review as served
from pipeline import config
from review import editing
from review.draft import Draft, drafts
from tests import drafts as made
from tests import lighthouse as vik

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config" / "mytake.toml"
OTHERS = (  # title, channel, published, what was decided
    ("What a Glacier Remembers", "Field Notes", "2025-07-20", ""),
    ("A Light for One", "Slow Signals", "2025-03-09", "approved"),
    ("The Night Train Is Coming Back", "Slow Signals", "2025-02-02", "published"),
    ("The Last Typesetter", "Working Order", "2024-11-30", "rejected"),
)
SCROLLED = {"desk": 0, "phone": 690}


def shelf(sample: Path, output: Path) -> Draft:
    """A shelf with the sample on it, and some more drafts; gives the sample."""
    shutil.copytree(sample, output, symlinks=True)
    (first,) = drafts(output)
    for number, (title, channel, published, decided) in enumerate(OTHERS):
        about = {"id": f"v{number}", "title": title, "channel": channel, "published": published}
        known = made.interview(replace(vik.VIDEO, **about))
        known = replace(known, article=replace(known.article, title=title))
        of = Draft(made.put(output, known, sound=False))
        if decided:
            reason = "The second answer is not what he meant."
            editing.decide(of, editing.record.stamp(of), decided, reason, made.rules())
    return first


def take(browser: Any, name: str, address: str, **look: Any) -> None:
    """One picture."""
    context = browser.new_context(**look)
    tab = context.new_page()
    tab.goto(address)
    if name == "desk":  # what is broken here is seen in the pictures after it too
        tab.click("#a1\\.2 .said")
        tab.keyboard.press("e")
        tab.fill("#a1\\.2 textarea", "You build a dam across a big inlet.")
        tab.keyboard.press("Control+Enter")
        tab.wait_for_selector("#a1\\.2 .notes")
        tab.wait_for_selector("#told .saved", state="detached")
    if name in SCROLLED:
        tab.wait_for_selector(".heard", state="attached")
        tab.click("#a1\\.1 .said")
        tab.mouse.move(0, 0)
        tab.evaluate(f"scrollTo(0, {SCROLLED[name]})")
    tab.wait_for_timeout(700)
    tab.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
    context.close()


def main(sample: Path) -> None:
    """All of them, of the sample's output folder."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        output = Path(folder) / "output"
        first = shelf(sample, output)
        page = served.page(output, config.load(CONFIG), CONFIG, "127.0.0.1")
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(page, log_level="warning"))
        threading.Thread(target=server.run, args=([listener],), daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        with playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser:
            desk = f"{address}/drafts/{first.name}"
            take(browser, "desk", desk, viewport={"width": 1280, "height": 1060})
            phone = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2}
            take(browser, "phone", desk, color_scheme="dark", **phone)
            look = {"viewport": {"width": 1100, "height": 640}}
            take(browser, "shelf", address, **look)
            look["viewport"]["height"] = 480
            take(browser, "search", f"{address}/?q=tide+mill", color_scheme="dark", **look)
        server.should_exit = True


if __name__ == "__main__":
    main(Path(sys.argv[1]))
