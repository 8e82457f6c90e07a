import gzip
import json

import pytest

from rag.articles import rows
from rag.articles.record import Unreadable
from rag.articles.rows import load, read, split


def test_rows_become_articles(tmp_path, scanned, parsed):
    row = {"article_id": "r1", "title": "Tolls", "text": "One.\n\nTwo.", "url": "https://www.post.example/t"}
    row |= {"published": "2031-05-07", "author": ["Ada Quill", "Tom Reed"], "updated": "2031-05-08T10:00:00Z"}
    (tmp_path / "rows.jsonl").write_text("\n" + json.dumps(row) + "\n")
    (record,), skipped = scanned()
    assert (record.article_id, record.path, skipped) == ("r1", f"{tmp_path}/rows.jsonl:2", [])
    article = parsed(record.data, record.ending, record.path).article
    assert article.text == "One.\n\nTwo."
    source = article.source
    assert (source.title, source.publisher, source.path_or_url) == ("Tolls", "post.example", row["url"])
    assert (source.published, source.updated) == ("2031-05-07", "2031-05-08T10:00")
    assert source.byline == "Ada Quill, Tom Reed"


def test_a_publisher_that_is_stated_goes_before_the_address():
    assert read(b'{"text": "x y", "source": "Post", "url": "https://a.example"}').publisher == "Post"
    assert read(b'{"text": "x y", "url": "javascript:alert(1)"}').publisher is None


def test_texts_in_a_list_are_paragraphs_and_numbers_are_text():
    assert read(b'{"text": ["One.", "Two."], "title": 1984}').text == "One.\n\nTwo."
    assert read(b'{"text": "x", "title": 1984}').title == "1984"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"nope", "not valid JSON: Expecting value at column 1"),
        (b'{"text": "x"', "not valid JSON"),
        (b'"text"', "not a row: text where an object"),
        (b"[1]", "not a row: a list where an object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"text": ' + b"9" * 5000 + b"}", "a huge number"),
        (b'{"title": "x"}', "the row has no text"),
        (b'{"text": ""}', "the row has no text"),
        (b'{"text": null}', "the row has no text"),
        (b'{"text": {"a": 1}}', "text is an object, not text"),
        (b'{"text": "x", "title": [1]}', "title is a list, not text"),
        (b"\x00\x01\x02\x03", "NUL bytes"),
    ],
)
def test_a_bad_row_says_why(data, reason):
    with pytest.raises(Unreadable) as error:
        load(data)
    assert reason in str(error.value)


def test_bad_lines_are_skipped_by_number_and_good_ones_kept(tmp_path, scanned):
    lines = [
        '{"id": "a", "text": "one"}',
        "nope",
        '{"id": "b"}',
        '{"id": "a", "text": "again"}',
        '{"id": 7, "text": "x"}',
    ]
    (tmp_path / "r.jsonl").write_text("\n".join(lines))
    records, skipped = scanned()
    assert [r.article_id for r in records] == ["a", "7"]
    assert [(s.path.rsplit(":", 1)[1], s.reason) for s in skipped] == [
        ("2", "not valid JSON: Expecting value at column 1"),
        ("3", "the row has no text"),
        ("4", f"article_id 'a' was already used by {tmp_path}/r.jsonl:1"),
    ]


def test_a_row_without_an_id_is_named_by_its_line(tmp_path, scanned):
    (tmp_path / "r.jsonl.gz").write_bytes(gzip.compress(b'{"text": "one"}\n{"text": "two"}\n'))
    assert [r.article_id for r in scanned()[0]] == ["r:1", "r:2"]


def test_damaged_gzip_keeps_the_rows_before_it(tmp_path):
    packed = gzip.compress(b"".join(b'{"text": "%064x"}\n' % (i * 7**70 % 16**64) for i in range(2000)))
    (tmp_path / "r.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    lines = list(split(tmp_path / "r.jsonl.gz"))
    assert len(lines) > 100
    assert all(line.problem is None for line in lines[:-1])
    assert "cut short or damaged" in (lines[-1].problem or "")


def test_a_huge_row_is_skipped_and_the_next_one_read(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "MAX_BYTES", 1000)
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"text": "' + b"x" * 5000 + b'"}\n{"text": "small"}\n')
    first, second = split(path)
    assert (first.number, first.problem) == (1, "more than 0 MiB in one row")
    assert (second.number, second.problem) == (2, None)


def test_a_file_that_is_no_rows_is_given_up(tmp_path):
    (tmp_path / "r.jsonl").write_text("just text\n" * 5000)
    lines = list(split(tmp_path / "r.jsonl"))
    assert len(lines) == 101
    assert lines[-1].problem == "100 bad rows in a row; the rest of the file was not read"


def test_rows_are_read_as_they_are_asked_for(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"text": "x"}\n' * 100_000)
    assert next(split(path)).number == 1
