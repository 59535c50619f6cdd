"""Mending, deciding and what is kept of it."""

import html
import json
import multiprocessing
import os
import re
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipeline import store
from pipeline.compose import compose
from pipeline.config import ComposeOptions, Config, load_style
from pipeline.model import Article, Fallback
from review import checks, draft, editing, mend, record
from review.draft import Draft
from review.recheck import recheck
from tests import drafts
from tests import lighthouse as vik
from tests.review.reviewer import Browser, data


def answer(folder: Path, number: int = 1) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = data(folder, "data/article.json")["questions"][number - 1][
        "answer"
    ]
    return said


def texts(folder: Path, number: int = 1) -> list[str]:
    return [said["text"] for said in answer(folder, number)]


# --- mend ---


def test_a_broken_quotation_is_found_at_once_and_undone(browser: Browser, folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in ("article.md", "receipt.json")}
    page = browser.mend(folder, "reword", "a1.1", text="A keeper mostly sleeps all night.").text
    assert "is not what was said there" in page and "Use what was said" in page
    assert data(folder, "receipt.json")["status"] == "needs_review"
    assert "mostly sleeps" in (folder / "article.md").read_text()
    assert "Needs review before it is published" in (folder / "article.md").read_text()
    page = browser.mend(folder, "undo").text
    assert "All 9 checks hold" in page
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert "mostly sleeps" in browser.mend(folder, "redo").text
    assert "mostly listens" in browser.mend(folder, "verbatim", "a1.1").text
    assert data(folder, "receipt.json")["status"] == "ready"


def test_a_shortened_quotation_points_at_the_words_that_are_left(
    browser: Browser, folder: Path
) -> None:
    whole = answer(folder)[1]
    browser.mend(folder, "reword", "a1.2", text="It floats in a bath of mercury.")
    short = answer(folder)[1]
    assert short["words"][1] == whole["words"][1] and short["words"][0] > whole["words"][0]
    assert short["start"] > whole["start"]
    browser.mend(folder, "whole", "a1.2")
    assert answer(folder)[1]["words"] == whole["words"]


def test_words_of_another_are_found_whoever_puts_them_in(browser: Browser, folder: Path) -> None:
    page = browser.mend(folder, "reword", "a1.1", text="And why is it mercury?").text
    assert "is not what was said there" in page
    page = browser.mend(folder, "recite", "a1.1").text
    assert "is not said by a guest" in page


def test_sentences_and_questions_are_dropped_moved_and_added(
    browser: Browser, folder: Path
) -> None:
    first, second = texts(folder)
    browser.mend(folder, "down", "a1.1")
    assert texts(folder) == [second, first]
    browser.mend(folder, "drop", "a1.1")
    assert texts(folder) == [first]
    wanted = vik.sentence("So the captain counts")
    browser.mend(folder, "insert", "a1.1", sentence=wanted.id)
    assert texts(folder) == [first, wanted.text]
    page = browser.mend(folder, "drop", "q2").text
    told = data(folder, "data/article.json")
    assert len(told["questions"]) == 2
    assert any(left["title"] == "The storm" for left in told["left_out"])
    assert all("storm of January" not in link["title"] for link in told["links"])
    assert "questions, not" not in page, "how many there are is the reviewer's to say"
    assert browser.mend(folder, "up", "q1").status_code == 422


def test_a_question_that_was_left_out_can_be_added(browser: Browser, folder: Path) -> None:
    offers = browser.get(f"/drafts/{folder.name}/offers").text
    assert "Were you afraid as a child" in offers and "What does a lighthouse keeper" not in offers
    words = vik.sentence("Were you afraid").words
    page = browser.mend(folder, "ask", "q1", asked=f"{words[0]}-{words[1]}").text
    assert "A child on an island thinks" in page
    questions = data(folder, "data/article.json")["questions"]
    assert [question["start"] for question in questions] == sorted(q["start"] for q in questions)
    assert data(folder, "receipt.json")["status"] == "ready"


def test_a_question_is_asked_again_with_a_hint(browser: Browser, folder: Path) -> None:
    before = texts(folder)
    browser.mend(folder, "again", "q1", hint="rhythm of the signal")
    assert texts(folder) != before
    assert any("rhythm" in text for text in texts(folder))
    assert data(folder, "receipt.json")["status"] == "ready"


