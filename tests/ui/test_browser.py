"""The page in a real Chromium. RAG_SCREENSHOTS=folder keeps what was seen; RAG_AXE=axe.min.js scans for barriers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import rag
from rag.store import Snapshot
from rag.types import SAID_NOTHING
from tests.commands import ROOT
from tests.newsroom import write_newsroom
from tests.ui.conftest import HERONS, HOSTILE, served
from ui.app import MAX_WAITING

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
UNSAID = "What is the capital of Australia?"
LAMP = "Lighthouse lit again\n\nKeeper Ruth Amble lit the lamp of Foss lighthouse on Friday after nine dark years.\n"
WHO_LIT = "Who lit the lamp of Foss lighthouse?"
NO_MARKUP = "script, img, svg, h1, a, strong, em, code, iframe, style, .katex, .mermaid, [onerror], [onload], [onclick]"

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
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **look})
        self.page = self.context.new_page()
        self.asked: set[str] = set()
        self.faults: list[str] = []
        self.address = address
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        self.page.set_default_timeout(SECONDS)
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until the page can be used."""
        self.page.wait_for_selector("#rag-box textarea")
        self.page.wait_for_function("() => window.rag")

    def ask(self, question: str) -> sync_api.Locator:
        """Type into whatever has the focus, press Enter, and return the finished turn."""
        turns = self.page.locator("#rag-chat .bot-row")
        before = turns.count()
        self.page.keyboard.insert_text(question)
        self.page.keyboard.press("Enter")
        return self.answered(before)

    def answered(self, number: int) -> sync_api.Locator:
        """Wait for the turn of that number, from 0, and return it."""
        row = self.page.locator("#rag-chat .bot-row").nth(number)
        row.locator(".rag-turn, .rag-notice").wait_for()
        return row

    def questions(self) -> list[str]:
        """Return every question on the page."""
        return self.page.locator("#rag-chat .rag-question").all_inner_texts()

    def button(self, name: str) -> None:
        """Press a button of the page by its name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def articles(self) -> None:
        """Open the panel of articles."""
        self.button("Articles")
        self.page.wait_for_selector(".rag-list li")

    def keep(self, name: str) -> None:
        """Take a screenshot if anybody wants to look."""
        if folder := os.environ.get("RAG_SCREENSHOTS"):
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def visit(browser, address):
    readers: list[Reader] = []

    def arrive(at: str = address, **look: object) -> Reader:
        readers.append(Reader(browser, at, **look))
        return readers[-1]

    yield arrive
    for reader in readers:
        reader.context.close()
        own = (reader.address, "data:", "blob:")
        assert {url for url in reader.asked if not url.startswith(own)} == set()
        assert reader.faults == []


@pytest.fixture
def reader(visit) -> Reader:
    return visit()


# --- asking -------------------------------------------------------------------------------------------------------


def test_ask_and_see_the_words_in_their_sentence(reader: Reader) -> None:
    assert reader.page.title() == "Ask the newsroom"
    reader.page.wait_for_selector(".rag-starter")
    reader.keep("empty")
    turn = reader.ask(CRACKS)
    assert turn.locator(".rag-short bdi").inner_text() == "17"
    sentence = turn.locator(".rag-main > .rag-quote")
    assert "found 17 cracks" in sentence.inner_text()
    assert sentence.locator("mark").all_inner_texts() == ["17"]
    assert turn.locator(".rag-side h3").inner_text() == "2 sources"
    assert sorted(turn.locator(".rag-sources .rag-publisher").all_inner_texts()) == [
        "The Marlow Courier",
        "The Marlow Herald",
    ]
    assert turn.locator(".rag-sources mark").evaluate_all("all => all.map(mark => mark.textContent)") == ["17", "17"]
    assert turn.locator(".rag-agree").inner_text().startswith("2 articles say so: The Marlow ")
    assert turn.locator(".rag-confidence summary").inner_text().endswith("%)")
    assert turn.locator(".rag-seconds").inner_text().endswith(" s")
    box = reader.page.locator("#rag-box textarea")
    assert box.input_value() == ""
    assert box.evaluate("box => box === document.activeElement")
    reader.keep("answer")


def test_the_stages_are_on_the_page_as_they_happen(reader: Reader) -> None:
    reader.page.evaluate(
        """() => { window.seen = [];
          new MutationObserver(() => {
            const stage = document.querySelector('.rag-stages');
            if (stage && window.seen.at(-1) !== stage.textContent) window.seen.push(stage.textContent);
          }).observe(document.body, {subtree: true, childList: true, characterData: true}); }"""
    )
    reader.ask(CRACKS)
    seen = reader.page.evaluate("window.seen")
    assert seen == ["Searching the articles …", "Found 4 passages in 4 articles · Reading and deciding …"]


def test_a_chip_opens_its_source_and_the_article_opens_at_the_very_words(reader: Reader, newsroom_index: Path) -> None:
    turn = reader.ask(CRACKS)
    second = turn.locator(".rag-source").nth(1)
    assert second.locator("details").get_attribute("open") is None
    turn.locator(".rag-chip").nth(1).click()
    assert second.locator(".rag-passage").is_visible()
    assert "rag-lit" in second.get_attribute("class")
    assert second.locator("summary").evaluate("node => node === document.activeElement")
    reader.keep("citation")
    quote = second.locator(".rag-said").evaluate("node => node.textContent")
    second.locator(".rag-open").click()
    dialog = reader.page.get_by_role("dialog")
    dialog.locator("mark").wait_for()
    article_id = json.loads(second.locator(".rag-ref").evaluate("node => node.textContent"))[0]
    assert dialog.locator("mark").inner_text() == quote
    assert dialog.locator(".rag-fulltext").evaluate("node => node.textContent") == text_of(newsroom_index, article_id)
    assert dialog.locator("mark").evaluate("node => node === document.activeElement")
    reader.keep("article")
    reader.page.keyboard.press("Escape")
    assert not dialog.is_visible()


def text_of(index: Path, article_id: str) -> str:
    snapshot = Snapshot.open(index)
    [number] = [n for n, source in enumerate(snapshot.sources) if source.article_id == article_id]
    return snapshot.article(number).text


def test_a_quote_is_copied_with_its_source(visit) -> None:
    reader = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = reader.ask(CRACKS)
    turn.locator(".rag-copy").first.click()
    reader.page.wait_for_selector("text=Copied")
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied == turn.locator(".rag-cited").first.evaluate("node => node.textContent")
    assert copied.startswith("“")
    assert "17 cracks" in copied
    assert "(The Marlow " in copied


def test_what_is_not_said_is_marked_as_no_answer(reader: Reader) -> None:
    turn = reader.ask(UNSAID)
    assert turn.locator(".rag-short").inner_text() == SAID_NOTHING
    assert turn.locator(".rag-reason").inner_text() == "Why: nothing in the articles matches the question."
    assert turn.locator(".rag-detail").inner_text() == "“Australia” stands in none of the articles."
    assert turn.locator(".rag-help").inner_text().startswith("What would help: ")
    assert turn.locator("h3").all_inner_texts() == ["Closest passage, not an answer"]
    assert turn.locator("mark").count() == 0
    assert turn.locator(".rag-bar, .rag-chip").count() == 0
    reader.keep("silence")


def test_the_inspector_tells_every_passages_scores_and_fate(reader: Reader) -> None:
    reader.ask(COUNT)
    turn = reader.ask(CRACKS)
    assert reader.page.locator(".rag-inspect").count() == 1  # of the last question only
    turn.locator(".rag-inspect summary").click()
    assert turn.locator(".rag-inspect thead th").all_inner_texts() == [
        "Passage", "Dense", "BM25", "Fused", "Best words", "Reader", "Confidence", "What became of it",
    ]  # fmt: skip
    fates = turn.locator(".rag-inspect tbody td:last-child").all_inner_texts()
    assert len(fates) == 4
    assert {"cited as [1]", "cited as [2]"} <= set(fates)
    reader.keep("inspector")


def test_a_starter_is_asked_and_answered(reader: Reader) -> None:
    starter = reader.page.locator(".rag-starter").first
    starter.wait_for()
    question = starter.inner_text()
    starter.click()
    turn = reader.answered(0)
    assert reader.questions() == [question]
    assert turn.locator(".rag-silent").count() == 0
    assert not starter.is_visible()


FIRE = {
    "The Marlow Herald": "The fire in Rope Lane on Monday destroyed 600 boats, the harbour master Ada Quill said.",
    "The Tarn Post": "The fire in Rope Lane destroyed 850 boats on Monday. Firemen came from three towns: Marlow, "
    "Tarnby and Foss.",
}
BOATS, TOWNS = "How many boats did the fire in Rope Lane destroy?", "From which three towns did firemen come?"


@pytest.fixture(scope="module")
def fire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page over two reports that differ, one with a list."""
    folder = tmp_path_factory.mktemp("fire")
    (folder / "news").mkdir()
    for number, (paper, text) in enumerate(FIRE.items()):
        head = f"---\ntitle: Rope Lane burns\npublisher: {paper}\ndate: '2025-03-04'\n---\n\n"
        (folder / "news" / f"{number}.md").write_text(head + text + "\n", "utf-8")
    rag.build_index(articles=folder / "news", index=folder / "index")
    with served(folder / "index", folder) as (address, _):
        yield address


