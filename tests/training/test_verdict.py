"""Yes or No: the measure by hand, the rows, and a tiny model that learns a task as easy as can be."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ArticlesError, ModelError
from rag.training.verdict import Accuracy, YesNo, accuracy, read_yes_no, try_verdicts

ROW = {"id": "b1", "context": "It is red.", "question": "is it red", "verdict": True}


def judged(yes: list[float], verdicts: list[bool]) -> Accuracy:
    return accuracy(np.array(yes, np.float32), np.array(verdicts))


def test_accuracy_by_hand() -> None:
    #              right  right  wrong  right  wrong  right  right
    found = judged([2.0, -1.0, 0.5, -3.0, -0.1, 0.2, 0.3], [True, False, False, False, True, True, True])
    assert (found.rows, found.right, found.majority) == (7, 5 / 7, 4 / 7)
    assert found.surest == 1.0  # of -3.0 and 2.0, a third of 7 rounded down


@pytest.mark.parametrize(
    ("right", "low", "high"),
    [
        (8, 0.4902, 0.9433),  # as published for 8 of 10
        (5, 0.2366, 0.7634),
        (0, 0.0, 1.96**2 / (10 + 1.96**2)),
        (10, 10 / (10 + 1.96**2), 1.0),
    ],
)
def test_the_interval_is_wilsons(right: int, low: float, high: float) -> None:
    found = judged([1.0] * 10, [True] * right + [False] * (10 - right))
    assert (found.right, found.majority) == (right / 10, max(right, 10 - right) / 10)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_the_surest_are_those_farthest_from_either() -> None:
    assert judged([-9.0, 0.1, 0.2], [False, False, False]).surest == 1.0
    assert judged([-9.0, 0.1, 0.2], [True, True, True]).surest == 0.0
    assert judged([1.0, -5.0, 4.0, 0.1, 0.1, 0.1], [True, True, True, True, True, True]).surest == 1 / 2
    assert judged([0.0], [False]) == Accuracy(1, 1.0, pytest.approx(1 / (1 + 1.96**2)), pytest.approx(1.0), 1.0, 1.0)


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_are_read_plain_and_packed(tmp_path: Path, name: str) -> None:
    data = lines(ROW, {**ROW, "verdict": False})
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert read_yes_no(tmp_path / name) == [
        YesNo("is it red", "It is red.", True),
        YesNo("is it red", "It is red.", False),
    ]


def complaint(path: Path) -> str:
    with pytest.raises(ArticlesError) as caught:
        read_yes_no(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        b"{oops\n",
        b"\n",
        b"3\n",
        lines({"question": "is it red", "context": "It is red."}),
        lines({**ROW, "verdict": "false"}),  # a text is neither
        lines({**ROW, "verdict": 0}),
        lines({**ROW, "verdict": None}),
        lines({**ROW, "question": 3}),
        lines({**ROW, "context": None}),
    ],
)
def test_a_line_that_is_no_row_is_named(tmp_path: Path, bad: bytes) -> None:
    (tmp_path / "rows.jsonl").write_bytes(lines(ROW, ROW) + bad)
    assert "line 3: not a yes/no row" in complaint(tmp_path / "rows.jsonl")


def test_a_missing_an_empty_and_a_spoiled_file_are_named(tmp_path: Path) -> None:
    assert "No such file" in complaint(tmp_path / "none.jsonl")
    (tmp_path / "rows.jsonl").write_bytes(b"")
    assert "holds no yes/no row" in complaint(tmp_path / "rows.jsonl")
    data = gzip.compress(lines(*({**ROW, "id": n * n} for n in range(2000))))
    for spoiled in (data[: len(data) // 2], data[:10] + b"\xff" * 64 + data[74:], b"not gzip at all"):
        (tmp_path / "rows.jsonl.gz").write_bytes(spoiled)
        complaint(tmp_path / "rows.jsonl.gz")


def toys(count: int, seed: int) -> list[YesNo]:
    """Whether the context holds the word red; a third of the rows say yes."""
    rng = random.Random(seed)
    rows = []
    for n in range(count):
        words = rng.sample(["blue", "green", "small", "round", "old", "new", "near", "far"], 5)
        words.insert(rng.randrange(6), "red" if n % 3 == 0 else "grey")
        rows.append(YesNo("is it red?", " ".join(words), n % 3 == 0))
    return rows


@pytest.mark.usefixtures("one_thread")
def test_a_tiny_model_learns_an_easy_task(tiny: str) -> None:
    train, validation = toys(240, 0), toys(60, 1)
    before = try_verdicts(train, validation, init=tiny, epochs=0)
    assert (before.rows, before.majority) == (60, pytest.approx(2 / 3))
    assert before.right <= 2 / 3 + 0.1  # a head drawn at random
    found = try_verdicts(train, validation, init=tiny, epochs=4, learning_rate=1e-2)
    assert (found.right, found.surest, found.majority) == (1.0, 1.0, pytest.approx(2 / 3))
    assert found.low == pytest.approx(60 / (60 + 1.96**2))
    assert found == try_verdicts(train, validation, init=tiny, epochs=4, learning_rate=1e-2)


def test_a_model_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        try_verdicts(toys(1, 0), toys(1, 0), init=str(tmp_path / "nowhere"))
