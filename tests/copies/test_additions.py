"""What a copy adds to its original: numbers, names, negations and sentences, and never what only its edges say."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.copies.additions import adds

FRAME = "The fire broke out at a warehouse near the river on Monday, police said. {} The cause is not known yet."


def says_more(copy: str, original: str) -> bool:
    return adds(FRAME.format(copy), [FRAME.format(original)])


@pytest.mark.parametrize(
    ("copy", "original"),
    [
        ("Two people were killed.", "Three people were killed."),
        ("Two people were killed.", "Three people were killed and two people were hurt."),
        ("Two people were killed.", "Two people were hurt and three people were killed."),
        ("Two people were killed.", "Two people were hurt. Three people were killed."),
        ("Smith died in the crash near the town.", "Jones died in the crash near the town."),
        ("Chelsea beat Arsenal by two goals in the cup.", "Arsenal beat Chelsea by two goals in the cup."),
        ("He was not charged with the crime.", "He was charged with the crime."),
        ("He was charged with the crime.", "He was not charged with the crime."),
        ("She didn't ask for the money back.", "She did ask for the money back."),
        ("It cost £5 million to build the bridge.", "It cost $5 million to build the bridge."),
        ("It cost £5bn to build the bridge.", "It cost £5 million to build the bridge."),
        ("It cost 2½ million pounds to build the bridge.", "It cost 2 million pounds to build the bridge."),
        ("It opened at 10am on the green.", "It opened at 10pm on the green."),
        ("Profits rose by a tenth in the year.", "Profits fell by a tenth in the year."),
        ("Ships of the US took part in the search.", "Ships of the UK took part in the search."),
        ("It was put out by eight. A dog barked for an hour.", "It was put out by eight."),
        ('"We heard the beams go one by one," he said.', "He said nothing."),
        ("Crews came in time because a dog had barked for an hour in a yard.", "Crews came in time."),
    ],
)
def test_what_is_said_otherwise_or_besides(copy: str, original: str) -> None:
    assert says_more(copy, original)
    assert not says_more(copy, copy)


@pytest.mark.parametrize(
    ("copy", "original"),
    [
        ("Eight people died there in the night.", "8 people died there in the night."),
        ("It cost £5bn to build the bridge.", "It cost £5 billion to build the bridge."),
        ("It rose 6 per cent more than the year before.", "It rose 6% more than the year before."),
        ("The only thing, Mr Wren said, is the roof.", "The only thing, Wren said, is the roof."),
        ("Both vessels have carried islanders for 30 years.", "Both ships have carried islanders for 30 years."),
        ("They burn oil in the winter. They carry coal.", "They burn oil in the winter and they carry coal."),
        ("It was put out by eight.", "It was put out by eight, when Smith arrived with two more crews."),
    ],
)
def test_what_is_only_written_otherwise(copy: str, original: str) -> None:
    assert not says_more(copy, original)


def test_datelines_credits_and_headings_say_nothing() -> None:
    plain = FRAME.format("Nobody was hurt.")
    assert not adds(f"PORT ELLEN (Island News Agency) — {plain}\n\n— Island News Agency", [plain])
    assert not adds(f"(CNN) {plain}", [plain])
    assert not adds(f"Washington, DC CNN — {plain}", [plain])
    assert not adds(f"{plain}\n\nThe fire on Monday", [plain])
    assert adds(f"{plain}\n\nSecond fire on Sunday", [plain])
    assert adds("Two CREWS (three of them Irish) came. It rained all day there.", ["It rained all day there."])


def test_what_stands_in_several_passages_of_the_original_is_not_new() -> None:
    one, other = "The bridge will be closed until Friday at noon.", "Its keeper, Ada Quill, has gone to Spain."
    assert adds(f"{one} {other}", [one])
    assert not adds(f"{one} {other}", [other, one])


@given(st.lists(st.sampled_from(["Two", "people", "died", "not", "Smith", "“Yes", "it”", ".", "\n", "5", "£", "n't"])))
def test_a_text_adds_nothing_to_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert not adds(text, [text]) or not text.strip()


@example("\uff9e a", "\uff9e")  # a letter of which nothing is left when accents go
@given(st.text(), st.text())
def test_any_text_can_be_compared(text: str, other: str) -> None:
    adds(text, [other])


@pytest.mark.parametrize("part", ["Two people died. ", "a ", "A", "(", "A (B) — ", ".", "…”", "\n", "Aa, "])
def test_a_long_text_takes_no_longer_than_it_must(part: str) -> None:
    text = part * (100_000 // len(part))
    began = time.process_time()  # what others take of a shared machine does not count
    adds(text, [text])
    adds("Two people died.", [text])
    adds(text[:9_000], [text[:8_000] + "Two."])
    assert time.process_time() - began < 10
