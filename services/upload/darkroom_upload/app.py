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
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_upload.admission import Admission
from darkroom_upload.api import (
    docs_page,
    events,
    jobs,
    plan,
    presigned,
    recipes,
    results,
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
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.rate_limit_fields import RateLimitFields
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.callers.throttle import Throttle
from darkroom_upload.intake.presign import Presign
from darkroom_upload.intake.submit import Submit
from darkroom_upload.jobs.follow import FollowJob, ReadState
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.middleware.cors import with_cors
from darkroom_upload.middleware.head_requests import HeadAsGet
from darkroom_upload.middleware.request_framing import SingleBodyLength
from darkroom_upload.middleware.security_headers import SecurityHeaders
from darkroom_upload.planning.plan_recipe import PlanRecipe
from darkroom_upload.results.archive import MakeArchive
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.session_lifecycle import Sessions


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that the routes need."""

    submit: Submit
    presign: Presign
    plan: PlanRecipe
    read_state: ReadState
    follow: FollowJob
    archive: MakeArchive
    log_in: LogIn
    authenticate: Authenticate
    throttle: Throttle
    sessions: Sessions
    jobs: JobReader
    lists: JobLists
    links: ResultLinks
    watcher: JobWatcher
    orchestrator: OrchestratorClient
    secrets: WebhookSecrets
    cipher: TextCipher
    usage: QuotaUsage
    stored: StoredBytes
    upload_slots: Admission
    archive_slots: Admission
    stream_slots: Admission
    list_slots: Admission
    wait_slots: Admission
    presets: Presets
    readiness: Readiness
    now: Callable[[], datetime]
    cors_origins: tuple[str, ...]
    trusted_proxies: int
    development: bool


def create_app(services: Services) -> ASGIApp:
    """Return the API inside the middleware that concerns every response, even the one to a bug."""
    app = with_cors(RateLimitFields(create_api(services)), services.cors_origins)
    return AccessLog(SecurityHeaders(SingleBodyLength(HeadAsGet(app)), development=services.development))


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
    yield uploads.router(services.submit, services.upload_slots, services.links, access)
    yield presigned.router(services.presign, services.presets, access, allow_http=services.development)
    yield status.router(services.jobs, services.links, services.watcher, services.wait_slots, access)
    yield jobs.list_router(services.lists, services.list_slots, access)
    yield jobs.router(services.jobs, services.links, services.orchestrator, services.stored, access, now=services.now)
    yield results.router(services.jobs, services.links, services.archive, services.archive_slots, access)
    yield events.router(services.read_state, services.follow, services.stream_slots, access)
    yield webhooks.router(
        services.jobs, services.orchestrator, services.secrets, services.cipher, access, now=services.now
    )
    # The plan comes before the presets, whose `/recipes/{name}` matches its path too: else `Allow` would be wrong.
    yield plan.router(services.plan, services.jobs, services.presets, access)
    yield recipes.router(services.presets, access)
    yield usage.router(services.usage, services.stored, access, now=services.now)
    yield sessions.router(services.log_in, services.sessions, access, proxies=services.trusted_proxies)
    yield health.router(services.readiness)
