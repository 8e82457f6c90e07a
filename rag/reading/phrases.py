"""Who is said to say something: verbs of saying in a sentence, and the noun phrase that goes with each.

Before the verb ("Hal Brack of the union said", "Beatrix Lomond, the commodore, said"), after it ("…," said the farmer,
Joss Tallack) or after "according to". Where a name explains a noun, the name is the phrase.
What this module does not know: grammar beyond that, quotations (they come blanked), and whom a pronoun stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SENTENCE = 1500  # characters of a sentence that are looked at

BLANK = "\ue000"
SAYING = r"""(?:said|says|say|saying|told|tells|added|adds|claim(?:s|ed)?|claiming|believe[sd]?|thinks?|thought
|alleg(?:es|ed)|indicate[sd]|judge[sd]|estimate[sd]?|den(?:y|ies|ied)|argue[sd]?|arguing|warn(?:s|ed|ing)?
|announce[sd]?|admit(?:s|ted)?
|insist(?:s|ed|ing)?|not(?:es|ed|ing)|wrote|writes?|writing|caution(?:s|ed)|reported|reports|explain(?:s|ed|ing)
|repl(?:ies|ied)|respond(?:s|ed)|answered|joke[sd]
|call(?:s|ed|ing)|describe[sd]|confirm(?:s|ed)|promise[sd]|acknowledge[sd]?|concede[sd]?|complain(?:s|ed)
|predict(?:s|ed)|suggest(?:s|ed)|stress(?:es|ed)|recall(?:s|ed)|declare[sd]?|maintain(?:s|ed)|tweeted|posted
|testified|quipped|conclude[sd]|observed|remarked|commented|continued|stated|hope[sd]|expect(?:s|ed)?|urge[sd]
|fear(?:s|ed)?|spoke\sof|speaks\sof|dispute[sd]?|points?\sout|pointed\sout
|puts?(?=\s[^.\ue000]{0,60}?\bat\s(?:about|almost|around|nearly|some|over|more|just|[£$€\d]))
|blame[sd]?(?=\s[^.\ue000]{0,60}?\bon\b))"""
_VERB = re.compile(rf"(?<![\w-]){SAYING}(?![\w-]|\s+tank)", re.VERBOSE)
_DONE = re.compile(r"(?!said|told)\w+ed\s(?:at|by|on|in|after|last|this)\b")
_WRITTEN = re.compile(r"\s(?:it|them|down|off|into|up)\b")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?|got|so-)\s?(?:\w+ly\s|not\s|often\s)?$")
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sgt|Capt|Lt|Gen|Col|Rep|Sen|Gov|Rev|St)\."
_CAP = rf"(?:{_TITLE}|(?:[A-Z]\.)+|[A-Z][\w’'-]*(?:\.[a-z]{{2,3}}\b)?(?<!['’])(?<!['’]s))"
_JOIN = r"(?:and|&|of|of\sthe|for|de|da|del|van|von|der|bin|al|el|la)"
_NAME = rf"{_CAP}(?:\s(?:{_JOIN}\s)?{_CAP})*"
_DET = (
    r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Aa]nother|[Ss]ome|[Mm]any|[Mm]ost|[Tt]wo"
    r"|[Ss]everal)"
)
_STOP = (
    r"(?:who|which|that|the|an?|its|his|her|their|is|are|was|were|has|have|had|would|will|could|can|may|and|but|or|in"
    r"|on|at|by|from|with|after|before|when|as|if|to|than|then|not|outside|during|yesterday|today|late|last|this"
    r"|led|made|it|he|she|they|told|said|says)\b"
)
_COMMON = rf"(?:{_DET}|{_NAME}['’]s?)(?:\s(?!{_STOP})[\w'’-]+){{1,6}}"
_BARE = (
    r"(?:[\w-]+\s)?(?:[Pp]olice|[Oo]fficials|[Cc]ampaigners|[Cc]ritics|[Ff]ishermen|[Rr]esidents|[Oo]rgani[sz]ers"
    r"|[Ee]xperts|[Ss]cientists|[Rr]esearchers|[Aa]nalysts|[Ee]conomists|[Ii]nvestigators|[Pp]rosecutors|[Ll]awyers"
    r"|[Mm]inisters|[Uu]nions|[Aa]ctivists|[Ww]itnesses|[Aa]uthorities|[Ss]ources|[Ss]upporters|[Oo]pponents"
    r"|[Ll]eaders|[Dd]octors|[Oo]fficers|[Dd]etectives|[Pp]rotesters|[Nn]eighbours|[Nn]eighbors|[Oo]thers)"
)
PRONOUN = r"(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey|I|[Ww]e)"
_NOUN = rf"(?P<common>{_COMMON})|(?P<name>{_NAME})|(?P<bare>{_BARE})"
_BEFORE = re.compile(rf"(?<![\w'’.-])(?:(?P<pronoun>{PRONOUN})|{_NOUN})$")
_AFTER = re.compile(rf"\s*(?:(?:[a-z][\w-]*\s){{0,4}}?(?P<name>{_NAME})|(?P<common>{_COMMON})|(?P<bare>{_BARE}))")
_AFTER_NAME = re.compile(rf"\s*(?P<name>{_NAME})(?=\s*(?:[,.;:]|$|of\b|who\b|from\b|in\b|at\b|on\b))")
_AFTER_COMMON = re.compile(rf"\s*(?:(?P<common>{_COMMON})|(?P<bare>{_BARE}))")
_APPOSED = re.compile(rf",\s(?P<name>{_NAME})(?=[,.;:]|\s(?:of|who)\b|$)")
_NO_VERB_AFTER = (" to ", " the ", " a ", " an ", " own ", "'s ", "’s ", " his ", " her ", " its ", " their ", "-")
_HELPING = re.compile(
    r"(?:\s(?:has|have|had|also|later|then|once|since|previously|earlier|repeatedly|[a-z]+ly|both|all|himself|herself"
    r"|would|will|did|does|could|not|never|still|now|afterwards|quoted\sas|was\squoted\sas|went\son\sto))+$"
)
_LINK = re.compile(r"(?:^|\s)(?:of|in|at|on|from|for|with|near|to|under|by|behind)(?:\s(?:the|its|his|her))?\s*$")
_EXPLAINS = re.compile(rf"(?<![\w'’.-])(?P<name>{_NAME}),\s$")
_AND = re.compile(r"(?:^|[\s,])(?:and|but|or|yet)$|,$")
_WHO = re.compile(r",?\swho$")
_INTRO = re.compile(
    r"\W*(?:On|In|At|For|After|Before|With|Under|Since|When|While|As|If|By|From|Because|Although|Though|Despite|During"
    r"|Like|Unlike|Asked|[A-Z][a-z]+ing|Once|Until|Following|Without|Among|Last|Earlier|Later|However|Meanwhile)\b"
)
ROLE = (
    r"(?:leader|chief|director|manager|captain|president|minister|secretary|spokes\w+|coach|owner|founder|chair\w*"
    r"|mayor|judge|officer|inspector|sergeant|commander|professor|doctor|head|senator|councillor|king|queen|actor"
    r"|singer|author|editor|analyst|economist|lawyer|attorney|curator|coxswain|conductor|farmer|teacher)"
)
_SUBJECT_PRONOUN = re.compile(rf"\W*(?P<pronoun>{PRONOUN})(?=\s)")
_SUBJECT_COMMON = re.compile(rf"\W*(?P<common>{_DET}\s(?!{_STOP})[a-z][\w'’-]*+)(?!\s[A-Z])")
_SUBJECT_NAME = re.compile(rf"\W*(?:(?:{_DET}\s|[A-Z][a-z]+\s)?(?:[a-z][\w-]*\s){{0,2}}?{ROLE}\s)?(?P<name>{_NAME})")
_POINTING = re.compile(r"\s(him|her|them|it)\b(?!\s[a-z])")
_ACCORDING = re.compile(r"\baccording\sto\b|\bin\sthe\s(?:view|opinion|words)\sof\b", re.IGNORECASE)
_HELD = re.compile(
    rf"\b(?:[Ii]n|[Bb]y|[Tt]o)\s(?P<name>{_NAME}|{_COMMON}?)['’]s?\s(?:own\s)?"
    r"(?:view|opinion|words|estimate|count|reckoning|mind)\b"
)
PERSON = re.compile(_NAME)
_LINKED = re.compile(r"\s(?:for|of|at|from)\s(?!\S+['’]s\s)")
CROWD = re.compile(_BARE)
_FULL_NAME = re.compile(rf"\s({_CAP}(?:\s{_CAP})+)$")
_HEAD_WORDS = """
university department ministry bank church institute house board office chamber bureau court secretary minister
president governor mayor bishop archbishop director head chief lord friends sons daughters society
"""
_NEVER_NAMES = """
on in at but and when while after as if for from meanwhile however earlier later yesterday today now so then since
although though asked once still yet instead the a an his her its their this that these those it he she they we i you
what who there one some many most by with to of before because both nobody everybody neither all not no monday tuesday
wednesday thursday friday saturday sunday january february march april june july august september october november
december spring summer autumn winter until under last next also even only just like here
"""
_HEADS = frozenset(_HEAD_WORDS.split())  # "of" belongs to their names: "Bank of England"
NO_NAMES = frozenset(_NEVER_NAMES.split())


@dataclass(frozen=True, slots=True)
class Told:
    """That somebody says something: characters start..end of the speaker, at..until of the verb; he, she: pronoun."""

    start: int
    end: int
    at: int
    until: int
    pronoun: bool


def told_in(text: str, start: int, end: int) -> Iterator[Told]:
    """Yield who says something in the sentence text[start:end], its quotations blanked, in order of the verbs."""
    end = min(end, start + MAX_SENTENCE)
    for match in _VERB.finditer(text, start, end):
        left = text[start : match.start()]
        if _PASSIVE.search(left[-30:]) or left.endswith(_NO_VERB_AFTER) or _tells_nothing(text, *match.span(), left):
            continue
        noun = _who_says(text, start, match.start(), match.end(), end)
        if noun:
            pronoun = re.fullmatch(PRONOUN, text[slice(*noun)]) is not None
            yield Told(*noun, match.start(), match.end(), pronoun)
    for match in _ACCORDING.finditer(text, start, end):
        if pointing := _POINTING.match(text, match.end(), end):
            yield Told(*pointing.span(1), match.start(), match.end(), True)
            continue
        noun = _after(text, match.end(), end)
        if noun:
            yield Told(*noun, match.start(), match.end(), False)
    for match in _HELD.finditer(text, start, end):
        noun = trimmed(text, *match.span("name"))
        if noun:
            yield Told(*noun, match.start(), match.end(), False)


def _tells_nothing(text: str, at: int, until: int, left: str) -> bool:
    """Whether a verb only says what was done to a thing: "the result, declared at 1.50am", "wrote it down"."""
    # "Ann Poole, its chair, warned on Monday" has two commas.
    apart = left.rstrip().endswith(",") and left.count(",") == 1 and BLANK not in left
    done = apart and _DONE.match(text, at) is not None
    return done or (text.startswith("wr", at) and _WRITTEN.match(text, until) is not None)


def _who_says(text: str, start: int, at: int, until: int, end: int) -> tuple[int, int] | None:
    """Return the noun phrase that goes with the verb text[at:until] of a sentence."""
    left = text[start:at].rstrip()
    inverted = not left or left[-1] in f"{BLANK},—–"
    if inverted and (named := _explained(text, until, end) or _match(_AFTER_NAME, text, until, end)):
        return named
    if left.rstrip(",").endswith(BLANK) and (after := _after(text, until, end)):
        return after
    before = _before(text, start, start + len(left))
    if before is None and inverted:
        return _after(text, until, end)
    return before


def _before(text: str, start: int, end: int, deep: int = 2) -> tuple[int, int] | None:
    """Return the noun phrase that ends before a verb: by itself, before what stands in commas, or as its subject."""
    left = text[start:end]
    helping = _HELPING.search(left[-60:])
    left = left[: len(left) - len(helping.group())] if helping else left
    if deep == 2 and (who := _WHO.search(left)):
        left = left[: who.start()]
    if left.endswith(",") and "," in left[:-1]:
        return _apposed(text, start, left[:-1].rfind(","), start + len(left) - 1)
    if not left or _AND.search(left) or left.endswith(BLANK):
        return subject(text, start, end)
    match = _BEFORE.search(left, max(0, len(left) - 200))
    if match is None:
        return None
    if match["pronoun"]:
        return start + match.start(), start + match.end()
    noun = trimmed(text, start + match.start(), start + match.end())
    explained = (
        _EXPLAINS.search(left, max(0, match.start() - 80), match.start())
        if (match["common"] or "").startswith(("a ", "an "))
        else None
    )
    if explained:
        return trimmed(text, start + explained.start("name"), start + explained.end("name"))
    link = _LINK.search(left, max(0, match.start() - 15), (noun or match.span())[0] - start if noun else match.start())
    if link and deep and (head := _before(text, start, start + link.start(), deep - 1)):
        whole = text[head[0]].isupper() and not re.match(_DET, text[slice(*head)])
        return head if whole or "of" not in link.group() else (head[0], start + match.end())
    return noun


def _apposed(text: str, start: int, comma: int, end: int) -> tuple[int, int] | None:
    """Return the name in "Beatrix Lomond, the commodore," or "Its chair, Doreen Askwith,"."""
    head = _before(text, start, start + comma, 1)
    name = _match(_AFTER_NAME, text, start + comma + 1, end)
    if head is None or (name and not re.fullmatch(_NAME, text[slice(*head)])):
        return name or head or subject(text, start, end)
    return head


def subject(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the name, "The union" or the pronoun that a sentence begins with, after "In March," or the like."""
    comma = text.find(",", start, end)
    begin = comma + 1 if comma >= 0 and _INTRO.match(text, start, end) else start
    pronoun = _SUBJECT_PRONOUN.match(text, begin, end)
    if pronoun:
        return pronoun.span("pronoun")
    return _match(_SUBJECT_NAME, text, begin, end) or _match(_SUBJECT_COMMON, text, begin, end)


