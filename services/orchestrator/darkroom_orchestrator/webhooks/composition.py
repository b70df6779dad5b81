"""Composes webhooks. The sender is open as long as the consumer that uses it."""

import asyncio
from typing import Final

from darkroom.clock import Clock
from darkroom.runtime.consumer import Consumer
from darkroom.runtime.queue import Queue
from darkroom.runtime.settings import Environment
from darkroom.tables.job_table import JobTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_orchestrator.owner_concurrency import OwnerConcurrency
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.settings import Settings
from darkroom_orchestrator.webhooks.deliver import Deliver
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog
from darkroom_orchestrator.webhooks.notifications import notifications_handler
from darkroom_orchestrator.webhooks.replay import Replay
from darkroom_orchestrator.webhooks.schedule import pauses
from darkroom_orchestrator.webhooks.sender import CONCURRENCY, open_sender

CONCURRENCY_PER_OWNER: Final = 32
"""Concurrent deliveries of one owner. An owner whose receivers are dead or slow does not delay the others."""
_MOST_RECEIVED: Final = 512
"""Events that this process receives at the same time. Most wait here for their owner's share."""
_VISIBILITY_SECONDS: Final = 60


class Webhooks:
    """The delivery of events, and the use case that requests a delivery again."""

    def __init__(
        self,
        settings: Settings,
        *,
        jobs: JobTable,
        secrets: WebhookSecrets,
        log: DeliveryLog,
        notifications: Queue,
        charging: Charging,
        now: Clock,
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._secrets = secrets
        self._log = log
        self._notifications = notifications
        self._now = now
        self.replay = Replay(jobs=jobs, log=log, notifications=notifications, charging=charging, now=now)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set, then finish the deliveries in progress."""
        settings = self._settings
        async with open_sender(allow_private=settings.webhook_allow_private) as sender:
            deliver = Deliver(
                jobs=self._jobs,
                secrets=self._secrets,
                log=self._log,
                sender=sender,
                cipher=settings.cipher,
                schedule=settings.webhook_retry_seconds,
                allow_http=settings.environment is Environment.DEVELOPMENT,
                now=self._now,
            )
            shares = OwnerConcurrency(most=CONCURRENCY, each=CONCURRENCY_PER_OWNER)
            consumer = Consumer(
                "notifications",
                self._notifications,
                shares.guard(notifications_handler(deliver)),
                concurrency=_MOST_RECEIVED,
                wait_seconds=settings.receive_wait_seconds,
                visibility_seconds=_VISIBILITY_SECONDS,
                drain_seconds=settings.drain_seconds,
                pause=pauses(settings.webhook_retry_seconds),
            )
            await consumer.run(stop)
