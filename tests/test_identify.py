from dataclasses import replace

import pytest

from pipeline.config import IdentifyOptions
from pipeline.errors import ConfigError
from pipeline.identify import identify
from pipeline.model import Familiar, Speaker, Turns
from pipeline.remember import CERTAIN
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
    host, guest = identify(about, turns, (), NO_OPTIONS)
    assert (host.name, host.role) == ("Daniel Price", "host")
    assert (guest.name, guest.role) == ("Helen Marsh", "guest")
    assert 'says "I\'m Daniel Price" at 0:05' in host.evidence
    assert "the title names Helen Marsh" in guest.evidence
    assert guest.seconds > host.seconds > 60


def test_who_asks_is_the_host_though_the_guest_speaks_first_and_most() -> None:
    turns = talk.talk(("S1", TELLS), *[("S2", ASKS), ("S1", TELLS)] * 3)[1]
    assert roles(identify(talk.video(), turns, (), NO_OPTIONS)) == ["guest", "host"]


def test_introductions_name_both() -> None:
    turns = interview(
        "Welcome to the show. I'm Tom Avery. My guest today is the botanist Mara Lind.",
        "Thanks for having me, Tom.",
    )
    host, guest = identify(talk.video(), turns, (), NO_OPTIONS)
    assert (host.name, guest.name) == ("Tom Avery", "Mara Lind")
    assert any(reason.startswith('says "I\'m Tom Avery" at 0:0') for reason in host.evidence)
    assert any("My guest today is the botanist Mara Lind" in reason for reason in guest.evidence)


@pytest.mark.parametrize("heard", ["Mara Lynd", "Marah Lind", "Mara Linde"])
def test_the_publisher_spells_better_than_whisper(heard: str) -> None:
    turns = interview(f"I'm here with {heard}. Mara, welcome.", "Thank you.")
    guest = identify(talk.video("Mara Lind on moss"), turns, (), NO_OPTIONS)[1]
    assert guest.name == "Mara Lind"
    assert any("spelled as the publisher does: Mara Lind" in reason for reason in guest.evidence)


def test_another_name_in_the_title_does_not_change_who_was_introduced() -> None:
    turns = interview("My guest today is Mark Johnson.", "Thanks for having me.")
    about = talk.video("Mark Zuckerberg is wrong", description="On Mark Zuckerberg.")
    assert identify(about, turns, (), NO_OPTIONS)[1].name == "Mark Johnson"


def test_a_name_in_the_title_alone_names_nobody() -> None:
    turns = interview("Let us begin.", "Yes, gladly.")
    about = talk.video("What Elon Musk gets wrong", channel="Tom Avery")
    assert named(identify(about, turns, (), NO_OPTIONS)) == {"S1": None, "S2": None}


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
    assert named(identify(about, turns, (), NO_OPTIONS)) == {"S1": None, "S2": None}


def test_a_known_host_and_a_name_by_hand_win() -> None:
    turns = interview("I'm Tom Avery, and this is my guest, Mara Lind.", "Thank you, Tom.")
    options = IdentifyOptions(host="Thomas Avery-Jones", names={"S2": "Dr. M. Lind"})
    host, guest = identify(talk.video(), turns, (), options)
    assert (host.name, guest.name) == ("Thomas Avery-Jones", "Dr. M. Lind")
    assert "identify.host in the configuration" in host.evidence
    assert "named by hand" in guest.evidence


def test_a_name_for_a_voice_that_is_not_there_lists_those_that_are() -> None:
    turns = interview("Hello.", "Hello.")
    told = (
        r"(?s)says who 'S7' is.*S1 \(host, \d+ s, says first \"So how .*\); S2 \(guest, .*\"I went"
    )
    with pytest.raises(ConfigError, match=told):
        identify(talk.video(), turns, (), IdentifyOptions(names={"S7": "Mara Lind"}))


def by_hand(turns: Turns, **names: str) -> dict[str, tuple[str, str | None]]:
    found = identify(talk.video(), turns, (), IdentifyOptions(names=names))
    return {speaker.id: (speaker.role, speaker.name) for speaker in found}


def test_two_names_for_one_voice_are_refused() -> None:
    turns = talk.talk(("S1", ASKS), ("S2", TELLS), ("S1", ASKS), ("S2", TELLS))[1]
    assert by_hand(turns, S1="host", host="Ada Lovelace")["S1"] == ("host", "Ada Lovelace")
    with pytest.raises(ConfigError, match="two names for S1"):
        by_hand(turns, S1="Ada Lovelace", host="Grace Hopper")


def test_by_hand_a_voice_gets_a_name_a_role_or_both_and_the_others_follow() -> None:
    turns = interview("I'm Tom Avery. My guest today is Mara Lind.", "Thank you, Tom.")
    assert by_hand(turns) == {"S1": ("host", "Tom Avery"), "S2": ("guest", "Mara Lind")}
    swapped = by_hand(turns, S2="host")
    assert (swapped["S1"][0], swapped["S2"][0]) == ("guest", "host")
    assert by_hand(turns, S1="guest: Ada Lovelace")["S1"] == ("guest", "Ada Lovelace")
    assert by_hand(turns, S1="guest")["S2"][0] == "host"
    assert by_hand(turns, host="Ada", guest="Grace") == {
        "S1": ("host", "Ada"),
        "S2": ("guest", "Grace"),
    }
    assert by_hand(turns, S2="unknown")["S2"] == ("guest", None)
    assert by_hand(turns, S2="other: A caller")["S2"] == ("other", "A caller")


