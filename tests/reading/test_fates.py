"""The dead are not the hurt: what the words about a number tell of those whom it counts."""

from __future__ import annotations

import pytest

from rag.reading.fates import Fate, asked_fate, told_fates
from tests.comparing.papers import paper

CRASH = "Two people were killed and 11 were taken to hospital when a coach with 38 on board left the road on Sunday."


@pytest.mark.parametrize(
    ("question", "fate"),
    [
        ("How many people lost their lives in the crash?", Fate.DEAD),
        ("What is the death toll of the crash?", Fate.DEAD),
        ("How many of the passengers needed hospital treatment?", Fate.HURT),
        ("How many were on board?", Fate.ABOARD),
        ("How many people were killed or injured?", None),
        ("How many lives did the crew save?", None),
        ("How many of them had not survived?", None),
        ("Who was killed in the crash?", None),
        ("How many people voted?", None),
        ("How many days did she spend in hospital?", None),
        ("How many beds does the hospital have?", None),
    ],
)
def test_whose_number_is_asked_for(question: str, fate: Fate | None) -> None:
    assert asked_fate(question) is fate


@pytest.mark.parametrize(
    ("text", "number", "fates"),
    [
        (CRASH, "Two", [Fate.DEAD]),
        (CRASH, "11", [Fate.HURT]),
        (CRASH, "38", [Fate.ABOARD]),
        ("A wall fell on a queue, killing two and injuring at least 30.", "two", [Fate.DEAD]),
        ("A wall fell on a queue, killing two and injuring at least 30.", "30", [Fate.HURT]),
        ("The number of dead has reached 43.", "43", [Fate.DEAD]),
        ("All 57 on board were saved.", "57", [Fate.ABOARD, Fate.SAFE]),
        ("Some 60 firefighters came.", "60", []),
        ("It happened on Sunday.", "Sunday", []),
        ("Nine fell ill; the dead were buried.", "Nine", [Fate.HURT]),
        ("The death toll from the crash has risen to 12 after a woman succumbed to her injuries.", "12", [Fate.DEAD]),
        ("A ferry carrying 131 people sank off Skerrow on Sunday, killing at least 12.", "131", []),
        ("The ferry, carrying 131 passengers, was evacuated after a fire.", "131", []),
        ("The collapse claimed 12 victims and injured 40.", "12", []),
        ("Crews pulled 14 people from the water and took them to hospital.", "14", []),
        ("12 people suffered burns in the blast that killed a fireman.", "12", []),
        ("Hospital officials put the toll at 12.", "12", []),
        ("Rescue workers said the toll had reached 43.", "43", []),
        ("The ill-fated liner carried 1,500 passengers.", "1,500", []),
        ("The divers were rescued after 14 hours at sea.", "14 hours", []),
        ("She died after 12 days in intensive care.", "12 days", []),
    ],
)
def test_what_the_words_about_a_number_tell(text: str, number: str, fates: list[Fate]) -> None:
    assert told_fates(paper("Herald", "2025-05-26", text, number)) == fates
