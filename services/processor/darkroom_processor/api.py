"""The processor's HTTP application, which only serves health checks."""

from fastapi import FastAPI

from darkroom.runtime import health, problems
from darkroom.runtime.access_log import AccessLog


def create_app(readiness: health.Readiness) -> FastAPI:
    """Build the application."""
    app = FastAPI(title="Darkroom processor", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(AccessLog)
    problems.install(app)
    app.include_router(health.router(readiness))
    return app