@pytest.mark.parametrize("where", ["a9.1", "a1.9", "a0.1", "a1.0", "q0", "q9", "s1.1.1", "x", ""])
@pytest.mark.parametrize("way", ["reword", "drop", "up", "verbatim", "insert", "again", "nothing"])
def test_what_is_not_there_cannot_be_mended(folder: Path, way: str, where: str) -> None:
    from pipeline.errors import CannotMend
    from review import mend

    known = draft.interview(Draft(folder))
    with pytest.raises(CannotMend):
        mend.mended(known, way, where, {"text": "New words.", "sentence": "none"})


# --- decide ---


def test_an_approved_article_is_no_draft_any_more(browser: Browser, folder: Path) -> None:
    page = browser.decide(folder, "approved").text
    assert ">approved</span>" in page
    front = (folder / "article.md").read_text().split("---")[1]
    assert "draft: false" in front and "review: approved" in front
    assert data(folder, "review.json")["decision"]["status"] == "approved"


def test_a_hard_finding_stops_approval_until_a_reason_is_given(
    browser: Browser, folder: Path
) -> None:
    browser.mend(folder, "reword", "a1.1", text="A keeper mostly sleeps all night.")
    refused = browser.decide(folder, "approved")
    assert refused.status_code == 422 and "is not what was said there" in refused.text
    assert "draft: true" in (folder / "article.md").read_text()
    browser.decide(folder, "approved", "Tomás asked for it by mail.")
    written = (folder / "article.md").read_text()
    assert "draft: false" in written and "Needs review before" not in written
    told = data(folder, "review.json")
    assert told["decision"]["reason"] == "Tomás asked for it by mail."
    assert "is not what was said there" in told["decision"]["despite"][0]
    assert told["history"][-1]["reason"] == "Tomás asked for it by mail."


def test_a_change_takes_back_what_was_decided(browser: Browser, folder: Path) -> None:
    browser.decide(folder, "approved")
    page = browser.mend(folder, "drop", "a1.2").text
    assert ">approved</span>" not in page
    assert "review: approved" not in (folder / "article.md").read_text()


def test_a_rejection_needs_a_reason_and_can_be_taken_back(browser: Browser, folder: Path) -> None:
    assert browser.decide(folder, "rejected").status_code == 422
    browser.decide(folder, "rejected", "Too thin.")
    assert "draft: true" in (folder / "article.md").read_text()
    assert ">rejected</span>" in browser.get("/").text
    browser.decide(folder, "open")
    assert ">new</span>" in browser.get("/").text
    assert [e["what"] for e in data(folder, "review.json")["history"]] == [
        "rejected",
        "took the decision back",
    ]


def test_what_is_kept_is_as_the_contract_says(browser: Browser, folder: Path) -> None:
    browser.mend(folder, "drop", "a1.2")
    browser.decide(folder, "approved", "Fine.")
    docs = Path(__file__).parent.parent.parent / "docs"
    section = (docs / "contract.md").read_text("utf-8").split("## review.json")[1]
    for name, schema in (("review.json", "review"), ("data/versions/0001.json", "version")):
        told = json.loads((docs / "schema" / f"{schema}.json").read_text("utf-8"))
        jsonschema.Draft202012Validator(told).validate(data(folder, name))
        assert [field for field in told["properties"] if f"`{field}`" not in section] == []


# --- two tabs ---


def test_the_second_of_two_tabs_is_told_and_overwrites_nothing(
    browser: Browser, folder: Path
) -> None:
    seen = browser.stamp(folder)
    browser.mend(folder, "reword", "title", text="The First Tab")
    late = browser.post(
        f"/drafts/{folder.name}/mend", stamp=seen, way="reword", where="title", text="The second"
    )
    assert late.status_code == 409 and "was changed since you opened it" in late.text
    assert late.headers["hx-retarget"] == "#told"
    assert data(folder, "data/article.json")["title"] == "The First Tab"
    decided = browser.post(f"/drafts/{folder.name}/decide", stamp=seen, status="approved")
    assert decided.status_code == 409 and not data(folder, "review.json")["decision"]


# --- versions ---


def test_every_version_is_kept_and_two_can_be_compared(browser: Browser, folder: Path) -> None:
    browser.mend(folder, "reword", "title", text="A Light for Two")
    browser.mend(folder, "drop", "a1.2")
    browser.mend(folder, "undo")
    browser.mend(folder, "reword", "closing", text="So much for that.")
    kept = [path.name for path in sorted((folder / "data" / "versions").iterdir())]
    assert kept == ["0000.json", "0001.json", "0002.json", "0003.json"]
    assert data(folder, "data/versions/0003.json")["parent"] == 1, "undoing throws nothing away"
    page = browser.get(f"/drafts/{folder.name}/versions?old=0&new=3").text
    assert "<ins>" in page and "So much for that." in page and "<del>" in page
    stamp = browser.stamp(folder)
    browser.post(f"/drafts/{folder.name}/restore", stamp=stamp, number="2")
    assert len(texts(folder)) == 1
    assert len(list((folder / "data" / "versions").iterdir())) == 5


