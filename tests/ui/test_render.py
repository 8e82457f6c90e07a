from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

import ui
from rag.text import find_span
from rag.types import SAID_NOTHING, Agreement, Alternative, Citation, Difference, Resolved, Source, Value
from tests.ui.page import ATTRIBUTES, INJECTIONS, NO_LINKS, QUOTE, SOURCE, TAGS, Page, make_answer
from ui.beside import OPENING
from ui.markup import MAX_NAME, MAX_QUOTE, cut
from ui.render import MEANING, cite, render_notice, render_question, render_stage, render_turn
from ui.turns import Context, Filters, Seen, Turn

COURIER = Source("again", "Shut", "The Courier", None, "https://courier.example/a?b=1&c=2")
SECOND = Citation(2, COURIER, "All 17 of them.", 0, 15)
SIXTEEN = Alternative("16 cracks", 0.6, "Others counted 16 cracks.", (Citation(1, COURIER, "So 16 cracks.", 5, 18),))
SILENT = {"text": SAID_NOTHING, "abstained": True, "reason": "no passage fits", "confidence": 0.1}
SEEN = Seen("bridge", "Bridge closes", 0, 50, (("fused", 1.0, 1),), "17", 2.0, 0.93, "cited as [1]")
TOOLS = "Right to say nothing?RightWrong0.25 s"  # below silence


def turn(about: dict[str, object] | None = None, **changes) -> Turn:
    return Turn("How many?", make_answer(**changes), **(about or {}))


def shown(about: dict[str, object] | None = None, **changes) -> Page:
    return Page(render_turn(turn(about, **changes))).check()


def test_an_answer_is_these_very_characters() -> None:
    assert render_turn(turn({"contexts": (Context("Before it. ", " After it.", "Joan Petty"),)})) == (
        '<article class="rag-turn"><div class="rag-main">'
        '<p class="rag-short"><bdi dir="auto">17</bdi> <span class="rag-chips">'
        '<button type="button" class="rag-chip" title="Source 1: The Herald">1</button></span></p>'
        '<div class="rag-confidence"><span class="rag-bar rag-bar-9"></span>'
        f'<details><summary title="{MEANING}">very likely (93%)</summary><p>{MEANING}</p></details></div>'
        '<blockquote class="rag-quote" dir="auto">Engineers found <mark>17</mark> cracks in it.</blockquote>'
        '<p class="rag-tools"><span class="rag-quiet">Was this right?</span>'
        '<button type="button" class="rag-good" title="This was right: keep question and answer with the index">'
        "Right</button>"
        '<button type="button" class="rag-bad" title="This was wrong: keep question and answer with the index">'
        "Wrong</button>"
        '<span class="rag-seconds">0.25 s</span></p></div>'
        '<aside class="rag-side"><h3 class="rag-heading">1 source</h3>'
        '<ol class="rag-sources"><li class="rag-source"><details open>'
        '<summary class="rag-from"><span class="rag-number">1</span> <bdi class="rag-publisher">The Herald</bdi> · '
        '<bdi class="rag-title">Bridge closes</bdi> · <bdi class="rag-date">4 March 2025, 09:30</bdi></summary>'
        '<p class="rag-byline">By <bdi>Joan Petty</bdi></p>'
        '<blockquote class="rag-passage" dir="auto">Before it. '
        '<span class="rag-said">Engineers found <mark>17</mark> cracks in it.</span> After it.</blockquote>'
        '<p class="rag-actions"><button type="button" class="rag-open" title="Read the whole article">'
        'Open the article</button><button type="button" class="rag-copy" title="Copy the quote with its source">'
        'Copy quote</button><span class="rag-ref" hidden>[&quot;bridge&quot;, 10, 42, '
        "&quot;Engineers found 17 cracks in it.&quot;]</span>"
        '<span class="rag-cited" hidden>“Engineers found 17 cracks in it.” '
        "(The Herald, “Bridge closes”, 4 March 2025, 09:30, news/bridge.md)</span></p>"
        '<p class="rag-place"><bdi>news/bridge.md</bdi></p></details></li></ol></aside></article>'
    )


