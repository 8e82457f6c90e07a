"""Training runs that learn from other readers (train.py, `teachers`)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.eval.reader import predict
from rag.reading.extractive import ExtractiveReader
from tests.training.test_train import ROWS, make
from tests.training.toys import quick, toy_rows

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
]

SILENT = [replace(row, answers=(), starts=()) for row in ROWS]


def test_a_teacher_is_learned_from_by_its_weight(tiny: str, tmp_path: Path) -> None:
    teacher = make(quick(), tmp_path / "teacher", tiny)
    teacher.run()
    taught = {}
    for weight in (0.0, 1.0):  # rows that say "no answer", a teacher that knows better
        run = make(quick(steps=40, teacher_weight=weight), tmp_path / str(weight), tiny, SILENT,
                   teachers=[str(teacher.model_folder)])  # fmt: skip
        run.run()
        found = list(predict(toy_rows(40, seed=9), ExtractiveReader(str(run.model_folder))))
        taught[weight] = sum(p.margin > 0 and p.em == 1 for p in found)
    assert taught == {0.0: 0, 1.0: 40}


def test_two_teachers_count_as_their_mean(tiny: str, tmp_path: Path) -> None:
    """A teacher of answers and one of silence: their student is torn between the two."""
    runs = [make(quick(), tmp_path / name, tiny, rows) for name, rows in (("answers", ROWS), ("silence", SILENT))]
    for run in runs:
        run.run()
    teachers = [str(run.model_folder) for run in runs]
    student = make(quick(steps=40, teacher_weight=1.0), tmp_path / "student", tiny, SILENT, teachers=teachers)
    student.run()
    margins = {
        folder: [p.margin for p in predict(toy_rows(40, seed=9), ExtractiveReader(str(folder)))]
        for folder in (*teachers, student.model_folder)
    }
    assert min(margins[teachers[0]]) > 5 > -5 > max(margins[teachers[1]])
    assert max(map(abs, margins[student.model_folder])) < 1.5
