import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.encoding import decode
from rag.articles.record import Unreadable

TEXT = "The café at the quay was “full” on Monday – again."


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_usual_encoding(name):
    assert decode(TEXT.encode(name)) == TEXT


def test_utf16_big_endian_with_its_mark():
    assert decode(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")) == TEXT


def test_cyrillic_is_detected():
    text = "Мэр города сообщил в понедельник, что старый мост закроют на один месяц. " * 5
    assert decode(text.encode("cp1251")) == text


def test_what_the_page_declares_is_believed_where_it_is_not_utf8():
    text = "Burmistrz zamknął most. Żółty śnieg leżał na nabrzeżu."
    assert decode(text.encode("iso8859-2"), declared="iso-8859-2") == text
    assert decode(text.encode(), declared="iso-8859-2") == text
    assert decode("“full”".encode("cp1252"), declared="latin1") == "“full”"


@pytest.mark.parametrize("declared", ["base64", "no-such", "utf-8", "", "rot13"])
def test_a_useless_declaration_is_passed_over(declared):
    assert decode(TEXT.encode("cp1252"), declared=declared) == TEXT


def test_a_few_foreign_bytes_in_utf8_do_not_spoil_the_rest():
    assert decode("“Café” is ‘full’: ".encode() + b"caf\xe9") == "“Café” is ‘full’: café"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x01\x02news\x00" * 50, "NUL bytes"),
        (b"%PDF-1.7 ...", "it is a PDF"),
        (b"PK\x03\x04....", "a zip file"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x01\x02\x03\x04 ok", "control characters"),
    ],
)
def test_what_is_not_text_is_named(data, reason):
    with pytest.raises(Unreadable, match=reason):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_become_text_or_a_reason(data):
    with contextlib.suppress(Unreadable):
        assert isinstance(decode(data), str)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=300))
def test_utf8_is_always_itself(text):
    data = text.encode()
    if not data.startswith((codecs.BOM_UTF8, b"%PDF-")):
        assert decode(data) == text
