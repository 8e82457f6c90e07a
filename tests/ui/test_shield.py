"""The shield as what it is, a function of a request; no server."""

from __future__ import annotations

import asyncio
import base64
import time
from pathlib import Path

import pytest

from rag.errors import ConfigError
from ui.shield import HEADERS, MIN_PASSWORD, NAMES, STARTED, Shield, check_reachable, read_users

USERS = {"anna": "her password", "ольга": "пароль: семь"}

pytestmark = pytest.mark.usefixtures("loopback")  # a loop has a socket pair


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.shield.WRONG_PASSWORD", 0)


def sent(users: dict[str, str], *headers: tuple[bytes, bytes], kind: str = "http", path: str = "/") -> list[dict]:
    """Return what a request is answered with; an application behind the shield says 200 and "the page"."""
    told: list[dict] = []

    async def page(scope, receive, send):
        assert scope["type"] == kind
        if kind == "lifespan":
            return await send({"type": "lifespan.startup.complete"})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-page", b"1")]})
        return await send({"type": "http.response.body", "body": b"the page"})

    async def receive():
        raise AssertionError("nothing is read of a request")

    async def send(message):
        told.append(message)

    scope = {"type": kind, "path": path, "headers": list(headers)}
    asyncio.run(Shield(page, users)(scope, receive, send))
    return told


def status(users: dict[str, str], *headers: tuple[bytes, bytes], path: str = "/") -> int:
    start, body = sent(users, *headers, path=path)
    assert (start["status"] == 200) == (body["body"] == b"the page")
    return start["status"]


def host(name: bytes) -> tuple[bytes, bytes]:
    return b"host", name


