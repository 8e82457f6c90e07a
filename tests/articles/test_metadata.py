import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.metadata import Told, byline, dateline, headline, shortened, told_by

STORY = "The old swing bridge at Port Ellery will be closed for a month, the council said on Monday."


def test_a_report_tells_its_own_metadata():
    lines = ["Bridge shut for a month after cracks", "6 May 2031, 09:52 | Updated: 6 May 2031, 12:16"]
    lines += ["Engineers on the bridge. Picture: Quayside", "By Ada Quill and Tom Reed, Harbour Editor"]
    assert told_by([*lines, f"PORT ELLERY, Norland — {STORY}"]) == Told(
        headline="Bridge shut for a month after cracks",
        publisher=None,
        byline="Ada Quill and Tom Reed",
        published="2031-05-06T09:52",
        updated="2031-05-06T12:16",
        dateline="PORT ELLERY, Norland",
    )


def test_a_report_that_tells_nothing():
    assert told_by([f"{STORY[:-1]}, reports AP.", STORY, "Unrelated headline of another day"]) == Told()


def test_both_stamps_on_one_line_without_a_bar():
    told = told_by(["May 6, 2031 Updated May 7, 2031, 8:20 a.m. ET", STORY])
    assert (told.published, told.updated) == ("2031-05-06", "2031-05-07T08:20")


def test_a_date_further_down_is_a_subheading():
    assert told_by([STORY] * 6 + ["May 6, 2031", STORY]).published is None
    assert told_by([STORY] * 6 + ["Published: May 6, 2031", STORY]).published == "2031-05-06"


def test_a_sentence_with_a_date_is_no_stamp():
    assert told_by(["The budget, published 6 May 2031", STORY]).published is None


def test_a_publisher_only_where_a_line_says_so():
    assert told_by(["Publisher: Quayside Courier", STORY]).publisher == "Quayside Courier"
    assert told_by(["Newspaper editor resigns over cod", STORY]).publisher is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Quill", "Ada Quill"),
        ("by ADA QUILL", "ADA QUILL"),
        ("Words by Ada Quill", "Ada Quill"),
        ("By Ada Quill, Tom Reed and Zoë van der Meer", "Ada Quill, Tom Reed and Zoë van der Meer"),
        ("By Ada Quill, Political Editor", "Ada Quill"),
        ("By Ada Quill for the Quayside Courier", "Ada Quill"),
        ("By Seán O'Neill-Byrne", "Seán O'Neill-Byrne"),
        ("By the end of the week it was over", None),
        ("By Monday the bridge was closed", None),
        ("Ada Quill", None),
        ("By 2031", None),
    ],
)
def test_bylines(line, names):
    assert byline(line) == names


@pytest.mark.parametrize(
    ("start", "place"),
    [
        ("PORT ELLERY, Norland — ", "PORT ELLERY, Norland"),
        ("LONDON (Reuters) - ", "LONDON"),
        ("BRUSSELS, Feb 3 (Agency) - ", "BRUSSELS"),
        ("ST. LOUIS – ", "ST. LOUIS"),
        ("ROME -- ", "ROME"),
        ("CNN — ", None),
        ("BREAKING — ", None),
        ("The bridge - ", None),
        ("EXCLUSIVE: ", None),
    ],
)
def test_datelines(start, place):
    assert dateline(start + STORY) == place


def test_a_dateline_needs_a_story_after_it():
    assert dateline("LONDON — 3") is None


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("Bridge shut for a month", True),
        ("Will the bridge open in June?", True),
        ("The bridge is shut.", False),
        ("Bridge shut", False),
        ("By Ada Quill and Tom Reed", False),
        ("6 May 2031, 09:52", False),
        ("Engineers on the bridge. Picture: Quayside", False),
        ("Ada Quill and Tom Reed", False),
        ("In the news this week:", False),
    ],
)
def test_headlines(first, found):
    assert headline([first, STORY]) == (first if found else None)


def test_a_single_paragraph_has_no_headline():
    assert headline(["Bridge shut for a month"]) is None


def test_a_title_is_cut_between_words():
    title = shortened([f"PORT ELLERY, Norland — {STORY}"])
    assert title == "The old swing bridge at Port Ellery will be closed for a month, the council said on…"
    assert len(title) <= 90


def test_a_title_is_the_first_sentence_where_it_is_short():
    assert (
        shortened(["By Ada Quill", "The U.S. envoy left. He said nothing more to anybody there."])
        == "The U.S. envoy left."
    )


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), min_size=1))
def test_any_paragraphs_are_taken(paragraphs):
    told_by(paragraphs)
    assert 0 < len(shortened(paragraphs)) <= 90


@pytest.mark.parametrize(
    ("line", "publisher", "byline", "published"),
    [
        ("Marlow Valley Gazette, 6 May 2031", "Marlow Valley Gazette", None, "2031-05-06"),
        ("The Marlow Times May 6, 2031", "The Marlow Times", None, "2031-05-06"),
        ("By Ada Quill 6 May 2031", None, "Ada Quill", "2031-05-06"),
        ("By Ada Quill, May 6, 2031", None, "Ada Quill", "2031-05-06"),
        ("Marlow, 6 May 2031", None, None, None),  # a place, perhaps; a stamp stands alone
        ("Born 6 May 2031", None, None, None),
        ("The bridge opened on 6 May 2031", None, None, None),
    ],
)
def test_a_writer_or_a_paper_may_stand_before_a_stamp(
    line: str, publisher: str | None, byline: str | None, published: str | None
) -> None:
    told = told_by(["Old bridge over the Tarn closes", line, "The bridge closed on Tuesday."])
    assert (told.publisher, told.byline, told.published) == (publisher, byline, published)
