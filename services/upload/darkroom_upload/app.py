"""The application: routes over what they need, which `main` has opened."""

from dataclasses import dataclass
from importlib.metadata import version

from fastapi import FastAPI
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
    sessions,
    status,
    uploads,
    usage,
    webhooks,
)
from darkroom_upload.api.documentation import DESCRIPTION, TAGS, DocumentedApi
from darkroom_upload.callers import throttle
from darkroom_upload.callers.authentication import Authenticate
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.callers.throttle import RateLimitFields
from darkroom_upload.intake.presign import Presign
from darkroom_upload.intake.submit import Submit
from darkroom_upload.jobs.follow import Follow
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.middleware.cors import shared_with
from darkroom_upload.middleware.head_requests import HeadAsGet
from darkroom_upload.middleware.request_framing import SingleBodyLength
from darkroom_upload.middleware.security_headers import SecurityHeaders
from darkroom_upload.planning.plan_recipe import PlanRecipe
from darkroom_upload.results.result_bytes import ResultBytes
from darkroom_upload.results.result_links import ResultLinks
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.sessions import Sessions


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the routes stand on."""

    submit: Submit
    upload_places: Admission
    archive_places: Admission
    stream_places: Admission
    list_places: Admission
    wait_places: Admission
    presign: Presign
    plan: PlanRecipe
    jobs: JobReader
    lists: JobLists
    links: ResultLinks
    pictures: ResultBytes
    watcher: JobWatcher
    follow: Follow
    orchestrator: OrchestratorClient
    secrets: WebhookSecrets
    cipher: TextCipher
    usage: QuotaUsage
    stored: StoredBytes
    authenticate: Authenticate
    log_in: LogIn
    sessions: Sessions
    presets: Presets
    readiness: Readiness
    cors_origins: tuple[str, ...]
    trusted_proxies: int
    development: bool


def create_app(services: Services) -> ASGIApp:
    """The API, and around it what concerns every answer, even the one to a bug, as an ASGI application."""
    app = shared_with(RateLimitFields(create_api(services)), services.cors_origins)
    return AccessLog(SecurityHeaders(SingleBodyLength(HeadAsGet(app)), development=services.development))


def create_api(services: Services) -> FastAPI:
    """All routes."""
    app = DocumentedApi(
        title="Darkroom",
        version=version("darkroom-upload"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        # The redirect of `/jobs/` to `/jobs` would lead to whatever host the request names.
        redirect_slashes=False,
    )
    problems.install(app)
    throttle.install(app)
    docs_page.install(app)
    authenticate = services.authenticate
    app.include_router(uploads.router(services.submit, services.upload_places, services.links, authenticate))
    app.include_router(
        presigned.router(services.presign, services.presets, authenticate, allow_http=services.development)
    )
    app.include_router(
        status.router(services.jobs, services.links, services.watcher, services.wait_places, authenticate)
    )
    app.include_router(
        jobs.router(
            services.jobs,
            services.lists,
            services.links,
            services.pictures,
            list_places=services.list_places,
            archive_places=services.archive_places,
            orchestrator=services.orchestrator,
            stored=services.stored,
            authenticate=authenticate,
        )
    )
    app.include_router(events.router(services.follow, services.stream_places, authenticate))
    app.include_router(
        webhooks.router(services.jobs, services.orchestrator, services.secrets, services.cipher, authenticate)
    )
    # Before the presets, which are at `/recipes/{name}`: or `Allow` would name the methods of these.
    app.include_router(plan.router(services.plan, services.presets, authenticate))
    app.include_router(recipes.router(services.presets, authenticate))
    app.include_router(usage.router(services.usage, services.stored, authenticate))
    app.include_router(
        sessions.router(services.log_in, services.sessions, authenticate, proxies=services.trusted_proxies)
    )
    app.include_router(health.router(services.readiness))
    return app
