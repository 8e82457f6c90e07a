"""The items that answer a question for several things, from all passages read. Pure; no model.

A reader of spans gives such a question one span, often one item of a list. So the list is looked for: every list that
stands in a sentence read is weighed by the reader's margin on it, by how many of the question's words its sentence has,
and by whether it has as many items as are asked for. The best one answers; other places that tell the same items are
kept as its sources, and may add items. What this module does not know: whether the articles answer at all (rule.py),
or what an item means.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.reading.agreement import same_answer
from rag.reading.enumeration import items_around, lists_in
from rag.reading.evidence import asks_yes_no, points, scaled
from rag.reading.parts import Place
from rag.reading.wanted import AUXILIARY, COUNTS, MAX_ITEMS, WORD, Wanted, asks_for_list, count_in
from rag.text import STOP_WORDS, answer_key, sentence_spans, terms
from rag.types import Hit, Passage, Reading, Span

FLOOR = -4.0  # logits: the most that the margin of a list is taken for that the reader saw nothing in
LEAST = 0.0  # worth below which no list is told
NEAR = 3.0  # worth below the best that a list may have whose items are added
FAR = 8.0  # worth below the best from which on a list is not looked at
NEARLY = 0.7  # share of the best list's likeness to the question that a place with other names must have
BESIDE = 2.0  # logits below the best list that a further name in the same text may be
SURE = 1.0  # logits: the least margin of a single span that becomes an item
UNSAID = -3.0  # logits: the least margin of a list for a question that does not say that it asks for one

_ASKING = "who|which|that|whose|what|when|why|how|where|whether"
_OPEN = re.compile(rf"^(?:\w+\s+)?(?:who|whom|what\s+(?:{AUXILIARY.replace(' ', '|')}))\s", re.IGNORECASE)
_COUNTED = re.compile(rf"(?:{'|'.join(COUNTS)}|\d+)\b", re.IGNORECASE)
_NAMES = re.compile(r"\bnames?\b", re.IGNORECASE)  # what answers is a name
_PERSONS = re.compile(r"(?:who|whom)\b(?!\s+(?:or|and)\b)", re.IGNORECASE)  # and here often
_FURTHER = re.compile(r"\b(?:others?|more|further|another)\b", re.IGNORECASE)  # "two others": not all
_ASKED = re.compile(rf"(?:{_ASKING})\b", re.IGNORECASE)
_CLAUSE = re.compile(  # "the batteries are heavy"; not "the people who were hurt"
    rf"(?!(?:{_ASKING})\b)(?:(?!\b(?:{_ASKING})\b)[^\n]){{1,80}}?\s(?:{AUXILIARY.replace(' ', '|')})\s", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing told. text: verbatim; spans: every place that tells it, each verbatim, the one of the text first."""

    text: str
    spans: tuple[Span, ...]


