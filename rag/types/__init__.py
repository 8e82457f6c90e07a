"""The nouns that flow through the pipeline, all frozen.

Article → Passage → Hit → Span → Reading → Answer. Text never loses its origin: a Passage carries its Source and
its place in the article, so citing needs no look-up. Offsets are half-open, in characters (Python's code points), into
`Article.text`, which is cleaned once before any offset exists.
"""

from rag.types.answer import LIKELIHOOD, NO_AGREEMENT, SAID_NOTHING, Alternative, Answer
from rag.types.build import IndexReport, Skipped
from rag.types.cited import Citation, IndependentSource, Tie
from rag.types.flow import HEADING, Article, Hit, Passage, Query, Reading, SharedCopy, Source, Span
from rag.types.sense import Agreement, Difference, Reason, Resolved, Silence, Value

__all__ = [
    "HEADING",
    "LIKELIHOOD",
    "NO_AGREEMENT",
    "SAID_NOTHING",
    "Agreement",
    "Alternative",
    "Answer",
    "Article",
    "Citation",
    "Difference",
    "Hit",
    "IndependentSource",
    "IndexReport",
    "Passage",
    "Query",
    "Reading",
    "Reason",
    "Resolved",
    "SharedCopy",
    "Silence",
    "Skipped",
    "Source",
    "Span",
    "Tie",
    "Value",
]
