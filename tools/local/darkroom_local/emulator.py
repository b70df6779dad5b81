"""MiniStack, the AWS emulator, as a child process.

It has an environment of its own, `tools/emulator/.venv`, because it needs another botocore than the services do.
Its state is in memory and goes when it stops, unless a folder is named to keep it. It writes tables, queues and topics
there only when it stops by SIGTERM: what a killed emulator did since its start is lost, but for the objects in buckets.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from darkroom_local.child import Child, LineSink
from darkroom_local.ports import LOOPBACK, free_ports

EXECUTABLE: Final = Path(__file__).resolve().parents[2] / "emulator" / ".venv" / "bin" / "ministack"

_START_SECONDS: Final = 30
_POLL_SECONDS: Final = 0.05
_STOP_SECONDS: Final = 5
_SAVE_SECONDS: Final = 60
"""How long the emulator may take to stop if it has state to write."""


class EmulatorFailed(Exception):
    """The emulator is not installed, or did not become ready."""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """A running emulator."""

    child: Child
    endpoint_url: str


@asynccontextmanager
async def running_emulator(
    *, port: int | None = None, sink: LineSink, kept: Path | None = None
) -> AsyncIterator[Emulator]:
    """Run the emulator for the length of a `with` block, on the given port or on a free one.

    It begins with the state in the folder `kept`, and leaves its own there. Raises EmulatorFailed.
    """
    if not EXECUTABLE.exists():
        raise EmulatorFailed(f"{EXECUTABLE} is missing. Install it: `uv sync --project tools/emulator --frozen`.")
    chosen = port or free_ports(1)[0]
    with TemporaryDirectory(prefix="darkroom-emulator-") as folder:
        environment = _environment(chosen, folder) | (_keeping(kept) if kept else {})
        child = await Child.start([str(EXECUTABLE)], environment=environment, sink=sink)
        emulator = Emulator(child=child, endpoint_url=f"http://{LOOPBACK}:{chosen}")
        try:
            await _ready(emulator)
            yield emulator
        finally:
            await child.stop(grace_seconds=_SAVE_SECONDS if kept else _STOP_SECONDS)


async def _ready(emulator: Emulator) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
            if not emulator.child.is_running:
                raise EmulatorFailed(f"The emulator ended with status {await emulator.child.wait()} while starting.")
            if await _answers(client, emulator):
                return
            await asyncio.sleep(_POLL_SECONDS)
    raise EmulatorFailed(f"The emulator did not answer within {_START_SECONDS} seconds.")


async def _answers(client: httpx.AsyncClient, emulator: Emulator) -> bool:
    try:
        answer = await client.get(f"{emulator.endpoint_url}/_ministack/health")
    except httpx.TransportError:
        return False
    return answer.is_success


def _environment(port: int, folder: str) -> dict[str, str]:
    """Return the emulator's whole environment. A developer's own settings for MiniStack and AWS do not reach it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "0",
        # It writes some files anyway, such as one with its process id.
        "TMPDIR": folder,
        "STATE_DIR": folder,
        "S3_DATA_DIR": folder,
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def _keeping(folder: Path) -> dict[str, str]:
    """Return the variables with which the emulator loads its state from a folder and saves it there."""
    absolute = folder.resolve()
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(absolute / "state"),
        # Without this, objects stay in memory.
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(absolute / "objects"),
    }
