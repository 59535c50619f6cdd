"""A reworded clause is held against the passage it is drawn from."""

import pytest

from pipeline.engines.checking.rewording import Pair, Text, faults

PASSAGE = "The lens at Vik weighs 900 kilograms, and it floats in a bath of mercury."
ASKED = "What does a lighthouse keeper do all night in that tower?"


def found(clause: str, passage: str = PASSAGE, language: str = "en") -> str:
    return "; ".join(faults(Pair(Text(clause, language), Text(passage, language), Text(ASKED))))


@pytest.mark.parametrize(
    ("clause", "passage"),
    [
        ("the 900-kilogram lens at Vik floats in a bath of mercury", PASSAGE),
        ("at Vik there is a lens of 900 kilograms", PASSAGE),
        (
            "their father kept the lamp burning by hand for 19 hours",
            "My father tied himself to the stair and kept the lamp burning by hand for 19 hours.",
        ),
        (
            "people could not see the stars in Hamburg",
            "In Hamburg you can't see the stars, but at Vik you can read by them.",
        ),
        (
            "the state pays 40% and sleeping guests pay the rest",
            "The state pays forty percent, and sleeping guests pay the rest.",
        ),
    ],
)
def test_a_fair_rewording_holds(clause: str, passage: str) -> None:
    assert found(clause, passage) == ""


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("the lens at Vik weighs 901 kilograms and floats in mercury", "no number 901"),
        ("the lens at Vik weighs two tons and floats in mercury", "no number 2"),
        ("the lens at Vik weighs 900 pounds and floats in mercury", "speak of pounds"),
        ("the lens at Bergen weighs 900 kilograms in mercury", "bergen"),
        ("the lens at Vik does not float in a bath of mercury", "adds a “not”"),
        ("the lens at Vik never floats in a bath of mercury", "adds a “not”"),
        ("every lens weighs 900 kilograms and floats in mercury", "adds “every”"),
        ("she knows that the lens weighs 900 kilograms", "says “she”"),
        ("they weigh 900 kilograms and float in a bath of mercury", "would be the speaker"),
        ("like the lens at Vik, floating in a bath of mercury", "says nothing"),
        ("the lens at Vik weighs 900 kilograms and floats like that", "ends with “like that”"),
        ("the lens at Vik floats in a bath of mercury and does that", "ends with “does that”"),
        ("in fact the lens at Vik floats in a bath of mercury", "says nothing"),
        ("the lens floats in a bath of mercury, let them weigh it", "as to a listener"),
        ("our lens at Vik weighs 900 kilograms in mercury", "third person"),
        ("a keeper listens all night in a tower", "something else"),
        ("the keeper of the tower is in the lighthouse all night, lens and all", ""),
        ("the lens at Vik weighs 900 kilograms,", "cut off"),
        ("the lens floats. The mercury is at Vik", "more than one sentence"),
        ("the lens see https://evil.example floats in mercury", "address"),
        ("it floats in a bath of mercury at Vik", "begins with “it”"),
        ("let's say the lens at Vik floats in a bath of mercury", "as to a listener"),
        ("don't put the lens at Vik in a bath of mercury", "as to a listener"),
        ("lens", "length"),
        (" ".join(["lens"] * 60), "length"),
        ("la lentille de Vik flotte dans un bain de mercure liquide et pèse lourd", "language"),
        ("линза плавает в ртути каждую ночь", "script"),
    ],
)
def test_a_false_one_is_told_for_what_it_is(clause: str, told: str) -> None:
    assert told in found(clause)
    assert found(clause)


def test_who_else_the_passage_speaks_of_is_not_the_speaker() -> None:
    said = "You found two people at Vik who said, publish it."
    assert "would be the speaker" in found("they found two people at Vik", said)
    assert found("they found two people at Vik", said.replace("You", "We")) == ""
    said = "We may succeed with one machine, but they just keep improving at Vik."
    assert "would be the speaker" in found("they just keep improving at Vik", said)


def test_a_not_that_is_dropped_is_told() -> None:
    passage = "We do not let visitors try it, since the fumes are poisonous."
    assert "drops a “not”" in found("visitors try it, since the fumes are poisonous", passage)


def test_other_languages_are_held_to_themselves() -> None:
    passage = "Die Linse wiegt 900 Kilo und schwimmt in einem Bad aus Quecksilber."
    assert found("die Linse schwimmt in Quecksilber und wiegt 900 Kilo", passage, "de") == ""
    told = found("the lens floats in a bath that is made of mercury", passage, "de")
    assert "language" in told or "something else" in told


# --- in another language than the interview's ---


def translated(clause: str, passage: str = PASSAGE, language: str = "de") -> str:
    return "; ".join(faults(Pair(Text(clause, language), Text(passage, "en"), Text(ASKED, "en"))))


@pytest.mark.parametrize(
    ("clause", "language"),
    [
        ("die Linse in Vik wiegt 900 Kilogramm und schwimmt in einem Bad aus Quecksilber", "de"),
        ("la lentille de Vik pèse 900 kilogrammes et flotte dans un bain de mercure", "fr"),
        ("la lente de Vik pesa 900 kilogramos y flota en un baño de mercurio", "es"),
        ("de lens in Vik weegt 900 kilogram en drijft in een bad van kwik", "nl"),
    ],
)
def test_a_translation_that_keeps_numbers_names_and_units_may_be_printed(
    clause: str, language: str
) -> None:
    assert translated(clause, language=language) == ""


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("die Linse in Vik wiegt 901 Kilogramm und schwimmt in Quecksilber", "no number 901"),
        ("die Linse in Vik wiegt neunzehn Kilogramm und schwimmt im Bad", "no number 19"),
        ("die Linse in Vik wiegt einundzwanzig Kilogramm und schwimmt", "no number einundzwanzig"),
        ("die Linse in Vik wiegt 900 Pfund und schwimmt in Quecksilber", "speak of pounds"),
        ("die Linse in Bergedorf wiegt 900 Kilogramm und schwimmt", "bergedorf"),
        ("die Linse in Vik schwimmt nicht in einem Bad aus Quecksilber", "adds a “not”"),
        ("wir haben in Vik eine Linse, die 900 Kilogramm wiegt", "third person"),
        ("the lens at Vik weighs 900 kilograms and floats in mercury", "language"),
        ("the lens is in a bath that someone made for it over there", "another language"),
        ("линза в Вике весит 900 килограммов", "script"),
        ("Vik 900 Mercury Lens", "language"),
    ],
)
def test_a_false_or_untranslated_one_is_told(clause: str, told: str) -> None:
    assert told in translated(clause)


def test_a_number_in_words_is_the_same_number_in_another_language() -> None:
    passage = "My father kept the lamp burning by hand for nineteen hours."
    assert translated("der Vater hielt die Lampe 19 Stunden lang am Brennen", passage) == ""
    assert translated("der Vater hielt die Lampe neunzehn Stunden am Brennen", passage) == ""
    assert "19" in translated(
        "le père a tenu la lampe allumée dix-neuf heures", passage.replace("nineteen", "ten"), "fr"
    )


def test_a_billion_is_not_the_same_everywhere() -> None:
    passage = "The plant cost a billion dollars and took years."
    assert translated("das Werk kostete eine Milliarde Dollar und dauerte Jahre", passage) == ""
    told = translated("das Werk kostete eine Billion Dollar und dauerte Jahre", passage)
    assert "no number trillion" in told
