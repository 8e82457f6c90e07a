"""Countries and their people: words of which one stands for the other ("Britain", "British", "UK").

A table of those that no ending gives, and the endings that give the rest. What this module does not know: whether a
word is the name of a country; "kindred" words of another name are merely never found.
"""

from __future__ import annotations

from collections.abc import Iterator

_KIN = """
us usa america american states
uk britain british briton brit united kingdom
eu europe european union
un nations
uae emirates emirati
ussr soviet russia russian
england english
scotland scottish scot scots
wales welsh
ireland irish
france french
germany german
spain spanish spaniard
portugal portuguese
netherlands dutch holland
belgium belgian
switzerland swiss
denmark danish dane
sweden swedish swede
norway norwegian
finland finnish finn
iceland icelandic icelander
poland polish pole
czechia czech
slovakia slovak
hungary hungarian
greece greek
cyprus cypriot
turkey turkish turk turkiye
ukraine ukrainian
serbia serb serbian
croatia croat croatian
kosovo kosovan kosovar
china chinese beijing
taiwan taiwanese
japan japanese
korea korean
philippines philippine filipino filipina
thailand thai
burma burmese myanmar
lebanon lebanese
iraq iraqi
israel israeli
palestine palestinian
yemen yemeni
afghanistan afghan
pakistan pakistani
egypt egyptian
congo congolese
peru peruvian
argentina argentine argentinian
brazil brazilian
chile chilean
canada canadian
mexico mexican
panama panamanian
cuba cuban
jew jewish
islam islamic muslim
"""
_GROUPS = tuple(tuple(line.split()) for line in _KIN.split("\n") if line)
_OF = {word: group for group in _GROUPS for word in group}
_ENDINGS = (
    "ists",
    "ist",
    "ism",
    "ians",
    "eans",
    "ans",
    "ian",
    "ean",
    "an",
    "n",
    "ese",
    "ish",
    "is",
    "i",
    "ers",
    "er",
    "ic",
)
_STEMS = ("", "a", "y", "o", "ia", "land")
_SHORTEST = 4  # letters left of a word whose ending is taken off
DEMONYMS = frozenset(
    word
    for group in _GROUPS
    for word in group
    if word.endswith(("ian", "ean", "ish", "ese", "can", "man", "dian", "ench", "utch", "wiss", "elsh", "reek", "thai"))
    or word in {"iraqi", "israeli", "emirati", "yemeni", "pakistani", "afghan", "soviet", "czech", "slovak", "filipino"}
) | {"islamic", "muslim", "us", "uk", "eu", "un"}


def kindred(word: str) -> Iterator[str]:
    """Yield the words that name the same country or people as a folded word, best first, itself left out."""
    group = _OF.get(word) or _OF.get(word.removesuffix("s"), ())
    yield from (other for other in group if other != word)
    for ending in _ENDINGS:
        left = word.removesuffix(ending)
        if left != word and len(left) >= _SHORTEST:
            yield from (left + more for more in _STEMS)
