from dataclasses import replace

import pytest

from pipeline.config import IdentifyOptions
from pipeline.errors import ConfigError
from pipeline.identify import identify
from pipeline.model import Speaker, Turns
from tests import talk

ASKS = "So how did you come to do that, and what did you learn from it?"
TELLS = (
    "I went to the coast for a summer and stayed for ten years, because nobody else wanted the "
    "work and I found that I did, and in time the work became my life."
)
NO_OPTIONS = IdentifyOptions()


def interview(opening: str, reply: str, *more: tuple[str, str]) -> Turns:
    middle = [("S1", ASKS), ("S2", TELLS)] * 3
    return talk.talk(("S1", opening), ("S2", reply), *middle, *more)[1]


def named(speakers: tuple[Speaker, ...]) -> dict[str, str | None]:
    return {speaker.id: speaker.name for speaker in speakers}


def roles(speakers: tuple[Speaker, ...]) -> list[str]:
    return [speaker.role for speaker in speakers]


def test_the_people_of_the_sample_are_known() -> None:
    about, _, turns, _ = talk.sample()
    host, guest = identify(about, turns, NO_OPTIONS)
    assert (host.name, host.role) == ("Daniel Price", "host")
    assert (guest.name, guest.role) == ("Helen Marsh", "guest")
    assert 'says "I\'m Daniel Price" at 0:05' in host.evidence
    assert "the title names Helen Marsh" in guest.evidence
    assert guest.seconds > host.seconds > 60


def test_who_asks_is_the_host_though_the_guest_speaks_first_and_most() -> None:
    turns = talk.talk(("S1", TELLS), *[("S2", ASKS), ("S1", TELLS)] * 3)[1]
    assert roles(identify(talk.video(), turns, NO_OPTIONS)) == ["guest", "host"]


def test_introductions_name_both() -> None:
    turns = interview(
        "Welcome to the show. I'm Tom Avery. My guest today is the botanist Mara Lind.",
        "Thanks for having me, Tom.",
    )
    host, guest = identify(talk.video(), turns, NO_OPTIONS)
    assert (host.name, guest.name) == ("Tom Avery", "Mara Lind")
    assert any(reason.startswith('says "I\'m Tom Avery" at 0:0') for reason in host.evidence)
    assert any("My guest today is the botanist Mara Lind" in reason for reason in guest.evidence)


@pytest.mark.parametrize("heard", ["Mara Lynd", "Marah Lind", "Mara Linde"])
def test_the_publisher_spells_better_than_whisper(heard: str) -> None:
    turns = interview(f"I'm here with {heard}. Mara, welcome.", "Thank you.")
    guest = identify(talk.video("Mara Lind on moss"), turns, NO_OPTIONS)[1]
    assert guest.name == "Mara Lind"
    assert any("spelled as the publisher does: Mara Lind" in reason for reason in guest.evidence)


def test_another_name_in_the_title_does_not_change_who_was_introduced() -> None:
    turns = interview("My guest today is Mark Johnson.", "Thanks for having me.")
    about = talk.video("Mark Zuckerberg is wrong", description="On Mark Zuckerberg.")
    assert identify(about, turns, NO_OPTIONS)[1].name == "Mark Johnson"


def test_a_name_in_the_title_alone_names_nobody() -> None:
    turns = interview("Let us begin.", "Yes, gladly.")
    about = talk.video("What Elon Musk gets wrong", channel="Tom Avery")
    assert named(identify(about, turns, NO_OPTIONS)) == {"S1": None, "S2": None}


@pytest.mark.parametrize(
    "said",
    [
        'And then he said, "I\'m Bill Gates", and we laughed.',
        "Earlier this year Liam Verbeck was on the show, and he loved it.",
        "I'm Canadian. It is Team Apple against the Rest Of Us.",
    ],
)
def test_names_in_passing_name_nobody(said: str) -> None:
    turns = interview("Let us begin.", "Yes.", ("S2", said), ("S1", "Right, I see what you mean."))
    about = talk.video(description="With Bill Gates and Liam Verbeck and Team Apple.")
    assert named(identify(about, turns, NO_OPTIONS)) == {"S1": None, "S2": None}


