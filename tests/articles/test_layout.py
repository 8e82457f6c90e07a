from hypothesis import given
from hypothesis import strategies as st

from rag.articles.layout import Vocabulary, paragraphs

WRAPPED = [
    "Harbour master resigns",
    "By Tom Reed",
    "",
    "The harbour master of Port Ellery resigned on Tuesday, hours after an",
    "audit found that the fees of two years had not been entered in the",
    "books. He denies it.",
    "- Auditors will return in June",
    "A second paragraph begins here without any blank line in front of it",
    "and ends.",
]


def test_a_wrapped_text_is_unwrapped_and_short_lines_stand_alone():
    assert paragraphs(WRAPPED) == [
        "Harbour master resigns",
        "By Tom Reed",
        (
            "The harbour master of Port Ellery resigned on Tuesday, hours after an audit found that the fees of two "
            "years had not been entered in the books. He denies it."
        ),
        "- Auditors will return in June",
        "A second paragraph begins here without any blank line in front of it and ends.",
    ]


def test_one_paragraph_a_line_stays_so():
    lines = ["A long line of a story that goes on " * 5, "Marina opens on Sunday", "Another long line of it " * 8]
    assert paragraphs([line.strip() for line in lines]) == [line.strip() for line in lines]


def test_a_caption_right_above_its_copy_is_not_glued():
    lines = ["The mayor, right, and the pilot on the quay", "The mayor, right, and the pilot on the quay. Picture: X"]
    assert paragraphs([*lines, "", "x" * 200]) == [*lines, "x" * 200]


def test_one_pair_of_lines_proves_nothing_unless_a_sentence_runs_on():
    pair = ["Harbour master resigns after audit of the fees", "Mayor calls for calm as the auditors go home"]
    assert paragraphs(pair) == pair
    assert paragraphs([pair[0], "and the mayor calls for calm"]) == [f"{pair[0]} and the mayor calls for calm"]


def test_a_list_of_short_lines_stays_a_list():
    names = ["Ada Quill, mayor of the town since 2029", "Tom Reed", "Bo Lind, pilot", "Eve Marsh, harbour master, 51"]
    assert paragraphs(names) == names


def test_rows_of_a_table_are_never_joined():
    rows = ["Route of the bus in the morning hours | 12", "Route of the bus in the evening hours | 14"]
    assert paragraphs(rows, wrapped=True) == rows


def test_hyphens_at_the_end_of_a_line():
    known = Vocabulary(["the megaprison", "a mega-yacht"])
    assert known.join("the inter-", "national report") == "the international report"
    assert known.join("a non-", "lethal one") == "a non-lethal one"
    assert known.join("the mega-", "prison") == "the megaprison"
    assert known.join("one mega-", "yacht") == "one mega-yacht"
    assert known.join("in 2031-", "32 alone") == "in 2031-32 alone"
    assert known.join("the Ellery-", "Marsh line") == "the Ellery-Marsh line"
    assert known.join("a pause -", "then more") == "a pause - then more"


@given(st.lists(st.text("abc -.\t", max_size=90)))
def test_no_word_is_lost_and_no_paragraph_is_empty(lines):
    found = paragraphs(lines)
    assert all(p and p == p.strip() and "\n" not in p for p in found)
    assert "".join("".join(found).split()).replace("-", "") == "".join("".join(lines).split()).replace("-", "")
