import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.config import CorrectOptions, GlossaryOptions, IdentifyOptions
from pipeline.correct import correct
from pipeline.glossary import glossary as glossary_of
from pipeline.identify import identify
from pipeline.model import Foreign, Glossary, Term, Transcript, Turn, Turns, Video, Word
from pipeline.store import load

SURE, UNSURE = 0.97, 0.3


def heard(text: str, unsure: Sequence[str] = (), language: str = "en") -> Transcript:
    """Words of a third of a second each; those that were hard to hear are named."""
    words = tuple(
        Word(word, place / 3, (place + 1) / 3, UNSURE if word.strip(".,?") in unsure else SURE)
        for place, word in enumerate(text.split())
    )
    return Transcript(language, "whisper", "faster-whisper", "base", words)


def told(*terms: str) -> Glossary:
    return Glossary(tuple(Term(term, "title") for term in terms))


def configured(*terms: str) -> Glossary:
    return Glossary(tuple(Term(term, "config") for term in terms))


def read(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words)


def as_heard(transcript: Transcript) -> str:
    said = (word.text if word.heard is None else word.heard for word in transcript.words)
    return " ".join(filter(None, said))


# --- a word that is right stays ---

# (term, what was really said): they sound alike, and nothing here was misheard.
HOMOPHONES = (
    ("Anna Miller", "So Anna Miller and Anne Miller are sisters."),
    ("Eric Johnson", "Eric Johnson is not Eric Johnston of course."),
    ("Karen Smith", "There Karen Smith met Karin Smith again."),
    ("Mara Lynd", "The banks lend money to whoever asks."),
    ("Mara Lynd", "They bought some land by the river."),
    ("Mara Lynd", "There was lint on his coat."),
    ("Mara Lynd", "We talked with Peter Lind about it."),
    ("Mara Lynd", "Dr. Lund was there as well."),
    ("Ada Lovelace", "He was aided by his brother."),
    ("Ada Lovelace", "It takes a day to get there."),
    ("Ada Lovelace", "There is no love lace can buy."),
    ("Claude", "We put it into the cloud last year."),
    ("Claude", "The cat clawed at the door."),
    ("Claude", "The sky clouded over."),
    ("Helen Marsh", "We went there in March again."),
    ("Helen Marsh", "They mash the corn by hand."),
    ("Helen Marsh", "The march began at noon."),
    ("Helen Marsh", "Ellen marched away."),
    ("Helen Marsh", "Helen, march over there and tell him."),
    ("Llama 3", "The Dalai Lama visited us."),
    ("Llama 3", "He wore pyjamas in the drama."),
    ("Llama 3", "We asked the LLM three times."),
    ("Llama 3", "It was Llama 2 that came first."),
    ("Yann LeCun", "We took the boat across the lagoon."),
    ("Yann LeCun", "He is yawning all day."),
    ("Yann LeCun", "In January the Lacanians came."),
    ("Marc Andreessen", "That was Mark Zuckerberg again."),
    ("Marc Andreessen", "Mark my words, he said."),
    ("Marc Andreessen", "A question mark stood there."),
    ("Marc Andreessen", "The famous Anderson shelter was cold."),
    ("Joscha Bach", "Then I came back to the house."),
    ("Joscha Bach", "He gave Joshua back his book."),
    ("Meta", "The meter is running."),
    ("Meta", "I met a man in Boston."),
    ("Meta", "They met her in Oslo."),
    ("Sholto Douglas", "The space shuttle was built there."),
    ("Trenton Bricken", "It was made of brick and stone."),
    ("Trenton Bricken", "The door was broken."),
    ("Andrej Karpathy", "There was a carpet on the floor."),
    ("Satya Nadella", "They ate Nutella for breakfast."),
    ("Demis Hassabis", "He has a bias against it."),
    ("Demis Hassabis", "Old habits die hard."),
    ("Anthropic", "The anthropic principle is older."),
    ("Anthropic", "An anthropoid ape sat there."),
    ("Anthropic", "It was a philanthropic act."),
    ("PyTorch", "He carried a pie and a torch."),
    ("PyTorch", "She held the torch high."),
    ("Python", "There were pythons in the zoo."),
    ("Mistral", "She was a minstrel at court."),
    ("Mistral", "The judge declared a mistrial."),
    ("Gemini", "She came from Germany."),
    ("Perplexity", "I was perplexed by the complexity."),
    ("Whisper", "He whispered into her ear."),
    ("Whisper", "They spoke in whispers all night."),
    ("DeepMind", "She has a deep mind."),
    ("OpenAI", "We should open AI models to everyone."),
    ("Winslow Mill", "We looked through the window still."),
    ("Winslow Mill", "The wind blows slow and the mill stands."),
    ("Winslow Mill", "Wilson walked to the mill."),
    ("Tide Mill", "The tide will turn soon."),
    ("Tide Mill", "He tied the boat to the mill."),
    ("Maine", "The main coast road is closed."),
    ("Maine", "We met on the main street."),
    ("Daniel Cho", "Daniel chose the other one."),
    ("Daniel Cho", "Daniel shows us the way."),
    ("Daniel Cho", "Joe was not there."),
    ("Daniel Price", "He won the prize."),
    ("Daniel Price", "Daniel prized it above all."),
    ("Rich Clarida", "They were rich, clarity was rare."),
    ("Jordan Park", "They sat in the park."),
    ("Jordan Park", "Jordan parked the car."),
    ("Jordan Park", "We met Gordon Parks in Chicago."),
    ("Sophie Lorenz", "He read D. H. Lawrence at school."),
    ("Priya Nair", "A fire broke out nearby."),
    ("Working Order", "The mill is in working order."),
    ("Ruth Okafor", "The truth is okay for now."),
    ("Maria Castellano", "They sailed to Catalonia."),
    ("Srinivas", "Srinivasan proved the theorem in India."),
    ("Michael Smith", "Then Michaela Smith spoke."),
    ("Stripe", "There were stripes on the wall."),
    ("Reade", "I read the readme twice."),
    ("Sentry", "It happened in the last century."),
    ("Knight", "The night was dark."),
    ("GPT-4", "They used GPT-3 for that."),
    ("Revolut", "It was a revolt, a revolution."),
    ("Kubernetes", "The governor of Cuba nets nothing."),
    ("Zuckerberg", "Zuckerman wrote the book."),
    ("Christensen", "He is a Christian and a gentleman."),
)


