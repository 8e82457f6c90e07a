"""What a question row wants to be told beside its answer, where its labels say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of a question beside its answer; empty where the row says nothing.

    difference, values: of an agreement table, each value as (accepted texts, articles that give it). reason: of
    silence. days: ISO days that the answer's date means. speakers: accepted names of who says it.
    """

    difference: str = ""
    values: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    reason: str = ""
    days: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Labels:
        """Return the labels of a question row's JSON. Raises KeyError or TypeError for what cannot be used."""
        table = raw.get("agreement") or {"kind": "", "values": []}
        values = [(_texts(one["value"]), _texts(one["articles"])) for one in table["values"]]
        return cls(
            str(table["kind"]),
            tuple(values),
            str(raw.get("reason") or ""),
            _texts(raw.get("resolved") or []),
            _texts(raw.get("speaker") or []),
        )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"labels must be a list of texts, found {value!r}")
    return tuple(value)
