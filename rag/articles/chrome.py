"""Which lines of a web page are furniture, not news. Pure; every pattern must cover a whole, short line.

A line that names something that happened is never furniture: patterns are anchored at both ends, and those with an
open middle refuse digits, addresses and handles. "Read more: Tolls halved" is a headline and stays; a bare "Read
more" goes. Judged on 6,000 articles of nine publishers. It does not know what a page looked like.
"""

from __future__ import annotations

import re

_LONGEST = 220
_END = r"[\s.…!:>»→▸►]*"
_OPEN = r"(?:(?![@\d]|[.!?]\s).)"  # a character of an open middle: no digit, no handle, not past a sentence's end
_STORY = r"(?:article|story|episode|post|page|report|interview|podcast|column)"

_LENGTH = r"(?:\s*[·|•(-]?\s*\d+(?::\d\d)?(?:\s*min(?:ute)?s?)?\)?)"
_INSERT = r"(?:ads?|advert|advertisement|video|photos?|(?:photo )?gallery|graphic|map|chart|podcast)"
_NETWORK = r"(?:facebook|twitter|x|instagram|threads|bluesky|tiktok|youtube|linkedin|whatsapp|social media)"
_ASK = r"(?:editor[’']s note\s*:\s*)?(?:please )?(?:sign[- ]?up|subscribe)(?: now| here| today)?"
_PITCH = r"(?:\.\s(?:explore|get|our|join|stay|be)\b[^.@\d]{1,140})"  # "… newsletter. Explore the universe …"