@pytest.mark.parametrize(("term", "text"), HOMOPHONES)
def test_a_word_that_is_right_stays(term: str, text: str) -> None:
    assert len(HOMOPHONES) >= 60
    for glossary in (told(term), configured(term)):
        corrected = correct(heard(text), glossary, CorrectOptions())
        assert read(corrected) == text
        assert corrected == heard(text)


def test_words_that_are_right_stay_among_all_the_terms_at_once() -> None:
    terms = dict.fromkeys(term for term, _ in HOMOPHONES)
    text = " ".join(text for _, text in HOMOPHONES)
    assert read(correct(heard(text), configured(*terms), CorrectOptions())) == text


def test_two_people_with_almost_the_same_name_stay_two() -> None:
    text = "Hansen said so. But Hanssen did not. Hansen left, and Hanssen stayed with Hanssen."
    hard = heard(text, unsure=["Hanssen"])
    assert read(correct(hard, told("Hansen"), CorrectOptions())) == text


# --- what is misheard is corrected ---

# (term, what Whisper wrote, the words it was unsure of, what was said). Those with a comment were
# heard by Whisper base, or by YouTube, from real or synthetic speech; nothing is made up of them.
MISHEARD = (
    ("Mara Lynd", "My guest is Mara Lind today.", "", "My guest is Mara Lynd today."),
    ("Mark Zuckerberg", "Here is Mark Zuckerburg.", "", "Here is Mark Zuckerberg."),
    ("Zuckerberg", "I think Zuckerburg knows.", "Zuckerburg", "I think Zuckerberg knows."),
    ("Yann LeCun", "Today Yann LeCoon is here.", "", "Today Yann LeCun is here."),
    ("Yann LeCun", "my guest is Yan laon again", "", "my guest is Yann LeCun again"),  # YouTube
    ("Yann LeCun", "It is Jan LeConn, of Meta.", "", "It is Yann LeCun, of Meta."),  # base
    ("Winslow", "She runs the Winslowe mill.", "Winslowe", "She runs the Winslow mill."),
    ("Winslow Mill", "the old win slow mill", "slow", "the old Winslow Mill"),
    ("Winslow Mill", "The Winslowe Mill is old.", "", "The Winslow Mill is old."),
    ("Helen Marsh", "That was Helen March, of Maine.", "", "That was Helen Marsh, of Maine."),
    ("Sheepscot River", "The Sheepscott River rose.", "", "The Sheepscot River rose."),  # base
    ("Sheepscot", "It is Sheep Scott's tide.", "", "It is Sheepscot's tide."),
    ("Maria Castellano", "Maria Casalano, told me.", "", "Maria Castellano, told me."),  # base
    ("Dwarkesh Patel", "with Dworkish Patel here", "", "with Dwarkesh Patel here"),  # base
    ("Roman Yampolskiy", "Roman Yampelski thinks so.", "", "Roman Yampolskiy thinks so."),  # base
    ("Nik Storonsky", "Nick Storansky founded it.", "", "Nik Storonsky founded it."),  # base
    ("Marc Andreessen", "Mark Anderson wrote it.", "", "Marc Andreessen wrote it."),  # base
    ("Geoffrey Hinton", "and Jeffrey Hinton said", "", "and Geoffrey Hinton said"),  # base
    ("Yoshua Bengio", "and Yasuo Bengio said", "", "and Yoshua Bengio said"),  # base
    ("Andrej Karpathy", "and Andredg Carpathy too", "", "and Andrej Karpathy too"),  # base
    ("Demis Hassabis", "Demi's Hassebus won it.", "", "Demis Hassabis won it."),  # base
    ("Thibault Delorme", "by Thibalt de Lorm.", "de", "by Thibault Delorme."),  # base
    ("Ruth Okafor", "Ruth Okafer asked.", "", "Ruth Okafor asked."),  # base
    ("Rich Clarida", "And Rich Clarita, thanks.", "", "And Rich Clarida, thanks."),  # base
    ("Sophie Lorenz", "Hi, Sophie Lawrence.", "", "Hi, Sophie Lorenz."),  # base
    ("Priya Nair", "So Priyaa Nair said.", "", "So Priya Nair said."),  # base
    ("Daniel Cho", "I am with Daniel Choh here.", "", "I am with Daniel Cho here."),
    ("Mistral", "We tried Mistrel too.", "Mistrel", "We tried Mistral too."),  # base
    ("Sauvignac", "the tower of Sovignac", "Sovignac", "the tower of Sauvignac"),  # base
    ("PyTorch", "written in Pi Torch now", "", "written in PyTorch now"),  # base
    ("AlphaFold", "then came Alpha Fold.", "", "then came AlphaFold."),  # base
    ("DeepMind", "he left Deep Mind.", "", "he left DeepMind."),  # YouTube
    ("LLMs", "because llms are blind", "", "because LLMs are blind"),  # YouTube
    ("JEPA", "so jepa learns that", "", "so JEPA learns that"),  # YouTube
    ("GitHub", "on Github it is free", "", "on GitHub it is free"),
    ("Tomás Lind", "Then Tomas Lind left.", "", "Then Tomás Lind left."),
)


