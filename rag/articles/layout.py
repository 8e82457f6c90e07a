"""Lines → paragraphs, by one rule for every format.

A blank line always parts paragraphs. A single line break is a paragraph's end too, unless the text is hard-wrapped:
then a line is joined to the next when the next line's first word would not have fitted on it. A text is hard-wrapped
when its broken lines are at most 130 characters wide and four in five of them are full in that sense: three at least,
or one that breaks off before a small letter. Short lines end paragraphs, and are no evidence either way. So a file
with one paragraph per line stays so, and in a wrapped file a caption, a byline or a headline, being short, stands
alone.

It does not know meaning: a list whose items all happen to be equally long looks like a wrapped paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_WIDEST = 130
_NARROWEST = 40
_CELLS = " | "
_SLACK = 10  # characters that a line may fall short: not every editor fills lines greedily
_FULL_SHARE = 0.8
_SHORT = 0.6
_LONGEST_WORD = 64
_ENOUGH = 3
_OWN_LINE = re.compile(r"(?:[-–—•*▪►➤·]|\d{1,3}[.)])\s|.*\s\|\s|By [A-Z]|.*\t")
# Beginnings that keep their hyphen when a line ends after it, unless the text itself writes the word without.
_PREFIXES = frozenset(
    (
        "anti",
        "co",
        "cross",
        "ex",
        "half",
        "high",
        "long",
        "low",
        "mega",
        "mid",
        "multi",
        "non",
        "post",
        "pre",
        "pro",
        "re",
        "self",
        "semi",
        "short",
        "well",
    )
)
_LAST_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"([^\W\d_]+)")


def paragraphs(lines: Sequence[str], wrapped: bool = False) -> list[str]:
    """Return the paragraphs of a text's lines, without empty ones.

    wrapped: the format itself says that a single break is only a space, so no share of full lines is asked for.
    """
    blocks = list(_blocks(lines))
    width = _width(blocks)
    if width is None or not (wrapped or _is_wrapped(blocks, width)):
        return [line for block in blocks for line in block]
    known = Vocabulary(lines)
    found: list[list[str]] = []
    for block in blocks:
        found.append([block[0]])
        for before, line in pairwise(block):
            if _is_full(before, line, width):
                known.append(found[-1], line)
            else:
                found.append([line])
    return ["".join(pieces) for pieces in found]


class Vocabulary:
    """The words of one text, to tell a hyphen that a line's end put in from one that belongs to the word."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words = {word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.lower())}

    def append(self, pieces: list[str], line: str) -> None:
        """Append a line to a paragraph in pieces, whose last one may lose its hyphen. Only that is looked at."""
        joined = self.join(pieces[-1][-_LONGEST_WORD:], line)
        pieces[-1] = pieces[-1][:-_LONGEST_WORD]
        pieces.append(joined)

    def join(self, before: str, after: str) -> str:
        """Join two lines of a paragraph: "inter-" + "national" → "international", "non-" + "lethal" → "non-lethal"."""
        last, first = _LAST_WORD.search(before, max(0, len(before) - _LONGEST_WORD)), _FIRST_WORD.match(after)
        if last is None or first is None:
            # "2024-" + "25" and "pro–" + "Kyiv" close up as they stand; words get their space back.
            return before + after if re.search(r"\w[-\u2010]$", before[-2:]) else f"{before} {after}"
        if not first[1][0].islower() or self._keeps_hyphen(last[1].lower(), first[1].lower()):
            return before + after
        return before[:-1] + after

    def _keeps_hyphen(self, last: str, first: str) -> bool:
        if last + first in self._words:
            return False
        return f"{last}-{first}" in self._words or last in _PREFIXES


def _blocks(lines: Sequence[str]) -> Iterable[list[str]]:
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line.strip())
        elif block:
            yield block
            block = []
    if block:
        yield block


def _width(blocks: Sequence[Sequence[str]]) -> int | None:
    """Return the width that a text was wrapped to, that of its longest line with a line under it; else None."""
    widest = max((len(line) for block in blocks for line in block[:-1]), default=0)
    return widest if _NARROWEST <= widest <= _WIDEST else None


def _is_wrapped(blocks: Sequence[Sequence[str]], width: int) -> bool:
    pairs = [(a, b) for block in blocks for a, b in pairwise(block) if len(a) > _SHORT * width]
    full = [following for line, following in pairs if _is_full(line, following, width)]
    # One pair proves nothing, its first line being the widest by itself; but a sentence that runs on does.
    is_evident = len(full) >= _ENOUGH or any(line[0].islower() for line in full)
    return is_evident and len(full) >= _FULL_SHARE * len(pairs)


def _is_full(line: str, following: str, width: int) -> bool:
    is_row = _CELLS in line or _CELLS in following
    if is_row or _OWN_LINE.match(following) or following.startswith(line.rstrip(" .")):
        return False  # the last: a caption, and the same again with its credit
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width - _SLACK
