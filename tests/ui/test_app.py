from __future__ import annotations

import asyncio
import json
import shutil
import socket
import urllib.error
import urllib.request
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from rag.config import load_config
from rag.errors import ConfigError
from rag.saved import load_answer
from rag.types import SAID_NOTHING
from tests.ui.page import make_answer
from ui.app import build_app
from ui.newsroom import Newsroom
from ui.serve import serve
from ui.shield import HEADERS

CRACKS = "How many cracks did engineers find?"


@pytest.fixture(scope="module")
def room(newsroom_index: Path) -> Newsroom:
    return Newsroom(load_config(), newsroom_index)


def built(room: Newsroom) -> gr.Blocks:
    async def build():  # outside a running loop gradio makes one and leaves it open
        return build_app(room)

    return asyncio.run(build())


@pytest.mark.usefixtures("loopback")  # a loop has a socket pair
def test_nothing_on_the_page_is_taken_as_markdown_or_latex(room: Newsroom) -> None:
    [chat] = [block for block in built(room).blocks.values() if isinstance(block, gr.Chatbot)]
    assert (chat.render_markdown, chat.sanitize_html, chat.latex_delimiters, chat.allow_tags) == (
        False,
        True,
        [],
        False,
    )


@pytest.mark.usefixtures("loopback")
def test_the_publishers_can_be_chosen_and_nothing_else_is_called_by_programs(room: Newsroom) -> None:
    app = built(room)
    [publishers] = [block for block in app.blocks.values() if isinstance(block, gr.Dropdown)]
    assert [name for name, _ in publishers.choices] == room.shelf().publishers
    assert "The Marlow Herald" in room.shelf().publishers
    public = [function for function in app.fns.values() if function.api_visibility != "private"]
    assert [function.api_name for function in public] == ["answer"]


@pytest.mark.usefixtures("loopback")
def test_each_index_has_a_conversation_of_its_own_in_the_browser(
    room: Newsroom, newsroom_index: Path, tmp_path: Path
) -> None:
    other = Newsroom(load_config(), shutil.copytree(newsroom_index, tmp_path / "index"))
    keys = [
        [block.storage_key for block in built(one).blocks.values() if isinstance(block, gr.BrowserState)]
        for one in (room, room, other)
    ]
    assert keys[0] == keys[1] != keys[2]
    assert [len(each) for each in keys] == [1, 1, 1]


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("users", [None, {}])
def test_it_is_not_served_to_others_without_passwords(room: Newsroom, users: dict[str, str] | None) -> None:
    with pytest.raises(ConfigError, match="give a file of them with --auth"):
        serve(built(room), host="0.0.0.0", users=users)


@pytest.fixture
def client(address: str, loopback: None) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


@pytest.mark.slow
def test_a_program_asks_and_gets_the_contracts_answer(client: Client) -> None:
    answer = client.predict(CRACKS, api_name="/answer")
    assert list(answer) == list(make_answer().to_json())
    assert (answer["question"], answer["text"], answer["abstained"]) == (CRACKS, "17", False)
    assert {citation["article_id"] for citation in answer["citations"]} == {"bridge", "bridge-again"}
    assert load_answer(answer).to_json() == answer
    silent = client.predict("What is the capital of Australia?", api_name="/answer")
    assert (silent["text"], silent["abstained"]) == (SAID_NOTHING, True)


@pytest.mark.slow
def test_a_program_chooses_articles(client: Client) -> None:
    for chosen, cited in (
        ({"publishers": ["The Marlow Courier"]}, ["bridge-again"]),
        ({"published_to": "2025-03-04"}, ["bridge"]),
        ({"published_from": "2025-03-05", "published_to": "2025-03-05"}, ["bridge-again"]),
    ):
        answer = client.predict(CRACKS, api_name="/answer", **chosen)
        assert [citation["article_id"] for citation in answer["citations"]] == cited


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"publishers": ["The Marlow Heralt"]}, "published by 'The Marlow Heralt'; did you mean 'The Marlow Herald'?"),
        ({"published_from": "yesterday"}, "'yesterday' is not a day; write it as 2025-02-04."),
        ({"question": "why " * 5000}, "The question has 20,000 characters, at most 1,000 are read; shorten it."),
    ],
)
def test_a_programs_mistake_is_the_assistants_sentence(client: Client, given: dict[str, object], said: str) -> None:
    with pytest.raises(AppError) as told:
        client.predict(**{"question": CRACKS} | given, api_name="/answer")
    assert str(told.value).endswith(said)


@pytest.mark.slow
def test_programs_are_told_of_one_endpoint(client: Client) -> None:
    told = client.view_api(return_format="dict", print_info=False)
    assert list(told["named_endpoints"]) == ["/answer"]
    assert told["unnamed_endpoints"] == {}
    assert [parameter["parameter_name"] for parameter in told["named_endpoints"]["/answer"]["parameters"]] == [
        "question", "publishers", "published_from", "published_to",
    ]  # fmt: skip


def fetch(address: str, path: str = "", **headers: str):
    return urllib.request.urlopen(urllib.request.Request(address + path, headers=headers), timeout=10)


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_the_page_fetches_nothing_from_elsewhere_and_is_framed_by_nobody(address: str) -> None:
    with fetch(address) as reply:
        page = reply.read().decode()
        assert [reply.headers[name.decode()] for name, _ in HEADERS] == [value.decode() for _, value in HEADERS]
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
    config = json.loads(page.split("window.gradio_config = ", 1)[1].split(";</script>", 1)[0])
    assert config["analytics_enabled"] is False
    assert config["stylesheets"] == []


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_another_hosts_name_is_refused(address: str) -> None:
    for name in ("evil.example", "127.0.0.1.evil.example", "evil.example:7860"):
        for path in ("", "config", "gradio_api/info", "gradio_api/startup-events"):
            with pytest.raises(urllib.error.HTTPError, match="421") as refusal:
                fetch(address, path, Host=name)
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