@pytest.mark.parametrize("width", [1280, 375])
def test_reports_that_differ_stand_in_a_table_and_open_at_their_words_by_keyboard(fire: str, visit, width: int) -> None:
    reader = visit(fire, viewport={"width": width, "height": 800})
    turn = reader.ask(BOATS)
    assert turn.locator(".rag-differ").inner_text().startswith("The reports differ: 1 source says ")
    rows = dict(
        zip(*(turn.locator(f".rag-values tbody {cell}").all_inner_texts() for cell in ("th", "td + td")), strict=True)
    )
    assert set(rows) == {"600 boats", "850"}
    assert "The Marlow Herald, 4 March 2025" in rows["600 boats"]
    paper = turn.locator(".rag-values").get_by_role("button", name="The Marlow Herald, 4 March 2025")
    paper.focus()
    reader.page.keyboard.press("Enter")
    dialog = reader.page.get_by_role("dialog")
    dialog.locator("mark").wait_for()
    assert dialog.locator("mark").inner_text() == FIRE["The Marlow Herald"]
    reader.page.keyboard.press("Escape")
    assert paper.evaluate("node => node === document.activeElement")
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width
    assert turn.locator(".rag-values").evaluate("node => node.scrollWidth <= node.parentElement.clientWidth")
    reader.keep(f"differ-{width}")
    reader.page.reload()
    reader.settle()
    assert reader.answered(0).locator(".rag-values tbody tr").count() == 2


