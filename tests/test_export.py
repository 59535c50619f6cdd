"""An article goes to Word, Hugo, Ghost or one page: all of it, with its links, and nothing runs."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from docx.document import Document as Paper

from flows.cli import main
from pipeline.config import RenderOptions
from pipeline.engines.pages import front_matter
from pipeline.errors import AlreadyThere, BrokenFolder, NotWritten
from pipeline.export import FORMATS, export
from pipeline.model import Interview, Written
from pipeline.render import render
from tests.small_interview import ARTICLE, INTERVIEW, VIDEO

HOSTILE = (
    "{{< youtube x >}} {{% include %}} <script>alert(1)</script> \x00\x0b\ufffe\u202e ]]> &amp; "
    "\"'; ---\n---\ntitle: {{ .Site }} <img src=x onerror=alert(1)>"
)
FIRST = ARTICLE.questions[0].answer[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return published(tmp_path / "the-bell", INTERVIEW)


def published(folder: Path, interview: Interview) -> Path:
    folder.mkdir()
    render(interview, RenderOptions(), folder=folder)
    return folder


def attacked() -> Interview:
    """The interview with the same attack wherever a stranger could have put it."""
    said = replace(FIRST, text=HOSTILE)
    question = replace(ARTICLE.questions[0], text=HOSTILE, answer=(said,))
    article = replace(
        ARTICLE, title=HOSTILE, standfirst=HOSTILE, opener=HOSTILE, questions=(question,)
    )
    video = replace(VIDEO, title=HOSTILE, channel=HOSTILE)
    people = tuple(replace(speaker, name=HOSTILE) for speaker in INTERVIEW.speakers)
    return replace(INTERVIEW, article=article, video=video, speakers=people)


def paper(file: Path) -> Paper:
    return Document(str(file))


def words(file: Path) -> str:
    return "\n".join(paragraph.text for paragraph in paper(file).paragraphs)


def ghost_post(file: Path) -> dict[str, Any]:
    (post,) = json.loads(file.read_text("utf-8"))["db"][0]["data"]["posts"]
    assert isinstance(post, dict)
    return post


# --- Word ---


def test_a_word_document_holds_the_whole_article(folder: Path, tmp_path: Path) -> None:
    file = export(folder, "docx", None, tmp_path / "bell.docx")
    text = words(file)
    for question in ARTICLE.questions:
        assert question.text in text
        for said in question.answer:
            assert said.text.replace('"', "") in text.replace("‘", "").replace("’ and", " and")
    assert ARTICLE.opener in text and ARTICLE.closing in text
    told = paper(file).core_properties
    assert (told.title, told.subject) == (ARTICLE.title, ARTICLE.standfirst)


def test_word_knows_headings_lists_and_links(folder: Path, tmp_path: Path) -> None:
    read = paper(export(folder, "docx", None, tmp_path / "bell.docx"))
    styles = {paragraph.style.name for paragraph in read.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "List Bullet"} <= styles
    links = {
        (link.text, link.address) for paragraph in read.paragraphs for link in paragraph.hyperlinks
    }
    second = int(FIRST.start)
    assert (f"0:{second:02}", f"{VIDEO.url}&t={second}s") in links
    assert not [text for text, address in links if not address.startswith("https://")]


def test_word_gets_no_letter_that_xml_cannot_hold(tmp_path: Path) -> None:
    file = export(published(tmp_path / "x", attacked()), "docx", None, tmp_path / "x.docx")
    assert "<script>alert(1)</script>" in words(file), "as words, for that is what was said"
    assert not re.search("[\x00-\x08\x0b\ufffe\u202e]", words(file))


# --- Hugo ---


@pytest.fixture
def site(tmp_path: Path) -> Path:
    posts = tmp_path / "content" / "posts"
    posts.mkdir(parents=True)
    return posts


def test_a_bundle_goes_into_the_folder_that_is_named(folder: Path, site: Path) -> None:
    bundle = export(folder, "hugo", None, site)
    assert bundle == site / "the-bell"
    assert {file.name for file in bundle.iterdir()} == {"index.md", "timeline.svg"}
    fields, body = front_matter.read((bundle / "index.md").read_text("utf-8"))
    assert fields["title"] == ARTICLE.title
    assert fields["draft"] == (INTERVIEW.receipt.status != "ready")
    assert "](timeline.svg)" in body and f"t={int(FIRST.start)}s)" in body


def test_hugo_reads_strings_as_strings_and_keeps_what_a_person_added(
    folder: Path, site: Path
) -> None:
    file = folder / "article.md"
    added = 'tags: [bells, "1e3", no]\nlastmod: 2024-05-01\nweight: 3\n---\n'
    file.write_text(file.read_text("utf-8").replace("\n---\n", "\n" + added, 1), "utf-8")
    text = (export(folder, "hugo", None, site) / "index.md").read_text("utf-8")
    assert '- "1e3"' in text
    fields = yaml.safe_load(text.split("---\n")[1])
    assert fields["tags"][:2] == ["bells", "1e3"] and fields["weight"] == 3
    assert str(fields["lastmod"]) == "2024-05-01"


def test_no_shortcode_of_a_stranger_reaches_hugo(tmp_path: Path, site: Path) -> None:
    folder = published(tmp_path / "x", attacked())
    file = folder / "article.md"
    file.write_text(file.read_text("utf-8") + "\nPasted: {{< exec >}} {{% exec %}}\n", "utf-8")
    text = (export(folder, "hugo", None, site) / "index.md").read_text("utf-8")
    fields, body = front_matter.read(text)
    assert "{{<" not in body and "{{%" not in body and "<script" not in body
    assert "{{< youtube x >}}" in fields["title"], "Hugo runs none in front matter"


@pytest.mark.skipif(not shutil.which("hugo"), reason="skipped: no hugo on this machine")
def test_hugo_itself_builds_the_page(tmp_path: Path, site: Path) -> None:
    for name, interview in (("plain", INTERVIEW), ("attacked", attacked())):
        export(published(tmp_path / name, interview), "hugo", None, site)
    (tmp_path / "hugo.toml").write_text("disableKinds = ['RSS', 'sitemap', 'taxonomy', 'term']\n")
    (tmp_path / "config.toml").write_text("disableKinds = ['RSS', 'sitemap', 'taxonomy', 'term']\n")
    layout = tmp_path / "layouts" / "_default" / "single.html"
    layout.parent.mkdir(parents=True)
    layout.write_text("<h1>{{ .Title }}</h1>{{ .Content }}<i>{{ .Params.channel }}</i>")
    command = ["hugo", "--buildDrafts", "--source", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    page = (tmp_path / "public/posts/plain/index.html").read_text("utf-8")
    assert html.escape(ARTICLE.title, quote=False) in page.replace("&#39;", "'")
    assert f"t={int(FIRST.start)}s" in page and 'src="timeline.svg"' in page
    assert (tmp_path / "public/posts/plain/timeline.svg").is_file()
    page = (tmp_path / "public/posts/attacked/index.html").read_text("utf-8")
    assert "<script" not in page and "<img src=x" not in page


# --- Ghost ---


def test_ghost_gets_one_draft_in_the_shape_it_documents(folder: Path, tmp_path: Path) -> None:
    file = export(folder, "ghost", None, tmp_path / "bell.json")
    (told,) = json.loads(file.read_text("utf-8"))["db"]
    assert set(told["meta"]) == {"exported_on", "version"} and told["meta"]["exported_on"] > 1.7e12
    post = ghost_post(file)
    assert (post["title"], post["status"], post["type"]) == (ARTICLE.title, "draft", "post")
    assert post["custom_excerpt"] == ARTICLE.standfirst
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", post["slug"])
    assert f'&amp;t={int(FIRST.start)}s"' in post["html"]
    assert ARTICLE.standfirst not in post["html"], "Ghost prints the excerpt itself"
    assert html.escape(ARTICLE.opener, quote=False) in post["html"]


def test_ghost_gets_words_only_and_none_too_long(tmp_path: Path) -> None:
    attack = attacked()
    long = replace(attack, article=replace(attack.article, title=HOSTILE * 9, standfirst="y" * 900))
    post = ghost_post(export(published(tmp_path / "x", long), "ghost", None, tmp_path / "x.json"))
    assert len(post["title"]) <= 255 and len(post["custom_excerpt"]) <= 300
    assert "<script" not in post["html"] and "<img" not in post["html"]
    assert not re.search("[\x00\x0b\u202e]", json.dumps(post, ensure_ascii=False))


# --- one page ---


def test_a_page_stands_alone(folder: Path, tmp_path: Path) -> None:
    text = export(folder, "html", None, tmp_path / "bell.html").read_text("utf-8")
    assert f'<h1 dir="auto">{html.escape(ARTICLE.title)}</h1>' in text
    assert f'<a class="time" href="{html.escape(VIDEO.url or "")}' in text.replace(
        ' rel="noopener noreferrer"', ""
    )
    assert "<svg" in text and "<audio" not in text and "<script" not in text


def test_a_page_of_an_attack_is_words(tmp_path: Path) -> None:
    text = export(published(tmp_path / "x", attacked()), "html", None, tmp_path / "x.html")
    assert "<script" not in text.read_text("utf-8") and "<img" not in text.read_text("utf-8")


# --- all of them ---


@pytest.mark.parametrize("to", FORMATS)
def test_what_a_person_changed_is_exported(folder: Path, tmp_path: Path, to: str) -> None:
    file = folder / "article.md"
    file.write_text(file.read_text("utf-8") + "\nOne sentence by *the editor*.\n", "utf-8")
    made = export(folder, to, None, tmp_path / f"bell.{to}")
    file = made / "index.md" if made.is_dir() else made
    text = words(file) if to == "docx" else file.read_text("utf-8")
    assert "One sentence by" in text


@pytest.mark.parametrize("to", FORMATS)
def test_another_style_is_exported_by_its_name(tmp_path: Path, to: str) -> None:
    other = replace(ARTICLE, style="brief", title="A bell, in brief", questions=())
    interview = replace(INTERVIEW, others=(Written(other, INTERVIEW.receipt),))
    made = export(published(tmp_path / "x", interview), to, "brief", tmp_path)
    assert made.name.startswith("x-brief")
    file = made / "index.md" if made.is_dir() else made
    assert "A bell, in brief" in (words(file) if to == "docx" else file.read_text("utf-8"))


@pytest.mark.parametrize("to", FORMATS)
def test_nothing_is_written_over(folder: Path, site: Path, to: str) -> None:
    made = export(folder, to, None, site)
    before = {file: file.read_bytes() for file in [made, *made.rglob("*")] if file.is_file()}
    with pytest.raises(AlreadyThere, match="--out"):
        export(folder, to, None, site)
    assert before and before == {file: file.read_bytes() for file in before}


def test_a_style_that_was_not_written_lists_those_that_were(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=f"It has: {ARTICLE.style}"):
        export(folder, "docx", "essay", tmp_path)


@pytest.mark.parametrize("text", ["no front matter", "---\n{[\n---\n", "---\njust words\n---\n"])
def test_an_article_whose_front_matter_was_spoilt_is_told(
    folder: Path, tmp_path: Path, text: str
) -> None:
    (folder / "article.md").write_text(text, "utf-8")
    with pytest.raises(BrokenFolder, match="front matter"):
        export(folder, "html", None, tmp_path)


def test_the_command_prints_the_place(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(folder), "--to", "ghost", "--out", str(tmp_path / "b.json")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'b.json'}\n"
    assert main(["export", str(tmp_path / "nothing"), "--to", "ghost"]) == 1
    assert "has no article of" in capsys.readouterr().err


def test_a_folder_that_is_not_there_yet_is_made(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(to: str, out: str) -> Path:
        assert main(["export", str(folder), "--to", to, "--out", f"{tmp_path}/{out}"]) == 0
        return Path(capsys.readouterr().out.strip()).relative_to(tmp_path)

    assert made("hugo", "new/posts") == Path("new/posts/the-bell")
    assert (tmp_path / "new/posts/the-bell/index.md").is_file()
    assert made("docx", "papers/") == Path("papers/the-bell.docx")
    assert made("docx", "draft") == Path("draft.docx"), "a name alone gets its ending"
    assert made("ghost", "other/import.json") == Path("other/import.json")


def test_the_command_knows_each_format(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "x", "--to", "pdf"])
    told = capsys.readouterr().err
    assert all(name in told for name in FORMATS)
