import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.repair import repair, split_lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The cafÃ© at the quay", "The café at the quay"),
        ("MartÃ\xadn Quill", "Martín Quill"),  # half of the letter is a soft hyphen: mended before those go
        ("itâ€™s full", "it’s full"),
        ("business environmentâ\x80¦", "business environment…"),
        ("“curly” ‘quotes’ stay – so do dashes —", "“curly” ‘quotes’ stay – so do dashes —"),
        ("ﬁne and ﬂat", "fine and flat"),
        ("Ｆｕｌｌ width", "Full width"),
        ("soft\xadhyphen zero\u200bwidth bi\u202edi \ufeffmark", "softhyphen zerowidth bidi mark"),
        ("no\xa0break \t and\u2003wide ", "no break and wide"),
        ("e\u0301", "é"),
        ("bell\x07 and\x00 nul", "bell and nul"),
        ("Quill &amp; Reed &#8211; &lt;b&gt;", "Quill & Reed – <b>"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("a\u200db", "ab"),
        ("a break&#10;hidden", "a break hidden"),
    ],
)
def test_dirt_goes_and_print_stays(line, expected):
    assert repair(line) == expected


def test_joiners_stay_where_they_mean_something():
    family = "👨\u200d👩\u200d👧"
    assert repair(f"The {family} left") == f"The {family} left"
    assert repair("می\u200cخواهم") == "می\u200cخواهم"


def test_a_letter_that_was_lost_is_not_guessed():
    assert repair("Farabel Martà Union") == "Farabel Martà Union"


def test_lines_end_at_every_kind_of_break():
    assert split_lines("a\r\nb\rc\nd\u2028e\x0cf\x85g") == ["a", "b", "c", "d", "e", "f\x85g"]


@given(st.text(st.characters(), max_size=200))
def test_a_repaired_line_is_clean(text):
    for line in split_lines(text):
        clean = repair(line)
        clean.encode()
        assert clean == clean.strip()
        assert "  " not in clean
        assert not any(unicodedata.category(c) == "Cc" or c in "\u2028\u2029\u200b\xad\u202e" for c in clean)
