"""Presets as clients see them: whole, in short, and as a list of versions."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self

from fastapi import Response
from pydantic import ConfigDict

from darkroom import clock
from darkroom.clock import Moment
from darkroom.recipes import Recipe
from darkroom.recipes.owned_presets import PresetHistory, PresetSummary, PresetVersion
from darkroom_upload.presets.preconditions import version_tag
from darkroom_upload.response_body import ResponseBody


class PresetBody(Recipe):
    """A preset: its recipe, and the version that this is.

    The document may be put again as it is: `name`, `version` and `created_at` are then ignored.
    """

    model_config = ConfigDict(extra="ignore")

    name: str
    version: int | None
    """Number of the version; null for a preset of the installation, which has none."""
    created_at: Moment | None
    """Moment at which this version was put; null for a preset of the installation."""


class PresetSummaryBody(ResponseBody):
    """The newest version of one of your presets, without the recipe."""

    name: str
    version: int
    created_at: Moment

    @classmethod
    def of(cls, name: str, summary: PresetSummary) -> Self:
        """Return the body."""
        return cls(name=name, version=summary.number, created_at=summary.created_at)


class PresetVersionBody(ResponseBody):
    """One version of a preset, without the recipe."""

    version: int
    created_at: Moment


class PresetVersionsBody(ResponseBody):
    """The versions of a preset, the newest first. A preset of the installation has none."""

    name: str
    versions: list[PresetVersionBody]

    @classmethod
    def of(cls, history: PresetHistory) -> Self:
        """Return the body."""
        versions = zip(history.numbers, history.created, strict=True)
        return cls(
            name=history.name,
            versions=[PresetVersionBody(version=number, created_at=moment) for number, moment in versions][::-1],
        )


def installed_document(name: str, recipe: Recipe) -> dict[str, Any]:
    """Return a preset of the installation as clients see it, without the defaults, which the schema has."""
    return {
        "name": name,
        "version": None,
        "created_at": None,
        **recipe.model_dump(mode="json", exclude_unset=True),
    }


def version_response(version: PresetVersion, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a version of an owner's preset as a response, with its ETag."""
    document = {
        "name": version.name,
        "version": version.number,
        "created_at": clock.iso(version.created_at),
        **version.document,
    }
    return document_response(document, etag=version_tag(version.number), status=status)


def document_response(document: Mapping[str, Any], *, etag: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a document with an ETag. Only the client may keep it, and must ask each time whether it is current."""
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return Response(json.dumps(document), status_code=int(status), media_type="application/json", headers=headers)