def test_a_list_is_told_item_by_item_and_its_numbers_open_the_article(fire: str, visit) -> None:
    reader = visit(fire)
    turn = reader.ask(TOWNS)
    assert turn.locator(".rag-items li > bdi").all_inner_texts() == ["Marlow", "Tarnby", "Foss"]
    assert turn.locator(".rag-main > .rag-quote mark").all_inner_texts() == ["Marlow", "Tarnby", "Foss"]
    assert turn.locator(".rag-day").inner_text() == "as of 4 March 2025"
    turn.locator(".rag-items .rag-open").last.click()
    mark = reader.page.locator("#rag-dialog mark")
    mark.wait_for()
    assert mark.inner_text() == "Firemen came from three towns: Marlow, Tarnby and Foss."
    reader.keep("list")


# --- conversation -------------------------------------------------------------------------------------------------


def test_a_follow_up_says_what_it_was_searched_with_and_undo_and_new_forget(reader: Reader) -> None:
    reader.ask("What did engineers find?")
    turn = reader.ask("And who said what the repair would cost?")
    shown = turn.locator(".rag-context").inner_text()
    assert shown.startswith("Searched for “What did engineers find? ")
    assert shown.endswith(" And who said what the repair would cost?”")
    reader.keep("followup")
    reader.button("Undo")
    reader.page.locator("#rag-chat .bot-row").nth(1).wait_for(state="detached")
    assert reader.questions() == ["What did engineers find?"]
    reader.button("New conversation")
    reader.page.locator("#rag-chat .bot-row").first.wait_for(state="detached")
    reader.page.locator("#rag-box textarea").focus()
    assert reader.ask("And who said what the repair would cost?").locator(".rag-context").count() == 0