def test_an_answer_that_is_its_sentence_is_shown_whole_and_once() -> None:
    long = f"{'word ' * 60}end."
    other = Alternative("Others say 16.", 0.6, "Others say 16.", ())
    html = render_turn(turn(text=long, sentence=long, citations=(), alternatives=(other,)))
    assert f'<p class="rag-short"><bdi dir="auto">{long}</bdi>' in html
    assert html.count("word word") == 30
    assert "blockquote" not in html
    assert "rag-side" not in html
    assert html.count("Others say 16.") == 1


def test_each_citation_has_a_chip_and_a_card_of_which_the_first_is_open() -> None:
    page = shown(citations=(*make_answer().citations, SECOND))
    assert page.of("rag-chip") == page.of("rag-number") == ["1", "2"]
    assert [chip["title"] for chip in page.having("rag-chip")] == ["Source 1: The Herald", "Source 2: The Courier"]
    assert page.of("rag-heading") == ["2 sources"]
    meaning, *cards = [attributes for tag, attributes in page.tags if tag == "details"]
    assert meaning == {}
    assert cards == [{"open": None}, {}]
    assert page.marked == ["17", "17", "17"]


def test_a_web_address_is_a_link_that_tells_its_page_nothing() -> None:
    html = render_turn(turn(citations=(SECOND,)))
    assert [a["href"] for tag, a in Page(html).check().tags if tag == "a"] == [COURIER.path_or_url]
    assert 'href="https://courier.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow"' in html


def test_beside_the_buttons_stand_the_place_of_the_quote_and_what_to_copy() -> None:
    page = shown(citations=(*make_answer().citations, SECOND), alternatives=(SIXTEEN,))
    cited = (SIXTEEN.citations[0], *make_answer().citations, SECOND)
    assert [json.loads(place) for place in page.of("rag-ref")] == [
        ["again", 5, 18, SIXTEEN.citations[0].quote],
        ["bridge", 10, 42, QUOTE],
        ["again", 0, 15, SECOND.quote],
    ]
    assert page.of("rag-cited") == [cite(citation) for citation in cited]
    assert {tag for tag, attributes in page.tags if "hidden" in attributes} == {"span"}
    assert page.of("rag-open") == ["Open the article"] * 3
    assert page.of("rag-copy") == ["Copy quote"] * 2
    assert page.of("rag-actions")[0].startswith(
        'Open the articleCopy quote["bridge", 10, 42, "Engineers found 17 cracks in it."]“Engineers'
    )


def test_a_quote_is_cited_with_what_is_known_of_its_source() -> None:
    assert cite(make_answer().citations[0]) == (
        "“Engineers found 17 cracks in it.” (The Herald, “Bridge closes”, 4 March 2025, 09:30, news/bridge.md)"
    )
    assert cite(Citation(1, Source("a", "Shut", None, None, "a.txt"), "Yes.", 0, 4)) == "“Yes.” (“Shut”, a.txt)"


def test_a_quote_stands_between_what_is_before_and_after_it() -> None:
    page = shown({"contexts": (Context("In 17 <b>. ", " After.", "Joan & Co"), Context())}, citations=(
        *make_answer().citations, SECOND,
    ))  # fmt: skip
    assert page.of("rag-passage") == [f"In 17 <b>. {QUOTE} After.", "All 17 of them."]
    assert page.of("rag-said") == [QUOTE, "All 17 of them."]
    assert page.of("rag-byline") == ["By Joan & Co"]
    assert page.marked == ["17"] * 3


def test_a_card_needs_no_context() -> None:
    page = shown()
    assert page.of("rag-passage") == [QUOTE]
    assert page.of("rag-byline") == []


