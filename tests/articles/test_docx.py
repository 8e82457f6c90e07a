import io
import zipfile

import docx
import pytest

from rag.articles.docx import read
from rag.articles.record import Unreadable


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_paragraphs_and_tables_in_their_order(parsed):
    document = docx.Document()
    document.core_properties.title = "Price of cod rises"
    document.add_heading("Cod dearer again", 1)
    document.add_paragraph("By Ada Quill, Market Reporter")
    document.add_paragraph("Cod rose by 4 percent on Monday.")
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, (("Fish", "Crowns"), ("Cod", "12.50")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Herring did not move.")
    article = parsed(saved(document), ".docx").article
    assert article.text == (
        "Cod dearer again\n\nBy Ada Quill, Market Reporter\n\nCod rose by 4 percent on Monday.\n\n"
        "Fish | Crowns\n\nCod | 12.50\n\nHerring did not move."
    )
    assert article.source.title == "Price of cod rises"
    assert article.source.byline == "Ada Quill"


def test_the_documents_author_is_the_byline_when_the_text_has_none():
    document = docx.Document()
    document.core_properties.author = "Tom Reed"
    document.add_heading("Ferry runs aground", 1)
    document.add_paragraph("Nobody was hurt.")
    draft = read(saved(document))
    assert (draft.title, draft.byline) == ("Ferry runs aground", "Tom Reed")


def test_the_templates_author_is_nobody():
    document = docx.Document()
    document.add_paragraph("Nobody was hurt.")
    assert read(saved(document)).byline is None


def test_a_merged_cell_counts_once():
    document = docx.Document()
    table = document.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both"
    table.cell(0, 2).text = "One"
    assert read(saved(document)).text == "Both | One"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 not a zip", "a corrupt DOCX (not a zip file)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it needs a password, or is a .doc of before 2007"),
    ],
)
def test_damage_is_reported(data, reason):
    with pytest.raises(Unreadable) as error:
        read(data)
    assert str(error.value).startswith(reason)


def test_a_zip_that_is_no_document():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        parts.writestr("note.txt", "hello")
    with pytest.raises(Unreadable, match="a corrupt DOCX"):
        read(buffer.getvalue())


def test_a_zip_bomb_is_not_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * (33 * 2**20))
    assert len(buffer.getvalue()) < 100_000
    with pytest.raises(Unreadable, match=r"unpacks to 33\.0 MiB"):
        read(buffer.getvalue())
