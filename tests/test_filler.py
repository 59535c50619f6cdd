"""Ads, teasers, openings, closings: found, and nothing of the interview with them."""

import random

import pytest

from pipeline.config import EditOptions
from pipeline.edit import edit
from pipeline.engines.filler import cues
from pipeline.model import Chapter, Edited, Speaker, Turns
from tests import talk

HOST, GUEST, THIRD = "S1", "S2", "S3"
PEOPLE = (
    Speaker(HOST, None, "host", 60),
    Speaker(GUEST, None, "guest", 200),
    Speaker(THIRD, None, "other", 9),
    Speaker("S4", None, "other", 9),
)
SPONSOR, STATION = "is a sponsor message", "is a message of the station"
OPENS, CLOSES, PREVIEW = "opens the show", "closes the show", "is a preview of what is said later"
TALK = (
    "We dug out the wheel by hand, all of us, with the tide coming in twice a day, and when the "
    "gate was free at last we cried like children."
)


def edited(*said: tuple[str, str], **more: object) -> Edited:
    transcript, turns = talk.talk(*said)
    return edit(talk.video(**more), transcript, turns, PEOPLE, EditOptions())


def gone(result: Edited) -> list[tuple[str, str]]:
    return [(cut.text, cut.reason) for cut in result.dropped]


def kept(result: Edited) -> list[str]:
    return [sentence.text for sentence in result.sentences]


# --- sponsors ---

READS = (
    "This episode is brought to you by Acme. Acme makes boots. Visit acme.com today.",
    "And finally, a big thank you to our partners at Acme. Acme makes boots.",
    "Thanks again to our friends at Acme. They have been with us since the start. Go to acme.com.",
    "Working Order is brought to you by Acme, who make boots.",
    "Support for this podcast comes from Acme. At acme.com you get 20% off your first pair.",
    "A quick word from our sponsor. Acme is the home of good boots. Try acme.com slash mill.",
    "Acme has made boots for 90 years. Nobody else does. Visit acme.com/mill for a free trial.",
)


@pytest.mark.parametrize("read", READS)
def test_what_the_host_reads_for_a_sponsor_goes_whole(read: str) -> None:
    result = edited((GUEST, TALK), (HOST, f"{read} So what did you find there?"), (GUEST, TALK))
    assert gone(result) == [(read, SPONSOR)]


# An interview may be about advertising, shows and subscribers. Host and guest say these.
ABOUT_ADVERTISING = (
    "Your show was brought to you by Acme for nine years.",
    "You say this episode is brought to you by Acme, and nobody minds.",
    "The soap operas were sponsored by soap, so they sold soap.",
    "Radio was supported by advertisers from the first day.",
    "The news is brought to you by people who hate you.",
    "Our sponsors in the early days were breweries.",
    "A race team needs a sponsor, and a sponsor needs a winner.",
    "When the sponsor left, his podcast was over in a week.",
    "You can use the code for free, and people do.",
    "I found that page on github.com/mill and it was wrong.",
    "Python 3 has a compiler now, and you can go to python.org and look at it.",
    "So if you go to python.org and download it, you have it.",
    "People should subscribe to a newspaper before they complain.",
    "You can subscribe to six services and still find nothing.",
    "They put out new episodes every week, for ten years.",
    "After the break with Rome, England was alone.",
    "Let's take a break from history for a moment and talk of money.",
    "If you like the show about the chef, this book is its father.",
    "Check the description of that bird in any old book.",
    "Give us a year and the gate will work.",
    "You might consider writing all of it down.",
    "The film is produced by two brothers from Maine.",
    "That's it for the old wheel, and the new one came in May.",
    "Stay tuned was all that the radio ever told us.",
    "We're back to the two stages of the rocket.",
    "She would say, please subscribe, and eight people did.",
    "Welcome to the club was all that they wrote.",
    "Thanks to the tide, the mill needs no coal.",
    "You're listening to water when you stand in there.",
    "I will leave a review of that kind to others.",
    "My race team was sponsored by a bank, and then the sponsor left.",
    "You press enter with code like that and it breaks.",
    "The company has a site at acme.com and it is ugly.",
)


