"""Tests the POST of a webhook, with receivers that misbehave."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from yarl import URL

from darkroom_orchestrator.webhooks.sender import MOST_ANSWER_BYTES, Outcome, open_sender
from tests.support.receiver import raw_receiving, receiving

pytestmark = pytest.mark.sockets

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.fixture
async def half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit a webhook to half a second."""
    monkeypatch.setattr("darkroom_orchestrator.webhooks.sender.TOTAL_SECONDS", 0.5)


async def sent(url: str) -> Outcome:
    async with open_sender(allow_private=True) as sender:
        return await sender.send(URL(url), '{"a": "ü"}', {"webhook-id": "e"})


async def test_body_is_posted_as_json_with_the_given_headers() -> None:
    async with receiving() as receiver:
        assert await sent(receiver.url + "?a=b%20c") == Outcome(204, None)
    (request,) = receiver.received
    assert (request.method, request.path, request.body) == ("POST", "/hook?a=b%20c", '{"a": "ü"}')
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == "11"
    assert request.headers["webhook-id"] == "e"
    assert request.headers["user-agent"] == "Darkroom-Webhooks/1"


@pytest.mark.parametrize("status", [200, 202, 400, 404, 410, 429, 500, 503])
async def test_status_is_returned_as_it_came(status: int) -> None:
    async with receiving(status) as receiver:
        assert await sent(receiver.url) == Outcome(status, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(status: int) -> None:
    async with receiving() as target:
        redirect = web.Response(status=status, headers={"Location": target.url})
        async with receiving(redirect) as receiver:
            assert await sent(receiver.url) == Outcome(status, "redirect_refused")
        assert target.received == []


async def test_slow_answer_is_cut_off_after_the_timeout(half_a_second: None) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_receiving(drip) as url:
        assert await sent(url) == Outcome(None, "timeout")


async def test_slow_response_head_is_cut_off_after_the_timeout(half_a_second: None) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"x-a: b\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_receiving(drip) as url:
        assert (await sent(url)).status is None


async def test_silent_server_is_left_after_the_timeout(half_a_second: None) -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with raw_receiving(say_nothing) as url:
        assert await sent(url) == Outcome(None, "timeout")


async def test_server_that_never_ends_its_handshake_is_left_after_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom_orchestrator.webhooks.sender.CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        outcome = await sent(f"https://127.0.0.1:{deaf.getsockname()[1]}/")
    assert outcome == Outcome(None, "timeout")


async def test_endless_answer_is_cut_off_and_its_status_counts() -> None:
    written = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(HEAD + b"Content-Length: 1000000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            written += 65536

    async with raw_receiving(flood) as url:
        assert await sent(url) == Outcome(200, None)
        await asyncio.sleep(0)
    # The bytes beyond the limit are in the buffers of the two sockets.
    assert written < MOST_ANSWER_BYTES + 16 * 1024 * 1024


async def test_compressed_answer_is_not_decompressed() -> None:
    async def bomb(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip")
        await writer.drain()

    async with raw_receiving(bomb) as url:
        assert await sent(url) == Outcome(200, None)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 99999 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a" * 100_000,
    ],
    ids=["nothing", "blank", "ssh", "impossible status", "endless header"],
)
async def test_answer_that_is_not_http_is_an_invalid_response(answer: bytes) -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with raw_receiving(say) as url:
        assert await sent(url) in (Outcome(None, "invalid_response"), Outcome(None, "connection_failed"))


async def test_port_without_a_listener_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert await sent(f"http://127.0.0.1:{port}/") == Outcome(None, "connection_failed")


async def test_no_cookie_is_kept() -> None:
    answer = web.Response(headers={"Set-Cookie": "a=b; Path=/"})
    async with receiving(answer, 204) as receiver, open_sender(allow_private=True) as sender:
        for _ in range(2):
            await sender.send(URL(receiver.url), "{}", {})
    assert len(receiver.received) == 2
    assert all("cookie" not in request.headers for request in receiver.received)


async def test_proxies_and_passwords_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert await sent(receiver.url) == Outcome(204, None)
    assert proxy.received == []
    assert "authorization" not in receiver.received[0].headers


async def test_certificates_are_checked_against_the_name_and_not_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def loopback(_: str, port: int, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("hooks.example").configure_cert(server)
    asked: list[str | None] = []
    server.sni_callback = lambda _, name, __: asked.append(name)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with receiving(tls=server) as receiver:
        monkeypatch.setattr("darkroom_orchestrator.outbound.guarded_connections.socket.getaddrinfo", loopback)
        async with open_sender(allow_private=True, trust=trust) as sender:
            right = await sender.send(URL(f"https://hooks.example:{receiver.port}/"), "{}", {})
            wrong = await sender.send(URL(f"https://other.example:{receiver.port}/"), "{}", {})
        async with open_sender(allow_private=True) as sender:
            unknown = await sender.send(URL(f"https://hooks.example:{receiver.port}/"), "{}", {})
    assert (right, wrong, unknown) == (Outcome(204, None), Outcome(None, "tls_failed"), Outcome(None, "tls_failed"))
    assert asked[0] == "hooks.example"
    assert len(receiver.received) == 1