def test_an_earlier_question_is_changed_and_asked_again(reader: Reader) -> None:
    reader.ask(COUNT)
    reader.ask(UNSAID)
    box = reader.page.locator("#rag-box textarea")
    box.fill("And what of")
    reader.page.locator(".rag-edit").first.click()
    reader.page.wait_for_function("text => document.querySelector('#rag-box textarea').value === text", arg=COUNT)
    reader.page.wait_for_selector("#rag-editing")
    reader.keep("edit")
    reader.button("Leave it as it was")
    reader.page.wait_for_selector("#rag-editing", state="hidden")
    assert (box.input_value(), len(reader.questions())) == ("And what of", 2)
    reader.page.locator(".rag-edit").first.click()
    reader.page.wait_for_selector("#rag-editing")
    box.fill(CRACKS)
    box.press("Enter")
    reader.page.wait_for_function("() => document.querySelectorAll('.rag-question').length === 1")
    assert reader.answered(0).locator(".rag-short bdi").inner_text() == "17"
    assert reader.questions() == [CRACKS]
    reader.page.wait_for_selector("#rag-editing", state="hidden")


def test_a_conversation_is_not_cleared_under_an_answer(reader: Reader) -> None:
    reader.page.evaluate(
        """() => { window.pressed = 0;
          new MutationObserver((_, watch) => {
            if (!document.querySelector('.rag-stages')) return;
            watch.disconnect();
            window.pressed = 1;
            document.querySelector('#rag-foot button').click();
          }).observe(document.body, {subtree: true, childList: true}); }"""
    )
    reader.ask(CRACKS)
    assert reader.page.evaluate("window.pressed") == 1
    reader.page.wait_for_timeout(500)
    assert reader.questions() == [CRACKS]
    reader.button("New conversation")
    reader.page.locator("#rag-chat .bot-row").first.wait_for(state="detached")


def test_a_queue_that_is_full_is_said_and_the_question_given_back(reader: Reader) -> None:
    with httpx.Client(base_url=f"{reader.address}gradio_api/", timeout=30) as crowd:
        settings = crowd.get(f"{reader.address}config").json()
        [ask] = [one["id"] for one in settings["dependencies"] if len(one["inputs"]) == 5 and one["backend_fn"]]
        for number in range(4 * MAX_WAITING):  # some are answered meanwhile; each is another, or it would be remembered
            body = {
                "data": [[f"{CRACKS} {number}", -1], [], [], "", ""],
                "fn_index": ask,
                "session_hash": f"crowd{number}",
            }
            refusal = crowd.post("queue/join", json=body)
            if refusal.status_code == 503:
                break
        else:
            raise AssertionError("the queue takes any number")
        # What the server said is said again, or a place might be free by the time that the page asks.
        reader.page.route("**/queue/join*", lambda route: route.fulfill(status=503, body=refusal.text))
        notice = reader.ask(COUNT).locator(".rag-notice").inner_text()
    assert notice.startswith("The answer did not come: too many questions are waiting")
    assert reader.page.locator("#rag-box textarea").input_value() == COUNT
    reader.faults.clear()  # the browser's own note of the refusal


def test_asking_nothing_changes_nothing(reader: Reader) -> None:
    reader.button("Ask")
    reader.page.wait_for_timeout(300)
    reader.page.locator("#rag-box textarea").focus()
    reader.ask(CRACKS)
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_timeout(300)
    assert reader.ask(COUNT).locator(".rag-short bdi").inner_text() == "31 herons"
    assert reader.questions() == [CRACKS, COUNT]


def test_a_reload_keeps_the_conversation_and_nobody_else_sees_it(visit) -> None:
    reader = visit()
    reader.ask(CRACKS)
    reader.ask(UNSAID)
    reader.page.reload()
    reader.settle()
    reader.answered(1)
    assert reader.questions() == [CRACKS, UNSAID]
    assert reader.page.locator(".rag-short bdi").all_inner_texts() == ["17"]
    assert visit().page.locator("#rag-chat .bot-row").count() == 0


