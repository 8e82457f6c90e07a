"""What must be known of all articles together to say why they are silent.

Implemented by whoever holds the index; the promise is kept small so that a test can keep it with a few lines. What this
module does not know: how words are stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Archive(Protocol):
    """The articles as a whole. Words may come in any case and form; they are folded and stemmed as an index does."""

    @property
    def first_day(self) -> str | None:
        """The ISO day of the oldest dated article; None when no article has a date."""
        ...

    @property
    def last_day(self) -> str | None:
        """The ISO day of the newest dated article; None when no article has a date."""
        ...

    def holds(self, word: str) -> bool:
        """Return whether a word stands in any article, its title, or the name of its publisher or writers."""
        ...

    def together(self, words: Sequence[str]) -> bool:
        """Return whether any one passage holds all of the words."""
        ...

    def weight(self, term: str) -> float:
        """Return how telling a term of rag.text.terms is: its inverse document frequency; most for one never seen."""
        ...

    def published(self, first: str, last: str) -> bool:
        """Return whether any article is of these ISO days, both included."""
        ...
