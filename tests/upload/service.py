"""The upload service for tests: real HTTP, in the test's own process, on an emulator."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx
import uvicorn
from pydantic import HttpUrl, SecretStr

from darkroom import clock
from darkroom.accounts.allowances import UNLIMITED
from darkroom.accounts.api_keys import ApiKey
from darkroom.recipes import load_presets
from darkroom.runtime.server import configuration
from darkroom.runtime.settings import Environment
from darkroom.tables.api_key_table import KeyTable
from darkroom_local.installation import Installation
from darkroom_upload.app import Services, create_app
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.main import open_services
from darkroom_upload.settings import UploadSettings
from tests.support.cipher import CIPHER

KEY = "local-dev-key"
OWNER = "demo"
STRANGER_KEY = "a-stranger-s-key"
DEFAULT_LIMITS = (
    "default_requests_per_second",
    "default_jobs_per_day",
    "default_bytes_per_day",
    "default_stored_bytes",
)
NOBODY = HttpUrl("http://127.0.0.1:9")
"""An address at which no orchestrator listens."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to pytest."""
        yield


@dataclass(frozen=True, kw_only=True)
class RunningService:
    """A running service, and a client with a key for it."""

    url: str
    client: httpx.AsyncClient
    services: Services
    stop: asyncio.Event
    settings: UploadSettings

    @property
    def port(self) -> int:
        """The port on which the service listens."""
        port = httpx.URL(self.url).port
        assert port is not None
        return port


PRODUCTION_DATA_KEY = "a-data-key-of-production" * 2


def settings_for(installation: Installation, **overrides: Any) -> UploadSettings:
    """Return settings for an installation: development, unless told otherwise."""
    return UploadSettings(
        **{
            "environment": Environment.DEVELOPMENT,
            "originals_bucket": installation.topology.originals.name,
            "results_bucket": installation.topology.results.name,
            "jobs_table": installation.topology.jobs.name,
            "accounts_table": installation.topology.accounts.name,
            "uploads_queue_url": HttpUrl(installation.uploads.url),
            "imports_queue_url": HttpUrl(installation.imports.url),
            "orchestrator_url": NOBODY,
            "data_keys": SecretStr(PRODUCTION_DATA_KEY) if "environment" in overrides else None,
            **dict.fromkeys(DEFAULT_LIMITS, UNLIMITED),
            **overrides,
        }
    )


def _now() -> datetime:
    """Ask the clock that a test may have replaced since the service was started."""
    return clock.now()


@asynccontextmanager
async def running_service(
    settings: UploadSettings,
    orchestrator: Callable[[httpx.Request], httpx.Response] | None = None,
    *,
    now: Callable[[], datetime] = _now,
    changes: Mapping[str, Any] = {},
) -> AsyncIterator[RunningService]:
    """Run the service with these settings on a free port, for the length of a `with` block.

    `orchestrator` answers in place of the orchestrator. Without it, nothing does. `changes` replace services by name.
    """
    stop = asyncio.Event()
    presets = load_presets(settings.presets_file)
    async with open_services(settings, presets, stop, now=now) as opened:
        services = _with_orchestrator(opened, _played_by(orchestrator)) if orchestrator else opened
        services = replace(services, **changes)
        # The socket listens from the start, so a connection waits until the server is ready.
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = _Server(configuration(create_app(services), drain_seconds=5))
        background = [asyncio.create_task(run(stop)) for run in (services.watcher.run, services.feed.run)]
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with httpx.AsyncClient(
                base_url=url,
                headers={"x-api-key": KEY},
                timeout=30,
                limits=httpx.Limits(max_connections=None),
                trust_env=False,
            ) as client:
                yield RunningService(url=url, client=client, services=services, stop=stop, settings=settings)
        finally:
            stop.set()
            server.should_exit = True
            await asyncio.gather(serving, *background)


def _with_orchestrator(services: Services, orchestrator: OrchestratorClient) -> Services:
    return replace(services, orchestrator=orchestrator, preview=replace(services.preview, orchestrator=orchestrator))


def _played_by(orchestrator: Callable[[httpx.Request], httpx.Response]) -> OrchestratorClient:
    transport = httpx.MockTransport(orchestrator)
    return OrchestratorClient(httpx.AsyncClient(base_url=str(NOBODY), transport=transport))


async def put_key(dynamodb: Any, installation: Installation, key: str, owner: str, **more: Any) -> None:
    """Write an API key into the accounts table."""
    kept = ApiKey.of(key, owner=owner, name="test", created_at=clock.now())
    await KeyTable(dynamodb, installation.topology.accounts.name, CIPHER).put(replace(kept, **more))
