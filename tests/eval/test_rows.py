"""SQuAD-style rows, and what is said about a line that is none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rag.errors import ArticlesError
from rag.eval.rows import Row, read_rows, with_history

ROW = {
    "id": "q1",
    "context": "Né 43\u2028left.",
    "question": "How many?",
    "answers": {"text": ["43", "43\u2028left"], "answer_start": [3, 3]},
    "is_impossible": False,
}
WITHOUT = {**ROW, "id": 2, "is_impossible": True, "answers": {"text": ["plausible"], "answer_start": [0]}}


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def complaint(path: Path) -> str:
    with pytest.raises(ArticlesError) as caught:
        list(read_rows([path]))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_are_read_plain_and_packed(tmp_path: Path, name: str) -> None:
    data = lines(ROW, WITHOUT)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert list(read_rows([tmp_path / name])) == [
        Row("q1", "Né 43\u2028left.", "How many?", ("43", "43\u2028left"), (3, 3)),
        Row("2", "Né 43\u2028left.", "How many?", ()),
    ]


def test_a_row_knows_its_spans_and_its_history(tmp_path: Path) -> None:
    told = [{"question": "Who left?", "answer": "Rubio"}, {"question": "When?", "answer": "on Monday"}]
    (tmp_path / "rows.jsonl").write_bytes(lines({**ROW, "history": told}))
    (row,) = read_rows([tmp_path / "rows.jsonl"])
    assert row.history == (("Who left?", "Rubio"), ("When?", "on Monday"))
    assert row.spans == ((3, 5), (3, 10))
    assert [row.context[start:end] for start, end in row.spans] == list(row.answers)
    assert with_history(row, 0) == "How many?"
    assert with_history(row, 1) == "When? on Monday How many?"
    assert with_history(row, 2) == with_history(row, 9) == "Who left? Rubio When? on Monday How many?"


def official(*asked: object) -> bytes:
    """The form of SQuAD's own files."""
    paragraphs = [{"context": "Né 43\u2028left.", "qas": asked}, {"context": "", "qas": []}]
    return json.dumps({"version": "v2.0", "data": [{"title": "t", "paragraphs": paragraphs}]}).encode()


ASKED = {"id": "o1", "question": "How many?", "answers": [{"text": "43", "answer_start": 3}]}


def test_squads_own_files_are_read(tmp_path: Path) -> None:
    missing = {"id": "o2", "question": "Why?", "is_impossible": True, "answers": [],
               "plausible_answers": [{"text": "left", "answer_start": 6}]}  # fmt: skip
    (tmp_path / "dev.json").write_bytes(official(ASKED, missing))
    assert list(read_rows([tmp_path / "dev.json"])) == [
        Row("o1", "Né 43\u2028left.", "How many?", ("43",), (3,)),
        Row("o2", "Né 43\u2028left.", "Why?", ()),
    ]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (official(ASKED, {**ASKED, "id": "o2", "answers": [{"text": "43", "answer_start": 4}]}), "question 'o2'"),
        (official(ASKED, {**ASKED, "id": "o2", "answers": []}), "answerable, but without an answer"),
        (b'{"data": 3}', "data"),
        (b"[]", "data"),
        (b"{oops", "data"),
        (b"\xff", "data"),
    ],
)
def test_what_is_not_in_the_form_of_squads_files_is_named(tmp_path: Path, data: bytes, named: str) -> None:
    (tmp_path / "dev.json").write_bytes(data)
    message = complaint(tmp_path / "dev.json")
    assert message.startswith(f"{tmp_path / 'dev.json'}, ")
    assert "not in the form of SQuAD's own files" in message
    assert named in message


def test_files_are_read_in_the_order_given(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_bytes(lines({**ROW, "id": name}))
    assert [row.row_id for row in read_rows([tmp_path / "b", str(tmp_path / "a")])] == ["b", "a"]


@pytest.mark.parametrize(
    "bad",
    [
        b"{oops\n",
        b"[]\n",
        b"3\n",
        lines({"id": 1}),
        lines({**ROW, "answers": None}),
        lines({**ROW, "answers": {}}),
        lines({**ROW, "answers": {"text": [], "answer_start": []}}),
        lines({**ROW, "answers": {"text": ["43"], "answer_start": [4]}}),
        lines({**ROW, "answers": {"text": ["ft"], "answer_start": [-3]}}),
        lines({**ROW, "answers": {"text": [""], "answer_start": [3]}}),
        lines({**WITHOUT, "context": None}),
        lines({**WITHOUT, "question": 3}),
        json.dumps({**WITHOUT, "question": "Who \ud83d?"}).encode() + b"\n",
        lines({**ROW, "answers": {"text": ["43", "left"], "answer_start": [3]}}),
        lines({**ROW, "history": [{"question": "Who?"}]}),
        b"\xff\n",
        b"\n",
    ],
)
def test_a_line_that_is_no_row_is_named(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(lines(ROW, ROW) + bad)
    message = complaint(path)
    assert str(path) in message
    assert "not a SQuAD-style row" in message
    if b"\xff" not in bad:  # text is decoded in blocks, so the line of a bad byte is not known
        assert "line 3:" in message


def test_rows_before_the_bad_one_are_given(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(lines(ROW) + b"{\n")
    rows = read_rows([path])
    assert next(rows).row_id == "q1"
    with pytest.raises(ArticlesError):
        next(rows)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "No such file" in complaint(tmp_path / "rows.jsonl")


def packed(tmp_path: Path) -> tuple[Path, bytes]:
    many = lines(*({**ROW, "id": f"row {n}", "context": f"{ROW['context']} {n * n}"} for n in range(2000)))
    return tmp_path / "rows.jsonl.gz", gzip.compress(many)


def test_a_cut_archive_is_named(tmp_path: Path) -> None:
    path, data = packed(tmp_path)
    path.write_bytes(data)
    assert len(list(read_rows([path]))) == 2000
    for cut in (data[: len(data) // 2], data[:5], b"not gzip at all"):
        path.write_bytes(cut)
        assert str(path) in complaint(path)


def test_an_archive_with_spoiled_bytes_is_named(tmp_path: Path) -> None:
    path, data = packed(tmp_path)
    path.write_bytes(data[:-8] + b"\xff" * 8)  # the checksum at the end
    assert str(path) in complaint(path)


def test_an_archive_that_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    path, data = packed(tmp_path)
    path.write_bytes(data[:10] + b"\xff" * 64 + data[74:])
    assert str(path) in complaint(path)
