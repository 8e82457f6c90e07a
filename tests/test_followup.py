from __future__ import annotations

import pytest

from rag.followup import Resolved, follows_up, resolve


@pytest.mark.parametrize(
    "question",
    [
        "And how many of them were women?",
        "and in Guatemala?",
        "But who paid?",
        "What about France?",
        "Why?",
        "How many?",
        "Who said that?",
        "How much will it cost?",
        "When did he resign?",
        "Did they visit Panama?",
        "Who else?",
        "Why is that so?",
        "What are its piers made of?",
    ],
)
def test_a_question_that_points_back(question: str) -> None:
    assert follows_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "Who won the Nettle Hill by-election?",
        "How many cracks did engineers find?",
        "What did Rubio say about his visit?",
        "How much will it cost to repair Cinder Bridge?",
        "What is the name of the ship that sank?",
        "Who is Bukele?",
        "Andorra won what?",
        "Which articles say that the fire was arson?",
        "",
        "???",
        "🥖",
        "橋はいつ閉鎖されましたか、市長は誰ですか",
    ],
)
def test_a_question_that_stands_alone(question: str) -> None:
    assert not follows_up(question)


def test_only_a_question_that_points_back_is_searched_for_behind_earlier_turns() -> None:
    turns = [
        ("Who leads Foss council?", "Omar"),
        ("Who won the by-election?", "Ada Quill"),
        ("Where was it?", "in Foss"),
    ]
    searched = "Who won the by-election? Ada Quill Where was it? in Foss And when?"  # back to what stands alone
    assert resolve("And when?", turns) == Resolved(searched, "And when?")
    assert resolve("And when?", turns[:2]) == Resolved("Who won the by-election? Ada Quill And when?", "And when?")
    assert resolve("And when?", [("Where was it?", "")]) == Resolved("Where was it? And when?", "And when?")
    assert resolve("What is the capital of Australia?", turns) == Resolved(*["What is the capital of Australia?"] * 2)
    assert resolve("And when?", []) == Resolved("And when?", "And when?")