def _after(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return the noun phrase that follows, or the name that explains it: "said the farmer, Joss Tallack"."""
    return _explained(text, begin, end) or _match(_AFTER_COMMON, text, begin, end) or _match(_AFTER, text, begin, end)


def _explained(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return the name in "the farmer, Joss Tallack" or "the union's Moira Quennell"."""
    common = _match(_AFTER_COMMON, text, begin, end)
    if common is None:
        return None
    apposed = _APPOSED.match(text, common[1], end)
    if apposed:
        return trimmed(text, *apposed.span("name"))
    named = None if _LINKED.search(text, *common) else _FULL_NAME.search(text, *common)
    return named.span(1) if named else None


def _match(pattern: re.Pattern[str], text: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return the noun phrase where a pattern matches, without what belongs to none."""
    match = pattern.match(text, begin, min(end, begin + 200))
    return trimmed(text, *match.span(match.lastgroup or 0)) if match else None


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return a noun phrase without "On Monday" before it and "of the union" after a name, or None."""
    if re.match(rf"{_DET}\s[a-z]", text[start:end]):
        return start, end
    for word in re.finditer(r"\S+", text[start:end]):
        if re.split("['’]", word.group())[0].lower() not in NO_NAMES and word.group()[0].isupper():
            start += word.start()
            break
        if word.group() in ("police", "officials") or word.group()[0].islower():
            return start + word.start(), end
    else:
        return None
    cut = re.match(r"(\S+(?:\s\S+)*?)\s(?:of|for)\s", text[start:end])
    if cut and text[start:end][: cut.end(1)].split()[-1].lower() not in _HEADS and "'s" not in cut.group():
        end = start + cut.end(1)
    return start, end
