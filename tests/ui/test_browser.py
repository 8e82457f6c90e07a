"""The page in a real Chromium. RAG_SCREENSHOTS=folder keeps what was seen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.types import SAID_NOTHING
from tests.ui.conftest import HERONS, HOSTILE

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 60_000  # ms a test waits for an answer on a busy machine
CRACKS, COUNT = "How many cracks did engineers find?", "How many herons did the warden Ada Quill count?"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("loopback"),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no chromium (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Reader:
    """Someone at the page, who notes what it fetched and what went wrong."""

    def __init__(self, browser: sync_api.Browser, address: str, **look: object) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **look})
        self.page = self.context.new_page()
        self.asked: set[str] = set()
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        self.page.goto(address)
        self.page.wait_for_selector("#rag-box textarea")

    def ask(self, question: str) -> sync_api.Locator:
        """Type into whatever has the focus, press Enter, and return the finished turn."""
        turns = self.page.locator("#rag-chat .bot-row")
        before = turns.count()
        self.page.keyboard.insert_text(question)
        self.page.keyboard.press("Enter")
        turns.nth(before).wait_for(timeout=SECONDS)
        self.page.wait_for_function(
            "n => { const rows = document.querySelectorAll('#rag-chat .bot-row');"
            " return rows.length > n && !rows[n].textContent.includes('Searching'); }",
            arg=before, timeout=SECONDS,
        )  # fmt: skip
        return turns.nth(before)

    def keep(self, name: str) -> None:
        """Take a screenshot if anybody wants to look."""
        if folder := os.environ.get("RAG_SCREENSHOTS"):
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def visit(browser, address):
    readers: list[Reader] = []

    def arrive(**look: object) -> Reader:
        readers.append(Reader(browser, address, **look))
        return readers[-1]

    yield arrive
    for reader in readers:
        reader.context.close()
        assert {url for url in reader.asked if not url.startswith((address, "data:", "blob:"))} == set()
        assert reader.faults == []


@pytest.fixture
def reader(visit) -> Reader:
    return visit()


def test_ask_and_see_the_words_in_their_sentence(reader: Reader) -> None:
    assert reader.page.title() == "Ask the newsroom"
    reader.keep("empty")
    turn = reader.ask(CRACKS)
    assert turn.locator(".rag-short").inner_text() == "17"
    sentence = turn.locator(".rag-answer > .rag-quote")
    assert "found 17 cracks" in sentence.inner_text()
    assert sentence.locator("mark").all_inner_texts() == ["17"]
    assert turn.locator("h3").first.inner_text() == "2 sources"
    cards = turn.locator(".rag-sources .rag-publisher").all_inner_texts()
    assert sorted(cards) == ["The Marlow Courier", "The Marlow Herald"]
    assert turn.locator(".rag-sources mark").evaluate_all("marks => marks.map(mark => mark.textContent)") == [
        "17",
        "17",
    ]
    assert turn.locator(".rag-confidence").first.inner_text().endswith("%)")
    box = reader.page.locator("#rag-box textarea")
    assert box.input_value() == ""
    assert box.evaluate("box => box === document.activeElement")
    reader.keep("answer")


def test_a_status_is_on_the_page_while_it_searches(reader: Reader) -> None:
    reader.page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => {"
        " const notice = document.querySelector('.rag-notice'); if (notice) window.seen.push(notice.textContent); })"
        ".observe(document.body, {subtree: true, childList: true, characterData: true}); }"
    )
    reader.ask(CRACKS)
    assert "Searching and reading the articles …" in reader.page.evaluate("window.seen")


def test_what_is_not_said_is_marked_as_no_answer(reader: Reader) -> None:
    turn = reader.ask("What is the capital of Australia?")
    assert turn.locator(".rag-short").inner_text() == SAID_NOTHING
    assert "Why: the passages found do not answer the question." in turn.inner_text()
    assert turn.locator("h3").all_inner_texts() == ["Closest passage, not an answer"]
    assert turn.locator("mark").count() == 0
    reader.keep("silence")


def test_a_hostile_article_is_shown_to_the_letter_and_does_nothing(reader: Reader) -> None:
    turn = reader.ask(COUNT)
    assert turn.locator(".rag-short").inner_text() == "31"
    quotes = turn.locator(".rag-quote").evaluate_all("quotes => quotes.map(quote => quote.textContent)")
    assert quotes[:2] == [f"“{HERONS}”"] * 2
    assert turn.locator(".rag-title").first.inner_text() == HOSTILE["title"]
    assert turn.locator(".rag-publisher").first.inner_text() == HOSTILE["publisher"]
    assert turn.locator("mark").all_inner_texts()[0] == "31"
    assert turn.locator("script, img, svg, h1, a, strong, em, code, .katex, .mermaid, [onerror], [onload]").count() == 0
    assert reader.page.evaluate("window.broken") is None
    reader.keep("hostile")


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror='window.broken=1'> how many cracks?",
        "</p></article><script>window.broken=1</script> cracks",
        "[cracks](javascript:window.broken=1) **bold** $$x^2$$ `code` # head",
        "${window.broken=1} {{7*7}} cracks &lt;b&gt;",
    ],
)
def test_a_hostile_question_is_shown_to_the_letter_and_does_nothing(reader: Reader, question: str) -> None:
    reader.ask(question)
    row = reader.page.locator("#rag-chat .user-row").last
    assert row.locator(".rag-question").evaluate("shown => shown.textContent") == question
    assert row.locator("script, img, a, strong, code, h1, .katex").count() == 0
    assert reader.page.evaluate("window.broken") is None


def test_a_mistake_is_one_sentence_and_direction_characters_are_shown(reader: Reader) -> None:
    turn = reader.ask("\u202e" + "why " * 300)
    notice = "The question has 1,201 characters, at most 1,000 are read; shorten it."
    assert turn.locator(".rag-notice").inner_text() == notice
    shown = reader.page.locator(".rag-question").last.evaluate("shown => shown.textContent")
    assert shown == "\ufffd" + "why " * 300


def test_the_second_wall_holds_where_escaping_would_not(visit) -> None:
    reader = visit()
    result = reader.page.evaluate(
        """async () => {
          const place = document.createElement('div');
          place.innerHTML = '<img src="x" onerror="window.broken=1">';
          document.body.append(place);
          await new Promise(done => setTimeout(done, 500));
          const left = await fetch('http://127.0.0.2:1/').then(() => 'sent', error => error.message);
          return [window.broken ?? null, left];
        }"""
    )
    assert result == [None, "Failed to fetch"]
    assert any("Content Security Policy" in fault and "script-src-attr" in fault for fault in reader.faults)
    assert any("Content Security Policy" in fault and "connect-src" in fault for fault in reader.faults)
    reader.faults.clear()
    reader.asked.clear()  # the attempt is listed as a request, though it was stopped


def test_a_folded_source_opens_by_keyboard(reader: Reader) -> None:
    turn = reader.ask(CRACKS)
    first = turn.locator("details").first
    assert first.get_attribute("open") is None
    first.locator("summary").focus()
    reader.page.keyboard.press("Enter")
    assert first.locator(".rag-quote").is_visible()
    assert first.locator(".rag-place").inner_text().endswith(".md")


def test_a_follow_up_says_what_it_was_asked_with_and_a_new_conversation_forgets(reader: Reader) -> None:
    reader.ask("What did engineers find?")
    turn = reader.ask("And who said what the repair would cost?")
    assert turn.locator(".rag-context").inner_text() == "Searched together with “What did engineers find?”"
    reader.keep("followup")
    reader.page.get_by_role("button", name="New conversation").click()
    reader.page.locator("#rag-chat .bot-row").first.wait_for(state="detached")
    reader.page.locator("#rag-box textarea").focus()
    assert reader.ask("And who said what the repair would cost?").locator(".rag-context").count() == 0


def test_two_readers_do_not_see_each_other(visit) -> None:
    one, other = visit(), visit()
    one.ask(CRACKS)
    other.ask(COUNT)
    assert other.page.locator("#rag-chat .user-row").count() == 1
    assert one.page.locator("#rag-chat .user-row").all_inner_texts() == [CRACKS]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phones_width_and_both_lights(visit, scheme: str) -> None:
    reader = visit(viewport={"width": 375, "height": 740}, device_scale_factor=2, color_scheme=scheme)
    reader.ask(CRACKS)
    reader.ask(COUNT)
    assert reader.page.evaluate("document.documentElement.scrollWidth") == 375
    ground = reader.page.evaluate("getComputedStyle(document.querySelector('gradio-app')).backgroundColor")
    assert ground == {"light": "rgb(250, 249, 246)", "dark": "rgb(24, 25, 27)"}[scheme]
    reader.page.wait_for_function(  # the last question goes to the top, its answer below it
        "() => [...document.querySelectorAll('#rag-chat .user-row')].pop().getBoundingClientRect().top < 150"
    )
    reader.keep(f"phone-{scheme}")
