from __future__ import annotations

import asyncio
import json
import logging
import socket
import urllib.error
import urllib.request

import gradio as gr
import pytest
from gradio_client import Client

from rag.assistant import Assistant
from ui.app import FAILED, MAX_TURNS, SEARCHING, Turn, build_app, converse
from ui.serve import POLICY

CRACKS, HERONS = "How many cracks did engineers find?", "How many herons did the warden Ada Quill count?"


class Listening:
    """The real assistant, whose calls are noted."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.histories: list[list[tuple[str, str]]] = []

    def answer(self, question, *, history=(), **filters):
        self.histories.append(list(history))
        return self._assistant.answer(question, history=history, **filters)


class Broken:
    """An assistant with a fault of ours."""

    def answer(self, question, **_):
        raise RuntimeError("disk /secret/path on fire")


def ask(assistant, *questions: str) -> list[Turn]:
    turns: list[Turn] = []
    for question in questions:
        *_, (_, turns, _) = converse(assistant, question, turns)
    return turns


def test_a_question_shows_at_once_and_its_answer_follows(assistant: Assistant) -> None:
    first, last = converse(assistant, CRACKS, [])
    assert [message["role"] for message in first[0]] == ["user", "assistant"]
    assert CRACKS in first[0][0]["content"]
    assert SEARCHING in first[0][1]["content"]
    assert first[2] == ""
    assert '<p class="rag-short" dir="auto">17</p>' in last[0][1]["content"]
    assert "2 sources" in last[0][1]["content"]
    assert SEARCHING not in last[0][1]["content"]
    assert [(turn.question, turn.said) for turn in last[1]] == [(CRACKS, "17")]
    assert last[2] == gr.skip()


def test_turns_add_up_and_the_oldest_go(assistant: Assistant) -> None:
    assert [turn.said for turn in ask(assistant, CRACKS, HERONS)] == ["17", "31"]
    many = [Turn(f"q{n}", "a", "<p>a</p>") for n in range(MAX_TURNS)]
    *_, (shown, turns, _) = converse(assistant, CRACKS, many)
    assert len(turns) == MAX_TURNS
    assert len(shown) == 2 * MAX_TURNS
    assert (turns[0].question, turns[-1].question) == ("q1", CRACKS)


def test_only_a_question_that_points_back_takes_the_earlier_turns_along(assistant: Assistant) -> None:
    listening = Listening(assistant)
    turns = ask(listening, "What did engineers find?", "How much will it cost to repair?", HERONS)
    told = [(turns[0].question, turns[0].said)]
    assert listening.histories == [[], told, []]
    assert "Searched together with “<bdi>What did engineers find?</bdi>”" in turns[1].shown
    assert "Asked together" not in turns[2].shown
    assert turns[2].said == "31"


def test_silence_adds_no_words_to_the_history(assistant: Assistant) -> None:
    listening = Listening(assistant)
    turns = ask(listening, "What is the capital of Australia?", "And who governs there?")
    assert "The articles do not say." in turns[0].shown
    assert listening.histories[1] == [("What is the capital of Australia?", "")]


def test_a_blank_question_changes_nothing(assistant: Assistant) -> None:
    assert list(converse(assistant, " \n\t", [])) == [(gr.skip(), gr.skip(), gr.skip())]


def test_a_mistake_is_its_one_sentence(assistant: Assistant) -> None:
    turns = ask(assistant, "why " * 5000)
    assert "The question has 20,000 characters, at most 1,000 are read; shorten it." in turns[0].shown
    assert turns[0].said is None


def test_a_fault_of_ours_is_one_sentence_and_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        turns = ask(Broken(), CRACKS)
    assert FAILED in turns[0].shown
    assert "secret" not in turns[0].shown
    assert "disk /secret/path on fire" in caplog.text


@pytest.mark.usefixtures("loopback")  # a loop has a socket pair
def test_nothing_on_the_page_is_taken_as_markdown_or_latex(assistant: Assistant) -> None:
    async def build():  # outside a running loop gradio makes one and leaves it open
        return build_app(assistant)

    blocks = asyncio.run(build()).blocks.values()
    [chat] = [block for block in blocks if isinstance(block, gr.Chatbot)]
    assert (chat.render_markdown, chat.sanitize_html, chat.latex_delimiters, chat.allow_tags) == (
        False,
        True,
        [],
        False,
    )


def fetch(address: str, path: str = "", **headers: str):
    return urllib.request.urlopen(urllib.request.Request(address + path, headers=headers), timeout=10)


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_a_client_asks_over_loopback_and_two_do_not_hear_each_other(address: str) -> None:
    first, second = (Client(address, verbose=False, analytics_enabled=False) for _ in range(2))
    for client, question, said, messages in (
        (first, CRACKS, "17", 2),
        (second, HERONS, "31", 2),
        (first, HERONS, "31", 4),
    ):
        chat, _ = client.predict(question, api_name="/ask")
        assert f'<p class="rag-short" dir="auto">{said}</p>' in chat[-1]["content"][0]["text"]
        assert len(chat) == messages


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_the_page_fetches_nothing_from_elsewhere_and_is_framed_by_nobody(address: str) -> None:
    with fetch(address) as reply:
        page = reply.read().decode()
        assert reply.headers["Content-Security-Policy"] == POLICY
        assert reply.headers["Referrer-Policy"] == "no-referrer"
    config = json.loads(page.split("window.gradio_config = ", 1)[1].split(";</script>", 1)[0])
    assert config["analytics_enabled"] is False
    assert config["stylesheets"] == []


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_another_hosts_name_is_refused(address: str) -> None:
    for name in ("evil.example", "127.0.0.1.evil.example", "evil.example:7860"):
        with pytest.raises(urllib.error.HTTPError, match="421") as refusal:
            fetch(address, Host=name)
        refusal.value.close()
    with fetch(address, Host="localhost:7860") as reply:
        assert reply.status == 200


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_only_127_0_0_1_listens(address: str) -> None:
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    with pytest.raises(OSError, match="refused"):  # the same machine by another name
        socket.create_connection(("127.0.0.2", port), timeout=5)
