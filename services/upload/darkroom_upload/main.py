"""Runs the upload service: opens its clients, builds its services, and serves until a signal stops it."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from darkroom.clock import now
from darkroom.recipes import Presets, load_presets
from darkroom.runtime.aws import ANSWER_SECONDS, Aws
from darkroom.runtime.logs import configure_logging, get_logger
from darkroom.runtime.server import serve
from darkroom.runtime.settings import load_settings
from darkroom_upload.app import Services, create_app
from darkroom_upload.composition import Clients, compose
from darkroom_upload.jobs.orchestrator_client import open_client
from darkroom_upload.settings import UploadSettings

_LOG = get_logger(__name__)


@asynccontextmanager
async def open_services(
    settings: UploadSettings, presets: Presets, stop: asyncio.Event, *, now: Callable[[], datetime] = now
) -> AsyncIterator[Services]:
    """Open the clients for the length of a `with` block, and build the services on them."""
    async with AsyncExitStack() as stack:
        yield compose(await _open_clients(settings, stack), settings, presets, stop, now=now)


async def _open_clients(settings: UploadSettings, stack: AsyncExitStack) -> Clients:
    aws = Aws(read_seconds=ANSWER_SECONDS)
    s3 = public_s3 = await stack.enter_async_context(aws.s3())
    if settings.public_s3_endpoint_url:
        endpoint_url = str(settings.public_s3_endpoint_url).rstrip("/")
        public_s3 = await stack.enter_async_context(aws.s3(endpoint_url=endpoint_url))
    return Clients(
        s3=s3,
        public_s3=public_s3,
        sqs=await stack.enter_async_context(aws.sqs()),
        dynamodb=await stack.enter_async_context(aws.dynamodb()),
        orchestrator=await stack.enter_async_context(open_client(str(settings.orchestrator_url))),
        credentials=aws.credentials,
    )


async def run(settings: UploadSettings, presets: Presets) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    async with open_services(settings, presets, stop) as services:
        _LOG.info("service_started", host=settings.host, port=settings.port)
        background = [services.watcher.run, services.feed.run]
        await serve(create_app(services), background, stop=stop, host=settings.host, port=settings.port)
    _LOG.info("service_stopped")


def main() -> None:
    """Run the service that the environment describes."""
    settings = load_settings(UploadSettings)
    configure_logging("upload", level=settings.log_level, log_format=settings.log_format)
    # The parser logs a warning for each broken form, with bytes of the form in it.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    try:
        presets = load_presets(settings.presets_file)
    except (OSError, ValueError) as error:
        sys.exit(f"The presets cannot be read: {error}")
    with settings.exported_traces("upload"):
        asyncio.run(run(settings, presets))
