"""Folders appear whole, are found again, and keep what a person did to them."""

import errno
import json
import logging
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import PublishOptions, RenderOptions
from pipeline.errors import DiskFull, NotWritable
from pipeline.model import Audio, Pages, Published, Video
from pipeline.publish import folder_name, is_there, publish
from pipeline.render import render
from tests.small_interview import ARTICLE, INTERVIEW, VIDEO

NAME = "2025-03-09-tomas-lind-the-man-who-mends-bells-slow-signals-12-bells-0001_x"


def pages(folder: Path, title: str = ARTICLE.title, audio: str | None = None) -> Pages:
    """Rendered pages of a version of the article, told apart by its title."""
    folder.mkdir(parents=True, exist_ok=True)
    heard = None
    if audio is not None:
        copy = folder.with_suffix(".m4a")
        copy.write_text(audio)
        heard = Audio(Path("/w/a.wav"), copy, 61.0, "0")
    interview = replace(INTERVIEW, article=replace(ARTICLE, title=title), audio=heard)
    return render(interview, RenderOptions(), folder=folder)


def put(root: Path, title: str = ARTICLE.title, audio: str | None = None) -> Published:
    work = root / "output" / ".work" / "abc" / "render"
    return publish(VIDEO, pages(work, title, audio), PublishOptions(), str(root / "output"))


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "output").iterdir() if path.name != ".work")


def left_behind(root: Path) -> list[str]:
    workshop = root / "output" / ".work" / "publishing"
    return [path.name for path in workshop.rglob("*") if path.is_file() and path.name != "lock"]


def test_a_folder_holds_every_page_and_the_listening_copy(tmp_path: Path) -> None:
    published = put(tmp_path, audio="sound")
    assert folders(tmp_path) == [NAME]
    assert published.folder == tmp_path / "output" / NAME and is_there(published)
    assert published.article.read_text().startswith("---\ntitle:")
    assert (published.folder / "audio.m4a").read_text() == "sound"
    assert (published.folder / "data" / "turns.json").is_file()
    assert published.status == "ready" and not left_behind(tmp_path)


def test_the_listening_copy_takes_no_space_twice(tmp_path: Path) -> None:
    published = put(tmp_path, audio="sound")
    assert (published.folder / "audio.m4a").stat().st_nlink == 2


def test_a_newer_version_takes_the_place_of_the_older(tmp_path: Path) -> None:
    put(tmp_path, audio="sound")
    published = put(tmp_path, "A better title")
    assert folders(tmp_path) == [NAME]
    assert 'title: "A better title"' in published.article.read_text()
    assert not (published.folder / "audio.m4a").exists(), "ours, and no longer made"
    assert not left_behind(tmp_path)


# --- what a person did ---


def test_an_edited_article_is_kept_and_the_new_one_put_beside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    published = put(tmp_path)
    published.article.write_text("my words")
    with caplog.at_level(logging.WARNING):
        put(tmp_path, "Second")
    assert published.article.read_text() == "my words"
    beside = published.folder / "article.new.md"
    assert 'title: "Second"' in beside.read_text()
    assert "article.md was edited and is kept; the new version is article.new.md" in caplog.text
    put(tmp_path, "Third")
    assert published.article.read_text() == "my words" and "Third" in beside.read_text()
    assert len(list(published.folder.glob("article*.md"))) == 2


def test_what_an_edited_text_was_made_from_is_kept_as_long_as_it_is_edited(tmp_path: Path) -> None:
    published = put(tmp_path)
    first = (published.folder / "data" / "article.json").read_bytes()
    kept = published.folder / "data" / "edited-from" / "article.json"
    published.article.write_text("my words")
    put(tmp_path)
    assert not kept.exists(), "it is the newest still"
    for title in ("Second", "Third"):
        put(tmp_path, title)
        assert kept.read_bytes() == first
    (published.folder / "article.new.md").replace(published.article)
    put(tmp_path, "Fourth")
    assert not kept.exists()


