"""Reading passages and deciding on an answer: score first, decide later.

extractive.py runs a question-answering model, decode.py turns its logits into spans, decide.py turns a Reading into an
Answer by a rule whose numbers stand in rule.py.
"""
