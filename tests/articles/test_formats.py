import pytest

from rag.articles.formats import ENDINGS, ending_of, stem_of


def test_the_endings_that_are_promised():
    assert set(ENDINGS) == {".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".jsonl", ".jsonl.gz"}


@pytest.mark.parametrize(
    ("name", "ending", "stem"),
    [
        ("story.txt", ".txt", "story"),
        ("STORY.TXT", ".txt", "STORY"),
        ("a.b.md", ".md", "a.b"),
        ("rows.jsonl.gz", ".jsonl.gz", "rows"),
        ("rows.gz", None, "rows.gz"),
        (".txt", None, ".txt"),
        ("README", None, "README"),
    ],
)
def test_endings_and_stems(name, ending, stem):
    assert ending_of(name) == ending
    assert stem_of(name) == stem
