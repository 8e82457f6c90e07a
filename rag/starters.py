"""Questions that the loaded articles really answer, to begin with: made by templates, proven by asking them.

Few and natural comes before many: a sentence that fits no template whole gives no question. What this module does not
know: English grammar beyond its templates, who answers, and where the questions are shown.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Protocol

from rag.store import replace_file
from rag.text import answer_key, says, sentence_spans, words
from rag.types import Answer, Article

CACHE = "starters.json"
MIN_CONFIDENCE = 0.8
SHORTEST, LONGEST = 20, 110  # characters of a question
MOST_ARTICLES = 400  # looked at; an archive of thousands would be cut into sentences for seconds
LONGEST_SENTENCE = 400
READ_CHARACTERS = 8_000  # of an article; news says who, how many and when early


class Answers(Protocol):
    """Whoever answers a question: the assistant."""

    def answer(self, question: str) -> Answer:
        """Answer one question, or abstain."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question, the answer that its sentence gives, and the article that the sentence stands in."""

    question: str
    answer: str
    article_id: str


_PERSON_NOT = (
    r"(?:The|This|That|These|In|On|At|But|And|For|From|When|While|After|Before|As|If|It|His|Her|Their|Our|Former|Then|"
    r"Mr|Mrs|Ms|North|South|East|West|New|Old|Saint|St|Lake|Mount|Port|Upper|Lower|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
_CAPITAL = r"[A-Z](?!\w*['’]s\b)[A-Za-zà-ÿ’'-]+"
_NAME = rf"\b(?!{_PERSON_NOT}){_CAPITAL}(?: [A-Z]\.)?(?: {_CAPITAL}){{1,2}}"
_TITLES = r"(?:(?:Dr|Captain|Councillor|Professor|Sir|Dame|Inspector|Judge)\.? )?"
_WORD = r"(?:U\.[SK]\.|[^\s,.;:!?()\"“”—–]+)"
_PHRASE = rf"{_WORD}(?: {_WORD})*?"
_PROPER = r"(?:the )?(?:\d+(?:st|nd|rd|th) )?[A-Z][\w’'-]+(?: (?:of |of the )?[A-Z][\w’'-]+)*"
_OF = rf"(?: (?:of|for|in|at|to|and) {_PHRASE})"
_STOP = r"(?=[,;]|[.!]?[\"”’']*$)"  # the point of "Inc." ends nothing
_ENDS = (
    r"(?=[,;:]|[.!]?[\"”’']*$|"
    r" (?:on|in|at|for|with|after|before|against|when|while|as|by|since|during|to|from|and|today|last)\b)"
)
_ROLE = (
    r"(?:mayor|leader|chair|chairman|chairwoman|chief|director|president|minister|secretary|head|founder|co-founder|"
    r"commissioner|master|editor|coach|captain|commander|manager|officer|executive|engineer|biologist|curator|governor|"
    r"chancellor|bishop|archbishop|principal|ambassador|inspector|superintendent|treasurer|sheriff|coroner)"
)
_SMALL = "two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
# Never four digits without a comma: those are years.
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})*|(?i:{_TEENS}|{_TENS}(?:-(?:one|{_SMALL}))?|{_SMALL}))(?: (?:thousand|million))?"
_ABOUT = r"(?:(?i:more than|about|nearly|almost|around|at least|some|over) )?"
_THINGS = (
    r"(?:people|men|women|children|(?!(?:times|others|percent|points|years|months|weeks|days|hours|minutes|of)\b)"
    r"(?:[a-z-]+ ){0,2}?(?!\w+(?:ous|ss|us|is)\b)[a-z-]+s(?: of [a-z]+)?)"
)
_PEOPLE = "(?:[Ee]ngineers|[Ff]irefighters|[Pp]olice|[Rr]escuers|[Rr]esearchers|[Ss]cientists|[Ii]nvestigators)"
_BASE = {
    "found": "find", "built": "build", "carried": "carry", "ordered": "order", "lost": "lose", "sold": "sell",
    "arrested": "arrest", "rescued": "rescue", "planted": "plant", "hired": "hire", "bought": "buy", "sent": "send",
    "closed": "close", "opened": "open", "employed": "employ", "delivered": "deliver", "recovered": "recover",
    "seized": "seize", "evacuated": "evacuate", "received": "receive", "created": "create", "counted": "count",
}  # fmt: skip
_BODY = rf"(?:The {_CAPITAL}|(?!{_PERSON_NOT}){_CAPITAL} {_CAPITAL})(?: {_CAPITAL})*"
_HOW_MANY = rf"{_ABOUT}(?P<answer>{_NUMBER}) (?P<what>{_THINGS})"
_PLAIN = r"(?:(?![a-z]+(?:ed|ates)\b)[\w’'-]+ ){0,3}?[\w’'-]+"
_MONEY = r"[£$€]\d[\d,.]*\d(?: [mb]illion)?"
_OFFICE = "President|Prime Minister|Governor|Mayor"
_NATION = "(?!Republican)[A-Z][a-z]+(?:ian|ean|ese|ish|can)"
_DID = "|".join(_BASE)
_CAME = "marched|started|gathered|competed|rallied|took part|protested|died|voted|queued|(?:were|have been) [a-z]+ed"
_WHERE = "(?:through|in|at|to|from|into|across|along|over)"
_BACK = "[a-z]+ed (?:back|away|out)"
_BECAME = "becomes|became|was elected|was appointed|has been appointed"
_LEADS = "chairs|leads|runs|heads|founded"
_WON = "won|founded|designed|wrote|directed"
_POST = f"(?:the )?(?:[a-z]+ )?{_ROLE}"
_SPEAKS = r"(?= (?:said|says|took|told|has|had|will|is|was|who)\b)"
_DONE = "built|founded|opened|completed|established|launched|demolished|closed"
_SOMEBODY = (  # of whom a place has many, so that "the firm" or "the firm's chief" is nobody
    "company|group|firm|team|club|party|charity|agency|department|force|service|organi[sz]ation|union|country|nation|"
    "league|coalition|airline|university|school|hospital|association|federation|committee|board|museum|district"
)
# What makes a question odd out of its article: words that point elsewhere, days told from the day of writing.
_POINTING = re.compile(
    r"\b(?:He|She|It|They|We|he|she|it|they|him|her|his|its|their|them|this|these|those|that|we|us|our|my|I|you|your|"
    r"which|whose|where|who|there|because|but|than|if|though|despite|past|first|new|incoming|outgoing|former|then|late|"
    r"ex|acting|interim|current|today|yesterday|tomorrow|last|next|year|month|week|ago|now|same|only|own|other|another|"
    rf"said|says|told|named|called|known|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:{_SOMEBODY})(?:['’]s|s['’]))(?!\w)"
)
_VAGUE = re.compile(rf"\b(?:{_SOMEBODY})$")
# A sentence and the question made of it, the most telling first: an article gives its first fitting ones.
_TEMPLATES = (
    (rf"(?P<answer>{_NAME}), (?P<what>the (?:{_WORD} )*?{_ROLE}{_OF}?){_STOP}", "Who is {what}?"),
    (rf"(?P<answer>{_NAME}), (?P<what>(?:(?!an? ){_WORD} )?{_ROLE} (?:of|for) {_PROPER}){_STOP}", "Who is the {what}?"),
    (
        rf"\b(?P<role>{_OFFICE}) (?P<answer>{_NAME}) of (?P<what>{_PROPER})(?:{_SPEAKS}|{_ENDS})",
        "Who is the {role} of {what}?",
    ),
    (rf"(?<![A-Z][a-z] )\b(?P<what>{_NATION}) (?P<role>{_OFFICE}) (?P<answer>{_NAME})\b", "Who is the {what} {role}?"),
    (rf"^{_TITLES}(?P<answer>{_NAME}) (?P<verb>{_BECAME}) (?P<what>{_POST} of {_PROPER}){_ENDS}", "Who {verb} {what}?"),
    (rf"(?P<answer>{_NAME}), who (?P<verb>{_LEADS}) (?P<what>the {_PHRASE}){_STOP}", "Who {verb} {what}?"),
    (
        rf"^{_TITLES}(?P<answer>{_NAME})(?:, an? [^,]+,)? (?P<verb>{_WON}) (?P<what>the {_PHRASE}){_ENDS}",
        "Who {verb} {what}?",
    ),
    (rf"^(?P<what>The {_PHRASE} (?:prize|award|trophy)) went to (?P<answer>{_NAME})\b", "Who did {what} go to?"),
    (rf"^{_HOW_MANY} (?P<verb>(?:{_CAME}) {_WHERE} {_PROPER}|were {_BACK}){_ENDS}", "How many {what} {verb}?"),
    (
        rf"^(?P<who>{_BODY}) (?P<has>has|have) (?P<done>{_DID}) {_HOW_MANY}{_ENDS}",
        "How many {what} {has} {who} {done}?",
    ),
    (rf"(?P<who>^{_BODY}|\b{_PEOPLE}) (?P<did>{_DID}) {_HOW_MANY}{_ENDS}", "How many {what} did {who} {did}?"),
    (
        rf"\b(?P<what>[Tt]he {_PLAIN}) (?P<will>will|would) cost {_ABOUT}(?P<answer>{_MONEY})",
        "How much {will} {what} cost?",
    ),
    (
        rf"^(?P<what>The {_PHRASE}) (?P<was>was|were) (?P<done>{_DONE}) in (?P<answer>(?:[A-Z][a-z]+ )?[12]\d\d\d)\b",
        "When {was} {what} {done}?",
    ),
)
_COMPILED = tuple((re.compile(pattern), question) for pattern, question in _TEMPLATES)


