"""How quick the page is: `python -m tests.ui.page_speed --index DIR --questions FILE`. A measurement, not a test.

First one reader in Chromium asks questions one after another: time from Enter to the first paint of the question's
status, and to the paint of the whole answer. Then many readers ask over loopback at once, as the page does (the same
queue, the conversation handed in each time), each its next question when the last is answered: errors, time to the
first status and to the answer, and the server's resident memory.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

from tests.ui.conftest import served

WATCH = """() => {
  window.times = []; let now = null;
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') now = {enter: performance.now(), turns: document.querySelectorAll('.rag-turn').length};
  }, true);
  const paint = (name) =>
    requestAnimationFrame(() => setTimeout(() => { now[name] ??= performance.now() - now.enter; }));
  new MutationObserver(() => {
    if (!now) return;
    if (!now.first && document.querySelector('.rag-stages')) paint('first');
    if (!now.whole && document.querySelectorAll('.rag-turn, .rag-notice').length > now.turns) paint('whole');
    if (now.whole) { window.times.push(now); now = null; }
  }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  setInterval(() => { if (now && now.whole) { window.times.push(now); now = null; } }, 20);
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m tests.ui.page_speed", description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True, help="rows with a question each, .jsonl or .jsonl.gz")
    parser.add_argument("--asked", type=int, default=30)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    given = parser.parse_args()
    opened = gzip.open if given.questions.suffix == ".gz" else open
    with opened(given.questions, "rt", encoding="utf-8") as file:
        questions = [json.loads(line)["question"] for line in file if line.strip()]
    with TemporaryDirectory() as home:
        forgetful = Path(home, "config.yaml")  # nobody's question is answered from memory
        forgetful.write_text("asking: {remembered: 0}\n", "utf-8")
        measure(given, questions, Path(home), forgetful)


def measure(given: argparse.Namespace, questions: Sequence[str], home: Path, config: Path) -> None:
    """Serve the page and ask it, alone and in a crowd."""
    with served(given.index.resolve(), home, "--config", str(config)) as (address, page):
        _one(address, questions[: given.asked])
        _many(address, questions, given.people, given.seconds, page.pid)


def _one(address: str, questions: Sequence[str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("() => window.rag && document.querySelector('.rag-starter, #rag-starters')")
        page.wait_for_timeout(5000)  # the starters of a new index are asked first
        page.evaluate(WATCH)
        for number, question in enumerate(questions, start=1):
            page.keyboard.insert_text(question)
            page.keyboard.press("Enter")
            page.wait_for_function("n => window.times.length === n", arg=number, timeout=60_000)
            page.wait_for_timeout(300)
        times = page.evaluate("window.times")
        browser.close()
    _say("Enter to first paint", [one["first"] for one in times])
    _say("Enter to whole answer", [one["whole"] for one in times])


def _many(address: str, questions: Sequence[str], people: int, seconds: float, pid: int) -> None:
    firsts: list[float] = []
    wholes: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds
    settings = httpx.get(f"{address}config").json()
    [ask] = [one["id"] for one in settings["dependencies"] if len(one["inputs"]) == 5 and one["backend_fn"]]

    def person(number: int) -> None:
        session, turns = uuid.uuid4().hex, []
        with httpx.Client(base_url=f"{address}gradio_api/", timeout=60) as client:
            for turn in range(10**6):
                if time.monotonic() > end:
                    return
                question = questions[(7 * number + turn) % len(questions)]
                try:
                    first, whole, turns = _ask(client, ask, session, question, turns)
                except (httpx.HTTPError, ValueError) as error:
                    errors.append(repr(error))
                else:
                    firsts.append(first)
                    wholes.append(whole)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        memory.append(_resident(pid))
        time.sleep(2)
    _say(f"{people} people, {seconds:.0f} s: to the first status", firsts)
    _say(f"{people} people, {seconds:.0f} s: to the answer", wholes)
    at = [memory[part * (len(memory) - 1) // 4] for part in range(5)]
    sys.stdout.write(
        f"{len(wholes)} answers, {len(errors)} errors {errors[:3]}; resident memory, MB, quarter by quarter: "
        f"{', '.join(f'{megabytes:.0f}' for megabytes in at)}\n"
    )


def _ask(client: httpx.Client, ask: int, session: str, question: str, turns: list[object]) -> tuple[float, float, list]:
    began = time.perf_counter()
    data = [[question, -1], turns, [], "", ""]
    body = {"data": data, "fn_index": ask, "session_hash": session, "event_data": None, "trigger_id": None}
    client.post("queue/join", json=body).raise_for_status()
    first = None
    with client.stream("GET", "queue/data", params={"session_hash": session}) as events:
        for line in events.iter_lines():
            if not line.startswith("data:"):
                continue
            event = json.loads(line[5:])
            if event["msg"] == "process_generating":
                first = first or time.perf_counter() - began
                turns = _patched(turns, event["output"]["data"][1])
            if event["msg"] == "process_completed":
                if not event["success"]:
                    raise ValueError(str(event["output"]))
                return 1000 * (first or 0), 1000 * (time.perf_counter() - began), turns
    raise ValueError("the stream ended without an answer")


def _patched(turns: list, change: object) -> list:
    """Take over the kept turns: whole the first time, later as gradio's differences, which are not followed here."""
    return change if isinstance(change, list) and change and isinstance(change[0], dict) else turns


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _say(what: str, milliseconds: Sequence[float]) -> None:
    median, late = np.percentile(milliseconds, [50, 95])
    sys.stdout.write(f"{what}: p50 {median:.0f} ms, p95 {late:.0f} ms, {len(milliseconds)} times\n")


if __name__ == "__main__":
    main()
