"""`mytake verify` reads an edited article back, and says of each change whether it holds."""

import json
import random
import re
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from flows.cli import main
from pipeline.config import ComposeOptions, Config, RenderOptions, VerifyOptions
from pipeline.engines.outside import in_markdown
from pipeline.errors import BrokenFolder
from pipeline.model import Interview, Receipt, Voice, Voices
from pipeline.render import render
from pipeline.verify import verify
from review.recheck import Rechecked, recheck
from tests.good_articles import STYLES, Good, good_articles, style

pytestmark = pytest.mark.slow

CONFIG = Config.model_validate({"verify": {"support": "none"}})
CASES = [
    f"{interview} {style}"
    for interview, styles in (
        ("lighthouse", ("take", "take reworded", "report", "essay", "feature", "brief")),
        ("mill", ("take reworded",)),
        ("bakers", ("take", "take reworded", "report", "essay", "feature", "brief")),
    )
    for style in styles
]


@cache
def good(name: str) -> Good:
    (found,) = [one for one in good_articles() if one.name == name]
    return found


@cache
def rendered(name: str) -> Path:
    """A folder that is only copied."""
    return published(Path(tempfile.mkdtemp()), name, receipt=good(name).receipt()).parent


def published(folder: Path, name: str, **changes: object) -> Path:
    """The article's folder, without pictures."""
    if not changes:
        shutil.copytree(rendered(name), folder, dirs_exist_ok=True)
        return folder / "article.md"
    it = good(name).interview
    spans = tuple(Voice(turn.speaker, turn.start, turn.end) for turn in it.turns.turns)
    article = good(name).article
    whole = Interview(
        it.video, None, it.transcript, Voices("offline", spans), it.turns, it.speakers, it.edited,
        it.topics, article, good(name).receipt(),
    )  # fmt: skip
    render(replace(whole, **changes), RenderOptions(html=False, timeline=False), folder=folder)  # type: ignore[arg-type]
    return folder / "article.md"


def checked(file: Path) -> Rechecked:
    return recheck(file, CONFIG, STYLES)


def edited(folder: Path, name: str, *changes: tuple[str, str]) -> Rechecked:
    file = published(folder, name)
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) >= 1, before
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")
    return checked(file)


def told(found: Rechecked) -> str:
    assert (found.receipt.status == "ready") == (not found.receipt.reasons)
    return "\n".join(found.lines())


def failed(found: Rechecked) -> set[str]:
    return {check.name for check in found.receipt.checks if not check.passed}


# --- untouched ---


@pytest.mark.parametrize("name", CASES)
def test_an_untouched_article_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    file = published(tmp_path, name)
    found = checked(file)
    assert found.article == good(name).article
    assert json.loads((tmp_path / "receipt.json").read_text())["status"] == "ready"
    assert (told(found), found.receipt) == ("", good(name).receipt())


@pytest.mark.parametrize("name", ["lighthouse take", "bakers feature"])
def test_wrapped_lines_and_other_line_ends_change_nothing(tmp_path: Path, name: str) -> None:
    file = published(tmp_path, name)
    front, body = file.read_text(encoding="utf-8").split("\n---\n", 1)
    wrapped = "\n\n".join(part.replace(") ", ")\n") for part in body.split("\n\n"))
    assert wrapped != body
    file.write_bytes(f"{front}\n---\n{wrapped}".replace("\n", "\r\n").encode())
    assert told(checked(file)) == ""


@pytest.mark.parametrize("mark", ["[…] ", ""])
def test_the_mark_between_two_quotations_may_stay_or_go(tmp_path: Path, mark: str) -> None:
    article = good("lighthouse take").article
    first, second, _, *rest = article.questions[0].answer
    question = replace(article.questions[0], answer=(first, second, *rest))
    article = replace(article, questions=(question, *article.questions[1:]))
    file = published(tmp_path, "lighthouse take", article=article)
    text = file.read_text(encoding="utf-8")
    assert text.count(" […] “") == 1
    file.write_text(text.replace("[…] ", mark), encoding="utf-8")
    found = checked(file)
    assert (found.article, told(found)) == (article, "")


def test_what_a_person_may_change_stays_ready(tmp_path: Path) -> None:
    found = edited(
        tmp_path,
        "lighthouse take",
        ("draft: false", "draft: true\ntags: [sea]"),
        ("## 1. What does", "## 7. What does"),
        ("*How this was made.*", "*How this was made.* By hand."),
    )
    assert told(found) == ""