def basic(name: str, password: str, kind: str = "Basic") -> tuple[bytes, bytes]:
    return b"authorization", f"{kind} ".encode() + base64.b64encode(f"{name}:{password}".encode())


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [host(b"")],
        [host(b"evil.example")],
        [host(b"evil.example:7860")],
        [host(b"127.0.0.1.evil.example")],
        [host(b"localhost.")],
        [host(b"127.0.0.2")],
        [host(b"127.0.0.1"), host(b"evil.example")],
        [host(b"\xff\xfe")],
    ],
)
def test_another_hosts_name_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    start, body = sent({}, *headers)
    assert start == {"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]}
    assert body["body"] == b"This page answers to 127.0.0.1 only.\n"


@pytest.mark.parametrize("name", [b"127.0.0.1", b"127.0.0.1:7860", b"localhost", b"localhost:1"])
def test_this_machines_name_passes_and_the_headers_are_added(name: bytes) -> None:
    start, body = sent({}, host(name))
    assert start["status"] == 200
    assert start["headers"] == [(b"x-page", b"1"), *HEADERS]
    assert body == {"type": "http.response.body", "body": b"the page"}


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = dict(HEADERS)[b"content-security-policy"].decode()
    rules = {name: values for name, *values in (rule.split() for rule in policy.split("; "))}
    assert rules["default-src"] == rules["connect-src"] == ["'self'"]
    assert rules["script-src-attr"] == rules["frame-ancestors"] == rules["object-src"] == ["'none'"]
    assert {value for values in rules.values() for value in values} <= {
        "'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:",
    }  # fmt: skip


@pytest.mark.parametrize("users", [{}, USERS])
def test_a_websocket_is_closed(users: dict[str, str]) -> None:
    told = sent(users, host(b"127.0.0.1"), basic("anna", USERS["anna"]), kind="websocket")
    assert told == [{"type": "websocket.close", "code": 1008}]


def test_the_servers_own_start_passes() -> None:
    assert sent(USERS, kind="lifespan") == [{"type": "lifespan.startup.complete"}]


def test_without_a_password_nobody_comes_in() -> None:
    for path in ("/", "/config", "/gradio_api/call/answer", "/gradio_api/mcp/", f"{STARTED}/", f"{STARTED}/../config"):
        start, body = sent(USERS, host(b"127.0.0.1"), path=path)
        assert start["status"] == 401
        assert (b"www-authenticate", b'Basic realm="news"') in start["headers"]
        assert body["body"] == b"Name and password, please.\n"


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize(
    "headers",
    [
        [basic("anna", "his password")],
        [basic("anna", "")],
        [basic("anna", "her password ")],
        [basic("anna", "drowssap reh")],
        [basic("bertha", "her password")],
        [basic("", "")],
        [basic("Anna", "her password")],
        [basic("anna", USERS["ольга"])],
        [basic("anna", "her password", "Bearer")],
        [basic("anna", "her password", "")],
        [basic("anna", "her password"), basic("anna", "her password")],
        [(b"authorization", b"")],
        [(b"authorization", b"Basic")],
        [(b"authorization", b"Basic !!!")],
        [(b"authorization", b"Basic YW5uYQ")],  # the padding is missing
        [(b"authorization", b"Basic " + base64.b64encode(b"anna"))],
        [(b"authorization", b"Basic " + base64.b64encode(b"\xff:her password"))],
        [(b"authorization", b"Basic anna:her password")],
        [(b"authorization", b"Basic \xe9")],
    ],
)
def test_a_wrong_name_or_password_does_not_come_in(headers: list[tuple[bytes, bytes]]) -> None:
    assert status(USERS, host(b"127.0.0.1"), *headers) == 401


def test_a_wrong_password_waits_for_its_answer_and_a_right_one_does_not() -> None:
    began = time.perf_counter()
    assert status(USERS, basic("anna", "her password")) == 200
    passed = time.perf_counter()
    assert status(USERS, basic("anna", "his password")) == 401
    assert passed - began < 0.4
    assert time.perf_counter() - passed >= 0.5


@pytest.mark.parametrize("name", [b"127.0.0.1:7860", b"news.example", b""])
def test_the_right_password_passes_whatever_the_host(name: bytes) -> None:
    for user, password in USERS.items():
        start, body = sent(USERS, host(name), basic(user, password))
        assert (start["status"], body["body"]) == (200, b"the page")
        assert start["headers"] == [(b"x-page", b"1"), *HEADERS]
    assert status(USERS, host(name), basic("anna", "her password", "bAsIc")) == 200


def test_gradios_call_on_itself_needs_no_password_but_the_right_host() -> None:
    assert status(USERS, path=STARTED) == 200
    assert status({}, host(b"127.0.0.1"), path=STARTED) == 200
    assert status({}, host(b"evil.example"), path=STARTED) == 421


def test_users_are_lines_of_name_and_password(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("# who may come in\n\nanna:her password\nольга:пароль: семь\n  \nanna2:12345678", "utf-8")
    assert read_users(path) == {**USERS, "anna2": "12345678"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"", "names nobody; write a line like anna:her password."),
        (b"# anna:her password\n\n", "names nobody"),
        (b"\xff\xfe\x00", "cannot be read (it is no text)"),
        (b"anna:her password\nbertha\n", ":2 has no name or fewer than 8 characters of password"),
        (b"anna:sesame77\n\n# x\nbertha:sesame\n", ":4 has no name or fewer"),
        (b":sesame77\n", ":1 has no name or fewer"),
    ],
)
def test_a_file_that_names_nobody_is_told_in_one_line_without_a_password(
    tmp_path: Path, written: bytes, said: str
) -> None:
    path = tmp_path / "users"
    path.write_bytes(written)
    with pytest.raises(ConfigError) as told:
        read_users(path)
    assert str(told.value).startswith(str(path))
    assert said in str(told.value)
    assert "sesame" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "nobody", "No such file"), (tmp_path, "directory")):
        with pytest.raises(ConfigError, match=why):
            read_users(path)


def test_a_password_has_eight_characters_at_least(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("anna:" + "x" * MIN_PASSWORD)
    assert read_users(path) == {"anna": "xxxxxxxx"}


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.7", "::", "::1", "127.0.0.2", "news.example", ""])
def test_others_reach_the_page_with_a_password_only(address: str) -> None:
    for users in (None, {}):
        with pytest.raises(ConfigError, match="so it needs names and passwords; give a file of them with --auth"):
            check_reachable(address, users)
    check_reachable(address, USERS)


def test_this_machine_alone_needs_no_password() -> None:
    for name in NAMES:
        check_reachable(name, None)


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example",
        b"http://127.0.0.1:8888",
        b"null",
        b"http://localhost:7860",
        b"127.0.0.1:7860",
        b"file://",
    ],
)
def test_a_page_of_another_address_may_not_ask(origin: bytes) -> None:
    for users, headers in (({}, []), (USERS, [basic("anna", "her password")])):
        assert status(users, host(b"127.0.0.1:7860"), (b"origin", origin), *headers) == 403


def test_the_page_itself_may_ask() -> None:
    for scheme in (b"http://", b"https://"):
        assert status({}, host(b"127.0.0.1:7860"), (b"origin", scheme + b"127.0.0.1:7860")) == 200
