"""Markdown (.md), with or without YAML front matter: the words without their marks.

Front matter that is not valid YAML is text like any other. It does not know the whole of CommonMark: nested lists
become flat paragraphs, and what it does not recognise stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rag.articles.encoding import decode
from rag.articles.layout import paragraphs
from rag.articles.record import Draft
from rag.articles.stated import fields_of, id_of

_FRONT = re.compile(r"---[ \t]*\r?\n(.*?\r?\n)?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_LONGEST_FRONT = 64 * 1024

_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(\S.*)")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-{2,})\s*")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})")
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_ROW = re.compile(r"\s*\|(.*)\|\s*")
_ITEM = re.compile(r"\s*(?:[-*+]\s+(?:\[[ xX]\]\s+)?|(?=\d{1,3}[.)]\s))")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_REFERENCE = re.compile(r"\s{0,3}\[[^\]]+\]:\s+\S+.*")
_IMAGE_ALONE = re.compile(r"\s*!\[[^\[\]]*\]\([^()]*\)\s*")

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~<])")
_INLINE = (
    (re.compile(r"!?\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),  # links, and the caption of a picture
    (re.compile(r"!?\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"`+([^`]+)`+"), r"\1"),
    (re.compile(r"\*\*\*?(?=\S)([^*]+)(?<=\S)\*\*\*?"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])__?(?=\S)([^_]+)(?<=\S)__?(?![\w_])"), r"\1"),
)
_PRIVATE = 0xE000  # escaped characters wait in the private-use area while marks are taken off


def read(data: bytes) -> Draft:
    """Return the text without marks, and the front matter's fields; a first heading is the title where none is stated.

    Raises Unreadable when the bytes are not text.
    """
    stated, body = split_front_matter(decode(data))
    fields = fields_of(stated)
    # Lines are joined before their marks go: a wrapped line that holds a link is short without it.
    text = "\n\n".join(map(_inline, paragraphs(list(_plain_lines(_without_comments(body))), wrapped=True)))
    if "title" not in fields:
        heading = next((m for line in body.splitlines()[:40] if (m := _HEADING.fullmatch(line))), None)
        if heading is not None and len(heading[1]) == 1:
            fields["title"] = _inline(_heading_text(heading))
    return Draft(text=text, **fields)


def stated_id(data: bytes) -> str | None:
    """Return the article_id that the front matter states, without reading the rest. Raises Unreadable."""
    if b"---" not in data[:16]:
        return None
    stated, _ = split_front_matter(decode(data[: 2 * _LONGEST_FRONT]))
    return id_of(stated)


def split_front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """Return (front matter, the rest); ({}, text) when there is none or it is not valid YAML."""
    match = _FRONT.match(text[:_LONGEST_FRONT])
    if match is None:
        return {}, text
    import yaml

    try:
        # Every value as the text that it is: to other loaders "id: 007" is 7, and "date: 2025-02-30" an exception.
        # BaseLoader builds no objects but text, lists and mappings.
        found = yaml.load(match[1] or "", Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(found, dict):
        return {}, text
    return {str(key).strip().lower(): value for key, value in found.items()}, text[match.end() :]


def _plain_lines(body: str) -> Iterator[str]:
    lines = re.split(r"\r\n|\r|\n", body)
    fenced = False
    for index, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
            yield ""
        elif fenced:
            yield from (line, "")
        elif _REFERENCE.fullmatch(line) or ("|" in line and _TABLE_RULE.fullmatch(line.strip())):
            continue
        elif _RULE.fullmatch(line) or _UNDERLINE.fullmatch(line):
            yield ""
        else:
            following = lines[index + 1] if index + 1 < len(lines) else ""
            yield from _plain_line(line, is_heading=bool(_UNDERLINE.fullmatch(following)))


def _heading_text(heading: re.Match[str]) -> str:
    """Return a heading without the marks that may close it; a pattern for these would be slow on long blanks."""
    return heading[2].rstrip().rstrip("#").rstrip()


def _plain_line(line: str, *, is_heading: bool) -> Iterator[str]:
    """Yield a line without the marks of its block, and blank lines where Markdown begins or ends one."""
    quote = _QUOTE.match(line)
    line = line[quote.end() :] if quote else line
    heading, row, item = _HEADING.fullmatch(line), _ROW.fullmatch(line), _ITEM.match(line)
    if heading:
        yield from ("", _heading_text(heading), "")
    elif row:
        yield from (
            "",
            " | ".join(cell.strip() for cell in row[1].replace(r"\|", chr(_PRIVATE + 0x7C)).split("|")),
            "",
        )
    elif item:
        yield from ("", line[item.end() :])
    else:
        yield line
        if is_heading or line.endswith(("  ", "\\")) or _IMAGE_ALONE.fullmatch(line):
            yield ""


def _inline(line: str) -> str:
    line = _ESCAPED.sub(lambda m: chr(_PRIVATE + ord(m[1])), line.removesuffix("\\"))
    line = re.sub(r"<br\s*/?>", "\n", line)
    for pattern, kept in _INLINE:
        line = pattern.sub(kept, line)
    return re.sub(r"[\ue000-\ue07f]", lambda m: chr(ord(m[0]) - _PRIVATE), line)


def _without_comments(text: str) -> str:
    """Take out HTML comments; by hand, because a pattern would need quadratic time on a file of openings."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join((*parts, text[at:]))