def test_who_agrees_is_said_by_name_and_once() -> None:
    first = make_answer().citations[0]
    nameless = Citation(3, Source("c", "Notes from Marlow", None, None, "c"), "17.", 0, 3)
    again = replace(SECOND, number=4, source=replace(SOURCE, article_id="d"))
    page = shown(citations=(first, SECOND, nameless, again))
    assert page.of("rag-agree") == ["4 articles say so: The Herald, The Courier, Notes from Marlow"]
    assert shown().of("rag-agree") == []


def test_a_table_stands_in_place_of_who_agrees_and_tells_what_is_no_other_answer() -> None:
    values = (Value("17", make_answer().citations, 1), Value("16 cracks", SIXTEEN.citations, 1))
    agreement = Agreement(Difference.CONFLICT, values)
    page = shown(agreement=agreement, citations=(*make_answer().citations, SECOND), alternatives=(SIXTEEN,))
    assert page.of("rag-differ") == ["The reports differ: 1 source says 17, 1 says 16 cracks."]
    assert page.of("rag-agree") == page.of("rag-other") == []
    agreed = Agreement(Difference.AGREE, values[:1])
    assert shown(agreement=agreed).text == shown().text


def test_the_mark_is_on_the_words_that_each_quote_has() -> None:
    words = (Value("17", make_answer().citations, 1), Value("All 17 of them", (SECOND,), 1))
    both = {"citations": (*make_answer().citations, SECOND)}
    assert shown(agreement=Agreement(Difference.WORDING, words), **both).marked == ["17", "17", "All 17 of them"]
    listed = (Value("Engineers", both["citations"], 1), Value("it", both["citations"], 1))
    page = shown(text="Engineers, it", items=listed, **both)
    assert page.marked == ["Engineers", "it"] * 2
    assert page.of("rag-quote") == [QUOTE]
    assert page.of("rag-chip") == []
    overlapping = (Value("17 cracks", (), 1), Value("17", (), 1), Value("cracks in", (), 1))
    assert shown(text="x", items=overlapping).marked[:1] == ["17"]


def test_beside_an_answer_stand_its_day_and_its_speaker() -> None:
    page = shown(as_of="2025-03-06", speaker="Joan Petty")
    assert page.text.startswith("17 1according to Joan Pettyvery likely (93%)")
    assert page.of("rag-day") == ["as of 6 March 2025"]
    assert shown().of("rag-day") == shown().of("rag-speaker") == []


def test_a_date_is_told_once_where_its_quote_stands() -> None:
    dates = (Resolved(1, "then", "2025-03-03", "2025-03-03"), Resolved(2, "now", "2025-03-04", "2025-03-04"))
    page = shown(dates=dates, citations=(*make_answer().citations, SECOND))
    assert page.of("rag-dates") == ["“then” = 3 March 2025", "“now” = 4 March 2025"]
    assert page.of("rag-main")[0].count("“then” =") == 1
    assert "“now” =" in page.of("rag-source")[1]


def test_what_was_searched_for_and_where_is_said() -> None:
    about = {"searched": "Bridge closes? How many?", "filters": Filters(("The Herald",), "2025-03-01")}
    assert shown(about).of("rag-context") == [
        "Searched for “Bridge closes? How many?”",
        "Only The Herald from 1 March 2025",
    ]
    assert shown(about, **SILENT).of("rag-context") == shown(about).of("rag-context")
    assert shown().of("rag-context") == []


@pytest.mark.parametrize(("verdict", "pressed"), [("good", ["Right"]), ("bad", ["Wrong"]), ("", [])])
def test_a_verdict_is_pressed(verdict: str, pressed: list[str]) -> None:
    page = shown({"verdict": verdict})
    assert page.of("rag-pressed") == pressed
    assert (page.of("rag-good"), page.of("rag-bad")) == (["Right"], ["Wrong"])
    assert shown({"verdict": verdict}, **SILENT).of("rag-pressed") == pressed


