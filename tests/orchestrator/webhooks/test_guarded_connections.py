"""Tests that connections go only to checked addresses, however an address is spelled and whenever a name changes."""

import asyncio
import socket
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from yarl import URL

from darkroom_orchestrator.webhooks.sender import CONNECT_SECONDS, Outcome, open_sender
from tests.support.receiver import receiving
from tests.support.waiting import until

pytestmark = pytest.mark.sockets

REFUSED = "no_public_address"
WAYS_TO_LOOPBACK = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "00000177.0.0.01",
    "0.0.0.0",  # noqa: S104 - connected to, not bound to
    "0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::1%25lo]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "loopback.invalid",
]


async def sent_to_all(hosts: Sequence[str], port: int, *, allow_private: bool) -> dict[str, Outcome]:
    """Send webhooks to all hosts at the same time and return the outcomes, without hosts that make no valid URL."""
    urls = {host: url for host in hosts if (url := _url(host, port))}
    async with open_sender(allow_private=allow_private) as sender:
        outcomes = await asyncio.gather(*(sender.send(url, "{}", {}) for url in urls.values()))
    return dict(zip(urls, outcomes, strict=True))


def _url(host: str, port: int) -> URL | None:
    try:
        return URL(f"http://{host}:{port}/")
    except ValueError:
        return None


async def test_no_spelling_of_loopback_is_connected_to() -> None:
    async with receiving() as receiver:
        outcomes = await sent_to_all(WAYS_TO_LOOPBACK, receiver.port, allow_private=False)
    assert receiver.received == []
    assert len(outcomes) > 20
    assert set(outcomes.values()) <= {Outcome(None, REFUSED), Outcome(None, "invalid_url")}, outcomes


async def test_metadata_and_credentials_are_out_of_reach_even_in_development() -> None:
    hosts = ["169.254.169.254", "169.254.170.2", "[fd00:ec2::254]", "100.64.0.1"]
    outcomes = await sent_to_all(hosts, 80, allow_private=True)
    assert outcomes == dict.fromkeys(hosts, Outcome(None, REFUSED))


async def test_private_name_looks_like_one_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare the outcome and the time that it takes."""
    answered = threading.Event()

    def look_up(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        if host == "silent.example":
            answered.wait(10)
        if host != "database.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", port))]

    monkeypatch.setattr("darkroom_orchestrator.outbound.guarded_connections.socket.getaddrinfo", look_up)
    hosts = ["database.example", "nobody.example", "silent.example", "10.0.0.5"]
    began = asyncio.get_running_loop().time()
    async with open_sender(allow_private=False) as sender:
        told: list[float] = []

        async def send(host: str) -> Outcome:
            outcome = await sender.send(URL(f"http://{host}/"), "{}", {})
            told.append(asyncio.get_running_loop().time() - began)
            return outcome

        outcomes = await asyncio.gather(*map(send, hosts))
        answered.set()
    assert outcomes == [Outcome(None, REFUSED)] * 4
    assert min(told) >= CONNECT_SECONDS


class Names:
    """A name server that answers each look-up with its next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self._answers.pop(0)]


async def test_name_with_one_refused_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(["1.1.1.1", "127.0.0.1", "8.8.8.8"])
    monkeypatch.setattr("darkroom_orchestrator.outbound.guarded_connections.socket.getaddrinfo", names)
    async with receiving() as receiver, open_sender(allow_private=False) as sender:
        outcome = await sender.send(URL(f"http://mixed.example:{receiver.port}/"), "{}", {})
    assert (outcome, receiver.received) == (Outcome(None, REFUSED), [])


async def test_name_is_looked_up_once_for_each_webhook_before_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"])
    monkeypatch.setattr("darkroom_orchestrator.outbound.guarded_connections.socket.getaddrinfo", names)
    async with receiving() as receiver, open_sender(allow_private=True) as sender:
        url = URL(f"http://rebinding.example:{receiver.port}/")
        outcomes = [await sender.send(url, "{}", {}) for _ in range(3)]
    assert outcomes == [Outcome(204, None), Outcome(None, REFUSED), Outcome(204, None)]
    assert names.asked == ["rebinding.example"] * 3
    assert [request.headers["host"] for request in receiver.received] == [f"rebinding.example:{receiver.port}"] * 2


async def test_slow_name_server_delays_no_other_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    answered, real = threading.Event(), socket.getaddrinfo

    def slow(host: str, *args: Any, **more: Any) -> Any:
        if host == "slow.example":
            answered.wait(10)
        return real("127.0.0.1", *args, **more)

    monkeypatch.setattr("darkroom_orchestrator.outbound.guarded_connections.socket.getaddrinfo", slow)
    # So far apart that a busy machine cannot swap the two timeouts.
    monkeypatch.setattr("darkroom_orchestrator.outbound.guarded_connections.LOOKUP_SECONDS", 1.5)
    monkeypatch.setattr("darkroom_orchestrator.webhooks.sender.CONNECT_SECONDS", 6.0)
    async with receiving() as receiver, open_sender(allow_private=True) as sender:
        names = [*["slow.example"] * 64, "quick.example"]
        outcomes = await asyncio.gather(
            *(sender.send(URL(f"http://{name}:{receiver.port}/"), "{}", {}) for name in names)
        )
        answered.set()
    assert outcomes == [*[Outcome(None, REFUSED)] * 64, Outcome(204, None)]


async def test_threads_for_look_ups_end_with_the_sender() -> None:
    async with open_sender(allow_private=True) as sender:
        await sender.send(URL("http://localhost:1/"), "{}", {})
        assert any(thread.name.startswith("webhook-lookup") for thread in threading.enumerate())
    await until(lambda: not any(thread.name.startswith("webhook-lookup") for thread in threading.enumerate()))
