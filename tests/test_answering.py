"""What is told in the end: the value that holds, a list, or silence and why."""

from __future__ import annotations

from dataclasses import replace

from rag.answering import Known, settle
from rag.copies import Copies, Folded
from rag.reading.rule import Rule
from rag.types import NO_AGREEMENT, Answer, Difference, Reading, Reason, Span
from tests.comparing.papers import paper, read
from tests.silence.toy import ToyArchive

RULE = Rule()
HURT = "How many people were hurt in the fire?"


def settled(question: str, *spans: Span, rule: Rule = RULE, insist: bool = False) -> Answer:
    reading: Reading = read(question, *spans)
    known = Known(Copies(), ("The Herald", "The Courier"), ToyArchive(reading.hits))
    return settle(reading, rule, known, Folded(reading.hits, {}), insist=insist)


NINE = paper("Herald", "2025-05-12", "Nine people were hurt in the fire on Monday, said Ada Baker.", "Nine", 6.0)
SEVEN = paper("Courier", "2025-05-12", "Seven people were hurt in the fire.", "Seven", 4.0)


def test_an_answer_with_what_stands_beside_it() -> None:
    answer = settled(HURT, NINE)
    assert (answer.text, answer.as_of, answer.speaker) == ("Nine", "2025-05-12", "Ada Baker")
    assert [(date.words, date.first) for date in answer.dates] == [("on Monday", "2025-05-12")]
    assert answer.agreement is None
    assert answer.silence is None


def test_one_against_one_is_silence_with_the_table() -> None:
    answer = settled(HURT, NINE, SEVEN)
    assert answer.abstained
    assert answer.text == NO_AGREEMENT
    assert answer.reason == Reason.CONFLICT
    assert answer.silence is not None
    assert "“Nine” (1 source); “Seven” (1 source)" in answer.silence.detail
    assert answer.agreement is not None
    assert answer.agreement.difference is Difference.CONFLICT
    told = settled("How do the reports differ on how many people were hurt in the fire?", NINE, SEVEN)
    assert (told.abstained, told.text) == (False, "Nine")
    assert not settled(HURT, NINE, SEVEN, insist=True).abstained


def test_a_comparison_is_told_from_the_same_confidence_as_anything_else() -> None:
    differ = "How do the reports differ on the number of people who were hurt in the fire?"
    answer = settled(differ, NINE, SEVEN)
    assert (answer.question, answer.text, answer.abstained) == (differ, "Nine", False)
    assert answer.agreement is not None
    assert [value.text for value in answer.agreement.values] == ["Nine", "Seven"]
    assert settled(differ, NINE, SEVEN, rule=replace(RULE, threshold=0.9999)).reason == Reason.NO_ANSWER


def test_reports_that_deny_each_other_are_what_a_comparison_asks_for() -> None:
    denied = paper("Herald", "2025-05-12", "Nobody was hurt in the fire, but nine fled.", "nine", 6.0)
    assert settled("Who was hurt in the fire?", denied).reason == Reason.PREMISE
    told = settled("How do the reports differ on who was hurt in the fire?", denied)
    assert (told.abstained, told.text) == (False, "nine")


def test_when_reports_disagree_is_no_question_for_yes_or_no() -> None:
    answer = settled("Do the Herald and the Courier disagree about how many were hurt in the fire?", NINE, SEVEN)
    assert answer.text == "Nine"
    assert answer.agreement is not None
    assert answer.agreement.difference is Difference.CONFLICT


def test_the_newest_value_is_told_and_cited() -> None:
    later = paper("Courier", "2025-05-20", "Eleven people were hurt in the fire.", "Eleven", 4.0)
    answer = settled(HURT, NINE, later)
    assert answer.text == "Eleven"
    assert answer.sentence == answer.citations[0].quote == "Eleven people were hurt in the fire."
    assert answer.agreement is not None
    assert answer.agreement.values[0].citations[0].quote == answer.citations[0].quote
    assert [value.superseded for value in answer.agreement.values] == [False, True]


def test_a_question_at_fault_is_met_with_silence_however_sure_the_reader_is() -> None:
    unknown = settled("How many people did Marisol Fenwright say were hurt in the fire?", NINE)
    assert (unknown.abstained, unknown.reason) == (True, Reason.UNKNOWN_NAME)
    assert unknown.confidence == RULE.fault
    outside = settled("How many people were hurt in the fire of August 2019?", NINE)
    assert outside.reason == Reason.OUTSIDE_DATES
    denied = paper("Herald", "2025-05-12", "Nobody was hurt in the fire, but nine fled.", "nine", 6.0)
    premise = settled("Who was hurt in the fire?", denied)
    assert premise.reason == Reason.PREMISE
    assert premise.silence is not None
    assert "Nobody was hurt in the fire" in premise.silence.detail


