"""The laws of `tests/fuzz/laws.py` on what hypothesis makes of each format's own marks: quick, always the same."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.articles.repair import repair
from tests.fuzz import laws
from tests.fuzz.samples import SAMPLES

quick = settings(max_examples=40, deadline=None, derandomize=True, database=None)
slower = settings(quick, max_examples=12)

MARKS: dict[str, list[str]] = {
    "text": [
        *("\n", "\n\n", "\r", "\u2028", "\x85", "\xa0", "\t", "\u200d", "\u00ad", "\ufeff", "\u202e"),
        *("e\u0301", "\x1b"),
        *("&amp;", "&amp;amp;", "eacute;", "&#38;", "&#x301;", "&lt;", "Ã", "©", "\u200b", "â€™", "┬ú", "ﬁ"),
        "👩\u200d🚀",
        *("By Ada Quill", "6 May 2031", "Updated: ", "PORT ELLERY — ", " | ", "inter-\n", "Advertisement"),
        *("U.S. ", "Mr. "),
        *("The mayor, right, and the pilot", ". Picture: Quayside", "word ", "x" * 90, "Sign up for our newsletter"),
    ],
    "markdown": [
        *("---\n", "id: 007\n", "title: ", "&a ", "*a ", "[", "]", "(", ")", "![", "<", ">", "<!--", "-->"),
        *("`", "```\n"),
        *("*", "**", "_", "\\", "# ", "===\n", "|", "|--|\n", "- ", "1. ", "> ", "[a]: b\n", "<br>", "\n"),
        *("\n\n", "word "),
    ],
    "html": [
        *("<p>", "</p>", "<div>", "</div>", "<b>", "<br>", "<table>", "<tr>", "<td>", "<ul>", "<li>", "<!--"),
        *("-->", "<"),
        *("<figure>", "<figcaption>", "<blockquote>", "<title>", "<time datetime='2031-05-06'>", "<script>"),
        "</script>",
        *("<meta charset=x>", "<meta name=author content='", "'>", "&amp;", "&#0;", "\0", "\n", "<article>", "<h1>"),
        "<p>The swing bridge at Port Ellery will be closed for a month, the council said on Monday.</p>",
        '<script type="application/ld+json">{"@graph": [',
    ],
    "config": [
        *("index", "articles", "chunking", "tokens", "deciding", "threshold", "retrieval", "mode", ": "),
        *(":\n  ", "\n", "- "),
        *("[", "]", "{", "}", ", ", "&a ", "*a", "<<: ", "? ", "!!int ", "!!float ", "!!bool ", "!!timestamp "),
        "!!binary ",
        *("0x" + "f" * 4000, "1:2:3", ".nan", ".inf", "~", "''", '"\\0"', '"\\ud800"', '"\\e"', "2025-13-45"),
        *("0.5", "fused"),
    ],
    "question": [
        *("And ", "when", "?", "it", "Who", " ", "\n", "\t", "\0", "\u202e", "é", "’s", "橋", "\u200d", "\ue000"),
        "x" * 600,
    ],
    "json": [
        *("{", "}", "[", "]", ",", ":", '"', "1", "-", "1e999", "NaN", "Infinity", "null", "true", "\\ud800"),
        "\\u0000",
        *('"text":', '"a word"', '"id":', '"title":', '"build":', '"manifest_sha256":', '"format":', "\n"),
        "9" * 4400, "\x1b",
    ],
}  # fmt: skip


def made_of(marks: str, most: int = 24) -> st.SearchStrategy[bytes]:
    """Marks of a format in any order, with some of any text between them."""
    piece = st.sampled_from(MARKS[marks]) | st.text(st.characters(), max_size=5)
    return st.lists(piece, max_size=most).map(lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass"))


def altered(law: str) -> st.SearchStrategy[bytes]:
    """A sample in which some bytes are others, more, or fewer."""
    edit = st.tuples(st.integers(0, 2**20), st.integers(0, 6), st.binary(max_size=4))
    return st.tuples(st.sampled_from(SAMPLES[law]), st.lists(edit, min_size=1, max_size=4)).map(lambda p: _edited(*p))


def _edited(sample: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, new in edits:
        at = place % (len(sample) + 1)
        sample = sample[:at] + new + sample[at + length :]
    return sample


@quick
@given(made_of("text") | altered("text") | st.binary(max_size=60))
def test_any_bytes_are_a_text_or_unreadable(data: bytes) -> None:
    laws.text(data)


@quick
@given(made_of("markdown") | altered("markdown"))
def test_any_bytes_are_markdown_or_unreadable(data: bytes) -> None:
    laws.markdown(data)


@slower
@given(made_of("html") | altered("html"))
def test_any_bytes_are_a_page_or_unreadable(data: bytes) -> None:
    laws.html(data)


@slower
@given(altered("pdf"))
def test_any_bytes_are_a_pdf_or_unreadable(data: bytes) -> None:
    laws.pdf(data)


@slower
@given(altered("docx"))
def test_any_bytes_are_a_word_document_or_unreadable(data: bytes) -> None:
    laws.docx(data)


@quick
@given(made_of("json") | altered("rows"))
def test_any_bytes_are_rows_or_what_is_wrong_with_them(data: bytes) -> None:
    laws.rows(data)


@quick
@given(made_of("text") | altered("chunking"))
def test_any_text_is_tiled_by_its_passages(data: bytes) -> None:
    laws.chunking(data)


@quick
@given(made_of("config") | altered("config"))
def test_any_yaml_is_a_config_or_one_sentence(data: bytes) -> None:
    laws.config(data)


@quick
@given(made_of("question") | st.binary(max_size=40))
def test_any_question_is_cleaned_or_refused(data: bytes) -> None:
    laws.question(data)


@quick
@given(made_of("json") | altered("manifest"))
def test_any_manifest_is_understood_or_damaged(data: bytes) -> None:
    laws.manifest(data)


@quick
@given(made_of("json") | altered("answers"))
def test_any_saved_answers_are_read_or_refused(data: bytes) -> None:
    laws.answers(data)


# What fuzzing found.


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("e&#x301;", "é"),
        ("caf&amp;amp;eacute;", "café"),
        ("&Atilde;&copy;", "é"),
        ("Ã\u200b©", "é"),
        ("e\u200b\u0301", "é"),
        ("┬ú9.5m, come\xa0to", "£9.5m, come to"),
        ("http://a.example/?a=1&copy=2 &amp; more", "http://a.example/?a=1&copy=2 & more"),
        ("R&D; &amp; so on", "R&D; & so on"),
    ],
)
def test_a_repaired_line_is_repaired_for_good(line: str, expected: str) -> None:
    assert repair(line) == expected
    assert repair(expected) == expected


@pytest.mark.parametrize(
    "yaml",
    [
        *("index: !!int ''", "index: !!float ''", "a: !!bool x", "a: !!timestamp x", "chunking: {tokens: !!int ''}"),
        *(f"chunking: {{tokens: 0x{'f' * 4000}}}", f"0x{'f' * 4000}: 1", f"{'k' * 5000}: 1", "articles: ['', \"\\0\"]"),
        *('index: "\\0"', 'index: "\\ud800"', '"a\\nb": 1', "embedding: {model: \"\\0\"}", "index: &a [*a]"),
        *('"\\e": 1', "a: [\u202e", 'index: ["\\e", 1]'),
        "index: &a [x]\n" + "\n".join(f"{name}: [*a, *a]" for name in ("chunking", "reading")),
    ],
)  # fmt: skip
def test_a_yaml_that_broke_the_reader_is_one_sentence(yaml: str) -> None:
    laws.config(yaml.encode())


def test_a_list_of_aliases_of_lists_is_refused_at_once() -> None:
    names = ["chunking", "engine", "retrieval", "reading", "deciding", "asking", "embedding", "articles"]
    lines = ["index: &n0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &n{i} [{', '.join([f'*n{i - 1}'] * 9)}]" for i, name in enumerate(names, 1)]
    began = time.process_time()
    laws.config("\n".join(reversed(lines[1:])).encode())
    laws.config("\n".join([*lines[:-1], "articles: *n7"]).encode())
    assert time.process_time() - began < 2


def answer(**changes: object) -> bytes:
    return json.dumps({**json.loads(SAMPLES["answers"][0]), **changes}).encode()


def quote(**changes: object) -> bytes:
    saved = json.loads(SAMPLES["answers"][0])
    return answer(citations=[{**saved["citations"][0], **changes}])


@pytest.mark.parametrize(
    "data",
    [
        *(answer(seconds={"a": value}) for value in (10**400, float("inf"), float("nan"), "1", True)),
        *(quote(start=value) for value in (float("inf"), float("nan"), 1.7, "12", None, 10**400, True)),
        answer(text="half a character: \ud800"),
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_an_answer_that_none_wrote_is_refused(data: bytes) -> None:
    laws.answers(data)
    (laws.folder() / "answers.json").write_bytes(data)
    with pytest.raises(laws.RagError, match="is no answer"):
        laws.read_answers(laws.folder() / "answers.json")


def test_no_answers_at_a_path_that_cannot_be() -> None:
    with pytest.raises(laws.RagError, match="cannot be read"):
        laws.read_answers("a\0b")


def seconds(ending: str, data: bytes) -> float:
    began = time.process_time()
    found = laws.read(ending, data)
    if not isinstance(found, str):
        laws.check_passages(found.article, 160, laws.words)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        pytest.param(".txt", "a" + "\u0301\u0316" * 60_000 + " word", id="accents on one letter"),
        pytest.param(".txt", "![" * 60_000 + " word", id="ends of sentences without a blank"),
        pytest.param(".txt", "the council of the town has closed the old bridge for ever and\n" * 3000, id="wrapped"),
        pytest.param(".md", " " * 60_000 + "x", id="blanks before a word"),
        pytest.param(".md", "--|" + " " * 60_000 + "x", id="a table's rule that is none"),
        pytest.param(".pdf", laws.page("(The bridge is) Tj 0 -14 Td " * 3000), id="one page of 3,000 lines"),
        pytest.param(".docx", laws.table(columns=10**9), id="a cell over a billion columns"),
    ],
)
def test_nothing_takes_quadratic_time(ending: str, data: bytes | str) -> None:
    assert seconds(ending, data.encode() if isinstance(data, str) else data) < 3


def test_accents_that_languages_use_stay() -> None:
    letter = "a" + "\u0316" * 15 + "\u0301" * 15
    assert len(repair(f"{letter}b")) == len(repair(letter)) + 1 >= 30
    assert len(repair("x" + "\u0316" * 100)) == 31


def test_a_cell_over_too_many_columns_keeps_its_words() -> None:
    found = laws.read(".docx", laws.table(columns=10**9))
    assert not isinstance(found, str)
    assert found.article.text == "The bridge is shut."
