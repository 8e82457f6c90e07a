"""Word documents (.docx): paragraphs and tables in their order, by python-docx.

It does not know text boxes, footnotes, headers and footers, nor changes that are tracked and not yet accepted.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.articles.metadata import byline
from rag.articles.quiet import quiet
from rag.articles.record import MAX_BYTES, Draft, Unreadable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

_OLE = b"\xd0\xcf\x11\xe0"
_MAX_UNPACKED = 8 * MAX_BYTES  # pictures unpack to what they were; it is memory that this guards
_TEMPLATE_AUTHOR = "python-docx"
_MOST_COLUMNS = 63  # of a table in Word
_HEAD = 40  # paragraphs among which a title is looked for


def read(data: bytes) -> Draft:
    """Return the document's text, its title and its author. Raises Unreadable."""
    if data.startswith(_OLE):
        raise Unreadable("it needs a password, or is a .doc of before 2007 under another name")
    _check_size(data)
    from docx import Document

    with quiet():
        try:
            return _draft(Document(io.BytesIO(data)))
        except RecursionError:
            raise Unreadable("its parts are nested too deeply") from None
        except Exception as error:
            # python-docx raises KeyError, ValueError, lxml's and zipfile's own errors alike for a damaged document.
            raise Unreadable(f"a corrupt DOCX ({type(error).__name__})") from error


def _check_size(data: bytes) -> None:
    """Refuse a zip bomb by the sizes that it declares; zipfile unpacks no more than is declared."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            sizes = [(info.filename, info.file_size) for info in parts.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable("a corrupt DOCX (not a zip file)") from None
    markup = sum(size for name, size in sizes if name.lower().endswith((".xml", ".rels")))
    everything = sum(size for _, size in sizes)
    # A tree of elements takes ten times the room of its XML.
    if markup > MAX_BYTES or everything > _MAX_UNPACKED:
        raise Unreadable(
            f"unpacks to {everything / 2**20:.1f} MiB ({markup / 2**20:.1f} MiB of it text); "
            f"at most {_MAX_UNPACKED // 2**20} MiB ({MAX_BYTES // 2**20} MiB)"
        )


def _draft(document: Document) -> Draft:
    paragraphs = list(_paragraphs(document))
    properties = document.core_properties
    title = properties.title or next(
        (p.text for p in document.paragraphs[:_HEAD] if p.style is not None and p.style.name in ("Title", "Heading 1")),
        None,
    )
    author = properties.author if properties.author != _TEMPLATE_AUTHOR else None
    if any(byline(line.strip()) for line in paragraphs[:12]):
        author = None  # the newspaper's own byline is read with the text; the property may name who typed it
    return Draft(text="\n\n".join(paragraphs), title=title or None, byline=author or None)


def _paragraphs(document: Document) -> Iterator[str]:
    from docx.oxml.ns import qn
    from docx.table import Table

    for span in document.element.body.iter(qn("w:gridSpan")):
        # python-docx lists a merged cell once for each column: of a billion columns it would fill the memory.
        span.val = min(span.val, _MOST_COLUMNS)
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield block.text


def _rows(table: Table) -> Iterator[str]:
    """Yield each row's cells; a merged cell, which python-docx shows once for each column, counts once."""
    for row in table.rows:
        cells = list(dict.fromkeys(cell._tc for cell in row.cells))
        texts = {cell._tc: " ".join(cell.text.split()) for cell in row.cells}
        yield " | ".join(texts[cell] for cell in cells)
