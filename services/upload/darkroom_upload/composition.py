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
from darkroom.tables.action_table import ActionTable
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.find_preset import FindPreset
from darkroom.tables.preset_table import PresetTable
from darkroom.tables.request_table import RequestTable
from darkroom.tables.user_table import UserTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_upload.actions.start_action import StartAction
from darkroom_upload.admission import ARCHIVES, LISTS, PREVIEWS, PUBLIC_RESULTS, VARIANTS_ON_REQUEST, WAITS, Admission
from darkroom_upload.app import Services
from darkroom_upload.callers.authentication import Authenticate
from darkroom_upload.callers.key_batches import KeyBatches
from darkroom_upload.callers.preview_rate import PreviewRate
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.rate_table import RateTable
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.callers.throttle import Throttle
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.feed.change_feed import ChangeFeed
from darkroom_upload.feed.change_reader import ChangeReader
from darkroom_upload.feed.follow_owner import FollowOwner
from darkroom_upload.feed.summaries import SummaryTexts
from darkroom_upload.intake.choose_recipe import ChooseRecipe
from darkroom_upload.intake.idempotency_claims import Claims
from darkroom_upload.intake.import_url import ImportUrl
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.originals import Originals
from darkroom_upload.intake.presign import Presign
from darkroom_upload.intake.submit import Submit
from darkroom_upload.jobs.follow import FollowJob, ReadState
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.markup.make_markup import MakeMarkup
from darkroom_upload.on_request.make_variant import MakeVariant
from darkroom_upload.on_request.public_variant import NOTHING_SECONDS, MakePublicVariant
from darkroom_upload.originals.run_again import RunAgain
from darkroom_upload.originals.stored_originals import StoredOriginals
from darkroom_upload.planning.plan_recipe import PlanRecipe
from darkroom_upload.presets.delete_preset import DeletePreset
from darkroom_upload.presets.preset_writes import PresetWrites
from darkroom_upload.presets.put_preset import PutPreset
from darkroom_upload.presets.read_presets import ReadPresets
from darkroom_upload.previews.make_preview import MakePreview
from darkroom_upload.results.archive import MakeArchive
from darkroom_upload.results.cdn_links import CdnLinks
from darkroom_upload.results.image_watcher import ImageWatcher
from darkroom_upload.results.public_results import PublicResults
from darkroom_upload.results.result_bytes import ResultBytes
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.results.s3_links import GetCredentials, S3Links
from darkroom_upload.results.signing_key import SigningKey
from darkroom_upload.results.storage_origins import StorageOrigins
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
        self.lists = JobLists(dynamodb, self.jobs)
        self.claims = Claims(dynamodb, accounts, now=now)
        self.usage = QuotaUsage(dynamodb, accounts)
        self.preset_table = PresetTable(dynamodb, accounts)
        self.stored = StoredBytes(dynamodb, accounts)
        self.new_jobs = NewJobs(dynamodb, jobs=self.jobs, claims=self.claims, usage=self.usage, cipher=settings.cipher)
        self.stored_originals = StoredOriginals(clients.s3, settings.originals_bucket, now=now)
        self.originals = Originals(clients.s3, settings.originals_bucket, public=clients.public_s3)
        self.uploads = SqsQueue(clients.sqs, str(settings.uploads_queue_url))
        self.imports = SqsQueue(clients.sqs, str(settings.imports_queue_url))
        self.users = UserTable(dynamodb, accounts, settings.cipher)
        self.rates = RateTable(dynamodb, accounts, now=now)
        self.orchestrator = OrchestratorClient(clients.orchestrator)
        self.images = ImageWatcher(RequestTable(dynamodb, settings.jobs_table).all_of)
        self.result_bytes = ResultBytes(clients.s3, settings.results_bucket)
        self.links = _links(clients, settings, now)
        self.make_variant = MakeVariant(
            jobs=self.jobs,
            orchestrator=self.orchestrator,
            watcher=self.images,
            slots=Admission(VARIANTS_ON_REQUEST, "variants on request"),
        )