def test_a_hand_in_the_files_is_seen_and_spared(browser: Browser, folder: Path) -> None:
    mine = (folder / "article.md").read_text() + "\nMy own words.\n"
    (folder / "article.md").write_text(mine)
    assert "article.md was edited outside of this page" in shown(browser, folder)
    browser.mend(folder, "drop", "a1.2")
    assert (folder / "article.md").read_text() == mine
    assert "My own words" not in (folder / "article.new.md").read_text()
    # Nor is what somebody makes of the file beside it.
    (folder / "article.new.md").write_text("mine, too")
    browser.mend(folder, "undo")
    assert (folder / "article.new.md").read_text() == "mine, too"
    assert "A keeper mostly listens" in (folder / "article.new2.md").read_text()


def by_hand(folder: Path, was: str, now: str, name: str = "article.md") -> str:
    text = (folder / name).read_text()
    assert was in text
    (folder / name).write_text(text.replace(was, now))
    return text.replace(was, now)


def shown(browser: Browser, folder: Path) -> str:
    """The desk as a reader sees it."""
    page = re.sub(r"<[^>]+>", "", browser.get(f"/drafts/{folder.name}").text)
    return " ".join(html.unescape(page).split())


def test_who_approves_is_told_that_blogs_take_the_edited_file_and_what_fails_in_it(
    browser: Browser, folder: Path
) -> None:
    """A run after a wrong figure was put in by hand: the page shows the run's article."""
    edited = by_hand(folder, "14 windows", "41 windows")
    made = drafts.interview()
    drafts.put(folder.parent, replace(made, article=replace(made.article, title="Told anew")))
    assert "Told anew" in (folder / "article.new.md").read_text()

    page = shown(browser, folder)
    (finding,) = {line for line in found_by_verify(folder) if "is not what was said" in line}
    assert page.count(finding) == 2, "on the desk, and where it is approved"
    assert "All 9 checks hold of what this page shows. That is not article.md." in page
    assert "What is approved is what this page shows, as article.new.md. article.md stays" in page
    assert "does not say draft: true, so blogs will publish it as it was edited" in page
    assert "The article is no draft any more" not in page
    assert ">needs review</span>" in browser.get("/").text
    assert (
        "article.md was edited by hand. As it was edited, one thing does" in browser.get("/").text
    )

    browser.decide(folder, "approved")
    assert (folder / "article.md").read_text() == edited
    assert "review: approved" in (folder / "article.new.md").read_text()
    page = shown(browser, folder)
    assert "Approved, as article.new.md, on" in page and finding in page
    assert "one thing does not hold" in browser.get("/").text
    by_hand(folder, "draft: false", "draft: true")
    assert "draft: true, so blogs that read that will not publish it" in shown(browser, folder)


def found_by_verify(folder: Path) -> list[str]:
    found = recheck(folder / "article.md", Config(), drafts.STYLES).receipt
    return [line for check in found.checks for line in check.found]


def test_what_the_page_shows_can_take_the_place_of_the_edited_file_which_is_kept(
    browser: Browser, folder: Path
) -> None:
    edited = by_hand(folder, "14 windows", "41 windows")
    browser.decide(folder, "approved")
    page = browser.mend(folder, "put back").text
    assert "as it was edited it is kept as data/versions/edited-1.md" in page
    assert (folder / "data" / "versions" / "edited-1.md").read_text() == edited
    text = (folder / "article.md").read_text()
    assert "14 windows" in text and "review: approved" in text and "draft: false" in text
    assert not list(folder.rglob("*.new.*"))
    assert "outside of this page" not in shown(browser, folder)
    assert "edited by hand" not in browser.get("/").text
    gone = browser.mend(folder, "put back")
    assert gone.status_code == 422 and "The file is as this page wrote it" in gone.text
    again = by_hand(folder, "14 windows", "15 windows")
    browser.mend(folder, "put back")
    assert (folder / "data" / "versions" / "edited-2.md").read_text() == again


