"""Measuring answers: metrics.py scores one answer against gold, questions.py reads question rows."""
