import pytest

from rag.articles.record import Unreadable
from rag.articles.text import read


def test_the_words_as_they_stand():
    draft = read("Bridge shut\n\nIt’s shut.".encode())
    assert draft.text == "Bridge shut\n\nIt’s shut."
    assert draft.title is None


def test_a_binary_is_refused():
    with pytest.raises(Unreadable, match="not text"):
        read(bytes(range(256)) * 4)
