"""Tests of downloads from servers that misbehave, and of URLs that lead inside."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Sequence
from typing import Any

import pytest
import trustme
from aiohttp import web

from darkroom.errors import FetchFailed, FetchRefused, MalformedRequest
from darkroom.outbound_urls import read_outbound_url
from darkroom_orchestrator.imports import download
from darkroom_orchestrator.imports.download import NoPublicAddress, open_downloader
from tests.support.receiver import raw_receiving, receiving

pytestmark = pytest.mark.sockets

LOOK_UP = "darkroom_orchestrator.outbound.guarded_connections.socket.getaddrinfo"


async def fetched(url: str, *, allow_private: bool = True, trust: ssl.SSLContext | None = None) -> bytes:
    """Download a URL as the use case does, after the same check of the URL."""
    checked = read_outbound_url(url, field="url", allow_http=True)
    async with open_downloader(allow_private=allow_private, trust=trust) as downloader, downloader.open(checked) as got:
        return b"".join([chunk async for chunk in got.chunks()])


def answering(answer: bytes) -> Any:
    """Return the handler of a server that writes these bytes and closes the connection."""

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return say


async def test_file_is_asked_for_without_cookies_credentials_or_encodings() -> None:
    answer = web.Response(body=b"image", headers={"Set-Cookie": "a=b; Path=/"})
    async with receiving(answer, web.Response(body=b"image")) as server:
        url = read_outbound_url(f"{server.url}?token=a%2Fb", field="url", allow_http=True)
        async with open_downloader(allow_private=True) as downloader:
            for _ in range(2):
                async with downloader.open(url) as got:
                    assert [chunk async for chunk in got.chunks()] == [b"image"]
    asked = server.received[1]
    assert (asked.method, asked.path) == ("GET", "/hook?token=a%2Fb")
    assert asked.headers["user-agent"] == "Darkroom-Import/1"
    assert asked.headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "referer"} & set(asked.headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_refused_and_its_target_never_asked(status: int) -> None:
    async with receiving(web.Response(body=b"secret")) as target:
        redirect = web.Response(status=status, headers={"Location": target.url})
        async with receiving(redirect) as server:
            with pytest.raises(FetchRefused, match=f"answered {status}, a redirect"):
                await fetched(server.url)
        assert target.received == []


@pytest.mark.parametrize("status", [201, 204, 206, 400, 401, 403, 404, 410, 451])
async def test_answer_without_a_file_is_refused_at_once(status: int) -> None:
    async with receiving(status) as server:
        with pytest.raises(FetchRefused, match=f"answered {status} in place of 200"):
            await fetched(server.url)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_answer_that_may_change_is_a_failure_to_repeat(status: int) -> None:
    async with receiving(status) as server:
        with pytest.raises(FetchFailed, match=f"answered {status}"):
            await fetched(server.url)


async def test_compressed_answer_is_refused() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip"
    async with raw_receiving(answering(answer)) as url:
        with pytest.raises(FetchRefused, match="Content-Encoding"):
            await fetched(url)


BROKEN = {
    "nothing": b"",
    "ssh": b"SSH-2.0-OpenSSH_9.6\r\n",
    "impossible status": b"HTTP/1.1 99999 No\r\n\r\n",
    "endless header": b"HTTP/1.1 200 OK\r\n" + b"a" * 100_000,
    "large header": b"HTTP/1.1 200 OK\r\nx-a: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: a\r\n" % n for n in range(20_000)) + b"\r\n",
    "body cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "chunk cut off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nshort",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nshort\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
async def test_answer_that_breaks_off_or_is_not_http_is_a_failure(answer: bytes) -> None:
    async with raw_receiving(answering(answer)) as url:
        with pytest.raises(FetchFailed):
            await fetched(url)


async def test_body_may_be_longer_than_no_length_says_but_never_than_its_content_length() -> None:
    unannounced = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000
    async with raw_receiving(answering(unannounced)) as url:
        assert await fetched(url) == b"x" * 5000
    lying = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n" + b"x" * 5000
    async with raw_receiving(answering(lying)) as url:
        with contextlib.suppress(FetchFailed):
            assert await fetched(url) == b"x" * 5


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def stalling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na")
    await silent(reader, writer)


async def dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("handle", "limit"), [(silent, "IDLE_SECONDS"), (stalling, "IDLE_SECONDS"), (dripping, "TOTAL_SECONDS")]
)
async def test_slow_server_is_left(handle: Any, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, limit, 0.3)
    async with raw_receiving(handle) as url:
        with pytest.raises(FetchFailed, match="took too long"):
            await fetched(url)


async def test_no_error_names_the_url() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(FetchFailed, match="could not be reached") as caught:
        await fetched(f"http://127.0.0.1:{port}/path?token=hunter2")
    assert caught.value.cause is None
    assert str(port) not in caught.value.message


async def test_certificate_must_belong_to_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def loopback(_: str, port: int, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    authority, trust = trustme.CA(), ssl.create_default_context()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("images.example").configure_cert(tls)
    authority.configure_trust(trust)
    async with receiving(web.Response(body=b"image"), tls=tls) as server:
        monkeypatch.setattr(LOOK_UP, loopback)
        assert await fetched(f"https://images.example:{server.port}/", trust=trust) == b"image"
        with pytest.raises(FetchFailed, match="certificate"):
            await fetched(f"https://other.example:{server.port}/", trust=trust)
    assert len(server.received) == 1


# Ways inside: each is refused by the check of the URL, or by the guard when the connection is made. `{port}` is the
# port of a server on loopback that must not be asked.
WAYS_INSIDE = [
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://00000177.0.0.01:{port}/",
    "http://127.0.0.1%00.example.com:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://loc%61lhost:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fd00::1]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://[::1%lo]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127．0．0．1:{port}/",
    "http://127｡0｡0｡1:{port}/",
    "http://ⓛocalhost:{port}/",
    "http://a@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://example.com:80@127.0.0.1:{port}/",
    "http://user:password@localhost:{port}/",
    "http://127.0.0.1:{port}#@example.com/",
    "http://example.com#@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://example.com\\@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    " http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: example.com",
    "http://127.0.0.1\t:{port}/",
    "http://[127.0.0.1]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "http://[64:ff9b::a9fe:a9fe]/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/latest/meta-data/",
    "http://0251.0376.0251.0376/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/opc/v2/instance/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://example.com:22/",
    "http://example.com:25/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "https://example.com:6379x/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:{port}/_GET%20/",
    "dict://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "ldap://127.0.0.1:{port}/",
    "data:image/png;base64,iVBORw0KGgo=",
    "jar:http://127.0.0.1:{port}/!/",
    "s3://darkroom-results/a",
    "unix:/var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "javascript:alert(1)",
    "",
]


@pytest.fixture
async def quick_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report an address that is not public without the wait that hides which names exist."""
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.5)


