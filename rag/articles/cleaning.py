"""Paragraphs → the article's canonical text, with a count of every line left out, by reason.

Drops furniture (`chrome`), a caption that is repeated with its credit, and a paragraph that directly repeats itself.
Everything else stays, captions, credits, bylines and related headlines each as a paragraph of its own. Pure. It does
not know the page: what it cannot tell from a sentence, it keeps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.articles.chrome import furniture

BREAK = "\n\n"
CELLS = " | "
REPEATED_CAPTION = "repeated caption"
REPEATED_PARAGRAPH = "repeated paragraph"

_LONGEST_CAPTION = 600
_LONGEST_CREDIT = 100
_SENTENCE = 8  # words; a shorter line may be meant twice: "June 10 – Bangkok" for two concerts, two equal scores
_WORD = re.compile(r"\w+")
_CREDIT = re.compile(
    r"[\s.,;|(\[–—-]*(?:(?:picture|photo(?:graph)?|image|pic|credit|courtesy|source|file)\b.*"
    r"|.*\b(?:getty|reuters|afp|ap|alamy|epa|shutterstock|pa|xinhua|anadolu|rex)\b.*)",
    re.IGNORECASE,
)


def clean(paragraphs: Iterable[str]) -> tuple[list[str], Counter[str]]:
    """Return the paragraphs that stay, and reason → number of those that do not."""
    dropped: Counter[str] = Counter()
    kept: list[str] = []
    for paragraph in paragraphs:
        reason = furniture(paragraph)
        if reason is not None:
            dropped[reason] += 1
        elif kept and (reason := _repeats(kept[-1], paragraph)) is not None:
            dropped[reason] += 1
            kept[-1] = max(kept[-1], paragraph, key=len)
        else:
            kept.append(paragraph)
    return kept, dropped


def _repeats(before: str, paragraph: str) -> str | None:
    """Say whether two neighbours are one caption, or the same paragraph twice. What is listed may be equal."""
    if before == paragraph:
        is_listing = CELLS in paragraph or len(_WORD.findall(paragraph)) < _SENTENCE
        return None if is_listing else REPEATED_PARAGRAPH
    short, long = sorted((before, paragraph), key=len)  # a prefix, so nothing that it says is lost with it
    stem = short.rstrip(" .")
    if len(long) > _LONGEST_CAPTION or len(stem.split()) < 3 or not long.startswith(stem):
        return None
    rest = long[len(stem) :]
    is_credit = len(rest) <= _LONGEST_CREDIT and not rest[0].isalnum() and _CREDIT.fullmatch(rest)
    return REPEATED_CAPTION if is_credit else None


def canonical(paragraphs: Sequence[str]) -> str:
    """Join paragraphs with exactly one blank line."""
    return BREAK.join(paragraphs)