@pytest.mark.parametrize("said", ABOUT_ADVERTISING)
@pytest.mark.parametrize("who", [HOST, GUEST])
def test_an_interview_about_advertising_loses_nothing(who: str, said: str) -> None:
    other = GUEST if who == HOST else HOST
    around = "What was it like before the war, in the old days of the mill and its people?"
    result = edited(
        (HOST, "Where were we?"), (GUEST, TALK), (other, around), (who, said), (GUEST, TALK)
    )
    assert gone(result) == []


@pytest.mark.parametrize(
    "asked",
    [
        "How did you feel when this episode is brought to you by Acme was all you read?",
        "What makes people like and subscribe?",
        "Does a quick word from our sponsors still work?",
        "And how do you thank our sponsors for listening?",
        "Is that it for today's newspapers?",
    ],
)
def test_a_question_is_never_a_message(asked: str) -> None:
    assert gone(edited((GUEST, TALK), (HOST, asked), (GUEST, TALK), (HOST, asked))) == []


def test_a_nod_in_between_does_not_end_a_message() -> None:
    result = edited(
        (GUEST, TALK),
        (HOST, "This show is sponsored by Acme."),
        (GUEST, "Mm-hmm."),
        (HOST, "Acme makes boots. Let's go on. What was next?"),
        (GUEST, TALK),
    )
    assert kept(result)[1:-1] == ["Let's go on.", "What was next?"]


def test_an_advertising_voice_goes_whole() -> None:
    ads = ("This episode is sponsored by Acme. Acme makes boots.", "I like my boots.")
    result = edited((HOST, "What came next?"), (THIRD, ads[0]), (GUEST, TALK), (THIRD, ads[1]))
    assert gone(result) == [(ad, SPONSOR) for ad in ads]


def test_another_voice_goes_if_it_advertises_and_stays_if_it_is_a_caller() -> None:
    ad = "Tired of wet feet? Get 20% off your first pair at acme.com. Your feet will thank you."
    caller = "I have a mill at home, and its wheel stands still in winter."
    result = edited((GUEST, TALK), (THIRD, ad), (HOST, "So there is a caller."), ("S4", caller))
    assert gone(result) == [(ad, SPONSOR)]


def test_what_other_voices_say_in_a_break_goes() -> None:
    result = edited(
        (GUEST, TALK),
        (HOST, "We'll be right back after a quick word from our sponsors."),
        (THIRD, "My feet were cold, and then they were warm."),
        (HOST, "Welcome back. What was in the mud?"),
        (GUEST, TALK),
    )
    assert kept(result) == [TALK, "What was in the mud?", TALK]


# --- the show itself ---


def test_an_opening_goes_and_the_first_question_in_it_stays() -> None:
    opening = (
        "Hello and welcome to Working Order. I'm Daniel Price. My guest today is Helen Marsh. "
        "She restores tide mills. Helen, welcome to the show."
    )
    result = edited(
        (HOST, f"{opening} What is a tide mill?"), (GUEST, TALK), (HOST, "Why?"), (GUEST, TALK)
    )
    assert gone(result) == [(opening, OPENS)]


def test_a_closing_goes_with_its_credits_and_a_last_answer_stays() -> None:
    closing = (
        "That's it for this week. Thanks for listening. Our producer is Ana Bell. The music is by "
        "Tom Hale. See you next week."
    )
    result = edited((HOST, "Last one?"), (GUEST, TALK), (HOST, closing), (THIRD, "From Maine."))
    assert kept(result) == ["Last one?", TALK]
    again = edited(
        (HOST, "Thanks for listening. One more thing."), (GUEST, TALK), (HOST, "Really?")
    )
    assert kept(again) == ["Thanks for listening.", "One more thing.", TALK, "Really?"]


