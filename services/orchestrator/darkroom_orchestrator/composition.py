"""Composes the orchestrator: adapters, use cases, consumers and the HTTP API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI

from darkroom.actions import ActionKind
from darkroom.clock import Clock
from darkroom.recipes import Presets
from darkroom.runtime import health
from darkroom.runtime.aws import Aws
from darkroom.runtime.consumer import Consumer, Handler, growing_pause
from darkroom.runtime.health import Check, Readiness
from darkroom.runtime.queue import SqsQueue
from darkroom.runtime.server import Background
from darkroom.tables.find_preset import FindPreset
from darkroom.tables.preset_table import PresetTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom.topology import TASK_TRIES
from darkroom_orchestrator.actions.composition import Actions
from darkroom_orchestrator.app import create_app
from darkroom_orchestrator.arrivals.begin_copy import BeginCopy
from darkroom_orchestrator.arrivals.begin_job import BeginJob
from darkroom_orchestrator.arrivals.imports import ImportArrivals
from darkroom_orchestrator.arrivals.start import Start
from darkroom_orchestrator.consumers import dead_tasks_handler, reports_handler, uploads_handler
from darkroom_orchestrator.dispatch.send_tasks import SendTasks
from darkroom_orchestrator.dispatch.slot_index import SlotIndex
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.imports.composition import Imports
from darkroom_orchestrator.internal_api.publishing import publishing_routes
from darkroom_orchestrator.internal_api.routes import QueueName, QueuePair, job_routes, queue_routes
from darkroom_orchestrator.jobs.cancel import Cancel
from darkroom_orchestrator.jobs.change_for_action import DeleteJob, PublishJob, RetryJob
from darkroom_orchestrator.jobs.delete import Delete
from darkroom_orchestrator.jobs.retry import Retry
from darkroom_orchestrator.jobs.sweep import Sweep, sweep_regularly
from darkroom_orchestrator.jobs.swept_imports import SweptImports
from darkroom_orchestrator.owner_concurrency import OwnerConcurrency
from darkroom_orchestrator.publishing.cloudfront import CloudFrontClient
from darkroom_orchestrator.publishing.composition import Publishing
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.imports import ImportRecords
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import OpenJobs
from darkroom_orchestrator.records.refunds import Refunds
from darkroom_orchestrator.reports.begin import Begin
from darkroom_orchestrator.reports.dead_tasks import FailDeadTask
from darkroom_orchestrator.reports.finish import Finish
from darkroom_orchestrator.requested.composition import RequestedImages
from darkroom_orchestrator.settings import Settings
from darkroom_orchestrator.storage.originals import Originals
from darkroom_orchestrator.storage.results import Results
from darkroom_orchestrator.webhooks.composition import Webhooks
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog
from darkroom_orchestrator.webhooks.routes import webhook_routes

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
    cloudfront: CloudFrontClient | None = None
    """None without a CDN."""


@asynccontextmanager
async def open_clients(aws: Aws, *, with_cdn: bool = False) -> AsyncIterator[Clients]:
    """Open the clients, and close them at the end of the block. `with_cdn` opens that of CloudFront too."""
    cdn = aws.cloudfront() if with_cdn else nullcontext()
    async with aws.s3() as s3, aws.sqs() as sqs, aws.sns() as sns, aws.dynamodb() as dynamodb, cdn as cloudfront:
        yield Clients(s3=s3, sqs=sqs, sns=sns, dynamodb=dynamodb, cloudfront=cloudfront)


class Composition:
    """All use cases of the orchestrator, over one set of adapters."""

    def __init__(self, settings: Settings, clients: Clients, presets: Presets, *, now: Clock) -> None:
        self._settings = settings
        self._clients = clients
        self.queues = {
            QueueName.UPLOADS: self._pair(settings.uploads_queue_url, settings.uploads_dlq_url),
            QueueName.IMPORTS: self._pair(settings.imports_queue_url, settings.imports_dlq_url),
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
        imports = ImportRecords(
            clients.dynamodb,
            settings.jobs_table,
            accounts_table=settings.accounts_table,
            now=now,
            work_period=work_period,
        )
        originals = Originals(clients.s3, settings.originals_bucket)
        results = Results(clients.s3, settings.results_bucket)
        events = JobEvents(clients.sns, settings.job_events_topic_arn)
        send_tasks = SendTasks(
            jobs=jobs,
            tasks=tasks,
            max_variants_per_task=settings.max_variants_per_task,
            thumbnails=settings.thumbnails,
        )
        self.slots = slots = Slots(
            index=SlotIndex(clients.dynamodb, settings.jobs_table),
            jobs=jobs,
            send_tasks=send_tasks,
            limit=settings.tasks_per_owner or None,
        )
        find_preset = FindPreset(installed=presets, table=PresetTable(clients.dynamodb, settings.accounts_table))
        begin_job = BeginJob(
            jobs=jobs,
            originals=originals,
            imports=ImportArrivals(jobs=jobs, records=imports, now=now),
            slots=slots,
            events=events,
            find_preset=find_preset,
            max_upload_bytes=settings.max_upload_bytes,
        )
        self.begin_copy = BeginCopy(jobs=jobs, originals=originals, begin=begin_job)
        self.start = Start(
            jobs=jobs,
            originals=originals,
            begin=begin_job,
            begin_copy=self.begin_copy,
            find_preset=find_preset,
            default_owner=settings.default_owner,
            original_days=settings.original_days,
            now=now,
        )
        self.begin = Begin(jobs=jobs)
        publishing = Publishing(settings, clients, jobs, now=now)
        self.publish, self.unpublish = publishing.publish, publishing.unpublish
        self.finish = Finish(jobs=jobs, results=results, copying=publishing.copying, events=events, slots=slots)
        self.fail_dead_task = FailDeadTask(finish=self.finish, tries=TASK_TRIES, now=now)
        self.cancel = Cancel(jobs=jobs, open_jobs=open_jobs, events=events, slots=slots, withdraw=publishing.withdraw)
        charging = Charging(settings.accounts_table)
        self.retry = Retry(jobs=jobs, originals=originals, slots=slots, charging=charging, now=now)
        self.delete = Delete(
            jobs=jobs, originals=originals, results=results, unpublish=self.unpublish, publish=self.publish
        )
        self.refunds = Refunds(clients.dynamodb, jobs_table=settings.jobs_table, accounts_table=settings.accounts_table)
        self.requested = RequestedImages(
            clients.dynamodb,
            jobs,
            originals=originals,
            results=results,
            copying=publishing.copying,
            tasks=tasks,
            charging=charging,
            now=now,
        )
        self.actions = Actions(
            clients.dynamodb,
            jobs,
            changes={
                ActionKind.RETRY: RetryJob(jobs=jobs, retry=self.retry, now=now),
                ActionKind.DELETE: DeleteJob(cancel=self.cancel, delete=self.delete),
                ActionKind.PUBLISH: PublishJob(change=self.publish),
                ActionKind.UNPUBLISH: PublishJob(change=self.unpublish),
            },
            queue=self.queues[QueueName.UPLOADS].queue,
            now=now,
        )
        self.sweep = Sweep(
            jobs=jobs,
            open_jobs=open_jobs,
            originals=originals,
            slots=slots,
            events=events,
            publish=self.publish,
            refunds=self.refunds,
            discard_image=self.requested.discard,
            imports=SweptImports(records=imports, queue=self.queues[QueueName.IMPORTS].queue),
            resume_action=self.actions.resume,
            uploads=self.queues[QueueName.UPLOADS].queue,
            tasks=tasks,
            reports=self.queues[QueueName.REPORTS].queue,
            now=now,
        )
        self.imports = Imports(
            settings,
            jobs=jobs,
            records=imports,
            open_jobs=open_jobs,
            originals=originals,
            events=events,
            imports=self.queues[QueueName.IMPORTS].queue,
            uploads=self.queues[QueueName.UPLOADS].queue,
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
        routers = (
            job_routes(jobs=self.jobs, cancel=self.cancel, retry=self.retry, delete=self.delete),
            publishing_routes(self.publish, self.unpublish),
            self.requested.routes(),
            webhook_routes(self.webhooks.replay),
            queue_routes(self.queues),
        )
        return create_app(routers, readiness=Readiness(self._checks(), stop), names=self._settings.api_names)

    def background(self) -> list[Background]:
        """Return the work that runs in the background: consumers, the sweeper and webhooks."""
        starts = OwnerConcurrency(most=_CONCURRENCY, each=_CONCURRENCY // 4).guard(
            uploads_handler(self.start, self.begin_copy, self.actions.perform)
        )
        consumers = (
            self._consumer("uploads", self.queues[QueueName.UPLOADS].queue, starts, _MOST_RECEIVED),
            self._consumer(
                "reports",
                self.queues[QueueName.REPORTS].queue,
                reports_handler(self.begin, self.finish, self.requested.record),
            ),
            self._consumer(
                "tasks-dlq",
                self.queues[QueueName.TASKS].dead,
                dead_tasks_handler(self.fail_dead_task, self.requested.fail_dead),
                _DEAD_CONCURRENCY,
            ),
        )
        sweeper = partial(sweep_regularly, self.sweep, seconds=self._settings.sweep_seconds)
        return [*(consumer.run for consumer in consumers), sweeper, self.imports.run, self.webhooks.run]

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
            "imports_queue": health.queue_check(clients.sqs, settings.imports_queue_url),
            "tasks_queue": health.queue_check(clients.sqs, settings.tasks_queue_url),
            "reports_queue": health.queue_check(clients.sqs, settings.results_queue_url),
            "notifications_queue": health.queue_check(clients.sqs, settings.notifications_queue_url),
        }

    def _pair(self, url: str, dlq_url: str) -> QueuePair:
        return QueuePair(queue=SqsQueue(self._clients.sqs, url), dead=SqsQueue(self._clients.sqs, dlq_url))