def propose(articles: Iterable[Article], limit: int) -> list[Proposal]:
    """Return at most so many questions: one from each article first, kinds of question by turns. Pure.

    Of the articles, the first `MOST_ARTICLES` are looked at.
    """
    each = [list(_of(article)) for article in islice(articles, MOST_ARTICLES)]
    asked: set[str] = set()
    chosen: list[Proposal] = []
    for one_an_article in zip_longest(*each):
        kinds: dict[str, list[Proposal]] = {}
        for proposal in filter(None, one_an_article):
            key = answer_key(proposal.question)
            if key not in asked:
                asked.add(key)
                kinds.setdefault(proposal.question.split()[0], []).append(proposal)
        for turn in zip_longest(*kinds.values()):
            chosen += filter(None, turn)
    return chosen[:limit]


def _of(article: Article) -> Iterator[Proposal]:
    """Give an article's questions, the most telling first."""
    text = article.text
    if len(text) > READ_CHARACTERS:
        text = text[: max(text.rfind("\n", 0, READ_CHARACTERS), 0)]
    sentences = [text[start:end] for start, end in sentence_spans(text) if end - start <= LONGEST_SENTENCE]
    for pattern, form in _COMPILED:
        for match in filter(None, map(pattern.search, sentences)):
            question = form.format(**{name: _inside(name, found) for name, found in match.groupdict().items()})
            if _natural(question, match["answer"], match["what"]):
                yield Proposal(question, match["answer"], article.source.article_id)