CALLS = (
    "Please subscribe to the channel.",
    "Don't forget to like and subscribe.",
    "You can subscribe to the show wherever you get your podcasts.",
    "Leave us a five-star review on your favorite app.",
    "If you enjoy this podcast, please share it with a friend.",
    "You can support us on Patreon.",
    "You're listening to the Working Order podcast.",
    "We'll be right back.",
    "Let's take a quick break.",
    "Stay tuned.",
    "Links are in the show notes.",
    "New episodes come out every Thursday.",
    "We'll be back with Helen Marsh in just a moment.",
)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_the_station_goes_from_host_and_announcer(call: str) -> None:
    for who in (HOST, THIRD):
        result = edited((GUEST, TALK), (who, call), (GUEST, TALK))
        ((text, reason),) = gone(result)
        assert text == call and reason in (STATION, OPENS)
    assert gone(edited((GUEST, TALK), (HOST, "What then?"), (GUEST, f"{call} {TALK}"))) == []


@pytest.mark.parametrize(
    "said",
    [
        "Helen Marsh, thanks for the conversation.",
        "Thanks so much for having me.",
        "Yeah, it's great to be back.",
        "Thank you both for coming.",
    ],
)
def test_courtesy_goes(said: str) -> None:
    result = edited((HOST, "What then?"), (GUEST, TALK), (GUEST, said))
    assert gone(result) == [(said, "only greets or thanks")]


def test_one_who_greets_for_ever_is_read_in_time() -> None:
    text = "So it is. " * 50 + "Hi, " * 500 + "it's me. " + "Thanks again, " * 500 + "it's me."
    assert len(edited((GUEST, text)).sentences) == 52


def test_where_nobody_knows_who_hosts_only_what_is_sure_goes() -> None:
    said = "Please subscribe to something. A quick word from our sponsors is what they say. "
    transcript, turns = talk.talk((HOST, TALK * 20), (HOST, said), (HOST, TALK * 20))
    guessed = Turns(turns.turns, proven=False)
    result = edit(talk.video(), transcript, guessed, PEOPLE, EditOptions())
    assert gone(result) == []


# --- teasers ---

CLIP = (
    "The moon has never once been late in all of those years, and I have never once been on time. "
    "A mill is a machine for arguing with the sea, and the sea is patient."
)
WELCOME = (HOST, "Hello and welcome to Working Order.")
NAMES = [f"{a}{b}" for a in ("bar", "ten", "mo", "sil", "ker") for b in ("ing", "ow", "er", "ly")]


def long_talk(seed: int = 1) -> str:
    """Some eight minutes in which hardly three words in a row come twice."""
    chance = random.Random(seed)
    return " ".join(" ".join(chance.choices(NAMES, k=11)) + " mill." for _ in range(100))


def misheard(text: str, every: int, seed: int) -> str:
    words, chance = text.split(), random.Random(seed)
    for place in range(seed % every, len(words), every):
        words[place] = chance.choice(("", f"{words[place]} uh-oh", "tidal"))
    return " ".join(" ".join(words).split())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("every", [100, 20, 10, 7])  # word errors of 1, 5, 10, 14 %
def test_a_teaser_is_known_though_it_was_heard_otherwise(every: int, seed: int) -> None:
    clip = misheard(CLIP, every, seed)
    result = edited(
        (GUEST, clip), WELCOME, (HOST, "What came next?"), (GUEST, f"{long_talk()} {CLIP}")
    )
    assert " ".join(cut.text for cut in result.dropped if cut.reason == PREVIEW) == clip
    assert " ".join(kept(result)).endswith(CLIP)


