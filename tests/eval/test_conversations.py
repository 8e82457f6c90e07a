"""Whole conversations, through the command, over the toy newsroom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rag
from rag.eval.__main__ import main
from rag.eval.conversations import SAMPLE, read_conversations
from rag.store import Snapshot
from tests.newsroom import write_newsroom

TALKS = [
    {
        "id": "bridge",
        "turns": [
            {"question": "How many cracks did engineers find?", "answers": ["17"]},
            {"question": "And who said what the repair would cost?", "answers": ["Ines Calder"]},
            {"question": "What is the capital of Australia?", "answers": []},
        ],
    },
    {"id": "bread", "turns": [{"question": "Who won the national bread prize?", "answers": ["Nobody"]}]},
]


def test_each_turn_is_asked_with_those_before_it_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rag.build_index(articles=write_newsroom(tmp_path / "news"), index=tmp_path / "index")
    file, out = tmp_path / "talks.jsonl", tmp_path / "talks.md"
    file.write_text("\n".join(map(json.dumps, TALKS)), "utf-8")
    assert main(["conversations", "--file", str(file), "--index", str(tmp_path / "index"), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    told = shown.splitlines()[-1]
    assert told.startswith("Right, turn 1: 1 of 2 (")
    assert "; turn 2: 1 of 1 (100% to 100%); turn 3: 1 of 1 (" in told
    text = out.read_text("utf-8")
    assert [line for line in text.splitlines() if line.strip() and line not in shown.splitlines()] == [
        "# Conversations, as they came"
    ]
    assert "searched for: How many cracks did engineers find? 17 And who said what the repair would cost?" in text
    assert "Ines Calder (" in text
    assert "   - The articles do not say.: right" in text
    assert "   - closest passage, no answer (" in text
    assert ": wrong; wanted: Nobody" in text


def test_articles_are_indexed_for_the_occasion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news, file = write_newsroom(tmp_path / "news"), tmp_path / "talks.jsonl"
    file.write_text(json.dumps(TALKS[0]), "utf-8")
    assert main(["conversations", "--file", str(file), "--articles", str(news)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Right, turn 1: 1 of 1 (")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no conversation; each line is like"),
        ("[]", ":1 is no conversation ("),
        ('{"id": "a", "turns": [{"question": "Who?"}]}', ":1 is no conversation (KeyError('answers'))"),
        ('{"id": "a", "turns": []}', "it has no turn"),
        (
            '{"id": "a", "turns": [{"question": "Who?", "answers": "Ines"}]}',
            "answers must be a list of texts, found 'Ines'",
        ),
        ('{"id": "a", "turns": [{"question": " ?", "answers": []}]}', "a question must be a text, found ' ?'"),
        (
            "\n".join(['{"id": "a", "turns": [{"question": "Who?", "answers": []}]}'] * 2),
            "two conversations have the id 'a'",
        ),
    ],
)
def test_what_is_no_conversation_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (tmp_path / "talks.jsonl").write_text(text, "utf-8")
    assert main(["conversations", "--file", str(tmp_path / "talks.jsonl")]) == 2
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert said in shown


def test_the_samples_conversations_are_twenty_of_three_turns_and_their_answers_stand_in_the_articles(
    tmp_path: Path,
) -> None:
    talks = read_conversations(SAMPLE)
    assert [len(one.turns) for one in talks] == [3] * 20
    assert len({one.name for one in talks}) == 20
    assert sum(not row.answerable for one in talks for row in one.turns) == 7
    rag.build_index(articles=SAMPLE.parent / "articles", index=tmp_path / "index")
    snapshot = Snapshot.open(tmp_path / "index")
    text = "\n".join(snapshot.article(number).text for number in range(len(snapshot.sources))).casefold()
    assert [gold for one in talks for row in one.turns for gold in row.answers if gold.casefold() not in text] == []
