"""A sentence cut at its commas, semicolons and joining words, and what its parts are like. Pure; no tagger.

Classes of words are closed ones, so a part is known by its first word only. What this module does not know: which
parts belong together (coordination.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

Place = tuple[int, int]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_JOINING = r"(?:and\s+also|as\s+well\s+as|along\s+with|together\s+with|and(?!\s+(?:a\s+)?(?:half|quarter)\b)|or|nor|&)"
MARK = re.compile(rf"[;,](?=\s)|(?<=\s){_JOINING}(?=\s)", re.IGNORECASE)
LATE = re.compile(r"as\s|along|together", re.IGNORECASE)  # may follow a list that has its "and" already
_SHORT = """Gov Sen Rep Gen Col Sgt Rev Hon Maj Cpl Det Insp Supt Prof Capt Cmdr Adm Mrs Jan Feb Mar Apr Aug Sep Sept
    Oct Nov Dec Inc Ltd Corp Bros Ave Blvd Pres Messrs"""
_WHOLE = "".join(rf"(?<!\b{word})" for word in _SHORT.split())  # a point after them ends no sentence
EDGE = re.compile(rf":(?=\s)|—|\s[–-]\s|(?<=\w[a-z]{{2}}){_WHOLE}[.!?](?=\s+[A-Z])")
WORD = re.compile(r"[^\s,;]+")

PREPOSITIONS = _set("""in at by with for on from to of through under over between into via against about without around
    across near towards toward among""")
ASKING = _set("when why who what how where which whether that whose whom if because")
DETERMINERS = _set(
    "a an the his her its their our my your this these those some any every each no both all several many"
)
_NUMBER = "one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {word: number for number, word in enumerate(_NUMBER.split(), start=1)}
PRONOUNS = _set("i he she it we they you there")
VERBS = _set("""am is are was were be been has have had will would can could must may might shall should do does did
    cannot said says""")
SAID = _set("said says")
PAST = _set("""got took went came told made held ran led won lost fell gave found kept began saw brought sent met sat
    stood became broke rose grew drove flew threw wrote spoke drew shot caught bought sold spent hit""")
MODALS = _set("must may might can could will would shall should")
ADJUNCTS = _set("until after before since because while although though unless during when between as")
ASIDES = _set("""who which whose whom where when aged now then never not known called named built born including such
    formerly made meaning namely once later also both among however though although respectively""")
INNER = _set("of de du da van von the la le el al del di bin")  # inside a name, in small letters
TURNS = _set("but so yet")  # begin another clause
PAIRING = _set("both either neither")  # before the first of two
OTHERS = _set("another others other second third fourth fifth")  # begin a clause beside a first one


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two marks. mark: the one before it, folded: a comma, a semicolon, a word or both."""

    start: int
    end: int
    words: tuple[str, ...]
    mark: str
    opened: bool = False  # by a colon or a dash

    @property
    def joined(self) -> bool:
        """Whether a joining word, or a semicolon and one, stands before it."""
        return self.mark not in ("", ",", ";")

    @property
    def bare(self) -> bool:
        """Whether a joining word alone stands before it."""
        return self.joined and self.mark[0] not in ",;"

    @property
    def low(self) -> str:
        """The first word, folded."""
        return self.words[0].lower()

    @property
    def kind(self) -> str:
        """How the part begins: with a name, a number, or a word of some class."""
        if self.low in DETERMINERS:
            return "name" if capital(*self.words[1:2]) else "determiner"
        if self.low in PREPOSITIONS:
            return "preposition"
        if self.low in ASKING:
            return "asking"
        if self.low in NUMBERS or self.low[0].isdigit() or self.low[0] in "£$€":
            return "number"
        return "name" if capital(self.words[0]) else "bare"

    @property
    def verbal(self) -> bool:
        """Whether a verb of the closed class is in it."""
        return any(word.lower() in VERBS for word in self.words)

    def before(self, later: Part) -> Part:
        """Return this part and the next one as one."""
        return replace(self, end=later.end, words=(*self.words, *later.words))


def parts_of(sentence: str, low: int, high: int) -> list[Part]:
    """Cut a stretch of a sentence at its marks; two marks with nothing between are one."""
    found: list[Part] = []
    at, mark = low, ""
    for match in (*MARK.finditer(sentence, low, high), None):
        stop = match.start() if match else high
        words = tuple(WORD.findall(sentence, at, stop))
        if words:
            begin = sentence.index(words[0], at)
            finish = begin + len(sentence[begin:stop].rstrip().rstrip(".!?"))
            if finish > begin:
                found.append(
                    Part(begin, finish, words, mark, opened=low > 0 and not found and sentence[low - 1] not in ".!?")
                )
            mark = ""
        if match:
            mark = f"{mark} {match.group().lower()}".strip()
            at = match.end()
    return found


def capital(word: str = "") -> bool:
    """Whether a word may be of a name: a capital is in it early, or it is a quotation."""
    return word[:1].isupper() or word[:1] in tuple('“‘"') or word[1:2].isupper()