def test_an_unsure_answer_is_withheld_with_a_reason_and_no_table() -> None:
    unsure = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", -2.0)
    answer = settled(HURT, unsure)
    assert (answer.abstained, answer.reason, answer.agreement) == (True, Reason.NO_ANSWER, None)
    assert answer.silence is not None
    assert answer.silence.help
    assert settled(HURT, unsure, insist=True).text == "Nine"


def test_silence_says_what_it_was_near_to_saying() -> None:
    near = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", -0.5)
    rule = replace(RULE, bias=0.0, weights={"margin": 1.0})  # 38% sure
    answer = settled(HURT, near, rule=rule)
    assert answer.silence is not None
    assert "perhaps “Nine”" in answer.silence.detail
    far = settled(HURT, paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", -2.0), rule=rule)
    assert far.silence is not None
    assert "perhaps" not in far.silence.detail


FEE = "He said that the fee would be low."
UNTOLD = "He said that they would be housed for an undisclosed fee."
LOW = paper("Herald", "2025-02-04", FEE, "low", -5.0)
HOUSED = paper("Courier", "2025-02-04", UNTOLD, "housed", -9.0)


def test_reports_are_told_side_by_side_where_no_value_can_be_compared() -> None:
    answer = settled("How do the reports differ on the fee?", LOW, HOUSED)
    assert not answer.abstained
    assert [item.text for item in answer.items] == [FEE, UNTOLD]
    assert answer.text == f"{FEE} {UNTOLD}"
    assert [citation.quote for citation in answer.citations] == [FEE, UNTOLD]
    assert answer.confidence == RULE.threshold
    assert settled("How do the reports differ on the fee?", LOW, HOUSED, insist=True).confidence > 0
    swim = paper("Quay", "2025-02-04", "The fee for the harbour swim rose.", "rose", -9.0)
    named = settled("How do the Herald and the Courier differ on the fee?", LOW, HOUSED, swim)
    assert [item.text for item in named.items] == [FEE, UNTOLD]
    assert settled("How do the reports differ on the salary?", LOW, HOUSED).abstained
    assert settled("How do the reports differ on the fee?", LOW).abstained  # one alone differs from nobody
    assert settled("What is the fee?", LOW, HOUSED).abstained


def test_a_name_that_two_reports_share_is_no_comparison_of_a_thing() -> None:
    low, undisclosed = "He told the Treasury that the fee would be low.", "The Treasury would not disclose the fee."
    shared = [
        paper("Herald", "2025-02-04", low, "Treasury", 6.0),
        paper("Courier", "2025-02-04", undisclosed, "Treasury", 6.0),
    ]
    answer = settled("How do the reports differ on the fee?", *shared)
    assert {item.text for item in answer.items} == {low, undisclosed}
    assert answer.agreement is None
    ada = paper("Herald", "2025-02-04", "The winner of the race was Ada Moor.", "Ada Moor", 7.0)
    tom = paper("Courier", "2025-02-04", "The winner of the race was Tom Reeve.", "Tom Reeve", 6.0)
    differ = settled("How do the reports differ on the winner of the race?", ada, tom)
    assert differ.agreement is not None
    assert [value.text for value in differ.agreement.values] == ["Ada Moor", "Tom Reeve"]
    who = settled("How do the reports differ on who would tell the fee?", *shared)
    assert (who.text, who.items) == ("Treasury", ())


def test_what_somebody_said_in_each_report() -> None:
    low, high = "“The fee is low,” Ann Poole said.", "Ann Poole said that the fee was high."
    said = [paper("Herald", "2025-02-04", low, "low", -3.0), paper("Courier", "2025-02-04", high, "high", -3.0)]
    answer = settled("What did Ann Poole say in each report?", *said)
    assert [item.text for item in answer.items] == [low, high]
    about = settled("How do the reports differ on what Ann Poole said about the fee?", *said)
    assert {item.text for item in about.items} == {low, high}
    assert settled("What did Ann Poole say about the salary in each report?", *said).items == ()
    assert settled("What did Tom Reeve say in each report?", *said).abstained
    near = paper(
        "Gazette", "2025-02-04", "The Greenpeace boat sank. “It is gone,” said the skipper Tom Reeve.", "gone", -3.0
    )
    other = paper(
        "Quay", "2025-02-04", "“The boat of Greenpeace is old,” the harbour master Al Cole said.", "old", -3.0
    )
    assert settled("What did Greenpeace say in each report?", near, other).abstained  # perhaps they are of it
    two, nine = "Ann Poole said that two boys set the fire.", "Ann Poole said that nine boys set the fire."
    sure = [paper("Herald", "2025-02-04", two, "two boys", 6.0), paper("Courier", "2025-02-04", nine, "nine boys", 6.0)]
    assert {item.text for item in settled("What did Ann Poole say in each report?", *sure).items} == {two, nine}


def test_what_somebody_said_need_not_be_so() -> None:
    text = "Nobody was hurt in the fire. “We were worried about people hurt in the fire,” Ann Poole said."
    told = settled(
        "What did Ann Poole say about the people hurt in the fire?", paper("Herald", "2025-05-12", text, "worried", 9.0)
    )
    assert told.reason != Reason.PREMISE
    assert "worried" in told.text
    stayed = paper("Herald", "2025-05-12", "Ann Poole did not resign. “I am staying,” Ann Poole said.", "staying", 9.0)
    assert settled("What did Ann Poole say when she resigned?", stayed).reason == Reason.PREMISE


def test_values_that_can_be_compared_are_told_as_such() -> None:
    five = paper("Herald", "2025-02-04", "The fee is £5.", "£5", 6.0)
    six = paper("Courier", "2025-02-04", "The fee is £6.", "£6", 5.0)
    answer = settled("How do the reports differ on the fee?", five, six)
    assert (answer.text, answer.items) == ("£5", ())
    assert answer.agreement is not None


def test_the_hurt_are_not_told_as_the_dead() -> None:
    text = "Two people were killed and 11 were taken to hospital after the fire."
    eleven = paper("Herald", "2025-05-12", text, "11", 6.0)
    two = paper("Courier", "2025-05-12", text, "Two people", 5.0)
    assert settled("How many people were killed in the fire?", eleven, two).text == "Two people"


def test_a_list_is_told_item_by_item() -> None:
    text = "The hosepipe ban exempts farms and nurseries, hospitals, and graves."
    span = paper("Herald", "2025-06-10", text, "farms and nurseries, hospitals, and graves", 5.0)
    answer = settled("Which places are exempt from the hosepipe ban?", span)
    assert [item.text for item in answer.items] == ["farms and nurseries", "hospitals", "graves"]
    assert answer.text == "farms and nurseries, hospitals, graves"
    assert {c.number for item in answer.items for c in item.citations} == {1}
    assert all(item.text in item.citations[0].quote for item in answer.items)


def test_the_copies_of_a_list_are_cited_item_by_item() -> None:
    listed = "farms and nurseries, hospitals, and graves"
    span = paper("Herald", "2025-06-10", f"The hosepipe ban exempts {listed}.", listed, 5.0)
    copy = paper("Courier", "2025-06-10", f"The hosepipe ban exempts {listed}, it was said.", listed)
    reading = read("Which places are exempt from the hosepipe ban?", span)
    folded = Folded(reading.hits, {span.hit.passage.passage_id: (copy.hit,)})
    answer = settle(reading, RULE, Known(Copies()), folded)
    assert [citation.source.article_id for citation in answer.citations] == ["Herald", "Courier"]
    assert [[c.number for c in item.citations] for item in answer.items] == [[1, 2]] * 3


def test_a_reason_is_told_as_a_clause() -> None:
    text = "The ferry was late. It could not leave because the captain had lost the key."
    near = paper("Herald", "2025-05-12", text, "the captain had lost the key", 3.0)
    answer = settled("Why was the ferry late?", near)
    assert "because the captain had lost the key" in answer.text


def test_nothing_read_is_silence() -> None:
    answer = settled("Who won?")
    assert answer.abstained
    assert answer.silence is not None
    assert answer.citations == ()


def test_what_was_set_aside_as_a_copy_is_cited_unread() -> None:
    copy = paper("Courier", "2025-05-12", "Nine people were hurt in the fire on Monday.", "Nine")
    reading = read(HURT, NINE)
    folded = Folded(reading.hits, {NINE.hit.passage.passage_id: (copy.hit,)})
    answer = settle(reading, RULE, Known(Copies()), folded)
    assert [citation.source.article_id for citation in answer.citations] == ["Herald", "Courier"]
    assert answer.citations[1].quote == "Nine people were hurt in the fire on Monday."
