from hypothesis import given
from hypothesis import strategies as st

from rag.articles.cleaning import BREAK, REPEATED_CAPTION, REPEATED_PARAGRAPH, canonical, clean


def test_a_caption_repeated_with_its_credit_keeps_the_longer():
    caption = "Engineers look at the old swing bridge, Monday, May 5, 2031."
    for pair in ([caption, f"{caption} Picture: Quayside"], [f"{caption} Picture: Quayside", caption]):
        kept, dropped = clean(["Headline of the day", *pair, "The story."])
        assert kept == ["Headline of the day", f"{caption} Picture: Quayside", "The story."]
        assert dropped == {REPEATED_CAPTION: 1}


def test_a_caption_without_full_stop_and_its_credit():
    kept, dropped = clean(["The mayor, right, and the pilot", "The mayor, right, and the pilot. Picture: Quayside"])
    assert kept == ["The mayor, right, and the pilot. Picture: Quayside"]
    assert dropped == {REPEATED_CAPTION: 1}


def test_a_headline_that_begins_a_longer_one_stays():
    lines = ["Bridge is closed again", "Bridge is closed again for a month, says the council"]
    assert clean(lines) == (lines, {})


def test_a_paragraph_that_directly_repeats_itself_goes():
    line = "The old swing bridge will stay closed for another month."
    assert clean([line, line, "End."]) == ([line, "End."], {REPEATED_PARAGRAPH: 1})


def test_what_is_listed_may_be_equal():
    lines = [
        "Yes.",
        "Yes.",
        "June 10 – Port Ellery",
        "June 10 – Port Ellery",
        "Bus 7 | 12 minutes late each day of the week",
    ]
    assert clean([*lines, lines[-1]]) == ([*lines, lines[-1]], {})


def test_every_dropped_line_is_counted_by_reason():
    kept, dropped = clean(["Loading audio...", "A story.", "Advertisement", "Loading...", "More of it."])
    assert kept == ["A story.", "More of it."]
    assert dropped == {"player or widget line": 2, "advertisement marker": 1}


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), min_size=1)))
def test_clean_only_leaves_out(lines):
    kept, dropped = clean(lines)
    assert len(kept) + sum(dropped.values()) == len(lines)
    assert set(kept) <= set(lines)


def test_canonical_parts_paragraphs_by_one_blank_line():
    assert canonical(["a", "b"]) == "a\n\nb"
    assert BREAK == "\n\n"