def test_the_conversation_is_saved_as_markdown_and_json(reader: Reader) -> None:
    reader.ask(CRACKS)
    with reader.page.expect_download() as got:
        reader.button("Save as Markdown")
    assert got.value.suggested_filename == "conversation.md"
    text = Path(got.value.path()).read_text("utf-8")
    assert f"## {CRACKS}\n\n**17** (" in text
    assert "\n\n> “The old bridge over the Tarn closed" in text
    with reader.page.expect_download() as got:
        reader.button("Save as JSON")
    [turn] = json.loads(Path(got.value.path()).read_text("utf-8"))
    assert (turn["question"], turn["answer"]["text"], len(turn["answer"]["citations"])) == (CRACKS, "17", 2)


def test_a_verdict_and_its_note_are_kept_for_rag_eval(reader: Reader, newsroom_index: Path) -> None:
    turn = reader.ask(CRACKS)
    turn.locator("details").first.locator("summary").click()
    turn.locator(".rag-bad").click()
    reader.page.wait_for_selector(".rag-bad.rag-pressed[aria-pressed=true]")
    assert reader.page.evaluate("() => document.activeElement.className").split()[-2:] == ["rag-bad", "rag-pressed"]
    assert turn.locator("details").evaluate_all("all => all.map(one => one.open)")[0]  # as it was unfolded before
    note = reader.page.locator("#rag-note textarea")
    note.fill("Seventeen <b>lorries</b>")
    reader.keep("verdict")
    note.press("Enter")
    note.wait_for(state="hidden")
    lines = (newsroom_index.parent / "index.page" / "feedback.jsonl").read_text("utf-8").splitlines()
    told = [(line["good"], line["note"], line["answer"]["text"]) for line in map(json.loads, lines)]
    assert told[-2:] == [(False, "", "17"), (False, "Seventeen <b>lorries</b>", "17")]


def test_filters_narrow_the_articles_and_say_so(reader: Reader) -> None:
    reader.page.get_by_text("Only some articles").click()
    publishers = reader.page.get_by_label("Publishers")
    publishers.click()
    reader.page.get_by_role("option", name="The Marlow Courier").click()
    publishers.press("Escape")
    reader.page.locator("#rag-box textarea").focus()
    turn = reader.ask(CRACKS)
    assert turn.locator(".rag-sources .rag-publisher").all_inner_texts() == ["The Marlow Courier"]
    assert turn.locator(".rag-context").inner_text() == "Only The Marlow Courier"
    reader.keep("filter")
    reader.page.get_by_label("From day").fill("March")
    reader.page.locator("#rag-box textarea").focus()
    notice = reader.ask(CRACKS).locator(".rag-notice").inner_text()
    assert notice == "'March' is not a day; write it as 2025-02-04."


# --- safety -------------------------------------------------------------------------------------------------------


def test_a_hostile_article_is_shown_to_the_letter_and_does_nothing(reader: Reader) -> None:
    turn = reader.ask(COUNT)
    assert turn.locator(".rag-short bdi").inner_text() == "31 herons"
    assert turn.locator(".rag-quote").first.evaluate("node => node.textContent") == HERONS
    assert turn.locator(".rag-said").first.evaluate("node => node.textContent") == HERONS
    assert turn.locator(".rag-title").first.inner_text() == HOSTILE["title"]
    assert turn.locator(".rag-publisher").first.inner_text() == HOSTILE["publisher"]
    assert turn.locator("mark").all_inner_texts()[0] == "31 herons"
    assert turn.locator(NO_MARKUP).count() == 0
    reader.keep("hostile")
    turn.locator(".rag-source .rag-open").first.click()
    dialog = reader.page.get_by_role("dialog")
    dialog.locator("mark").wait_for()
    assert dialog.locator(".rag-fulltext").evaluate("node => node.textContent") == HERONS
    assert dialog.locator("h2").inner_text() == HOSTILE["title"]
    assert dialog.locator(NO_MARKUP).count() == 0
    reader.page.keyboard.press("Escape")
    reader.articles()
    rows = reader.page.locator(".rag-list")
    assert HOSTILE["title"] in rows.locator(".rag-read").all_inner_texts()
    assert rows.locator(NO_MARKUP).count() == 0
    assert reader.page.locator("#rag-starters").locator(NO_MARKUP).count() == 0
    assert reader.page.evaluate("window.broken") is None


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror='window.broken=1'> how many cracks?",
        "</p></article><script>window.broken=1</script> cracks",
        "[cracks](javascript:window.broken=1) **bold** $$x^2$$ `code` # head",
        "${window.broken=1} {{7*7}} cracks &lt;b&gt;",
        "<iframe srcdoc='<script>parent.broken=1</script>'></iframe> cracks",
        "<a href='javascript:window.broken=1'>cracks</a> <style>*{display:none}</style>",
        "\"><svg/onload=window.broken=1> ' onmouseover='window.broken=1 cracks",
    ],
)
def test_a_hostile_question_is_shown_to_the_letter_and_does_nothing(reader: Reader, question: str) -> None:
    reader.ask(question)
    for again in (False, True):
        if again:
            reader.page.reload()
            reader.settle()
            reader.answered(0)
        row = reader.page.locator("#rag-chat .user-row").last
        assert row.locator(".rag-question").evaluate("shown => shown.textContent") == question
        assert row.locator(NO_MARKUP).count() == 0
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