def test_edits_by_hand_can_be_taken_in_and_are_then_held_to_their_own_checks(
    browser: Browser, folder: Path
) -> None:
    edited = by_hand(folder, "14 windows", "41 windows")
    page = browser.mend(folder, "take over").text
    assert "Use what was said" in page and "needs review" in page
    assert "41 windows" in " ".join(texts(folder, 2))
    assert "draft: true" in (folder / "article.md").read_text()
    assert (folder / "data" / "versions" / "edited-1.md").read_text() == edited
    assert browser.decide(folder, "approved").status_code == 422, "it needs a reason"
    browser.mend(folder, "undo")
    assert "14 windows" in (folder / "article.md").read_text()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("## Links", "A paragraph of my own.\n\n## Links"),
        ("\ndate:", "\ntags: [lights]\ndate:"),
        ("\ndate:", "\n: : [\ndate:"),
    ],
)
def test_nothing_of_an_edit_is_lost_by_taking_it_in(
    browser: Browser, folder: Path, was: str, now: str
) -> None:
    edited = by_hand(folder, was, now)
    refused = browser.mend(folder, "take over")
    assert refused.status_code == 422 and "It stays as it is" in refused.text
    assert (folder / "article.md").read_text() == edited
    assert not (folder / "review.json").exists()


def test_what_cannot_be_read_is_told_and_spared(browser: Browser, folder: Path) -> None:
    (folder / "article.md").write_bytes(b"---\n\xff\xfe")
    page = shown(browser, folder)
    assert "It cannot be checked" in page and "Take those edits in here" not in page
    assert "It cannot be checked" in browser.get("/").text
    browser.mend(folder, "put back")
    assert (folder / "data" / "versions" / "edited-1.md").read_bytes() == b"---\n\xff\xfe"


def test_who_approves_must_have_seen_what_was_edited_meanwhile(
    browser: Browser, folder: Path
) -> None:
    seen = browser.stamp(folder)
    by_hand(folder, "14 windows", "41 windows")
    answer = browser.post(f"/drafts/{folder.name}/decide", stamp=seen, status="approved")
    assert answer.status_code == 409 and not (folder / "review.json").exists()


def test_the_receipt_of_an_edited_file_is_not_shown_as_that_of_the_page(
    browser: Browser, folder: Path
) -> None:
    by_hand(folder, "14 windows", "41 windows")
    recheck(folder / "article.md", Config(), drafts.STYLES).write()
    assert "All 9 checks hold of what this page shows" in shown(browser, folder)
    browser.mend(folder, "put back")
    assert data(folder, "receipt.json")["status"] == "ready"
    assert "outside of this page" not in shown(browser, folder)


# --- runs ---


def test_what_a_person_mended_survives_a_new_run(browser: Browser, folder: Path) -> None:
    browser.mend(folder, "reword", "title", text="Mine")
    browser.mend(folder, "drop", "a1.2")
    mine = (folder / "article.md").read_bytes()
    made = drafts.interview()
    newer = replace(made.article, title="The run's own", standfirst="Told anew.")
    drafts.put(folder.parent, replace(made, article=newer))
    assert (folder / "article.md").read_bytes() == mine
    page = browser.get(f"/drafts/{folder.name}").text
    assert "A run wrote a newer version" in page
    browser.mend(folder, "take in")
    told = data(folder, "data/article.json")
    assert told["title"] == "Mine" and told["standfirst"] == "Told anew."
    assert len(texts(folder)) == 1
    assert not list(folder.rglob("*.new.*"))
    assert "A run wrote a newer" not in browser.get(f"/drafts/{folder.name}").text
    drafts.put(folder.parent, replace(made, article=newer))
    assert data(folder, "data/article.json")["title"] == "Mine"


def test_what_was_approved_as_it_stands_stays_approved_through_a_new_run(
    browser: Browser, folder: Path
) -> None:
    browser.decide(folder, "approved")
    approved = (folder / "article.md").read_bytes()
    made = drafts.interview()
    drafts.put(folder.parent, replace(made, article=replace(made.article, title="Another")))
    assert (folder / "article.md").read_bytes() == approved
    assert ">approved</span>" in browser.get("/").text


def test_mends_are_found_again_in_a_transcript_heard_anew(folder: Path) -> None:
    """Two words more at the beginning: every place in the transcript has moved."""
    of = Draft(folder)
    known = draft.interview(of)
    moved = replace(
        known,
        transcript=replace(
            known.transcript, words=(*known.transcript.words[:2], *known.transcript.words)
        ),
        turns=replace(
            known.turns,
            turns=tuple(
                replace(turn, words=(turn.words[0] + 2, turn.words[1] + 2))
                for turn in known.turns.turns
            ),
        ),
    )
    base = known.article
    mine = replace(base, questions=base.questions[:2])
    merged = editing.merged(moved, base, mine, base)
    for old, new in zip(mine.statements, merged.statements, strict=True):
        assert old.words and new.words == (old.words[0] + 2, old.words[1] + 2)


