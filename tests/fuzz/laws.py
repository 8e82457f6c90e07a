"""The laws that any input must keep, one function of bytes for each kind of input; a broken one is an exception.

`tests/test_fuzz.py` tries them on what hypothesis makes up, `python -m tests.fuzz` for as long as one likes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from rag.articles import Parsed, Unreadable, parse, showable
from rag.articles.cleaning import canonical, clean
from rag.articles.formats import FORMATS
from rag.articles.layout import paragraphs
from rag.articles.record import make_record
from rag.articles.repair import repair, split_lines
from rag.articles.rows import split
from rag.assistant import clean_question
from rag.chunking import PassageChunker
from rag.config import load_config
from rag.errors import ConfigError, QuestionError, RagError, StoreDamaged, StoreMismatch
from rag.followup import resolve
from rag.saved import read_answers
from rag.store.manifest import BUILDS, CURRENT, Manifest
from rag.store.snapshot import Snapshot
from rag.types import Article, Source

Count = Callable[[str], int]
TOKENS = (1, 16, 160)
LONGEST_REASON = 600


@cache
def folder() -> Path:
    """Return a folder of this process's own."""
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def words(text: str) -> int:
    return len(text.split())


def in_threes(text: str) -> int:
    return -(-len(text) // 3)


def check_sentence(error: Exception | str) -> None:
    """A reason is one line that can be shown and saved, not the whole of what was wrong."""
    said = str(error)
    said.encode()
    assert said
    assert said == showable(said), f"not to be shown: {said!r:.200}"
    assert len(said) <= LONGEST_REASON, f"{len(said)} characters: {said:.200}"


def read(ending: str, data: bytes) -> Parsed | str:
    """Return the article, or why there is none."""
    try:
        return parse(make_record(f"news/story{ending}", "story", ending, data))
    except Unreadable as reason:
        check_sentence(reason)
        return str(reason)


def check_article(ending: str, data: bytes) -> None:
    """A file is an article or an Unreadable, the same each time; its text is clean, and so are its passages."""
    found = read(ending, data)
    assert found == read(ending, data), "the same file, read twice"
    try:
        stated = FORMATS[ending].stated_id(data)
        assert stated is None or stated.strip()
    except Unreadable as reason:
        check_sentence(reason)
    if isinstance(found, str):
        return
    text, source = found.article.text, found.article.source
    text.encode()
    assert all(p == repair(p) != "" for p in text.split("\n\n")), "a paragraph that is not clean"
    again, _ = clean(paragraphs([repair(line) for line in split_lines(text)]))
    assert canonical(again) == text, "cleaning twice changes the text"
    assert source.title
    for value in (source.title, source.publisher, source.byline, source.dateline, source.published, source.updated):
        if value is not None:
            value.encode()
            assert value == value.strip() != ""
            assert not set(value) & set("\n\r\t\0\x1b\u2028\u2029"), repr(value)
    assert all(reason and count > 0 for reason, count in found.dropped)
    check_passages(found.article, 160, words)


def check_passages(article: Article, tokens: int, count: Count) -> None:
    """Passages are parts of the text, in order, none empty or too long; together they hold all but white space."""
    chunker = PassageChunker(tokens, count)
    passages = chunker.chunk(article)
    end = 0
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text == passage.text.strip() != ""
        assert not article.text[end : passage.start].strip(), "characters in no passage"
        assert passage.start >= end, "passages that overlap"
        size = sum(count(word) for word in passage.text.split())
        assert size <= tokens or len(passage.text) == 1, f"a passage of {size} tokens"
        end = passage.end
    assert not article.text[end:].strip(), "characters in no passage"
    assert passages == PassageChunker(tokens, count).chunk(article), "the same text, cut twice"


def text(data: bytes) -> None:
    check_article(".txt", data)


def markdown(data: bytes) -> None:
    check_article(".md", data)


def html(data: bytes) -> None:
    check_article(".html", data)


def pdf(data: bytes) -> None:
    check_article(".pdf", data)


def docx(data: bytes) -> None:
    """The bytes are a file, or after one byte that is no P the part of a document that it names."""
    if not data or data[:1] == b"P":
        check_article(".docx", data)
        return
    parts = document_parts()
    names = sorted(parts, key=lambda name: (name != "word/document.xml", name))
    name = names[data[0] % 64 % len(names) if data[0] & 64 else 0]
    check_article(".docx", zipped({**parts, name: data[1:]}))


@cache
def document_parts() -> dict[str, bytes]:
    """Return the parts of a small Word document."""
    import docx as library

    document = library.Document()
    document.core_properties.title = "Price of cod rises"
    document.add_heading("Cod dearer again", 1)
    document.add_paragraph("Cod rose by 4 percent on Monday.")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Fish"
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return buffer.getvalue()


def rows(data: bytes) -> None:
    """Rows of JSON, plain or packed: each an article or a problem, and reading them goes on to the end."""
    path = folder() / "rows.jsonl"
    for content in (data, gzip.compress(data, 1), data[: len(data) // 2] + gzip.compress(data, 1)):
        path.write_bytes(content)
        before = 0
        for line in split(path):
            assert line.number > before
            before = line.number
            if line.problem is not None:
                check_sentence(line.problem)
            elif content is data:
                check_article(".jsonl", line.data)
    check_article(".jsonl", data)


def chunking(data: bytes, count: Count = words) -> None:
    """Any text, clean or not, is cut into passages that tile it."""
    article = Article(Source("story", "A headline", None, None, "story.txt"), data.decode(errors="replace"))
    for tokens in TOKENS:
        check_passages(article, tokens, count)
        if count is words:
            check_passages(article, tokens, in_threes)


def config(data: bytes) -> None:
    """A config.yaml is a Config whose paths can be asked for, or one sentence."""
    path = folder() / "config.yaml"
    path.write_bytes(data)
    try:
        found = load_config(path)
        assert found == load_config(path)
        for name in (found.index, *found.articles):
            found.resolve(name)
        found.model_path(found.embedding.model)
    except ConfigError as error:
        check_sentence(error)


def question(data: bytes) -> None:
    """A question is cleaned, and cleaned again is the same; or it is refused. One after others can be searched for."""
    said = data.decode(errors="surrogateescape")
    try:
        cleaned = clean_question(said, 1000)
    except QuestionError as error:
        check_sentence(error)
    else:
        assert cleaned == clean_question(cleaned, 1000)
        assert cleaned.isprintable()
        cleaned.encode()
    turns = [part.partition("\t") for part in said.split("\n")]
    history = [(asked, told) for asked, _, told in turns]
    assert resolve(said, history) == resolve(said, history)
    assert resolve(said, []).search == said == resolve(said, history).read


def manifest(data: bytes) -> None:
    """A manifest is understood, or it is damaged or another version's; and so is what names the live build."""
    text = data.decode(errors="replace")
    try:
        assert Manifest.from_text(text, "index/x") == Manifest.from_text(text, "index/x")
    except (StoreDamaged, StoreMismatch) as error:
        check_sentence(error)
    _open(data, b"{}")
    digest = hashlib.sha256(data).hexdigest()
    _open(json.dumps({"build": "one", "manifest_sha256": digest}).encode(), data)


def _open(pointer: bytes, manifest: bytes) -> None:
    index = folder() / "index"
    build = index / BUILDS / "one"
    build.mkdir(parents=True, exist_ok=True)
    (index / CURRENT).write_bytes(pointer)
    (build / "manifest.json").write_bytes(manifest)
    try:
        Snapshot.open(index)
    except (StoreDamaged, StoreMismatch) as error:
        check_sentence(error)


def answers(data: bytes) -> None:
    """A file of answers is read, and read again from what it is written as; or it is refused."""
    path = folder() / "answers.json"
    path.write_bytes(data)
    try:
        found = read_answers(path)
    except RagError as error:
        check_sentence(error)
        return
    path.write_text("\n".join(json.dumps(answer.to_json()) for answer in found), "utf-8")
    assert read_answers(path) == found


def page(drawing: str) -> bytes:
    """A PDF of one page with these drawing commands; pypdf finds the objects without a table of them."""
    stream = f"BT /F1 12 Tf 72 700 Td {drawing} ET"
    objects = (
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /Contents 5 0 R /Resources <</Font <</F1 4 0 R>>>>>>",
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        f"<</Length {len(stream)}>> stream\n{stream}\nendstream",
    )
    body = "\n".join(f"{number} 0 obj {content} endobj" for number, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}\nxref\n0 1\ntrailer <</Root 1 0 R /Size 6>>\nstartxref\n0\n%%EOF".encode()


def table(columns: int) -> bytes:
    """A Word document of one table with one cell."""
    schema = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/></w:tcPr><w:p><w:r><w:t>The bridge is shut.</w:t></w:r></w:p>'
    body = f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>{cell}</w:tc></w:tr></w:tbl>"
    document = f'<w:document xmlns:w="{schema}"><w:body>{body}</w:body></w:document>'
    return zipped({**document_parts(), "word/document.xml": document.encode()})


LAWS: dict[str, Callable[[bytes], None]] = {
    law.__name__: law for law in (text, markdown, html, pdf, docx, rows, chunking, config, question, manifest, answers)
}
