"""Fields that a file states about itself, in YAML front matter or in a JSON row → the fields of a Draft.

Knows the names that newsrooms use for a field, and nothing of YAML or JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from rag.articles.record import Unreadable


class Stated(TypedDict, total=False):
    """The fields of a Draft that a file may state."""

    title: str
    publisher: str
    byline: str
    published: str
    updated: str
    dateline: str
    url: str


_Name = Literal["title", "publisher", "byline", "published", "updated", "dateline", "url"]
_NAMES: dict[_Name, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "publisher": ("publisher", "source"),
    "byline": ("byline", "author", "authors"),
    "published": ("published", "date"),
    "updated": ("updated",),
    "dateline": ("dateline",),
    "url": ("url",),
}
_NOTHING = ("", "null", "~", "none")
_LONGEST_ID = 300


def fields_of(mapping: Mapping[str, object]) -> Stated:
    """Return the Draft's fields that the mapping states. A value that is not text (or a list of it) is passed over."""
    found: Stated = {}
    for name, keys in _NAMES.items():
        for key in keys:
            value = text_of(mapping.get(key))
            if value is not None:
                found[name] = value
                break
    return found


def text_of(value: object, separator: str = ", ") -> str | None:
    """Return text, a number as text, or a list of texts joined; None for anything else and for nothing."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        value = separator.join(item for item in value if item.strip())
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = str(value).strip()
    return None if text.lower() in _NOTHING else text


def id_of(mapping: Mapping[str, object]) -> str | None:
    """Return the article_id (or id) that the mapping states. Raises Unreadable when it cannot be one."""
    for key in ("article_id", "id"):
        value = mapping.get(key)
        if value is None:
            continue
        if isinstance(value, (bool, float, list, dict)):
            raise Unreadable(f"{key} is {kind_of(value)}, not text")
        text = " ".join(str(value).split())
        if len(text) > _LONGEST_ID:
            raise Unreadable(f"{key} is {len(text)} characters long; at most {_LONGEST_ID}")
        if text:
            return text
    return None


def kind_of(value: object) -> str:
    """Name a JSON value's type in plain words."""
    if value is None:
        return "missing"
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object", str: "text"}
    return names.get(type(value), "something else")


def web_address(text: str | None) -> str | None:
    """Return text when it is an http or https address, else None: nothing else may become a link."""
    return text if text is not None and host_of(text) is not None else None


def host_of(url: str) -> str | None:
    """Return the host of a web address without "www.", or None when it is not one."""
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return host.removeprefix("www.")
