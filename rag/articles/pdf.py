"""PDF: the text layer by pypdf, its printed lines put together again as paragraphs.

It does not know pictures of text (a scan is reported), and takes columns in the order in which the file draws them.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median
from typing import TYPE_CHECKING

from rag.articles.layout import Vocabulary
from rag.articles.quiet import quiet
from rag.articles.record import MAX_BYTES, Draft, Unreadable
from rag.articles.repair import repair

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MAX_PAGES = 2000
_EDGE = 2  # lines at the top and at the foot of a page that may be its header or footer
_LONGEST_HEADER = 90
_HEADING = 1.2  # times the size of most of the text: a headline
_FULL = 0.8  # of the widest lines: letters differ in width, so a line counts as full a little before the margin
_FULL_AT_STOP = 0.93  # the same where a sentence ends, which most paragraphs do
_WIDER_GAP = 1.25  # times the usual distance between lines: a gap, so a new paragraph
FURNITURE = "page header or footer"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its text, its height on the page and the size of its type, in points; 0 where unknown."""

    text: str
    y: float = 0.0
    size: float = 0.0


def read(data: bytes) -> Draft:
    """Return the text and the document's title. Raises Unreadable: password, corrupt, no text layer, too many pages."""
    from pypdf import PdfReader

    with quiet("pypdf"):
        try:
            reader = PdfReader(io.BytesIO(data))
            _unlock(reader)
            pages = _pages(reader)
            title = reader.metadata.title if reader.metadata else None
        except RecursionError:
            raise Unreadable("a corrupt PDF (nested too deeply)") from None
        except Exception as error:
            if isinstance(error, Unreadable):
                raise
            # A damaged PDF surfaces as any of a dozen errors, from pypdf's own to KeyError and zlib.error.
            raise Unreadable(f"a corrupt PDF ({type(error).__name__})") from error
    if not any(pages):
        raise Unreadable("no text layer (a scan?)")
    kept, dropped = without_furniture(pages)
    text = "\n\n".join(paragraphs_of([line for page in kept for line in page]))
    return Draft(
        text=text, title=_real_title(title) or _largest(kept), dropped=((FURNITURE, dropped),) if dropped else ()
    )


def _unlock(reader: PdfReader) -> None:
    # Many papers lock only printing and copying: those open with an empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("it needs a password")


def _pages(reader: PdfReader) -> list[list[Line]]:
    count = len(reader.pages)
    if count > _MAX_PAGES:
        raise Unreadable(f"{count} pages; at most {_MAX_PAGES}")
    pages: list[list[Line]] = []
    size = 0
    for page in reader.pages:
        pages.append(_lines(page))
        size += sum(len(line.text) for line in pages[-1])
        if size > MAX_BYTES:
            raise Unreadable(f"more than {MAX_BYTES // 2**20} MiB of text")
    return pages


def _lines(page: PageObject) -> list[Line]:
    """Take a page's lines from its drawing commands, with their heights."""
    lines: list[Line] = []
    parts: list[str] = []
    place = (0.0, 0.0)

    def finish() -> None:
        nonlocal place
        text = repair("".join(parts))
        if text:
            lines.append(Line(text, *place))
        parts.clear()
        place = (0.0, 0.0)

    def visit(text: str, shift: Sequence[float], matrix: Sequence[float], _font: object, size: float) -> None:
        nonlocal place
        for index, piece in enumerate(text.split("\n")):
            if index:
                finish()
            if piece.strip() and place == (0.0, 0.0):
                scale = abs(matrix[3] * shift[3]) or 1.0
                place = (matrix[5] * shift[3] + shift[5], round(abs(size) * scale, 1))
            parts.append(piece)

    page.extract_text(visitor_text=visit)
    finish()
    return lines


def without_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], int]:
    """Leave out page numbers, and headers or footers after their first appearance; return the pages and the count.

    A header is a short line at a page's edge that stands there, but for the page's number, on at least half of the
    pages. Its first appearance stays: it often is where the paper's name and date are printed.
    """
    masked = [{i: _mask(page[i].text, number) for i in _edge(page)} for number, page in enumerate(pages, 1)]
    places = Counter(key for keys in masked for key in set(keys.values()) if len(key) <= _LONGEST_HEADER)
    repeated = {key for key, count in places.items() if count >= max(2, len(pages) / 2)}
    seen: set[str] = set()
    kept: list[list[Line]] = []
    for keys, page in zip(masked, pages, strict=True):
        stays = [line for i, line in enumerate(page) if keys.get(i) != "" and keys.get(i) not in seen & repeated]
        seen |= set(keys.values())
        kept.append(stays)
    return kept, sum(map(len, pages)) - sum(map(len, kept))


