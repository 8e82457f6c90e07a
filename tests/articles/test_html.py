import contextlib

import pytest

from rag.articles.html import read
from rag.articles.record import Unreadable

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Bridge shut | Quayside Courier</title>
<meta property="og:site_name" content="Quayside Courier"><meta name="author" content="Ada Quill; Tom Reed">
<meta property="article:published_time" content="2031-05-06T07:30:00+01:00">
<meta property="article:modified_time" content="2031-05-06T11:00:00+01:00">
<link rel="canonical" href="https://courier.example/bridge"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article><h1>Bridge shut for a month</h1>
<figure><img src="x.jpg"><figcaption>Engineers on the old bridge. Picture: Courier</figcaption></figure>
<p>The swing bridge at Port Ellery will be closed for a month, the council said, after cracks were found in two of its
<b>bearings</b> by divers who had been sent to look for a lost anchor.</p>
<p>About 4,200 vehicles cross it each day.<br>Buses will go by the tunnel.</p>
<table><tr><th>Route</th><th>Delay</th></tr><tr><td>Bus 7</td><td>12 minutes</td></tr></table>
<p>Read more: <a href="/tunnel">Tunnel tolls to be halved in June</a></p>
<p>Share this article</p></article>
<aside><h3>Most read</h3><ul><li><a href="/a">Cat rescued from crane</a></li></ul></aside></main>
<footer>© 2031 Quayside Courier. <a href="/privacy">Privacy</a></footer></body></html>"""


def test_a_page_is_read_without_its_navigation(parsed):
    found = parsed(PAGE, ".html")
    assert found.article.text == "\n\n".join(
        (
            "Bridge shut for a month",
            "Engineers on the old bridge. Picture: Courier",
            (
                "The swing bridge at Port Ellery will be closed for a month, the council said, after cracks were found "
                "in two of its bearings by divers who had been sent to look for a lost anchor."
            ),
            "About 4,200 vehicles cross it each day.",
            "Buses will go by the tunnel.",
            "Route | Delay",
            "Bus 7 | 12 minutes",
            "Read more: Tunnel tolls to be halved in June",
        )
    )
    source = found.article.source
    assert (source.title, source.publisher) == ("Bridge shut for a month", "Quayside Courier")
    assert (source.byline, source.path_or_url) == ("Ada Quill, Tom Reed", "https://courier.example/bridge")
    assert (source.published, source.updated) == ("2031-05-06T07:30", "2031-05-06T11:00")
    assert found.dropped == (("share or follow prompt", 1),)


def test_linked_data_and_a_single_time_tell_the_moment():
    linked = '<script type="application/ld+json">{"@graph": [{"datePublished": "2031-05-06"}]}</script>'
    assert read(f"{linked}<p>The bridge is closed, they say.</p>".encode()).published == "2031-05-06"
    one = '<article><time datetime="2031-05-07T10:00">Wed</time><p>The bridge is closed, they say.</p></article>'
    assert read(one.encode()).published == "2031-05-07T10:00"
    two = one + '<time datetime="2031-05-01">Old</time>'
    assert read(two.encode()).published is None


def test_broken_linked_data_is_passed_over():
    page = f'<script type="application/ld+json">{"[" * 50_000}</script><p>The bridge is closed, they say.</p>'
    assert read(page.encode()).published is None


def test_the_declared_encoding_is_used():
    page = '<meta charset="iso-8859-2"><p>Żółty śnieg leżał na nabrzeżu przez cały dzień.</p>'
    assert "Żółty śnieg" in read(page.encode("iso8859-2")).text


@pytest.mark.parametrize("page", [b"<html></html>", b" ", b"<!-- -->", b"<script>x()</script>"])
def test_a_page_without_an_article_says_so(page):
    with pytest.raises(Unreadable):
        read(page)


def test_a_page_that_is_too_large_says_so():
    with pytest.raises(Unreadable, match=r"9\.0 MiB in one page; at most 8 MiB"):
        read(b" " * (9 * 2**20))


def test_deep_nesting_does_not_crash():
    with contextlib.suppress(Unreadable):
        read(b"<div>" * 50_000 + b"The bridge is closed.")