# --- articles -----------------------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[str]:
    """A page over an index of its own, whose articles may change."""
    rag.build_index(articles=write_newsroom(tmp_path / "news"), index=tmp_path / "index")
    (tmp_path / "home").mkdir()
    with served(tmp_path / "index", tmp_path / "home") as (address, _):
        yield address


def test_an_added_file_answers_and_when_it_is_removed_it_does_not(bench: str, visit, tmp_path: Path) -> None:
    reader, other = visit(bench), visit(bench)
    reader.articles()
    assert reader.page.locator(".rag-shelf").inner_text().startswith("3 articles, 4 March 2025 to 5 March 2025. 2 ")
    lamp = tmp_path / "lamp <img src=x onerror=window.broken=1>.txt"
    lamp.write_text(LAMP, "utf-8")
    long = {"id": "long", "title": "T" * 5_000_000 + "<script>window.broken=1</script>", "text": "Otters came back."}
    (tmp_path / "long.jsonl").write_text(json.dumps(long), "utf-8")
    put = reader.page.locator("#rag-files input[type=file]")
    put.set_input_files([lamp, tmp_path / "long.jsonl"])
    reader.page.wait_for_selector("#rag-status :text('Done: 5 articles, 2 new or changed')")
    assert "5 articles" in reader.page.locator(".rag-shelf").inner_text()
    reader.page.get_by_label("Find an article").fill("lighthouse")
    reader.page.wait_for_function("() => document.querySelectorAll('.rag-list li').length === 1")
    reader.keep("added")
    reader.page.locator("#rag-box textarea").focus()
    turn = reader.ask(WHO_LIT)
    assert "Ruth Amble" in turn.locator(".rag-said").first.inner_text()
    other.page.locator("#rag-box textarea").focus()
    assert "Ruth Amble" in other.ask(WHO_LIT).locator(".rag-said").first.inner_text()
    assert len(reader.ask("What came back?").inner_text()) < 5000
    reader.page.once("dialog", lambda dialog: dialog.accept())
    reader.page.locator(".rag-remove").first.click()
    reader.page.wait_for_selector("#rag-status :text('Done: 4 articles, 1 gone')")
    reader.page.locator("#rag-box textarea").focus()
    assert "Ruth Amble" not in reader.ask(WHO_LIT).inner_text()
    assert reader.page.evaluate("window.broken") is None


def test_an_article_is_left_out_put_back_and_odd_files_are_refused(bench: str, visit, tmp_path: Path) -> None:
    reader = visit(bench)
    reader.articles()
    reader.page.locator("li", has_text="Baker wins national prize").locator(".rag-remove").click()
    reader.page.wait_for_selector("#rag-status :text('Done: 2 articles, 1 gone, 1 skipped')")
    reader.page.locator(".rag-skipped summary").click()
    assert "baker.txt" in reader.page.locator(".rag-skipped li").inner_text()
    reader.button("Put back what was left out")
    reader.page.wait_for_selector("#rag-status :text('Done: 3 articles, 1 new or changed')")
    empty = tmp_path / "empty.txt"
    empty.write_text("", "utf-8")
    reader.page.locator("#rag-files input[type=file]").set_input_files([empty])
    reader.page.wait_for_selector("#rag-status :text('is empty')")
    (tmp_path / "news" / "lamp.txt").write_text(LAMP, "utf-8")
    reader.button("Read the folders again")
    reader.page.wait_for_selector("#rag-status :text('Done: 4 articles, 1 new or changed')")
    odd = tmp_path / "<form>password<img src=x onerror=window.broken=1>.exe"
    odd.write_text("no", "utf-8")
    reader.page.locator("#rag-files input[type=file]").set_input_files([odd])
    reader.page.wait_for_selector("#rag-status :text('is not read; give files ending in')")
    assert reader.page.locator("form:not(#rag-dialog form)").count() == 0


