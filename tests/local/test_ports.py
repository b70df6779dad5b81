import asyncio
import socket
import sys
from asyncio.subprocess import PIPE

import pytest

from darkroom_local.ports import LOOPBACK, free_ports, is_free

pytestmark = pytest.mark.sockets

MORE_THAN_A_BLOCK = 100
CHOOSE_AND_STAY = f"""
import sys
from darkroom_local.ports import free_ports
print(*free_ports({MORE_THAN_A_BLOCK}), flush=True)
sys.stdin.read()
"""


def test_a_port_is_given_once() -> None:
    ports = free_ports(MORE_THAN_A_BLOCK) + free_ports(MORE_THAN_A_BLOCK)
    assert len(set(ports)) == 2 * MORE_THAN_A_BLOCK
    assert all(is_free(port) for port in ports)


async def test_processes_never_choose_the_same_ports() -> None:
    others = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", CHOOSE_AND_STAY, stdin=PIPE, stdout=PIPE)
        for _ in range(4)
    ]
    answers = [await other.stdout.readline() for other in others if other.stdout]
    chosen = [*free_ports(MORE_THAN_A_BLOCK), *(int(port) for answer in answers for port in answer.split())]
    await asyncio.gather(*(other.communicate(b"") for other in others))
    assert len(set(chosen)) == len(chosen) == 5 * MORE_THAN_A_BLOCK


def test_a_port_in_use_is_not_free() -> None:
    (port,) = free_ports(1)
    with socket.create_server((LOOPBACK, port)):
        assert not is_free(port)
    assert is_free(port)
