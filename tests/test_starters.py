"""Questions to begin with: made of sentences, proven by asking, kept in a file."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

import rag
from rag.starters import CACHE, Proposal, load_starters, propose, save_starters, starters
from rag.store import Snapshot
from rag.types import Answer, Article, Citation
from tests.conftest import make_article
from tests.newsroom import write_newsroom


def proposed(sentence: str) -> list[tuple[str, str]]:
    return [(each.question, each.answer) for each in propose([make_article(sentence)], 9)]


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("Ada Quill, the harbour master of Port Ness, shut the gate.",
         "Who is the harbour master of Port Ness?", "Ada Quill"),
        ("“It is like changing a tyre,” said Ada Quill, the county’s chief bridge engineer.",
         "Who is the county’s chief bridge engineer?", "Ada Quill"),
        ("The flood was predicted, said Ada Quill, head of the Ness Weather Centre.",
         "Who is the head of the Ness Weather Centre?", "Ada Quill"),
        ("President Omar Vance of Lomond took the train.", "Who is the president of Lomond?", "Omar Vance"),
        ("Russian President Vladimir Putin took the train.", "Who is the Russian president?", "Vladimir Putin"),
        ("Captain Ada Quill becomes harbour master of Port Ness on 2 June.",
         "Who becomes harbour master of Port Ness?", "Ada Quill"),
        ("Ada Quill, who chairs the island's community council, has two worries.",
         "Who chairs the island's community council?", "Ada Quill"),
        ("Omar Lind, a baker from Ness, won the national bread prize with a rye loaf.",
         "Who won the national bread prize?", "Omar Lind"),
        ("The junior sailing prize went to Bea Lomond, who is 12.",
         "Who did the junior sailing prize go to?", "Bea Lomond"),
        ("More than 700 people marched through Port Ness today against the plan.",
         "How many people marched through Port Ness?", "700"),
        ("Fifty-seven boats started in the 112th Ness Regatta, a day late.",
         "How many boats started in the 112th Ness Regatta?", "Fifty-seven"),
        ("Seventeen lorries were turned back.", "How many lorries were turned back?", "Seventeen"),
        ("The Ness Packet Company has ordered two battery-powered ferries for the run to Skerry.",
         "How many battery-powered ferries has the Ness Packet Company ordered?", "two"),
        ("Engineers found 17 cracks in its piers.", "How many cracks did engineers find?", "17"),
        ("It closed after engineers found 17 cracks in its piers.", "How many cracks did engineers find?", "17"),
        ("Ada Quill said the bridge repair would cost £4.2 million.",
         "How much would the bridge repair cost?", "£4.2 million"),
        ("The cold store was built in 1974 and extended in 2003.", "When was the cold store built?", "1974"),
    ],
)  # fmt: skip
def test_a_sentence_and_its_question(sentence: str, question: str, answer: str) -> None:
    assert proposed(sentence) == [(question, answer)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Quill, the leader, said nothing.",  # of what?
        "Ada Quill, the company's chief executive, said nothing.",  # of which one?
        "Ada Quill, the former mayor of Ness, said nothing.",
        "Ada Quill, the mayor of Quill, said nothing.",  # gives the answer away
        "Ada Quill, the woman who found the baby, said nothing.",  # no office
        "Ada Quill, the mayor of our town, said nothing.",
        "Lake Mead, the head of the Colorado system, is low.",  # a place
        "Ada Quill said the new bridge repair would cost £4.2 million.",
        "She counted 31 lost days.",
        "It has found 17 cracks.",
        "Engineers found 17 years of neglect.",
        "Engineers found 1974 cracks.",  # perhaps a year
        "Ada Quill, who founded the group, told them.",
        "Ada Quill, who won Thursday's race, walked home.",
        "The sums won by Ada Quill have not changed.",
        "Has Ada Quill won the Ness Cup?",
        "Ada Quill, head of Gold Inc., said nothing.",  # the name is cut
    ],
)
def test_what_would_read_oddly_is_not_asked(sentence: str) -> None:
    assert proposed(sentence) == []


def test_articles_and_kinds_of_question_come_by_turns() -> None:
    articles = [
        make_article("Ada Quill, the mayor of Ness, spoke.\n\nThe cold store was built in 1974.", "a"),
        make_article("Omar Lind, the mayor of Skerry, spoke.", "b"),
        make_article("Engineers found 17 cracks.", "c"),
        make_article("Engineers found 17 cracks.", "again"),
        make_article("Nothing to see.", "d"),
    ]
    wanted = [
        Proposal("Who is the mayor of Ness?", "Ada Quill", "a"),
        Proposal("How many cracks did engineers find?", "17", "c"),
        Proposal("Who is the mayor of Skerry?", "Omar Lind", "b"),
        Proposal("When was the cold store built?", "1974", "a"),
    ]
    assert propose(articles, 9) == wanted
    assert propose(iter(articles), 2) == wanted[:2]
    assert propose([], 9) == []


class Says:
    """Answers as it is told to: text, confidence and whom it cites, by question."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = {answer.question: answer for answer in answers}
        self.asked: list[str] = []

    def answer(self, question: str) -> Answer:
        self.asked.append(question)
        return self.answers[question]


