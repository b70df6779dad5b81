"""Runs the upload service: opens its clients, builds its services, and serves until a signal stops it."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

from darkroom.clock import now
from darkroom.recipes import Presets, load_presets
from darkroom.runtime.aws import ANSWER_SECONDS, Aws
from darkroom.runtime.health import Readiness, bucket_check, queue_check, table_check
from darkroom.runtime.logs import configure_logging, get_logger
from darkroom.runtime.queue import SqsQueue
from darkroom.runtime.server import serve
from darkroom.runtime.settings import Environment, load_settings
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.user_table import UserTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_upload.admission import ARCHIVES, LISTS, WAITS, Admission
from darkroom_upload.app import Services, create_app
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
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient, open_client
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.planning.plan_recipe import PlanRecipe
from darkroom_upload.results.archive import MakeArchive
from darkroom_upload.results.cdn_links import CdnLinks
from darkroom_upload.results.result_bytes import ResultBytes
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.results.s3_links import S3Links
from darkroom_upload.results.signing_key import SigningKey
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.login_attempts import LoginAttempts
from darkroom_upload.sessions.session_table import SessionTable
from darkroom_upload.sessions.sessions import Sessions
from darkroom_upload.settings import UploadSettings

_LOG = get_logger(__name__)


@asynccontextmanager
async def open_services(
    settings: UploadSettings, presets: Presets, stop: asyncio.Event, *, now: Callable[[], datetime] = now
) -> AsyncIterator[Services]:
    """Open the clients of AWS and the orchestrator for the length of a `with` block, and build the services on them."""
    aws = Aws(read_seconds=ANSWER_SECONDS)
    development = settings.environment is Environment.DEVELOPMENT
    async with AsyncExitStack() as stack:
        s3 = await stack.enter_async_context(aws.s3())
        sqs = await stack.enter_async_context(aws.sqs())
        dynamodb = await stack.enter_async_context(aws.dynamodb())
        http = await stack.enter_async_context(open_client(str(settings.orchestrator_url)))
        public = s3
        if settings.public_s3_endpoint_url:
            endpoint_url = str(settings.public_s3_endpoint_url).rstrip("/")
            public = await stack.enter_async_context(aws.s3(endpoint_url=endpoint_url))
        queue_url = str(settings.uploads_queue_url)
        jobs = JobReader(dynamodb, settings.jobs_table)
        accounts, cipher = settings.accounts_table, settings.cipher
        claims, usage = Claims(dynamodb, accounts, now=now), QuotaUsage(dynamodb, accounts)
        stored = StoredBytes(dynamodb, accounts)
        new_jobs = NewJobs(dynamodb, jobs=jobs, claims=claims, usage=usage, cipher=cipher)
        users = UserTable(dynamodb, accounts, cipher)
        sessions = Sessions(SessionTable(dynamodb, accounts), users, now=now)
        originals = Originals(s3, settings.originals_bucket, public=public)
        links = _links(settings, S3Links(public, settings.results_bucket, aws.credentials, now=now), now)
        watcher = JobWatcher(jobs.versions)
        read_state = ReadState(find_job=jobs.owned_with_details, links=links)
        yield Services(
            submit=Submit(
                jobs=jobs,
                new_jobs=new_jobs,
                claims=claims,
                usage=usage,
                stored=stored,
                originals=originals,
                uploads=SqsQueue(sqs, queue_url),
                presets=presets,
                max_upload_bytes=settings.max_upload_bytes,
                allow_http=development,
                now=now,
                arrival_period=timedelta(seconds=settings.arrival_seconds),
            ),
            presign=Presign(
                jobs=jobs,
                new_jobs=new_jobs,
                claims=claims,
                stored=stored,
                originals=originals,
                max_upload_bytes=settings.max_upload_bytes,
                now=now,
            ),
            plan=PlanRecipe(
                jobs=jobs,
                max_upload_bytes=settings.max_upload_bytes,
                max_variants_per_task=settings.max_variants_per_task,
            ),
            read_state=read_state,
            follow=FollowJob(read_state=read_state, watcher=watcher),
            archive=MakeArchive(results=ResultBytes(s3, settings.results_bucket)),
            log_in=LogIn(users=users, attempts=LoginAttempts(dynamodb, accounts, now=now), development=development),
            authenticate=Authenticate(
                find_key=KeyTable(dynamodb, accounts, cipher).find,
                find_session=sessions.find,
                development=development,
                trusted_origins=settings.cors_origins,
                allowance=settings.allowance,
            ),
            throttle=Throttle(rates=RateTable(dynamodb, accounts, now=now)),
            sessions=sessions,
            jobs=jobs,
            lists=JobLists(dynamodb, jobs),
            links=links,
            watcher=watcher,
            orchestrator=OrchestratorClient(http),
            secrets=WebhookSecrets(dynamodb, accounts, cipher),
            cipher=cipher,
            usage=usage,
            stored=stored,
            upload_slots=Admission(settings.max_concurrent_uploads, "uploads"),
            archive_slots=Admission(ARCHIVES, "archives"),
            stream_slots=Admission(settings.max_event_streams, "event streams"),
            list_slots=Admission(LISTS, "lists"),
            wait_slots=Admission(WAITS, "waits"),
            presets=presets,
            readiness=Readiness(
                {
                    "originals": bucket_check(s3, settings.originals_bucket),
                    "uploads": queue_check(sqs, queue_url),
                    "jobs": table_check(dynamodb, settings.jobs_table, "job_id"),
                    "accounts": table_check(dynamodb, accounts, "id"),
                },
                stop,
            ),
            now=now,
            cors_origins=settings.cors_origins,
            trusted_proxies=settings.trusted_proxies,
            development=development,
        )


def _links(settings: UploadSettings, otherwise: ResultLinks, now: Callable[[], datetime]) -> ResultLinks:
    """Return links to the CDN if there is one."""
    key = settings.results_private_key
    if settings.results_cdn_url is None or settings.results_key_pair_id is None or key is None:
        return otherwise
    signing_key = SigningKey(key.get_secret_value())
    return CdnLinks(str(settings.results_cdn_url), settings.results_key_pair_id, signing_key, now=now)


async def run(settings: UploadSettings, presets: Presets) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    async with open_services(settings, presets, stop) as services:
        _LOG.info("service_started", host=settings.host, port=settings.port)
        await serve(create_app(services), [services.watcher.run], stop=stop, host=settings.host, port=settings.port)
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
