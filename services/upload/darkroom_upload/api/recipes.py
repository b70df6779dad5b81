"""The presets, and the schema of recipes."""

import hashlib
import json
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import (
    Conflict,
    InvalidRecipe,
    NotFound,
    PreconditionFailed,
    RecipeTooLarge,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom.recipes import Recipe
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import ETAG, Responses, refusals
from darkroom_upload.api.json_body import documented, read_document
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.api.responses import matches, not_modified
from darkroom_upload.callers.caller import Caller
from darkroom_upload.presets.delete_preset import DeletePreset
from darkroom_upload.presets.preconditions import Precondition
from darkroom_upload.presets.preset_body import (
    PresetBody,
    PresetSummaryBody,
    PresetVersionsBody,
    document_response,
    version_response,
)
from darkroom_upload.presets.put_preset import PutPreset
from darkroom_upload.presets.read_presets import ReadPresets

_LONGEST_BODY_BYTES: Final = 256 * 1024

_Name = Annotated[str, Path(description="The preset's name.")]
_Version = Annotated[int | None, Query(ge=1, le=9999, description="Number of the version. The default is the newest.")]
_IfMatch = Annotated[
    str | None,
    Header(description="ETags. Unless the newest version has one of them, nothing is changed and the answer is 412."),
]
_IfNoneMatch = Annotated[
    str | None, Header(description="`*`: if there is a preset of this name, nothing is changed and the answer is 412.")
]
_Known = Annotated[
    str | None, Header(alias="If-None-Match", description="An ETag of an earlier answer. If it still holds: 304.")
]
_TAGGED: Final[Responses] = {
    HTTPStatus.OK: {"headers": ETAG},
    HTTPStatus.NOT_MODIFIED: {"description": "The preset has not changed", "headers": ETAG},
}


def router(presets: ReadPresets, access: Access) -> APIRouter:
    """Return the routes that read."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/recipes", tags=["recipes"], dependencies=[reading, ONLY_DECLARED])
    schema = Recipe.model_json_schema()

    @routes.get(
        "",
        summary="List all presets by name",
        description="Those of the installation whole, and yours in short: their recipes are at `/recipes/{name}`.",
        response_model=dict[str, PresetBody | PresetSummaryBody],
        responses=refusals(),
    )
    async def list_recipes(reader: Annotated[Caller, reading]) -> Response:
        return Response(json.dumps(await presets.listed(reader.owner)), media_type="application/json")

    @routes.get("/schema", summary="Get the JSON Schema of recipes", responses=refusals())
    async def recipe_schema() -> dict[str, Any]:
        return schema

    @routes.get(
        "/{name}",
        summary="Get a preset",
        response_model=PresetBody,
        responses={**_TAGGED, **refusals(NotFound)},
    )
    async def read_recipe(
        name: _Name, reader: Annotated[Caller, reading], version: _Version = None, known: _Known = None
    ) -> Response:
        installed = presets.of_installation(name, version)
        if installed:
            answer = document_response(installed, etag=_digest_tag(installed))
        else:
            answer = version_response(await presets.of_owner(reader.owner, name, version))
        return not_modified(answer) if matches(known, answer.headers["ETag"]) else answer

    @routes.get(
        "/{name}/versions",
        summary="List the versions of a preset",
        description="The newest first. A preset of the installation has none.",
        responses=refusals(NotFound),
    )
    async def list_versions(name: _Name, reader: Annotated[Caller, reading]) -> PresetVersionsBody:
        return await presets.versions(reader.owner, name)

    return routes


def writing_router(put: PutPreset, delete: DeletePreset, access: Access) -> APIRouter:
    """Return the routes that change presets of the caller's owner."""
    writing = access.caller(Scope.RECIPES)
    routes = APIRouter(prefix="/recipes", tags=["recipes"], dependencies=[writing, ONLY_DECLARED])

    @routes.put(
        "/{name}",
        summary="Put a preset",
        description="Makes the recipe the newest version of the preset, with the number after the last one there ever "
        "was. The recipe that is the newest already makes no version. Versions never change.",
        response_model=PresetBody,
        openapi_extra=documented(Recipe),
        responses={
            HTTPStatus.OK: {"description": "The newest version of a preset that existed", "headers": ETAG},
            HTTPStatus.CREATED: {
                "description": "The first version, or the first after a deletion",
                "model": PresetBody,
                "headers": ETAG,
            },
            **refusals(
                Conflict, PreconditionFailed, UploadTooLarge, UnsupportedMediaType, InvalidRecipe, RecipeTooLarge
            ),
        },
    )
    async def put_recipe(
        name: _Name,
        request: Request,
        writer: Annotated[Caller, writing],
        if_match: _IfMatch = None,
        if_none_match: _IfNoneMatch = None,
    ) -> Response:
        document = await read_document(request, max_bytes=_LONGEST_BODY_BYTES)
        expected = Precondition(if_match=if_match, if_none_match=if_none_match)
        outcome = await put(name, document, caller=writer, expected=expected)
        return version_response(outcome.version, status=HTTPStatus.CREATED if outcome.created else HTTPStatus.OK)

    @routes.delete(
        "/{name}",
        summary="Delete a preset",
        description="Removes all its versions. Jobs that ran it keep their recipe. A later preset of the same name "
        "goes on with the numbers.",
        status_code=HTTPStatus.NO_CONTENT,
        responses=refusals(NotFound, Conflict, PreconditionFailed),
    )
    async def delete_recipe(name: _Name, writer: Annotated[Caller, writing], if_match: _IfMatch = None) -> None:
        await delete(name, caller=writer, expected=Precondition(if_match=if_match))

    return routes


def _digest_tag(document: dict[str, Any]) -> str:
    return f'"{hashlib.sha256(json.dumps(document).encode()).hexdigest()[:32]}"'
