"""Each kind of question has a rule of its own; each case here is a person's judgement."""

from __future__ import annotations

from typing import Any

import pytest

from rag.eval.judging import Judgement, judge, says
from rag.eval.questions import QuestionRow
from rag.types import SAID_NOTHING, Alternative, Answer


def answer(text: str, *others: str) -> Answer:
    alternatives = tuple(Alternative(other, 0.5, other, ()) for other in others)
    return Answer("?", text, False, None, 0.9, text, (), alternatives)


SILENCE = Answer("?", SAID_NOTHING, True, "why", 0.1, "")


def row(kind: str = "who", **about: Any) -> QuestionRow:
    return QuestionRow("q", "?", kind, **about)


@pytest.mark.parametrize(
    ("text", "accepted", "right"),
    [
        ("Marrable", ["Captain Ilse Marrable"], True),  # F1 1/2
        ("Captain Ilse Marrable", ["Marrable"], True),
        ("a captain of the harbour", ["Marrable"], False),
        ("43 migrants", ["43"], True),
        ("34 migrants", ["43 migrants"], False),  # F1 1/2, but another number
        ("almost 2.7 million", ["$2.7 million"], True),
        ("1,340 homes", ["1340 homes"], True),
        ("3:42", ["3.42"], True),
        ("Friday 5 September", ["Friday"], True),  # tells more, and no number contradicts
        ("5 and 7 people", ["5 people"], False),
        ("Callum Roe", ["Tamsin Roe"], False),  # F1 1/2, but neither holds the other
        ("Mr Stannage", ["Mr Skeats"], False),
        ("guilty", ["not guilty"], False),
        ("pleaded not guilty", ["not guilty"], True),
        ("3 June", ["3 May"], False),
        ("", ["Marrable"], False),
        ("Marrable", [], False),
    ],
)
def test_an_answer_may_be_cut_otherwise_but_tell_no_other_number(text: str, accepted: list[str], right: bool) -> None:
    assert says(text, accepted) is right
    found = judge(row(answers=tuple(accepted)), answer(text), False)
    assert found.right == float(right)


def test_silence_is_right_where_nothing_is_said_and_only_there() -> None:
    assert judge(row(), SILENCE, False) == Judgement(1.0, 1.0, 1.0)
    assert judge(row(), answer("Ada"), True).right == 0.0
    assert judge(row(answers=("Ada",)), SILENCE, True) == Judgement(0.0, 0.0, 0.0)


def test_a_question_that_was_skipped_is_wrong_even_where_silence_was_right() -> None:
    assert judge(row(), None, False) == Judgement(0.0, 0.0, 0.0)
    assert judge(row(answers=("Ada",)), None, False).right == 0.0
    assert judge(row(items=(("a",), ("b",))), None, False).list_recall == 0.0
    assert judge(row("yes_no", answers=("yes",)), None, False).verdict == 0.0


def test_a_list_wants_every_item_and_not_mostly_others() -> None:
    items = (("Saltings", "the Saltings branch"), ("Gannet Green",), ("Nettle Hill",))
    whole = judge(row("list", items=items), answer("Saltings, Gannet Green and Nettle Hill"), False)
    assert (whole.right, whole.list_recall, whole.list_precision) == (1.0, 1.0, 1.0)
    part = judge(row("list", items=items), answer("the branches in Saltings"), False)
    assert (part.right, part.list_recall, part.list_precision) == (0.0, 1 / 3, 1.0)
    spread = judge(row("list", items=items), answer("Saltings", "Gannet Green and Nettle Hill"), False)
    assert (spread.right, spread.list_recall) == (1.0, 1.0)
    crowd = judge(
        row("list", items=items), answer("Saltings, Gannet Green, Nettle Hill, Kelsby, Thrupp, Roe, Ash"), False
    )
    assert (crowd.right, crowd.list_recall, crowd.list_precision) == (0.0, 1.0, pytest.approx(3 / 7))
    silent = judge(row("list", items=items), SILENCE, False)
    assert (silent.right, silent.list_recall, silent.list_precision) == (0.0, 0.0, 0.0)


def test_where_papers_differ_one_value_is_right_and_telling_all_is_better() -> None:
    by_article = {"herald": ("Seven", "7"), "courier": ("at least five", "five"), "gazette": ("Nine", "9")}
    one = judge(row("discrepancy", by_article=by_article), answer("Seven people"), False)
    assert (one.right, one.told) == (1.0, pytest.approx(1 / 3))
    more = judge(row("discrepancy", by_article=by_article), answer("Nine", "at least five people"), False)
    assert (more.right, more.told) == (1.0, pytest.approx(2 / 3))
    none = judge(row("discrepancy", by_article=by_article), answer("a dozen"), False)
    assert (none.right, none.told) == (0.0, 0.0)


def test_where_a_later_article_corrects_only_the_newest_is_right() -> None:
    update = row("discrepancy", answers=("1,340",), by_article={"old": ("340",), "new": ("1,340",)})
    assert judge(update, answer("1,340 homes"), False).right == 1.0
    assert judge(update, answer("340 homes", "1,340"), False) == Judgement(0.0, 0.0, 0.0, told=1.0)


def test_yes_and_no_by_verdict_or_by_a_sentence_that_proves() -> None:
    asked = row("yes_no", answers=("no",))
    assert judge(asked, answer("No"), False) == Judgement(1.0, 1.0, 1.0, verdict=1.0)
    assert judge(asked, answer("Yes"), True) == Judgement(0.0, 0.0, 0.0, verdict=0.0)
    shown = judge(asked, answer("Nobody was killed"), True)
    assert (shown.right, shown.verdict) == (1.0, 0.0)
    assert judge(asked, answer("Nobody was seen"), False).right == 0.0