NESS, SKERRY, LOMOND = (
    make_article(f"{name}, the mayor of {place}, spoke.\n\nThe {place} hall was built in {year}.", place)
    for name, place, year in (("Ada Quill", "Ness", 1974), ("Omar Lind", "Skerry", 1980), ("Una Roe", "Lomond", 1991))
)


def right(question: str, text: str, article: Article) -> Answer:
    citation = Citation(1, article.source, article.text, 0, len(article.text))
    return Answer(question, text, False, None, 0.9, article.text, (citation,))


RIGHT = (
    right("Who is the mayor of Ness?", "Mayor Ada Quill", NESS),
    right("Who is the mayor of Skerry?", "Lind", SKERRY),
    right("Who is the mayor of Lomond?", "Una Roe", LOMOND),
    right("When was the Ness hall built?", "1974", NESS),
    right("When was the Skerry hall built?", "1980", SKERRY),
    right("When was the Lomond hall built?", "1991", LOMOND),
)


def test_questions_from_different_articles_come_first() -> None:
    says = Says(*RIGHT)
    assert starters(says, [NESS, SKERRY, LOMOND], wanted=2) == [a.question for a in RIGHT[:2]]
    assert says.asked == [a.question for a in RIGHT[:2]]
    assert starters(says, [NESS, SKERRY, LOMOND]) == [a.question for a in RIGHT[:4]]
    assert starters(says, [NESS, SKERRY, LOMOND], tries=1) == [RIGHT[0].question]
    assert starters(says, []) == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT[0], abstained=True),
        replace(RIGHT[0], confidence=0.79),
        replace(RIGHT[0], text="Omar Lind"),
        replace(RIGHT[0], citations=RIGHT[1].citations),
        replace(RIGHT[0], citations=()),
    ],
)
def test_an_answer_that_is_not_the_one_meant_is_left_out(wrong: Answer) -> None:
    assert starters(Says(wrong, *RIGHT[1:]), [NESS]) == ["When was the Ness hall built?"]


def test_the_toy_newsroom(tmp_path: Path) -> None:
    rag.build_index(articles=write_newsroom(tmp_path / "news"), index=tmp_path / "index")
    snapshot = Snapshot.open(tmp_path / "index")
    articles = [snapshot.article(i) for i in range(len(snapshot.sources))]
    assert [each.question for each in propose(articles, 9)] == [
        "Who won the national bread prize?",
        "How many lorries were turned back?",
        "How many cracks did engineers find?",
    ]
    assistant = rag.Assistant.open(index=tmp_path / "index")
    found = starters(assistant, articles)
    assert "How many cracks did engineers find?" in found
    assert not any(assistant.answer(question).abstained for question in found)


def test_kept_questions_are_those_of_one_build(tmp_path: Path) -> None:
    assert load_starters(tmp_path, "b1") is None
    save_starters(tmp_path, "b1", ["Who is the mayor of São Ness?"])
    assert load_starters(tmp_path, "b1") == ["Who is the mayor of São Ness?"]
    assert load_starters(tmp_path, "b2") is None
    save_starters(tmp_path, "b2", [])
    assert load_starters(tmp_path, "b2") == []
    assert [path.name for path in tmp_path.iterdir()] == [CACHE]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"build": "b1"}', '{"build": "b1", "questions": "W?"}', '{"build": "b1", "questions": [1]}'],
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / CACHE).write_text(text, "utf-8")
    assert load_starters(tmp_path, "b1") is None


def test_an_index_that_cannot_be_written_keeps_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_starters(tmp_path / "nowhere", "b1", ["Who?"])
    save_starters(tmp_path, "b1", ["Who?"])

    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "replace", full)
    save_starters(tmp_path, "b1", ["When?"])
    assert json.loads((tmp_path / CACHE).read_text("utf-8")) == {"build": "b1", "questions": ["Who?"]}
    assert [path.name for path in tmp_path.iterdir()] == [CACHE]
