from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.silence import conflict, explain
from rag.silence.relevance import missing, relevant, shared
from rag.types import Agreement, Citation, Difference, Reason, Silence, Value
from tests.silence.toy import ToyArchive, hit

NEWS = [
    hit("The ferry Skerrow stopped. Nobody was hurt.", "A ferry stops", "2025-05-12"),
    hit("Ann Roper won the harbour race.", "The race", "2025-05-20"),
]
ARCHIVE = ToyArchive(NEWS)
CLOSEST = Citation(1, NEWS[1].passage.source, "Ann Roper won the harbour race.", 0, 31)


def table(difference: Difference = Difference.CONFLICT) -> Agreement:
    return Agreement(difference, (Value("31", (CLOSEST,), 1), Value("38", (CLOSEST, CLOSEST), 2)))


@pytest.mark.parametrize(
    ("question", "silence"),
    [
        (
            "Who owns the ferry Skerow?",
            Silence(Reason.UNKNOWN_NAME, "“Skerow” stands in none of the articles.", "Did you mean “Skerrow”?"),
        ),
        (
            "Who is Marisol Fenwright?",
            Silence(
                Reason.UNKNOWN_NAME,
                "“Marisol Fenwright” stands in none of the articles.",
                "Check the spelling, or add articles that tell of Marisol Fenwright.",
            ),
        ),
        (
            "Who won the harbour race in 2019?",
            Silence(
                Reason.OUTSIDE_DATES,
                "The articles are from 12 May 2025 to 20 May 2025, and nothing found tells of 2019.",
                "Ask about the time from 12 May 2025 to 20 May 2025, or add articles of the time you mean.",
            ),
        ),
        (
            "Who was hurt when the ferry stopped?",
            Silence(
                Reason.PREMISE,
                "The Echo (12 May 2025) says: “Nobody was hurt.”",
                "Ask without taking it for granted, or read “A ferry stops”.",
            ),
        ),
        (
            "What are the symptoms of measles?",
            Silence(
                Reason.NOTHING_RELEVANT,
                "No article has the word “symptoms” or “measles”.",
                "Ask in other words, or add articles about it.",
            ),
        ),
        (
            "How old is Ann Roper of the harbour race?",
            Silence(
                Reason.NO_ANSWER,
                "The closest passage is in “The race”; it may hold the answer, but not surely enough.",
                "Read “The race”, or ask in the words of the articles.",
            ),
        ),
    ],
)
def test_explain(question, silence) -> None:
    assert explain(question, NEWS, CLOSEST, ARCHIVE) == silence


def test_a_conflict_is_told_with_its_sides() -> None:
    assert conflict(table()) == Silence(
        Reason.CONFLICT,
        "The articles give “31” (1 source); “38” (2 sources).",
        "Compare the articles, or ask about one publisher or day.",
    )
    assert conflict(table(Difference.UPDATE)) is None


def test_nothing_relevant_at_all() -> None:
    assert explain("How old is the mayor?", [], None, ToyArchive([])).reason is Reason.NOTHING_RELEVANT


@pytest.mark.parametrize(("cosine", "near"), [(0.1, False), (0.62, True)])
def test_meaning_counts_twice(cosine, near) -> None:
    found = [hit("Ann Roper won the harbour race.", cosine=cosine)]
    assert relevant("Which lady came first?", found, ToyArchive(found)) is False
    found = [hit("Ann Roper won the harbour race.", cosine=cosine)]
    assert relevant("Which lady won something?", found, ToyArchive(found)) is near


def test_shared_is_by_weight() -> None:
    archive = ToyArchive(NEWS)
    race, measles = archive.weight("race"), archive.weight("measl")
    assert shared("race measles", NEWS[1], archive) == pytest.approx(race / (race + measles))
    assert shared("", NEWS[1], archive) == 0
    assert missing("race measles measles of", archive) == ["measles"]


def test_long_quotes_are_cut() -> None:
    long = hit(f"The ferry stopped and {'very ' * 200}nobody was hurt.", "ferry " * 100)
    found = explain("Who was hurt when the ferry stopped?", [long], None, ToyArchive([long]))
    assert found.reason is Reason.PREMISE
    assert len(found.detail) < 700
    assert "…" in found.detail


@given(st.text(max_size=200), st.text(max_size=200))
def test_always_says_why(question, text) -> None:
    found = explain(question, [hit(text, text, "2025-05-12", 0.3)], None, ARCHIVE)
    assert found.help
    assert "\n" not in found.help or "\n" in question + text


def test_silence_says_what_it_was_near_to_saying() -> None:
    found = explain("How old is Ann Roper of the harbour race?", NEWS, CLOSEST, ARCHIVE, "41")
    assert found.reason is Reason.NO_ANSWER
    assert "it may hold the answer, perhaps “41”, but not surely enough" in found.detail
