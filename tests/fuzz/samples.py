"""Inputs to begin with, one of each kind of trouble; all words are made up."""

from __future__ import annotations

import json
from pathlib import Path

_ANSWER = {
    "question": "How many?",
    "text": "17",
    "abstained": False,
    "reason": None,
    "confidence": 0.5,
    "sentence": "17 cracks.",
    "citations": [
        {
            "number": 1,
            "article_id": "a",
            "title": "T",
            "publisher": None,
            "published": "2025-02-04",
            "path_or_url": "a.txt",
            "quote": "17 cracks.",
            "start": 3,
            "end": 13,
        }
    ],
    "alternatives": [{"text": "9", "confidence": 0.25, "sentence": "9.", "citations": []}],
    "seconds": {"total": 1.0},
}
_MANIFEST = {
    "format": 1,
    "recipe": {"embedder": "minilm", "dim": 384, "passage_tokens": 160, "template": "{text}"},
    "articles": 2,
    "passages": 5,
    "built": "2025-02-04T10:00:00+00:00",
    "version": "0.1.0",
    "folders": ["news"],
    "skipped": [["a.pdf", "no text in it"]],
    "files": {"texts.bin": {"bytes": 3, "sha256": "ab"}},
}
_ROW = {"article_id": "r1", "title": "Bridge", "text": "The bridge is shut.", "url": "https://www.example.org/a"}
_PDF = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R
 /Resources <</Font <</F1 4 0 R>>>> >> endobj
4 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj
5 0 obj <</Length 85>> stream
BT /F1 12 Tf 72 700 Td (The bridge is shut) Tj 0 -14 Td [(for) -300 (a month.)] TJ ET
endstream endobj
xref
0 6
trailer <</Root 1 0 R /Size 6>>
startxref
0
%%EOF
"""
_MARKDOWN = b"""---
title: "Bridge"
id: 007
authors: [Ada Quill, Tom Reed]
date: 2025-02-04
---
# Bridge *shut* #

> quoted [link](http://a.example/(x)) ![caption](b.png) <b>bold</b> `code` \\*
- [x] item
1. one

| a | b |
|---|---|
| 1 | 2 |

<!-- gone -->
Heading
=======
```
fenced
```
[ref]: http://a.example
"""
_HTML = b"""<!doctype html><html><head><meta charset="utf-8"><title>Bridge shut</title>
<meta property="article:published_time" content="2031-05-06T07:30:00Z"><meta name="author" content="Ada Quill">
<script type="application/ld+json">{"@graph": [{"datePublished": "2031-05-06"}]}</script></head><body><article>
<h1>Bridge shut</h1><p>The swing bridge will be closed for a month,<br>the council said &amp;eacute; on Monday.</p>
<figure><img src="a.png"><figcaption>The bridge</figcaption></figure><blockquote>Quote</blockquote>
<ul><li>One</li><li>Two</li></ul><table><tr><th>Route</th><td>Bus</td></tr></table><time datetime="2031-05-06">x</time>
</article></body></html>"""
_TEXT = """Bridge shut for a month

6 May 2031, 09:52 | Updated: 6 May 2031, 12:16
By Ada Quill, Harbour Editor

PORT ELLERY, Norland — The caf\u00c3\u00a9 &amp; quay e&#x301; \u202e are closed \u200d \u00ad for a month, hours after
an audit found that the fees of two inter-
national years had not been entered in the
books. The mayor said.

The mayor, right, and the pilot
The mayor, right, and the pilot. Picture: Quayside
Loading audio...
""".encode()
_YAML = b"""index: index/x
articles: [a, b]
chunking: {tokens: 160}
retrieval: &r
  mode: fused
  lexical_weight: 0.5
  <<: {depth: 5}
deciding:
  threshold: null
engine: {precision: auto, threads: 0x2}
reading: {n_best: !!int '5', max_tokens: 384, stride: 1_2}
asking: {max_question: 10:00}
embedding: {model: "a\\0\\ud800", batch_size: !!float 3}
"""

_DOCUMENT = b"""\x01<?xml version="1.0"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Bridge shut</w:t><w:br/><w:tab/></w:r></w:p>
<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge/></w:tcPr>
<w:p><w:r><w:t>Cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"""

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "text": (_TEXT, "Шторм повредил мост.".encode("koi8-r"), "The bridge is shut.".encode("utf-16")),
    "markdown": (_MARKDOWN,),
    "html": (_HTML,),
    "pdf": (_PDF,),
    "docx": (_DOCUMENT,),
    "rows": (
        json.dumps(_ROW).encode() + b"\n\n{}\n[1]\n" + json.dumps({**_ROW, "id": 7, "text": ["a", "b"]}).encode(),
    ),
    "chunking": (_TEXT, "U.S. Mr. 橋。👩\u200d🚀 x\u2028y\x85z\x1c".encode()),
    "tokens": (_TEXT,),
    "config": (_YAML, (Path(__file__).resolve().parents[2] / "config.yaml").read_bytes()),
    "question": (b"And when?\tNever\nWho won?\tAda\nWhat about it's\x00?", "Wer\u200b ist’s? \u202e".encode()),
    "manifest": (json.dumps(_MANIFEST).encode(), b'{"build": "one", "manifest_sha256": "ab"}'),
    "answers": (json.dumps(_ANSWER).encode(), json.dumps(_ANSWER).encode() + b"\n" + json.dumps(_ANSWER).encode()),
}