@pytest.mark.parametrize(("confidence", "tenth"), [(0.0, 0), (0.04, 0), (0.56, 6), (0.93, 9), (0.96, 10), (1.0, 10)])
def test_the_bar_is_as_long_as_the_confidence(confidence: float, tenth: int) -> None:
    assert shown(confidence=confidence).having("rag-bar") == [{"class": f"rag-bar rag-bar-{tenth}"}]
    style = Path(ui.__file__).with_name("page.css").read_text("utf-8")
    assert f".rag-bar-{tenth} {{ --rag-share: {tenth * 10}%; }}" in style


def test_silence_is_said_with_its_reason_and_the_closest_passage_is_no_answer() -> None:
    page = shown(**SILENT)
    assert page.text == (
        f"The articles do not say.Why: no passage fits.{TOOLS}Closest passage, not an answer"
        "1 The Herald · Bridge closes · 4 March 2025, 09:30Engineers found 17 cracks in it."
        "Open the articleCopy quotenews/bridge.md"
    )
    assert page.marked == []
    assert page.of("rag-chip") == page.of("rag-bar") == []
    assert "%" not in page.text
    assert page.having("rag-closest") == [{"class": "rag-sources rag-closest"}]


def test_silence_over_nothing_shows_no_passage() -> None:
    page = shown(**SILENT | {"reason": "nothing matches"}, sentence="", citations=())
    assert page.text == f"The articles do not say.Why: nothing matches.{TOOLS}"


def test_alternatives_say_who_says_what() -> None:
    page = shown(alternatives=(SIXTEEN,))
    assert page.of("rag-heading") == ["The articles also say", "1 source"]
    [other] = page.of("rag-other")
    assert other.startswith("16 cracks likely (60%)Others counted 16 cracks.The Courier · ShutOpen the article[")
    assert page.marked == ["17", "16 cracks", "17"]


def test_a_mistake_is_its_sentence_alone() -> None:
    assert render_turn(Turn("?", notice="Ask <i>less</i>.")) == '<p class="rag-notice">Ask &lt;i&gt;less&lt;/i&gt;.</p>'


def test_a_question_can_be_taken_back_into_the_box() -> None:
    assert render_question("Is it <i>shut</i>?") == (
        '<p class="rag-question" dir="auto">Is it &lt;i&gt;shut&lt;/i&gt;?</p>'
        '<button type="button" class="rag-edit" title="Edit this question and ask again">Edit</button>'
    )


def test_how_far_a_question_has_come() -> None:
    assert render_stage() == '<p class="rag-stages">Searching the articles …</p>'
    assert Page(render_stage(1_200, 1)).text == "Found 1,200 passages in 1 article · Reading and deciding …"
    assert Page(render_stage(1, 3)).text == "Found 1 passage in 3 articles · Reading and deciding …"


def test_what_was_seen_is_folded_behind_the_answer_and_behind_silence() -> None:
    for changes in ({}, SILENT):
        page = shown({"seen": (SEEN,)}, **changes)
        assert page.within("td") == ["1.00 (#1)", "17", "+2.0", "93%", "cited as [1]"]
        assert page.of("rag-main")[0].endswith("cited as [1]")
    assert shown().of("rag-inspect") == []


def test_all_that_is_allowed_is_used() -> None:
    page = shown({"seen": (SEEN,)}, citations=(*make_answer().citations, SECOND), alternatives=(SIXTEEN,))
    assert {tag for tag, _ in page.tags} == TAGS
    assert {name for _, attributes in page.tags for name in attributes} == ATTRIBUTES


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_in_an_article_or_a_question_becomes_markup(text: str) -> None:
    quote = f"{text} 17 {text}"
    source = Source(text, text, text, text, text)
    citation = Citation(1, source, quote, 0, len(quote))
    other = Alternative(text, 0.6, f"so {text}!", (citation,))
    about = {
        "searched": text,
        "filters": Filters((text,), text, text),
        "contexts": (Context(text, text, text),),
        "seen": (Seen(text, text, 0, 9, ((text, 1.0, 1),), text, 1.0, 0.5, text),),
    }
    answered = turn(about, text=text, sentence=quote, citations=(citation, citation), alternatives=(other,))
    silent = turn(about, **SILENT | {"reason": text}, sentence=quote, citations=(citation,))
    page = Page(render_turn(answered))
    assert page.of("rag-quote")[0] == quote
    assert page.of("rag-passage") == [text + quote + text, quote]
    assert page.marked == [text] * 4
    assert page.text.count(text) >= 20
    assert page.having("rag-chip")[0]["title"] == f"Source 1: {cut(text, MAX_NAME)}"
    assert json.loads(page.of("rag-ref")[0]) == [text, 0, len(quote), quote[:OPENING]]
    assert page.of("rag-cited") == [cite(citation)] * 3
    pieces = (
        render_turn(answered), render_turn(silent), render_turn(Turn(text, notice=text)), render_question(text),
        render_notice(text),
    )  # fmt: skip
    for piece in pieces:
        assert text in Page(piece).check().text
        assert "\n" not in piece
        assert "\t" not in piece


