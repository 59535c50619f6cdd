"""The page for reviewing, asked as a browser would ask it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review import search
from review.search import Entry, Index
from tests import drafts
from tests import lighthouse as vik
from tests.review.reviewer import Browser

# --- shelf ---


def test_the_shelf_shows_each_draft_with_who_speaks_and_where_it_stands(
    browser: Browser, folder: Path
) -> None:
    page = browser.get("/").text
    assert "A Light for One" in page and "Tomás Lind with Ruth Okafor" in page
    assert '<span class="pill new">new</span>' in page
    assert re.search(r'<rect class="g in"', page), "what is quoted stands out in the strip"


def test_an_empty_folder_says_how_to_begin(browser: Browser) -> None:
    assert "mytake run" in browser.get("/").text


def test_a_word_of_the_transcript_is_found_with_its_second(browser: Browser, folder: Path) -> None:
    page = browser.get("/?q=grandm").text
    assert "<mark>grandmother</mark>" in page
    second = vik.sentence("My grandmother").start
    assert f"/drafts/{folder.name}#t={second}" in page
    assert "Nothing here is like that" in browser.get("/?q=submarine").text


@pytest.mark.parametrize("words", ['"', "AND OR NOT", "a*b(", "NEAR/3", "\x00", "' or 1=1 --"])
def test_search_syntax_is_only_words(browser: Browser, folder: Path, words: str) -> None:
    assert browser.client.get("/", params={"q": words}).status_code == 200


def test_the_shelf_is_filtered_and_knows_what_changed(browser: Browser, output: Path) -> None:
    kept = drafts.put(output)
    other = replace(vik.VIDEO, id="bell", title="Bells of Tromsø", channel="Ringers")
    gone = drafts.put(output, drafts.interview(other))
    assert "Bells of Tromsø" in browser.get("/").text
    assert "A Light for One" not in browser.get("/?channel=Ringers").text
    assert "Nothing here is like that" in browser.get("/?status=approved").text
    browser.decide(kept, "approved")
    assert "A Light for One" in browser.get("/?status=approved").text
    gone.rename(output.parent / "moved")
    assert "Tromsø" not in browser.get("/").text
    assert "Nothing here is like that" in browser.get("/?q=Tromsø").text


def test_the_index_is_made_anew_from_the_files_whatever_happened_to_it(
    browser: Browser, folder: Path
) -> None:
    assert "A Light for One" in browser.get("/").text
    for file in (browser.output / ".work" / "review").glob("index*"):
        file.write_bytes(b"no database " * 500)
    assert "A Light for One" in browser.get("/").text


def test_what_was_written_while_the_shelf_was_read_is_on_it_the_next_time(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts.put(output)
    index = Index(output, output / ".work" / "review", drafts.rules())
    index.refresh()
    entry = search._entry

    def meanwhile(row: tuple[Any, ...]) -> Entry:
        monkeypatch.undo()
        bells = replace(vik.VIDEO, id="bell", title="Bells of Tromsø")
        drafts.put(output, drafts.interview(bells))
        index.refresh()
        return entry(row)

    monkeypatch.setattr(search, "_entry", meanwhile)
    assert len(index.entries()) == 1
    assert len(index.entries()) == 2


# --- desk ---


def test_the_desk_shows_the_article_beside_what_was_said(browser: Browser, folder: Path) -> None:
    page = browser.get(f"/drafts/{folder.name}").text
    said = drafts.quote("The lens at Vik weighs")
    line = re.search(r'<div class="line quote" id="a1\.2"[^>]*>', page)
    assert line and f'data-start="{said.start}" data-end="{said.end}"' in line[0]
    assert said.words and f'data-words="{said.words[0]} {said.words[1]}"' in line[0]
    assert "All 9 checks hold." in page
    transcript = browser.get(f"/drafts/{folder.name}/transcript").text
    assert "no sensor would have heard him" in transcript
    assert 'title="Left out of the article: only agrees"' in transcript


def test_what_is_shown_is_what_the_run_wrote_to_the_byte(folder: Path) -> None:
    """From its files alone, an interview renders to the same files."""
    from review import checks, draft

    of = draft.Draft(folder)
    known = draft.interview(of)
    for name, text in checks.files(of, known, drafts.rules()).items():
        assert (folder / name).read_text("utf-8") == text, name


def test_audio_is_sent_in_the_ranges_that_a_player_asks_for(browser: Browser, folder: Path) -> None:
    path = f"/drafts/{folder.name}/audio"
    whole = (folder / "audio.wav").read_bytes()
    assert browser.get(path).content == whole
    part = browser.get(path, range="bytes=1000-1999")
    assert part.status_code == 206 and part.content == whole[1000:2000]
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert browser.get(path, range=f"bytes={len(whole)}-").status_code == 416


def test_without_a_copy_of_the_audio_the_times_lead_to_the_recording(
    browser: Browser, output: Path
) -> None:
    folder = drafts.put(output, sound=False)
    page = browser.get(f"/drafts/{folder.name}").text
    assert "No copy of the audio is kept" in page and "<audio" not in page
    second = int(drafts.quote("The lens at Vik weighs").start)
    assert f'href="https://example.org/watch?v=vik#t={second}"' in page
    assert browser.get(f"/drafts/{folder.name}/audio").status_code == 404


def test_findings_stand_where_they_occur_with_what_mends_them(
    browser: Browser, output: Path
) -> None:
    made = drafts.interview()
    first = made.article.questions[0]
    bent = replace(first.answer[0], text="A keeper mostly sleeps beside the machine.")
    article = replace(
        made.article,
        questions=(replace(first, answer=(bent, *first.answer[1:])), *made.article.questions[1:]),
    )
    found = drafts.receipt(made.video, article)
    folder = drafts.put(output, replace(made, article=article, receipt=found))
    page = browser.get(f"/drafts/{folder.name}").text
    line = page.split('id="a1.1"')[1].split('id="a1.2"')[0]
    assert "is not what was said there" in line and 'class="hard"' in line
    assert "Use what was said" in line and "Take the quotation marks off" in line
    assert "It must be mended, or answered" in page
    shelf = browser.get("/").text
    assert "needs review" in shelf and "is not what was said there" in shelf


def test_another_style_has_a_desk_of_its_own(browser: Browser, output: Path) -> None:
    from pipeline.model import Written

    made = drafts.interview()
    brief = replace(made.article, style="brief", title="The brief one")
    other = Written(brief, drafts.receipt(made.video, brief))
    folder = drafts.put(output, replace(made, others=(other,)))
    assert f'href="/drafts/{folder.name}?style=brief"' in browser.get("/").text
    assert "The brief one" in browser.get(f"/drafts/{folder.name}?style=brief").text
    assert browser.get(f"/drafts/{folder.name}?style=essay").status_code == 404


def test_another_style_is_mended_and_approved_without_touching_the_first(
    browser: Browser, output: Path
) -> None:
    from pipeline.model import Written

    made = drafts.interview()
    brief = replace(made.article, style="brief", title="The brief one")
    other = Written(brief, drafts.receipt(made.video, brief))
    folder = drafts.put(output, replace(made, others=(other,)))

    def do(what: str, **fields: str) -> str:
        page = browser.get(f"/drafts/{folder.name}?style=brief").text
        stamp = re.search(r'id="stamp"[^>]*value="(\w+)"', page)
        assert stamp
        address = f"/drafts/{folder.name}/{what}?style=brief"
        answer = browser.post(address, stamp=stamp[1], **fields)
        assert answer.status_code == 200, answer.text
        return (folder / "article-brief.md").read_text()

    browser.mend(folder, "reword", "title", text="The first one's")
    browser.mend(folder, "undo")
    first = (folder / "article.md").read_text()
    assert "A shorter title" in do("mend", way="reword", where="title", text="A shorter title")
    written = do("mend", way="undo")
    assert 'title: "The brief one"' in written
    (folder / "article-brief.md").write_text(written.replace("14 windows", "41 windows"))
    assert "41 windows" in do("mend", way="take over")
    assert do("mend", way="undo") == written
    assert "review: approved" in do("decide", status="approved", reason="it is brief")
    assert (folder / "article.md").read_text() == first


def test_a_bug_is_told_beside_the_article_and_not_in_its_place(
    browser: Browser, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review import desk

    monkeypatch.setattr(desk, "sheet", None)
    answer = browser.get(f"/drafts/{folder.name}")
    assert answer.status_code == 500 and "Something went wrong" in answer.text
    assert "NoneType" not in answer.text
    part = browser.get(f"/drafts/{folder.name}", **{"hx-request": "true"})
    assert part.headers["hx-retarget"] == "#told" and "<html" not in part.text