def _edge(page: Sequence[Line]) -> set[int]:
    return set(range(min(_EDGE, len(page)))) | set(range(max(0, len(page) - _EDGE), len(page)))


def _mask(text: str, number: int) -> str:
    """Return a line at a page's edge without the page's own number; nothing is left of a page number alone."""
    text = re.sub(rf"[-–—|\s]*\b(?:page|p\.)\s*{number}\b(?:\s*(?:of|/)\s*\d+)?", "", text, flags=re.IGNORECASE)
    return re.sub(rf"^[-–—\s]*{number}\b(?:\s*(?:of|/)\s*\d+)?[-–—\s]*|\s+{number}$", "", text).strip().casefold()


def paragraphs_of(lines: Sequence[Line]) -> list[str]:
    """Put printed lines together.

    A line goes on in the next one when both are of one type size, no wider gap parts them, and the line is full: at
    least four fifths as long as the long lines of its size, counting the next line's first word.
    """
    known = Vocabulary(line.text for line in lines)
    usual = _usual_gaps(lines)
    widths = _widths(lines)
    found: list[list[str]] = []
    before: Line | None = None
    for line in lines:
        if before is not None and _goes_on(before, line, widths[before.size], usual.get(before.size)):
            known.append(found[-1], line.text)
        else:
            found.append([line.text])
        before = line
    return ["".join(pieces) for pieces in found]


def _goes_on(before: Line, line: Line, width: int, usual: float | None) -> bool:
    if abs(before.size - line.size) > 0.5:
        return False
    gap = before.y - line.y
    if usual is not None and gap > _WIDER_GAP * usual:
        return False
    if re.match(r"[•▪►–—-]\s|By [A-Z]", line.text):
        return False
    needed = _FULL_AT_STOP if re.search(r"[.!?][\"”’')]?$", before.text) else _FULL
    return len(before.text) + 1 + len(line.text.split(maxsplit=1)[0]) >= needed * width


def _usual_gaps(lines: Sequence[Line]) -> dict[float, float]:
    """Return the usual distance between two lines, by type size. A line higher up is on the next page or column."""
    gaps: dict[float, list[float]] = {}
    for before, line in pairwise(lines):
        if before.size == line.size and before.y > line.y:
            gaps.setdefault(line.size, []).append(before.y - line.y)
    # Of the lower half: between short paragraphs there are as many gaps as lines.
    return {size: median(sorted(all_gaps)[: len(all_gaps) // 2 + 1]) for size, all_gaps in gaps.items()}


def _widths(lines: Sequence[Line]) -> dict[float, int]:
    lengths: dict[float, list[int]] = {}
    for line in lines:
        lengths.setdefault(line.size, []).append(len(line.text))
    return {size: sorted(every)[int(0.9 * (len(every) - 1))] for size, every in lengths.items()}


def _largest(pages: Sequence[Sequence[Line]]) -> str | None:
    """Return the headline of the first page: its first run of lines in the largest type, if larger than most."""
    sizes = Counter(line.size for page in pages for line in page for _ in line.text)
    first = next((page for page in pages if page), [])
    largest = max((line.size for line in first), default=0.0)
    if not largest or largest < _HEADING * sizes.most_common(1)[0][0]:
        return None
    start = next(i for i, line in enumerate(first) if line.size == largest)
    return " ".join(line.text for line in takewhile(lambda line: line.size == largest, first[start:]))


def _real_title(title: str | None) -> str | None:
    """Pass over what programs put in a title by themselves: a file's name, "Microsoft Word - x", "untitled"."""
    text = (title or "").strip()
    is_made = re.match(r"microsoft word|untitled|.*\.(?:docx?|pdf|indd|qxp|odt|pages|txt)$", text, re.IGNORECASE)
    return None if is_made or not text else text