@pytest.mark.parametrize("place", NO_LINKS)
def test_only_a_plain_web_address_is_a_link(place: str) -> None:
    citation = Citation(1, Source("a", "t", None, None, place), QUOTE, 0, len(QUOTE))
    assert "a" not in [tag for tag, _ in shown(citations=(citation,)).tags]


def test_direction_and_control_characters_are_shown_not_obeyed() -> None:
    hidden = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b\x7f\x85\ud800\ufffe\U0001ffff"
    source = Source(hidden, hidden, hidden, hidden, hidden)
    citation = Citation(1, source, hidden, 0, len(hidden))
    about = {"searched": hidden, "filters": Filters((hidden,)), "contexts": (Context(hidden, hidden, hidden),)}
    html = render_turn(turn(about, text=hidden, sentence=hidden, citations=(citation,)))
    assert html.encode("utf-8")
    assert not set(hidden) & set(html)
    assert Page(html).text.count("\ufffd" * len(hidden)) >= 10
    assert json.loads(Page(html).of("rag-ref")[0])[0] == hidden


def test_the_mark_takes_the_whole_word() -> None:
    assert find_span("In 2017, 17 cracks", "17") == (9, 11)
    assert find_span("In 2017 alone", "17") == (5, 7)
    assert find_span("Some 1,340, not 340", "340") == (16, 19)
    assert find_span("It cost 4.2 or 4, they say", "4") == (15, 16)
    assert find_span("The Council said", "the council") == (0, 11)
    assert find_span("Nothing here", "17") == (0, 0)
    assert find_span("Nothing here", "") == (0, 0)
    assert find_span("a.c abc", "a.c") == (0, 3)
    assert find_span("It cost £4.2 million.", "£4.2 million") == (8, 20)


def test_an_endless_text_is_cut_around_the_span() -> None:
    long = "x" * 5_000_000
    source = Source("a", long, long, long, long)
    quote = f"{long} 17 {long}"
    citation = Citation(1, source, quote, 0, len(quote))
    other = Alternative(long, 0.6, quote, ())
    about = {
        "searched": long,
        "filters": Filters((long,), long, long),
        "contexts": (Context(long, long, long),),
        "seen": (replace(SEEN, title=long, text=long),),
    }
    html = render_turn(turn(about, sentence=quote, citations=(citation,), alternatives=(other,)))
    visible = re.sub(r'<span class="rag-cited" hidden>[^<]*</span>', "", html)
    assert len(visible) < 30_000
    page = Page(visible).check()
    assert page.marked == ["17", cut(long, MAX_QUOTE), "17"]
    assert "… xxx" in page.text
    assert "xxx …" in page.text
    assert len(render_question(long)) < 2_300
    assert len(render_notice(long)) < 2_100
    assert len(render_turn(turn(text=long))) < 4_000


def test_an_endless_quote_or_id_does_not_go_along_whole() -> None:
    long = "x" * 5_000_000
    citation = Citation(1, replace(SOURCE, article_id=long), long, 0, len(long))
    began = time.perf_counter()
    assert len(render_turn(turn(citations=(citation,)))) < 30_000
    assert time.perf_counter() - began < 5
