"""The card of a run, by hand."""

from __future__ import annotations

import datetime
from pathlib import Path

import torch

from rag.training.card import write_card
from tests.training.toys import plain


def card(folder: Path, **changes: object) -> list[str]:
    about = {"init": "models/minilm", "teachers": [], "rows": {"a": 12345, "b": 7}, "steps": 1234, "seconds": 3570.0,
             "validation": {}, **changes}  # fmt: skip
    write_card(folder, plain(sets={"a": 1.0, "b": 0.15, "unused": 0.0}, steps=9), **about)
    return (folder / "README.md").read_text("utf-8").splitlines()


def test_the_card_says_what_a_reader_is_made_of(tmp_path: Path) -> None:
    lines = card(tmp_path)
    assert lines[0] == "# A reader trained by `python -m rag.training train`"
    assert lines[2].startswith("First weights: minilm. Teachers: none. 1,234 steps in 60 minutes on ")
    assert lines[2].endswith(f", torch {torch.__version__}, {datetime.date.today().isoformat()}.")
    assert lines[4:8] == [
        "| trained on | rows | times an epoch |",
        "|---|---:|---:|",
        "| a | 12,345 | 1 |",
        "| b | 7 | 0.15 |",
    ]
    assert lines[9].startswith("Recipe: whole (), together 0.0, annotator random, neighbours 0.0, ")
    assert "steps 9, learning_rate 0.00014, " in lines[9]
    assert lines[9].endswith(", patience 3, seed 0.")
    assert "sets" not in lines[9]
    assert len(lines) == 10


def test_teachers_are_named(tmp_path: Path) -> None:
    assert "Teachers: one, two." in card(tmp_path, teachers=["runs/one", "/abs/two"])[2]


def test_every_validation_file_is_a_row_and_what_it_lacks_a_dash(tmp_path: Path) -> None:
    figures = {"rows": 1223.0, "f1": 59.7321, "has_em": 61.7, "auroc": 0.70456, "em": 99.0, "ece": 0.01234}
    few = {"rows": 3.0, "fair_f1": 100.0, "no_em": 0.0}
    lines = card(tmp_path, validation={"data/wiki.jsonl.gz": figures, "dev": few})
    assert lines[11:] == [
        "| validation | rows | f1 | best_f1 | fair_f1 | has_em | has_f1 | no_em | auroc | ece |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        "| wiki | 1223 | 59.73 | – | – | 61.7 | – | – | 0.7046 | 0.01234 |",
        "| dev | 3 | – | – | 100 | – | – | 0 | – | – |",
    ]


def test_a_card_replaces_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x" * 9999)
    assert len(card(tmp_path)) == 10
