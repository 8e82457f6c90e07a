import pytest

from rag.articles.record import Unreadable
from rag.articles.stated import fields_of, host_of, id_of, text_of, web_address


def test_a_field_goes_by_its_usual_names():
    assert fields_of({"headline": "H", "source": "S", "author": "A", "date": "D", "url": "U", "other": "x"}) == {
        "title": "H",
        "publisher": "S",
        "byline": "A",
        "published": "D",
        "url": "U",
    }
    assert fields_of({"title": "", "headline": "H", "author": {"x": 1}}) == {"title": "H"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "x"), (5, "5"), (["a", "b"], "a, b"), ("null", None), (" ", None), (True, None), ({}, None), ([1], None)],
)
def test_what_counts_as_text(value, expected):
    assert text_of(value) == expected


def test_ids():
    assert id_of({"article_id": " a  b "}) == "a b"
    assert id_of({"id": 5}) == "5"
    assert id_of({"article_id": "", "id": "x"}) == "x"
    assert id_of({}) is None
    for bad in (True, 1.5, ["a"], {"a": 1}, "x" * 301):
        with pytest.raises(Unreadable):
            id_of({"id": bad})


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.post.example/x", "post.example"),
        ("http://POST.example:80", "post.example"),
        ("ftp://post.example", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("http://[bad", None),
        ("https://a b.example", None),
        ("https://a.example/\n", None),
        ("", None),
    ],
)
def test_only_web_addresses(url, host):
    assert host_of(url) == host
    assert web_address(url) == (url if host else None)
