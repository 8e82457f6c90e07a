"""Bytes → text. UTF-8 first; then what the file declares; then what the bytes look like; at last Windows-1252.

It never fails on text, and says Unreadable for what is not text. It does not know languages: between two one-byte
encodings it trusts charset-normalizer, and only where enough bytes speak.
"""

from __future__ import annotations

import codecs
import re

from rag.articles.record import Unreadable

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip file (a DOCX?)"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HOLES = re.compile(r"[\udc80-\udcff]")
_SAMPLE = 64 * 1024
_SPARSE = 0.05  # English, and nearly all French and German: fewer high bytes than this, too few to tell a code page by


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of a file.

    declared: the encoding that the file names for itself, used where the bytes are not UTF-8.
    Raises Unreadable when the bytes are not text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(name, errors="replace"))
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise Unreadable(f"not text, whatever its name: it is {kind}")
    if b"\0" in data:
        return _checked(_unmarked_utf16(data))
    try:
        return _checked(data.decode())
    except UnicodeDecodeError:
        return _checked(_decode_legacy(data, declared))


def _checked(text: str) -> str:
    sample = text[:_SAMPLE]
    controls = len(_CONTROLS.findall(sample))
    # A stray control character is dirt; one in a hundred is a binary.
    if controls * 100 > len(sample):
        raise Unreadable("not text: it is full of control characters (a binary file?)")
    return text


def _unmarked_utf16(data: bytes) -> str:
    """Read UTF-16 without its mark: in news text nearly every second byte is then zero, always on the same side."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    for name, zeros in (("utf-16-le", sample[1::2].count(0)), ("utf-16-be", sample[0::2].count(0))):
        if zeros > 0.6 * half and sample.count(0) < 1.1 * zeros:
            return data.decode(name, errors="replace")
    raise Unreadable("not text: it has NUL bytes (a binary file?)")


def _decode_legacy(data: bytes, declared: str | None) -> str:
    mixed = data.decode(errors="surrogateescape")
    stray = sum("\udc80" <= c <= "\udcff" for c in mixed)
    if stray <= sum(c > "\x7f" for c in mixed) - stray:
        # Mostly good UTF-8 with a few foreign bytes pasted in: keep the good, read the few as Windows-1252.
        return re.sub(r"[\udc80-\udcff]+", lambda m: _cp1252(m[0].encode(errors="surrogateescape")), mixed)
    name = _python_name(declared)
    if name is None:
        high = sum(byte > 0x7F for byte in data[:_SAMPLE])
        name = None if high < _SPARSE * len(data[:_SAMPLE]) else _detected(data)
    return data.decode(name, errors="replace") if name else _cp1252(data)


def _cp1252(data: bytes) -> str:
    """Windows-1252 as browsers read it: its five holes are the control characters of Latin-1."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return _HOLES.sub(lambda m: chr(ord(m[0]) - 0xDC00), data.decode("cp1252", errors="surrogateescape"))


def _python_name(declared: str | None) -> str | None:
    try:
        name = codecs.lookup(declared or "").name
        # Not every codec makes text: base64 and its like are in the same table, and refuse here.
        b"a".decode(name)
    except (LookupError, ValueError, TypeError):
        return None
    # Pages that claim Latin-1 mean Windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels).
    return None if name.startswith("utf") else "cp1252" if name in ("iso8859-1", "ascii") else name


def _detected(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best else None