def gather(question: str, reading: Reading) -> tuple[Item, ...]:
    """Return the items that answer a question for several things, in the order of the best source; none: no list.

    A question that does not say that it asks for several ("What did he lose?") gets them only where the reader's own
    best spans reach over more than one item. Whether the reading answers at all is for the caller to judge.
    """
    wanted = asks_for_list(question)
    if wanted is None and (_OPEN.match(question.strip()) is None or asks_yes_no(question)):
        return ()
    sites = sorted(_sites(question, reading, wanted or Wanted()), key=lambda site: site.order)
    sites = [site for site in sites if site.worth >= sites[0].worth - FAR]
    sites = _listed_first(sites) if wanted else _reached(sites, reading)
    if not sites or len(sites[0].places) < 2 or sites[0].worth < LEAST:
        return ()
    taken = _taken(sites, wanted.count if wanted else None)
    home = sites[0].article_id
    taken.sort(key=lambda t: (0, t[0].start) if t[0].hit.passage.source.article_id == home else (1, 0))
    return tuple(Item(spans[0].text, tuple(spans)) for spans in taken) if len(taken) > 1 else ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Passages of one article that overlap or adjoin, as one text, so that a list may run over both."""

    hits: tuple[Hit, ...]
    start: int
    text: str

    def span(self, place: Place, score: float, null: float) -> Span | None:
        """Return a place as a span of the first passage that holds it whole."""
        start, end = self.start + place[0], self.start + place[1]
        home = next((hit for hit in self.hits if hit.passage.start <= start and end <= hit.passage.end), None)
        return Span(home, start, end, score, null) if home else None


@dataclass(frozen=True, slots=True)
class _Site:
    """A list, or a single span, at one place.

    best: the reader's best span on it; whole: a good one lies over more than one item; begun: the best one begins in
    it. like: 0..1, of the question's words. counted: its number of items is said before it; opened: a colon is.
    """

    stretch: _Stretch
    places: tuple[Place, ...]
    best: Span | None
    whole: bool
    like: float
    begun: bool
    counted: bool
    opened: bool
    worth: float = 0.0

    @property
    def named(self) -> bool:
        """Whether every item is a name."""
        return all(map(_name_like, self.texts()))

    @property
    def order(self) -> tuple[float, str, int]:
        return -self.worth, self.stretch.hits[0].passage.passage_id, self.places[0][0]

    @property
    def article_id(self) -> str:
        return self.stretch.hits[0].passage.source.article_id

    def texts(self) -> list[str]:
        return [self.stretch.text[start:end] for start, end in self.places]

    def spans(self) -> list[Span]:
        score, null = (self.best.score, self.best.null_score) if self.best else (FLOOR, 0.0)
        found = [self.stretch.span(place, score, null) for place in self.places]
        return [span for span in found if span is not None]

    def overlaps(self, other: _Site) -> bool:
        here, there = self.stretch, other.stretch
        return (
            self.article_id == other.article_id
            and here.start + self.places[0][0] < there.start + other.places[-1][1]
            and there.start + other.places[0][0] < here.start + self.places[-1][1]
        )


def _stretches(hits: Sequence[Hit]) -> list[_Stretch]:
    """Put passages of one article together that overlap or have only a paragraph break between them."""
    found: list[_Stretch] = []
    for hit in sorted(hits, key=lambda h: (h.passage.source.article_id, h.passage.start, h.passage.end)):
        passage, last = hit.passage, found[-1] if found else None
        if last and last.hits[0].passage.source.article_id == passage.source.article_id:
            end = last.start + len(last.text)
            if passage.start <= end + 2:
                more = "\n" * max(0, passage.start - end) + passage.text[max(0, end - passage.start) :]
                found[-1] = _Stretch((*last.hits, hit), last.start, last.text + more)
                continue
        found.append(_Stretch((hit,), passage.start, passage.text))
    return found


def _sites(question: str, reading: Reading, wanted: Wanted) -> Iterator[_Site]:
    """Yield every list in the passages read, and every span that stands in none, with its worth."""
    stretches = _stretches(reading.hits)
    likeness = _Likeness.of(question, stretches)
    retrieval = scaled(reading.hits)
    naming = 3.0 if _NAMES.search(question) else 1.5 if _PERSONS.match(question) else 0.0
    for stretch in stretches:
        spans = [s for s in reading.spans if s.hit in stretch.hits and not points(s.text)]
        found = max(retrieval[hit.passage.passage_id] for hit in stretch.hits)
        unseen = min(FLOOR, min((s.margin for s in spans), default=0.0) - 1)
        before = (0, 0)
        for low, high in sentence_spans(stretch.text):
            inside = [s for s in spans if s.start - stretch.start < high and low < s.end - stretch.start]
            like = likeness.share(stretch.text[low:high], stretch.text[slice(*before)], stretch.hits[0].passage)
            before = (low, high)
            for places in _lists(stretch, low, high, inside, SURE if not naming else 2 * FLOOR):
                site = _site(stretch, places, inside, like, low)
                worth = _worth(site, unseen, found, wanted.count)
                yield replace(site, worth=worth if site.named else worth - naming)


def _site(stretch: _Stretch, places: Sequence[Place], spans: Sequence[Span], like: float, low: int) -> _Site:
    """Look at a list in the sentence that begins at low; spans: of that sentence, best first."""
    first, last = places[0][0] + stretch.start, places[-1][1] + stretch.start
    on = [s for s in spans if s.start < last and first < s.end]
    lead = stretch.text[low : places[0][0]]
    return _Site(
        stretch,
        tuple(places),
        best=on[0] if on else None,
        whole=any(_reach(s, stretch, places) > 1 and s.margin > max(2 * FLOOR, on[0].margin - 3) for s in on),
        like=like,
        begun=bool(on) and first - 5 <= on[0].start,
        counted=count_in(WORD.findall(lead)[::-1]) == len(places) and not _FURTHER.search(lead),
        opened=lead.rstrip().endswith((":", "—", "–")),
    )


def _lists(stretch: _Stretch, low: int, high: int, spans: Sequence[Span], least: float) -> Iterator[list[Place]]:
    """Yield the lists of a sentence, cut as the reader's best spans say; where there is none, the best span alone.

    least: the margin that such a span must have.
    """
    seen: set[tuple[int, ...]] = set()
    around = [
        items_around(stretch.text, max(low, s.start - stretch.start), min(high, s.end - stretch.start)) for s in spans
    ]
    first = items_around(stretch.text, low, low + 1, -1, -1)
    for places in (*around, *lists_in(stretch.text, low, high), first):
        key = tuple(start for start, _ in places[1:])
        if len(places) > 1 and key not in seen and len(places) <= MAX_ITEMS:
            seen.add(key)
            yield places
    if not seen and spans and spans[0].margin >= least and not _COUNTED.match(spans[0].text):
        yield [(spans[0].start - stretch.start, spans[0].end - stretch.start)]


def _reach(span: Span, stretch: _Stretch, places: Sequence[Place]) -> int:
    start, end = span.start - stretch.start, span.end - stretch.start
    return sum(start < b and a < end for a, b in places)


def _worth(site: _Site, unseen: float, found: float, count: int | None) -> float:
    """Weigh a list, in logits of the reader; the weights are set by hand on the tuning questions."""
    margin = max(2 * FLOOR, min(8.0, site.best.margin)) if site.best else unseen
    worth = margin / 2 + 4 * site.like + found + float(site.whole) + float(site.opened or site.counted)
    items = len(site.places)
    if count is not None:
        worth += 2.5 if items == count else -abs(items - count) / 2
    texts = site.texts()
    worth -= 1.5 * any(_COUNTED.fullmatch(text) is not None for text in texts)
    worth -= 1.0 * any(_CLAUSE.match(text) is not None for text in texts)
    worth -= 1.5 * all(_ASKED.match(text) is not None for text in texts)
    return worth + (2.0 if items > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How much of a question a sentence has, rare words counting more."""

    weights: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, question: str, stretches: Sequence[_Stretch]) -> _Likeness:
        sentences = [set(terms(s.text[a:b])) for s in stretches for a, b in sentence_spans(s.text)]
        seen = Counter(term for sentence in sentences for term in sentence)
        asked = {term for term in terms(question) if term not in COUNTS}
        return cls({term: math.log(1 + len(sentences) / (1 + seen[term])) for term in sorted(asked)})

    def share(self, sentence: str, before: str, passage: Passage) -> float:
        """Return 0..1: a word in the sentence itself counts whole, in the one before or the title half."""
        here, near = set(terms(sentence)), {*terms(before), *terms(passage.source.title)}
        total = sum(self.weights.values())
        got = sum(w * (1.0 if t in here else 0.5 if t in near else 0.0) for t, w in self.weights.items())
        return got / total if total else 0.0


