"""Questions that a passage does not answer."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text import answer_key
from rag.training.unanswerable import NEAREST, OPPOSITE, Neighbours, altered

CONTEXTS = [
    "The flight to Bogota carried 43 migrants.",
    "A flight to Panama carried 119 migrants.",
    "The migrants' flight was paid for by the US.",
    "Also 43 migrants were counted at the border before the flight.",
    "Stocks fell in Paris.",
    "The flight to Bogota carried 43 migrants.",  # a copy
]


def drawn(question: str, own: str, answers: tuple[str, ...], contexts: list[str] = CONTEXTS) -> set[str | None]:
    neighbours = Neighbours(contexts)
    return {neighbours.draw(question, own, answers, random.Random(seed)) for seed in range(60)}


def test_a_neighbour_shares_words_and_is_neither_the_own_context_nor_one_that_says_the_answer() -> None:
    found = drawn("How many migrants were on the flight to Bogota?", CONTEXTS[0], ("43", "43 migrants"))
    assert found == {CONTEXTS[1], CONTEXTS[2]}  # 3 says 43, 4 shares no word, 5 is a copy of the own one


@pytest.mark.parametrize(
    ("answer", "saying"),
    [
        ("the US", "The migrants' flight was paid for by the U.S."),
        ("US", "Paid for by the US: a flight with migrants."),
        ("Béla", "A flight of migrants that BELA, a pilot, flew."),
        ("5,000", "Of 5000 migrants one left by a flight."),
        ("Rubio", "Rubio's flight passed the migrants."),
        ("deportation flight", "“Deportation-flight” was what migrants called it."),
    ],
)
def test_an_answer_is_known_however_it_is_written(answer: str, saying: str) -> None:
    assert drawn("Which flight took the migrants?", CONTEXTS[0], (answer,), [CONTEXTS[0], saying]) == {None}


@pytest.mark.parametrize(
    ("answer", "other"),
    [("43", "A flight of 430 migrants."), ("43", "A flight of 43.5 migrants."), ("man", "A woman among the migrants.")],
)
def test_a_part_of_a_word_is_not_the_answer(answer: str, other: str) -> None:
    assert drawn("Which flight took a woman, the migrants?", CONTEXTS[0], (answer,), [CONTEXTS[0], other]) == {other}


def test_nothing_near_gives_nothing() -> None:
    assert drawn("Zorblax?", CONTEXTS[0], ("43",)) == {None}
    assert drawn("Who is it?", "", (), ["", "?"]) == {None}


def test_only_the_nearest_are_drawn_and_all_of_them() -> None:
    contexts = [f"flight {'to the border ' * n}" for n in range(NEAREST + 4)]  # BM25: the shorter, the better
    assert drawn("A flight?", "elsewhere", (), contexts) == set(contexts[:NEAREST])


WORDS = ["flight", "43", "US", "Oslo", "migrants", "the", "treaty", "Béla"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8), TEXTS, st.lists(TEXTS, max_size=3), st.randoms(use_true_random=False))
def test_no_draw_is_ever_the_own_context_or_says_an_answer(
    contexts: list[str], question: str, answers: list[str], rng: random.Random
) -> None:
    found = Neighbours(contexts).draw(question, contexts[0], answers, rng)
    if found is None:
        return
    assert found in contexts
    assert found != contexts[0]
    said = [word for word in found.split() if word != "the"]
    for answer in answers:
        wanted = [word for word in answer.split() if word != "the"]
        places = range(len(said) - len(wanted) + 1)
        assert not (wanted and any(said[i : i + len(wanted)] == wanted for i in places)), answer_key(answer)


@pytest.mark.parametrize("answer", ["🚀", "…", "A"])
def test_an_answer_without_a_word_is_known_too(answer: str) -> None:
    saying = f"The flight of migrants got {answer} as its mark."
    assert drawn("Which mark did the flight get?", CONTEXTS[0], (answer,), [CONTEXTS[0], saying]) == {None}


def alterations(question: str, context: str, elsewhere: str = "") -> set[str | None]:
    return {altered(question, context, elsewhere, random.Random(seed)) for seed in range(200)}


def test_an_opposite_is_put_for_its_word() -> None:
    assert alterations("Who was born after the war?", "no name") == {
        "Who was killed after the war?",
        "Who was born before the war?",
    }
    # a part of a word is none, nor is a word with a capital
    assert alterations("Who has the afterglow in the Northern Isles?", "no name") == {None}
    assert alterations("Is it always without end?", "") == {
        "Is it never without end?",
        "Is it always with end?",
        "Is it always without begin?",
    }


def test_opposites_go_both_ways() -> None:
    assert all(OPPOSITE[OPPOSITE[word]] == word for word in ("first", "last", "husband", "sold", "without", "upper"))
    assert not [word for word, other in OPPOSITE.items() if word == other]
    assert not [word for word in OPPOSITE if not word.isalpha() or not word.islower()]


def test_a_name_is_exchanged_for_another_of_the_context_or_of_elsewhere() -> None:
    question = "When did Rubio land?"
    assert alterations(question, "Rubio met Bukele.", "It rained in Oslo.") == {
        "When did Bukele land?",
        "When did Oslo land?",
        "When did It land?",  # the first word of a sentence looks like a name
    }


def test_a_name_of_many_words_is_exchanged_for_one_about_as_long() -> None:
    question = "Who leads the Bank of England now?"
    assert alterations(question, "said Bukele; the Federal Reserve; the United Nations Security Council Chamber") == {
        None,  # where the other source is drawn
        "Who leads the Federal Reserve now?",  # 2 words for 3; 1 is too few, 5 too many
    }


def test_the_first_word_is_no_name_and_a_name_that_the_question_holds_is_not_taken() -> None:
    assert alterations("Rubio said what?", "Bukele and Trump") == {None}
    assert alterations("What did Rubio say of RUBIO?", "Rubio, Rubio") == {None}


def test_a_number_is_exchanged_for_one_of_the_same_length_where_there_is_one() -> None:
    question = "What happened in 1999?"
    assert alterations(question, "in 2004 and 2010, 43 or 7.5 of 1,340") == {
        None,
        "What happened in 2004?",
        "What happened in 2010?",
    }
    assert alterations(question, "only 43 or 1,340") == {None, "What happened in 43?", "What happened in 1,340?"}
    assert alterations("2 of 3?", "5") == {None, "5 of 3?", "2 of 5?"}


def test_a_number_that_the_question_holds_is_not_taken() -> None:
    assert alterations("Was it 1999 or 2004?", "2004, 1999, 19") == {None}


def test_every_way_is_taken_where_all_fit() -> None:
    question = "Who left Oslo before 1999?"
    found = alterations(question, "Paris 2010", "Paris 2010")
    assert found == {
        "Who joined Oslo before 1999?",  # the last pair that holds "left"
        "Who left Oslo after 1999?",
        "Who left Paris before 1999?",
        "Who left Oslo before 2010?",
    }


def test_nothing_to_alter_gives_nothing() -> None:
    assert alterations("who is it?", "Bukele, 43", "Oslo, 17") == {None}
    assert alterations("", "Bukele, 43") == {None}


def test_the_same_draw_gives_the_same() -> None:
    texts = "Who left Oslo before 1999?", "Rubio met Bukele in 2004.", "Trump, 2010"
    assert [altered(*texts, random.Random(seed)) for seed in range(30)] == [
        altered(*texts, random.Random(seed)) for seed in range(30)
    ]
