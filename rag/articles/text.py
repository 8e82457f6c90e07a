"""Plain text (.txt): the words as they stand; what its lines tell is read later, as for every format."""

from __future__ import annotations

from rag.articles.encoding import decode
from rag.articles.record import Draft


def read(data: bytes) -> Draft:
    """Return the file's text. Raises Unreadable when the bytes are not text."""
    return Draft(text=decode(data))
