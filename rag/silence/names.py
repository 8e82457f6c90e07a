"""The proper names that a question asks about, and those of which the articles know nothing.

A name is a run of capitalised words: not the capital that opens a sentence, not a title before a name ("Chancellor
Merz" is Merz), not a weekday or a month. It is unknown when one of its words stands in no article, however it is
formed ("Salvadorean" is known by El Salvador, "EU" by European Union), or when all its words are known, yet no passage
holds them together. In doubt it counts as known. What this module does not know: names in small letters, and who is
who.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.silence.archive import Archive
from rag.silence.nations import DEMONYMS, kindred
from rag.text import STOP_WORDS, fold
from rag.types import Hit

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’&][^\W_]+)*|[.!?:;,“”\"()\[\]/–—…]")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ENDS = frozenset('.!?:;,“”"()[]/–—…')
_OPENS = frozenset('.!?:;“”"(…')  # after these a capital may mean a new sentence
_TITLES = frozenset(
    """
mr mrs ms miss dr sir dame lord lady baroness baron prof professor rev reverend father sister saint st president
presidents vice deputy former prime minister ministers chancellor secretary governor senator sen congressman
congresswoman representative rep mayor councillor councilor cllr mp mps msp judge justice chief officer executive ceo
cfo coo director chair chairman chairwoman commander captain capt colonel col general gen lieutenant lt major sergeant
sgt gov hon corporal admiral marshal inspector detective constable superintendent commissioner sheriff king queen
prince princess duke duchess pope bishop archbishop cardinal rabbi imam sheikh ayatollah emperor coach manager leader
ambassador attorney speaker premier taoiseach doctor nurse acting interim
""".split()  # noqa: SIM905
)
_ROYAL = frozenset({"king", "queen", "prince", "princess", "lady", "lord", "duke", "duchess", "saint", "st"})
_PARTS = frozenset("jr sr ii iii iv phd ltd inc plc corp co llc gmbh esq mbe obe the post pre anti non mid ex".split())  # noqa: SIM905
_DAYS = frozenset(
    """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january february
march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
christmas easter ramadan eid diwali hanukkah halloween thanksgiving gmt bst utc est edt pst am pm bc ad ok faq q&a
""".split()  # noqa: SIM905
)
# Words that may open a question without being a name.
_OPENERS = frozenset(
    """
about according after all also any anybody anyone are around as at because before besides between both briefly by can
compare concerning could define describe despite did does do during each either every explain find for from give given
had has have how if in into is just list may might more most must name no not of on once one only or other out over
outline please regarding since should show some state summarise summarize suppose tell than that the their there these
they this those through to today tomorrow under until up upon was were what when where whether which while who whom
whose why will with within without would yesterday
""".split()  # noqa: SIM905
)
_MOST = 8  # words of a name that are looked at
_JOINED = 3  # capitalised words in a row to be tried as one ("Tik Tok")
_SHORTEST = 4  # letters of a word that may be a misspelling of another
_LONG = 8  # letters of one that may be so by two letters


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name in a question, verbatim: characters start..end. words: its telling words, titles left out."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    opens: bool  # the first of a sentence

    @property
    def word(self) -> str:
        return _POSSESSIVE.sub("", self.text)

    @property
    def key(self) -> str:
        return fold(self.word).replace(".", "")

    @property
    def capital(self) -> bool:
        return self.text[0].isupper() or bool(_CAMEL.search(self.text))


def names(question: str) -> tuple[Name, ...]:
    """Return the proper names of a question, in order; none where capitals tell nothing (TITLES, Every Word A Capital).

    A possessive ends a name, and so does a title inside one: "Apple CEO Tim Cook" is two. A name keeps its "the" out.
    """
    tokens = list(_tokens(question))
    if _shouted(tokens):
        return ()
    return tuple(name for run in _runs(question, tokens) for name in _named(question, run))


def _tokens(question: str) -> Iterator[_Token]:
    opens, key = True, ""
    for match in _TOKEN.finditer(question):
        text = match.group()
        if text == "." and (len(key) == 1 or key in _TITLES or key in _PARTS):
            continue  # "Dr. Toll", "Donald J. Trump"
        token = _Token(text, *match.span(), opens)
        yield token
        opens, key = text in _OPENS, token.key


def _shouted(tokens: Sequence[_Token]) -> bool:
    """Return whether so many words have a capital that a capital means nothing."""
    plain = [token for token in tokens if token.text[0].isalpha() and not token.opens and token.key not in STOP_WORDS]
    capitals = sum(token.capital for token in plain)
    small = [token for token in tokens if token.text[0].islower()]
    return (len(plain) >= 4 and capitals == len(plain)) or (len(plain) > 1 and not small)


def _runs(question: str, tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    """Yield the runs of capitalised words that no mark, small word or possessive parts."""
    run: list[_Token] = []
    for token in tokens:
        joined = bool(run) and question[run[-1].end : token.start] in {" ", "-", " & ", "’ ", "' ", ". "}
        ended = bool(run) and _POSSESSIVE.search(run[-1].text) is not None
        if run and (ended or not joined):
            yield run
            run = []
        if token.text not in _ENDS and token.capital:
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _named(question: str, run: list[_Token]) -> Iterator[Name]:
    """Yield the names of a run: parted at titles and nations, the words of every day left out."""
    if run[0].opens and not _opens_name(run):
        run = run[1:]
    part: list[_Token] = []
    for place, token in enumerate(run):
        last = place + 1 == len(run)
        if token.key in _DAYS or (token.key in _TITLES and not (last and part and token.key in _ROYAL)):
            yield from _name(question, part)
            part = []
        elif token.key in DEMONYMS:
            yield from _name(question, part)
            yield from _name(question, [token])
            part = []
        else:
            part.append(token)
    yield from _name(question, part)


def _opens_name(run: Sequence[_Token]) -> bool:
    """Return whether the word that opens a sentence belongs to a name."""
    first = run[0]
    if first.key in _OPENERS or first.key in STOP_WORDS:
        return False
    odd = (first.text.isupper() and len(first.text) > 1) or bool(_CAMEL.search(first.text))
    return odd or bool(_POSSESSIVE.search(first.text)) or (len(run) > 1 and run[1].start == first.end + 1)


def _name(question: str, part: Sequence[_Token]) -> Iterator[Name]:
    telling = [t for t in part if _tells(t)]
    if telling:
        start, end = telling[0].start, telling[-1].start + len(telling[-1].word)
        yield Name(question[start:end], start, end, tuple(t.word for t in telling))


def _tells(token: _Token) -> bool:
    if token.key in _PARTS or (token.key in STOP_WORDS and not token.word.isupper()) or len(token.key) < 2:
        return False
    return not any(character.isdigit() for character in token.key)


def unknown_names(question: str, archive: Archive, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names of a question, verbatim and once each, of which the articles know nothing.

    hits: where an abbreviation of the question may stand in full.
    """
    return tuple(dict.fromkeys(name.text for name in names(question) if _unknown(name, archive, hits)))


