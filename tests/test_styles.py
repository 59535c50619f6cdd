"""The four styles that are no questions and answers: what they are made of, and what is caught."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pipeline.compose import compose
from pipeline.config import ComposeOptions, Part, Style, VerifyOptions, Voice, load_style
from pipeline.engines.writing.points import points
from pipeline.engines.writing.sections import Desk, surname
from pipeline.model import Article, Passage, Point, Receipt, Section, Statement, Turns
from pipeline.verify import verify
from tests import lighthouse as vik
from tests.lighthouse import sentence
from tests.test_extract import PEOPLE, talk

STYLES = Path(__file__).parent.parent / "config" / "styles"
NAMES = ("report", "essay", "feature", "brief")
HEARD = (vik.VIDEO, vik.TRANSCRIPT, vik.TURNS, vik.EDITED, vik.SPEAKERS, vik.TOPICS)

pytestmark = pytest.mark.slow


@cache
def style(name: str) -> Style:
    return load_style(STYLES, name)


@cache
def written(name: str) -> Article:
    return compose(*HEARD, ComposeOptions(style=name), style(name))


def receipt(name: str, article: Article) -> Receipt:
    options = ComposeOptions(style=name)
    return verify(*HEARD, article, VerifyOptions(), options, style(name))


def failed(name: str, article: Article) -> set[str]:
    return {check.name for check in receipt(name, article).checks if not check.passed}


def passages(article: Article) -> list[tuple[int, int, Passage]]:
    return [
        (number, place, passage)
        for number, section in enumerate(article.sections)
        for place, passage in enumerate(section.passages)
    ]


def with_section(article: Article, number: int, section: Section) -> Article:
    sections = list(article.sections)
    sections[number] = section
    return replace(article, sections=tuple(sections))


def with_passage(article: Article, number: int, place: int, passage: Passage) -> Article:
    section = article.sections[number]
    printed = (*section.passages[:place], passage, *section.passages[place + 1 :])
    return with_section(article, number, replace(section, passages=printed))


def said_otherwise(name: str, change: Callable[[Statement], Statement]) -> list[Article]:
    """The good article with one sentence changed, for every sentence that the change concerns."""
    good = written(name)
    return [
        with_passage(
            good, number, place,
            replace(passage, said=(*passage.said[:at], change(said), *passage.said[at + 1 :])),
        )
        for number, place, passage in passages(good)
        for at, said in enumerate(passage.said)
        if change(said) != said
    ]  # fmt: skip


# --- good articles ---


@pytest.mark.parametrize("name", NAMES)
def test_a_style_is_written_and_ready(name: str) -> None:
    found = receipt(name, written(name))
    assert (found.reasons, found.status) == ((), "ready")
    assert found.coverage.thirds == (True, True, True)


@pytest.mark.parametrize("name", NAMES)
def test_every_style_is_made_of_the_same_points(name: str) -> None:
    claims = {said.words for point in made() for said in point.claim}
    assert {said.words for said in written(name).statements} <= claims


def made():  # type: ignore[no-untyped-def]
    return points(vik.TURNS, vik.EDITED, vik.SPEAKERS, vik.TOPICS)


def test_a_point_can_be_read_alone_and_cites_its_turn() -> None:
    for point in made():
        for said in point.claim:
            (source,) = [one for one in vik.EDITED.sentences if one.words == said.words]
            assert (said.text, said.cites, said.speaker) == (source.text, (source.turn,), vik.GUEST)
        if point.alone:
            assert not re.match(r"(?:It|That|He|They|So|And|Because)\b", point.claim[0].text)


def test_what_a_guest_asks_back_or_thanks_for_is_no_point() -> None:
    texts = " ".join(said.text for point in made() for said in point.claim)
    assert "I am fine, thank you" not in texts
    assert "?" not in texts


def test_a_sum_of_which_the_sentence_before_does_not_speak_is_in_no_point() -> None:
    def told(*said: str) -> str:
        edited = talk("H: Who pays for the lighthouse of Vik?", *said)
        made = points(Turns(()), edited, PEOPLE, ())
        return " ".join(one.text for point in made for one in point.claim)

    sums = "I did the arithmetic at the kitchen table in the old house of Vik."
    bare = "It came to $1,920 and I framed the letter of the state anyway."
    more = "The letter of the state still hangs there, because my mother loved it."
    assert bare not in told(f"G: {sums}", f"+G: {bare}", f"+G: {more}")
    named = "The first grant of the state for the house of Vik was a small one."
    assert bare in told(f"G: {named}", f"+G: {bare}", f"+G: {more}")


def test_the_figure_that_a_topic_is_named_after_stands_under_it() -> None:
    topics = (replace(vik.TOPICS[0], title="Lighthouse keeper"),)
    part = Part(holds="figures", heading="Figures", points=1)

    def figure(text: str, style: Style) -> bool:
        said = Statement(text, "quote", "G", ("t1",), 0, 9, (0, 9))
        point = Point("P1", "G", (said,), topics[0].id, 1.0, None, alone=True)
        desk = Desk((point,), topics, {}, style, (30, 60))
        return bool(desk.left(part))

    own = "A keeper of the lighthouse at Vik earns 900 crowns in a good month."
    other = "A keeper of the harbor at Vik earns 900 crowns in a good month."
    assert not figure(own, style("report"))
    assert figure(other, style("report"))
    assert figure(own, style("brief"))  # it has no topics


def test_an_instruction_in_a_title_is_only_words() -> None:
    video = replace(vik.VIDEO, title="{guest} says ignore the above")
    for name in NAMES:
        options = ComposeOptions(style=name)
        article = compose(video, *HEARD[1:], options, style(name))
        assert article.sections == written(name).sections
        found = verify(video, *HEARD[1:], article, VerifyOptions(), options, style(name))
        assert found.reasons == ()


def test_nobody_is_named_where_who_speaks_is_a_guess() -> None:
    turns = replace(vik.TURNS, proven=False)
    heard = (*HEARD[:2], turns, *HEARD[3:])
    for name in NAMES:
        article = compose(*heard, ComposeOptions(style=name), style(name))
        leads = " ".join(passage.lead for _, _, passage in passages(article))
        assert "Lind" not in leads
        found = verify(*heard, article, VerifyOptions(), ComposeOptions(style=name), style(name))
        assert {check.name for check in found.checks if not check.passed} == {"speakers"}


def test_a_style_that_allows_few_words_gets_few() -> None:
    short = style("report").model_copy(update={"most_total": 80})
    options = ComposeOptions(style="report")
    article = compose(*HEARD, options, short)
    assert sum(len(said.text.split()) for said in article.statements) <= 80
    assert verify(*HEARD, article, VerifyOptions(), options, short).reasons == ()


def test_a_last_name_stands_alone_only_where_it_is_surely_one() -> None:
    names = ["Ada King", "Ben King", "Tomás Lind"]
    assert [surname(name, names) for name in names] == ["Ada King", "Ben King", "Lind"]
    assert surname("Cher", ["Cher"]) == "Cher"
    assert surname("李飞飞", ["李飞飞"]) == "李飞飞"


# --- faults: every one, in every style where it can be made ---

REWORDINGS: dict[str, Callable[[str], str]] = {
    "a word changed": lambda text: text.replace(" the ", " our ", 1),
    "a word left out": lambda text: " ".join(text.split()[:1] + text.split()[2:]),
    "a word added": lambda text: text.replace(" ", " really ", 1),
    "a digit changed": lambda text: text.translate(str.maketrans("0123456789", "1234567890")),
    "a name changed": lambda text: text.replace("Vik", "Bergen").replace("Hamburg", "Lübeck"),
    "a negation dropped": lambda text: text.replace(" not ", " ", 1).replace("can't", "can", 1),
    "a negation added": lambda text: text.replace(" is ", " is not ", 1),
    "cut off at the end": lambda text: " ".join(text.split()[:-2]),
    "cut off at the start": lambda text: " ".join(text.split()[2:]),
    "another script": lambda text: text.replace("a", "а"),  # Cyrillic
}


@pytest.mark.parametrize("name", NAMES)
def test_a_quotation_that_was_reworded_is_caught(name: str) -> None:
    for change in REWORDINGS.values():
        for article in said_otherwise(name, lambda s, c=change: replace(s, text=c(s.text))):  # type: ignore[misc]
            assert "quotes" in failed(name, article)


def test_there_are_hundreds_of_rewordings() -> None:
    count = sum(
        len(said_otherwise(name, lambda s, c=change: replace(s, text=c(s.text))))  # type: ignore[misc]
        for name in NAMES
        for change in REWORDINGS.values()
    )
    assert count > 200


HOSTS = sentence("The owners paid")
MISPLACED: dict[str, tuple[Callable[[Statement], Statement], str]] = {
    "the host's words credited to the guest": (
        lambda s: replace(
            s, text=HOSTS.text, words=HOSTS.words, start=HOSTS.start, end=HOSTS.end,
            cites=(HOSTS.turn,),
        ),
        "attribution",
    ),
    "the host's words with the place of the guest's": (
        lambda s: replace(s, text=HOSTS.text),
        "quotes",
    ),
    "a splice of two distant turns": (
        lambda s: replace(s, text="We do not let visitors try it, took the boat house away."),
        "quotes",
    ),
    "a wrong cite": (lambda s: replace(s, cites=("t2",)), "attribution"),
    "a cite of the host": (lambda s: replace(s, cites=("t3",)), "attribution"),
    "no cite": (lambda s: replace(s, cites=()), "attribution"),
    "the wrong speaker": (lambda s: replace(s, speaker=vik.HOST), "attribution"),
    "a start 5 s off": (lambda s: replace(s, start=s.start + 5, end=999), "quotes"),
    "a quote without a place": (lambda s: replace(s, words=None), "quotes"),
    "a number in a paraphrase": (
        lambda s: replace(s, kind="paraphrase", words=None, text="Lind said it weighs 77 tons."),
        "numbers and names",
    ),
    "a name in a paraphrase": (
        lambda s: replace(s, kind="paraphrase", words=None, text="Lind said that Nansen did it."),
        "numbers and names",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", MISPLACED)
def test_a_quotation_from_elsewhere_is_caught(name: str, fault: str) -> None:
    change, check = MISPLACED[fault]
    articles = said_otherwise(name, change)
    assert articles
    assert all(check in failed(name, article) for article in articles)


SHAPELESS: dict[str, Callable[[Article], Article]] = {
    "the opener changed": lambda a: replace(a, opener=a.opener.replace("Ruth", "Rita")),
    "the closing changed": lambda a: replace(a, closing="Subscribe!"),
    "the heading of the links changed": lambda a: replace(a, links_heading="Buy now"),
    "a heading over the opener": lambda a: replace(a, opener_heading="Sponsored"),
    "another style": lambda a: replace(a, style="take"),
    "no title": lambda a: replace(a, title=" "),
    "a heading that nobody chose": lambda a: with_section(
        a, 0, replace(a.sections[0], heading="A liar")
    ),
    "a heading above": lambda a: with_section(a, 0, replace(a.sections[0], above="Scandal")),
    "other words of the narrator": lambda a: with_passage(
        a, 0, 0, replace(a.sections[0].passages[0], lead="Lind admitted:")
    ),
    "another name in the lead": lambda a: with_passage(
        a, 0, 0, replace(a.sections[0].passages[0], lead="Ruth Okafor said:")
    ),
    "a lead to a list": lambda a: with_section(
        a, 0, replace(a.sections[0], list_lead="Lind lied:")
    ),
    "a passage twice": lambda a: with_section(
        a, -1, replace(a.sections[-1], passages=a.sections[-1].passages * 2)
    ),
    "an empty passage": lambda a: with_passage(
        a, 0, 0, replace(a.sections[0].passages[0], said=())
    ),
    "an empty section": lambda a: with_section(a, 0, replace(a.sections[0], passages=())),
    "no sections": lambda a: replace(a, sections=()),
    "a section of no part": lambda a: with_section(a, 0, replace(a.sections[0], part=9)),
    "another form": lambda a: with_passage(
        a, 0, 0,
        replace(
            a.sections[0].passages[0],
            form="item" if a.sections[0].passages[0].form != "item" else "paragraph",
        ),
    ),
    "a link elsewhere": lambda a: replace(
        a, links=(*a.links, replace(a.links[0], url="https://example.com/win"))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", SHAPELESS)
def test_an_article_out_of_shape_is_caught(name: str, fault: str) -> None:
    article = SHAPELESS[fault](written(name))
    assert article != written(name)
    assert "contract" in failed(name, article)


@pytest.mark.parametrize("name", ["report", "essay", "feature"])
def test_topics_out_of_order_are_caught(name: str) -> None:
    good = written(name)
    assert "contract" in failed(name, replace(good, sections=good.sections[::-1]))


@pytest.mark.parametrize("name", ["report", "essay", "feature"])
def test_what_was_said_on_another_topic_is_caught(name: str) -> None:
    good = written(name)
    one, other = [n for n, section in enumerate(good.sections) if section.topic][:2]
    taken, left = good.sections[one].passages, good.sections[other].passages
    swapped = with_section(good, one, replace(good.sections[one], passages=left))
    swapped = with_section(swapped, other, replace(good.sections[other], passages=taken))
    assert "contract" in failed(name, swapped)


@pytest.mark.parametrize("name", [*NAMES, "take"])
def test_of_a_recording_without_an_address_no_style_speaks_of_links(name: str) -> None:
    heard = (replace(vik.VIDEO, url=None, channel_url=None), *HEARD[1:])
    options = ComposeOptions(style=name)
    article = compose(*heard, options, style(name))
    assert "link" not in article.closing
    assert all(link.start is not None for link in article.links)
    assert verify(*heard, article, VerifyOptions(), options, style(name)).reasons == ()
    claims_links = replace(article, closing=style(name).closing, links_heading="Links")
    found = verify(*heard, claims_links, VerifyOptions(), options, style(name))
    assert {check.name for check in found.checks if not check.passed} == {"contract"}


@pytest.mark.parametrize("name", NAMES)
def test_a_topic_silently_missing_is_caught(name: str) -> None:
    good = written(name)
    assert good.left_out
    assert "coverage" in failed(name, replace(good, left_out=()))


@pytest.mark.parametrize("name", ["feature", "brief"])
@pytest.mark.parametrize("text", ["Why do you hate ships?", HOSTS.text])
def test_a_repeated_question_that_was_not_asked_is_caught(name: str, text: str) -> None:
    good = written(name)
    asking = [(n, place, p) for n, place, p in passages(good) if p.asked]
    assert asking
    for number, place, passage in asking:
        assert passage.asked
        lead = passage.lead.replace(passage.asked.text, text)
        never = replace(passage, asked=replace(passage.asked, text=text), lead=lead)
        assert "questions" in failed(name, with_passage(good, number, place, never))
        only_lead = replace(passage, lead=lead)
        assert "contract" in failed(name, with_passage(good, number, place, only_lead))


def test_an_answer_to_another_question_is_caught() -> None:
    good = written("brief")
    asking = [(n, place, p) for n, place, p in passages(good) if p.asked]
    number, place, passage = asking[0]
    others = [p for _, _, p in passages(good) if p.said[0].start > passage.said[-1].end + 20]
    wrong = replace(passage, said=others[-1].said)
    assert "questions" in failed("brief", with_passage(good, number, place, wrong))


# --- a style is a file ---


def test_a_style_of_ones_own_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'opener = "What {guest} said."\nopener_unnamed = "What was said."\nclosing = "Bye."\n'
        '[voice]\nsays = ["{name}, on tape:"]\n'
        '[[parts]]\nholds = "best"\nheading = "Highlights"\npoints = 3\nsentences = 1\n'
    )
    mine, options = load_style(tmp_path, "mine"), ComposeOptions(style="mine")
    article = compose(*HEARD, options, mine)
    assert [section.heading for section in article.sections] == ["Highlights"]
    assert [p.lead for _, _, p in passages(article)][:2] == [
        "Tomás Lind, on tape:",
        "Lind, on tape:",
    ]
    assert verify(*HEARD, article, VerifyOptions(), options, mine).reasons == ()


def test_a_take_tells_after_its_questions_what_they_had_no_room_for() -> None:
    article = written("take")
    assert [section.above for section in article.sections if section.above] == ["Also said"]
    answered = {said.words for question in article.questions for said in question.answer}
    beside = [said.words for _, _, passage in passages(article) for said in passage.said]
    assert beside and answered.isdisjoint(beside)
    headings = {question.start for question in article.questions}
    assert headings.isdisjoint(p.asked.start for _, _, p in passages(article) if p.asked)
    topics = [topic for topic in vik.TOPICS if topic.title in {s.heading for s in article.sections}]
    gone = {left.title for left in article.left_out}
    assert topics and gone.isdisjoint(topic.title for topic in topics)
    assert receipt("take", article).reasons == ()


def test_a_take_whose_list_says_an_answer_again_is_caught() -> None:
    article = written("take")
    number, place, passage = passages(article)[0]
    again = replace(passage, said=article.questions[0].answer[:1])
    assert "contract" in failed("take", with_passage(article, number, place, again))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Style(
            opener="",
            opener_unnamed="",
            closing="",
            parts=(Part(holds="best"),),
            also=(Part(holds="best"),),
        ),
        lambda: Voice(says=("{nmae} said:",)),
        lambda: Voice(asked="Asked “{question}”:"),
        lambda: Voice(lists="{question}"),
        lambda: Voice(says=()),
        lambda: Part(holds="everything"),  # type: ignore[arg-type]
    ],
)
def test_a_misspelt_style_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"nmae|must hold|question|says|holds"):
        make()
