from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.silence.names import distance, names, nearest, unknown_names
from tests.silence.toy import ToyArchive, hit

NEWS = [
    hit("Friedrich Merz, the chancellor, flew to El Salvador. The European Union and Britain said nothing."),
    hit("President Nayib Bukele met Ann Tully of the National Union of Ropemakers.", "Bukele receives a visitor"),
    hit("Ann Roper runs the Anchor Hotel in Port Wexley. SpaceX and Tik Tok were there, too."),
]
ARCHIVE = ToyArchive(NEWS)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did Chancellor Merz say?", ["Merz"]),
        ("Who is Barty Inch?", ["Barty Inch"]),
        ("Did U.S. President Donald J. Trump meet Emmanuel Macron?", ["U.S.", "Donald J. Trump", "Emmanuel Macron"]),
        ("Why did Apple CEO Tim Cook sell shares?", ["Apple", "Tim Cook"]),
        ("What did Dr. Quarrie find?", ["Quarrie"]),
        ("When did Tarn & Table open?", ["Tarn & Table"]),
        ("Who owns iPhone maker Foxconn's plant?", ["iPhone", "Foxconn"]),
        ("What did Russia's Vladimir Putin say on Friday 13 June?", ["Russia", "Vladimir Putin"]),
        ("Amberline Hotel rooms", ["Amberline Hotel"]),
        ("Inflation in Harrowmere", ["Harrowmere"]),  # one word that opens a sentence may be any
        ("Bukele's reply?", ["Bukele"]),
        ("It is over. Why did they leave Kelsby?", ["Kelsby"]),
        ("WHO IS MARISOL FENWRIGHT?", []),
        ("What Happened To The Marlowe Theatre In March?", []),
        ("who is marisol fenwright?", []),
        ("", []),
    ],
)
def test_names(question, found) -> None:
    assert [name.text for name in names(question)] == found


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What did Emmanuel Macron say?", ("Emmanuel Macron",)),
        ("What did Ann Fenwright say?", ("Ann Fenwright",)),  # a first name that is known
        ("Who owns the Amberline Hotel?", ("Amberline Hotel",)),
        ("What did Nayib Roper say?", ("Nayib Roper",)),  # both words, never together
        ("What did Chancellor Merz say?", ()),
        ("What did Councillor Ann Tully say about Bukele's visit?", ()),
        ("What did the Salvadorean president offer?", ()),
        ("Which British minister spoke to the EU?", ()),
        ("Does TikTok work with SpaceX?", ()),
        ("How many members has the NUR?", ()),  # spelled out in a passage found
        ("How many members has the GMB?", ("GMB",)),
        ("Will it open on Monday in October?", ()),
        ("Who is N. Bukele?", ()),
        ("What did GMB and GMB say?", ("GMB",)),
    ],
)
def test_unknown_names(question, unknown) -> None:
    assert unknown_names(question, ARCHIVE, NEWS) == unknown


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Bukelle", "Bukele"),
        ("Nayib Bukeel", "Nayib Bukele"),
        ("Fenwright", None),
        ("Bukele", None),
        ("Tuly", "Tully"),
        ("Xyzzyx Bukeel", "Bukele"),
        ("Bukeel Tuly", "Bukele Tully"),
    ],
)
def test_nearest(name, near) -> None:
    assert nearest(name, ARCHIVE, NEWS) == near


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("merz", "merz", 0),
        ("merz", "mers", 1),
        ("merz", "mrez", 1),
        ("merz", "mer", 1),
        ("merz", "anna", 3),
        ("", "a", 1),
    ],
)
def test_distance(one, other, away) -> None:
    assert distance(one, other, 2) == away == distance(other, one, 2)


@given(st.text(max_size=300))
def test_any_text_gives_verbatim_names(question) -> None:
    for name in names(question):
        assert question[name.start : name.end] == name.text
    unknown_names(question, ARCHIVE, NEWS)


@pytest.mark.parametrize("part", ["Anna ", "A. ", "anna", "A-", "Ünal’s ", "U.S.", "x & Y "])
def test_long_questions_take_linear_time(part) -> None:
    began = time.perf_counter()
    names(part * (100_000 // len(part)))
    assert time.perf_counter() - began < 5