def test_an_article_that_changed_since_is_not_marked_at_the_old_place(bench: str, visit, tmp_path: Path) -> None:
    reader = visit(bench)
    turn = reader.ask(CRACKS)
    bridge = tmp_path / "news" / "bridge.md"
    bridge.write_text(
        bridge.read_text("utf-8").replace("The old bridge", "Police say nothing. The old bridge"), "utf-8"
    )
    reader.articles()
    reader.button("Read the folders again")
    reader.page.wait_for_selector("#rag-status :text('Done: 3 articles, 1 new or changed')")
    card = turn.locator(".rag-source", has_text="Bridge over the Tarn closes")
    card.locator("details").evaluate("node => { node.open = true; }")
    card.locator(".rag-open").click()
    reader.page.wait_for_selector("#rag-dialog :text('has changed since it was quoted')")
    assert reader.page.locator("#rag-dialog mark").count() == 0


# --- everybody ----------------------------------------------------------------------------------------------------


def test_two_readers_at_once_do_not_see_each_other(visit) -> None:
    one, other = visit(), visit()
    for reader, question in ((one, CRACKS), (other, COUNT)):
        reader.page.keyboard.insert_text(question)
        reader.page.keyboard.press("Enter")
    assert one.answered(0).locator(".rag-short bdi").inner_text() == "17"
    assert other.answered(0).locator(".rag-short bdi").inner_text() == "31 herons"
    assert (one.questions(), other.questions()) == ([CRACKS], [COUNT])


def test_by_keyboard_alone(reader: Reader) -> None:
    keys, page = reader.page.keyboard, reader.page

    def tab_to(kind: str, *, back: bool = False) -> None:
        for _ in range(60):
            if page.evaluate("kind => document.activeElement.matches(kind)", kind):
                return
            keys.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{kind} cannot be reached")

    reader.ask(CRACKS)
    tab_to(".rag-chip", back=True)
    keys.press("Enter")
    tab_to(".rag-source .rag-open")
    keys.press("Enter")
    page.locator("#rag-dialog mark").wait_for()
    keys.press("Escape")
    page.locator("#rag-dialog").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('.rag-open')")
    tab_to(".rag-good", back=True)
    keys.press("Enter")
    page.wait_for_selector(".rag-good.rag-pressed")
    tab_to("#rag-box textarea")
    tab_to("#rag-shelf-button", back=True)
    keys.press("Enter")
    page.wait_for_selector(".rag-list li")
    tab_to(".rag-list .rag-read", back=True)
    keys.press("Enter")
    page.locator("#rag-dialog h2").wait_for()
    keys.press("Escape")


