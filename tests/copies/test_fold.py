"""Near-copies are set aside and cited all the same; whatever says something else is kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.copies import Copies, Folded, cite_copies, fold
from rag.types import Citation, Hit, Passage, SharedCopy, Source

STORY = (
    "HARBOUR TOWN (Island News Agency) — The ferry company has ordered two electric ships for the crossing to the "
    "island, its manager said on Tuesday. "
    "Each of them will take 220 passengers and 28 cars. The first is due in spring 2027."
)
EDITED = (
    "The ferry company has ordered two electric vessels for the crossing to the island, its manager said on Tuesday. "
    "Each will take 220 passengers and 28 cars. The first is due in spring 2027."
)
UPDATE = EDITED.replace("220", "240")
OWN = "Islanders will wait longer than they had hoped for. Nobody there has seen a drawing of the new ships yet."


def hit(article: str, text: str, start: int = 0, rank: int = 1) -> Hit:
    source = Source(article, "", None, None, "")
    return Hit(Passage(f"{article}#{start}", source, text, start, start + len(text)), 1 / rank, rank, "given")


def hits(*texts: str) -> list[Hit]:
    return [hit(f"a{number}", text, rank=number) for number, text in enumerate(texts, start=1)]


def kept(*texts: str, k: int = 10, copies: Copies | None = None) -> list[str]:
    return [each.passage.source.article_id for each in fold(hits(*texts), copies or Copies(), k).kept]


def cited(text: str, quote: str, article: str = "a1", number: int = 1) -> Citation:
    start = text.index(quote)
    return Citation(number, Source(article, "", None, None, ""), quote, start, start + len(quote))


def test_a_near_copy_gives_its_place_to_another_source() -> None:
    found = fold(hits(STORY, EDITED, OWN), Copies(), 2)
    assert [(each.passage.source.article_id, each.rank) for each in found.kept] == [("a1", 1), ("a3", 2)]
    assert {name: [each.passage.passage_id for each in under] for name, under in found.folded.items()} == {
        "a1#0": ["a2#0"]
    }


def test_an_update_is_kept_whichever_comes_first() -> None:
    assert kept(EDITED, UPDATE) == kept(UPDATE, EDITED) == ["a1", "a2"]
    assert kept(EDITED, EDITED.replace("its manager", "Ada Quill")) == ["a1", "a2"]


def test_own_words_and_shared_quotations_are_no_copy() -> None:
    speech = (
        '"The ferry company has ordered two electric ships for the crossing, and each will take 220 people," she said.'
    )
    assert kept(speech, f"{speech} It rained.", OWN) == ["a1", "a2", "a3"]


def test_a_longer_passage_around_the_copy_is_kept_and_a_shorter_one_is_not() -> None:
    longer = f"{EDITED} {OWN}"
    assert kept(EDITED, longer) == ["a1", "a2"]
    assert kept(longer, EDITED) == ["a1"]


def test_a_copy_that_is_cut_at_another_place_is_seen() -> None:
    other = OWN + " A drawing will be shown to them in the school hall before the end of the month."
    found = fold([hit("a1", EDITED), hit("a1", other, 500), hit("a2", EDITED[60:] + " " + other[:115])], Copies(), 10)
    assert [each.passage.passage_id for each in found.kept] == ["a1#0", "a1#500"]


def test_less_prose_is_enough_where_articles_are_known_to_share_copy() -> None:
    words = [f"w{chr(97 + place)}" for place in range(25)]
    edited = [f"{word}x" if place % 5 == 4 else word for place, word in enumerate(words)]  # 10 of 23 runs stay
    original, copy = " ".join(words) + ".", " ".join(edited) + "."
    assert kept(original, copy) == ["a1", "a2"]
    assert kept(original, copy, copies=Copies([SharedCopy(("a1", "a2"), None)])) == ["a1"]


def test_copies_of_what_is_kept_are_gathered_beyond_k() -> None:
    found = fold(hits(STORY, OWN, "Another story altogether.", EDITED), Copies(), 2)
    assert [each.passage.source.article_id for each in found.kept] == ["a1", "a2"]
    assert [each.passage.source.article_id for each in found.folded["a1#0"]] == ["a4"]


def test_copies_are_cited_in_the_sentence_that_says_it() -> None:
    found = fold(hits(STORY, EDITED, OWN), Copies(), 10)
    quote = "Each of them will take 220 passengers and 28 cars."
    citations = (cited(STORY, quote),)
    added = cite_copies(citations, found, "220 passengers")
    assert added[0] == citations[0]
    assert [(each.number, each.source.article_id, each.quote) for each in added[1:]] == [
        (2, "a2", "Each will take 220 passengers and 28 cars.")
    ]
    assert EDITED[added[1].start : added[1].end] == added[1].quote
    assert cite_copies(citations, found, "240 passengers") == citations
    assert cite_copies(citations, found, quote) == (*citations, added[1])  # a whole sentence is the answer


def test_offsets_count_from_the_articles_beginning() -> None:
    found = fold([hit("a1", STORY), hit("a2", EDITED, start=1000)], Copies(), 10)
    added = cite_copies((cited(STORY, "The first is due in spring 2027."),), found, "spring 2027")
    start = 1000 + EDITED.index("The first")
    assert (added[1].start, added[1].end) == (start, start + len("The first is due in spring 2027."))


def test_no_number_is_given_twice() -> None:
    found = fold(hits(STORY, EDITED, OWN), Copies(), 10)
    leading = cited(STORY, "Each of them will take 220 passengers and 28 cars.")
    differing = cited(OWN, "Islanders will wait longer than they had hoped for.", "a3", 2)
    added = cite_copies((leading,), found, "220 passengers", [leading, differing])
    assert [(each.number, each.source.article_id) for each in added] == [(1, "a1"), (3, "a2")]


def test_an_article_is_cited_once() -> None:
    found = fold([hit("a1", STORY), hit("a2", EDITED), hit("a2", EDITED, start=900)], Copies(), 10)
    quote = "Each of them will take 220 passengers and 28 cars."
    citations = (cited(STORY, quote), cited(EDITED, "The first is due in spring 2027.", "a2", 2))
    assert cite_copies(citations, found, "220") == citations
    assert len(cite_copies(citations[:1], found, "220")) == 2


def test_nothing_is_cited_where_nothing_was_set_aside() -> None:
    citations = (cited(OWN, "Islanders will wait longer than they had hoped for."),)
    assert cite_copies(citations, fold(hits(OWN, STORY), Copies(), 10), "longer") == citations
    assert cite_copies((), Folded((), {}), "longer") == ()


PARTS = st.sampled_from(
    [*STORY.split(". "), *OWN.split(". "), "", "“Yes,” he said.", "Two died. ", "Three died. ", "£5 "]
)


@given(st.lists(st.tuples(st.integers(0, 3), st.lists(PARTS, max_size=4)), max_size=12), st.integers(0, 6))
def test_hits_are_neither_lost_nor_doubled_nor_reordered(drawn: list[tuple[int, list[str]]], k: int) -> None:
    given_hits = [hit(f"a{a}", ". ".join(parts), 1000 * n, n + 1) for n, (a, parts) in enumerate(drawn)]
    found = fold(given_hits, Copies(), k)
    order = [each.passage.passage_id for each in given_hits]
    names = [each.passage.passage_id for each in found.kept]
    under = [each.passage.passage_id for each in sum(found.folded.values(), ())]
    assert len(names) <= k
    assert names == sorted(names, key=order.index)
    assert [each.rank for each in found.kept] == list(range(1, len(names) + 1))
    assert len({*names, *under}) == len(names) + len(under)
    assert set(found.folded) <= set(names)
    if len(names) < k:
        assert {*names, *under} == set(order)


@given(st.lists(PARTS, max_size=5), st.lists(PARTS, max_size=5), st.text(max_size=5))
def test_what_is_cited_is_verbatim(one: list[str], other: list[str], answer: str) -> None:
    texts = {"a1": STORY + " " + ". ".join(one), "a2": STORY[40:] + ". ".join(other)}
    found = fold([hit(name, text) for name, text in texts.items()], Copies(), 5)
    for each in cite_copies((cited(STORY, STORY[-32:]),), found, answer):
        assert texts[each.source.article_id][each.start : each.end] == each.quote


def test_long_passages_are_folded_in_no_time() -> None:
    texts = [f"{OWN} " * 800, f"{OWN} " * 801, "word " * 20_000, "“a " * 30_000]
    began = time.perf_counter()
    fold(hits(*texts, *texts), Copies(), 10)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("k", [0, 1, 10])
def test_there_may_be_no_hits(k: int) -> None:
    assert fold([], Copies(), k) == Folded((), {})