_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "player or widget line",
        (
            rf"listen(?: to)?(?: this)?(?: {_STORY})?{_LENGTH}?(?: learn more)?",
            r"(?:loading|buffering)(?: (?:audio|video|player|comments|content|article|gallery))?",
            r"\d+:\d\d\s*/\s*\d+:\d\d",
            r"people are (?:also )?reading",
            r"(?:getting|preparing) your .{0,30}audio player ready",
            r"this (?:audio|voice) is (?:auto|ai|machine)[- ]generated.{0,60}",
            r"this (?:video|audio|content) (?:can ?not|could not) be (?:played|loaded).{0,40}",
            r"(?:video|audio) (?:player|playback|unavailable)(?: is)?(?: loading)?",
            r"(?:play|pause|mute|unmute|replay) (?:video|audio)",
            r"play now|now playing|click to (?:play|expand|enlarge)|up next",
            r"most (?:read|popular|viewed|watched|shared)(?: stories| articles| now| today)?|trending now",
            r"(?:recommended|related|popular|trending) (?:articles|content|topics|posts|links|videos)",
            r"recommended for you|you (?:may|might) also (?:like|enjoy|be interested in)",
            r"more (?:for you|from around the web)",
            r"skip (?:to|past) (?:main |the )?(?:content|navigation|footer|menu|newsletter promotion|advertisement)",
            r"keep scrolling|scroll (?:down )?(?:to continue|for more)(?: reading)?|back to top|jump to comments",
            rf"\(?(?:story|article) continues(?: (?:below|after))?(?: (?:this |the )?{_INSERT})?\)?",
            r"(?:view|show|hide|load|see|read|post|add|leave)(?: all| more)?(?: a)? comments?",
            r"comments? \(?\d+\)?|join the conversation",
            r"(?:please )?enable javascript.{0,80}|your browser does not support.{0,60}",
            r"need a (?:news )?break\? (?:play|check out)[^@\d]{1,90}",
            r"unable to view our graphics\? click here.{0,20}",
            r"(?:view|open|see) (?:gallery|slideshow)(?: \(\d+ (?:photos|images)\))?",
        ),
    ),
    (
        "advertisement marker",
        (
            (
                r"(?:advertisements?|advert|sponsored(?: content)?|paid content|promoted(?: content)?)"
                r"(?:\s*[-–—]*\s*(?:scroll to continue|continue reading below|story continues below))?(?:\s*-+)?"
            ),
        ),
    ),
    (
        "link without a headline",
        (
            r"(?:read|see|find out|learn|watch|view|show) (?:more|next|also)(?: (?:here|below|at the link))?",
            r"(?:read|see|view) (?:the )?full (?:story|article)(?: (?:here|below|at the link))?",
            r"(?:also|more|also worth a) read|more here|continue reading|(?:click|tap) (?:here|for more)",
            r"click here (?:to|for)\b[^@\d]{1,90}",
            r"(?:related|more)(?: (?:stories|news|coverage|reading))?\s*:|related (?:stories|news|coverage|reading)",
        ),
    ),
    (
        "newsletter or subscription prompt",
        (
            rf"{_ASK} (?:to|for)\b{_OPEN}*?\bnewsletters?\b{_OPEN}{{0,80}}{_PITCH}?",
            rf"{_ASK} (?:to|for)\b{_OPEN}*?\b(?:(?:e-?mail|text) alerts?|your inbox|podcast)\b{_OPEN}{{0,60}}",
            rf"{_ASK} (?:to|for)\b{_OPEN}{{1,80}}\b(?:here|today)",
            rf"[^.@\d]{{1,60}}[:?]\s*(?:sign[- ]?up|subscribe)\b{_OPEN}*?\bnewsletters?\b{_OPEN}{{0,60}}",
            r"get [^.@\d]{1,40} newsletter sign up (?:here|for)\b[^@\d]{0,110}(?:\bDr\. [^.@\d]{1,80})?",
            (
                rf"(?:get|want) (?:our|more|the|expert|this)\b{_OPEN}*?\b(?:newsletter|inbox|to your phone)\b"
                rf"(?:[^@\d]{{0,120}}\bsign up\b)?{_OPEN}{{0,60}}"
            ),
            r"\(?you can (?:also )?get [“\"][^”\"]{1,60}[”\"] delivered to your inbox daily\.\s*sign up here\s*\.?\)?",
            rf"to get {_OPEN}{{1,80}} (?:sent|delivered) to your inbox, sign up {_OPEN}{{1,60}}",
            (
                r"a version of this (?:story|article) (?:first )?appear(?:s|ed) in [^.@\d]{1,60} newsletter\.\s*"
                r"to get it in your inbox, sign up[^.@\d]{1,30}"
            ),
            (
                r"(?:please )?(?:support|consider supporting|help support)"
                r" (?:local|independent|quality|our) journalism\b[^@\d]{0,80}"
            ),
            r"please consider subscribing to support (?:local|independent|quality|our) journalism",
            r"thank you for supporting our journalism\b[^@\d]{0,160}",
            r"subscribe(?: now| today| here| for free)?|(?:log|sign) in(?: to (?:continue|your account|read more))?",
            r"create (?:a free|an) account|already (?:a subscriber|have an account|subscribed|registered)\?.{0,40}",
            (
                r"(?:subscribe|subscribers? only) to (?:read|continue|keep reading)"
                r"(?: (?:this|the full|more|our)\b[^@\d]{0,50})?"
            ),
            r"you have reached your (?:limit|monthly limit) of free articles.{0,60}",
        ),
    ),
    (
        "share or follow prompt",
        (
            rf"share(?: (?:this|the))?(?: {_STORY})?(?: (?:on|via|with) [a-z]+(?:,? (?:and |or )?[a-z]+){{0,4}})?",
            r"share save|(?:copy|share) (?:the )?link|link copied|(?:add|save) to (?:saved|favou?rites|reading list)",
            rf"(?:gift|save|print|e-?mail|bookmark) (?:this )?{_STORY}",
            rf"(?:follow|like|join|find|connect with) us on {_NETWORK}\b[^@\d]{{0,90}}",
            r"read (?:this )?(?:article )?in (?:the|our) app",
            r"(?:download|get) (?:the|our) (?:free )?app(?: (?:today|now))?",
        ),
    ),
    (
        "cookie or consent notice",
        (
            (
                r"(?:we(?: and our (?:\d+ )?partners)? use|(?:this|our) (?:web)?site uses)"
                r" (?:(?:necessary|essential|optional|functional|tracking|third-party) )?cookies\b.{0,180}"
            ),
            (
                r"by (?:clicking|continuing|using|signing up|submitting)\b.{0,80}"
                r"\byou (?:agree|accept|consent)\b.{0,80}"
                r"\b(?:cookies?|privacy (?:policy|notice)|terms (?:of|and)\b).{0,80}"
            ),
            r"(?:accept|reject|allow|decline|manage)(?: all)? cookies|(?:cookie|privacy) (?:preferences|settings)",
        ),
    ),
)
_PATTERN = re.compile("|".join(f"(?P<r{i}>{'|'.join(parts)})" for i, (_, parts) in enumerate(_RULES)), re.IGNORECASE)
_LEAD = " ►➤•*[-"
_ORNAMENT = re.compile(r"[\s\-‐–—―_*•·.…,:;♦◆◇■□●○▪▫►▼▲~=+|/\\#<>^'\"“”‘’()\[\]{}!?&]+")
ORNAMENT = "line of ornament"


def furniture(line: str) -> str | None:
    """Return why a repaired line is left out, or None when it stays. Stars and emoji stay: they may be a verdict."""
    if _ORNAMENT.fullmatch(line):
        return ORNAMENT
    if len(line) > _LONGEST:
        return None
    bare = re.sub(_END + r"[\])]?$", "", line.lstrip(_LEAD))
    match = _PATTERN.fullmatch(bare)
    return _RULES[int((match.lastgroup or "r0")[1:])][0] if match else None