# --- edits: (article, what is replaced, by what, the check that tells it, words of the finding) ---

LENS = (
    "Lind recalled that the lens at Vik weighs 900 kilograms, and it floats in a bath of mercury."
)
COWS = "“I was afraid of cows, because I saw my first one when I was nine years old.”"
TIME_24 = "[0:24](https://example.org/watch?v=vik#t=24)"
EDITS: dict[str, tuple[str, tuple[tuple[str, str], ...], str, str]] = {
    "a word of a quotation": (
        "lighthouse take reworded",
        (("afraid of cows", "scared of cows"),),
        "quotes",
        "“I was scared of cows",
    ),
    "a quotation without its marks": (
        "lighthouse take reworded",
        ((COWS, COWS.strip("“”")),),
        "quotes",
        "it needs quotation marks",
    ),
    "a quotation without marks, in the first person": (
        "lighthouse take reworded",
        ((COWS, "Lind said that I was afraid of cows at the age of nine."),),
        "contract",
        "says “I” outside of quotation marks",
    ),
    "marks around other words": (
        "lighthouse take reworded",
        ((LENS, "“The lens weighs 900 kilograms, floating in mercury.”"),),
        "quotes",
        "a quotation without a place in the transcript",
    ),
    "a number in other words": (
        "lighthouse take reworded",
        (("900 kilograms", "90 kilograms"),),
        "numbers and names",
        "says “90”",
    ),
    "a name in other words": (
        "lighthouse take reworded",
        (("the lens at Vik", "the lens at Bergen"),),
        "numbers and names",
        "says “Bergen”",
    ),
    "a not in other words": (
        "lighthouse take reworded",
        (("the light is not a signal", "the light is a signal"),),
        "attribution",
        "drops a “not”",
    ),
    "a sentence without a time": (
        "lighthouse take",
        (("— Tomás Lind\n", "— Tomás Lind\n\nCritics call the lens a fraud.\n"),),
        "read back",
        "points at nothing that was said: “Critics call the lens a fraud.”",
    ),
    "a sentence between two times": (
        "lighthouse take reworded",
        ((LENS, f"It cost a fortune. {LENS}"),),
        "read back",
        "no time stands behind it: “It cost a fortune.”",
    ),
    "a sentence after the last time": (
        "lighthouse feature",
        (("[1:27](https://example.org/watch?v=vik#t=87)",
          "[1:27](https://example.org/watch?v=vik#t=87) He was drunk."),),
        "read back",
        "“He was drunk.”",
    ),
    "a paragraph under the footer": (
        "lighthouse take",
        (("*Receipt: ready.*", "The keeper lied to everyone.\n\n*Receipt: ready.*"),),
        "read back",
        "“The keeper lied to everyone.”",
    ),
    "an HTML comment": (
        "lighthouse take",
        (("## 2.", "<!-- <b>The keeper lied.</b> -->\n\n## 2."),),
        "read back",
        "The keeper lied.",
    ),
    "another asker": (
        "lighthouse take",
        (("*Ruth Okafor asks*", "*Tomás Lind asks*"),),
        "read back",
        "is said to have asked",
    ),
    "another credit": (
        "lighthouse take",
        (("— Tomás Lind", "— Ruth Okafor"),),
        "read back",
        "is credited to Ruth Okafor",
    ),
    "no credit": (
        "lighthouse take",
        ((" — Tomás Lind", ""),),
        "read back",
        "not said whose words",
    ),
    "credit in other words": (
        "lighthouse take reworded",
        (("Lind recalled that the lens", "Ruth Okafor recalled that the lens"),),
        "attribution",
        "names Ruth Okafor",
    ),
    "a link elsewhere": (
        "lighthouse take reworded",
        ((TIME_24, "[0:24](https://evil.example/win)"),),
        "read back",
        "leads elsewhere",
    ),
    "another second": (
        "lighthouse take reworded",
        ((TIME_24, "[0:50](https://example.org/watch?v=vik#t=50)"),),
        "attribution",
        "",
    ),
    "a question": (
        "lighthouse take",
        (("keeper do all night?", "keeper hide all night?"),),
        "questions",
        "was not asked in these words",
    ),
    "a question that was added": (
        "lighthouse take",
        (("## 2. ", "## Why did you lie?\n\n## 2. "),),
        "questions",
        "no place in the transcript",
    ),
    "the opener": (
        "lighthouse take",
        (("a very interesting interview", "a boring interview"),),
        "contract",
        "The opener is not the one",
    ),
    "the opener deleted": (
        "lighthouse essay",
        (("What follows takes its main themes one by one", "Some themes"),),
        "contract",
        "The opener is not the one",
    ),
    "the closing deleted": (
        "lighthouse take",
        (("That is my take; the interview has more. Every sentence above links to the second it "
          "was said.\n", ""),),
        "contract",
        "The closing is not the one",
    ),
    "the title": (
        "lighthouse take",
        (('title: "Tomás Lind on', 'title: "Rita Haas on'),),
        "numbers and names",
        "The title says “Rita”",
    ),
    "the description": (
        "lighthouse take",
        (("for 3 minutes", "for 8 minutes"),),
        "numbers and names",
        "The standfirst says “8”",
    ),
    "front matter that is none": (
        "lighthouse take",
        (('title: "', "title: [\""),),
        "read back",
        "front matter",
    ),
    "a topic no longer named as left out": (
        "lighthouse take",
        (("- Welcome, 0:15", "- Welcome, 9:15"),),
        "coverage",
        "The topic “Welcome” is neither answered nor named",
    ),
    "a lead": (
        "lighthouse feature",
        (("Lind told the interviewer: “My", "Lind lied to the interviewer: “My"),),
        "contract",
        "is led to with other words",
    ),
    "a question in a lead": (
        "lighthouse feature",
        (("Asked “What would be lost if", "Asked “What would be won if"),),
        "contract",
        "is led to with other words",
    ),
    "a heading": (
        "lighthouse feature",
        (("## The storm", "## The drunkard"),),
        "contract",
        "The heading “The drunkard”",
    ),
    "a pull quote": (
        "lighthouse feature",
        (("> “A keeper mostly listens", "> “A keeper mostly sleeps"),),
        "quotes",
        "mostly sleeps",
    ),
    "an item": (
        "lighthouse report",
        (("14 windows", "40 windows"),),
        "quotes",
        "40 windows",
    ),
    "an item that was added": (
        "lighthouse report",
        (("- “", "- “They were all thieves.” [0:24](https://example.org/watch?v=vik#t=24)\n- “"),),
        "quotes",
        "They were all thieves.",
    ),
    "a quotation that is not closed": (
        "lighthouse take reworded",
        (("he is at Vik.”", "he is at Vik."),),
        "read back",
        "is not closed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_that_does_not_hold_is_told(tmp_path: Path, edit: str) -> None:
    name, changes, check, words = EDITS[edit]
    found = edited(tmp_path, name, *changes)
    assert check in failed(found), told(found)
    assert words in told(found)


def test_a_deleted_answer_is_told(tmp_path: Path) -> None:
    file = published(tmp_path, "lighthouse take")
    text = file.read_text(encoding="utf-8")
    begin, end = text.index("## 4. "), text.index("## 5. ")
    file.write_text(text[:begin] + text[end:], encoding="utf-8")
    found = told(checked(file))
    assert "The article has 4 questions, not 5" in found
    assert "The topic “Money” is neither answered nor named as left out." in found


def test_a_shortened_quotation_that_is_verbatim_is_only_a_part(tmp_path: Path) -> None:
    found = edited(
        tmp_path, "lighthouse take reworded", (COWS, "“I was afraid of cows […] nine years old.”")
    )
    assert failed(found) == set(), told(found)
    found = edited(tmp_path, "lighthouse take reworded", (COWS, "“I was afraid of cows.”"))
    assert failed(found) == {"quotes", "contract"}


def test_a_quotation_that_was_added_with_its_time_is_looked_up(tmp_path: Path) -> None:
    lead, here = "Lind told the interviewer: ", "“I was afraid of cows"
    more = "“A child on an island thinks that every house shakes in winter.” "
    time = "[1:48](https://example.org/watch?v=vik#t=108) "
    found = edited(tmp_path, "lighthouse feature", (lead + here, lead + more + time + here))
    assert failed(found) == set(), told(found)


def test_a_sentence_in_other_words_that_holds_stays_ready(tmp_path: Path) -> None:
    told_so = "Lind said that the lens weighs 900 kilograms, and that it floats on mercury."
    assert told(edited(tmp_path, "lighthouse take reworded", (LENS, told_so))) == ""


@pytest.mark.parametrize("name", ["lighthouse take", "bakers feature", "lighthouse report"])
def test_any_word_of_a_quotation_or_of_the_narrator_is_looked_at(tmp_path: Path, name: str) -> None:
    file = published(tmp_path, name)
    text = file.read_text(encoding="utf-8")
    body = text.index(
        in_markdown(good(name).article.opener)
    )  # title and standfirst are only held to names
    ends = (
        text.index("## What is left out")
        if "## What is left out" in text
        else text.index("## Links")
    )
    chance = random.Random(name)
    places = list(re.finditer(r"(?<=[ “])[A-Za-zá]{3,}(?=[ .,:?”])", text[body:ends]))
    for found in chance.sample(places, 15):
        begin, end = body + found.start(), body + found.end()
        file.write_text(f"{text[:begin]}zebra{text[end:]}", encoding="utf-8")
        assert checked(file).receipt.status == "needs_review", text[begin - 40 : end + 20]


# --- the command ---


def test_the_command_tells_and_writes_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = published(tmp_path, "lighthouse take")
    config = tmp_path / "config" / "mytake.toml"
    config.parent.mkdir()
    (config.parent / "styles").symlink_to(STYLES)
    config.write_text("")
    before = (tmp_path / "receipt.json").read_bytes()
    command = ["verify", str(file), "--config", str(config)]
    assert main(command) == 0
    assert capsys.readouterr().out == f"{file}: ready\n"
    file.write_text(file.read_text(encoding="utf-8").replace("twice", "thrice"), encoding="utf-8")
    assert main(command) == 1
    out = capsys.readouterr().out
    assert "Ours flashes thrice every 12 seconds." in out
    assert "Give the words as they were said there" in out
    assert re.search(r"said at \d+:\d\d: “Ours flashes twice every 12 seconds.”", out)
    assert (tmp_path / "receipt.json").read_bytes() == before
    assert main([*command, "--write"]) == 1
    found = json.loads((tmp_path / "receipt.json").read_text())
    assert found["status"] == "needs_review"
    assert "thrice" in " ".join(found["reasons"])
    assert main(["verify", str(tmp_path), "--config", str(config)]) == 1


def test_a_broken_folder_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = published(tmp_path, "lighthouse take")
    for name in ("data/turns.json", "data/article.json", "receipt.json", "data/video.json"):
        whole = (tmp_path / name).read_bytes()
        for broken in (b"{", b"[1]", b'{"a": 1}', b"\xff"):
            (tmp_path / name).write_bytes(broken)
            with pytest.raises(BrokenFolder, match=name):
                checked(file)
        (tmp_path / name).unlink()
        with pytest.raises(BrokenFolder, match=re.escape(name)):
            checked(file)
        (tmp_path / name).write_bytes(whole)
    file.write_bytes(b"\xff\xfe")
    assert main(["verify", str(file)]) == 1
    assert "Cannot read what was written to" in capsys.readouterr().err


def test_what_is_no_article_is_told_and_nothing_is_to_be_moved_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = published(tmp_path / "one", "lighthouse take")
    for name in ("README.md", "one/transcript.md", "article.md"):
        (tmp_path / name).write_text("A text.", encoding="utf-8")
        assert main(["verify", str(tmp_path / name)]) == 1
        err = capsys.readouterr().err
        assert f"{name} is no article that mytake wrote" in err
        assert "Move" not in err and str(file.name) in err


def test_an_article_that_is_nowhere_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "article.md"), "nothing", "--out", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert "there is no article of nothing" in err


def test_doubts_and_guesses_stay(tmp_path: Path) -> None:
    it = good("lighthouse take").interview
    doubts = replace(it.turns, doubts=("Two voices sound alike.",), proven=True)
    heard = (it.video, it.transcript, doubts, it.edited, it.speakers, it.topics)
    receipt: Receipt = verify(
        *heard, good("lighthouse take").article, VerifyOptions(support="none"), ComposeOptions(),
        style("take"),
    )  # fmt: skip
    file = published(tmp_path, "lighthouse take", turns=doubts, receipt=receipt)
    assert checked(file).receipt == receipt
    assert receipt.reasons == ("Two voices sound alike.",)
