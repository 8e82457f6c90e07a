"""Words, terms, answers' keys and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text import answer_key, fold, paragraph_spans, says, sentence_at, sentence_spans, terms, words

SHARDS = [
    "\n",
    "\n\n",
    " ",
    "\t",
    "\u00a0",
    "\u2028",
    "\x85",
    "\r\n",
    "\u200d",
    "e\u0301",
    "👩\u200d🚀",
    "שלום",
    "U.S. ",
    "Mr. ",
    '."',
    "end. ",
    "Why? ",
    "…",
    "”",
    "(a) ",
    "3.5 ",
    "Feb. 3 ",
    "word ",
    "한국어",
]
nasty_text = st.lists(st.sampled_from(SHARDS) | st.text(max_size=6), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. official", ["the", "us", "official"]),
        ("at 5 p.m. sharp", ["at", "5", "pm", "sharp"]),
        ("a 2.7% rise to 5,000", ["a", "2.7", "rise", "to", "5000"]),
        ("$1,234,567.89", ["1234567.89"]),
        ("12,5 and 3.5.2", ["12", "5", "and", "3", "5", "2"]),
        ("a five-nation tour", ["a", "five", "nation", "tour"]),
        ("Bukele's and Bukele’s", ["bukele", "and", "bukele"]),
        ("O'Brien O’Brien’s", ["obrien", "obrien"]),
        ("dogs' bones", ["dogs", "bones"]),
        ("one,two.three", ["one", "two", "three"]),
        ("snake_case", ["snake", "case"]),
        ("“Quoted,” he said.", ["quoted", "he", "said"]),
        ("— … !", []),
        ("", []),
    ],
)
def test_words_follow_one_rule(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Martí", "MARTI"),
        ("e\u0301", "é"),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("İstanbul", "istanbul"),
        ("²", "2"),
    ],
)
def test_fold_makes_case_and_accents_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold_keeps_different_letters_apart() -> None:
    assert fold("Peña") == "pena" != fold("Pema")


def test_terms_are_stemmed_and_have_no_stop_words() -> None:
    assert terms("How many migrants were on the flights?") == ["mani", "migrant", "flight"]
    assert terms("migrant") == terms("migrants")
    assert terms("what is this") == []


@pytest.mark.parametrize(
    ("one", "other"), [("The U.S.", "us"), ("a plane", "Plane"), ("5,000", "5000"), ("Marco Rubio’s", "marco rubio")]
)
def test_answers_that_say_the_same_have_one_key(one: str, other: str) -> None:
    assert answer_key(one) == answer_key(other)


def test_answer_key_is_never_empty_for_text() -> None:
    assert answer_key("The") == "The"
    assert answer_key(" — ") == "—"
    assert answer_key("43") != answer_key("44")


@pytest.mark.parametrize(
    ("text", "answer", "said"),
    [
        ("It was paid for by the U.S.", "the US", True),
        ("Of 5000 migrants one left.", "5,000", True),
        ("BELA, a pilot, flew.", "Béla", True),
        ("A flight of 430 migrants.", "43", False),
        ("He met the old Marco Rubio.", "Marco Rubio", True),
        ("Marco met Rubio.", "Marco Rubio", False),
        ("He left at a quarter", "a quarter", True),
        # no word in the answer: as it stands
        ("He wrote 🚀🚀 to all.", "🚀", True),
        ("He wrote to all.", "🚀", False),
        ("wait…no", "…", True),
        ("wait...", "…", False),
        ("It got an A.", "A", True),
        ("An Airbus, a flight", "A", False),
        ("It got an A+ then.", "A+", True),
        ("It got an AA+ then.", "A+", False),
        ("Say {0} or (a)", "(a)", True),
        ("Say {0} or a", "(a)", False),
        ("It says nothing.", "", False),
        ("It says nothing.", " \n", False),
        ("🚀", "🚀", True),
        ("", "43", False),
    ],
)
def test_a_text_says_an_answer_however_it_is_written(text: str, answer: str, said: bool) -> None:
    assert says(text, [answer]) is said
    assert says(text, ["zebra", answer], answer_key(text)) is said
    assert not says(text, [])


@settings(deadline=None, max_examples=150)
@given(nasty_text, st.data())
def test_a_text_says_every_sentence_of_it(text: str, data: st.DataObject) -> None:
    spans = sentence_spans(text)
    if spans:
        start, end = data.draw(st.sampled_from(spans))
        assert says(text, [text[start:end]])


def test_paragraph_spans_leave_white_space_out() -> None:
    text = "\n  One line. \n\n \t\nTwo\n"
    assert [text[a:b] for a, b in paragraph_spans(text)] == ["One line.", "Two"]
    assert paragraph_spans(" \n ") == []


def test_sentences_do_not_end_at_abbreviations() -> None:
    text = "The U.S. official left on Feb. 3 at 5 p.m. on a Monday. Rubio met Mr. Bukele!\nNo end"
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "The U.S. official left on Feb. 3 at 5 p.m. on a Monday.",
        "Rubio met Mr. Bukele!",
        "No end",
    ]


def test_a_line_break_always_ends_a_sentence() -> None:
    text = "Photo by Mr.\nBukele spoke"
    assert [text[a:b] for a, b in sentence_spans(text)] == ["Photo by Mr.", "Bukele spoke"]


@settings(deadline=None, max_examples=150)
@given(nasty_text)
def test_sentence_spans_are_in_order_and_hold_every_visible_character(text: str) -> None:
    spans = sentence_spans(text)
    end_before = 0
    for start, end in spans:
        assert end_before <= start < end <= len(text)
        assert "\n" not in text[start:end]
        assert text[start:end] == text[start:end].strip()
        assert not text[end_before:start].strip()
        end_before = end
    assert not text[end_before:].strip()


def test_sentence_at_returns_the_whole_sentence() -> None:
    text = "Alpha came. Bravo went home. Charlie slept."
    start = text.index("went")
    found = sentence_at(text, start, start + 4)
    assert text[slice(*found)] == "Bravo went home."


def test_sentence_at_joins_the_sentences_that_a_span_touches() -> None:
    text = "Alpha came. Bravo went home. Charlie slept."
    found = sentence_at(text, text.index("went"), text.index("slept"))
    assert text[slice(*found)] == "Bravo went home. Charlie slept."


def test_sentence_at_does_not_take_a_neighbour_that_only_touches() -> None:
    text = "Alpha came. Bravo went."
    assert sentence_at(text, 0, len("Alpha came.")) == (0, len("Alpha came."))


def test_sentence_at_white_space_is_the_place_itself() -> None:
    assert sentence_at("One.  Two.", 4, 5) == (4, 5)


@settings(deadline=None, max_examples=100)
@given(nasty_text, st.data())
def test_sentence_at_always_holds_the_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = sentence_at(text, start, end)
    assert 0 <= found[0] <= start <= end <= found[1] <= len(text)