def _name_like(text: str) -> bool:
    """Whether a text is a name: all its longer words begin with a capital."""
    words = WORD.findall(text)
    return any(word[0].isupper() for word in words) and all(
        w[0].isupper() or w[0].isdigit() or len(w) < 4 for w in words
    )


def _listed_first(sites: Sequence[_Site]) -> list[_Site]:
    """Put a list before a single span that is worth hardly more, and leave out what is one item of a longer list."""
    kept = [site for site in sites if not _part_of_another(site, sites)]
    lists = [site for site in kept if len(site.places) > 1 and site.worth >= kept[0].worth - NEAR / 2]
    first = next((site for site in lists if site.named or not kept[0].named), None)
    return sorted(kept, key=lambda site: site is not first)


def _reached(sites: Sequence[_Site], reading: Reading) -> list[_Site]:
    """Return the list that the reader's best span of all reaches over, and the places that tell nothing else."""
    best = next((s for s in reading.spans if not points(s.text)), None)
    lists = [site for site in sites if site.whole and len(site.places) > 1]
    first = next((site for site in lists if best and best.margin > UNSAID and site.best == best), None)
    return [first, *(site for site in lists if site is not first and _shares(site, first))] if first else []


def _taken(sites: Sequence[_Site], count: int | None) -> list[list[Span]]:
    """Take the items of the best site, then what others add; whatever says the same again is a further span."""
    first = sites[0]
    taken: list[list[Span]] = []
    used: list[_Site] = []
    full = count if count is not None else len(first.places) if first.counted else MAX_ITEMS
    for site in sites:
        spans = site.spans()
        fresh = sum(not any(_same(t[0].text, s.text) for t in taken) for s in spans)
        if used and (any(site.overlaps(other) for other in used) or not _adds(site, first, fresh)):
            continue
        if used and len(taken) + fresh > full:
            spans = [s for s in spans if any(_same(t[0].text, s.text) for t in taken)]
        for span in spans:
            home = next((t for t in taken if _same(t[0].text, span.text)), None)
            if home is None:
                taken.append([span])
            elif all(span.hit.passage.source.article_id != s.hit.passage.source.article_id for s in home):
                home.append(span)
        if spans:
            used.append(site)
    return taken


