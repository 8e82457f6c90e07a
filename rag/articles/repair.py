"""One line of text → the same line without technical dirt: mojibake mended, invisible characters gone, NFC.

Words, quotes and dashes stay as the newspaper set them. It does not know words: a letter that was lost before the
text came to us ("Martà" for "Martí") cannot be told from one that was meant, and stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_BREAKS = re.compile(r"\r\n|[\r\n\v\f\u2028\u2029]")
# Lines whose only characters beyond ASCII are these cannot be mojibake: none can follow another as one UTF-8
# character read wrongly. They are half of all lines with such characters, and ftfy is the slowest step.
_TYPOGRAPHIC = re.compile(r"[\x20-\x7e‘’“”–—…•\xa0]*")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,7}|#x[0-9a-fA-F]{2,6});")
_AMPERSAND = re.compile(r"&(?:(?:amp|AMP|#0{0,5}38|#x0{0,4}26);)+")  # "&amp;amp;eacute;": escaped more than once
# One repair can uncover another: "e&#x301;" is an "é", "Ã\u200b©" mojibake. Nothing printed in earnest needs four.
_PASSES = 8
# Controls, soft hyphen, zero-width and bidirectional marks, surrogates that stand alone, the byte order mark, and
# the "object replacement" box that stands where a picture was.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc]"
)
# Joiners carry meaning between letters of Persian or Hindi and inside an emoji; next to Latin they are dirt.
_JOINER = re.compile(r"[\u200c\u200d](?=[\x00-\u024f]|$)|(?:(?<=[\x00-\u024f])|^)[\u200c\u200d]")
_MOST_MARKS = (
    30  # on one letter; no language needs more (https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format)
)
_HEAP = re.compile(r"[^\w\s\x00-\u02ff]{31,}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"[\t\n\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def split_lines(text: str) -> list[str]:
    r"""Split at every kind of line break (not at \\x85, which is an ellipsis read wrongly more often than a break)."""
    return _BREAKS.split(text)


def repair(line: str) -> str:
    """Return a line in canonical form: one space between words, none at the ends. Repaired again, it stays so."""
    for _ in range(_PASSES):
        before, line = line, _repair_once(line)
        if line == before:
            break
    return line


def _repair_once(line: str) -> str:
    if not line.isascii() and not _TYPOGRAPHIC.fullmatch(line):
        line = _mend(line)
    if "&" in line and _ENTITY.search(line):
        line = _ENTITY.sub(_character, _AMPERSAND.sub("&", line))
    return collapse(_INVISIBLE.sub("", line))


def _character(entity: re.Match[str]) -> str:
    """Return what one whole entity stands for; "&copy=" in an address is none, nor is "&D;"."""
    import html
    from html.entities import html5

    return html.unescape(entity[0]) if entity[0][1] == "#" or entity[0][1:] in html5 else entity[0]


def collapse(line: str) -> str:
    """Make every run of spaces, tabs and no-break spaces (and of breaks that entities hid) one space."""
    return _SPACES.sub(" ", line).strip()


def _mend(line: str) -> str:
    """Undo wrong decoding. Before invisible characters go: a soft hyphen may be half of an "í"."""
    from ftfy import fix_text

    line = fix_text(_HEAP.sub(_thinned, _SURROGATE.sub("\ufffd", line)), _config())
    return unicodedata.normalize("NFC", _JOINER.sub("", line))


def _thinned(heap: re.Match[str]) -> str:
    """Leave out the accents after the thirtieth on one letter: to bring them in order takes quadratic time."""
    kept: list[str] = []
    marks = 0
    for char in heap[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


@cache
def _config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    # Quotes stay as printed, entities are ours. Ligatures, full-width letters and lost C1 controls are put right.
    return TextFixerConfig(uncurl_quotes=False, unescape_html=False, explain=False)