def _unknown(name: Name, archive: Archive, hits: Sequence[Hit]) -> bool:
    strange = [word for word in name.words if not _known(word, archive, hits)]
    if strange:
        return not _otherwise(name, archive)
    plain = not any(word.rstrip("s").isupper() for word in name.words)  # "Hyundai SUVs" are not a name
    return plain and len(name.words) > 1 and not _stands(name, archive, hits)


def _known(word: str, archive: Archive, hits: Sequence[Hit]) -> bool:
    if archive.holds(word) or any(archive.holds(other) for other in kindred(fold(word).replace(".", ""))):
        return True
    pieces = _CAMEL.split(word)
    if len(pieces) > 1 and all(archive.holds(piece) for piece in pieces):
        return True
    return word.isupper() and _spelled_out(word, hits)


def _otherwise(name: Name, archive: Archive) -> bool:
    """Return whether the articles write a name of several words as one, or by its initials."""
    if not 1 < len(name.words) <= 6:
        return False
    initials = "".join(word[0] for word in name.words)
    one = len(name.words) <= _JOINED and archive.holds("".join(name.words))
    return one or (len(initials) > 2 and archive.holds(initials))


def _stands(name: Name, archive: Archive, hits: Sequence[Hit]) -> bool:
    """Return whether the known words of a name stand together anywhere."""
    formed = [next((w for w in (word, *kindred(fold(word))) if archive.holds(w)), None) for word in name.words]
    known = [word for word in formed if word]
    if archive.together(known) or _otherwise(name, archive):
        return True
    return any(_initialled(hit, name.words) for hit in hits)


def _spelled_out(letters: str, hits: Sequence[Hit]) -> bool:
    """Return whether capitalised words in a row begin with these letters in any passage found."""
    wanted = letters.replace(".", "")
    if not 2 <= len(wanted) <= 6:
        return False
    apart = r"\w*(?:[\s-]+(?:of|the|and|for|in|on|de|&)\b)*[\s-]+"
    pattern = re.compile(r"\b" + apart.join(map(re.escape, wanted)) + r"\w+")
    return any(pattern.search(hit.passage.text) or pattern.search(hit.passage.source.title) for hit in hits)


def _initialled(hit: Hit, words: Sequence[str]) -> bool:
    """Return whether a passage has the last word of a name behind the initial of its first ("R. Weaver")."""
    pattern = rf"\b{re.escape(words[0][0])}\. ?{re.escape(words[-1])}\b"
    return re.search(pattern, hit.passage.text) is not None


def nearest(name: str, archive: Archive, hits: Sequence[Hit]) -> str | None:
    """Return the name as the passages found write it, where an unknown word of it is a letter or two apart, or None.

    A word that is unknown and like none is left out: nobody should be sent to ask for it again.
    """
    unknown = [word for word in re.findall(r"[^\W\d_]+", name) if not archive.holds(fold(word))][:_MOST]
    meant = {word: _like(fold(word), hits) for word in dict.fromkeys(unknown)}
    if not any(meant.values()):
        return None
    told = re.sub(r"[^\W\d_]+", lambda found: meant.get(found.group(), found.group()) or "", name)
    return " ".join(told.split())


def _like(wrong: str, hits: Sequence[Hit]) -> str | None:
    """Return the word of the passages that is nearest to a folded one, at most a letter or two apart."""
    best: tuple[int, str] | None = None
    for word in dict.fromkeys(_written(hits)) if len(wrong) >= _SHORTEST else ():
        allowed = 1 + (len(wrong) >= _LONG and fold(word)[0] == wrong[0])
        away = distance(wrong, fold(word), allowed)
        if 0 < away <= allowed and (best is None or away < best[0]):
            best = away, word
    return best[1] if best else None


def _written(hits: Sequence[Hit]) -> Iterable[str]:
    for hit in hits:
        for text in (hit.passage.source.title, hit.passage.text):
            yield from re.findall(r"\b[A-Z][^\W\d_]{3,}", text)


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters must be put in, left out, changed or swapped with the next one; most + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
        if min(last) > most:
            return most + 1
    return min(last[-1], most + 1)
