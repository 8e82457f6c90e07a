"""Fits what the reading room ships. Now: the decision rule. The reader's own weights are to be trained here too."""
