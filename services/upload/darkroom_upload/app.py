"""The application: the routes, and the services that `main` opens for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from darkroom.recipes import Presets
from darkroom.runtime import health, problems
from darkroom.runtime.access_log import AccessLog
from darkroom.runtime.encryption import TextCipher
from darkroom.runtime.health import Readiness
from darkroom.runtime.settings import Environment
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_upload.actions.act_on_jobs import ActOnJobs
from darkroom_upload.actions.start_action import StartAction
from darkroom_upload.admission import Admission
from darkroom_upload.api import (
    actions,
    config,
    docs_page,
    events,
    job_list,
    jobs,
    markup,
    originals,
    owner_events,
    plan,
    presigned,
    preview,
    public,
    publishing,
    recipes,
    results,
    second_runs,
    sessions,
    status,
    uploads,
    usage,
    webhooks,
)
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import DESCRIPTION, TAGS, DocumentedApi
from darkroom_upload.callers import throttle
from darkroom_upload.callers.authentication import Authenticate
from darkroom_upload.callers.preview_rate import PreviewRate
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.rate_limit_fields import RateLimitFields
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.callers.throttle import Throttle
from darkroom_upload.feed.change_feed import ChangeFeed
from darkroom_upload.feed.follow_owner import FollowOwner
from darkroom_upload.intake.choose_recipe import ChooseRecipe
from darkroom_upload.intake.import_url import ImportUrl
from darkroom_upload.intake.presign import Presign
from darkroom_upload.intake.submit import Submit
from darkroom_upload.jobs.follow import FollowJob, ReadState
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.markup.make_markup import MakeMarkup
from darkroom_upload.middleware.compression import Compression
from darkroom_upload.middleware.cors import with_cors
from darkroom_upload.middleware.head_requests import HeadAsGet
from darkroom_upload.middleware.request_framing import SingleBodyLength
from darkroom_upload.middleware.security_headers import SecurityHeaders
from darkroom_upload.on_request.make_variant import MakeVariant
from darkroom_upload.on_request.public_variant import MakePublicVariant
from darkroom_upload.originals.run_again import RunAgain
from darkroom_upload.originals.stored_originals import StoredOriginals
from darkroom_upload.planning.plan_recipe import PlanRecipe
from darkroom_upload.presets.delete_preset import DeletePreset
from darkroom_upload.presets.put_preset import PutPreset
from darkroom_upload.presets.read_presets import ReadPresets
from darkroom_upload.previews.make_preview import MakePreview
from darkroom_upload.results.archive import MakeArchive
from darkroom_upload.results.public_results import PublicResults
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.results.storage_origins import StorageOrigins
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.session_lifecycle import Sessions


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that the routes need."""

    submit: Submit
    import_url: ImportUrl
    presign: Presign
    run_again: RunAgain
    plan: PlanRecipe
    preview: MakePreview
    preview_rate: PreviewRate
    choose_recipe: ChooseRecipe
    read_presets: ReadPresets
    put_preset: PutPreset
    delete_preset: DeletePreset
    read_state: ReadState
    follow: FollowJob
    archive: MakeArchive
    markup: MakeMarkup
    make_variant: MakeVariant
    public_variant: MakePublicVariant
    log_in: LogIn
    authenticate: Authenticate
    throttle: Throttle
    sessions: Sessions
    jobs: JobReader
    lists: JobLists
    links: ResultLinks
    originals: StoredOriginals
    original_links: ResultLinks
    public_results: PublicResults
    watcher: JobWatcher
    feed: ChangeFeed
    follow_owner: FollowOwner
    orchestrator: OrchestratorClient
    start_action: StartAction
    secrets: WebhookSecrets
    cipher: TextCipher
    usage: QuotaUsage
    stored: StoredBytes
    upload_slots: Admission
    archive_slots: Admission
    public_slots: Admission
    stream_slots: Admission
    list_slots: Admission
    wait_slots: Admission
    preview_slots: Admission
    installed_presets: Presets
    origins: StorageOrigins
    environment: Environment
    max_upload_bytes: int
    readiness: Readiness
    now: Callable[[], datetime]
    cors_origins: tuple[str, ...]
    trusted_proxies: int
    development: bool


def create_app(services: Services) -> ASGIApp:
    """Return the API inside the middleware that concerns every response, even the one to a bug."""
    app = with_cors(RateLimitFields(create_api(services)), services.cors_origins)
    return AccessLog(SecurityHeaders(SingleBodyLength(HeadAsGet(Compression(app))), development=services.development))


def create_api(services: Services) -> FastAPI:
    """Return the API: all routes, and how errors become responses."""
    app = DocumentedApi(
        title="Darkroom",
        version=version("darkroom-upload"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        # A redirect from `/jobs/` to `/jobs` would lead to any host that the request names.
        redirect_slashes=False,
    )
    problems.install(app)
    throttle.install(app)
    docs_page.install(app)
    for router in _routers(services, Access(authenticate=services.authenticate, throttle=services.throttle)):
        app.include_router(router)
    return app


def _routers(services: Services, access: Access) -> Iterator[APIRouter]:
    yield uploads.router(services.submit, services.import_url, services.upload_slots, services.links, access)
    yield presigned.router(services.presign, services.choose_recipe, access, allow_http=services.development)
    yield status.router(services.jobs, services.links, services.watcher, services.wait_slots, access)
    # It comes before the routes of single jobs, whose `/jobs/{job_id}` matches its path too.
    act = ActOnJobs(jobs=services.jobs, orchestrator=services.orchestrator, stored=services.stored, now=services.now)
    yield actions.router(act, services.start_action, access)
    yield job_list.router(services.lists, services.links, services.list_slots, access)
    yield jobs.router(services.jobs, services.links, services.orchestrator, services.stored, access, now=services.now)
    yield publishing.router(services.jobs, services.links, services.orchestrator, services.stored, access)
    yield public.router(services.public_results, services.public_variant, services.public_slots)
    yield results.router(
        services.jobs, services.make_variant, services.links, services.archive, services.archive_slots, access
    )
    yield second_runs.router(
        services.run_again, services.choose_recipe, services.links, access, allow_http=services.development
    )
    yield originals.router(services.jobs, services.originals, services.original_links, access)
    yield markup.router(services.markup, access)
    yield events.router(services.read_state, services.follow, services.stream_slots, access)
    yield owner_events.router(services.follow_owner, services.stream_slots, access)
    yield webhooks.router(
        services.jobs, services.orchestrator, services.secrets, services.cipher, access, now=services.now
    )
    # The plan comes before the presets, whose `/recipes/{name}` matches its path too: else `Allow` would be wrong.
    yield plan.router(services.plan, services.jobs, services.choose_recipe, access)
    yield preview.router(
        services.preview, services.jobs, services.preview_rate, services.preview_slots, access, now=services.now
    )
    yield recipes.router(services.read_presets, access)
    yield recipes.writing_router(services.put_preset, services.delete_preset, access)
    yield usage.router(services.usage, services.stored, access, now=services.now)
    yield sessions.router(services.log_in, services.sessions, access, proxies=services.trusted_proxies)
    yield config.router(
        services.sessions,
        services.authenticate.cookie,
        services.installed_presets,
        services.origins,
        environment=services.environment,
        max_upload_bytes=services.max_upload_bytes,
    )
    yield health.router(services.readiness)