def test_what_is_off_the_screen_is_not_reached_by_tab(reader: Reader) -> None:
    reader.page.wait_for_selector(".rag-starter")
    for _ in range(40):
        reader.page.keyboard.press("Tab")
        assert not reader.page.evaluate("Boolean(document.activeElement.closest('.sidebar-content'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phones_width_and_both_lights(visit, scheme: str) -> None:
    reader = visit(viewport={"width": 375, "height": 740}, device_scale_factor=2, color_scheme=scheme)
    reader.page.wait_for_selector(".rag-starter")
    reader.keep(f"phone-empty-{scheme}")
    reader.ask(CRACKS)
    reader.ask(COUNT)
    assert reader.page.evaluate("document.documentElement.scrollWidth") == 375
    assert ground(reader) == {"light": "rgb(250, 249, 246)", "dark": "rgb(24, 25, 27)"}[scheme]
    reader.page.wait_for_function(  # the last question goes to the top, its answer below it
        "() => [...document.querySelectorAll('#rag-chat .user-row')].pop().getBoundingClientRect().top < 150"
    )
    reader.keep(f"phone-{scheme}")


def test_dark_mode_is_chosen_and_kept(reader: Reader) -> None:
    assert ground(reader) == "rgb(250, 249, 246)"
    reader.button("Light or dark")
    assert ground(reader) == "rgb(24, 25, 27)"
    reader.page.reload()
    reader.settle()
    assert ground(reader) == "rgb(24, 25, 27)"
    reader.ask(CRACKS)
    reader.keep("dark")


def ground(reader: Reader) -> str:
    return reader.page.evaluate("getComputedStyle(document.querySelector('gradio-app')).backgroundColor")


def test_a_server_that_is_gone_is_said_and_the_question_given_back(visit, tmp_path: Path) -> None:
    rag.build_index(articles=write_newsroom(tmp_path / "news"), index=tmp_path / "index")
    (tmp_path / "home").mkdir()
    with served(tmp_path / "index", tmp_path / "home") as (address, process):
        reader = visit(address)
        reader.ask(CRACKS)
        reader.page.wait_for_timeout(500)  # the stream of that answer has ended
        process.kill()
        process.wait()
        notice = reader.ask(COUNT).locator(".rag-notice").inner_text()
        assert notice.startswith("The answer did not come: ")
        assert reader.page.locator("#rag-box textarea").input_value() == COUNT
        reader.faults.clear()  # the browser's own complaints of a refused connection


def test_the_picture_of_the_readme(visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    rag.build_index(articles="eval/articles", index=tmp_path / "index")
    (tmp_path / "home").mkdir()
    with served(tmp_path / "index", tmp_path / "home") as (address, _):
        reader = visit(address, viewport={"width": 1180, "height": 860})
        turn = reader.ask("How many homes lost water when the main in Kiln Lane burst?")
        assert turn.locator(".rag-short bdi").inner_text() == "1,340 homes"
        assert turn.locator(".rag-short .rag-chip").count() == 2
        reader.keep("page")
        reader.context.close()


# --- barriers -----------------------------------------------------------------------------------------------------

AXE = Path(os.environ.get("RAG_AXE", "node_modules/axe-core/axe.min.js"))
SCAN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 160)).join(' | '))"""


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install --no-save axe-core)")
@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=["light", "dark"])
def test_no_serious_barrier_in_any_state(visit, look: dict[str, str]) -> None:
    reader = visit(**look)
    reader.page.evaluate(AXE.read_text("utf-8") + ";0")
    found: dict[str, list[str]] = {}

    def scan(state: str) -> None:
        reader.page.wait_for_timeout(400)  # fading ends
        found[state] = reader.page.evaluate(SCAN)

    reader.page.wait_for_selector(".rag-starter")
    scan("empty")
    reader.ask(CRACKS)
    scan("answer")
    reader.page.locator(".rag-confidence summary").click()
    reader.page.locator(".rag-inspect summary").click()
    reader.page.locator(".rag-good").click()
    reader.page.wait_for_selector("#rag-note")
    scan("unfolded")
    reader.page.locator(".rag-source .rag-open").first.click()
    reader.page.locator("#rag-dialog mark").wait_for()
    scan("article")
    reader.page.keyboard.press("Escape")
    reader.page.locator("#rag-box textarea").focus()
    reader.ask(UNSAID)
    scan("silence")
    reader.page.get_by_text("Only some articles").click()
    reader.articles()
    scan("articles")
    assert found == {state: [] for state in found}


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install --no-save axe-core)")
@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=["light", "dark"])
def test_no_serious_barrier_in_what_stands_beside_an_answer(fire: str, visit, look: dict[str, str]) -> None:
    reader = visit(fire, **look)
    reader.page.evaluate(AXE.read_text("utf-8") + ";0")
    for question in (BOATS, TOWNS):
        reader.page.locator("#rag-box textarea").focus()
        reader.ask(question)
        reader.page.wait_for_timeout(400)  # fading ends
        assert reader.page.evaluate(SCAN) == []
