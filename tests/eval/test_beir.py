"""A folder in BEIR's form: what is read of it, what is written of it, and each way in which it can be wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from rag.articles import parse, scan
from rag.errors import ArticlesError, QuestionError, RagError
from rag.eval.beir import read_beir, write_articles
from rag.eval.questions import Evidence, QuestionRow

CORPUS = [
    {"_id": "d1", "title": "Bridge", "text": "Engineers found 17 cracks.", "metadata": {}},
    {"_id": "d2", "title": "", "text": "A baker won a prize."},
    {"_id": "d3", "title": "Only a headline", "text": ""},
    {"_id": 4, "title": "", "text": " "},
]
QUERIES = [{"_id": "q1", "text": "How many cracks?"}, {"_id": "q2", "text": "Who won?"}, {"_id": "q3", "text": "Why?"}]
QRELS = "query-id\tcorpus-id\tscore\nq2\td2\t1\nq2\td1\t0\nq1\td1\t2\nq1\td3\t1\nq3\td1\t0\n"


def write(folder: Path, corpus: Any = CORPUS, queries: Any = QUERIES, qrels: str | None = QRELS) -> Path:
    for name, rows in (("corpus", corpus), ("queries", queries)):
        text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    if qrels is not None:
        (folder / "qrels").mkdir(exist_ok=True)
        (folder / "qrels" / "test.tsv").write_text(qrels, "utf-8")
    return folder


def test_a_split_by_hand(tmp_path: Path) -> None:
    beir = read_beir(write(tmp_path))
    assert beir.rows == (
        QuestionRow("q1", "How many cracks?", "query", evidence=(Evidence("d1"), Evidence("d3"))),
        QuestionRow("q2", "Who won?", "query", evidence=(Evidence("d2"),)),
    )
    assert beir.grades == {"q1": {"d1": 2, "d3": 1}, "q2": {"d2": 1}}
    assert (beir.documents, beir.blank, beir.without) == (4, 1, 1)
    assert beir.corpus_sha256 == hashlib.sha256((tmp_path / "corpus.jsonl").read_bytes()).hexdigest()


def test_another_split_and_other_line_ends(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "qrels" / "dev.tsv").write_bytes(b"\xef\xbb\xbfscore\tquery-id\tcorpus-id\r\n3.0\tq3\td2\r\n\r\n")
    assert read_beir(tmp_path, "dev").grades == {"q3": {"d2": 3}}


def test_the_corpus_becomes_articles(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    write_articles(read_beir(write(tmp_path)), out)
    articles = [parse(record).article for record in scan([out], pytest.fail)]
    assert [(a.source.article_id, a.source.title, a.text) for a in articles] == [
        ("d1", "Bridge", "Engineers found 17 cracks."),
        ("d2", "A baker won a prize.", "A baker won a prize."),
        ("d3", "Only a headline", "Only a headline"),
    ]
    assert not list(tmp_path.glob("*.new"))


def test_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ArticlesError, match=r"There is no folder .*none; give one with corpus"):
        read_beir(tmp_path / "none")
    write(tmp_path, qrels=None)
    with pytest.raises(QuestionError, match=r"has no qrels/\*\.tsv, so nothing is judged"):
        read_beir(tmp_path)
    write(tmp_path)
    (tmp_path / "qrels" / "dev.tsv").write_text(QRELS)
    with pytest.raises(QuestionError, match="has no split 'train'; give --qrels dev or test"):
        read_beir(tmp_path, "train")
    (tmp_path / "queries.jsonl").unlink()
    with pytest.raises(QuestionError, match=r"queries\.jsonl cannot be read"):
        read_beir(tmp_path)


HEAD = "query-id\tcorpus-id\tscore\n"


@pytest.mark.parametrize(
    ("qrels", "told"),
    [
        ("", "test.tsv judges nothing"),
        (HEAD, "test.tsv judges nothing"),
        ("q1\td1\t1\n", r"test\.tsv:1: no column 'query-id' and 'corpus-id' and 'score' in the first line, found 'q1'"),
        ("query-id\tscore\nq1\t1\n", r"test\.tsv:1: no column 'corpus-id' in the first line"),
        ("query-id corpus-id score\nq1 d1 1\n", "parted by tabs"),
        (HEAD + "q1\td1\n", r"test\.tsv:2: 2 columns where the first line has more"),
        (HEAD + "q1\td1\t1\n\nq2\td2\tyes\n", r"test\.tsv:4: the score 'yes' is no whole number"),
        (HEAD + "q1\td1\t0.5\n", r"test\.tsv:2: the score '0\.5' is no whole number"),
        (HEAD + "q1\td1\tnan\n", r"the score 'nan' is no whole number"),
        (HEAD + "q1\td1\tinf\n", r"the score 'inf' is no whole number"),
        (HEAD + "q1\td1\t1\nq1\td1\t2\n", r"test\.tsv:3: 'd1' has another score for 'q1' above"),
        (HEAD + "q1\td1\t1\nq9\td1\t1\n", r"judges a query that is not in .*queries\.jsonl: 'q9'; the two do not fit"),
        (
            HEAD + "".join(f"q1\tx{n}\t1\n" for n in range(5)),
            r"judges a document for query 'q1' that is not in .*corpus\.jsonl: 'x0', 'x1', 'x2' and 2 more",
        ),
        (HEAD + "q1\td1\t0\n", "has no score above 0"),
    ],
)
def test_judgements_that_cannot_be_used(tmp_path: Path, qrels: str, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_beir(write(tmp_path, qrels=qrels))


def test_the_same_judgement_twice_is_one(tmp_path: Path) -> None:
    assert read_beir(write(tmp_path, qrels=HEAD + "q1\td1\t1\nq1\td1\t1\n")).grades == {"q1": {"d1": 1}}


FIRST = json.dumps(CORPUS[0]) + "\n"


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"corpus": ""}, ArticlesError, r"corpus\.jsonl holds no document with words"),
        ({"corpus": [{"_id": "d1", "text": "", "title": None}]}, ArticlesError, "holds no document with words"),
        ({"corpus": FIRST + "{oops\n"}, ArticlesError, r"corpus\.jsonl:2 is not JSON"),
        ({"corpus": FIRST + "\n[1]\n"}, ArticlesError, r"corpus\.jsonl:3 is no object"),
        ({"corpus": FIRST + '{"title": "x"}\n'}, ArticlesError, r"corpus\.jsonl:2 has no \"_id\", found 'title'"),
        ({"corpus": FIRST + '{"_id": "d2"}\n'}, ArticlesError, r"corpus\.jsonl:2 has no \"text\""),
        ({"corpus": FIRST + FIRST}, ArticlesError, r"corpus\.jsonl:2: the _id 'd1' stands on an earlier line too"),
        ({"corpus": [{"_id": "d1", "text": ["a"]}]}, ArticlesError, r"corpus\.jsonl:1 has a \"text\" that is no text"),
        ({"corpus": [{"_id": "d1", "text": "a", "title": 7}]}, ArticlesError, r"has a \"title\" that is no text"),
        ({"corpus": [{"_id": True, "text": "a"}]}, ArticlesError, r"has an \"_id\" that is no text"),
        ({"corpus": [{"_id": " ", "text": "a"}]}, ArticlesError, r"has an \"_id\" that is no text"),
        ({"queries": ""}, QuestionError, r"queries\.jsonl holds no query"),
        (
            {"queries": [{"_id": "q1", "text": "  "}]},
            QuestionError,
            r"queries\.jsonl:1 has a \"text\" that asks nothing",
        ),
        ({"queries": [QUERIES[0], QUERIES[0]]}, QuestionError, r"queries\.jsonl:2: the _id 'q1' stands on an earlier"),
    ],
)
def test_lines_that_cannot_be_used(tmp_path: Path, changes: Any, error: type[RagError], told: str) -> None:
    with pytest.raises(error, match=told):
        read_beir(write(tmp_path, qrels=HEAD + "q1\td1\t1\n", **changes))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "corpus.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ArticlesError, match=r"corpus\.jsonl cannot be read"):
        read_beir(tmp_path)
