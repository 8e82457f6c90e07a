"""Which articles carry the same copy: found alike in small and in sampled archives, and not in what a house repeats."""

from __future__ import annotations

import json
import random

import pytest

from rag.articles import parse, scan
from rag.copies.clusters import find_copies
from rag.copies.credit import credit
from rag.copies.shingles import containment, shingles
from tests.commands import ROOT

WORDS = [f"word{number}" for number in range(4000)]


def prose(seed: int, words: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def clusters(*texts: str, days: list[str | None] | None = None, agencies: list[str | None] | None = None, **how: int):
    return find_copies(texts, days or [None] * len(texts), agencies or [None] * len(texts), **how)


def test_a_shortened_and_a_mixed_copy_are_found_and_an_own_report_is_not() -> None:
    whole, own = prose(1, 400), prose(2, 300)
    shortened = " ".join(whole.split()[:120])
    mixed = prose(3, 200) + " " + " ".join(whole.split()[200:300])
    assert clusters(own, whole, shortened, mixed) == [(1, 2, 3)]


def test_a_brief_out_of_a_report_thirty_times_as_long_is_found() -> None:
    report = prose(4, 3000)
    assert clusters(report, " ".join(report.split()[1500:1600])) == [(0, 1)]


def test_shared_quotations_are_no_copy() -> None:
    quote = f"“{prose(5, 100)}”"
    one, other = f"{prose(6, 60)} {quote} {prose(7, 60)}", f"{prose(8, 70)} {quote} {prose(9, 50)}"
    assert containment(shingles(one), shingles(other)) == 0
    assert clusters(one, other) == []


def test_an_unclosed_quotation_mark_does_not_hide_a_copy() -> None:
    text = f'She said "{prose(10, 300)}\n\n{prose(11, 100)}'
    assert clusters(text, text) == [(0, 1)]


def test_what_a_house_prints_under_articles_months_apart_is_no_copy() -> None:
    footer = prose(12, 60)
    texts = [f"{prose(20 + number, 100)}\n\n{footer}" for number in range(3)]
    assert clusters(*texts, days=["2025-05-01", "2025-05-02", "2025-05-03"]) == [(0, 1, 2)]
    assert clusters(*texts, days=["2025-05-01", "2025-05-02", "2025-09-03"]) == []
    many = [f"{prose(50 + number, 100)}\n\n{footer}" for number in range(21)]
    assert clusters(*many) == []


def test_a_story_that_many_papers_print_is_no_house_text() -> None:
    story = prose(70, 200)
    papers = [f"{prose(71 + number, 20)} {story}" for number in range(40)]
    taken = prose(120, 150) + " " + " ".join(story.split()[50:100])
    own = prose(121, 200)
    assert clusters(*papers, taken, own) == [tuple(range(41))]
    footers = [f"{prose(130 + number, 100)}\n\n{prose(12, 60)}" for number in range(40)]
    assert clusters(*footers) == []


@pytest.mark.parametrize(
    "days", [["2025-05-01", "2025-05-02", "2026-05-01"], ["2024-05-01", "2025-05-01", "2025-05-02"]]
)
def test_a_reprint_at_another_time_does_not_untie_a_copy(days: list[str | None]) -> None:
    story = prose(80, 300)
    taken = " ".join(story.split()[100:160]) + " " + prose(81, 200)
    early, late = [story, taken, story], [story, story, taken]
    assert clusters(*(early if days[1] < "2025-05-03" and days[0] > "2025" else late), days=days) == [(0, 1, 2)]


def test_a_copy_a_year_later_is_found_where_it_is_most_of_the_article() -> None:
    story = prose(90, 300)
    part = " ".join(story.split()[:100]) + " " + prose(91, 200)
    days: list[str | None] = ["2024-05-01", "2025-05-01"]
    assert clusters(story, prose(92, 10) + " " + story, days=days) == [(0, 1)]
    assert clusters(story, part, days=days) == []


def test_notices_that_are_little_but_a_footer_are_no_story_when_they_come_all_year() -> None:
    footer = prose(93, 200)
    notices = [f"{prose(200 + number, 20)} {footer}" for number in range(24)]
    days: list[str | None] = [f"2025-{1 + number // 2:02}-{1 + 14 * (number % 2):02}" for number in range(24)]
    assert clusters(*notices, days=days) == []
    assert clusters(*notices, days=["2025-05-01"] * 23 + ["2025-12-01"]) == [tuple(range(24))]


def test_articles_without_a_day_do_not_change_what_the_others_share() -> None:
    story = prose(94, 300)
    taken = " ".join(story.split()[100:160]) + " " + prose(95, 200)
    other = " ".join(story.split()[110:160]) + " " + prose(96, 200)
    assert clusters(story, taken, other, days=["2025-05-01", "2025-05-02", None]) == [(0, 1, 2)]


def test_half_as_much_is_enough_where_both_name_one_agency() -> None:
    report = prose(13, 300)
    reworded = prose(14, 280) + " " + " ".join(report.split()[:26])
    assert clusters(report, reworded) == []
    assert clusters(report, reworded, agencies=["AP", None]) == []
    assert clusters(report, reworded, agencies=["AP", "AP"]) == [(0, 1)]


def test_a_sentence_in_common_is_no_copy_of_a_short_notice() -> None:
    notice = prose(15, 30)
    assert clusters(notice, " ".join(notice.split()[:11]) + " " + prose(16, 30)) == []


@pytest.mark.parametrize("most_kept", [8_000_000, 6_000, 1_500])
def test_sampling_finds_the_same(most_kept: int) -> None:
    texts, expected = [], []
    for number in range(12):
        whole = prose(100 + number, 500)
        texts += [whole, " ".join(whole.split()[100:350]) + " " + prose(200 + number, 150), prose(300 + number, 400)]
        expected.append((3 * number, 3 * number + 1))
    assert clusters(*texts, most_kept=most_kept) == expected


@pytest.mark.parametrize("texts", [(), ("",), ("", "", "a b c")])
def test_there_may_be_nothing_to_compare(texts: tuple[str, ...]) -> None:
    assert clusters(*texts) == []


def test_shingles_are_the_same_in_every_process_and_do_not_look_at_case_or_marks() -> None:
    assert shingles("The old bridge, closed TODAY.").tolist() == shingles("the old bridge closed today").tolist()
    assert shingles("The old bridge closed today").tolist() == [2281111786862287584]
    assert len(shingles("a b c d")) == 0


@pytest.mark.parametrize("folders", [("eval/articles",), ("eval/articles", "eval/sense/articles")])
def test_the_sample_newsrooms_copies_are_those_that_were_written_so(folders: tuple[str, ...]) -> None:
    articles = [parse(record).article for record in scan([ROOT / folder for folder in folders], lambda _: None)]
    sources = [article.source for article in articles]
    ids = [source.article_id for source in sources]
    agencies = [credit(source.byline, article.text) for source, article in zip(sources, articles, strict=True)]
    found = find_copies((article.text for article in articles), [s.published for s in sources], agencies)
    labels = json.loads((ROOT / "eval" / "sense" / "copies.json").read_text("utf-8"))["clusters"]
    assert sorted(sorted(ids[number] for number in cluster) for cluster in found) == sorted(
        sorted(cluster) for cluster in labels if set(cluster) <= set(ids)
    )
