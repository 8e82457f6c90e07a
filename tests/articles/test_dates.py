import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.dates import stamp


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6 May 2031", "2031-05-06"),
        ("May 6, 2031", "2031-05-06"),
        ("Tuesday, 6th of May 2031", "2031-05-06"),
        ("Tues., Sept. 2, 2031", "2031-09-02"),
        ("6 May 2031, 09:52", "2031-05-06T09:52"),
        ("6 May 2031 at 7.05pm", "2031-05-06T19:05"),
        ("6 May 2031 - 12:00 am", "2031-05-06T00:00"),
        ("May 6, 2031, 8:20 a.m. ET", "2031-05-06T08:20"),
        ("12:26 pm ET May 6, 2031", "2031-05-06T12:26"),
        ("2031-05-06", "2031-05-06"),
        ("2031-05-06T07:30:15.5+01:00", "2031-05-06T07:30"),
        ("2031-05-06T07:30Z", "2031-05-06T07:30"),
        ("2031-05-06 07:30:00", "2031-05-06T07:30"),
        ("13/02/2031", "2031-02-13"),
        ("02/13/2031", "2031-02-13"),
        ("05.05.2031", "2031-05-05"),
    ],
)
def test_a_stamp_is_read(text, expected):
    assert stamp(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "04/02/2031",  # February or April: not told
        "May 2031",
        "6 May",
        "2031",
        "Monday",
        "30 February 2031",
        "2031-02-30",
        "6 May 1831",
        "On 6 May 2031 the bridge was closed",
        "6 May 2031 and 7 May 2031",
        "",
        "6 May 2031, " + "9" * 100,
    ],
)
def test_nothing_is_guessed(text):
    assert stamp(text) is None


def test_an_impossible_hour_leaves_the_day():
    assert stamp("6 May 2031, 25:10") == "2031-05-06"


@given(st.datetimes(min_value=__import__("datetime").datetime(1900, 1, 1)).filter(lambda d: d.year <= 2099))
def test_what_python_prints_is_read_back(moment):
    assert stamp(moment.isoformat()) == moment.isoformat()[:16]
    assert stamp(moment.date().isoformat()) == moment.date().isoformat()


@given(st.text(max_size=100))
def test_any_text_is_taken(text):
    stamp(text)