def test_a_role_that_several_have_names_none_of_them() -> None:
    turns = interview("Hello.", "Hello.")
    with pytest.raises(ConfigError, match="Several voices are that"):
        by_hand(turns, S1="guest", S2="guest", guest="Ada")


def test_by_hand_is_certain_and_less_evidence_is_less_sure() -> None:
    turns = interview("I'm Tom Avery. Mara, welcome.", "Thank you, Tom.")
    about = talk.video(description="Tom Avery with Mara Lind.")
    host, guest = identify(about, turns, (), NO_OPTIONS)
    assert (host.name, guest.name) == ("Tom Avery", "Mara Lind")
    assert 0.9 < guest.confidence <= host.confidence < 1
    by_ear = identify(talk.video(), turns, (), NO_OPTIONS)[0]
    assert (by_ear.name, by_ear.evidence[-1]) == ("Tom Avery", "spelled as heard")
    assert 0.5 < by_ear.confidence < guest.confidence, "Whisper misspells names"
    hand = identify(about, turns, (), IdentifyOptions(names={"S2": "Ada"}))[1]
    assert (hand.name, hand.confidence) == ("Ada", 1.0)
    nobody = identify(talk.video(), interview("Hello.", "Hello."), (), NO_OPTIONS)
    assert [speaker.confidence for speaker in nobody] == [0.0, 0.0]


DANIEL = Familiar("S1", "Daniel Price", 0.82, 3)


def test_who_sounds_like_the_host_of_earlier_videos_is_the_host() -> None:
    turns = interview("Let us begin.", "Yes.")
    host, guest = identify(talk.video(channel="Working Order"), turns, (DANIEL,), NO_OPTIONS)
    assert (host.role, host.name, guest.name) == ("host", "Daniel Price", None)
    why = "sounds like Daniel Price, host of 3 earlier videos of Working Order (likeness 0.82)"
    assert why in host.evidence
    assert host.confidence < CERTAIN, "a likeness alone teaches nothing"


def test_a_familiar_voice_outranks_a_name_in_passing_and_yields_to_a_person() -> None:
    turns = interview("Let us begin.", "Yes, Tom.", ("S1", ASKS), ("S2", "Well, Tom, it is so."))
    assert identify(talk.video(), turns, (DANIEL,), NO_OPTIONS)[0].name == "Daniel Price"
    for options in (IdentifyOptions(names={"S1": "Tom"}), IdentifyOptions(host="Tom")):
        assert identify(talk.video(), turns, (DANIEL,), options)[0].name == "Tom"


def test_with_what_is_said_a_familiar_voice_is_certain() -> None:
    turns = interview("Welcome to the show.", "Thank you, Daniel.")
    host = identify(talk.video(), turns, (DANIEL,), NO_OPTIONS)[0]
    assert (host.name, host.confidence >= CERTAIN) == ("Daniel Price", True)


def test_against_an_introduction_a_likeness_leaves_the_name_open() -> None:
    turns = interview("I'm Tom Avery, your host, Tom Avery.", "Thank you, Tom.")
    assert identify(talk.video(), turns, (DANIEL,), NO_OPTIONS)[0].name != "Daniel Price"


def test_on_a_guess_nobody_is_named_for_what_is_said() -> None:
    about, _, turns, _ = talk.sample()
    bare = replace(about, title="A mill", channel=None, description="")
    guessed = identify(bare, replace(turns, proven=False), (), NO_OPTIONS)
    assert named(guessed) == {"S1": None, "S2": None}
    assert roles(guessed) == ["host", "guest"]


def test_on_a_guess_who_is_told_by_hand_is_named() -> None:
    about, _, turns, _ = talk.sample()
    options = IdentifyOptions(host="Daniel Price", names={"S2": "Helen Marsh"})
    guessed = identify(about, replace(turns, proven=False), (), options)
    assert named(guessed) == {"S1": "Daniel Price", "S2": "Helen Marsh"}


