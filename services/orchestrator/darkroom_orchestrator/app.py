"""The HTTP application."""

from collections.abc import Collection
from importlib.metadata import version

from fastapi import FastAPI

from darkroom.runtime import health, problems
from darkroom.runtime.access_log import AccessLog
from darkroom.runtime.health import Readiness
from darkroom_orchestrator.internal_api.no_browsers import NoBrowsers
from darkroom_orchestrator.internal_api.routes import Queues, job_routes, queue_routes
from darkroom_orchestrator.jobs.cancel import Cancel
from darkroom_orchestrator.jobs.delete import Delete
from darkroom_orchestrator.jobs.retry import Retry
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.webhooks.replay import Replay
from darkroom_orchestrator.webhooks.routes import webhook_routes


def create_app(
    *,
    jobs: JobStore,
    cancel: Cancel,
    retry: Retry,
    delete: Delete,
    replay: Replay,
    queues: Queues,
    readiness: Readiness,
    names: Collection[str],
) -> FastAPI:
    """Return the internal API over these use cases. `names` are the host names that clients may use for it."""
    # No documentation page: that of FastAPI loads scripts from other sites.
    app = FastAPI(
        title="Darkroom orchestrator", version=version("darkroom-orchestrator"), docs_url=None, redoc_url=None
    )
    app.add_middleware(NoBrowsers, names=names)
    app.add_middleware(AccessLog)
    problems.install(app)
    app.include_router(health.router(readiness))
    app.include_router(job_routes(jobs=jobs, cancel=cancel, retry=retry, delete=delete))
    app.include_router(webhook_routes(replay))
    app.include_router(queue_routes(queues))
    return app
