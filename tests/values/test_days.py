from __future__ import annotations

import subprocess
import sys
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.values.days import Moment, iso_day, moments, when
from rag.values.tense import Lean, leaning

TUESDAY = "2025-06-10"


def told(text: str, published: str | None = TUESDAY) -> list[tuple[str, str, str]]:
    return [(text[m.start : m.end], m.first, m.last) for m in moments(text, published)]


def test_a_number_is_not_cut_at_its_comma() -> None:
    assert moments("It sank 1,300 years ago.", TUESDAY) == ()


def days(text: str, published: str | None = TUESDAY) -> list[str]:
    return [m.first if m.first == m.last else f"{m.first}/{m.last}" for m in moments(text, published)]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("He left late Monday.", "late Monday", "2025-06-09"),
        ("It was signed on Tuesday, she said.", "on Tuesday", "2025-06-10"),
        ("A man was found on Wednesday.", "on Wednesday", "2025-06-04"),
        ("The firm laid its plans before them on Friday.", "on Friday", "2025-06-06"),
        ("Officials outlined the plans for a rally on Saturday.", "on Saturday", "2025-06-14"),
        ("They met yesterday.", "yesterday", "2025-06-09"),
        ("A storm hit the coast last night.", "last night", "2025-06-09"),
        ("The vote is tomorrow.", "tomorrow", "2025-06-11"),
        ("The show goes on tonight.", "tonight", "2025-06-10"),
        ("It fell the day before yesterday.", "the day before yesterday", "2025-06-08"),
        ("It fell three days ago.", "three days ago", "2025-06-07"),
        ("It is 1,300 years old, and left here two days ago.", "two days ago", "2025-06-08"),
        ("He came early on Friday morning.", "early on Friday morning", "2025-06-06"),
        ("The boat is named at noon on Saturday 14 June.", "on Saturday 14 June", "2025-06-14"),
        ("On February 3 he died.", "On February 3", "2025-02-03"),
        ("They wed on the 3rd of May 2019.", "on the 3rd of May 2019", "2019-05-03"),
        ("Filed Feb. 3, 2024 in court.", "Feb. 3, 2024", "2024-02-03"),
        ("Sent on Tues 3 June.", "on Tues 3 June", "2025-06-03"),
        ("Updated 2025-06-01 at 9.", "2025-06-01", "2025-06-01"),
        ("Dated 13/02/2025.", "13/02/2025", "2025-02-13"),
        ("It closed on Christmas Day.", "on Christmas Day", "2024-12-25"),
        ("Shops shut on Good Friday.", "on Good Friday", "2025-04-18"),
        ("Good Friday 2024 was wet.", "Good Friday 2024", "2024-03-29"),
    ],
)
def test_a_day(text: str, words: str, day: str) -> None:
    assert told(text) == [(words, day, day)]


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("It rained last week.", "last week", "2025-06-02", "2025-06-08"),
        ("It is closed this month.", "this month", "2025-06-01", "2025-06-30"),
        ("It opens next year.", "next year", "2026-01-01", "2026-12-31"),
        ("He said so earlier this week.", "earlier this week", "2025-06-09", "2025-06-10"),
        ("It is due later this year.", "later this year", "2025-06-10", "2025-12-31"),
        ("Rain fell over the weekend.", "over the weekend", "2025-06-07", "2025-06-08"),
        ("The fair will be held at the weekend.", "at the weekend", "2025-06-14", "2025-06-15"),
        ("He died last August.", "last August", "2024-08-01", "2024-08-31"),
        ("Built in 2013 by them.", "in 2013", "2013-01-01", "2013-12-31"),
        ("The firm was founded in 1838.", "in 1838", "1838-01-01", "1838-12-31"),
        ("In the season 2024-25 they won.", "2024-25", "2024-01-01", "2025-12-31"),
        ("Songs of the 1980s.", "the 1980s", "1980-01-01", "1989-12-31"),
        ("A barn of the 19th century.", "the 19th century", "1801-01-01", "1900-12-31"),
        ("It was dry in February 2024.", "in February 2024", "2024-02-01", "2024-02-29"),
        ("The fair of 14-16 June 2024.", "14-16 June 2024", "2024-06-14", "2024-06-16"),
        ("It has been hot since last summer.", "last summer", "2024-06-01", "2024-08-31"),
        ("He went two and a half years ago.", "two and a half years ago", "2022-12-01", "2022-12-31"),
        ("He went a couple of weeks ago.", "a couple of weeks ago", "2025-05-26", "2025-06-01"),
        ("The school will reopen in two months.", "in two months", "2025-08-01", "2025-08-31"),
        ("It reopens in two weeks' time.", "in two weeks' time", "2025-06-23", "2025-06-29"),
        ("Sales fell over the past three years.", "over the past three years", "2022-06-10", "2025-06-10"),
    ],
)
def test_a_stretch_of_days(text: str, words: str, first: str, last: str) -> None:
    assert told(text) == [(words, first, last)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The council met on Thursday.", "2025-06-05"),
        ("The council will meet on Thursday.", "2025-06-12"),
        ("The ban begins on Thursday.", "2025-06-12"),
        ("The ban is to end on Thursday.", "2025-06-12"),
        ("The minister, who fell ill on Thursday, will rest.", "2025-06-05"),
        ("He will resign, the minister said on Thursday.", "2025-06-05"),
        ("On Thursday the council will vote.", "2025-06-12"),
        ("Police were called on Thursday and will stay.", "2025-06-05"),
        ("A report is due by Thursday.", "2025-06-12"),
        ("She could not be reached on Thursday.", "2025-06-05"),
        ("Two men are in hospital after a crash on Thursday.", "2025-06-05"),
        ("The talks are to be held on Thursday, he said.", "2025-06-12"),
        ("Shares have risen since Thursday.", "2025-06-05"),
        ("The hearing was put off until Thursday.", "2025-06-12"),
        ("Doors: Thursday, 7pm.", "2025-06-12"),
        ("They lost the final on Thursday.", "2025-06-05"),
        ("It opens at 9 a.m. Thursday.", "2025-06-12"),
    ],
)
def test_a_bare_weekday_follows_its_clause(text: str, day: str) -> None:
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("It opens next Thursday.", "2025-06-06", "2025-06-12"),
        ("It opens next Thursday.", "2025-06-10", "2025-06-19"),  # the one in two days is "Thursday"
        ("It shut last Monday.", "2025-06-13", "2025-06-09"),
        ("It shut last Monday.", "2025-06-10", "2025-06-02"),
        ("A ban begins on Monday week.", "2025-06-10", "2025-06-23"),
        ("A ban begins a week on Monday.", "2025-06-10", "2025-06-23"),
        ("They play on Wednesday fortnight.", "2025-06-10", "2025-06-25"),
        ("He fell on Thursday last week.", "2025-06-10", "2025-06-05"),
        ("He fell this past Friday.", "2025-06-10", "2025-06-06"),
        ("It runs this coming Friday.", "2025-06-10", "2025-06-13"),
    ],
)
def test_last_next_and_week(text: str, published: str, day: str) -> None:
    assert days(text, published) == [day]


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("He was born on 20 December.", "2025-01-05", "2024-12-20"),
        ("The fair is on 4 January.", "2024-12-28", "2025-01-04"),
        ("He died on 3 January.", "2025-11-01", "2025-01-03"),  # 3 January 2026 is nearer, and ahead
        ("The trial will begin on 3 January.", "2025-06-10", "2026-01-03"),
        ("The leap was on 29 February.", "2024-06-01", "2024-02-29"),
        ("They met on Friday 6 December.", "2025-05-01", "2024-12-06"),  # in 2025 it is a Saturday
        ("Fares rose in August.", "2025-06-10", "2024-08-01/2024-08-31"),
        ("The bridge will shut in February.", "2025-06-10", "2026-02-01/2026-02-28"),
    ],
)
def test_a_date_without_its_year(text: str, published: str, day: str) -> None:
    assert days(text, published) == [day]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It began on 5 June. The previous day was dry.", ["2025-06-05", "2025-06-04"]),
        ("It began on 5 June 2020. Two days later it rained.", ["2020-06-05", "2020-06-07"]),
        ("He left on 5 June; two weeks earlier he came.", ["2025-06-05", "2025-05-19/2025-05-25"]),
        ("It rose in 2013 and fell the following year.", ["2013-01-01/2013-12-31", "2014-01-01/2014-12-31"]),
        ("Her film of 1982’s summer and the following year’s.", ["1982-01-01/1982-12-31", "1983-01-01/1983-12-31"]),
        ("It opened on Friday 6 June and shut that day.", ["2025-06-06", "2025-06-06"]),
        ("It rained two days later.", []),  # later than what?
        ("The vote came the day before the strike of 5 June.", ["2025-06-05"]),
    ],
)
def test_words_that_count_from_the_time_before(text: str, found: list[str]) -> None:
    assert days(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Theresa May said that she may march.",
        "The sun sat low for a second.",
        "The Sun and the Sunday Times had it.",
        "Sheffield Wednesday lost to Joe Friday.",
        "The market is held every Sunday and on Mondays.",
        "The alarm was off on the Friday before the fire.",
        "It is open on the first Monday of the month.",
        "About 2000 people and 1900 metres at 2000 GMT.",
        "In room 2013 he paid £2014 for 2,015 books.",
        "He was in his 80s and weighed 14 stone.",
        "USA Today had The Tonight Show.",
        "The thirty-first: 31 June and 04/02/2025.",
        "A spring in the week, a fall in price, the last minute.",
        "April Jones and June Smith met August Meyer.",
        "The film “1917” was long.",
        "She did it in two days.",
        "Rome will not be built in a day.",
        "The march on March Street",
        "It is expected to be the worst drought in 30 years.",
        "The Mail on Sunday had it.",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert told(text) == []


def test_a_number_after_in_a_month_is_no_day() -> None:
    assert told("In March 20 people died.") == [("In March", "2025-03-01", "2025-03-31")]


def test_without_the_articles_day_only_what_needs_none() -> None:
    text = "On Tuesday, as in 2013 and on 14 June 2025, but not on 14 June, last week or in May."
    assert told(text, None) == [
        ("in 2013", "2013-01-01", "2013-12-31"),
        ("on 14 June 2025", "2025-06-14", "2025-06-14"),
    ]
    assert [m.relative for m in moments(text, TUESDAY)] == [True, False, False, True, True, True]
    assert moments(text, "no day") == moments(text, None)


def test_a_clock_in_the_published_date_does_no_harm() -> None:
    assert moments("It was yesterday.", "2025-06-10T23:59") == moments("It was yesterday.", "2025-06-10")


@pytest.mark.parametrize(
    ("span", "words", "day"),
    [
        ("7.40 on Thursday morning", "on Thursday morning", "2025-06-05"),
        ("Thursday", "on Thursday morning", "2025-06-05"),
        ("7.40", "on Thursday morning", "2025-06-05"),
        ("June", "14 June", "2025-06-14"),
        ("the hut", None, None),
        ("a dog", None, None),
    ],
)
def test_when(span: str, words: str | None, day: str | None) -> None:
    text = "A dog was heard at 7.40 on Thursday morning in the hut. The inquest of 14 June was open to a dog."
    start = text.lower().index(span.lower())
    moment = when(text, start, start + len(span), TUESDAY)
    assert (moment and text[moment.start : moment.end], moment and moment.first) == (words, day)


def test_when_takes_the_moment_that_the_span_shares_most_with() -> None:
    text = "From Monday 2 June to Friday 6 June 2025"
    moment = when(text, text.index("2 June"), len(text), TUESDAY)
    assert moment is not None
    assert moment.first == "2025-06-06"


def test_where_a_clause_looks() -> None:
    text = "The vote, which was set for Monday, was held on Friday and will be again on Sunday. Sunday"
    at = [text.index("Monday"), text.index("Friday"), text.index("Sunday"), text.rindex("Sunday")]
    looks = [leaning(text, start, start + 6) for start in at]
    assert looks == [Lean.FUTURE, Lean.PAST, Lean.FUTURE, Lean.UNKNOWN]


WORDS = """last next this the on in a Monday Tuesday week fortnight June May 14 2013 31 - , . ago three days earlier
later year yesterday 's “ ” will was 1980s century before after Feb. 3, 29 February 2024 weekend the previous day"""
PIECES = st.sampled_from([*WORDS.split(), "", "\n"])


@given(st.lists(PIECES, max_size=30).map(" ".join), st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_moments_are_ordered_phrases_of_the_text(text: str, day: date) -> None:
    reached = 0
    for moment in moments(text, day.isoformat()):
        assert reached <= moment.start < moment.end <= len(text)
        assert date.fromisoformat(moment.first) <= date.fromisoformat(moment.last)
        assert text[moment.start : moment.end].strip() == text[moment.start : moment.end]
        assert when(text, moment.start, moment.end, day.isoformat()) == moment
        reached = moment.end


@given(st.text(max_size=200), st.none() | st.text(max_size=12), st.integers(0, 200), st.integers(0, 200))
def test_nothing_raises(text: str, published: str | None, start: int, end: int) -> None:
    assert isinstance(moments(text, published), tuple)
    assert when(text, start, end, published) is None or isinstance(when(text, start, end, published), Moment)
    assert iso_day(published) is None or published is not None


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 6))
def test_a_past_weekday_lies_in_the_seven_days_up_to_the_articles(day: date, offset: int) -> None:
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[offset]
    (past,) = moments(f"He was seen on {name}.", day.isoformat())
    (ahead,) = moments(f"He will be seen on {name}.", day.isoformat())
    assert 0 <= (day - date.fromisoformat(past.first)).days <= 6
    assert 0 <= (date.fromisoformat(ahead.first) - day).days <= 6
    assert date.fromisoformat(past.first).weekday() == date.fromisoformat(ahead.first).weekday() == offset


@pytest.mark.parametrize(
    "piece", ["a", " ", "1", "the ", "early late on ", "2024-25-", "last next this ", "in ", "“", "-"]
)
def test_time_grows_with_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        begun = time.perf_counter()
        moments(text, TUESDAY)
        return time.perf_counter() - begun

    assert min(seconds(100_000 + k) for k in range(2)) < 12 * min(seconds(20_000 + k) for k in range(3)) + 0.05


def test_importing_days_is_light() -> None:
    code = (
        "import sys, rag.values.days, rag.values.period; print({'dateparser', 'dateutil', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
