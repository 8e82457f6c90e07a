"""A run as one self-contained page: tables, three drawings, and every question with what was read for it.

Nothing is loaded from anywhere, and there is no script; all text is escaped. What this module does not know: how
figures come about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from rag.eval.assess import Record
from rag.eval.figures import FIGURES, by_kind, figures, lost, reliability, seconds, sureness
from rag.eval.gold import Place, gold_places
from rag.eval.report import share
from rag.eval.run import Run
from rag.types import Hit, Passage

SHOWN_PASSAGES = 10
WIDTH, HEIGHT, EDGE = 360, 240, 36  # of a drawing, in pixels; EDGE for its scales
HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>How good are the answers?</title>'
    '<meta name="viewport" content="width=device-width">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
LEGEND = (
    '<p class="small">Wrong answers first. In passages: <mark>evidence</mark>, '
    '<mark class="span">what the reader preferred</mark>.</p>'
)
STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1c1b19, #e9e6df); --paper: light-dark(#fbfaf7, #191816);
  --line: light-dark(#d8d4ca, #3b3833); --soft: light-dark(#6a655b, #a49e92); --bar: light-dark(#3d6a8a, #7fb0d2);
  --good: light-dark(#2d6a3e, #86c794); --bad: light-dark(#9c3524, #ec9a8a); --gold: light-dark(#fdeaa7, #5c4a10);
  --span: light-dark(#bfe3f7, #1d4a63); }
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 62rem; padding: 0 1rem; }
h1, h2 { font-weight: normal; line-height: 1.2; } h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; } caption { text-align: left; color: var(--soft); }
td, th { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; font-weight: normal; }
td:first-child, th:first-child { text-align: left; } .small, small { color: var(--soft); font-size: .85rem; }
.drawings { display: flex; flex-wrap: wrap; gap: 1.5rem; } figure { margin: 0; } figcaption { color: var(--soft); }
svg text { fill: var(--soft); font: 11px sans-serif; } svg .axis { stroke: var(--line); }
svg .bar, svg .dot { fill: var(--bar); } svg .curve { fill: none; stroke: var(--bar); stroke-width: 2; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; } summary { cursor: pointer; }
.right { color: var(--good); } .wrong { color: var(--bad); } blockquote { margin: .5rem 0 .5rem 1rem; }
mark { color: inherit; background: var(--gold); } mark.span { background: var(--span); }
mark.both { background: linear-gradient(var(--gold) 50%, var(--span) 50%); }
"""


def page(run: Run) -> str:
    """Return the page."""
    about = run.about
    facts = [
        ("questions", about["questions"]), ("articles", about["articles"]), ("embedder", about["embedder"]),
        ("reader", about["reader"]), ("rule", about["rule"]), ("configuration", about["config"]),
        ("commit", about["commit"] or "unknown"), ("machine", about["machine"]), ("date", about["date"]),
        ("seconds", about["seconds"]),
    ]  # fmt: skip
    reported = run.split(run.splits[-1])
    body = [
        "<h1>How good are the answers?</h1>",
        f"<p>{len(run.records)} questions; drawings are of <em>{escape(run.splits[-1])}</em>.</p>",
        _figures(run),
        f'<div class="drawings">{_reliability(reported)}{_risk(reported)}{_kinds(reported)}</div>',
        _lost(run),
        _seconds(run),
        "<h2>Every question</h2>",
        LEGEND,
        *(_question(record) for record in sorted(run.records, key=lambda r: (not r.lost, r.lost))),
        "<h2>What was measured</h2>",
        _table("", [], [[name, str(value)] for name, value in facts]),
    ]
    return f"{HEAD}<style>{STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    named = f"<tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in head)}</tr>" if head else ""
    return f"<table><caption>{escape(caption)}</caption>{named}{cells}</table>"


def _figures(run: Run) -> str:
    columns = {name: figures(run.split(name)) for name in run.splits}
    rows = [
        [each.label, *(share(found[each.name], each.name) if each.name in found else "–" for found in columns.values())]
        for each in FIGURES
        if any(each.name in found for found in columns.values())
    ]
    return _table("with 95% intervals", ["", *(f"{name} ({len(run.split(name))})" for name in columns)], rows)


def _lost(run: Run) -> str:
    columns = {name: lost(run.split(name)) for name in run.splits}
    stages = next(iter(columns.values()))
    rows = [[stage, *(str(found[stage]) for found in columns.values())] for stage in stages]
    return _table("where wrong answers were lost", ["", *columns], rows)


def _seconds(run: Run) -> str:
    rows = [[stage, f"{1000 * p50:.0f}", f"{1000 * p95:.0f}"] for stage, (p50, p95) in seconds(run.records).items()]
    return _table("milliseconds a question", ["stage", "p50", "p95"], rows)


def _reliability(records: Sequence[Record]) -> str:
    dots = [
        f'<circle class="dot" cx="{_x(confidence):.1f}" cy="{_y(right):.1f}" r="{3 + count**0.5:.1f}" opacity=".75">'
        f"<title>{count} questions, confidence {confidence:.0%}, right {right:.0%}</title></circle>"
        for count, confidence, right in reliability(records)
    ]
    line = f'<line class="axis" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke-dasharray="4"/>'
    return _drawing("Confidence (across) and share right (up); the line is honesty", line + "".join(dots))