# --- killed ---


def _save_until_killed(folder: str, ready: Any) -> None:
    of, rules = Draft(Path(folder)), drafts.rules()
    ready.set()
    for turn in range(1000):
        seen = record.stamp(of)
        text = f"Title number {turn}"
        editing.change(of, seen, "reword", "title", {"text": text}, rules)


def test_killed_while_saving_it_is_the_old_or_the_new_version(folder: Path) -> None:
    of, rules = Draft(folder), drafts.rules()
    context = multiprocessing.get_context("spawn")
    for after in (0.03, 0.11, 0.2, 0.31):
        ready = context.Event()
        saving = context.Process(target=_save_until_killed, args=(str(folder), ready))
        saving.start()
        assert ready.wait(60)
        time.sleep(after)
        assert saving.pid
        os.kill(saving.pid, signal.SIGKILL)
        saving.join()
        known = editing.opened(of, rules)
        told = record.review(of)
        shown = record.version(of, told.version).article if told.version is not None else None
        assert not told.pending and (shown is None or known.article == shown)
        title = known.article.title
        assert f'title: "{title}"' in (folder / "article.md").read_text()
        assert f"<title>{title}</title>" in (folder / "article.html").read_text()
        assert store.load(Article, (folder / "data/article.json").read_bytes()) == known.article
        json.loads((folder / "receipt.json").read_bytes())


def test_killed_between_the_decision_and_the_files_the_next_look_writes_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, rules = Draft(folder), drafts.rules()
    before = (folder / "article.md").read_bytes()
    with monkeypatch.context() as killed:
        killed.setattr(record, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            editing.change(
                of, record.stamp(of), "reword", "title", {"text": "After the kill"}, rules
            )
    assert (folder / "article.md").read_bytes() == before
    assert Browser(folder.parent).get(f"/drafts/{folder.name}").text.count("After the kill") > 1
    assert "After the kill" in (folder / "article.md").read_text()
    assert not record.review(of).pending


# --- what an article says of itself follows its parts ---


def test_what_a_dropped_section_was_about_is_left_out_and_its_link_is_gone() -> None:
    made = drafts.interview()
    heard = (
        made.video, made.transcript, made.turns, made.edited, made.speakers, made.topics,
    )  # fmt: skip
    style = load_style(drafts.STYLES, "essay")
    essay = compose(*heard, ComposeOptions(style="essay"), style)
    known = replace(made, article=essay)
    assert checks.tidied(known, essay, essay) == essay, "untouched, nothing of it changes"

    *kept, gone = essay.sections
    assert [len(passage.said) for passage in gone.passages] == [1]
    article, _ = mend.mended(known, "drop", f"s{len(essay.sections)}.1.1", {})
    tidy = checks.tidied(known, article, essay)
    assert tidy.links == essay.links[:-1] and essay.links[-1].title == gone.heading
    new = [left for left in tidy.left_out if left not in essay.left_out]
    assert [(left.title, left.reason) for left in new] == [(gone.heading, checks.TAKEN_OUT)]
    found = checks.receipt(known, tidy, essay, drafts.rules())
    assert not next(check.found for check in found.checks if check.name == "coverage")

    article, _ = mend.mended(known, "drop", "s1.1.1", {})
    tidy = checks.tidied(known, article, essay)
    starts = [link.start for link in tidy.links if link.start is not None]
    assert starts == [one.passages[0].said[0].start for one in article.sections]
    assert starts[0] > kept[0].passages[0].said[0].start, "where what is left of it begins"


def test_what_the_model_did_not_write_is_told_of_the_answer_that_has_moved() -> None:
    made = drafts.interview()
    before = replace(made.article, fallbacks=(Fallback(1, "busy"), Fallback(3, "unproven")))
    known = replace(made, article=before)
    moved, _ = mend.mended(known, "down", "q1", {})
    tidy = checks.tidied(known, moved, before)
    assert [one.question for one in tidy.fallbacks] == [2, 3]
    edited, _ = mend.mended(known, "reword", "a3.1", {"text": "A machine flashes."})
    tidy = checks.tidied(known, edited, before)
    assert [one.reason for one in tidy.fallbacks] == ["busy"], "what a person wrote is theirs"
    dropped, _ = mend.mended(known, "drop", "q1", {})
    tidy = checks.tidied(known, dropped, before)
    assert [(one.question, one.reason) for one in tidy.fallbacks] == [(2, "unproven")]
