"""Follow-ups measured over two toy dialogues, with the real index and reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.eval.__main__ import main
from rag.eval.followups import retold
from rag.eval.rows import Row

BRIDGE = "The old bridge over the Tarn closed on Tuesday after engineers found 17 cracks. Mayor Ines Calder wept."
BAKER = (
    "Omar Lindqvist, a baker from Marlow, won the national bread prize with a rye loaf. He will travel to Lyon in May."
)


def rows_file(folder: Path) -> Path:
    rows = []
    for name, context, dialogue in (
        (
            "b",
            BRIDGE,
            [
                ("Why did the bridge over the Tarn close?", "engineers found 17 cracks"),
                ("Who wept about it?", "Ines Calder"),
            ],
        ),
        ("o", BAKER, [("Who won the national bread prize?", "Omar Lindqvist"), ("Where will he travel?", "Lyon")]),
    ):
        history: list[dict[str, str]] = []
        for n, (question, answer) in enumerate(dialogue):
            row = {"id": f"{name}{n}", "context": context, "question": question, "is_impossible": False}
            row["answers"] = {"text": [answer], "answer_start": [context.index(answer)]}
            rows.append({**row, "history": list(history)})
            history.append({"question": question, "answer": answer})
    path = folder / "turns.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_turns_are_searched_and_read_in_three_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    assert main(["followups", "--data", str(rows_file(tmp_path)), "--json", str(out)]) == 0
    assert "later, pointing back, 2" in capsys.readouterr().out
    told = json.loads(out.read_text())
    turn = told["turns"]["o1"]
    assert turn["alone"]["search"] == turn["alone"]["read"] == "Where will he travel?"
    assert turn["resolved"]["search"] == "Who won the national bread prize? Omar Lindqvist Where will he travel?"
    assert turn["resolved"]["read"] == "Where will he travel?"
    assert turn["after last turn"]["read"].startswith("Who won the national bread prize?")
    assert turn["resolved"]["article_hit@1"] == 1.0
    assert told["groups"]["later turns"]["article_hit@5"]["resolved"]["value"] == 1.0
    assert told["groups"]["first turns"]["article_rr@10"]["resolved beyond alone"]["gain"] == 0


def test_earlier_turns_can_be_silent_or_the_assistants_own(tmp_path: Path) -> None:
    searched = {}
    for earlier in ("silent", "own"):
        out = tmp_path / f"{earlier}.json"
        assert main(["followups", "--data", str(rows_file(tmp_path)), "--earlier", earlier, "--json", str(out)]) == 0
        searched[earlier] = json.loads(out.read_text())["turns"]["b1"]["resolved"]["search"]
    assert searched["silent"] == "Why did the bridge over the Tarn close? Who wept about it?"
    assert searched["own"].startswith("Why did the bridge over the Tarn close? ")
    assert searched["own"].endswith(" Who wept about it?")


def test_each_earlier_turn_is_answered_once_with_those_before_it() -> None:
    asked = []

    def answer(question, history):
        asked.append((question, [*history]))
        return question.upper()

    rows = [Row("1", "c", "x", (), (), (("a", "gold"),)), Row("2", "c", "y", (), (), (("a", "gold"), ("b", "gold")))]
    assert [row.history for row in retold(rows, answer)] == [(("a", "A"),), (("a", "A"), ("b", "B"))]
    assert asked == [("a", []), ("b", [("a", "A")])]


def test_rows_without_a_history_and_odd_numbers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plain.jsonl"
    first = json.loads(rows_file(tmp_path).read_text().splitlines()[0])
    path.write_text(json.dumps({k: v for k, v in first.items() if k != "history"}) + "\n", "utf-8")
    assert main(["followups", "--data", str(path)]) == 2
    assert "no row has a history" in capsys.readouterr().err
    assert main(["followups", "--data", str(path), "--limit", "0"]) == 2
    assert "--limit must be at least 1, found 0." in capsys.readouterr().err
