from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import Unreadable, parse, scan
from rag.articles.record import make_record

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"

REPORT = """Bridge shut for a month after cracks

6 May 2031, 09:52 | Updated: 6 May 2031, 12:16

Engineers look at the old swing bridge, Monday, May 5, 2031.
Engineers look at the old swing bridge, Monday, May 5, 2031. Picture: Quayside

By Ada Quill

PORT ELLERY, Norland — The council closed the bridge on Monday, after 43 cracks were found in two of its four bearings.

Listen to this article

Loading audio...

Read more: Tunnel tolls to be halved in June

"It is a nuisance," the cafÃ© owner said.
"""


def test_a_report_from_bytes_to_article(parsed):
    found = parsed(REPORT)
    assert found.article.text.split("\n\n") == [
        "Bridge shut for a month after cracks",
        "6 May 2031, 09:52 | Updated: 6 May 2031, 12:16",
        "Engineers look at the old swing bridge, Monday, May 5, 2031. Picture: Quayside",
        "By Ada Quill",
        (
            "PORT ELLERY, Norland — The council closed the bridge on Monday, after 43 cracks were found in two of its "
            "four bearings."
        ),
        "Read more: Tunnel tolls to be halved in June",
        '"It is a nuisance," the café owner said.',
    ]
    assert found.dropped == (("player or widget line", 2), ("repeated caption", 1))
    source = found.article.source
    assert (source.title, source.byline) == ("Bridge shut for a month after cracks", "Ada Quill")
    assert (source.published, source.updated) == ("2031-05-06T09:52", "2031-05-06T12:16")
    assert (source.dateline, source.publisher) == ("PORT ELLERY, Norland", None)
    assert (source.article_id, source.path_or_url) == ("story", "news/story.txt")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n\n\t", "no words in it"),
        (b"* * *\n\n___", "no words in it, only what web pages put around an article"),
        ("🚢 🚢".encode(), "no words in it"),
        (b"Advertisement", "no words in it, only what web pages put around an article"),
        (b"\x00" * 40, "not text: it has NUL bytes (a binary file?)"),
    ],
)
def test_no_words_no_article(parsed, data, reason):
    with pytest.raises(Unreadable) as error:
        parsed(data)
    assert str(error.value) == reason


def test_what_a_file_states_goes_before_what_its_lines_tell(parsed):
    found = parsed(
        '{"text": "Bridge shut for good\\n\\nBy Tom Reed\\n\\nIt is.", "title": "T", "byline": "By A. Q."}', ".jsonl"
    )
    assert (found.article.source.title, found.article.source.byline) == ("T", "A. Q.")


def test_an_address_that_is_no_web_address_is_not_shown(parsed):
    found = parsed('{"text": "Words here.", "url": "javascript:alert(1)"}', ".jsonl", "r.jsonl:3")
    assert found.article.source.path_or_url == "r.jsonl:3"


def test_a_date_that_is_no_date_is_not_told(parsed):
    assert parsed('{"text": "Words here.", "published": "last Monday"}', ".jsonl").article.source.published is None


@given(st.text(st.characters(), max_size=400))
def test_the_text_is_canonical_whatever_comes(text):
    data = text.encode(errors="surrogatepass")
    try:
        article = parse(make_record("x.txt", "x", ".txt", data)).article
    except Unreadable:
        return
    article.text.encode()
    paragraphs = article.text.split("\n\n")
    assert all(p and p == p.strip() and "\n" not in p and "\r" not in p for p in paragraphs)
    assert article.source.title


@pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not beside the project")
def test_the_seed_reports():
    found = {r.article_id[:3]: parse(r) for r in scan([SEEDS], lambda skip: pytest.fail(str(skip)))}
    assert sorted(found) == ["000", "001", "002", "003", "004"]
    first = found["000"].article
    assert first.source.byline == "Emma Soteriou"
    assert (first.source.published, first.source.updated) == ("2025-02-04T09:52", "2025-02-04T12:16")
    assert dict(found["000"].dropped) == {"player or widget line": 2, "repeated caption": 2}
    assert dict(found["004"].dropped) == {"player or widget line": 1}
    assert found["004"].article.source.dateline == "SAN SALVADOR, El Salvador"
    assert [len(found[n].article.text.split("\n\n")) for n in ("001", "002", "003", "004")] == [32, 5, 12, 16]
    assert all(p.article.source.publisher is None for p in found.values())
