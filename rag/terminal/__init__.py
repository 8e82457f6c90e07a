"""What a person reads in a terminal: an answer, a report, a finding, progress bars.

answer: an Answer and what stands beside it. words: the same in plain words, without rich. builds: all else.
"""

from rag.terminal.answer import render_answer
from rag.terminal.builds import progress_bars, render_finding, render_report

__all__ = ["progress_bars", "render_answer", "render_finding", "render_report"]
