"""Which articles tell of one matter, and that a value of another one is no report of it."""

from __future__ import annotations

from rag.comparing import compare_articles
from rag.comparing.matter import SAME_MATTER, Matters
from rag.text import terms
from tests.comparing.papers import paper, papers, read

COMMON = frozenset({"peopl", "board", "sunday", "said", "report"})
CRASH = "38 people were on board when the bowls club's coach left the road at Tinker's Bend on Sunday, police said."
ALSO = "Ms Oakshott of the bowls club had ticked off 41 people before the coach set out for Tinker's Bend on Sunday."
FERRY = "131 people were on board the Skerrow Maid when she lost her engine on Sunday, Captain Inch said."


def weight(term: str) -> float:
    """Words that every article has tell little."""
    return 0.2 if term in COMMON else 9.0


def test_a_matter_is_told_by_its_rare_words() -> None:
    crash = paper("Herald", "2025-05-26", CRASH, "38 people")
    also = paper("Courier", "2025-05-26", ALSO, "41 people")
    ferry = paper("Quay", "2025-06-09", FERRY, "131 people")
    matters = Matters((span.hit.passage for span in (crash, also, ferry)), weight)
    assert matters.shared("Courier", ["Herald"]) > SAME_MATTER
    assert matters.shared("Quay", ["Herald", "Courier"]) < SAME_MATTER
    assert matters.shared("Quay", ["Herald", "Quay"]) > 0.99
    assert matters.shared("Quay", []) == 0.0


def test_reports_alone_in_a_folder_are_of_one_matter_though_nothing_in_it_is_rare() -> None:
    crash = paper("Herald", "2025-05-26", CRASH, "38 people")
    also = paper("Courier", "2025-05-26", ALSO, "41 people")
    own = {term: 0.2 for text in (CRASH, ALSO) for term in terms(text)}  # what both have, by BM25's idf
    matters = Matters((crash.hit.passage, also.hit.passage), lambda term: own.get(term, 1.6))
    assert matters.shared("Courier", ["Herald"]) > SAME_MATTER


def test_a_number_of_another_matter_is_no_other_report() -> None:
    crash = paper("Herald", "2025-05-26", CRASH, "38 people", 5.0)
    ferry = paper("Quay", "2025-05-26", FERRY, "131 people", 4.0)
    asked = read("How many people were on board?", crash, ferry)
    assert compare_articles([crash], asked, papers, weight=weight) is None


def test_a_report_counts_however_low_it_was_found() -> None:
    crash = paper("Herald", "2025-05-26", CRASH, "38 people", 5.0, score=1.0)
    also = paper("Courier", "2025-05-26", ALSO, "41 people", -1.0, score=0.1)
    found = compare_articles([crash], read("How many people were on the coach?", crash, also), papers, weight=weight)
    assert found is not None
    assert [value.text for value in found.agreement.values] == ["38 people", "41 people"]


def test_a_sure_bare_number_counts() -> None:
    one = paper("Herald", "2025-05-26", "134 flights were called off at Haugnes.", "134 flights", 5.0)
    other = paper("Quay", "2025-05-26", "The number of flights called off at Haugnes stands at 88.", "88", 3.0)
    unsure = paper("Quay", "2025-05-26", "The number of flights called off at Haugnes stands at 88.", "88", 1.0)
    asked = "How many flights were called off at Haugnes?"
    found = compare_articles([one], read(asked, one, other), papers)
    assert found is not None
    assert [value.text for value in found.agreement.values] == ["134 flights", "88"]
    assert compare_articles([one], read(asked, one, unsure), papers) is None
