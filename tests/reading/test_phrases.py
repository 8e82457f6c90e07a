"""Who is said to say something in a sentence: every shape of phrase, and verbs that nobody speaks with."""

from __future__ import annotations

import pytest

from rag.reading.phrases import subject, told_in


def speakers(sentence: str) -> list[str]:
    return [sentence[told.start : told.end] for told in told_in(sentence, 0, len(sentence))]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tom Reeve said the pier shook and Ann Poole denied it.", ["Tom Reeve", "Ann Poole"]),
        ("Tom Reeve sold the pier and said it was rotten.", ["Tom Reeve"]),
        ("The chair of the council said it was late.", ["The chair of the council"]),
        ("Moira Quill of the welders' union said nobody danced.", ["Moira Quill"]),
        ("Nobody danced, said Moira Quill.", ["Moira Quill"]),
        ("By her own estimate it took a year; by Tom Reeve's estimate, two.", ["Tom Reeve"]),
        ("He told a neighbour that he would be back.", ["He"]),
        ("It was late, according to her, and dark.", ["her"]),
        ("The firm put the loss at £3 million.", ["The firm"]),
        ("The report was called dull.", []),
        ("They put three questions to the board at a meeting.", []),
        ("A think tank moved in.", []),
        ("The lake is deep.", []),
    ],
)
def test_who_says_something(sentence: str, expected: list[str]) -> None:
    assert speakers(sentence) == expected


def test_the_verb_is_told_too() -> None:
    (told,) = told_in("Then Tom Reeve added that it rained.", 0, 36)
    assert (told.at, told.until, told.pronoun) == (15, 20, False)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tom Reeve sold the pier.", "Tom Reeve"),
        ("In March, Tom Reeve sold it.", "Tom Reeve"),
        ("The council leader Ann Poole left.", "Ann Poole"),
        ("The council met.", "The council"),
        ("She left.", "She"),
        ("Later, the council met.", "the council"),
        ("rain fell", None),
    ],
)
def test_what_a_sentence_begins_with(sentence: str, expected: str | None) -> None:
    found = subject(sentence, 0, len(sentence))
    assert (found and sentence[slice(*found)]) == expected
