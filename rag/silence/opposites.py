"""Words that say the same of a thing, words of which one shuts out the other, and words that tell too little.

Tables of general English. Every word is known by its stem and in its irregular forms. A word may stand in several
groups. What this module does not know: who or what is spoken of.
"""

from __future__ import annotations

from functools import cache

from rag.text import terms

_LIGHT = """
people person man men woman women thing things one time times year years day days week month name names named called say
says said saying tell told know knew make made makes take took get got go went gone come came new first last next many
much long old big what which happen happened give gave use used do done want see saw put set keep part number way reason
place kind word words more most two three all some after before other still over under out up down off yet also far away
only even
"""
# Each line: words that say the same. What is denied of one is denied of all.
_SAME = """
die dies died dying dead death deaths kill kills killed killing fatal fatality fatalities perish perished casualties
injure injures injured injuring injury injuries hurt hurts hurting wound wounded harm harmed casualties
drown drowned drowning drowns
charge charged charges charging indict indicted prosecute prosecuted prosecution prosecutions
arrest arrested arrests detain detained
arson arsonist arsonists
exempt exempts exempted exemption exemptions exception exceptions except excepted
collide collided collides collision collisions strike struck hit hits
resign resigns resigned resignation quit quits
dismiss dismissed dismissal sack sacked fired
break breaks broke broken fracture fractured fractures
affect affected affects
damage damaged damages
lose loses lost losing loss losses
cancel cancels cancelled canceled cancellation
close closes closed closing closure shut shuts
deal deals agreement agreements
plan plans planned planning
talk talks negotiate negotiations negotiated
find finds found finding
name names named naming
decide decides decided decision
blame blamed blames fault
survive survives survived survivor survivors
body bodies remains carcass corpse corpses
cover covered covers
disclose disclosed reveal revealed release released publish published
"""
# What is implied by being hurt in any way: denied together with it.
_IMPLY = """
injure: die drown
die: drown
"""
# Two sides, of which one shuts out the other when both are said of the same thing and time. Not what can be undone:
# a road that was closed may have been opened again.
_OPPOSITE = (
    ("win wins won winning winner", "lose loses lost losing loser defeated beaten"),
    ("rise rises rose risen increase increased climb climbed grew grown", "fall falls fell fallen decrease decreased"),
    ("accept accepts accepted approve approves approved agree agrees agreed", "reject rejects rejected refuse refused"),
    ("survive survives survived alive", "die dies died dead killed drowned"),
    ("sink sinks sank sunk", "bury buries buried refloated"),
    ("scrap scraps scrapped demolish demolished", "keep kept preserved restored museum"),
    ("guilty convict convicted", "acquit acquits acquitted innocent"),
    ("blame blamed blames guilty", "exonerate exonerated innocent"),
    ("allow allows allowed permit permitted legalised legalized", "ban bans banned forbidden prohibited outlawed"),
    ("succeed succeeds succeeded success", "fail fails failed failure"),
    ("unhurt unharmed uninjured unscathed", "hurt injured injury injure wounded killed die died harmed drown drowned"),
    ("undamaged intact", "damaged destroyed wrecked damage destroy"),
    ("support supports supported", "oppose opposes opposed"),
)


@cache
def _stem(word: str) -> str:
    return next(iter(terms(word)), word)


@cache
def _groups() -> dict[str, frozenset[str]]:
    """Return the stems that say the same, by stem."""
    found: dict[str, frozenset[str]] = {}
    by_first: dict[str, frozenset[str]] = {}
    for line in filter(None, _SAME.split("\n")):
        group = frozenset(_stem(word) for word in line.split())
        by_first[line.split()[0]] = group
        for word in group:
            found[word] = found.get(word, frozenset()) | group
    for line in filter(None, _IMPLY.split("\n")):
        implied, implying = line.split(":")
        for first in implying.split():
            for word in by_first[first]:
                found[word] = found[word] | by_first[implied]
    return found


@cache
def _opposites() -> dict[str, frozenset[str]]:
    """Return the stems that are shut out, by stem."""
    found: dict[str, frozenset[str]] = {}
    for pair in _OPPOSITE:
        sides = [frozenset(_stem(word) for word in side.split()) for side in pair]
        for side, other in (sides, sides[::-1]):
            for word in side:
                found[word] = found.get(word, frozenset()) | other
    return found


@cache
def light() -> frozenset[str]:
    """Return the stems that tell too little to be denied, missed or compared."""
    return frozenset(terms(_LIGHT))


def denied_with(term: str) -> frozenset[str]:
    """Return the stems that, when denied, deny this one: itself, those that say the same, those that it implies."""
    return _groups().get(term, frozenset()) | {term}


def shut_out_by(term: str) -> frozenset[str]:
    """Return the stems that cannot be true of a thing of which this one is."""
    return _opposites().get(term, frozenset())
