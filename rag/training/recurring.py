"""Articles → rows to pre-train on, without any question being written: recurring spans (Ram et al. 2021, "Splinter").

A name or a number that an article says twice gives a row: one sentence that holds it, with the span asked for by a
word such as "who", is the question; another paragraph of the article, where it stands again, is the context. A further
paragraph without it gives an unanswerable row. What this module does not know: how rows are learned.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator

from rag.eval.rows import Row
from rag.text import paragraph_spans, sentence_spans, terms
from rag.types import Article

SHORTEST, LONGEST = 250, 900  # characters of a context
SHARED = 2  # stems, beside the span's own, that question and context share at least
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SPAN = re.compile(
    rf"(?P<when>(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}})?(?:,? \d{{4}})?\b|\b(?:19|20)\d\d\b)"
    r"|(?P<count>[$£€]?\d[\d,.]*\d(?: (?:million|billion|trillion|percent|per cent))?%?)"
    r"|(?P<name>\b[A-Z][\w'’-]*[a-z][\w’-]*(?: (?:of |the )?[A-Z][\w’-]+)*)"
)
_ASKED = {"when": ("when", "what date"), "count": ("how many", "how much", "what"), "name": ("who", "what", "which")}


def recurring_rows(articles: Iterable[Article], *, per_article: int, seed: int = 0) -> Iterator[Row]:
    """Yield at most per_article answerable rows for each article, and an unanswerable one for every third of them."""
    for article in articles:
        rng = random.Random(f"{seed}-{article.source.article_id}")  # noqa: S311
        yield from _rows(article, per_article, rng)


def _rows(article: Article, most: int, rng: random.Random) -> Iterator[Row]:
    passages = _passages(article.text)
    if len(passages) < 2:
        return
    found = [(home, start, end) for home, text in enumerate(passages) for start, end in sentence_spans(text)]
    rng.shuffle(found)
    asked: set[str] = set()
    made = 0
    for home, start, end in found:
        sentence = passages[home][start:end]
        if made == most:
            return
        if not 40 <= len(sentence) <= 300:
            continue
        for kind, span in _spans(sentence, rng):
            if span in asked:
                continue
            rows = _asked(article.source.article_id, sentence, kind, span, passages, home, rng)
            if rows:
                asked.add(span)
                made += 1
                yield from rows
                break


def _asked(
    name: str, sentence: str, kind: str, span: str, passages: list[str], home: int, rng: random.Random
) -> list[Row]:
    """Return the row that asks the sentence's span of another passage, perhaps with an unanswerable one, or none."""
    whole = re.compile(rf"(?<!\w)(?<!\d[.,]){re.escape(span)}(?!\w|[.,]\d)")  # 43 is no part of 43.5 or 1,043
    if not whole.search(sentence):
        return []
    question = whole.sub(rng.choice(_ASKED[kind]), sentence).rstrip(" .") + rng.choice(("?", ""))
    about = set(terms(sentence)) - set(terms(span))
    others = [text for i, text in enumerate(passages) if i != home and sentence not in text]
    alike = [text for text in others if len(about & set(terms(text))) >= SHARED]
    holding = [text for text in alike if whole.search(text)]
    if not holding:
        return []
    context = max(holding, key=lambda text: len(about & set(terms(text))))
    starts = tuple(match.start() for match in whole.finditer(context))
    rows = [Row(f"{name}|{span}", context, question, (span,) * len(starts), starts)]
    lacking = [text for text in alike if span.split()[-1] not in text]
    if lacking and rng.random() < 1 / 3:
        rows.append(Row(f"{name}|{span}|0", rng.choice(lacking), question, ()))
    return rows


def _spans(sentence: str, rng: random.Random) -> list[tuple[str, str]]:
    """Return (kind, span) of what a sentence could be asked for, shuffled; its first word is no name."""
    found = [(str(match.lastgroup), match.group()) for match in _SPAN.finditer(sentence) if match.start()]
    kept = [(kind, span) for kind, span in found if len(span) > 2 or kind == "count"]
    rng.shuffle(kept)
    return kept


def _passages(text: str) -> list[str]:
    """Return paragraphs of the text, short ones joined to the next, none much longer than LONGEST."""
    passages: list[str] = []
    held = ""
    for start, end in paragraph_spans(text):
        for first, last in sentence_spans(text[start:end]):
            sentence = text[start:end][first:last]
            if held and len(held) + len(sentence) > LONGEST:
                passages.append(held)
                held = ""
            held = f"{held} {sentence}" if held else sentence
        if len(held) >= SHORTEST:
            passages.append(held)
            held = ""
    return [*passages, held] if len(held) >= SHORTEST // 2 else passages
