"""Text → HTML that is only text. The wall between what an article or a reader wrote and the page; standard library.

Whatever comes from outside passes through `escape`; only the tags written in ui/render*.py are tags.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from rag.reading.rule import Measured
from rag.types import LIKELIHOOD
from rag.wording import day_of
from ui.turns import Filters

MAX_NAME, MAX_LINE, MAX_QUOTE = 80, 200, 2000  # characters shown of a publisher; a title, path or answer; a quote
# Embeddings, overrides and isolates can make a line read backwards (CVE-2021-42574, "Trojan Source").
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f\"'<>\\`]+", re.IGNORECASE)


def escape(text: str) -> str:
    """Return text that no browser takes as markup, as long as the text itself.

    Direction, control and surrogate characters become U+FFFD, one for one: nothing is hidden and no offset moves.
    """
    return html.escape(printable(text), quote=True).replace("\n", "&#10;").replace("\t", "&#9;")


def printable(text: str) -> str:
    """Return text whose direction, control and surrogate characters are U+FFFD, one for one."""
    return "".join("\ufffd" if _unsafe(c) else c for c in text)


def describe_confidence(confidence: float) -> str:
    """Return a probability in words and per cent."""
    told = f"{confidence:.0%}" if confidence < 0.995 else "over 99%"
    return f"{_likelihood(confidence)} ({told})"


def measured_in_words(confidence: float, measured: Mapping[str, Measured]) -> str:
    """Return how often answers called as sure as this one were right; "" where that was not measured."""
    word = _likelihood(confidence)
    found = measured.get(word)
    return (
        f"Of {found.answers} answers called “{word}” when it was tried, {found.right:.0%} were right." if found else ""
    )


def _likelihood(confidence: float) -> str:
    return next((name for least, name in LIKELIHOOD if confidence >= least), LIKELIHOOD[-1][1])


def describe_day(published: str) -> str:
    """Return an ISO date or date and time as people write it; anything else as it stands."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return cut(published, MAX_NAME)
    time = f", {moment:%H:%M}" if "T" in published else ""
    return f"{day_of(moment)}{time}"


def describe_filters(filters: Filters) -> str:
    """Return in words which articles a question was put to; "" for all."""
    days = [f"from {describe_day(filters.published_from)}"] if filters.published_from else []
    days += [f"until {describe_day(filters.published_to)}"] if filters.published_to else []
    return " ".join([", ".join(cut(name, MAX_NAME) for name in filters.publishers), *days]).strip()


def is_link(path_or_url: str) -> bool:
    """Return whether it is a web address that is safe to link to."""
    if len(path_or_url) > MAX_QUOTE or not _LINK.fullmatch(path_or_url) or any(map(_unsafe, path_or_url)):
        return False
    try:
        return bool(urlsplit(path_or_url).hostname)
    except ValueError:
        return False


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters, with an ellipsis where some were left off."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _unsafe(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cs"} or ord(character) & 0xFFFE == 0xFFFE