def compose(
    clients: Clients, settings: UploadSettings, presets: Presets, stop: asyncio.Event, *, now: Callable[[], datetime]
) -> Services:
    """Return the services. `stop` makes the service unready."""
    adapters = _Adapters(clients, settings, now)
    preset_table = adapters.preset_table
    choose_recipe = ChooseRecipe(find_preset=FindPreset(installed=presets, table=preset_table))
    dynamodb, accounts, cipher = clients.dynamodb, settings.accounts_table, settings.cipher
    preset_writes = PresetWrites(dynamodb, accounts, now=now)
    development = settings.environment is Environment.DEVELOPMENT
    sessions = Sessions(SessionTable(dynamodb, accounts), adapters.users, now=now)
    watcher = JobWatcher(adapters.jobs.versions)
    feed = ChangeFeed(ChangeReader(dynamodb, settings.jobs_table), SummaryTexts(lists=adapters.lists), now=now)
    read_state = ReadState(find_job=adapters.jobs.owned_with_details, links=adapters.links)
    return Services(
        submit=_submit(adapters, settings, choose_recipe, now),
        import_url=_import_url(adapters, settings, now),
        presign=_presign(adapters, settings, now),
        run_again=_run_again(adapters, settings, now),
        plan=PlanRecipe(
            jobs=adapters.jobs,
            max_upload_bytes=settings.max_upload_bytes,
            max_variants_per_task=settings.max_variants_per_task,
        ),
        choose_recipe=choose_recipe,
        read_presets=ReadPresets(installed=presets, table=preset_table),
        put_preset=PutPreset(installed=presets, jobs=adapters.jobs, table=preset_table, writes=preset_writes, now=now),
        delete_preset=DeletePreset(installed=presets, table=preset_table, writes=preset_writes),
        preview=MakePreview(orchestrator=adapters.orchestrator, watcher=adapters.images, results=adapters.result_bytes),
        preview_rate=PreviewRate(rates=adapters.rates),
        read_state=read_state,
        follow=FollowJob(read_state=read_state, watcher=watcher),
        make_variant=adapters.make_variant,
        public_variant=MakePublicVariant(
            jobs=adapters.jobs,
            make_variant=adapters.make_variant,
            nothing=ExpiringCache(NOTHING_SECONDS),
            looks=Admission(VARIANTS_ON_REQUEST, "variants on request"),
        ),
        markup=MakeMarkup(jobs=adapters.jobs, links=adapters.links),
        archive=MakeArchive(results=adapters.result_bytes),
        log_in=LogIn(
            users=adapters.users, attempts=LoginAttempts(dynamodb, accounts, now=now), development=development
        ),
        authenticate=Authenticate(
            find_key=KeyBatches(KeyTable(dynamodb, accounts, cipher).find_many),
            find_session=sessions.find,
            development=development,
            trusted_origins=settings.cors_origins,
            allowance=settings.allowance,
        ),
        throttle=Throttle(rates=adapters.rates),
        sessions=sessions,
        jobs=adapters.jobs,
        lists=adapters.lists,
        links=adapters.links,
        originals=adapters.stored_originals,
        original_links=S3Links(clients.public_s3, settings.originals_bucket, clients.credentials, now=now),
        public_results=PublicResults(clients.s3, settings.results_bucket),
        watcher=watcher,
        feed=feed,
        follow_owner=FollowOwner(feed=feed),
        orchestrator=adapters.orchestrator,
        start_action=StartAction(
            actions=ActionTable(dynamodb, settings.jobs_table),
            stored=adapters.stored,
            uploads=adapters.uploads,
            now=now,
        ),
        secrets=WebhookSecrets(dynamodb, accounts, cipher),
        cipher=cipher,
        usage=adapters.usage,
        stored=adapters.stored,
        upload_slots=Admission(settings.max_concurrent_uploads, "uploads"),
        archive_slots=Admission(ARCHIVES, "archives"),
        public_slots=Admission(PUBLIC_RESULTS, "public results"),
        stream_slots=Admission(settings.max_event_streams, "event streams"),
        list_slots=Admission(LISTS, "lists"),
        wait_slots=Admission(WAITS, "waits"),
        preview_slots=Admission(PREVIEWS, "previews"),
        installed_presets=presets,
        origins=_origins(clients, settings),
        environment=settings.environment,
        max_upload_bytes=settings.max_upload_bytes,
        readiness=_readiness(clients, settings, stop),
        now=now,
        cors_origins=settings.cors_origins,
        trusted_proxies=settings.trusted_proxies,
        development=development,
    )


