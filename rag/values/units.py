"""The words of amounts, as tables: numbers, shares, units, and the words that bound an amount. Pure.

What this module does not know: texts, and how the words follow each other.
"""

from __future__ import annotations

from rag.values.clock import HOURS


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text that are parted by white space."""
    return frozenset(words.split())


DIGITS = frozenset("0123456789")
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {"zero": 0, **HOURS} | {word: value for value, word in enumerate(_TEENS.split(), start=13)}
TENS = {w: 10 * n for n, w in enumerate(_TENS.split(), start=2)}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7, "dozen": 12.0}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12}
VAGUE = {"tens": 10.0, "dozens": 12.0, "hundreds": 100.0} | {
    f"{word}s": value for word, value in SCALES.items() if value >= 1e3 and word != "lakh"
}
PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
PARTS |= {f"{word}s": below for word, below in PARTS.items() if word != "half"} | {"halves": 2}
SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
PRINTED = {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75, "1/3": 1 / 3, "2/3": 2 / 3}
ORDINALS = frozenset(PARTS) - {"half", "quarter", "quarters"} | word_set(
    "first second eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
    "twentieth thirtieth fortieth fiftieth hundredth thousandth millionth"
)
MONTHS = word_set(
    "January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug "
    "Sep Sept Oct Nov Dec"
)
WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
MONEY = {"£": "£", "$": "$", "€": "€", "¥": "¥", "₹": "₹"}
DOLLARS = {"us": "$", "usd": "$", "a": "A$", "au": "A$", "c": "C$", "ca": "C$", "nz": "NZ$", "hk": "HK$", "s": "S$"}
DOLLARS |= {"american": "$", "australian": "A$", "canadian": "C$"}
CURRENCIES = frozenset(MONEY.values()) | frozenset(DOLLARS.values())

# What a unit measures, and how many of the plainest unit of it are one.
AGE, DEGREES, LENGTH, MASS, SHARE, SPEED, TIME, VOLUME = (
    "years old", "°C", "metres", "grams", "%", "km/h", "days", "litres",
)  # fmt: skip
UNITS = {
    "second": (TIME, 1 / 86400), "minute": (TIME, 1 / 1440), "hour": (TIME, 1 / 24), "day": (TIME, 1.0),
    "week": (TIME, 7.0), "fortnight": (TIME, 14.0), "month": (TIME, 365.25 / 12), "year": (TIME, 365.25),
    "decade": (TIME, 3652.5), "century": (TIME, 36525.0), "hr": (TIME, 1 / 24), "min": (TIME, 1 / 1440),
    "sec": (TIME, 1 / 86400), "metre": (LENGTH, 1.0), "meter": (LENGTH, 1.0), "kilometre": (LENGTH, 1e3),
    "kilometer": (LENGTH, 1e3), "km": (LENGTH, 1e3), "centimetre": (LENGTH, 0.01), "centimeter": (LENGTH, 0.01),
    "cm": (LENGTH, 0.01), "millimetre": (LENGTH, 1e-3), "millimeter": (LENGTH, 1e-3), "mm": (LENGTH, 1e-3),
    "mile": (LENGTH, 1609.344), "yard": (LENGTH, 0.9144), "yd": (LENGTH, 0.9144), "foot": (LENGTH, 0.3048),
    "feet": (LENGTH, 0.3048), "ft": (LENGTH, 0.3048), "inch": (LENGTH, 0.0254), "inches": (LENGTH, 0.0254),
    "gram": (MASS, 1.0), "gramme": (MASS, 1.0), "kilo": (MASS, 1e3), "kilogram": (MASS, 1e3),
    "kilogramme": (MASS, 1e3), "kg": (MASS, 1e3), "milligram": (MASS, 1e-3), "mg": (MASS, 1e-3),
    "tonne": (MASS, 1e6), "ton": (MASS, 1e6), "ounce": (MASS, 28.3495), "oz": (MASS, 28.3495),
    "lb": (MASS, 453.592), "litre": (VOLUME, 1.0), "liter": (VOLUME, 1.0), "millilitre": (VOLUME, 1e-3),
    "milliliter": (VOLUME, 1e-3), "ml": (VOLUME, 1e-3), "gallon": (VOLUME, 4.546), "pint": (VOLUME, 0.568),
    "acre": ("square metres", 4046.86), "hectare": ("square metres", 1e4), "mph": (SPEED, 1.609344),
    "kph": (SPEED, 1.0), "kmh": (SPEED, 1.0), "knot": (SPEED, 1.852), "megawatt": ("watts", 1e6),
    "gigawatt": ("watts", 1e9), "kilowatt": ("watts", 1e3), "mw": ("watts", 1e6), "gw": ("watts", 1e9),
    "kw": ("watts", 1e3), "%": (SHARE, 1.0), "percent": (SHARE, 1.0), "pound": ("£", 1.0), "penny": ("£", 0.01),
    "pence": ("£", 0.01), "dollar": ("$", 1.0), "cent": ("$", 0.01), "euro": ("€", 1.0), "yen": ("¥", 1.0),
    "rupee": ("₹", 1.0), "°": (DEGREES, 1.0), "degree": (DEGREES, 1.0), "celsius": (DEGREES, 1.0),
    "centigrade": (DEGREES, 1.0),
}  # fmt: skip
POUND_MASS = (MASS, 453.592)
# Written right after the digits only: "1.8m", "50p", "24C", "6in", "12st".
GLUED_UNITS = {
    "g": (MASS, 1.0), "in": (LENGTH, 0.0254), "p": ("£", 0.01), "C": (DEGREES, 1.0), "st": (MASS, 6350.29),
    "m": (LENGTH, 1.0), "h": (TIME, 1 / 24),
}  # fmt: skip
FAHRENHEIT = frozenset({"F", "fahrenheit", "Fahrenheit"})
PER_HOUR = {(LENGTH, 1e3): 1.0, (LENGTH, 1609.344): 1.609344}
METRES_AHEAD = word_set(  # after "1.8m" these make it a length, and not millions
    "tall high long wide deep thick above below away from apart off up down sprint race hurdles relay final freestyle "
    "butterfly backstroke breaststroke champion walk dash under offshore"
)

# What the words before (after) a number make of it.
LEAST, MORE, JUST_OVER = "least", "more", "just over"
MOST, UP_TO, LESS, ALMOST, ABOUT = "most", "up to", "less", "almost", "about"
BEFORE = {
    LEAST: "at least|no fewer than|no less than|not less than|not fewer than|a minimum of|minimum of|upwards of",
    MORE: "more than|over|above|well over|far more than|well above|in excess of|greater than|exceeding|north of",
    JUST_OVER: "just over|a little over|slightly more than|slightly over|a little more than|just above|just more than",
    MOST: "at most|no more than|not more than|a maximum of|maximum of|at the most",
    UP_TO: "up to",
    LESS: "fewer than|less than|under|below|well under|well below",
    ALMOST: "almost|nearly|close to|just under|not quite|just short of|just below|just shy of|a little under|"
    "as many as|as much as|"
    "slightly under|slightly less than|a little less than|approaching|just less than",
    ABOUT: "about|around|some|roughly|approximately|approx|an estimated|estimated|or so|in the region of|~|circa|"
    "something like",
}
AFTER = {
    LEAST: "or more|plus|+|or over|and over|and above|or above|at least|upwards|or older",
    MOST: "or fewer|or less|or under|at most|and under|or younger",
    ABOUT: "or so|or thereabouts|odd",
}
BOUND_BEFORE = {tuple(phrase.split()): kind for kind, told in BEFORE.items() for phrase in told.split("|")}
BOUND_AFTER = {tuple(phrase.split()): kind for kind, told in AFTER.items() for phrase in told.split("|")}

SINGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child", "lives": "life", "wives": "wife"}
SINGULAR |= {"knives": "knife", "wolves": "wolf", "leaves": "leaf", "calves": "calf", "thieves": "thief"}
SINGULAR |= {"mice": "mouse", "geese": "goose", "teeth": "tooth", "policemen": "policeman", "gunmen": "gunman"}
SINGULAR |= {
    "firemen": "fireman",
    "fishermen": "fisherman",
    "servicemen": "serviceman",
    "feet": "foot",
    "species": "species",
}
# Words that end a run of words after a number in which the counted noun is looked for.
FUNCTION_WORDS = word_set(
    "a across afterwards ago always an and another apart are as at away be because been before besides but by can "
    "comes could dead did do does down during each either else every for from goes had has have he her here hers "
    "him his how hurt i if in inside into is it its itself just last later less may me might mine minus more most "
    "must my next no nor not of off on once only or others our ours out over per perhaps plus said says she "
    "should since so than that the their them then there these they this those though through to today tomorrow "
    "towards under unless until up upon us versus via was we were what when where which while who whom whose why "
    "will with within without would yesterday you your yours "
)
UNCOUNTED = frozenset({"others", "times"})


def singular(word: str) -> str:
    """Return a noun in small letters without its plural: "passenger" for "Passengers", "person" for "people"."""
    word = word.lower()
    if word in SINGULAR:
        return SINGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses", "zes", "oes")) else word[:-1]


def is_plural(word: str) -> bool:
    """Return whether a word looks like a noun of which there are several."""
    return word.isalpha() and singular(word) != word.lower()