def test_it_is_not_kept_where_the_words_were_heard_anew(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.article.write_text("my words")
    heard = replace(INTERVIEW, transcript=replace(INTERVIEW.transcript, model="large"))
    rendered = render(heard, RenderOptions(), folder=tmp_path / "again")
    publish(VIDEO, rendered, PublishOptions(), str(tmp_path / "output"))
    assert (published.folder / "article.new.md").exists()
    assert not (published.folder / "data" / "edited-from").exists()


def test_an_edited_newer_version_is_kept_too(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.article.write_text("my words")
    put(tmp_path, "Second")
    (published.folder / "article.new.md").write_text("my other words")
    put(tmp_path, "Third")
    texts = {path.name: path.read_text() for path in published.folder.glob("article*.md")}
    assert texts["article.md"] == "my words" and texts["article.new.md"] == "my other words"
    assert 'title: "Third"' in texts["article.new2.md"]


def test_the_same_version_again_adds_nothing_to_an_edited_article(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.article.write_text("my words")
    put(tmp_path)
    assert published.article.read_text() == "my words"
    assert not (published.folder / "article.new.md").exists()
    put(tmp_path, "Second")
    put(tmp_path, "Second")
    assert 'title: "Second"' in (published.folder / "article.new.md").read_text()


def test_a_new_version_that_was_taken_over_is_no_edit(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.article.write_text("my words")
    put(tmp_path, "Second")
    (published.folder / "article.new.md").replace(published.article)
    put(tmp_path, "Third")
    assert 'title: "Third"' in published.article.read_text()
    assert not (published.folder / "article.new.md").exists()


def test_what_a_person_added_stays(tmp_path: Path) -> None:
    published = put(tmp_path)
    (published.folder / "images").mkdir()
    (published.folder / "images" / "bell.jpg").write_bytes(b"jpg")
    (published.folder / "later.md").symlink_to("/nowhere/at/all")
    put(tmp_path, "Second")
    assert (published.folder / "images" / "bell.jpg").read_bytes() == b"jpg"
    assert (published.folder / "later.md").readlink() == Path("/nowhere/at/all")


def test_without_our_record_every_changed_file_counts_as_edited(tmp_path: Path) -> None:
    published = put(tmp_path)
    (published.folder / "data" / "published.json").unlink()
    put(tmp_path, "Second")
    assert "Second" not in published.article.read_text()
    assert "Second" in (published.folder / "article.new.md").read_text()


def test_a_folder_that_a_person_renamed_keeps_its_name(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.folder.rename(tmp_path / "output" / "bells")
    assert not is_there(published)
    for title in ("Second", "Third"):
        assert put(tmp_path, title).folder.name == "bells"
    assert folders(tmp_path) == ["bells"]


def test_a_file_saved_while_we_publish_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = put(tmp_path)
    sync, calls = os.fsync, iter(range(100))

    def and_someone_saves(file: int) -> None:
        if next(calls) == 9:  # article.md has been looked at
            published.article.write_text("saved meanwhile")
        sync(file)

    newer = pages(tmp_path / "newer", "Second")
    monkeypatch.setattr(os, "fsync", and_someone_saves)
    publish(VIDEO, newer, PublishOptions(), str(tmp_path / "output"))
    assert published.article.read_text() == "saved meanwhile"
    assert "Second" in (published.folder / "article.new.md").read_text()


# --- names ---


def test_a_changed_title_renames_the_folder(tmp_path: Path) -> None:
    first = put(tmp_path)
    first.article.write_text("my words")
    again = publish(
        replace(VIDEO, title="Bells!", published=None),
        pages(tmp_path / "pages"),
        PublishOptions(),
        str(tmp_path / "output"),
    )
    assert folders(tmp_path) == ["undated-bells-bells-0001_x"]
    assert again.article.read_text() == "my words"


def test_two_recordings_never_share_a_folder(tmp_path: Path) -> None:
    put(tmp_path)
    for other in (replace(VIDEO, extractor="vimeo"), replace(VIDEO, id="bells-0001+x")):
        rendered = render(
            replace(INTERVIEW, video=other), RenderOptions(), folder=tmp_path / other.id
        )
        for _ in range(2):
            publish(other, rendered, PublishOptions(), str(tmp_path / "output"))
    assert len(folders(tmp_path)) == 3


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "output" / NAME
    mine.mkdir(parents=True)
    (mine / "diary.txt").write_text("dear diary")
    published = put(tmp_path)
    assert published.folder != mine and published.folder.name.startswith(NAME)
    assert [path.name for path in mine.iterdir()] == ["diary.txt"]


TITLES = [
    "../../../etc/passwd", "..", ".", "", "/", "C:\\x", "CON", "nul.txt", "a\0b", "a\nb", "🎉🎊",
    "日本語の題名", "<script>alert(1)</script>", '"quotes" \'and\' `more` $(rm -rf ~)', "-rf",
    "x" * 500, "word " * 100, "Ünïcödé ŁÓDŹ",
    "\u202egnp", "a" * 61, "trailing. ", "\ud800", "%2e%2e%2f",
]  # fmt: skip
IDS = ["bc6uFV9CJGg", "-_-_-", "../../x", "", "a b", "é", "x" * 300, "a/b", "CON", "."]


@pytest.mark.parametrize("title", TITLES)
def test_a_name_is_safe_whatever_the_title(title: str) -> None:
    for video_id in IDS:
        name = folder_name(Video(video_id, None, title, published="../../2024"))
        assert re.fullmatch(r"undated-[A-Za-z0-9_-]{1,130}", name)


def test_ids_that_look_alike_once_safe_stay_apart() -> None:
    names = {folder_name(Video(said, None, "T")) for said in ("a/b", "a-b", "a b", "a:b")}
    assert len(names) == 4


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Café Łódź: straße & don't", "cafe-lodz-strasse-dont-"),
        ("Привет, мир", ""),
        ("word " * 30, "word-" * 12),
        ("C++ in 2024?", "c-in-2024-"),
    ],
)
def test_a_title_becomes_plain_letters(title: str, slug: str) -> None:
    assert folder_name(Video("ID", None, title, published="2024-04-18")) == f"2024-04-18-{slug}ID"


def test_a_hostile_title_stays_in_the_output_folder(tmp_path: Path) -> None:
    video = replace(VIDEO, title="../../../../tmp/x", id="../../y")
    published = publish(video, pages(tmp_path / "p"), PublishOptions(), str(tmp_path / "output"))
    assert published.folder.resolve().parent == (tmp_path / "output").resolve()


# --- when it goes wrong ---


def test_a_full_disk_leaves_the_older_version_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = put(tmp_path)
    before = {path: path.read_bytes() for path in published.folder.rglob("*.*")}
    newer = pages(tmp_path / "newer", "Second")
    calls = iter(range(100))

    def full(file: int) -> None:
        if next(calls) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        publish(VIDEO, newer, PublishOptions(), str(tmp_path / "output"))
    assert {path: path.read_bytes() for path in published.folder.rglob("*.*")} == before
    assert folders(tmp_path) == [NAME] and not left_behind(tmp_path)


def test_a_renaming_that_fails_brings_the_older_version_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = put(tmp_path)
    newer = pages(tmp_path / "newer", "Second")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(errno.EACCES, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(NotWritable, match="Permission denied"):
        publish(VIDEO, newer, PublishOptions(), str(tmp_path / "output"))
    assert is_there(published) and "Second" not in published.article.read_text()


def test_after_a_kill_between_the_renamings_the_edits_are_still_there(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.article.write_text("my words")
    aside = tmp_path / "output" / ".work" / "publishing" / "old"
    aside.mkdir()
    published.folder.rename(aside / published.folder.name)
    again = put(tmp_path, "Second")
    assert again.article.read_text() == "my words"
    assert folders(tmp_path) == [NAME] and not left_behind(tmp_path)


def test_after_a_kill_before_the_cleaning_there_is_one_folder(tmp_path: Path) -> None:
    published = put(tmp_path)
    aside = tmp_path / "output" / ".work" / "publishing" / "old" / "undated-older-name"
    (aside / "data").mkdir(parents=True)
    told = (published.folder / "data" / "video.json").read_bytes()
    (aside / "data" / "video.json").write_bytes(told)
    put(tmp_path, "Second")
    assert folders(tmp_path) == [NAME] and not left_behind(tmp_path)


def test_an_output_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("I am a file")
    with pytest.raises(NotWritable, match="output"):
        publish(VIDEO, pages(tmp_path / "p"), PublishOptions(), str(tmp_path / "output"))


def test_a_deleted_article_is_missed_and_comes_back(tmp_path: Path) -> None:
    published = put(tmp_path)
    published.article.unlink()
    assert not is_there(published)
    assert is_there(put(tmp_path))


def test_the_record_names_every_file_we_wrote(tmp_path: Path) -> None:
    published = put(tmp_path, audio="sound")
    record = json.loads((published.folder / "data" / "published.json").read_text())
    there = {p.relative_to(published.folder).as_posix() for p in published.folder.rglob("*.*")}
    assert {*record["files"], "data/published.json"} == there
    assert record["folder"] == NAME
