import contextlib
import io

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from rag.articles.pdf import Line, paragraphs_of, read, without_furniture
from rag.articles.record import Unreadable

FIRST = (
    "The harbour council voted on Tuesday to close the swing bridge for a month from the first of May, after "
    "engineers had found hairline cracks in two of its four bearings and warned that a lorry might jam it."
)
SECOND = (
    "About 4,200 vehicles cross the bridge on a working day, and the buses among them will go by the old tunnel, "
    "where the council has promised to halve the tolls until the work is done and paid for."
)


def printed(pages, title=None) -> bytes:
    pdf = FPDF()
    if title:
        pdf.set_title(title)
    for number, paragraphs in enumerate(pages, 1):
        pdf.add_page()
        pdf.set_font("Times", size=8)
        pdf.cell(0, 6, "Quayside Courier, 6 May 2031", new_x="LMARGIN", new_y="NEXT")
        if number == 1:
            pdf.set_font("Times", "B", 18)
            pdf.multi_cell(0, 9, "Swing bridge to be shut for a month after cracks are found in two bearings")
            pdf.ln(9)
        pdf.set_font("Times", size=11)
        for paragraph in paragraphs:
            pdf.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
        pdf.cell(0, 6, f"Page {number} of {len(pages)}")
    return bytes(pdf.output())


def test_printed_lines_become_paragraphs(parsed):
    found = parsed(printed([["By Ada Quill", FIRST, SECOND], ["The work will cost 2.7 million crowns."]]), ".pdf")
    assert found.article.text.split("\n\n") == [
        "Quayside Courier, 6 May 2031",
        "Swing bridge to be shut for a month after cracks are found in two bearings",
        "By Ada Quill",
        FIRST,
        SECOND,
        "The work will cost 2.7 million crowns.",
    ]
    assert found.dropped == (("page header or footer", 3),)
    source = found.article.source
    assert source.title == "Swing bridge to be shut for a month after cracks are found in two bearings"
    assert source.byline == "Ada Quill"


def test_the_documents_title_unless_a_program_made_it():
    assert read(printed([[FIRST]], title="Bridge shut")).title == "Bridge shut"
    assert read(printed([[FIRST]], title="page3_final.indd")).title.startswith("Swing bridge")


def test_a_scan_is_reported():
    pdf = FPDF()
    pdf.add_page()
    pdf.rect(10, 10, 50, 50)
    with pytest.raises(Unreadable, match=r"no text layer \(a scan\?\)"):
        read(bytes(pdf.output()))


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_password_is_reported_and_a_mere_lock_opened(password):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed([[FIRST]]))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    if password:
        with pytest.raises(Unreadable, match="it needs a password"):
            read(buffer.getvalue())
    else:
        assert FIRST in read(buffer.getvalue()).text


@pytest.mark.parametrize("data", [b"%PDF-1.4 garbage", b"no pdf at all", b"%PDF-1.7\n" + bytes(2000)])
def test_damage_is_reported(data):
    with pytest.raises(Unreadable, match="a corrupt PDF"):
        read(data)


def test_half_a_file_is_reported_or_read_never_a_crash():
    data = printed([[FIRST, SECOND]])
    for length in range(0, len(data), 97):
        with contextlib.suppress(Unreadable):
            read(data[:length])


def test_page_numbers_go_and_figures_stay():
    pages = [[Line("1"), Line("Cod 450"), Line("Total 7")], [Line("2"), Line("Cod 470"), Line("Total 9")]]
    kept, dropped = without_furniture(pages)
    assert [[line.text for line in page] for page in kept] == [["Cod 450", "Total 7"], ["Cod 470", "Total 9"]]
    assert dropped == 2


def test_a_header_stays_where_it_stands_first():
    pages = [[Line("Courier"), Line(f"Story {n} goes here"), Line("x" * n), Line(f"- {n} -")] for n in (1, 2, 3)]
    kept, dropped = without_furniture(pages)
    assert [line.text for page in kept for line in page].count("Courier") == 1
    assert dropped == 2 + 3


def test_hyphens_and_gaps():
    lines = [
        Line("The report of the inter-", 100, 10),
        Line("national auditors is here", 90, 10),
        Line("and it is rather long now", 80, 10),
        Line("A new paragraph after gap", 60, 10),
        Line("with a second line to it.", 50, 10),
        Line("A caption in small type on", 40, 7),
    ]
    assert paragraphs_of(lines) == [
        "The report of the international auditors is here and it is rather long now",
        "A new paragraph after gap with a second line to it.",
        "A caption in small type on",
    ]
