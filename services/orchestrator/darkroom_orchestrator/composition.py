"""Composes the orchestrator: adapters, use cases, consumers and the HTTP API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI

from darkroom.clock import Clock
from darkroom.recipes import Presets
from darkroom.runtime import health
from darkroom.runtime.aws import Aws
from darkroom.runtime.consumer import Consumer, Handler, growing_pause
from darkroom.runtime.health import Check, Readiness
from darkroom.runtime.queue import SqsQueue
from darkroom.runtime.server import Background
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom.topology import TASK_TRIES
from darkroom_orchestrator.app import create_app
from darkroom_orchestrator.arrivals.start import Start
from darkroom_orchestrator.consumers import dead_tasks_handler, reports_handler, uploads_handler
from darkroom_orchestrator.dispatch.send_tasks import SendTasks
from darkroom_orchestrator.dispatch.slot_index import SlotIndex
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.internal_api.routes import QueueName, QueuePair
from darkroom_orchestrator.jobs.cancel import Cancel
from darkroom_orchestrator.jobs.delete import Delete
from darkroom_orchestrator.jobs.retry import Retry
from darkroom_orchestrator.jobs.sweep import Sweep, sweep_regularly
from darkroom_orchestrator.owner_concurrency import OwnerConcurrency
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import OpenJobs
from darkroom_orchestrator.records.refunds import Refunds
from darkroom_orchestrator.reports.begin import Begin
from darkroom_orchestrator.reports.dead_tasks import FailDeadTask
from darkroom_orchestrator.reports.finish import Finish
from darkroom_orchestrator.settings import Settings
from darkroom_orchestrator.storage.originals import Originals
from darkroom_orchestrator.storage.results import Results
from darkroom_orchestrator.webhooks.composition import Webhooks
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

_CONCURRENCY: Final = 16
"""Messages of one queue that are handled at the same time. Each takes a few calls of some milliseconds."""
_MOST_RECEIVED: Final = 256
"""Announcements that this process receives at the same time. Most wait here for their owner's share."""
_DEAD_CONCURRENCY: Final = 2
"""Dead tasks that are handled at the same time."""


@dataclass(frozen=True, kw_only=True)
class Clients:
    """Open clients for AWS."""

    s3: "S3Client"
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"


@asynccontextmanager
async def open_clients(aws: Aws) -> AsyncIterator[Clients]:
    """Open the clients, and close them at the end of the block."""
    async with aws.s3() as s3, aws.sqs() as sqs, aws.sns() as sns, aws.dynamodb() as dynamodb:
        yield Clients(s3=s3, sqs=sqs, sns=sns, dynamodb=dynamodb)