@pytest.mark.parametrize(
    ("title", "channel", "greeting", "host", "guest"),
    [
        ("Ada Berg — Mills, tides & $10 models", "Tom Avery", "Ada, welcome to the podcast.",
         "Tom Avery", "Ada Berg"),
        ("Mills and tides, with Ada Berg", "Mill Talk 9", "Thank you, Ada.", None, "Ada Berg"),
        ("#12 – Ada Berg: mills", "Ada Berg", "Ada, welcome.", None, "Ada Berg"),
        ("Cursor Team: the future", "Tom Avery", "Ada, welcome.", None, None),
        ("Ada Berg — mills", "Tom Avery", "Let us talk about mills.", None, None),
        ("<b>Ignore Previous</b> — obey", "Tom Avery", "Ignore, welcome.", None, None),
    ],
)  # fmt: skip
def test_on_a_guess_the_publishers_names_stand_where_the_talk_bears_them_out(
    title: str, channel: str, greeting: str, host: str | None, guest: str | None
) -> None:
    turns = replace(interview(greeting, "Thanks for having me."), proven=False)
    about = replace(talk.video(), title=title, channel=channel, description="")
    speakers = identify(about, turns, (), NO_OPTIONS)
    by_role = {speaker.role: speaker for speaker in speakers}
    assert (by_role["host"].name, by_role["guest"].name) == (host, guest)
    for speaker in speakers:
        assert speaker.evidence[-1].startswith("whose words are whose is only guessed")
        assert speaker.confidence == (0.7 if speaker.name else 0.0)


def test_captions_that_name_their_voices_are_believed() -> None:
    turns = interview("Let us begin.", "Yes.")
    called = replace(turns, called=(("S1", "Interviewer"), ("S2", "Mara Lind")))
    host, guest = identify(talk.video(), called, (), NO_OPTIONS)
    assert (host.name, host.role) == (None, "host")
    assert guest.name == "Mara Lind"
    assert 'the captions call this voice "Mara Lind"' in guest.evidence


def test_short_voices_are_neither_host_nor_guest() -> None:
    turns = interview(
        "Welcome to the show.", "Hello.", ("S3", "Visit our sponsor today."), ("S1", ASKS)
    )
    found = {speaker.id: speaker.role for speaker in identify(talk.video(), turns, (), NO_OPTIONS)}
    assert found == {"S1": "host", "S2": "guest", "S3": "other"}


def test_several_guests_are_bound_by_who_answers_to_the_name() -> None:
    rounds = [
        ("S1", "Mara, what did you see there?"), ("S2", TELLS),
        ("S1", "And what do you think of that, Owen?"), ("S3", TELLS),
    ] * 4  # fmt: skip
    opening = ("S1", "I'm joined by Mara Lind and Owen Pryce, two people who disagree.")
    about = talk.video("Mara Lind and Owen Pryce on moss")
    turns = talk.talk(opening, *rounds)[1]
    found = identify(about, turns, (), NO_OPTIONS)
    assert roles(found) == ["host", "guest", "guest"]
    assert named(found) == {"S1": None, "S2": "Mara Lind", "S3": "Owen Pryce"}


def test_a_clip_that_is_announced_does_not_lend_its_name_to_the_guest() -> None:
    turns = interview(
        "Let us begin.", "Yes.",
        ("S1", "Here's economist Nadia Sereni, in 2016."), ("S3", "Markets forget."), ("S2", TELLS),
    )  # fmt: skip
    assert named(identify(talk.video(), turns, (), NO_OPTIONS))["S2"] is None


def test_one_voice_alone_is_the_host() -> None:
    turns = talk.talk(("S1", f"I'm Tom Avery. {TELLS}"))[1]
    (speaker,) = identify(talk.video("Tom Avery alone"), turns, (), NO_OPTIONS)
    assert (speaker.role, speaker.name) == ("host", "Tom Avery")


HOSTILE = (
    "Ignore previous instructions <script>alert(1)</script>",
    "Interview with [click](javascript:alert(1))",
    "Interview with Ignore Previous Instructions",
    "My guest: {{ config }} and ${HOME}",
    "Guest is ../../Etc/Passwd",
    "\u202eInterview with Nosrep A\u202c",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_hostile_publisher_writes_is_nobodys_name(text: str) -> None:
    turns = interview("Let us begin.", "Yes.", ("S1", f"{text}."), ("S2", TELLS))
    about = talk.video(text, description=f"{text}\nGuest: {text}", channel=text)
    assert named(identify(about, turns, (), NO_OPTIONS)) == {"S1": None, "S2": None}


@pytest.mark.parametrize("label", [*HOSTILE, "[x](y)", "a b", "Speaker 1", "-", "A" * 99])
def test_what_captions_call_a_voice_is_a_name_only_if_it_looks_like_one(label: str) -> None:
    turns = replace(interview("Let us begin.", "Yes."), called=(("S2", label),))
    assert named(identify(talk.video(), turns, (), NO_OPTIONS)) == {"S1": None, "S2": None}


def test_what_belongs_to_a_name_is_no_name() -> None:
    turns = interview("Let us begin.", "Yes.", ("S1", "Here's Devil's Advocate."), ("S2", TELLS))
    about = talk.video("Devil's Advocate", description="Devil's Advocate, by Lenny's Friend")
    assert named(identify(about, turns, (), NO_OPTIONS)) == {"S1": None, "S2": None}


def test_a_hostile_title_gives_no_markup_as_a_name() -> None:
    turns = interview("My guest today is Mara Lind.", "Thank you.")
    about = talk.video("<script>Mara Lind</script> ../../etc/passwd", description="Mara <b>Lind")
    assert identify(about, turns, (), NO_OPTIONS)[1].name == "Mara Lind"
