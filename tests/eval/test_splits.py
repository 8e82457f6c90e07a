from __future__ import annotations

import pytest

from rag.errors import QuestionError
from rag.eval.splits import apart, chosen, in_order, split_of, within


def test_a_question_is_in_tune_or_test_or_there_is_but_one_split() -> None:
    assert [split_of(name, {"a", "b"}) for name in "abc"] == ["tune", "tune", "test"]
    assert split_of("a", frozenset()) == "all"


def test_the_split_that_counts_is_last() -> None:
    assert in_order(["test", "tune", "test"]) == ["tune", "test"]
    assert in_order(["all"]) == ["all"]


@pytest.mark.parametrize(
    ("wanted", "there", "reported", "beside"),
    [
        (None, ["tune", "test"], "test", ["tune"]),
        (None, ["all"], "all", []),
        (None, ["tune"], "tune", []),  # every question is for tuning
        ("tune", ["tune", "test"], "tune", []),
        ("all", ["tune", "test"], "all", []),
        ("all", ["all"], "all", []),
    ],
)
def test_test_is_reported_and_tune_beside_it(
    wanted: str | None, there: list[str], reported: str, beside: list[str]
) -> None:
    assert chosen(wanted, there, "q.jsonl") == reported
    assert apart(wanted, there) == beside


def test_a_split_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(QuestionError, match=r"^q\.jsonl has no split 'tset'; name tune, test or all\.$"):
        chosen("tset", ["test", "tune"], "q.jsonl")
    with pytest.raises(QuestionError, match=r"^q\.jsonl has no split 'test'; no tune\.txt stands beside it, so"):
        chosen("test", ["all"], "q.jsonl")


def test_all_is_every_question() -> None:
    assert [within("test", name) for name in ("tune", "test", "all")] == [False, True, False]
    assert [within("all", name) for name in ("tune", "test", "all")] == [True, True, True]
