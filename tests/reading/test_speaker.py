"""Who says so: speakers beside words, pronouns, quotations that go on, and nobody where it is unclear."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.speaker import claimed, page_of, speaker_of


def says(text: str, words: str) -> str | None:
    start = text.index(words)
    found = speaker_of(text, start, start + len(words))
    return found and text[slice(*found)]


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ('"The nets are empty," said Tom Reeve of the Anglers\' Guild.', "The nets are empty", "Tom Reeve"),
        ("“The nets are empty,” Tom Reeve told the paper.", "nets", "Tom Reeve"),
        ('"The nets are empty", said Tom Reeve.', "nets", "Tom Reeve"),
        ("The fare will rise to £4, according to the company.", "£4", "the company"),
        ("According to its chair, Ann Poole, the club lost £900.", "£900", "Ann Poole"),
        ("The union says 300 jobs are at risk.", "300", "The union"),
        ("The union of postal workers said 300 jobs were at risk.", "300", "The union of postal workers"),
        ("Dr Hale believes that the bird is a kite.", "a kite", "Dr Hale"),
        ("Ann Poole, the club's chair, said nobody had paid.", "nobody had paid", "Ann Poole"),
        ("Ann Poole, who runs the club, said nobody had paid.", "nobody had paid", "Ann Poole"),
        ("The club's chair, Ann Poole, said nobody had paid.", "nobody had paid", "Ann Poole"),
        ("J. Michael Grant, a fellow at the Hale Institute, said prices would fall.", "prices", "J. Michael Grant"),
        ("On Monday Senator Ruth Cole said the bill was dead.", "bill was dead", "Senator Ruth Cole"),
        ("In Boston, the mayor said the bridge was safe.", "safe", "the mayor"),
        ("The yard in Hull expects to hire 40 people.", "40", "The yard"),
        ("About 500 people marched, Kent Police estimate.", "500", "Kent Police"),
        ("Officials said the lake was full.", "full", "Officials"),
        ('It was late, and Reeve called it "a sorry night for the town".', "sorry night", "Reeve"),
        ('The plan is dead, said the farmer, Joe Tallis. "It is over."', "It is over", "Joe Tallis"),
        ('Prices fell, said Bell Telecom\'s chief engineer, Una Frame. "We were lucky."', "lucky", "Una Frame"),
        ("The bank cannot pay more, said Lars Holt, its director, because rates are fixed.", "rates", "Lars Holt"),
        ('Holt was blunter about the bank: "It will not pay."', "It will not pay", "Holt"),
        ("In Ann Poole's view, the roof caused it.", "the roof", "Ann Poole"),
        ("“Rates rise,” said the Bank of England.", "Rates rise", "Bank of England"),
        ("Ann Poole, its chair, warned on Monday that the club was broke.", "broke", "Ann Poole"),
        ("Ann Poole wrote that the club was broke.", "broke", "Ann Poole"),
        ("Mr Poole was glad. Mr Reeve, he said, had paid.", "had paid", "Mr Poole"),
    ],
)
def test_the_speaker_stands_beside_the_words(text: str, words: str, speaker: str) -> None:
    found = says(text, words)
    assert found is not None
    assert found.removeprefix("the ") == speaker.removeprefix("the ")


def test_what_is_said_inside_a_quotation_attributes_nothing() -> None:
    text = '"They say it is safe," said Tom Reeve. "They also say that pigs fly."'
    assert says(text, "it is safe") == "Tom Reeve"
    assert says(text, "pigs fly") == "Tom Reeve"


def test_a_quotation_that_goes_on_keeps_its_speaker() -> None:
    text = 'Ann Poole, the chair, said nobody had paid.\n"We are broke," she said. "We have sold the piano."'
    assert says(text, "We are broke") == "Ann Poole"
    assert says(text, "We have sold the piano") == "Ann Poole"


def test_a_pronoun_is_the_last_person_that_fits() -> None:
    text = "Mr Holt said the bank was shut. Ms Poole, who owns the shop, left early. He said nobody had told her."
    assert says(text, "nobody had told her") == "Mr Holt"
    assert says(text.replace("He said", "She said"), "nobody had told her") == "Ms Poole"


def test_a_pronoun_with_two_persons_before_it_is_nobody() -> None:
    text = "Among them were Dr Hale and Dr Frame. She said it was cold."
    assert says(text, "it was cold") is None


def test_a_place_is_no_person() -> None:
    text = "The train left New Haven at noon. “It was packed,” he said."
    assert says(text, "It was packed") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The result, declared at 1.50am, gave them the town.", "1.50am"),
        ("Ann Poole wrote it into her notebook on Monday.", "her notebook"),
        ("Tom Reeve, he said, had paid.", "had paid"),
        ("The bridge was opened in 1912 and carries 11,600 cars a day.", "11,600"),
        ("The plan was said to be dead.", "dead"),
        ('They watched "The Long Good Night" twice.', "Long Good Night"),
        ("“It was packed,” he said.", "packed"),
        ("Fishermen say fees are too high.\n“They are right.”", "They are right"),
    ],
)
def test_where_it_is_not_plain_nobody_is_named(text: str, words: str) -> None:
    assert says(text, words) is None


def test_the_quotation_of_another_paragraph_is_somebody_elses() -> None:
    text = '"It is safe," said Tom Reeve.\nThe lake is two miles long.\n"It is deep."'
    assert says(text, "It is deep") is None


@pytest.mark.parametrize(
    ("text", "words", "is_claim"),
    [
        ("The fare will rise to £4, according to the company.", "£4", True),
        ("A spokesman said the fare would rise.", "the fare would rise", True),
        ("The firm denied that it had lied.", "it had lied", True),
        ("The fare will rise to £4 in May.", "£4", False),
        ("The thieves allegedly took a van.", "a van", True),
        ("“It is safe.”", "safe", True),
        ("They watched “The Long Night” twice.", "The Long Night", False),
        ("The bridge was called a wonder.", "a wonder", False),
    ],
)
def test_a_claim_is_told_from_a_fact(text: str, words: str, is_claim: bool) -> None:
    start = text.index(words)
    assert claimed(text, start, start + len(words)) is is_claim


def test_quotations_are_blanked_character_for_character() -> None:
    page = page_of('He said “no” and "yes".\n‘Maybe,’ said Ann. She can\'t.')
    assert [page.text[slice(*q)] for q in page.quotations] == ["“no”", '"yes"', "‘Maybe,’"]
    assert len(page.blanked) == len(page.text)
    assert page.blanked.startswith("He said \ue000\ue000\ue000\ue000 and")


PIECES = st.sampled_from(
    [
        " said ",
        "Ann Poole",
        "the union",
        " he ",
        ", ",
        ". ",
        "\n",
        "“",
        "”",
        '"',
        "'",
        "‘",
        "according to ",
        "’s",
        "É",
        ": ",
    ]
)


@given(st.lists(PIECES, max_size=50).map("".join), st.integers(0, 300), st.integers(0, 300))
def test_a_speaker_is_a_stretch_of_the_text(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = speaker_of(text, start, end)
    claimed(text, start, end)
    if found:
        assert 0 <= found[0] < found[1] <= len(text)
        assert text[slice(*found)].strip()


@given(st.text(max_size=200))
def test_any_text_may_come(text: str) -> None:
    speaker_of(text, 0, len(text))
    claimed(text, 0, len(text))


@pytest.mark.parametrize(
    "piece", ['"a" ', "Ann said ", "A", "the a ", "“", "' a", "‘a ", ", said ", "Ann, ", "he said. ", "\n"]
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    speaker_of(text, 50_000, 50_010)
    claimed(text, 50_000, 50_010)
    page_of(text)
    assert time.process_time() - began < 8