def _submit(
    adapters: _Adapters, settings: UploadSettings, choose_recipe: ChooseRecipe, now: Callable[[], datetime]
) -> Submit:
    return Submit(
        jobs=adapters.jobs,
        new_jobs=adapters.new_jobs,
        claims=adapters.claims,
        usage=adapters.usage,
        stored=adapters.stored,
        originals=adapters.originals,
        uploads=adapters.uploads,
        choose_recipe=choose_recipe,
        max_upload_bytes=settings.max_upload_bytes,
        original_days=settings.original_days,
        allow_http=settings.environment is Environment.DEVELOPMENT,
        now=now,
        arrival_period=timedelta(seconds=settings.arrival_seconds),
    )


def _import_url(adapters: _Adapters, settings: UploadSettings, now: Callable[[], datetime]) -> ImportUrl:
    return ImportUrl(
        jobs=adapters.jobs,
        new_jobs=adapters.new_jobs,
        claims=adapters.claims,
        usage=adapters.usage,
        stored=adapters.stored,
        imports=adapters.imports,
        original_days=settings.original_days,
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
        original_days=settings.original_days,
        now=now,
    )


def _run_again(adapters: _Adapters, settings: UploadSettings, now: Callable[[], datetime]) -> RunAgain:
    return RunAgain(
        jobs=adapters.jobs,
        new_jobs=adapters.new_jobs,
        claims=adapters.claims,
        stored=adapters.stored,
        originals=adapters.stored_originals,
        uploads=adapters.uploads,
        original_days=settings.original_days,
        now=now,
        arrival_period=timedelta(seconds=settings.arrival_seconds),
    )


def _links(clients: Clients, settings: UploadSettings, now: Callable[[], datetime]) -> ResultLinks:
    """Return links to the CDN if there is one, else links to S3."""
    key = settings.results_private_key
    root = str(settings.public_base_url or "")
    if settings.results_cdn_url is None or settings.results_key_pair_id is None or key is None:
        return S3Links(clients.public_s3, settings.results_bucket, clients.credentials, public_root=root, now=now)
    signing_key, cdn = SigningKey(key.get_secret_value()), str(settings.results_cdn_url)
    return CdnLinks(cdn, settings.results_key_pair_id, signing_key, public_root=root or cdn, now=now)


def _origins(clients: Clients, settings: UploadSettings) -> StorageOrigins:
    return StorageOrigins(
        clients.public_s3,
        originals_bucket=settings.originals_bucket,
        results_bucket=settings.results_bucket,
        results_cdn_url=str(settings.results_cdn_url) if settings.results_cdn_url else None,
        public_base_url=str(settings.public_base_url) if settings.public_base_url else None,
    )


def _readiness(clients: Clients, settings: UploadSettings, stop: asyncio.Event) -> Readiness:
    return Readiness(
        {
            "originals": bucket_check(clients.s3, settings.originals_bucket),
            "imports": queue_check(clients.sqs, str(settings.imports_queue_url)),
            "uploads": queue_check(clients.sqs, str(settings.uploads_queue_url)),
            "jobs": table_check(clients.dynamodb, settings.jobs_table, "job_id"),
            "accounts": table_check(clients.dynamodb, settings.accounts_table, "id"),
        },
        stop,
    )
