"""Citations become sources: one for each house and each copy, whatever the order."""

from __future__ import annotations

import pytest

from rag.copies import Copies, independent
from rag.types import Citation, Hit, IndependentSource, Passage, SharedCopy, Source, Tie

COPY = "The company has ordered two battery-powered ferries for the crossing to the island. Each will take 220 people."
EDITED = "The company ordered two battery-powered ferries for the crossing to the island. Each will take 220 people."
OWN = "Islanders will wait longer than they hoped for. Two ships, 220 people in each, are to replace the old one."
OTHER = "On the island nobody has seen a drawing yet. Both new ships are meant for 220 people, the yard's manager says."


def place(number: int, text: str, publisher: str | None = None, quote: str | None = None) -> tuple[Citation, Hit]:
    source = Source(f"a{number}", "", publisher, None, "")
    quote = quote or text.split(". ")[1]
    start = text.index(quote)
    passage = Passage(f"a{number}#0", source, text, 0, len(text))
    return Citation(number, source, quote, start, start + len(quote)), Hit(passage, 1.0, number, "given")


def sources(*places: tuple[Citation, Hit], copies: tuple[SharedCopy, ...] = ()) -> tuple[IndependentSource, ...]:
    return independent([citation for citation, _ in places], [hit for _, hit in places], Copies(copies))


def test_a_copy_is_one_source_with_the_article_it_copies() -> None:
    known = SharedCopy(("a1", "a3"), "Saltmarsh News Agency")
    found = sources(place(1, COPY), place(2, OWN), place(3, EDITED), copies=(known,))
    assert found == (IndependentSource((1, 3), Tie.COPY, "Saltmarsh News Agency"), IndependentSource((2,)))
    assert str(found[0]) == "[1] and [3] carry the same copy (Saltmarsh News Agency)"
    assert str(found[1]) == "[2]"


def test_a_copy_is_seen_in_the_passages_where_the_index_knows_none() -> None:
    assert sources(place(1, COPY), place(2, EDITED)) == (IndependentSource((1, 2), Tie.COPY),)


def test_two_articles_of_one_house_are_one_source() -> None:
    found = sources(place(1, COPY, "The Herald"), place(2, OWN, "the herald"), place(3, OTHER, "The Quay"))
    assert found == (IndependentSource((1, 2), Tie.HOUSE), IndependentSource((3,)))


def test_a_house_and_a_copy_may_chain() -> None:
    found = sources(place(1, COPY, "The Herald"), place(2, OWN, "The Quay"), place(3, EDITED, "The Quay"))
    assert [source.citations for source in found] == [(1, 2, 3)]
    assert found[0].tie is Tie.MIXED  # 1 and 3 carry the same copy, 2 and 3 are of one house
    assert found[0].tie is not Tie.HOUSE
    of_one_house = sources(place(1, COPY, "The Quay"), place(2, OWN, "The Quay"), place(3, EDITED, "The Quay"))
    assert of_one_house == (IndependentSource((1, 2, 3), Tie.HOUSE),)


def test_the_agency_is_named_where_all_agree() -> None:
    wire, other, none = (
        SharedCopy(ids, agency) for ids, agency in ((("a1", "a2"), "Wire"), (("a3",), "Post"), ((), ""))
    )
    assert sources(place(1, COPY), place(2, EDITED), copies=(wire,))[0].agency == "Wire"
    assert sources(place(1, COPY), place(2, EDITED), place(3, COPY), copies=(wire, other, none))[0].agency == "Wire"
    both = (wire, SharedCopy(("a3", "a4"), "Post"))
    assert sources(*(place(number, COPY) for number in range(1, 5)), copies=both)[0].agency is None


def test_what_an_article_of_a_cluster_adds_in_other_words_is_its_own() -> None:
    known = (SharedCopy(("a1", "a2"), None),)
    assert len(sources(place(1, COPY), place(2, OTHER), copies=known)) == 2
    reworded = "In other news it rained. Each takes people, 220."
    assert len(sources(place(1, COPY), place(2, reworded), copies=known)) == 1
    assert len(sources(place(1, COPY), place(2, reworded))) == 2


def test_short_quotes_and_quotes_of_no_passage_tell_nothing() -> None:
    assert len(sources(place(1, "No. He left."), place(2, "No. He left."))) == 2
    citation, hit = place(1, COPY)
    elsewhere = Citation(2, Source("b", "", None, None, ""), "Each will take 220 people.", 500, 526)
    assert len(independent([citation, elsewhere], [hit], Copies())) == 2


@pytest.mark.parametrize("citations", [(), (place(1, COPY)[0],)])
def test_fewer_than_two_citations(citations: tuple[Citation, ...]) -> None:
    assert [source.citations for source in independent(citations, [], Copies())] == [(c.number,) for c in citations]


def test_a_sentence_that_anyone_would_write_is_no_copy() -> None:
    notice = "Fire. Ten people died in the fire, police said."
    report = "Asked at noon, he said that ten people died in the fire before crews came. Nobody knows yet how it began."
    places = place(1, notice), place(2, report, quote="Nobody knows yet how it began.")
    assert len(sources(*places)) == 2
