"""Pages: true to the interview, pleasant to read, and closed to what strangers wrote."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import markdown
import pytest
import yaml

from pipeline.config import RenderOptions
from pipeline.engines.hearing import caption_files, captions
from pipeline.engines.moments import clock, in_article
from pipeline.engines.outside import in_markdown, plain, web_address
from pipeline.engines.pages import page, timeline
from pipeline.engines.voices import rttm
from pipeline.model import (
    Audio,
    Check,
    Dropped,
    Interview,
    LeftOut,
    LeftOutPoint,
    Link,
    Pages,
    Passage,
    Section,
    Speaker,
    Statement,
    Topic,
    Turn,
    Turns,
    Video,
    Word,
    Written,
)
from pipeline.render import render
from pipeline.store import digest
from tests.small_interview import ARTICLE, INTERVIEW, RECEIPT, SENTENCES, TURNS, VIDEO

HOSTILE = (
    "](javascript:alert(1)) <script>alert(1)</script> <img src=x onerror=alert(1)>",
    "{{< shortcode >}} {{% x %}} {% raw %} {{ site.title }} {: .class onclick=alert(1)}",
    "---",
    "# not a heading",
    "1. not a list",
    "> not | a | table",
    "*em* _em_ ``code`` ~~gone~~ [a](http://evil.example) ![a](b) [^1] \\",
    "https://evil.example www.evil.example me@evil.example",
    "&lt;script&gt; &#60;b&#62; ]]> --> </svg></style>",
    "no",
    "0o14",
    "\"quoted\": 'yes' # and: more",
    "\u202egnp.exe\u202c \u200bzero\ufeff\u2066 wid\u00adth\nnew\r\nline\u2028end \x00\x1b[31m\x02",
)


def rendered(folder: Path, interview: Interview, **knobs: bool) -> Pages:
    return render(interview, RenderOptions(**knobs), folder=folder)


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def front_matter(text: str) -> dict[str, object]:
    _, front, _ = text.split("---\n", 2)
    loaded: dict[str, object] = yaml.safe_load(front)
    return loaded


def body(text: str) -> str:
    return text.split("---\n", 2)[2]


def filled_with(text: str) -> Interview:
    """The interview with one text wherever a stranger could have put it."""
    speakers = tuple(replace(speaker, name=text) for speaker in INTERVIEW.speakers)
    questions = tuple(
        replace(q, text=text, answer=tuple(replace(said, text=text) for said in q.answer))
        for q in ARTICLE.questions
    )
    article = replace(
        ARTICLE,
        title=text,
        standfirst=text,
        opener=text,
        closing=text,
        questions=questions,
        links=(Link(text, f"javascript:{text}", 3.0), Link(text, "https://x.example/a b)(<>")),
        left_out=(LeftOut(text, 0, 3, text),),
    )
    words = tuple(replace(word, text=text) for word in INTERVIEW.transcript.words)
    return replace(
        INTERVIEW,
        video=replace(
            VIDEO, title=text, channel=text, channel_url=f" javascript:{text}", published=text
        ),
        transcript=replace(
            INTERVIEW.transcript, words=words, engine=text, model=text, language=text
        ),
        turns=Turns(tuple(replace(turn, text=text) for turn in TURNS)),
        speakers=speakers,
        topics=tuple(replace(topic, title=text) for topic in INTERVIEW.topics),
        edited=replace(
            INTERVIEW.edited,
            dropped=tuple(replace(d, text=text, reason=text) for d in INTERVIEW.edited.dropped),
        ),
        article=article,
        receipt=replace(
            RECEIPT, status="needs_review", checks=(Check(text, False, (text,)),), reasons=(text,)
        ),
    )


PAGE_TAGS = set(
    re.findall(
        r"\w+",
        "html head meta title style body header main section details summary figure div svg defs "
        "pattern path rect text g span h1 h2 p strong em br hr a blockquote ul li",
    )
)


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.found if name == tag)


# --- the article ---


def test_the_article_reads_as_agreed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    rendered(tmp_path, INTERVIEW)
    assert body(read(tmp_path, "article.md")).startswith(
        "\n*Ruth Okafor talks with Tomás Lind about bells, a tower at Vik, and who rings.*\n\n"
        "I heard a very interesting interview this week, between Ruth Okafor and Tomás Lind. "
        "Here's my take on it, presented in Q&A format.\n\n"
        "## 1. How does a bell go out of tune?\n\n"
        "*Ruth Okafor asks* [0:12](https://www.youtube.com/watch?v=bells-0001_x&t=12s)\n\n"
        "**Answer:** “The note is in the shape, and bronze keeps its shape for 400 years. "
        "[0:18](https://www.youtube.com/watch?v=bells-0001_x&t=18s) What changes is the clapper, "
        "which wears a flat spot into the rim.” "
        "[0:24](https://www.youtube.com/watch?v=bells-0001_x&t=24s) — Tomás Lind\n\n"
        "## 2. And what did you find in the tower at Vik?\n"
    )


def test_every_sentence_is_followed_by_its_second(tmp_path: Path) -> None:
    rendered(tmp_path, INTERVIEW)
    text = read(tmp_path, "article.md")
    for question in ARTICLE.questions:
        for said in question.answer:
            after = text.split(in_markdown(said.text.replace('"', "'"))[-12:], 1)[1]
            second = re.match(r"”? \[\d+:\d\d\]\(\S+&t=(\d+)s\)", after)
            assert second and 0 <= said.start - int(second[1]) < 1


def test_between_sentences_that_were_said_apart_stands_that_something_is_left_out(
    tmp_path: Path,
) -> None:
    first, last = (s for s in SENTENCES if s.id in ("t4.1", "t4.3"))
    answer = tuple(
        Statement(s.text, "quote", "S2", ("t4",), s.start, s.end, s.words) for s in (first, last)
    )
    question = replace(ARTICLE.questions[0], answer=answer)
    rendered(tmp_path, replace(INTERVIEW, article=replace(ARTICLE, questions=(question,))))
    assert re.search(r"in a way\.” \[0:16\]\S+ \[…\] “What changes", read(tmp_path, "article.md"))


def test_sentences_in_another_order_than_they_were_said_are_quoted_apart(tmp_path: Path) -> None:
    question = replace(ARTICLE.questions[0], answer=ARTICLE.questions[0].answer[::-1])
    rendered(tmp_path, replace(INTERVIEW, article=replace(ARTICLE, questions=(question,))))
    assert re.search(r"into the rim\.” \[0:24\]\S+ “The note", read(tmp_path, "article.md"))


def test_a_paraphrase_stands_in_no_quotation_marks(tmp_path: Path) -> None:
    said = replace(ARTICLE.questions[0].answer[0], kind="paraphrase", text="Lind blames clappers.")
    question = replace(ARTICLE.questions[0], answer=(said,))
    rendered(tmp_path, replace(INTERVIEW, article=replace(ARTICLE, questions=(question,))))
    assert "**Answer:** Lind blames clappers. [0:18]" in read(tmp_path, "article.md")


def test_each_speaker_of_an_answer_is_credited(tmp_path: Path) -> None:
    mine, other = ARTICLE.questions[0].answer
    question = replace(ARTICLE.questions[0], answer=(mine, replace(other, speaker="S3")))
    people = (*INTERVIEW.speakers, Speaker("S3", None, "guest", 3.0))
    article = replace(ARTICLE, questions=(question,))
    rendered(tmp_path, replace(INTERVIEW, speakers=people, article=article))
    text = read(tmp_path, "article.md")
    assert re.search(r"400 years\.” \S+ — Tomás Lind\n\n“What changes .*\.” \S+ — the guest", text)


def test_nobody_is_credited_by_name_on_a_guess(tmp_path: Path) -> None:
    rendered(tmp_path, replace(INTERVIEW, turns=replace(INTERVIEW.turns, proven=False)))
    text = body(read(tmp_path, "article.md"))
    assert "— the guest" in text and "*The host asks*" in text and "— Tomás" not in text
    assert "who speaks: it was guessed" in text
    assert "Okafor" not in read(tmp_path, "transcript.vtt").replace("I'm Ruth Okafor", "")


def test_what_needs_review_says_so_at_the_top(tmp_path: Path) -> None:
    receipt = replace(
        RECEIPT,
        status="needs_review",
        checks=(Check("quotes", False, tuple(f"quote {n}" for n in range(9))),),
        reasons=("a quote is not in its turn",),
    )
    pages = rendered(tmp_path, replace(INTERVIEW, receipt=receipt))
    text = read(tmp_path, "article.md")
    assert body(text).startswith(
        "\n> **Needs review before it is published.**\n>\n> - a quote is not in its turn\n\n*Ruth"
    )
    assert "- quotes: quote 0\n" in text and "- quotes: 4 more, see receipt.json" in text
    assert front_matter(text)["draft"] is True and pages.status == "needs_review"
    assert "Needs review" in Tags(read(tmp_path, "article.html")).text


def test_a_heading_comes_only_when_asked_for(tmp_path: Path) -> None:
    rendered(tmp_path, INTERVIEW)
    assert "\n# " not in read(tmp_path, "article.md")
    rendered(tmp_path, INTERVIEW, heading=True)
    assert "\n# Tomás Lind: The Man Who Mends Bells\n" in read(tmp_path, "article.md")


# --- seconds ---

WATCH = "https://www.youtube.com/watch?v=abc"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (WATCH, f"{WATCH}&t=83s"),
        (f"{WATCH}&t=5s&list=x#foo", f"{WATCH}&list=x&t=83s"),
        ("https://youtu.be/abc", "https://youtu.be/abc?t=83s"),
        ("https://m.youtube.com/shorts/abc?t=1", "https://m.youtube.com/shorts/abc?t=83s"),
        ("https://example.org/show/12?a=b", "https://example.org/show/12?a=b#t=83"),
        ("https://example.org/ep.mp3#t=10", "https://example.org/ep.mp3#t=83"),
        ("https://example.org/#/ep/12", "https://example.org/#/ep/12&t=83"),
        ("https://notyoutube.com/a", "https://notyoutube.com/a#t=83"),
        ("https://me:secret@example.org/a (b)", "https://example.org/a%20%28b%29#t=83"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://[", None),
        (None, None),
    ],
)
def test_a_link_plays_from_the_second_it_names(url: str | None, link: str | None) -> None:
    assert in_article(Video("abc", url, "T")).link(83.9) == link


def test_times_are_written_as_players_do() -> None:
    assert [clock(s) for s in (0, 59.99, 60, 3599, 3600, 4032.5, 36000)] == [
        "0:00", "0:59", "1:00", "59:59", "1:00:00", "1:07:12", "10:00:00",
    ]  # fmt: skip


def test_a_file_without_address_shows_times_and_its_page_plays_them(tmp_path: Path) -> None:
    audio = Audio(Path("/w/a.wav"), Path("/w/copy.m4a"), 61.0, "0")
    rendered(tmp_path, replace(INTERVIEW, video=replace(VIDEO, url=None), audio=audio))
    assert "for 400 years. [0:18] What" in read(tmp_path, "article.md")
    page = Tags(read(tmp_path, "article.html"))
    assert "audio.m4a#t=18" in {link["href"] for link in page.of("a")}
    assert [player["src"] for player in page.of("audio")] == ["audio.m4a"]


# --- what strangers wrote ---


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_survives_in_the_front_matter(tmp_path: Path, text: str) -> None:
    rendered(tmp_path, filled_with(text))
    front = front_matter(read(tmp_path, "article.md"))
    assert front["title"] == front["channel"] == plain(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_injects_nothing_into_markdown(tmp_path: Path, text: str) -> None:
    rendered(tmp_path, filled_with(text), heading=True)
    for name in ("article.md", "transcript.md"):
        shown = read(tmp_path, name).split("---\n\n", 1)[-1]
        assert not re.search(r"\{[{%:]|(?<!\\)`|https?://evil|www\.evil|@evil|^\|", shown)
        page = Tags(markdown.markdown(shown, extensions=["tables"]))
        ours = {"a", "blockquote", "em", "h1", "h2", "hr", "li", "p", "strong", "ul"}
        assert {tag for tag, _ in page.found} <= ours
        hosts = {re.sub(r"(https://[^/]+).*", r"\1", str(link["href"])) for link in page.of("a")}
        assert hosts <= {"https://www.youtube.com", "https://x.example"}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is(text: str) -> None:
    for sites in (page.in_html, partial(markdown.markdown, extensions=["tables"])):
        assert Tags(sites(f"## 1. {in_markdown(text)}")).text == f"1. {plain(text)}"
        assert Tags(sites(in_markdown(text))).text == plain(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_injects_nothing_into_the_page(tmp_path: Path, text: str) -> None:
    rendered(tmp_path, filled_with(text))
    page = Tags(read(tmp_path, "article.html"))
    assert {tag for tag, _ in page.found} <= PAGE_TAGS
    assert not {name for _, attributes in page.found for name in attributes if name[:2] == "on"}
    for link in page.of("a"):
        assert str(link["href"]).startswith(("https://www.youtube.com/", "https://x.example/"))
    assert "default-src 'none'" in str(page.found)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_leaves_picture_and_captions_whole(tmp_path: Path, text: str) -> None:
    rendered(tmp_path, filled_with(text))
    picture = ElementTree.fromstring(read(tmp_path, "timeline.svg"))
    assert not [part for part in picture.iter() if part.tag.endswith(("script", "image", "a"))]
    cues = read(tmp_path, "transcript.vtt").split("\n\n")[1:]
    assert all(cue.count("-->") == 1 for cue in cues)
    assert all(cue.count("<") == 1 for cue in cues)


def test_joiners_stay_where_a_language_needs_them() -> None:
    assert plain("می\u200cخواهم 👩\u200d🚀 a\u200db\u200c") == "می\u200cخواهم 👩\u200d🚀 ab"


def test_a_bar_in_a_title_makes_no_table_and_is_read_as_a_bar(tmp_path: Path) -> None:
    rendered(tmp_path, filled_with("The mill | Helen Marsh"))
    text = read(tmp_path, "article.md")
    assert r"[The mill \| Helen Marsh](" in text
    assert not re.search(r"(?<!\\)\|", body(text)), "kramdown would make a table of that line"
    assert "The mill | Helen Marsh" in read(tmp_path, "article.html")
    assert "\\|" not in read(tmp_path, "article.html")


def test_ordinary_prose_is_hardly_escaped() -> None:
    prose = "It's “about” $5 (or 6%), isn't it? Well-known: AT&T, R&D, 1 + 1 = 2! Don't."
    assert in_markdown(prose) == prose


def test_only_web_addresses_become_links() -> None:
    assert web_address("data:text/html,x") is None
    assert web_address("https://e.example/?a=1&copy;b") == "https://e.example/?a=1&copy%3Bb"


# --- picture, transcripts, files ---


def long_interview(hours: float) -> Interview:
    """Two voices that take turns every nine seconds; forty topics with long names."""
    turns = tuple(
        Turn(f"t{n}", f"S{n % 2 + 1}", 9.0 * n, 9.0 * n + 8, "Yes.", (n, n))
        for n in range(int(hours * 400))
    )
    words = tuple(Word("Yes.", turn.start, turn.end) for turn in turns)
    length = turns[-1].end
    topics = tuple(
        Topic(f"T{n}", f"Number {n} 長い題名 WWWW and more", length * n / 40, length * (n + 1) / 40,
              (turns[0].id, turns[0].id), "found")
        for n in range(40)
    )  # fmt: skip
    return replace(
        INTERVIEW,
        video=replace(VIDEO, duration=length),
        transcript=replace(INTERVIEW.transcript, words=words),
        turns=Turns(turns),
        topics=topics,
    )


@pytest.mark.parametrize("hours", [0.08, 1, 3, 10])
def test_the_picture_stays_small_and_its_labels_apart(hours: float) -> None:
    picture = timeline.draw(long_interview(hours))
    assert len(picture) < 40_000
    texts = [part for part in ElementTree.fromstring(picture).iter() if part.tag.endswith("text")]
    ticks = [part for part in texts if part.get("text-anchor") == "middle"]
    places = [float(part.get("x", 0)) for part in ticks]
    assert 4 <= len(ticks) <= 14
    assert all(right - left > 60 for left, right in pairwise(places))
    assert places[-1] < timeline.WIDTH


@pytest.mark.parametrize(("hours", "part_of_height"), [(0.08, False), (10, True)])
def test_a_lane_of_a_long_recording_shows_shares(hours: float, part_of_height: bool) -> None:
    heights = re.findall(r"v-(\d+)h", timeline.draw(long_interview(hours)))
    assert heights and (set(heights) != {str(timeline.LANE_HEIGHT)}) == part_of_height


def test_the_picture_says_what_is_left_out_and_not_used() -> None:
    picture = timeline.draw(INTERVIEW)
    assert "Welcome, 0:00–0:12 (left out)" in picture
    assert "Not used, 0:06–0:11: sponsor message" in picture
    assert "Tomás Lind, in the article: 0:" in picture
    assert "only agrees" not in picture, "too short to be seen"


def test_a_title_too_long_for_its_box_ends_in_an_ellipsis() -> None:
    titles = [part.text or "" for part in ElementTree.fromstring(
        timeline.draw(replace(INTERVIEW, topics=tuple(
            replace(topic, title="A very long title that goes on and on and on and on for ever")
            for topic in INTERVIEW.topics)))).iter() if part.tag.endswith("text")]  # fmt: skip
    cut = [title for title in titles if title.startswith("A very")]
    assert len(cut) == 4 and all(title.endswith("…") and len(title) < 45 for title in cut)


def test_the_transcript_holds_every_turn_in_order(tmp_path: Path) -> None:
    rendered(tmp_path, INTERVIEW)
    text = read(tmp_path, "transcript.md")
    places = [text.index(in_markdown(turn.text)) for turn in TURNS]
    assert places == sorted(places)
    assert " *(left out of the article: sponsor message)* This show is " in text
    assert text.count("left out of the article") == len(INTERVIEW.edited.dropped)


def test_an_aside_stands_within_the_others_words(tmp_path: Path) -> None:
    first, last = TURNS[0], TURNS[3]
    aside = replace(first, id="a", text="Mm-hm.", aside=True)
    more = replace(last, id="b", speaker=last.speaker)
    turns = Turns((last, aside, more))
    rendered(tmp_path, replace(INTERVIEW, turns=turns, topics=()))
    name = "Tomás Lind" if last.speaker == "S2" else "Ruth Okafor"
    other = "Ruth Okafor" if name == "Tomás Lind" else "Tomás Lind"
    text = read(tmp_path, "transcript.md")
    assert text.count(f"**{name}**") == 1
    assert f"*({other}: Mm-hm.)* [" in text


def test_an_aside_before_a_new_topic_is_not_lost(tmp_path: Path) -> None:
    first, last = TURNS[0], TURNS[3]
    turns = Turns((last, replace(first, id="a", text="Mm-hm.", aside=True), replace(last, id="b")))
    topic = Topic("T1", "Bells", 0.0, 9.0, ("b", "b"), "found")
    rendered(tmp_path, replace(INTERVIEW, turns=turns, topics=(topic,)))
    assert ": Mm-hm.)*\n\n## Bells" in read(tmp_path, "transcript.md")


def test_who_sounds_when_is_written_for_other_programs_too(tmp_path: Path) -> None:
    rendered(tmp_path, INTERVIEW)
    again = tuple(rttm.read(read(tmp_path, "data/voices.rttm")))
    assert again == INTERVIEW.voices.spans


def test_what_is_left_out_of_a_turn_is_marked_where_it_stands(tmp_path: Path) -> None:
    turn = TURNS[0]  # "Welcome to Slow Signals, I'm Ruth Okafor. With me is Tomás Lind, who ..."
    said = "Welcome to Slow Signals, I'm Ruth Okafor."
    cut = Dropped(turn.id, turn.start, turn.start + 3, said, "opens the show", (0, 6))
    edited = replace(INTERVIEW.edited, dropped=(cut,))
    rendered(tmp_path, replace(INTERVIEW, edited=edited))
    first, second = read(tmp_path, "transcript.md").split("\n\n")[2:4]
    assert first.startswith("**Ruth Okafor** [0:00](")
    assert first.endswith(f" *(left out of the article: opens the show)* {in_markdown(said)}")
    assert second.startswith("[0:0") and second.endswith("who mends bells.")
    cues = read(tmp_path, "transcript.vtt").split("\n\n")[1:]
    unused = [" ".join(cue.split("\n")[1:]) for cue in cues if "<v.unused " in cue]
    assert unused == [f"<v.unused Ruth Okafor>{said}"]


def test_a_long_turn_is_cut_into_paragraphs_at_sentences(tmp_path: Path) -> None:
    texts = ["so" if n % 10 else "end." for n in range(1, 401)]
    words = tuple(Word(text, n * 0.5, n * 0.5 + 0.4) for n, text in enumerate(texts))
    turn = Turn("t1", "S2", 0, 200, " ".join(texts), (0, 399))
    transcript = replace(INTERVIEW.transcript, words=words)
    rendered(tmp_path, replace(INTERVIEW, transcript=transcript, turns=Turns((turn,))))
    paragraphs = read(tmp_path, "transcript.md").split("\n\n")[2:]
    assert len(paragraphs) == 4 and all(part.rstrip().endswith("end.") for part in paragraphs)
    assert paragraphs[1].startswith("[0:50](https://")


def test_captions_can_be_read_along(tmp_path: Path) -> None:
    rendered(tmp_path, INTERVIEW)
    head, *cues = read(tmp_path, "transcript.vtt").rstrip().split("\n\n")
    assert head == "WEBVTT"
    starts = []
    for cue in cues:
        times, *lines = cue.split("\n")
        stamps = re.fullmatch(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})", times)
        assert stamps
        start, end = (
            int(stamps[n]) * 3600 + int(stamps[n + 1]) * 60 + float(stamps[n + 2]) for n in (1, 4)
        )
        assert 0 < end - start <= 7.001
        starts.append(start)
        assert len(lines) <= 2 and all(len(re.sub("<.*?>", "", line)) <= 42 for line in lines)
    assert starts == sorted(starts)
    said = " ".join(re.sub("<.*?>", "", line) for cue in cues for line in cue.split("\n")[1:])
    assert said == " ".join(word.text for word in INTERVIEW.transcript.words)


def test_our_captions_can_be_read_back(tmp_path: Path) -> None:
    people = (INTERVIEW.speakers[0], replace(INTERVIEW.speakers[1], name="A & B"))
    rendered(tmp_path, replace(INTERVIEW, speakers=people))
    words, voices, _ = captions.said(caption_files.cues(tmp_path / "transcript.vtt"))
    assert [word.text for word in words] == [word.text for word in INTERVIEW.transcript.words]
    assert [voice.speaker for voice in voices][:3] == ["Ruth Okafor", "A & B", "Ruth Okafor"]


def test_captions_stay_in_order_where_people_talk_at_once(tmp_path: Path) -> None:
    words = (Word("One.", 5.0, 5.0), Word("Two.", 4.0, 4.2))
    turns = (Turn("t1", "S1", 5, 5, "One.", (0, 0)), Turn("t2", "S2", 4, 4.2, "Two.", (1, 1)))
    transcript = replace(INTERVIEW.transcript, words=words)
    rendered(tmp_path, replace(INTERVIEW, transcript=transcript, turns=Turns(turns)))
    stamps = re.findall(r"(\S+) --> (\S+)", read(tmp_path, "transcript.vtt"))
    assert stamps == [("00:00:05.000", "00:00:05.100")] * 2


def test_pages_list_every_file_with_its_hash(tmp_path: Path) -> None:
    pages = rendered(tmp_path, INTERVIEW)
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert there == {page.name for page in pages.files}
    assert all(digest(tmp_path / page.name) == page.sha256 for page in pages.files)


def test_a_switched_off_page_is_not_written(tmp_path: Path) -> None:
    pages = rendered(tmp_path, INTERVIEW, html=False, timeline=False)
    assert not {"article.html", "timeline.svg"} & {page.name for page in pages.files}


def test_the_same_interview_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "1", tmp_path / "2"
    one.mkdir(), other.mkdir()
    assert rendered(one, INTERVIEW).files == rendered(other, INTERVIEW).files


def test_the_transcript_ends_with_the_spelling_that_was_corrected(tmp_path: Path) -> None:
    words = list(INTERVIEW.transcript.words)
    words[2] = replace(words[2], heard="*Lint*")
    words[4], words[5] = replace(words[4], heard="win slow"), replace(words[5], heard="")
    transcript = replace(INTERVIEW.transcript, words=tuple(words))
    rendered(tmp_path, replace(INTERVIEW, transcript=transcript))
    text = read(tmp_path, "transcript.md")
    listed = text.split("## Spelling that was corrected\n\n")[1].splitlines()
    assert len(listed) == 2
    assert f"{words[2].text}, heard as “\\*Lint\\*”" in listed[0]
    assert f"{words[4].text} {words[5].text}, heard as “win slow”" in listed[1]
    rendered(tmp_path, INTERVIEW)
    assert "Spelling" not in read(tmp_path, "transcript.md")


# --- styles that are no questions and answers ---


def in_sections(form: Literal["paragraph", "item", "pull"], lead: str = "") -> Interview:
    """The interview with its first answer as one section."""
    said = ARTICLE.questions[0].answer
    section = Section(0, "Bells & “tuning”", (Passage(form, lead, said),), "T1", above="Topics")
    return replace(INTERVIEW, article=replace(ARTICLE, questions=(), sections=(section,)))


def test_a_paragraph_is_led_to_by_the_narrator(tmp_path: Path) -> None:
    rendered(tmp_path, in_sections("paragraph", "Lind *said*:"))
    text = body(read(tmp_path, "article.md"))
    assert "## Topics\n\n### Bells & “tuning”\n\nLind \\*said\\*: “" in text


def test_an_item_is_one_of_a_list(tmp_path: Path) -> None:
    rendered(tmp_path, in_sections("item"))
    assert "### Bells & “tuning”\n\n- “" in body(read(tmp_path, "article.md"))


def test_a_pull_quote_stands_before_the_opener_with_its_name(tmp_path: Path) -> None:
    rendered(tmp_path, in_sections("pull"))
    before, after = body(read(tmp_path, "article.md")).split(ARTICLE.opener)
    (line,) = [line for line in before.splitlines() if line.startswith("> “")]
    assert line.endswith("— Tomás Lind")
    assert "Bells" not in after.split("## ")[0]


def test_every_sentence_of_a_section_has_its_time_and_its_mark_in_the_picture(
    tmp_path: Path,
) -> None:
    rendered(tmp_path, INTERVIEW)
    asked = read(tmp_path, "timeline.svg")
    rendered(tmp_path, replace(INTERVIEW, article=replace(ARTICLE, questions=())))
    assert ", in the article: " not in read(tmp_path, "timeline.svg")
    rendered(tmp_path, in_sections("item"))
    assert ", in the article: " in asked
    assert ", in the article: " in read(tmp_path, "timeline.svg")
    clocks = re.findall(r"\[\d+:\d\d\]", body(read(tmp_path, "article.md")).split("- “")[1])
    assert len(clocks) >= len(ARTICLE.questions[0].answer)


def test_another_style_has_its_own_files_and_may_need_review_alone(tmp_path: Path) -> None:
    report = replace(in_sections("item").article, style="report")
    doubted = replace(INTERVIEW.receipt, status="needs_review", reasons=("a doubt",))
    ready = replace(INTERVIEW, receipt=replace(INTERVIEW.receipt, status="ready", reasons=()))
    pages = rendered(tmp_path, replace(ready, others=(Written(report, doubted),)))
    assert pages.status == "needs_review"
    assert front_matter(read(tmp_path, "article.md"))["status"] == "ready"
    assert front_matter(read(tmp_path, "article-report.md"))["status"] == "needs_review"
    names = {page.name for page in pages.files}
    assert {
        "article-report.html", "receipt-report.json", "data/article-report.json",
    } <= names  # fmt: skip


def test_a_heading_below_another_stays_one_on_the_page(tmp_path: Path) -> None:
    interview = in_sections("paragraph", "Lind said:")
    (section,) = interview.article.sections[:1]
    below = replace(section, above="Key topics", heading="Bells")
    article = replace(interview.article, sections=(below,))
    rendered(tmp_path, replace(interview, article=article))
    assert "<h2>Key topics</h2>\n<h3>Bells</h3>" in read(tmp_path, "article.html")


def test_how_long_it_takes_to_read_is_said(tmp_path: Path) -> None:
    rendered(tmp_path, INTERVIEW)
    assert front_matter(read(tmp_path, "article.md"))["reading_time"] == 1
    assert "1 min read" in read(tmp_path, "article.html")
    long = replace(ARTICLE, closing="word " * 1000)
    rendered(tmp_path, replace(INTERVIEW, article=long))
    assert front_matter(read(tmp_path, "article.md"))["reading_time"] == 5


def test_what_was_strong_and_is_left_out_stands_at_the_end_of_the_receipt(tmp_path: Path) -> None:
    said = ARTICLE.questions[0].answer[0]
    point = LeftOutPoint(said.speaker, (said,), said.start, 4.4, None, INTERVIEW.topics[0].id, 1.0)
    rendered(tmp_path, replace(INTERVIEW, article=replace(ARTICLE, left_out_points=(point,))))
    end = read(tmp_path, "article.md").partition("*Strong points that are not in the article:*")[2]
    assert said.text in end and "Tomás Lind, 0:04 of airtime" in end
    assert f"under “{INTERVIEW.topics[0].title}”" in end
    assert "Strong points" in read(tmp_path, "article.html")
    rendered(tmp_path / "none", INTERVIEW)
    assert "Strong points" not in read(tmp_path / "none", "article.md")


def test_of_many_strong_points_those_that_weigh_most_are_printed_and_the_rest_counted(
    tmp_path: Path,
) -> None:
    said = ARTICLE.questions[0].answer[0]
    points = tuple(
        LeftOutPoint(
            said.speaker, (replace(said, text=f"Point {n}."),), said.start, 4.4, None, None, weight
        )
        for n, weight in enumerate((0.4, 0.1, 0.9, 0.3, 0.8))
    )
    rendered(tmp_path, replace(INTERVIEW, article=replace(ARTICLE, left_out_points=points)))
    end = read(tmp_path, "article.md").partition("*Strong points that are not in the article:*")[2]
    assert re.findall(r"Point (\d)\.", end) == ["0", "2", "4"]
    assert end.endswith("\n- and 2 more, which the receipt names\n")
    assert read(tmp_path, "data/article.json").count("Point ") == 5


def test_what_was_left_out_for_less_than_a_second_is_not_told(tmp_path: Path) -> None:
    (long, short) = INTERVIEW.edited.dropped
    edited = replace(INTERVIEW.edited, dropped=(long, replace(short, end=short.start + 0.9)))
    rendered(tmp_path, replace(INTERVIEW, edited=edited))
    text = read(tmp_path, "article.md")
    assert f"that {long.reason}; each in data/edited.json" in text
    assert f"0:00 that {short.reason}" not in text


def test_a_missing_name_is_told_once(tmp_path: Path) -> None:
    people = (replace(INTERVIEW.speakers[0], name=None), INTERVIEW.speakers[1])
    found = ("The name of the host (S1) is not known.",)
    unnamed = replace(INTERVIEW, speakers=people)
    checked = replace(RECEIPT, checks=(Check("speakers", False, found),))
    rendered(tmp_path, replace(unnamed, receipt=checked))
    end = read(tmp_path, "article.md").partition("*Not proven:*")[2]
    assert f"- speakers: {found[0]}\n" in end and "- the name of the host" not in end
    rendered(tmp_path, unnamed)
    end = read(tmp_path, "article.md").partition("*Not proven:*")[2]
    assert "- the name of the host\n" in end
