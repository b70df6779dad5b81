"""Connections go to checked addresses only, however an address is spelled and whenever a name changes."""

import asyncio
import socket
import threading
from typing import Any

import pytest
from yarl import URL

from darkroom_orchestrator.webhooks.sender import Outcome, open_sender
from tests.support.receiver import receiving
from tests.support.waiting import until

REFUSED = "address_refused"
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


@pytest.mark.parametrize("host", WAYS_TO_LOOPBACK)
async def test_no_spelling_of_loopback_is_connected_to(host: str) -> None:
    async with receiving() as receiver, open_sender(allow_private=False) as sender:
        try:
            url = URL(f"http://{host}:{receiver.port}/")
        except ValueError:
            return  # Not a URL even: nothing to connect to.
        outcome = await sender.send(url, "{}", {})
    assert receiver.received == []
    assert outcome.status is None
    assert outcome.error in {REFUSED, "invalid_url", "name_not_found"}


@pytest.mark.parametrize("host", ["169.254.169.254", "169.254.170.2", "[fd00:ec2::254]", "100.64.0.1"])
async def test_metadata_and_credentials_are_out_of_reach_even_in_development(host: str) -> None:
    async with open_sender(allow_private=True) as sender:
        assert await sender.send(URL(f"http://{host}/"), "{}", {}) == Outcome(None, REFUSED)


class Names:
    """A name service that answers each look-up with the next of its answers."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self._answers.pop(0)]


async def test_a_name_with_one_refused_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(["1.1.1.1", "127.0.0.1", "8.8.8.8"])
    monkeypatch.setattr("darkroom_orchestrator.webhooks.guard.socket.getaddrinfo", names)
    async with receiving() as receiver, open_sender(allow_private=False) as sender:
        outcome = await sender.send(URL(f"http://mixed.example:{receiver.port}/"), "{}", {})
    assert (outcome, receiver.received) == (Outcome(None, REFUSED), [])


async def test_a_name_is_looked_up_once_for_each_webhook_and_the_answer_is_what_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"])
    monkeypatch.setattr("darkroom_orchestrator.webhooks.guard.socket.getaddrinfo", names)
    async with receiving() as receiver, open_sender(allow_private=True) as sender:
        url = URL(f"http://rebinding.example:{receiver.port}/")
        outcomes = [await sender.send(url, "{}", {}) for _ in range(3)]
    assert outcomes == [Outcome(204, None), Outcome(None, REFUSED), Outcome(204, None)]
    assert names.asked == ["rebinding.example"] * 3
    assert [request.headers["host"] for request in receiver.received] == [f"rebinding.example:{receiver.port}"] * 2


async def test_a_name_that_is_answered_too_late_is_not_waited_for_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered, real = threading.Event(), socket.getaddrinfo

    def slow(host: str, *args: Any, **more: Any) -> Any:
        if host == "slow.example":
            answered.wait(10)
        return real("127.0.0.1", *args, **more)

    monkeypatch.setattr("darkroom_orchestrator.webhooks.sender.CONNECT_SECONDS", 3)
    monkeypatch.setattr("darkroom_orchestrator.webhooks.guard.socket.getaddrinfo", slow)
    async with receiving() as receiver, open_sender(allow_private=True) as sender:
        names = [*["slow.example"] * 64, "quick.example"]
        outcomes = await asyncio.gather(
            *(sender.send(URL(f"http://{name}:{receiver.port}/"), "{}", {}) for name in names)
        )
        answered.set()
    assert outcomes == [*[Outcome(None, "timeout")] * 64, Outcome(204, None)]


async def test_the_threads_that_look_names_up_go_with_the_sender() -> None:
    async with open_sender(allow_private=True) as sender:
        await sender.send(URL("http://localhost:1/"), "{}", {})
        assert any(thread.name.startswith("webhook-lookup") for thread in threading.enumerate())
    await until(lambda: not any(thread.name.startswith("webhook-lookup") for thread in threading.enumerate()))


async def test_a_name_that_nobody_has_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("darkroom_orchestrator.webhooks.guard.socket.getaddrinfo", unknown)
    async with open_sender(allow_private=False) as sender:
        assert await sender.send(URL("https://no-such-host.invalid/"), "{}", {}) == Outcome(None, "name_not_found")