def _risk(records: Sequence[Record]) -> str:
    coverage, risk = sureness(records)
    points = " ".join(f"{_x(c):.1f},{_y(r):.1f}" for c, r in zip(coverage, risk, strict=True))
    return _drawing(
        "Share answered, surest first (across), and share of those wrong (up)",
        f'<polyline class="curve" points="{points}"/>',
    )


def _kinds(records: Sequence[Record]) -> str:
    found = by_kind(records)
    step = 18
    bars = "".join(
        f'<text x="0" y="{place * step + 13}">{escape(kind or "(no kind)")} ({one.count})</text>'
        f'<rect class="bar" x="130" y="{place * step + 3}" width="{200 * one.value:.1f}" height="12"/>'
        f'<line class="axis" x1="{130 + 200 * one.low:.1f}" x2="{130 + 200 * one.high:.1f}" '
        f'y1="{place * step + 9}" y2="{place * step + 9}" stroke-width="2"/>'
        f'<text x="336" y="{place * step + 13}">{one.value:.0%}</text>'
        for place, (kind, one) in enumerate(found.items())
    )
    return (
        f'<figure><svg role="img" width="{WIDTH + 10}" height="{len(found) * step + 6}">{bars}</svg>'
        "<figcaption>Accuracy by kind of question, with its interval</figcaption></figure>"
    )


def _drawing(caption: str, inside: str) -> str:
    scales = "".join(
        f'<text x="{_x(share) - 8:.0f}" y="{HEIGHT - 18}">{share:.0%}</text>'
        f'<text x="0" y="{_y(share) + 4:.0f}">{share:.0%}</text>'
        f'<line class="axis" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(share):.0f}" y2="{_y(share):.0f}"/>'
        for share in (0.0, 0.5, 1.0)
    )
    drawn = f'<svg role="img" width="{WIDTH}" height="{HEIGHT}">{scales}{inside}</svg>'
    return f"<figure>{drawn}<figcaption>{escape(caption)}</figcaption></figure>"


def _x(share: float) -> float:
    return EDGE + share * (WIDTH - 2 * EDGE)


def _y(share: float) -> float:
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)


def _question(record: Record) -> str:
    row, answer = record.row, record.answer
    said = answer.text if answer else record.error
    mark = "✗" if record.lost else "✓"
    head = (
        f'<summary><span class="{"wrong" if record.lost else "right"}">{mark}</span> {escape(row.question)} '
        f"<small>{escape(row.row_id)} · {escape(row.kind)} · {escape(record.split)}"
        f"{' · ' + escape(record.lost) if record.lost else ''}</small></summary>"
    )
    wanted = "; ".join(row.accepted) or "(silence)"
    parts = [f"<p><b>{escape(said)}</b> <small>wanted: {escape(wanted)}</small></p>"]
    if answer:
        parts.append(
            f"<p class=small>confidence {answer.confidence:.0%}{' · withheld' if answer.abstained else ''}</p>"
        )
        parts += [f"<blockquote>“{escape(c.quote)}” <small>{escape(c.source.title)}</small></blockquote>"
                  for c in answer.citations]  # fmt: skip
    parts.append(_scores(record))
    places = _places(record)
    parts += [_passage(record, hit, places) for hit, _ in record.hits[:SHOWN_PASSAGES]]
    return f"<details>{head}{''.join(parts)}</details>"


def _scores(record: Record) -> str:
    kept = {name: value for name, value in record.scores.items() if not name.startswith("seconds_")}
    told = " · ".join(f"{name} {value:.2f}".replace(".00", "") for name, value in kept.items())
    return f"<p class=small>{escape(told)}</p>"


def _places(record: Record) -> tuple[Place, ...]:
    """Return where the evidence stands, in passages alone: a quote found in a passage, counted from its article."""
    found = []
    for hit, _ in record.hits:
        passage = hit.passage
        inside = gold_places(record.row, {passage.source.article_id: passage.text})
        found += [Place(p.article_id, p.start + passage.start, p.end + passage.start, p.quoted) for p in inside]
    return tuple(found)


def _passage(record: Record, hit: Hit, places: Sequence[Place]) -> str:
    passage = hit.passage
    span, margin = record.spans.get(passage.passage_id, ("", None))
    told = f"rank {hit.rank}, {hit.scorer} {hit.score:.3f}" + ("" if margin is None else f", margin {margin:.2f}")
    return (
        f"<blockquote><small>{escape(passage.source.title)} · {escape(told)}</small><br>"
        f"{_marked(passage, span, places)}</blockquote>"
    )


def _marked(passage: Passage, span: str, places: Sequence[Place]) -> str:
    """Return the passage's text, escaped, with evidence and the preferred span marked."""
    text = passage.text
    gold = [
        (max(0, place.start - passage.start), min(len(text), place.end - passage.start))
        for place in places
        if place.quoted and place.article_id == passage.source.article_id
    ]
    first = text.find(span) if span else -1
    spans = [(first, first + len(span))] if first >= 0 else []
    edges = sorted({0, len(text), *(edge for pair in [*gold, *spans] for edge in pair if 0 <= edge <= len(text))})
    parts = []
    for start, end in pairwise(edges):
        kinds = [any(a <= start and end <= b for a, b in pairs) for pairs in (gold, spans)]
        name = {(True, True): "both", (False, True): "span", (True, False): "gold"}.get((kinds[0], kinds[1]))
        piece = escape(text[start:end])
        parts.append(f'<mark class="{name}">{piece}</mark>' if name else piece)
    return "".join(parts)
