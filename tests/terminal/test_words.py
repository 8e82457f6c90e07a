from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terminal.words import MAX_TOLD, MAX_VALUE, tell_agreement, tell_date, tell_dates, untold, words_of
from rag.types import Agreement, Alternative, Answer, Citation, Difference, Resolved, Source, Value
from rag.wording import tell_day

TEXT = st.text(max_size=90)


def cite(day: str | None = "2025-06-02", number: int = 1, quote: str = "", article: str = "a") -> Citation:
    return Citation(number, Source(article, "T", None, day, "p"), quote, number, number + len(quote))


def value(text: str, sources: int = 1, day: str | None = "2025-06-02", superseded: bool = False) -> Value:
    return Value(text, tuple(cite(day, n) for n in range(sources)), sources, superseded)


def make_answer(**changes: object) -> Answer:
    values = {"question": "?", "text": "17", "abstained": False, "reason": None, "confidence": 0.9, "sentence": "17."}
    return Answer(**(values | changes))


@pytest.mark.parametrize(
    ("difference", "values", "told"),
    [
        (Difference.AGREE, (value("600", 3),), ""),
        (Difference.CONFLICT, (), ""),
        (
            Difference.CONFLICT,
            (value("600", 3), value("850")),
            "The reports differ: 3 sources say 600, 1 says 850.",
        ),
        (
            Difference.CONFLICT,
            (value("Three"), value("two", 2), value("£5")),
            "The reports differ: 1 source says “Three”, 2 say “two”, 1 says £5.",
        ),
        (
            Difference.CONFLICT,
            tuple(value(str(n)) for n in range(MAX_TOLD + 2)),
            "The reports differ: 1 source says 0, 1 says 1, 1 says 2, 1 says 3, 2 more say otherwise.",
        ),
        (
            Difference.UPDATE,
            (value("£46,500", day="2025-06-06T17:00"), value("£41,000", 2, superseded=True)),
            "A later report changes it: £46,500 (6 June) after £41,000 (2 June).",
        ),
        (
            Difference.UPDATE,
            (value("3", day="2024-12-30", superseded=True), value("5", day="2025-01-02")),
            "A later report changes it: 5 (2 January 2025) after 3 (30 December 2024).",
        ),
        (
            Difference.UPDATE,
            (value("5", day="2025-06-09"), value("four", superseded=True), value("3", day=None, superseded=True)),
            "A later report changes it: 5 (9 June) after “four” (2 June) and 3.",
        ),
        (Difference.WORDING, (value("half past two"), value("2.30pm")), "Said in other words by another article."),
        (Difference.WORDING, (value("half past two"), value("2.30pm", 2)), "Said in other words by others."),
    ],
)
def test_how_values_differ_in_one_sentence(difference: Difference, values: tuple[Value, ...], told: str) -> None:
    assert tell_agreement(Agreement(difference, values)) == told


def test_only_what_comes_from_an_article_is_written_otherwise() -> None:
    agreement = Agreement(Difference.CONFLICT, (value("<b>", 2), value("two")))
    assert tell_agreement(agreement, lambda text: f"[{text.upper()}]") == (
        "The reports differ: 2 sources say [<B>], 1 says “[TWO]”."
    )


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2025-05-12", "2025-05-12", "12 May 2025"),
        ("2025-06-02", "2025-06-08", "2 to 8 June 2025"),
        ("2025-05-26", "2025-06-01", "26 May to 1 June 2025"),
        ("2025-12-29", "2026-01-04", "29 December 2025 to 4 January 2026"),
        ("2024-02-01", "2024-02-29", "February 2024"),
        ("2025-12-01", "2025-12-31", "December 2025"),
        ("2025-02-01", "2025-02-27", "1 to 27 February 2025"),
        ("2024-01-01", "2024-12-31", "2024"),
        ("2023-01-01", "2024-12-31", "1 January 2023 to 31 December 2024"),
        ("2025-01-01", "2025-02-28", "1 January to 28 February 2025"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
        ("soon", "later", "soon to later"),
        ("soon", "soon", "soon"),
    ],
)
def test_the_days_that_a_date_means(first: str, last: str, told: str) -> None:
    assert tell_date(Resolved(1, "then", first, last)) == told


def test_a_day_is_written_as_people_do() -> None:
    assert tell_day("2025-03-04T09:30") == "4 March 2025"
    assert [tell_day(other) for other in ("", "spring 2025", "2025-13-45")] == ["", "spring 2025", "2025-13-45"]


def test_a_date_that_stands_twice_in_a_quote_is_told_once() -> None:
    monday, other = Resolved(1, "Monday", "2025-03-03", "2025-03-03"), Resolved(2, "Monday", "2025-03-10", "2025-03-10")
    answer = make_answer(dates=(monday, monday, other))
    assert tell_dates(answer, 1) == [("Monday", "3 March 2025")]
    assert tell_dates(answer, 2) == [("Monday", "10 March 2025")]
    assert tell_dates(answer, 3) == []


def test_a_quote_has_the_answer_in_its_own_words() -> None:
    first, second = cite(quote="It was 2.30pm."), cite(number=2, quote="At half past two.", article="b")
    third = cite(number=3, quote="Then, at 2.30pm.", article="c")
    table = Agreement(Difference.WORDING, (Value("2.30pm", (first,), 1), Value("half past two", (second, third), 2)))
    answer = make_answer(text="2.30pm", citations=(first, second, third), agreement=table)
    assert [words_of(answer, one) for one in answer.citations] == [("2.30pm",), ("half past two",), ("2.30pm",)]
    assert words_of(make_answer(items=(value("Ash"), value("Bay"))), first) == ("Ash", "Bay")


def test_an_alternative_is_told_only_where_the_table_does_not() -> None:
    here, there = value("16", 2), Alternative("16", 0.5, "", (cite(number=1),))
    apart = Alternative("15", 0.5, "", (cite(number=1), cite(number=7)))
    bare = Alternative("14", 0.5, "", ())
    told = make_answer(agreement=Agreement(Difference.CONFLICT, (here,)), alternatives=(there, apart, bare))
    assert untold(told) == (apart, bare)
    agreed = make_answer(agreement=Agreement(Difference.AGREE, (here,)), alternatives=(there,))
    assert untold(agreed) == (there,)


@given(st.sampled_from(Difference), st.lists(st.builds(value, TEXT, st.integers(0, 3), TEXT, st.booleans())))
def test_any_values_give_one_short_line(difference: Difference, values: list[Value]) -> None:
    told = tell_agreement(Agreement(difference, tuple(values)))
    assert "\n" not in told
    assert bool(told) == (difference is not Difference.AGREE and bool(values))


@given(TEXT, TEXT)
def test_any_days_are_told(first: str, last: str) -> None:
    assert isinstance(tell_date(Resolved(1, "then", first, last)) + tell_day(first), str)


def test_an_endless_value_is_cut_at_once() -> None:
    began = time.perf_counter()
    told = tell_agreement(Agreement(Difference.CONFLICT, (value("x" * 5_000_000), value("7" * 5_000_000))))
    assert len(told) < 2 * MAX_VALUE + 80
    assert time.perf_counter() - began < 1