def test_a_teaser_goes_with_the_questions_in_it_and_without_a_welcome_after_it() -> None:
    asked = "How do you talk a county into giving up its only road for a wheel?"
    result = edited(
        (HOST, asked),
        (GUEST, CLIP),
        (HOST, "It is raining on the coast of Maine tonight."),
        (GUEST, long_talk()),
        (HOST, asked),
        (GUEST, f"{CLIP} {long_talk(2)}"),
    )
    assert gone(result) == [(asked, PREVIEW), (CLIP, PREVIEW)]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (
            "a host reads it again to ask about it",
            [(HOST, CLIP), WELCOME, (GUEST, long_talk()), (HOST, CLIP), (GUEST, long_talk(2))],
        ),
        (
            "a guest repeats one sentence, and nothing was teased",
            [
                (HOST, "What do you do?"),
                (GUEST, f"A mill argues with the sea all day. {long_talk()}"),
                (GUEST, "So a mill argues with the sea all day."),
            ],
        ),
        ("it is said again at once", [(GUEST, f"{CLIP} {CLIP} {long_talk()}"), WELCOME]),
        ("it comes after the welcome", [WELCOME, (GUEST, f"{CLIP} {long_talk()} {CLIP}")]),
        ("the recording is short", [(GUEST, f"{CLIP} {TALK * 4} {CLIP}"), WELCOME]),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_what_is_said_twice_is_no_teaser_if(why: str, said: list[tuple[str, str]]) -> None:
    assert PREVIEW not in {reason for _, reason in gone(edited(*said))}, why


def test_a_transcript_that_says_one_thing_for_ever_is_read_in_time() -> None:
    text = "the mill the mill and the sea. " * 3000
    result = edited((GUEST, text), WELCOME, (GUEST, text))
    assert len(result.sentences) > 500


# --- what is marked ---


BOOTS = "Boots keep feet dry. All of us want dry feet at sea."


def marked(*marks: tuple[str, float, float], by: str = "marks") -> Edited:
    """Two minutes: the guest talks to 0:36, the host of boots to 0:41, the guest goes on."""
    said = ((GUEST, f"{TALK} " * 3), (HOST, BOOTS), (GUEST, f"{TALK} " * 6))
    return edited(*said, **{by: tuple(Chapter(*each) for each in marks)})


@pytest.mark.parametrize("kind", ["Sponsor", "Unpaid/Self Promotion", "Sponsor, Filler Tangent"])
def test_what_sponsorblock_marks_goes(kind: str) -> None:
    assert gone(marked((kind, 36, 41.5))) == [(BOOTS, SPONSOR)]
    among_chapters = marked((f"[SponsorBlock]: {kind}", 36, 41.5), by="chapters")
    assert gone(among_chapters) == [(BOOTS, SPONSOR)]


@pytest.mark.parametrize(
    "marks",
    [
        (("Sponsor", 0, 110),),
        (("Sponsor", 0, 30), ("Endcards/Credits", 60, 110)),
        (("Filler Tangent", 36, 41.5), ("Highlight", 36, 41.5), ("Non-Music Section", 36, 41.5)),
    ],
)
def test_marks_that_would_take_the_interview_are_not_believed(
    marks: tuple[tuple[str, float, float], ...],
) -> None:
    assert gone(marked(*marks)) == []


@pytest.mark.parametrize(
    "title", ["Sponsors", "Sponsor: Acme Boots", "Ad break", "A word from our sponsors", "[Ad]"]
)
def test_what_the_publisher_calls_a_sponsor_goes_until_the_guest_talks(title: str) -> None:
    result = marked((title, 36, 90), by="chapters")
    assert gone(result) == [(BOOTS, SPONSOR)]


@pytest.mark.parametrize(
    "title", ["Ads that work", "Sponsors and the Tour", "How ads pay", "Promise"]
)
def test_a_chapter_about_sponsors_stays(title: str) -> None:
    assert gone(marked((title, 36, 41.5), by="chapters")) == []


def test_the_question_at_the_end_of_a_sponsors_chapter_stays() -> None:
    result = edited(
        (HOST, "Boots keep feet dry. What is a tide mill?"),
        (GUEST, TALK),
        chapters=(Chapter("Sponsors", 0, 30), Chapter("The mill", 30, 60)),
    )
    assert kept(result) == ["What is a tide mill?", TALK]


def test_marks_are_not_read_if_sponsors_shall_stay() -> None:
    transcript, turns = talk.talk((HOST, BOOTS), (GUEST, TALK * 4))
    about = talk.video(marks=(Chapter("Sponsor", 0, 6),))
    result = edit(about, transcript, turns, PEOPLE, EditOptions(drop_sponsors=False))
    assert not result.dropped


def test_a_language_without_cues_is_searched_for_the_english() -> None:
    assert cues.of("de") is cues.of("en-US")