@pytest.mark.parametrize(("term", "text", "unsure", "said"), MISHEARD)
def test_a_misheard_name_is_spelled_as_it_should_be(
    term: str, text: str, unsure: str, said: str
) -> None:
    before = heard(text, unsure.split())
    after = correct(before, told(term), CorrectOptions())
    assert read(after) == said
    assert as_heard(after) == text, "what was heard is kept"
    assert [(word.start, word.end) for word in after.words if word.heard is None] == [
        (word.start, word.end) for word in before.words if word.text in said.split()
    ]


def test_after_a_whole_name_its_words_are_known_alone() -> None:
    text = "I met Mark Anderson. So Anderson wrote that. Then Anderson left."
    after = correct(heard(text), told("Marc Andreessen"), CorrectOptions())
    assert read(after) == ("I met Marc Andreessen. So Andreessen wrote that. Then Andreessen left.")
    month = correct(
        heard("That was Helen March. We met in March."), told("Helen Marsh"), CorrectOptions()
    )
    assert read(month) == "That was Helen Marsh. We met in March."


def test_a_word_of_a_name_is_no_proof_of_the_name() -> None:
    text = "They spoke of Yampelski then."
    unsure = heard(text, unsure=["Yampelski"])
    assert read(correct(unsure, told("Roman Yampolskiy"), CorrectOptions())) == text
    proven = heard("Roman Yampolskiy came. " + text, unsure=["Yampelski"])
    assert "of Yampolskiy then" in read(correct(proven, told("Roman Yampolskiy"), CorrectOptions()))


