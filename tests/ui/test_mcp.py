"""The MCP server, called by the protocol's own client over loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ui.conftest import served

pytest.importorskip("mcp", reason="the MCP client is not installed (pip install 'newsroom-rag[mcp]')")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("loopback")]


@pytest.fixture
def address(newsroom_index: Path, tmp_path: Path) -> Iterator[str]:
    """The page with its MCP server, behind a password."""
    users = tmp_path / "users"
    users.write_text("anna:very secret\n", "utf-8")
    with served(newsroom_index, tmp_path, "--mcp", "--auth", str(users)) as (address, _):
        yield f"{address}gradio_api/mcp/"


def call(address: str, question: str, **headers: str):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def ask():
        async with (
            httpx.AsyncClient(headers=headers) as client,
            streamable_http_client(address, http_client=client) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            return tools, await session.call_tool(tools[0].name, {"question": question})

    return asyncio.run(ask())


def test_the_tool_answers_with_its_citations_and_tells_what_it_does(address: str) -> None:
    basic = {"Authorization": "Basic YW5uYTp2ZXJ5IHNlY3JldA=="}
    tools, result = call(address, "How many cracks did engineers find?", **basic)
    [tool] = tools
    assert tool.name.endswith("answer")
    assert tool.description.startswith("Answer a question from the indexed news articles")
    assert set(tool.inputSchema["properties"]) == {"question", "publishers", "published_from", "published_to"}
    answer = json.loads(result.content[0].text)
    assert (answer["text"], answer["abstained"], len(answer["citations"])) == ("17", False, 2)
    assert all("17 cracks" in citation["quote"] for citation in answer["citations"])
    _, silent = call(address, "What is the capital of Australia?", **basic)
    assert json.loads(silent.content[0].text)["abstained"] is True


def test_a_stranger_is_not_let_in(address: str) -> None:
    with pytest.raises(BaseExceptionGroup) as refused:
        call(address, "How many cracks did engineers find?")
    assert "401" in repr(refused.value.exceptions)
