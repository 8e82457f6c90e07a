"""Which articles and passages carry the same copy, and so how many sources are independent of each other.

Two papers that print one agency's story are one source of it. What is compared is prose: words between quotation marks
are left out, since whoever reports a speech quotes the same words. clusters.py and credit.py are for indexing; fold.py
sets aside what was found twice before it is read.
"""

from rag.copies.fold import Folded, cite_copies, fold
from rag.copies.sources import Copies, independent

__all__ = ["Copies", "Folded", "cite_copies", "fold", "independent"]
