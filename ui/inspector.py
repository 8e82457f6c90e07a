"""The inspector → HTML: every passage read for a question, its scores and ranks, and what became of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ui.markup import MAX_LINE, MAX_QUOTE, cut, escape
from ui.turns import Seen

NAMES = {"lexical": "BM25", "bm25": "BM25", "dense": "Dense", "fused": "Fused", "reranked": "Reranked"}
LEGEND = (
    "Score and rank of each search; the reader’s best words; how much likelier they are than no answer, in logits; "
    "and the confidence in them."
)


def render_inspector(seen: Sequence[Seen]) -> str:
    """Return a folded table, a row for each passage in the order of retrieval."""
    searches = list(dict.fromkeys(name for one in seen for name, _, _ in one.scores))
    heads = [*(NAMES.get(name, name) for name in searches), "Best words", "Reader", "Confidence", "What became of it"]
    header = "".join(f'<th scope="col">{escape(head)}</th>' for head in ("Passage", *heads))
    rows = "".join(_row(one, searches) for one in seen)
    table = f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"
    number = f"{len(seen)} passage{'s' if len(seen) != 1 else ''}"
    return (
        f'<details class="rag-inspect"><summary>How it was found: {number} read</summary>'
        f'<p class="rag-quiet">{LEGEND}</p><div class="rag-scroll" tabindex="0">{table}</div></details>'
    )


def _row(one: Seen, searches: Sequence[str]) -> str:
    by_name = {name: f"{score:.2f} (#{rank})" for name, score, rank in one.scores}
    place = escape(json.dumps([cut(one.article_id, MAX_QUOTE), one.start, one.end, ""]))
    title = escape(cut(one.title, MAX_LINE))
    passage = (
        f'<button type="button" class="rag-open" title="Read this passage in its article"><bdi>{title}</bdi></button>'
    )
    cells = [by_name.get(name, "") for name in searches]
    cells += [f"<bdi>{escape(cut(one.text, MAX_LINE))}</bdi>"]
    cells += [
        "" if one.margin is None else f"{one.margin:+.1f}",
        "" if one.confidence is None else f"{one.confidence:.0%}",
    ]
    told = "".join(f"<td>{cell}</td>" for cell in (*cells, escape(one.why)))
    return f'<tr><th scope="row">{passage}<span class="rag-ref" hidden>{place}</span></th>{told}</tr>'
