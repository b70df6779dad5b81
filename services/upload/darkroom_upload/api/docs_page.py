"""`/docs`: the API in a browser, from files that ship with the service rather than from somebody's CDN."""

from importlib import resources
from typing import Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

_ASSETS: Final = "/docs/assets"


def install(app: FastAPI) -> None:
    """Serve the page and its files."""
    # The package's files are what is wanted; its application factory would replace the one that documents errors.
    files = resources.files("fastapi_offline").joinpath("static")
    app.mount(_ASSETS, StaticFiles(directory=str(files)), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS}/favicon.png",
        )
