"""The HTTP application."""

from collections.abc import Collection, Iterable
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from darkroom.runtime import health, problems
from darkroom.runtime.access_log import AccessLog
from darkroom.runtime.health import Readiness
from darkroom_orchestrator.internal_api.no_browsers import NoBrowsers


def create_app(routers: Iterable[APIRouter], *, readiness: Readiness, names: Collection[str]) -> FastAPI:
    """Return the internal API with these routes. `names` are the host names that clients may use for it."""
    # No documentation page: that of FastAPI loads scripts from other sites.
    app = FastAPI(
        title="Darkroom orchestrator", version=version("darkroom-orchestrator"), docs_url=None, redoc_url=None
    )
    app.add_middleware(NoBrowsers, names=names)
    app.add_middleware(AccessLog)
    problems.install(app)
    app.include_router(health.router(readiness))
    for router in routers:
        app.include_router(router)
    return app
