import pytest

from rag.articles.markdown import read, split_front_matter, stated_id
from rag.articles.record import Unreadable

FRONT = """---
title: "Tunnel tolls halved"
publisher: Ellery Post
author: [Tom Reed, Ada Quill]
date: 2031-05-07
updated: 2031-05-07 12:30
id: 007
url: https://post.example/tolls
dateline: PORT ELLERY
---
"""


def test_front_matter_is_the_source(parsed):
    source = parsed(FRONT + "Tolls will be halved.", ".md").article.source
    assert source.title == "Tunnel tolls halved"
    assert source.publisher == "Ellery Post"
    assert source.byline == "Tom Reed, Ada Quill"
    assert (source.published, source.updated) == ("2031-05-07", "2031-05-07T12:30")
    assert (source.dateline, source.path_or_url) == ("PORT ELLERY", "https://post.example/tolls")


def test_a_title_of_the_front_matter_is_not_put_into_the_text(parsed):
    assert parsed(FRONT + "Tolls will be halved.", ".md").article.text == "Tolls will be halved."


def test_the_id_is_found_without_parsing_and_as_it_is_written():
    assert stated_id(FRONT.encode()) == "007"
    assert stated_id(b"No front matter") is None
    with pytest.raises(Unreadable, match="id is a list"):
        stated_id(b"---\nid: [a]\n---\n")


def test_marks_are_taken_off_and_words_stay(parsed):
    body = r"""# Tolls *halved*

![The tunnel mouth. Picture: Post](x.jpg)
Tolls in the **harbour** tunnel, see [the plan](http://x.example/a_(b) "t"), fall by `half`. A file\_name and 2 * 3 * 4
stay, so does snake_case_word.

- first
- second

1. one

> "It was time," said Ms Quill.

| Vehicle | Old |
|---------|----:|
| Car \| van | 4 |

Heading below
=============
<!-- hidden --> End<br>of it.

***
"""
    assert parsed(body, ".md").article.text.split("\n\n") == [
        "Tolls halved",
        "The tunnel mouth. Picture: Post",
        (
            "Tolls in the harbour tunnel, see the plan, fall by half. A file_name and 2 * 3 * 4 stay, so does "
            "snake_case_word."
        ),
        "first",
        "second",
        "1. one",
        '"It was time," said Ms Quill.',
        "Vehicle | Old",
        "Car | van | 4",
        "Heading below",
        "End",
        "of it.",
    ]


def test_the_first_heading_is_the_title():
    assert read(b"# Ferry *late*\n\nIt was late.").title == "Ferry late"


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: a: b\n---\n",
        "---\n[x\n---\n",
        "---\n- list\n---\n",
        "---\ntitle: x\n",
        "---\n" + "[" * 5000 + "\n---\n",
    ],
)
def test_what_is_no_front_matter_is_text(front):
    stated, rest = split_front_matter(front + "Words.")
    assert stated == {}
    assert rest == front + "Words."


def test_an_alias_bomb_does_not_blow_up():
    levels = "\n".join(f"k{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))
    assert read(f"---\nk0: &a0 [x]\n{levels}\ntitle: Calm\n---\nWords.".encode()).title == "Calm"


def test_a_file_of_openings_takes_no_quadratic_time():
    read(b"<!--" * 200_000 + b"[" * 200_000 + b"*a" * 100_000)