def test_a_small_word_becomes_a_term_only_where_the_configuration_asks() -> None:
    text = "she plays the carolun well"
    unsure = heard(text, unsure=["carolun"])
    assert read(correct(unsure, told("Carolyn"), CorrectOptions())) == text
    assert "the carolyn well" in read(correct(unsure, configured("carolyn"), CorrectOptions()))


SAMPLE = Path(__file__).parent / "golden" / "tide-mill" / "transcript.json"


def test_of_the_sample_only_the_misheard_names_change() -> None:
    sample = load(Transcript, SAMPLE.read_bytes())
    names = told("Helen Marsh", "Working Order", "Daniel Price", "Maine")
    assert correct(sample, names, CorrectOptions()) == sample
    given = configured("Sheepscot River", "Maria Castellano", "Winslow Mill", "Larkfield Boots")
    corrected = correct(sample, given, CorrectOptions())
    assert [(word.heard, word.text) for word in corrected.words if word.heard is not None] == [
        ("Casolano,", "Castellano,"),
    ]


def test_the_name_in_the_transcript_and_the_speaker_s_are_spelled_alike() -> None:
    said = ("Mara Lind, welcome to the show.", "Thanks for having me, I'm Mara Lind.")
    video = Video("v", None, "Mara Lynd on Strings", "Strings", description="With Mara Lynd.")
    glossary = glossary_of(video, GlossaryOptions())
    corrected = correct(heard(" ".join(said)), glossary, CorrectOptions())
    half = len(said[0].split())
    ends = ((0, half - 1), (half, len(corrected.words) - 1))
    turns = tuple(
        Turn(
            f"t{number}", f"S{number}", corrected.words[first].start, corrected.words[last].end,
            " ".join(word.text for word in corrected.words[first : last + 1]), (first, last),
        )
        for number, (first, last) in enumerate(ends, 1)
    )  # fmt: skip
    names = {person.name for person in identify(video, Turns(turns), (), IdentifyOptions())}
    assert "Mara Lynd" in names
    assert "Lind" not in read(corrected)


# --- how it is corrected ---


def test_the_time_of_the_words_heard_is_shared_out() -> None:
    before = heard("on the old win slow mill there", unsure=["slow"])
    after = correct(before, told("Winslow Mill"), CorrectOptions())
    first, second = (word for word in after.words if word.heard is not None)
    assert (first.text, first.heard) == ("Winslow", "win slow mill")
    assert (second.text, second.heard) == ("Mill", "")
    assert first.start == pytest.approx(before.words[3].start, abs=0.001)
    assert second.end == pytest.approx(before.words[5].end, abs=0.001)
    assert first.end == second.start
    assert (first.end - first.start) / (second.end - first.start) == pytest.approx(7 / 11, abs=0.01)
    assert first.probability == second.probability == UNSURE, "still hard to hear: not quoted"


def test_marks_and_the_owners_s_stay_where_they_were() -> None:
    text = "(Mara Lind's “Winslowe” and Mara Lind?)"
    after = correct(heard(text, ["Winslowe"]), told("Mara Lynd", "Winslow"), CorrectOptions())
    assert read(after).startswith("(Mara Lynd's")
    assert read(after).endswith("Mara Lynd?)")