def _adds(site: _Site, first: _Site, fresh: int) -> bool:
    """Whether a site may add to the best one: most of its items are told already, or it names more with good reason."""
    told = len(site.places) - fresh
    if fresh == 0 or told >= 3 * fresh or (told > fresh and site.worth >= first.worth - NEAR):
        return True
    if fresh < len(site.places) or site.best is None or not (site.begun and site.named and first.named):
        return False
    if site.stretch is first.stretch and first.best and site.best.margin >= first.best.margin - BESIDE:
        return True
    return site.best.margin >= SURE and site.like >= NEARLY * first.like and site.worth >= first.worth - NEAR


def _part_of_another(site: _Site, sites: Sequence[_Site]) -> bool:
    """Whether all of a site is one item of a longer list elsewhere: "farms and nurseries" beside ", for graves"."""
    if len(site.places) < 2:
        return False
    text = site.stretch.text[site.places[0][0] : site.places[-1][1]]
    return any(
        len(other.places) > len(site.places) and any(same_answer(text, item) for item in other.texts())
        for other in sites
    )


def _shares(site: _Site, first: _Site) -> bool:
    return all(any(_same(a, b) for b in first.texts()) for a in site.texts())


def _same(one: str, other: str) -> bool:
    """Whether two items are one: they say the same, or one is the other's name in full."""
    if same_answer(one, other):
        return True
    a, b = sorted((answer_key(one).split(), answer_key(other).split()), key=len)
    return bool(a) and _name_like(one) and _name_like(other) and b[-len(a) :] == a and not STOP_WORDS.intersection(b)
