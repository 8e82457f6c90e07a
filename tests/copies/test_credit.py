from __future__ import annotations

import pytest

from rag.copies.credit import agreed, credit, uncredited

LONG = "Nothing of note happened on the quay that day. " * 20


@pytest.mark.parametrize(
    ("byline", "text", "agency"),
    [
        ("Saltmarsh News Agency", "", "Saltmarsh News Agency"),
        ("Courier staff and Saltmarsh News Agency", "", "Saltmarsh News Agency"),
        ("Reuters staff", "", "Reuters"),
        ("Ann Apple (AP)", "", "AP"),
        (None, "SAN SALVADOR, El Salvador (AP) — The president said", "AP"),
        (None, "PORT WEXLEY (Saltmarsh News Agency) — The company", "Saltmarsh News Agency"),
        (None, "The minister resigned late on Monday, reports AP. He", "AP"),
        (None, "The minister resigned, Reuters reported. He", None),  # told of one sentence, and not as a credit
        (None, f"{LONG}\n\nAgence France-Presse", "AFP"),
        (None, f"{LONG}\n\n(Associated Press)", "AP"),
        (None, f"{LONG} It was reported by AFP in May. {LONG}", None),
        ("Pa Modou Bojang", "", None),
        ("Efe Kerem", "", None),
        ("AP Singh", "", None),
        ("Michael Bloomberg", "", None),
        ("Jane Doe, AP", "", "AP"),
        ("By Jane Doe for Reuters", "", "Reuters"),
        (None, "They came via AP-7 motorway.", None),
        (None, f"{LONG}\n\nPa.", None),
        ("Anna Papworth", "She found a nap in the map, PA said no", None),
        (None, "", None),
    ],
)
def test_the_agency_is_found_where_a_credit_stands(byline: str | None, text: str, agency: str | None) -> None:
    assert credit(byline, text) == agency


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("It rained.\n\n— Saltmarsh News Agency", "\n\n— Saltmarsh News Agency"),
        (f"{LONG}\n\n(Associated Press)", "\n\n(Associated Press)"),
        ("It rained, Reuters said.", ""),
        ("", ""),
    ],
)
def test_a_credit_at_the_end_is_left_out(text: str, left_out: str) -> None:
    assert text[uncredited(text) :] == left_out


@pytest.mark.parametrize(
    ("agencies", "agency"),
    [(["AP", None, "AP"], "AP"), (["AP", "Reuters"], None), ([None, None], None), ([], None)],
)
def test_an_agency_is_that_of_all_who_name_one(agencies: list[str | None], agency: str | None) -> None:
    assert agreed(agencies) == agency
