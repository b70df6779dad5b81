"""Builds the services of the routes on open clients."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from darkroom.recipes import Presets
from darkroom.runtime.health import Readiness, bucket_check, queue_check, table_check
from darkroom.runtime.queue import SqsQueue
from darkroom.runtime.settings import Environment
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.user_table import UserTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_upload.admission import ARCHIVES, LISTS, WAITS, Admission
from darkroom_upload.app import Services
from darkroom_upload.callers.authentication import Authenticate
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.rate_table import RateTable
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.callers.throttle import Throttle
from darkroom_upload.intake.idempotency_claims import Claims
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.originals import Originals
from darkroom_upload.intake.presign import Presign
from darkroom_upload.intake.submit import Submit
from darkroom_upload.jobs.follow import FollowJob, ReadState
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.planning.plan_recipe import PlanRecipe
from darkroom_upload.results.archive import MakeArchive
from darkroom_upload.results.cdn_links import CdnLinks
from darkroom_upload.results.result_bytes import ResultBytes
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.results.s3_links import GetCredentials, S3Links
from darkroom_upload.results.signing_key import SigningKey
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.login_attempts import LoginAttempts
from darkroom_upload.sessions.session_lifecycle import Sessions
from darkroom_upload.sessions.session_table import SessionTable
from darkroom_upload.settings import UploadSettings

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The open clients, one for each service that this one calls."""

    s3: "S3Client"
    public_s3: "S3Client"
    """A client for the address at which browsers reach S3."""
    sqs: "SQSClient"
    dynamodb: "DynamoDBClient"
    orchestrator: httpx.AsyncClient
    credentials: GetCredentials


class _Adapters:
    """The adapters that more than one service needs."""

    def __init__(self, clients: Clients, settings: UploadSettings, now: Callable[[], datetime]) -> None:
        dynamodb, accounts = clients.dynamodb, settings.accounts_table
        self.jobs = JobReader(dynamodb, settings.jobs_table)
        self.claims = Claims(dynamodb, accounts, now=now)
        self.usage = QuotaUsage(dynamodb, accounts)
        self.stored = StoredBytes(dynamodb, accounts)
        self.new_jobs = NewJobs(dynamodb, jobs=self.jobs, claims=self.claims, usage=self.usage, cipher=settings.cipher)
        self.originals = Originals(clients.s3, settings.originals_bucket, public=clients.public_s3)
        self.uploads = SqsQueue(clients.sqs, str(settings.uploads_queue_url))
        self.users = UserTable(dynamodb, accounts, settings.cipher)
        self.links = _links(clients, settings, now)


def compose(
    clients: Clients, settings: UploadSettings, presets: Presets, stop: asyncio.Event, *, now: Callable[[], datetime]
) -> Services:
    """Return the services. `stop` makes the service unready."""
    adapters = _Adapters(clients, settings, now)
    dynamodb, accounts, cipher = clients.dynamodb, settings.accounts_table, settings.cipher
    development = settings.environment is Environment.DEVELOPMENT
    sessions = Sessions(SessionTable(dynamodb, accounts), adapters.users, now=now)
    watcher = JobWatcher(adapters.jobs.versions)
    read_state = ReadState(find_job=adapters.jobs.owned_with_details, links=adapters.links)
    return Services(
        submit=_submit(adapters, settings, presets, now),
        presign=_presign(adapters, settings, now),
        plan=PlanRecipe(
            jobs=adapters.jobs,
            max_upload_bytes=settings.max_upload_bytes,
            max_variants_per_task=settings.max_variants_per_task,
        ),
        read_state=read_state,
        follow=FollowJob(read_state=read_state, watcher=watcher),
        archive=MakeArchive(results=ResultBytes(clients.s3, settings.results_bucket)),
        log_in=LogIn(
            users=adapters.users, attempts=LoginAttempts(dynamodb, accounts, now=now), development=development
        ),
        authenticate=Authenticate(
            find_key=KeyTable(dynamodb, accounts, cipher).find,
            find_session=sessions.find,
            development=development,
            trusted_origins=settings.cors_origins,
            allowance=settings.allowance,
        ),
        throttle=Throttle(rates=RateTable(dynamodb, accounts, now=now)),
        sessions=sessions,
        jobs=adapters.jobs,
        lists=JobLists(dynamodb, adapters.jobs),
        links=adapters.links,
        watcher=watcher,
        orchestrator=OrchestratorClient(clients.orchestrator),
        secrets=WebhookSecrets(dynamodb, accounts, cipher),
        cipher=cipher,
        usage=adapters.usage,
        stored=adapters.stored,
        upload_slots=Admission(settings.max_concurrent_uploads, "uploads"),
        archive_slots=Admission(ARCHIVES, "archives"),
        stream_slots=Admission(settings.max_event_streams, "event streams"),
        list_slots=Admission(LISTS, "lists"),
        wait_slots=Admission(WAITS, "waits"),
        presets=presets,
        readiness=_readiness(clients, settings, stop),
        now=now,
        cors_origins=settings.cors_origins,
        trusted_proxies=settings.trusted_proxies,
        development=development,
    )


def _submit(adapters: _Adapters, settings: UploadSettings, presets: Presets, now: Callable[[], datetime]) -> Submit:
    return Submit(
        jobs=adapters.jobs,
        new_jobs=adapters.new_jobs,
        claims=adapters.claims,
        usage=adapters.usage,
        stored=adapters.stored,
        originals=adapters.originals,
        uploads=adapters.uploads,
        presets=presets,
        max_upload_bytes=settings.max_upload_bytes,
        allow_http=settings.environment is Environment.DEVELOPMENT,
        now=now,
        arrival_period=timedelta(seconds=settings.arrival_seconds),
    )


def _presign(adapters: _Adapters, settings: UploadSettings, now: Callable[[], datetime]) -> Presign:
    return Presign(
        jobs=adapters.jobs,
        new_jobs=adapters.new_jobs,
        claims=adapters.claims,
        stored=adapters.stored,
        originals=adapters.originals,
        max_upload_bytes=settings.max_upload_bytes,
        now=now,
    )


def _links(clients: Clients, settings: UploadSettings, now: Callable[[], datetime]) -> ResultLinks:
    """Return links to the CDN if there is one, else links to S3."""
    key = settings.results_private_key
    if settings.results_cdn_url is None or settings.results_key_pair_id is None or key is None:
        return S3Links(clients.public_s3, settings.results_bucket, clients.credentials, now=now)
    signing_key = SigningKey(key.get_secret_value())
    return CdnLinks(str(settings.results_cdn_url), settings.results_key_pair_id, signing_key, now=now)


def _readiness(clients: Clients, settings: UploadSettings, stop: asyncio.Event) -> Readiness:
    return Readiness(
        {
            "originals": bucket_check(clients.s3, settings.originals_bucket),
            "uploads": queue_check(clients.sqs, str(settings.uploads_queue_url)),
            "jobs": table_check(clients.dynamodb, settings.jobs_table, "job_id"),
            "accounts": table_check(clients.dynamodb, settings.accounts_table, "id"),
        },
        stop,
    )
