"""MiniStack in its strictest form: it verifies signatures, enforces IAM and resource policies, and uses TLS only.

TLS is needed because the stacks' policies refuse plain HTTP.
"""

import asyncio
import os
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from darkroom_local.child import Child
from darkroom_local.clients import aws_environment
from darkroom_local.emulator import EXECUTABLE, EmulatorFailed
from darkroom_local.ports import LOOPBACK, free_ports

_START_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.1
_STOP_SECONDS: Final = 10


@dataclass(frozen=True, kw_only=True)
class StrictEmulator:
    """A running emulator."""

    endpoint_url: str
    certificate: Path
    log: list[str]

    @property
    def trust(self) -> ssl.SSLContext:
        """SSL context that trusts the emulator's certificate, for clients that read no environment variables."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def environment(self) -> dict[str, str]:
        """Environment variables for clients that act as the account's root and trust the emulator's certificate."""
        return {
            **aws_environment(self.endpoint_url),
            "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
            "SSL_CERT_FILE": str(self.certificate),
        }


@asynccontextmanager
async def strict_emulator() -> AsyncIterator[StrictEmulator]:
    """Run an emulator on a free port until the `with` block ends. Raises EmulatorFailed."""
    log: list[str] = []
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as directory:
        certificate, key = _certificate(Path(directory))
        child = await Child.start([str(EXECUTABLE)], environment=_environment(port, certificate, key), sink=log.append)
        emulator = StrictEmulator(endpoint_url=f"https://localhost:{port}", certificate=certificate, log=log)
        try:
            await _ready(emulator, child)
            yield emulator
        finally:
            await child.stop(grace_seconds=_STOP_SECONDS)


def _certificate(directory: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for this machine. Return the paths of certificate and key."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(
        [  # noqa: S607 - openssl is on the system's path
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", f"subjectAltName=DNS:localhost,DNS:*.localhost,IP:{LOOPBACK}",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return certificate, key


def _environment(port: int, certificate: Path, key: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "0",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(key),
    }


async def _ready(emulator: StrictEmulator, child: Child) -> None:
    try:
        async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient(verify=emulator.trust, trust_env=False) as client:
            while not await _answers(client, emulator):
                if not child.is_running:
                    raise EmulatorFailed("The emulator ended while starting:\n" + "\n".join(emulator.log))
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError as error:
        raise EmulatorFailed(f"The emulator did not answer within {_START_SECONDS} seconds.") from error


async def _answers(client: httpx.AsyncClient, emulator: StrictEmulator) -> bool:
    try:
        answer = await client.get(f"{emulator.endpoint_url}/_ministack/health")
    except httpx.TransportError:
        return False
    return answer.is_success