@pytest.mark.parametrize("way", WAYS_INSIDE, ids=ascii)
async def test_no_url_leads_inside(way: str, monkeypatch: pytest.MonkeyPatch, quick_refusals: None) -> None:
    real = socket.getaddrinfo

    def look_up(host: str, *args: Any, **more: Any) -> Any:
        # The name servers of a cloud know this name; those of the test may not.
        return real("169.254.169.254" if host == "metadata.google.internal" else host, *args, **more)

    monkeypatch.setattr(LOOK_UP, look_up)
    async with receiving(web.Response(body=b"secret")) as inside:
        with pytest.raises((MalformedRequest, NoPublicAddress)):
            await fetched(way.replace("{port}", str(inside.port)), allow_private=False)
        assert inside.received == []


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.170.2", "100.64.0.1", "[fd00:ec2::254]"])
async def test_no_setting_opens_metadata(address: str, quick_refusals: None) -> None:
    with pytest.raises(NoPublicAddress):
        await fetched(f"http://{address}/", allow_private=True)


class Names:
    """A name server that answers each look-up with its next answer."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self._answers.pop(0)]


async def test_name_that_changes_its_address_is_looked_up_once_for_each_connection(
    monkeypatch: pytest.MonkeyPatch, quick_refusals: None
) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    monkeypatch.setattr(LOOK_UP, names)
    async with receiving(web.Response(body=b"image")) as server:
        url = f"http://rebinding.example:{server.port}/"
        assert await fetched(url) == b"image"
        with pytest.raises(NoPublicAddress):
            await fetched(url)
    assert names.asked == ["rebinding.example"] * 2
    assert len(server.received) == 1


async def test_one_private_address_among_public_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, quick_refusals: None
) -> None:
    monkeypatch.setattr(LOOK_UP, Names(["1.1.1.1", "127.0.0.1"]))
    async with receiving() as server:
        with pytest.raises(NoPublicAddress):
            await fetched(f"http://mixed.example:{server.port}/", allow_private=False)
    assert server.received == []


async def test_private_name_looks_like_one_that_does_not_exist(
    monkeypatch: pytest.MonkeyPatch, quick_refusals: None
) -> None:
    def look_up(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        if host != "database.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", port))]

    monkeypatch.setattr(LOOK_UP, look_up)
    waits: list[float] = []

    async def wait(moment: float) -> None:
        waits.append(moment)

    monkeypatch.setattr(download, "until", wait)
    told = []
    for name in ("database.example", "nobody.example"):
        with pytest.raises(NoPublicAddress) as caught:
            await fetched(f"http://{name}/", allow_private=False)
        told.append(caught.value.message)
    assert told == ["The host of the URL has no public address."] * 2
    assert len(waits) == 2