def test_no_name_goes_over_a_pause_a_mark_or_another_speaker() -> None:
    glossary = told("Winslow Mill", "PyTorch")
    assert read(correct(heard("He said Pi. Torch it."), glossary, CorrectOptions())) == (
        "He said Pi. Torch it."
    )
    spoken = heard("we use Pi Torch now")
    paused = tuple(
        Word(word.text, word.start + 2 * (place > 2), word.end + 2 * (place > 2), SURE)
        for place, word in enumerate(spoken.words)
    )
    for other in (
        Transcript("en", "whisper", "w", None, paused),
        Transcript("en", "captions", "c", "automatic", spoken.words, changes=(3,)),
    ):
        assert correct(other, glossary, CorrectOptions()) == other
    assert "PyTorch" in read(correct(spoken, glossary, CorrectOptions()))


def test_what_points_at_words_still_does_when_there_are_fewer() -> None:
    words = heard("the old win slow mill stands. Ja, das ist so. And then?", ["slow"]).words
    before = Transcript(
        "en", "captions", "captions", "automatic", words,
        changes=(6, 10), foreign=(Foreign((6, 9), "de"),),
    )  # fmt: skip
    after = correct(before, told("Winslow Mill"), CorrectOptions())
    assert len(after.words) == len(before.words) - 1
    assert [after.words[place].text for place in after.changes] == ["Ja,", "And"]
    assert [after.words[place].text for place in after.foreign[0].words] == ["Ja,", "so."]


def test_another_language_inside_is_left_alone() -> None:
    words = heard("und dann Mara Lind sagte es").words
    before = Transcript("en", "whisper", "w", None, words, foreign=(Foreign((0, 5), "de"),))
    assert correct(before, told("Mara Lynd"), CorrectOptions()) == before


def test_two_speakers_say_no_name_together() -> None:
    words = heard("We went to the old win slow mill again.", ["slow"]).words
    for changes, expected in (((5, 8), "old Winslow Mill"), ((6, 8), "old win slow mill")):
        before = Transcript("en", "captions", "captions", "automatic", words, changes=changes)
        after = correct(before, configured("Winslow Mill"), CorrectOptions())
        assert expected in read(after)
        assert [after.words[place].text for place in after.changes][-1] == "again."


def test_captions_that_a_person_wrote_are_never_corrected() -> None:
    words = heard("My guest is Mara Lind today.").words
    by_hand = Transcript("en", "captions", "captions", None, words)
    by_machine = Transcript("en", "captions", "captions", "automatic", words)
    assert correct(by_hand, told("Mara Lynd"), CorrectOptions()) == by_hand
    assert "Lynd" in read(correct(by_machine, told("Mara Lynd"), CorrectOptions()))


def test_it_can_be_switched_off_and_does_nothing_without_terms() -> None:
    before = heard("My guest is Mara Lind today.")
    assert correct(before, told("Mara Lynd"), CorrectOptions(near_misses=False)) == before
    assert correct(before, Glossary(), CorrectOptions()) == before


def test_a_language_without_a_list_of_words_goes_by_capitals() -> None:
    polish = heard("Moim gościem jest Mara Lind dzisiaj.", language="pl")
    assert "Mara Lynd" in read(correct(polish, told("Mara Lynd"), CorrectOptions()))
    japanese = heard("これ は リンド さん です", language="ja")
    assert correct(japanese, configured("リント さん"), CorrectOptions()) == japanese


def test_a_second_time_changes_nothing() -> None:
    text = " ".join(text for _, text, _, _ in MISHEARD)
    glossary = told(*dict.fromkeys(term for term, *_ in MISHEARD))
    once = correct(heard(text), glossary, CorrectOptions())
    assert as_heard(once) == text
    assert correct(once, glossary, CorrectOptions()) == once
    assert all(one.start <= other.start for one, other in itertools.pairwise(once.words))


@pytest.mark.parametrize(
    "text",
    [
        "a" + "." * 50_000 + "a",
        "Lind" * 20_000,
        "’" * 50_000,
        "\u202elynd\u0000",
        "-",
        "’s",
        "[",
        "S",
    ],
)
def test_a_word_of_any_shape_is_read_in_no_time(text: str) -> None:
    before = heard(f"Mara {text} Mara Lynd")
    assert correct(before, told("Mara Lynd"), CorrectOptions()) == before
