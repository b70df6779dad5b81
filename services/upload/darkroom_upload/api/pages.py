"""`/app/`: the dashboard's pages and their files. They are open to anybody: what they show needs a session."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Response
from fastapi.responses import RedirectResponse

from darkroom.errors import NotFound
from darkroom.page_policy import page_policy
from darkroom_upload.api.responses import matches
from darkroom_upload.pages.built_pages import INDEX, BuiltPages, PageFile
from darkroom_upload.results.storage_origins import StorageOrigins

_PAGES: Final = "/app/"


def router(pages: BuiltPages, origins: StorageOrigins) -> APIRouter:
    """Return the routes. They are no part of the API's description."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def root() -> Response:
        return RedirectResponse(_PAGES if pages.is_built else "/docs")

    @routes.get("/app")
    async def pages_without_slash() -> Response:
        return RedirectResponse(_PAGES)

    @routes.get("/app/{path:path}")
    async def page(
        path: str,
        accept_encoding: Annotated[str, Header()] = "",
        known: Annotated[str | None, Header(alias="If-None-Match")] = None,
    ) -> Response:
        if not pages.is_built:
            raise NotFound(
                "The dashboard is not built. Run `npm ci` and `npm run build` in `frontend/`, and restart the service."
            )
        file = pages.find(path)
        if file is None:
            raise NotFound("There is nothing at this path.")
        answer = _answer(file, accept_encoding, known)
        if file.path == INDEX:
            answer.headers["Content-Security-Policy"] = page_policy((await origins()).all)
        return answer

    return routes


def _answer(file: PageFile, accept_encoding: str, known: str | None) -> Response:
    coding = file.coding_for(accept_encoding)
    headers = {
        "Cache-Control": file.cache_control,
        "ETag": file.etag(coding),
        "Vary": "Accept-Encoding",
    }
    if matches(known, file.etag(coding)):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    return Response(file.bodies[coding], media_type=file.media_type, headers=headers)
