"""One question asked of the language model again, by the page, with a real server on loopback."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from flows import asking
from flows import review as served
from pipeline import config as knobs
from pipeline import store
from pipeline.engines.language_models import spending
from review import app, draft
from review.draft import Draft
from review.jobs import Job
from tests import lighthouse as vik
from tests.crooked_server import HANG, Answer, Asked, Server, honest, passages, points
from tests.review.reviewer import Browser, data

pytest.importorskip("pydantic_ai", reason="skipped: mytake[llm] is not installed")

STYLES = Path(__file__).parent.parent.parent / "config" / "styles"
HINT = "the captain who counts the seconds"


class Reviewer(Browser):
    """A browser on the page of a folder whose configuration names a model."""

    def __init__(self, output: Path, url: str, more: str = "", writer: str = "extract") -> None:
        super().__init__(output)
        file = output.parent / "config" / "mytake.toml"
        self.file = file
        file.parent.mkdir()
        (file.parent / "styles").symlink_to(STYLES)
        file.write_text(
            f'[compose]\nwriter = "{writer}"\n[verify]\nsupport = "none"\n'
            f'[llm]\nmodel = "small"\nbase_url = "{url}"\nbackoff = 0\ntries = 2\n{more}'
        )
        page = served.page(output, knobs.load(file), file, "127.0.0.1")
        self.client = TestClient(page, base_url="http://127.0.0.1:8321")

    def ask(self, folder: Path, where: str, hint: str = "", stamp: str = "") -> Any:
        fields = {"where": where, "hint": hint, "stamp": stamp or self.stamp(folder)}
        return self.post(f"/drafts/{folder.name}/ask", **fields)

    def here(self, folder: Path, number: int, hint: str = "") -> str:
        """The same in this process, which has the libraries already."""
        question = draft.interview(Draft(folder)).article.questions[number - 1]
        asked = {"question": store.dump(question).decode(), "hint": hint}
        return asking.ask(self.output, self.file, {"name": folder.name, "style": "", **asked})

    def told(self, folder: Path, answer: Any, seconds: float = 120) -> str:
        """What came of it."""
        until = time.monotonic() + seconds
        while "<progress" in answer.text:
            assert time.monotonic() < until, answer.text
            time.sleep(0.1)
            answer = self.get(f"/drafts/{folder.name}/asked")
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def answer(folder: Path, number: int = 1) -> list[dict[str, Any]]:
    return list(data(folder, "data/article.json")["questions"][number - 1]["answer"])


def about_the_captain(asked: Asked) -> Answer:
    """Takes the passage that the hint is about, where the hint is among what it is told."""
    told = json.dumps([m for m in asked["messages"] if m["role"] in ("system", "developer")])
    said = passages(asked)
    if HINT not in told:
        return honest(asked)
    place = next(n for n, text in said.items() if "captain" in text)
    other = next(n for n in said if n != place)
    return points((place, said[place][:1].lower() + said[place][1:].rstrip(".")), quote=other)


def test_the_model_writes_an_answer_about_the_hint_and_it_is_checked(folder: Path) -> None:
    before = answer(folder)
    with Server(about_the_captain) as server:
        page = Reviewer(folder.parent, server.url)
        assert "Let small write it" in page.get(f"/drafts/{folder.name}").text
        begun = page.ask(folder, "q1", HINT)
        assert "Asking small" in begun.text and "<progress" in begun.text
        told = page.told(folder, begun)
    assert "small wrote answer 1 anew" in told and "Show it" in told
    now = answer(folder)
    assert now != before and any(one["kind"] == "paraphrase" for one in now)
    assert any("captain" in one["text"] for one in now)
    assert data(folder, "data/article.json")["writer"] == "llm (small)"
    found = {c["name"]: c["found"] for c in data(folder, "receipt.json")["checks"]}
    assert found["quotes"] == [] and found["attribution"] == []
    # What was heard is data, and stands between the fences; the hint is the reviewer's own.
    (request,) = server.requests
    system, user = (request["messages"][place]["content"] for place in (0, -1))
    assert HINT in json.dumps(system) and HINT not in json.dumps(user)
    assert "Tomás" not in json.dumps(system)
    # It is one change, which can be taken back; what it cost is written down.
    assert data(folder, "review.json")["history"][-1]["what"] == "asked small again for answer 1"
    assert "captain" in page.get(f"/drafts/{folder.name}/sheet").text
    page.mend(folder, "undo")
    assert answer(folder) == before
    assert data(folder, "data/article.json")["writer"] != "llm (small)"
    assert len(list(spending.of(folder.parent / ".work" / "review"))) == 1


def test_without_a_hint_it_gets_other_passages_than_the_answer_has(folder: Path) -> None:
    there = {one["text"] for one in answer(folder, 2)}
    with Server(honest) as server:
        page = Reviewer(folder.parent, server.url)
        page.here(folder, 2)
    shown = set(passages(server.requests[0]).values())
    assert shown and not shown & there


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (lambda _: (503, "busy"), "the server answered 503"),
        (lambda asked: points((1, "the moon is made of cheese in Vik")), "is not proven"),
        (None, "could not be reached"),
    ],
)
def test_where_the_model_does_not_answer_the_guests_own_words_do(
    folder: Path, behave: Any, why: str
) -> None:
    before = answer(folder)
    with Server(behave or honest) as server:
        url = server.url if behave else "http://127.0.0.1:9/v1"
        page = Reviewer(folder.parent, url)
        told = page.here(folder, 1)
    assert why in told and "other sentences of the guest" in told
    now = answer(folder)
    assert now != before and {one["kind"] for one in now} == {"quote"}
    assert not next(c for c in data(folder, "receipt.json")["checks"] if c["name"] == "quotes")[
        "found"
    ]


def test_the_same_asked_twice_is_asked_twice(folder: Path) -> None:
    with Server(about_the_captain) as server:
        page = Reviewer(folder.parent, server.url)
        page.here(folder, 1, HINT)
        page.here(folder, 1, HINT)
    assert len(server.requests) == 2
    assert len(list(spending.of(folder.parent / ".work" / "review"))) == 2


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_a_server_or_a_hint_says_is_shown_and_never_run(folder: Path, bad: str) -> None:
    with Server(lambda _: (400, bad)) as server:
        page = Reviewer(folder.parent, server.url)
        told = page.here(folder, 1, f"{{bad}} {bad}\n</passages>")
    asking = app.environment().get_template("asking.html")
    job = Job("draft", asks=bad, told=told, code=0)
    shown = asking.render(asked=job, draft=Draft(folder), model=bad)
    running = asking.render(asked=Job("draft", asks=bad), draft=Draft(folder), model=bad)
    assert bad not in shown + running and "&lt;" in shown and "&lt;" in running
    pages = (page.get(f"/drafts/{folder.name}{at}").text for at in ("", "/versions", "/sheet"))
    assert all(bad not in text for text in pages)


def test_a_budget_is_kept_to(folder: Path) -> None:
    with Server(honest) as server:
        page = Reviewer(
            folder.parent, server.url, "price_in = 900\nprice_out = 900\nmax_cost = 0.01\n"
        )
        told = page.here(folder, 1)
    assert "could cost more than $0.01" in told and server.requests == []


def test_meanwhile_the_reviewer_goes_on_and_nothing_of_theirs_is_overwritten(folder: Path) -> None:
    with Server(lambda _: [HANG]) as server:
        page = Reviewer(folder.parent, server.url, "timeout = 3\n")
        begun = page.ask(folder, "q1")
        page.mend(folder, "drop", "q3")
        again = page.ask(folder, "q2")
        assert again.status_code == 422 and "already" in again.text
        page.mend(folder, "reword", "a1.1", text="A keeper mostly listens.")
        told = page.told(folder, begun)
    assert "was changed since" in told
    assert answer(folder)[0]["text"] == "A keeper mostly listens."


def test_who_has_waited_long_enough_stops_it(folder: Path) -> None:
    before = answer(folder)
    with Server(lambda _: [HANG]) as server:
        page = Reviewer(folder.parent, server.url)
        page.ask(folder, "q1")
        stopped = page.post(f"/drafts/{folder.name}/asked")
        told = page.told(folder, stopped, 30)
    assert "It was stopped. Nothing was changed." in told
    assert answer(folder) == before


def test_what_cannot_be_asked_is_refused(folder: Path, tmp_path: Path) -> None:
    plain = Browser(folder.parent)
    assert "Let " not in plain.get(f"/drafts/{folder.name}").text
    refused = plain.post(f"/drafts/{folder.name}/ask", where="q1", stamp=plain.stamp(folder))
    assert refused.status_code == 422 and "No language model" in refused.text
    page = Reviewer(folder.parent, "http://127.0.0.1:9/v1")
    for where in ("q9", "a1.1", "title", "<script>", ""):
        assert page.ask(folder, where).status_code == 422, where
    assert page.ask(folder, "q1", stamp="0" * 16).status_code == 409
    headers = {"hx-request": "true"}
    crossed = page.client.post(f"/drafts/{folder.name}/ask", data={"where": "q1"}, headers=headers)
    assert crossed.status_code == 403


def test_where_the_configuration_prefers_the_model_enter_asks_it(folder: Path) -> None:
    page = Reviewer(folder.parent, "http://127.0.0.1:9/v1", writer="llm")
    text = page.get(f"/drafts/{folder.name}").text
    assert re.search(r'<form class="again" hidden hx-post="[^"]+/ask"', text)
    assert '<button class="primary">Let small write it' in text


@pytest.mark.slow
def test_a_real_small_model_is_asked_and_whatever_it_says_the_receipt_holds(
    folder: Path, local_model: str
) -> None:
    before = answer(folder)
    page = Reviewer(folder.parent, local_model, "context = 4096\nanswer_tokens = 160\n")
    told = page.told(folder, page.ask(folder, "q1", HINT), 300)
    assert "wrote answer 1 anew" in told or "other sentences of the guest" in told
    letters = sorted((folder.parent / ".work" / "review" / "asked").glob("01-*.json"))
    letter = json.loads(letters[0].read_bytes())
    assert letter["read"] > 300 and letter["text"].lstrip().startswith("{")
    assert HINT in letter["instructions"] and vik.GUEST not in letter["instructions"]
    assert answer(folder) != before
    found = {c["name"]: c["found"] for c in data(folder, "receipt.json")["checks"]}
    assert not any(found[name] for name in ("quotes", "attribution", "numbers and names"))
