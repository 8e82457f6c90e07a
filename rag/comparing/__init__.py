"""How the articles compare on one question: which value each gives, whether these differ, and which one holds.

No other part of the assistant weighs articles against each other: a reader sees one passage, the rule one candidate.
"""

from rag.comparing.table import Compared, compare_articles, side_by_side

__all__ = ["Compared", "compare_articles", "side_by_side"]