def test_a_known_host_and_a_name_by_hand_win() -> None:
    turns = interview("I'm Tom Avery, and this is my guest, Mara Lind.", "Thank you, Tom.")
    options = IdentifyOptions(host="Thomas Avery-Jones", names={"S2": "Dr. M. Lind"})
    host, guest = identify(talk.video(), turns, options)
    assert (host.name, guest.name) == ("Thomas Avery-Jones", "Dr. M. Lind")
    assert "identify.host in the configuration" in host.evidence
    assert "named by hand" in guest.evidence


def test_a_name_for_a_voice_that_is_not_there_lists_those_that_are() -> None:
    turns = interview("Hello.", "Hello.")
    with pytest.raises(ConfigError, match="S1, S2"):
        identify(talk.video(), turns, IdentifyOptions(names={"S7": "Mara Lind"}))


def test_on_a_guess_nobody_is_named() -> None:
    about, _, turns, _ = talk.sample()
    options = IdentifyOptions(host="Daniel Price", names={"S2": "Helen Marsh"})
    guessed = identify(about, replace(turns, proven=False), options)
    assert named(guessed) == {"S1": None, "S2": None}
    assert roles(guessed) == ["host", "guest"]


def test_captions_that_name_their_voices_are_believed() -> None:
    turns = interview("Let us begin.", "Yes.")
    called = replace(turns, called=(("S1", "Interviewer"), ("S2", "Mara Lind")))
    host, guest = identify(talk.video(), called, NO_OPTIONS)
    assert (host.name, host.role) == (None, "host")
    assert guest.name == "Mara Lind"
    assert 'the captions call this voice "Mara Lind"' in guest.evidence


def test_short_voices_are_neither_host_nor_guest() -> None:
    turns = interview(
        "Welcome to the show.", "Hello.", ("S3", "Visit our sponsor today."), ("S1", ASKS)
    )
    found = {speaker.id: speaker.role for speaker in identify(talk.video(), turns, NO_OPTIONS)}
    assert found == {"S1": "host", "S2": "guest", "S3": "other"}


def test_several_guests_are_bound_by_who_answers_to_the_name() -> None:
    rounds = [
        ("S1", "Mara, what did you see there?"), ("S2", TELLS),
        ("S1", "And what do you think of that, Owen?"), ("S3", TELLS),
    ] * 4  # fmt: skip
    opening = ("S1", "I'm joined by Mara Lind and Owen Pryce, two people who disagree.")
    about = talk.video("Mara Lind and Owen Pryce on moss")
    turns = talk.talk(opening, *rounds)[1]
    found = identify(about, turns, NO_OPTIONS)
    assert roles(found) == ["host", "guest", "guest"]
    assert named(found) == {"S1": None, "S2": "Mara Lind", "S3": "Owen Pryce"}


def test_a_clip_that_is_announced_does_not_lend_its_name_to_the_guest() -> None:
    turns = interview(
        "Let us begin.", "Yes.",
        ("S1", "Here's economist Nadia Sereni, in 2016."), ("S3", "Markets forget."), ("S2", TELLS),
    )  # fmt: skip
    assert named(identify(talk.video(), turns, NO_OPTIONS))["S2"] is None


def test_one_voice_alone_is_the_host() -> None:
    turns = talk.talk(("S1", f"I'm Tom Avery. {TELLS}"))[1]
    (speaker,) = identify(talk.video("Tom Avery alone"), turns, NO_OPTIONS)
    assert (speaker.role, speaker.name) == ("host", "Tom Avery")


def test_a_hostile_title_gives_no_markup_as_a_name() -> None:
    turns = interview("My guest today is Mara Lind.", "Thank you.")
    about = talk.video("<script>Mara Lind</script> ../../etc/passwd", description="Mara <b>Lind")
    assert identify(about, turns, NO_OPTIONS)[1].name == "Mara Lind"
