"""Why the articles are silent: an unknown name, another time, a false premise, a conflict, nothing found, no answer.

archive.py says what must be known of all articles; names, dates, premise and relevance each look for one reason; why.py
tries them in order and says what would help. All pure.
"""

from rag.silence.archive import Archive
from rag.silence.why import at_fault, conflict, explain

__all__ = ["Archive", "at_fault", "conflict", "explain"]