class Composition:
    """All use cases of the orchestrator, over one set of adapters."""

    def __init__(self, settings: Settings, clients: Clients, presets: Presets, *, now: Clock) -> None:
        self._settings = settings
        self._clients = clients
        self.queues = {
            QueueName.UPLOADS: self._pair(settings.uploads_queue_url, settings.uploads_dlq_url),
            QueueName.TASKS: self._pair(settings.tasks_queue_url, settings.tasks_dlq_url),
            QueueName.REPORTS: self._pair(settings.results_queue_url, settings.results_dlq_url),
            QueueName.NOTIFICATIONS: self._pair(settings.notifications_queue_url, settings.notifications_dlq_url),
        }
        tasks = self.queues[QueueName.TASKS].queue
        work_period = timedelta(seconds=settings.work_seconds)
        self.jobs = jobs = JobStore(
            clients.dynamodb,
            settings.jobs_table,
            accounts_table=settings.accounts_table,
            now=now,
            work_period=work_period,
        )
        self.open_jobs = open_jobs = OpenJobs(clients.dynamodb, settings.jobs_table, now=now, work_period=work_period)
        originals = Originals(clients.s3, settings.originals_bucket)
        results = Results(clients.s3, settings.results_bucket)
        events = JobEvents(clients.sns, settings.job_events_topic_arn)
        send_tasks = SendTasks(jobs=jobs, tasks=tasks, max_variants_per_task=settings.max_variants_per_task)
        self.slots = slots = Slots(
            index=SlotIndex(clients.dynamodb, settings.jobs_table),
            jobs=jobs,
            send_tasks=send_tasks,
            limit=settings.tasks_per_owner or None,
        )
        self.start = Start(
            jobs=jobs,
            originals=originals,
            slots=slots,
            events=events,
            presets=presets,
            default_owner=settings.default_owner,
            max_upload_bytes=settings.max_upload_bytes,
            now=now,
        )
        self.begin = Begin(jobs=jobs)
        self.finish = Finish(jobs=jobs, results=results, events=events, slots=slots)
        self.fail_dead_task = FailDeadTask(finish=self.finish, tries=TASK_TRIES, now=now)
        self.cancel = Cancel(jobs=jobs, open_jobs=open_jobs, events=events, slots=slots)
        charging = Charging(settings.accounts_table)
        self.retry = Retry(jobs=jobs, originals=originals, slots=slots, charging=charging)
        self.delete = Delete(jobs=jobs, originals=originals, results=results)
        self.refunds = Refunds(clients.dynamodb, jobs_table=settings.jobs_table, accounts_table=settings.accounts_table)
        self.sweep = Sweep(
            jobs=jobs,
            open_jobs=open_jobs,
            originals=originals,
            slots=slots,
            events=events,
            refunds=self.refunds,
            uploads=self.queues[QueueName.UPLOADS].queue,
            tasks=tasks,
            reports=self.queues[QueueName.REPORTS].queue,
            now=now,
        )
        self.webhooks = Webhooks(
            settings,
            jobs=jobs,
            secrets=WebhookSecrets(clients.dynamodb, settings.accounts_table, settings.cipher),
            log=DeliveryLog(clients.dynamodb, settings.jobs_table),
            notifications=self.queues[QueueName.NOTIFICATIONS].queue,
            charging=charging,
            now=now,
        )

    def app(self, stop: asyncio.Event) -> FastAPI:
        """Return the internal HTTP API. Once `stop` is set, its readiness check fails."""
        return create_app(
            names=self._settings.api_names,
            jobs=self.jobs,
            cancel=self.cancel,
            retry=self.retry,
            delete=self.delete,
            replay=self.webhooks.replay,
            queues=self.queues,
            readiness=Readiness(self._checks(), stop),
        )

    def background(self) -> list[Background]:
        """Return the work that runs in the background: consumers, the sweeper and webhooks."""
        starts = OwnerConcurrency(most=_CONCURRENCY, each=_CONCURRENCY // 4).guard(uploads_handler(self.start))
        consumers = (
            self._consumer("uploads", self.queues[QueueName.UPLOADS].queue, starts, _MOST_RECEIVED),
            self._consumer("reports", self.queues[QueueName.REPORTS].queue, reports_handler(self.begin, self.finish)),
            self._consumer(
                "tasks-dlq",
                self.queues[QueueName.TASKS].dead,
                dead_tasks_handler(self.fail_dead_task),
                _DEAD_CONCURRENCY,
            ),
        )
        sweeper = partial(sweep_regularly, self.sweep, seconds=self._settings.sweep_seconds)
        return [*(consumer.run for consumer in consumers), sweeper, self.webhooks.run]

    def _consumer(self, name: str, queue: SqsQueue, handler: Handler, concurrency: int = _CONCURRENCY) -> Consumer:
        return Consumer(
            name,
            queue,
            handler,
            concurrency=concurrency,
            wait_seconds=self._settings.receive_wait_seconds,
            visibility_seconds=self._settings.visibility_seconds,
            drain_seconds=self._settings.drain_seconds,
            pause=partial(growing_pause, longest_seconds=self._settings.longest_pause_seconds),
        )

    def _checks(self) -> dict[str, Check]:
        settings, clients = self._settings, self._clients
        return {
            "jobs_table": health.table_check(clients.dynamodb, settings.jobs_table, "job_id"),
            "originals_bucket": health.bucket_check(clients.s3, settings.originals_bucket),
            "results_bucket": health.bucket_check(clients.s3, settings.results_bucket),
            "uploads_queue": health.queue_check(clients.sqs, settings.uploads_queue_url),
            "tasks_queue": health.queue_check(clients.sqs, settings.tasks_queue_url),
            "reports_queue": health.queue_check(clients.sqs, settings.results_queue_url),
            "notifications_queue": health.queue_check(clients.sqs, settings.notifications_queue_url),
        }

    def _pair(self, url: str, dlq_url: str) -> QueuePair:
        return QueuePair(queue=SqsQueue(self._clients.sqs, url), dead=SqsQueue(self._clients.sqs, dlq_url))
