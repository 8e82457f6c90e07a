"""The examples of an epoch: how often each row, whose span, what is packed, what is made unanswerable."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from rag.errors import ArticlesError, ConfigError
from rag.eval.rows import Row
from rag.training.mixture import PASSAGE, SHORT, Example, Mixture, read_sets
from tests.training.toys import plain, write_rows


def rows(name: str, count: int) -> list[Row]:
    """Rows whose context and question tell which one they are; the answer is the number."""
    return [
        Row(f"{name}{n:03}", f"In {name} it was {n}, no more.", f"{name} {n}?", (str(n),), (len(f"In {name} it was "),))
        for n in range(count)
    ]


def epoch(given: dict[str, list[Row]], number: int = 0, **changes: object) -> list[Example]:
    changes.setdefault("sets", dict.fromkeys(given, 1.0))
    return Mixture(given, plain(**changes)).epoch(number)


def counts(examples: list[Example]) -> Counter[str]:
    return Counter(example.question for example in examples)


def test_a_plain_epoch_is_every_row_once_as_it_is_in_random_order() -> None:
    given = rows("a", 30)
    found = epoch({"a": given})
    expected = [Example(row.question, row.context, row.spans[0]) for row in given]
    assert sorted(found, key=lambda e: int(e.question[2:-1])) == expected
    assert found != expected


def test_a_share_is_how_often_a_set_is_seen() -> None:
    sets = {name: rows(name, 10) for name in "abcde"}
    found = counts(epoch(sets, sets={"a": 1.0, "b": 2.0, "c": 0.5, "d": 1.3, "e": 0.0}))
    by_set = {name: Counter(n for question, n in found.items() if question[0] == name) for name in "abcde"}
    # {how often: how many rows}
    assert by_set == {"a": {1: 10}, "b": {2: 10}, "c": {1: 5}, "d": {1: 7, 2: 3}, "e": {}}


@pytest.mark.parametrize(("share", "rows_drawn"), [(0.15, 2), (0.04, 0), (0.95, 10), (2.26, 23), (1.0, 10)])
def test_a_broken_share_is_rounded_to_rows(share: float, rows_drawn: int) -> None:
    assert len(epoch({"a": rows("a", 10)}, sets={"a": share})) == rows_drawn


def test_a_broken_share_is_drawn_anew_each_epoch_until_all_rows_are_seen() -> None:
    mixture = Mixture({"a": rows("a", 10)}, plain(sets={"a": 0.3}))
    drawn = [frozenset(counts(mixture.epoch(number))) for number in range(30)]
    assert {len(one) for one in drawn} == {3}
    assert len(set(drawn)) > 10
    assert len(frozenset().union(*drawn)) == 10


BUSY = {"neighbours": 0.5, "swaps": 0.5, "packed": 0.5, "history": 0.5, "lower": 0.5, "typos": 0.5, "keywords": 0.3}


def test_an_epoch_depends_on_seed_and_number_only() -> None:
    sets = {"a": rows("a", 30), "b": rows("b", 20)}
    busy = plain(sets={"a": 1.5, "b": 0.5}, **BUSY)
    one, again = Mixture(sets, busy), Mixture({name: found[::-1] for name, found in sets.items()}, busy)
    later = one.epoch(1)
    assert one.epoch(0) == again.epoch(0)  # neither the order of rows nor what was drawn before counts
    assert again.epoch(1) == later
    assert one.epoch(0) != later
    assert Mixture(sets, plain(sets={"a": 1.5, "b": 0.5}, seed=1, **BUSY)).epoch(0) != one.epoch(0)


MARKED = Row("m", "one two two three", "Which?", ("two", "three", "two"), (4, 12, 4))


def spans_of(annotator: str) -> Counter[tuple[int, int] | None]:
    mixture = Mixture({"a": [MARKED]}, plain(sets={"a": 1.0}, annotator=annotator))
    return Counter(mixture.epoch(number)[0].span for number in range(300))


def test_whose_span_is_learned() -> None:
    assert spans_of("first") == {(4, 7): 300}
    assert spans_of("majority") == {(4, 7): 300}
    drawn = spans_of("random")
    assert set(drawn) == {(4, 7), (12, 17)}
    assert 70 <= drawn[12, 17] <= 130  # a third: 100 ± 3.7 * sqrt(300 * 2/9)


def test_the_majority_may_not_be_the_first_and_the_first_of_equals_wins() -> None:
    marked = Row("m", "one two two three", "Which?", ("one", "three", "three"), (0, 12, 12))
    assert epoch({"a": [marked]}, annotator="majority")[0].span == (12, 17)
    assert epoch({"a": [marked]}, annotator="first")[0].span == (0, 3)
    even = Row("m", "one two two three", "Which?", ("two", "two", "three", "one"), (8, 4, 12, 0))
    assert epoch({"a": [even]}, annotator="majority")[0].span == (8, 11)


def test_a_row_without_an_answer_has_no_span_and_makes_no_other() -> None:
    silent = [Row(f"s{n}", f"Flight {n} left Oslo.", f"Who was on flight {n}?", ()) for n in range(9)]
    found = epoch({"a": silent}, neighbours=1.0, swaps=1.0)
    assert len(found) == 9
    assert {example.span for example in found} == {None}


def test_a_follow_up_is_asked_with_the_turn_before_it() -> None:
    turns = (("Who left?", "Rubio"), ("When?", "on Monday"))
    row = Row("f", "He went to Oslo.", "Where to?", ("Oslo",), (11,), turns)
    assert counts(epoch({"a": [row]}, history=1.0)) == {"When? on Monday Where to?": 1}
    assert counts(epoch({"a": [row]}, history=0.0)) == {"Where to?": 1}
    mixture = Mixture({"a": [row]}, plain(sets={"a": 1.0}, history=0.5))
    assert {mixture.epoch(n)[0].question for n in range(20)} == {"When? on Monday Where to?", "Where to?"}


def test_short_contexts_are_packed_among_their_neighbours_and_the_span_moves_with_them() -> None:
    given = rows("a", 60)
    order = [row.context for row in given]
    whole = " ".join(order)
    firsts = set()
    for number in range(5):
        for example in epoch({"a": given, "b": rows("b", 60)}, number, packed=1.0):
            assert example.span is not None
            start, end = example.span
            name, answer = example.question.rstrip("?").split()
            assert example.context[start:end] == answer
            assert example.context[:start].endswith(f"In {name} it was ")  # that place, not the number elsewhere
            texts = example.context.count("In ")
            width = len(example.context) - (texts - 1)  # the spaces between are not counted
            assert PASSAGE <= width < PASSAGE + max(map(len, order))
            if name == "a":
                assert example.context in whole  # the set's own contexts, in their order
                firsts.add(start < len(example.context) / 2)
    assert firsts == {False, True}


def test_a_context_that_is_packed_is_below_300_characters() -> None:
    texts = ["x" * SHORT, "y" * (SHORT - 1), "z"]
    given = [Row(str(n), text, text[0], (text[0],), (0,)) for n, text in enumerate(texts)]
    found = {example.question: example for example in epoch({"a": given}, packed=1.0)}
    assert found["x"].context == texts[0]
    assert found["y"].context == " ".join(texts)  # shorter than 700 in all: everything there is
    assert found["z"].context == " ".join(texts)
    assert [found[name].span for name in "xyz"] == [(0, 1), (301, 302), (601, 602)]


def test_a_context_alone_in_its_set_is_packed_with_nothing() -> None:
    given = rows("a", 1)
    assert epoch({"a": given, "b": rows("b", 9)}, packed=1.0, sets={"a": 1.0, "b": 0.0}) == epoch({"a": given})


def test_a_share_of_contexts_is_packed() -> None:
    found = epoch({"a": rows("a", 400)}, packed=0.25)
    assert 70 <= sum(len(example.context) >= PASSAGE for example in found) <= 130  # 100 ± 3.5 * sqrt(400 * 3/16)


FLIGHTS = [
    ("The flight to Bogota carried 43 migrants.", "How many migrants were on the flight to Bogota?", "43"),
    ("The flight to Panama carried 119 migrants.", "How many migrants were on the flight to Panama?", "119"),
    ("The flight to Lima carried 43 migrants and 7 dogs.", "How many dogs were on the flight to Lima?", "7"),
]
FLIGHT_ROWS = [Row(text, text, question, (said,), (text.index(said),)) for text, question, said in FLIGHTS]


def test_a_question_is_asked_again_of_a_passage_that_lacks_its_answer() -> None:
    mixture = Mixture({"a": FLIGHT_ROWS}, plain(sets={"a": 1.0}, neighbours=1.0))
    asked_of: dict[str, set[str]] = {}
    for number in range(30):
        found = mixture.epoch(number)
        assert counts(found) == dict.fromkeys([question for _, question, _ in FLIGHTS], 2)
        for example in found:
            if example.span is None:
                asked_of.setdefault(example.question, set()).add(example.context)
    bogota, panama, lima = (text for text, _, _ in FLIGHTS)
    assert asked_of == {FLIGHTS[0][1]: {panama}, FLIGHTS[1][1]: {bogota, lima}, FLIGHTS[2][1]: {bogota, panama}}


def test_neighbours_come_from_all_sets_whatever_their_share() -> None:
    sets = {"a": FLIGHT_ROWS[:1], "b": FLIGHT_ROWS[1:]}
    found = epoch(sets, neighbours=1.0, sets={"a": 1.0, "b": 0.0})
    assert [(e.context, e.span) for e in found if e.span is None] == [(FLIGHTS[1][0], None)]


def test_a_question_is_altered_and_asked_of_its_own_context() -> None:
    mixture = Mixture({"a": FLIGHT_ROWS}, plain(sets={"a": 1.0}, swaps=1.0))
    altered = {(e.question, e.context) for number in range(60) for e in mixture.epoch(number) if e.span is None}
    # the one name that is not the first word is exchanged for one of another context ("The" stands in the question)
    towns = "Bogota", "Panama", "Lima"
    assert altered == {
        (question.replace(own, other), text)
        for own, (text, question, _) in zip(towns, FLIGHTS, strict=True)
        for other in towns
        if other != own
    }


def test_shares_of_made_examples_are_shares_of_answerable_rows() -> None:
    starts = [f"The first flight {n} had " for n in range(300)]
    given = [
        Row(f"{n}", f"{text}{n + 999} people.", "Who had the first flight?", (f"{n + 999}",), (len(text),))
        for n, text in enumerate(starts)
    ]
    for name in ("neighbours", "swaps"):
        made = len(epoch({"a": given}, **{name: 0.25})) - len(given)
        assert 45 <= made <= 105, name  # 75 ± 4 * sqrt(300 * 3/16)


def test_a_made_example_has_a_style_of_its_own() -> None:
    styles = set()
    for number in range(30):
        for question, n in counts(epoch({"a": FLIGHT_ROWS[:2]}, number, neighbours=1.0, lower=0.5)).items():
            styles.add((question.islower(), n))
    assert styles == {(True, 1), (True, 2), (False, 1), (False, 2)}


# Reading the sets.


def test_sets_are_read_packed_plain_or_official(tmp_path: Path) -> None:
    official = '{"data": [{"paragraphs": [{"context": "43 left.", "qas": [{"id": "o", "question": "How many?", "answers": [{"text": "43", "answer_start": 0}]}]}]}]}'  # noqa: E501
    (tmp_path / "c.json").write_text(official, "utf-8")
    for name in "ab":
        write_rows(tmp_path / f"{name}.jsonl", rows(name, 3))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((tmp_path / "b.jsonl").read_bytes()))  # comes first
    found = read_sets(tmp_path, plain(sets={"c": 1.0, "a": 0.5, "b": 0.1}))
    assert list(found) == ["c", "a", "b"]
    assert found["c"] == [Row("o", "43 left.", "How many?", ("43",), (0,))]
    assert found["a"] == found["b"] == rows("b", 3)


def test_a_set_of_share_0_is_not_read(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", rows("a", 3))
    (tmp_path / "b.jsonl").write_text("{oops")
    assert list(read_sets(tmp_path, plain(sets={"a": 1.0, "b": 0.0}))) == ["a"]


def test_a_set_without_a_file_is_named(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", rows("a", 3))
    with pytest.raises(ConfigError, match=r"the recipe's set 'b' has no file .*b\.jsonl\.gz; name another, or give"):
        read_sets(tmp_path, plain(sets={"a": 1.0, "b": 1.0}))


def test_a_bad_row_of_a_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{oops\n")
    with pytest.raises(ArticlesError, match=r"a\.jsonl, line 1: not a SQuAD-style row"):
        read_sets(tmp_path, plain(sets={"a": 1.0}))


@pytest.mark.parametrize("sets", [{}, {"a": 0.0}, {"empty": 1.0}])
def test_nothing_to_train_on_is_told(tmp_path: Path, sets: dict[str, float]) -> None:
    write_rows(tmp_path / "a.jsonl", rows("a", 3))
    (tmp_path / "empty.jsonl").write_text("")
    named = ", ".join(sets) or "none"
    with pytest.raises(ConfigError, match=f"gives no row to train on; the recipe's sets are {named}"):
        read_sets(tmp_path, plain(sets=sets))


def test_of_a_whole_set_nothing_is_made_unanswerable() -> None:
    given = {"a": rows("a", 20), "b": rows("b", 20)}
    found = epoch(given, whole=("a",), swaps=1.0, neighbours=1.0)
    assert {example.question[0] for example in found if example.span is None} == {"b"}
    assert counts([example for example in found if example.context.startswith("In a")]).total() >= 20


def asked_of_many(count: int, passages: int) -> list[Row]:
    """Rows of questions that are each asked of several passages."""
    return [
        Row(f"{n}-{i}", f"In {i} it was {n}.", f"How Many Of Kind {n}?", (str(n),), (len(f"In {i} it was "),))
        for n in range(count)
        for i in range(passages)
    ]


def test_what_is_learned_together_is_asked_in_the_same_words() -> None:
    given = {"a": asked_of_many(40, 3), "b": asked_of_many(5, 1)}
    found = epoch(given, whole=("a",), together=0.5, lower=0.5, unmarked=0.5, typos=0.2)
    groups: dict[str, set[str]] = {}
    for example in found:
        groups.setdefault(example.group, set()).add(example.question)
    assert len(groups.pop("")) == 5
    assert len(groups) == 40
    assert {len(words) for words in groups.values()} == {1}
    styles = {next(iter(words)).rstrip("?")[:5] for words in groups.values()}
    assert {"How M", "how m"} <= styles
    assert Counter(example.group for example in found)["a: How Many Of Kind 7?"] == 3


@pytest.mark.parametrize("changes", [{"together": 0.0, "whole": ("a",)}, {"together": 0.5, "whole": ()}])
def test_without_its_weight_or_in_no_whole_set_nothing_is_learned_together(changes: dict[str, object]) -> None:
    assert {example.group for example in epoch({"a": asked_of_many(10, 2)}, **changes)} == {""}


def test_what_is_learned_together_is_drawn_whole() -> None:
    with pytest.raises(ConfigError, match=r"sets\.a, which is learned together, must be between 1 and 1, found 0\.5"):
        plain(sets={"a": 0.5}, whole=("a",), together=0.5)
    with pytest.raises(ConfigError, match="at least twice max_tokens"):
        plain(together=0.5, max_tokens=96, stride=16, batch_tokens=100)
