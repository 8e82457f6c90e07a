"""What stands beside the conversation → HTML: an opened article, the list of articles, the index's state. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Article, Skipped, Source
from rag.wording import count
from ui.markup import MAX_LINE, MAX_NAME, MAX_QUOTE, cut, describe_day, escape

MAX_LISTED = 50  # articles, and skipped files, that are listed at once


@dataclass(frozen=True, slots=True)
class Shelf:
    """The articles of the live build, as the page tells of them. built: UTC, ISO 8601."""

    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    passages: int
    built: str

    @property
    def publishers(self) -> list[str]:
        """Every publisher's name, in order."""
        return sorted({source.publisher for source in self.sources if source.publisher})

    def matching(self, words: str) -> list[Source]:
        """Return the articles whose title, publisher, day or id hold every word, newest first."""
        wanted = words.casefold().split()
        found = [one for one in self.sources if all(word in _searchable(one) for word in wanted)]
        return sorted(found, key=lambda one: (one.published or "", one.article_id), reverse=True)


def _searchable(source: Source) -> str:
    day = describe_day(source.published) if source.published else None
    parts = (source.title, source.publisher, source.published, day, source.article_id)
    return " ".join(part for part in parts if part).casefold()


def render_shelf(shelf: Shelf) -> str:
    """Return how many articles there are, from when to when, by whom, and when the index was built."""
    days = sorted(source.published[:10] for source in shelf.sources if source.published)
    span = f", {escape(describe_day(days[0]))} to {escape(describe_day(days[-1]))}" if days else ""
    undated = len(shelf.sources) - len(days)
    parts = [f"{count(len(shelf.sources), 'article')}{span}", count(len(shelf.publishers), "publisher")]
    parts += [f"{undated:,} without a date"] if undated else []
    built = f"Last built {escape(describe_day(shelf.built[:16]))} UTC"
    return f'<p class="rag-shelf">{". ".join(parts)}. {built}.</p>{_skipped(shelf.skipped)}'


def _skipped(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return ""
    rows = "".join(
        f"<li><bdi>{escape(cut(one.path, MAX_LINE))}</bdi>: {escape(cut(one.reason, MAX_LINE))}</li>"
        for one in skipped[:MAX_LISTED]
    )
    more = f"<li>and {len(skipped) - MAX_LISTED:,} more</li>" if len(skipped) > MAX_LISTED else ""
    head = f"<summary>{len(skipped):,} skipped, and why</summary>"
    return f'<details class="rag-skipped">{head}<ul>{rows}{more}</ul></details>'


def render_status(sentence: str) -> str:
    """Return one sentence of ours."""
    return f'<p class="rag-notice" role="status">{escape(cut(sentence, MAX_QUOTE))}</p>'


def render_starters(questions: Sequence[str]) -> str:
    """Return questions to begin with, as buttons."""
    buttons = "".join(
        f'<button type="button" class="rag-starter" title="Ask this">{escape(cut(question, MAX_LINE))}</button>'
        for question in questions
    )
    return f'<p class="rag-quiet">The articles answer, for example:</p>{buttons}' if buttons else ""


def render_list(shelf: Shelf, words: str, own: frozenset[str]) -> str:
    """Return the articles that match the words. own: ids of those that were added on the page and can be deleted."""
    found = shelf.matching(words)
    rows = "".join(_listed(source, source.article_id in own) for source in found[:MAX_LISTED])
    more = len(found) - MAX_LISTED
    rest = f'<p class="rag-more">and {more:,} more; narrow the search.</p>' if more > 0 else ""
    return f'<ul class="rag-list">{rows}</ul>{rest}' if found else '<p class="rag-more">No article matches.</p>'


def _listed(source: Source, own: bool) -> str:
    parts = [source.publisher or "", describe_day(source.published) if source.published else ""]
    about = " · ".join(f"<bdi>{escape(cut(part, MAX_NAME))}</bdi>" for part in parts if part)
    title = escape(cut(source.title, MAX_LINE))
    kind = "rag-remove rag-own" if own else "rag-remove"
    means = "Delete this added file" if own else "Leave this article out of the index; the file stays"
    return (
        f'<li><span class="rag-id">{escape(source.article_id)}</span>'
        f'<button type="button" class="rag-read"><bdi>{title}</bdi></button><p class="rag-about">{about}</p>'
        f'<button type="button" class="{kind}" title="{means}" aria-label="Remove {title}">Remove</button></li>'
    )


def render_article(article: Article, start: int, end: int) -> str:
    """Return a whole article with the characters start..end marked."""
    source = article.source
    about = [source.publisher or "", f"By {source.byline}" if source.byline else ""]
    about += [describe_day(source.published) if source.published else "", source.path_or_url]
    line = " · ".join(f"<bdi>{escape(cut(part, MAX_LINE))}</bdi>" for part in about if part)
    first, last = max(0, min(start, len(article.text))), max(0, min(end, len(article.text)))
    text = escape(article.text[:first])
    if last > first:
        text += f'<mark id="rag-hit" tabindex="-1">{escape(article.text[first:last])}</mark>'
    text += escape(article.text[max(first, last) :])
    return (
        f'<h2 dir="auto">{escape(cut(source.title, MAX_LINE))}</h2><p class="rag-about">{line}</p>'
        f'<div class="rag-fulltext" dir="auto">{text}</div>'
    )
