"""Rows (.jsonl, .jsonl.gz): one article a line, as a JSON object with article_id, title, text and what else is known.

Reads a line at a time, so a file may be larger than memory. It does not know which rows belong together.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.articles.encoding import decode
from rag.articles.record import MAX_BYTES, Draft, Unreadable
from rag.articles.stated import fields_of, host_of, id_of, kind_of, text_of

_GZIP = b"\x1f\x8b"
_GIVE_UP = 100  # bad rows in a row: the file is something else, and a report of each line of it helps nobody


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of rows: its number (from 1), its bytes, the article_id that it states, or its problem."""

    number: int
    data: bytes
    stated_id: str | None = None
    problem: str | None = None


def split(path: Path) -> Iterator[Line]:
    """Yield the rows, and in their place what is wrong with a line that is none. Blank lines are passed over.

    Ends at damage, or after a hundred bad lines in a row, with a line that says so. Raises OSError.
    """
    bad = 0
    for line in _lines(path):
        found = line
        if line.problem is None:
            try:
                found = replace(line, stated_id=id_of(load(line.data)))
            except Unreadable as reason:
                found = replace(line, problem=str(reason))
        yield found
        bad = bad + 1 if found.problem else 0
        if bad == _GIVE_UP:
            yield Line(line.number + 1, b"", problem=f"{bad} bad rows in a row; the rest of the file was not read")
            return


def _lines(path: Path) -> Iterator[Line]:
    number = 0
    with closing(_open(path)) as file:
        try:
            while line := file.readline(MAX_BYTES + 1):
                number += 1
                if len(line) > MAX_BYTES:
                    yield Line(number, b"", problem=f"more than {MAX_BYTES // 2**20} MiB in one row")
                    while line and not line.endswith(b"\n"):
                        line = file.readline(MAX_BYTES)
                elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                    yield Line(number, line)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            kept = "the rows before it are kept" if number else "no row could be read"
            yield Line(number + 1, b"", problem=f"the gzip file is cut short or damaged here ({error}); {kept}")


def _open(path: Path) -> gzip.GzipFile | io.BufferedReader:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")


def load(data: bytes) -> dict[str, Any]:
    """Return the row as an object that has text. Raises Unreadable with what is wrong with it."""
    try:
        row = json.loads(decode(data))
    except RecursionError:
        raise Unreadable("not a row: its JSON is nested too deeply") from None
    except ValueError as error:
        # A number of more than 4,300 digits is a plain ValueError, with advice that is of no use here.
        what = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else "a huge number"
        raise Unreadable(f"not valid JSON: {what}") from None
    if not isinstance(row, dict):
        raise Unreadable(f"not a row: {kind_of(row)} where an object with article_id, title and text was wanted")
    for key in ("text", "title"):
        if row.get(key) is not None and text_of(row[key]) is None and not _is_blank(row[key]):
            raise Unreadable(f"{key} is {kind_of(row[key])}, not text")
    if text_of(row.get("text")) is None:
        raise Unreadable("the row has no text")
    return row


def _is_blank(value: object) -> bool:
    return value == [] or (isinstance(value, str) and text_of(value) is None)


def read(data: bytes) -> Draft:
    """Return the row's text and fields. Raises Unreadable.

    A row with an address and no publisher is credited to the address's host ("bbc.co.uk"): that is whose page it was,
    in the only name that the row gives.
    """
    row = load(data)
    fields = fields_of(row)
    if "publisher" not in fields and (host := host_of(fields.get("url", ""))):
        fields["publisher"] = host
    return Draft(text=text_of(row["text"], separator="\n\n") or "", **fields)
