"""Composes imports. They share neither connections nor permits with webhooks, so that slow servers delay no webhook."""

import asyncio
from functools import partial
from typing import Final

from pydantic import ValidationError

from darkroom.messages import FetchRequested
from darkroom.runtime.consumer import Consumer, Handler, Poison
from darkroom.runtime.queue import Delivery, Queue
from darkroom.runtime.settings import Environment
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.imports.download import CONCURRENCY, open_downloader
from darkroom_orchestrator.imports.fetch import Fetch
from darkroom_orchestrator.imports.schedule import pause
from darkroom_orchestrator.owner_concurrency import OwnerConcurrency
from darkroom_orchestrator.records.imports import ImportRecords
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import OpenJobs
from darkroom_orchestrator.settings import Settings
from darkroom_orchestrator.storage.originals import Originals

CONCURRENCY_PER_OWNER: Final = 4
"""Concurrent downloads of one owner. Slow servers of one owner do not delay the imports of others."""
_MOST_RECEIVED: Final = 64
"""Commands that this process receives at the same time. Most wait here for their owner's share."""


class Imports:
    """The import of originals from URLs."""

    def __init__(
        self,
        settings: Settings,
        *,
        jobs: JobStore,
        records: ImportRecords,
        open_jobs: OpenJobs,
        originals: Originals,
        events: JobEvents,
        imports: Queue,
        uploads: Queue,
    ) -> None:
        self._settings = settings
        self._imports = imports
        self._fetch = partial(
            Fetch,
            jobs=jobs,
            records=records,
            open_jobs=open_jobs,
            originals=originals,
            uploads=uploads,
            events=events,
            cipher=settings.cipher,
            max_upload_bytes=settings.max_upload_bytes,
            allow_http=settings.environment is Environment.DEVELOPMENT,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until `stop` is set, then finish the downloads in progress."""
        settings = self._settings
        async with open_downloader(allow_private=settings.fetch_private_addresses) as downloader:
            shares = OwnerConcurrency(most=CONCURRENCY, each=CONCURRENCY_PER_OWNER)
            consumer = Consumer(
                "imports",
                self._imports,
                shares.guard(imports_handler(self._fetch(downloader=downloader))),
                concurrency=_MOST_RECEIVED,
                wait_seconds=settings.receive_wait_seconds,
                visibility_seconds=settings.visibility_seconds,
                drain_seconds=settings.drain_seconds,
                pause=partial(pause, longest_seconds=settings.longest_pause_seconds),
            )
            await consumer.run(stop)


def imports_handler(fetch: Fetch) -> Handler:
    """Return the handler of commands to fetch an original."""

    async def handle(delivery: Delivery) -> None:
        try:
            command = FetchRequested.model_validate_json(delivery.body)
        except ValidationError as error:
            raise Poison("The message is not a command to fetch an original.") from error
        await fetch(command.job_id)

    return handle
