"""The list that a place of a text stands in."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.enumeration import items_around, lists_in

SHARED = "Fees are waived for pupils under nine, for nurses and doctors, and for the blind: bring a card."
PEOPLE = "Police named the dead: Ada Brook, 61, a retired vet, and Hal Dunn, 20, who kept bees."
SERIAL = "The firm will shut its plants in Leeds, Hull and York, and says that 300 posts will go."


def told(text: str, at: str) -> list[str]:
    start = text.index(at)
    return [text[a:b] for a, b in items_around(text, start, start + len(at))]


@pytest.mark.parametrize("at", ["pupils", "nurses and doctors", "the blind", "pupils under nine, for nurses"])
def test_a_repeated_preposition_keeps_the_inner_and(at: str) -> None:
    assert told(SHARED, at) == ["pupils under nine", "nurses and doctors", "the blind"]


@pytest.mark.parametrize("at", ["Ada Brook", "61", "Hal Dunn", "a retired vet, and Hal Dunn"])
def test_appositions_are_no_items(at: str) -> None:
    assert told(PEOPLE, at) == ["Ada Brook", "Hal Dunn"]


@pytest.mark.parametrize("at", ["Leeds", "Hull", "York", "plants in Leeds, Hull and York"])
def test_a_later_clause_is_no_item(at: str) -> None:
    assert told(SERIAL, at) == ["Leeds", "Hull", "York"]


MARKED = [  # each item between slashes
    "They walked by way of /Mill Street/ and /Bridge Street/ to the park.",
    "Four roads are shut: /Elm Row/, /Oak Row/, /Ash Row/ and /the north end of Fir Row/.",
    "Many are without /clean beds/, /heat/, /light/ and /a view of the sky/.",
    "She asked for /no speech/, /no flowers/ and /no priest/.",
    "It is run by /Ann Lee/, /Bob Ray/ and /Cy Doe/ as well as /Dan Poe/.",
    "/Marks and Spencer/, /Tesco/ and /Aldi/ open at nine.",
    "It stood between /Upper Dale/ and /Nether Dale/, and slid down a bank.",
    "The gangs were /MS-9/, from Peru, and /Los Altos/, from Chile.",
    "She pleaded guilty to /theft/ and /false accounting/ between May 2019 and June 2023.",
    "No tap may be used to /fill a pool/, /wash a van/ or /clean a wall/.",
    "Water is given out at two places, /the Old School hall/ and /the Low Lane car park/, until ten.",
    "/Barns need hay/; /stables needed oats/, mostly; /kennels/, for a time, needed straw.",
    "/He drank tea/ or /coffee/.",
    "The boat, with /nine cows/, /two goats/ and /the parish choir/, ran aground.",
    "/The county/, /the port/ and /the agency that keeps the coast/ must all agree.",
    "On board were /a cello/, never played, and /a box of tin whistles/.",
    "The ship, he said, carried /wool/, /tin/ and /coal/.",
    "They told the two apart by /the fins on the back/ and by /the teeth/, which were white.",
]


@pytest.mark.parametrize("marked", MARKED)
def test_coordinations(marked: str) -> None:
    *items, text = [*marked.split("/")[1::2], marked.replace("/", "")]
    for item in items[1:]:
        assert told(text, item) == items


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Ned Gray won, and Isla Webb came second.", "Ned Gray"),
        ("The match was dull.", "The match"),
        ("He came home and it rained.", "home"),
        ("He asked a thief for the keys and took a van.", "keys"),
        ("It took two and a half hours.", "two"),
        ("", ""),
    ],
)
def test_no_list(text: str, at: str) -> None:
    assert told(text, at) == []


def test_a_quotation_is_not_cut() -> None:
    titles = "He read “Salt, Sand and Snow”, “The Wire” and “Ash”."
    assert told(titles, "“The Wire”") == ["“Salt, Sand and Snow”", "“The Wire”", "“Ash”"]
    assert told('"We lost bikes, tents and food," she said.', "tents") == []


@pytest.mark.parametrize(
    "text",
    [
        "It has three parts:\n\n- open at ten, not nine\n\n- a box of books\n\n- vans and a bus\n\nIt ends in May.",
        "It has three parts:\n\n1. open at ten, not nine\n2. a box of books\n3. vans and a bus.\n\nIt ends in May.",
        "It has three parts:\n\nopen at ten, not nine;\n\na box of books;\n\nvans and a bus.\n\nIt ends in May.",
    ],
)
@pytest.mark.parametrize("at", ["open", "books", "a bus"])
def test_lists_with_lines_of_their_own(text: str, at: str) -> None:
    assert told(text, at) == ["open at ten, not nine", "a box of books", "vans and a bus"]


def test_a_readers_ends_are_kept() -> None:
    text = "Workers want cheaper bread, fuel and rents for young families by June."
    start, end = text.index("cheaper"), text.index(" by June")
    assert [text[a:b] for a, b in items_around(text, start, end)][::2] == ["cheaper bread", "rents for young families"]
    assert told(text, "bread, fuel")[0] == "bread"


def test_every_list_of_a_sentence() -> None:
    text = "Ann Lee and Bob Ray were selling plums, pears and figs."
    found = [[text[a:b] for a, b in places] for places in lists_in(text, 0, len(text))]
    assert ["Ann Lee", "Bob Ray"] in found
    assert ["plums", "pears", "figs"] in found


PIECES = [
    "Ann",
    "the",
    " and ",
    ", ",
    "; ",
    ": ",
    "— ",
    "“",
    "”",
    '"',
    "(",
    ")",
    "\n",
    "- ",
    "who",
    "in",
    "81",
    "x",
    ".",
    " ",
    "or",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.data())
def test_items_are_in_order_apart_and_inside_the_text(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(start, len(text)))
    places = items_around(text, start, end)
    assert len(places) != 1
    at = 0
    for low, high in places:
        assert at <= low < high <= len(text)
        at = high


@given(st.text(max_size=80), st.integers(-5, 90), st.integers(-5, 90))
def test_nothing_raises(text: str, start: int, end: int) -> None:
    assert all(0 <= low < high <= len(text) for low, high in items_around(text, start, end))
    assert all(len(places) > 1 for places in lists_in(text, 0, len(text)))


@pytest.mark.parametrize("piece", ["a, ", "and ", "“", "(", "; ", " ", "- x\n", "A", ": ", "— "])
def test_long_texts_take_no_longer_than_they_are_long(piece: str) -> None:
    text = "x " + piece * (100_000 // len(piece))
    began = time.perf_counter()
    items_around(text, 0, 1)
    items_around(text, 50_000, 50_001)
    assert time.perf_counter() - began < 5