def _inside(name: str, found: str) -> str:
    """Return a part of a sentence as it stands inside a question: names keep their capital."""
    if name == "did":
        return _BASE[found]
    return found.lower() if name == "role" or re.fullmatch(_PEOPLE, found) else re.sub("^The ", "the ", found)


def _natural(question: str, answer: str, what: str) -> bool:
    """Return whether a question stands alone: of fit length, about something named, and not giving its answer away."""
    if not SHORTEST <= len(question) <= LONGEST or _POINTING.search(question):
        return False
    if what.split()[-1].isdigit() or set(words(answer)) & set(words(question)):
        return False
    named = re.search(r"[A-Z]", what.removeprefix("The")) or question.startswith("How many")
    plain = [w for w in what.split() if w.lower() not in {"the", "of", "in", "for"} and not re.search("['’]s?$", w)]
    return bool(named) or (len(plain) > 1 and not _VAGUE.search(what))


def starters(assistant: Answers, articles: Iterable[Article], *, wanted: int = 4, tries: int = 16) -> list[str]:
    """Return at most so many questions that the assistant answers well, from as many articles as can be.

    tries: how many questions are asked at most. One is kept when its answer is sure (`MIN_CONFIDENCE`), is the one that
    its sentence gives, and cites the article that it was made from.
    """
    proven: list[tuple[int, str]] = []  # how many of the same article came before, and the question
    from_article: Counter[str] = Counter()
    for proposal in propose(articles, tries):
        if len(from_article) == wanted:
            break
        if _answered(assistant.answer(proposal.question), proposal):
            proven.append((from_article[proposal.article_id], proposal.question))
            from_article[proposal.article_id] += 1
    return [question for _, question in sorted(proven, key=lambda each: each[0])][:wanted]


def _answered(answer: Answer, proposal: Proposal) -> bool:
    return (
        not answer.abstained
        and answer.confidence >= MIN_CONFIDENCE
        and (says(answer.text, [proposal.answer]) or says(proposal.answer, [answer.text]))
        and any(citation.source.article_id == proposal.article_id for citation in answer.citations)
    )


def load_starters(index_folder: Path, build: str) -> list[str] | None:
    """Return the questions kept for a build (the name of its folder); None when there are none, or of another build."""
    try:
        saved = json.loads((index_folder / CACHE).read_text("utf-8"))
        questions, of_build = saved["questions"], saved["build"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    whole = isinstance(questions, list) and all(isinstance(question, str) for question in questions)
    return questions if whole and of_build == build else None


def save_starters(index_folder: Path, build: str, questions: Sequence[str]) -> None:
    """Keep the questions of a build in its index, whole or not at all; an index that cannot be written keeps none."""
    text = json.dumps({"build": build, "questions": list(questions)}, ensure_ascii=False)
    with suppress(OSError):
        replace_file(index_folder / CACHE, text.encode())
