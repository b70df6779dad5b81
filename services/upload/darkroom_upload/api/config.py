"""`GET /config`: what a page must know before anybody has logged in."""

from importlib.metadata import version
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from darkroom import limits
from darkroom.actions import MOST_JOBS
from darkroom.errors import MalformedRequest, Unavailable
from darkroom.formats import ImageFormat
from darkroom.recipes import OutputFormat, Presets
from darkroom.runtime.settings import Environment
from darkroom_upload.api.documentation import problems
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.response_body import ResponseBody
from darkroom_upload.results.storage_origins import StorageOrigins
from darkroom_upload.sessions.cookie import SessionCookie
from darkroom_upload.sessions.session_lifecycle import Sessions

_CHOSEN: Final = frozenset({OutputFormat.SAME, OutputFormat.AUTO})
"""Rules that choose a format, not formats."""


class LimitsBody(ResponseBody):
    """Limits of this installation that do not depend on the caller. The route of usage shows those that do."""

    upload_bytes: int
    """Most bytes of one file."""
    pixels: int
    """Most pixels of an image: width × height."""
    frames: int
    output_side: int
    """Most pixels of each side of a result."""
    variants: int
    """Most variants of a recipe."""
    operations: int
    """Most operations of a variant."""
    recipe_bytes: int
    """Most bytes of a recipe as stored."""
    runs: int
    """Most runs of one job, including the first."""
    jobs_in_an_action: int
    """Most jobs that one request to `/jobs/actions` may name."""


class FormatsBody(ResponseBody):
    """Image formats by name."""

    read: list[str]
    written: list[str]


class StorageBody(ResponseBody):
    """The origins that a page talks to beside this API, for its content security policy."""

    uploads: str
    """S3, to which presigned forms are sent."""
    results: str
    """S3 or the CDN, to which signed links lead."""
    public: str | None
    """Beginning of public addresses; null if they begin with the address of this API."""


class FeaturesBody(ResponseBody):
    """Parts that an installation may have or lack."""

    mail: bool
    """Whether Darkroom sends mail to users, for example for a forgotten password."""
    heic: bool
    """Whether HEIC files can be read."""


class ConfigBody(ResponseBody):
    """What a page must know before anybody has logged in."""

    version: str
    environment: Environment
    has_session: bool
    """Whether the cookie of this request stands for a session that has not ended."""
    limits: LimitsBody
    formats: FormatsBody
    presets: list[str]
    """Names of the presets that everybody has."""
    storage: StorageBody
    features: FeaturesBody


def router(
    sessions: Sessions,
    cookie: SessionCookie,
    presets: Presets,
    origins: StorageOrigins,
    *,
    environment: Environment,
    max_upload_bytes: int,
) -> APIRouter:
    """Return the route. It is open to anybody."""
    routes = APIRouter(tags=["usage"])

    async def session_of(request: Request) -> bool:
        token = cookie.token_in(request)
        return token is not None and await sessions.find(token) is not None

    @routes.get(
        "/config",
        summary="Get what a page must know before anybody has logged in",
        description="Needs no key. It names limits, formats, presets and addresses, and says whether the request has a "
        "session. For that reason it is never cached.",
        dependencies=[ONLY_DECLARED],
        responses=problems(MalformedRequest, Unavailable),
    )
    async def read_config(response: Response, has_session: Annotated[bool, Depends(session_of)]) -> ConfigBody:
        response.headers["Cache-Control"] = "no-store"
        found = await origins()
        return ConfigBody(
            version=version("darkroom-upload"),
            environment=environment,
            has_session=has_session,
            limits=_limits(max_upload_bytes),
            formats=FormatsBody(
                read=[each.value for each in ImageFormat],
                written=[each.value for each in OutputFormat if each not in _CHOSEN],
            ),
            presets=sorted(presets),
            storage=StorageBody(uploads=found.uploads, results=found.results, public=found.public),
            features=FeaturesBody(mail=False, heic=False),
        )

    return routes


def _limits(max_upload_bytes: int) -> LimitsBody:
    return LimitsBody(
        upload_bytes=max_upload_bytes,
        pixels=limits.MAX_PIXELS,
        frames=limits.MAX_FRAMES,
        output_side=limits.MAX_OUTPUT_SIDE,
        variants=limits.MAX_VARIANTS,
        operations=limits.MAX_OPERATIONS,
        recipe_bytes=limits.MAX_RECIPE_BYTES,
        runs=limits.MAX_RUNS,
        jobs_in_an_action=MOST_JOBS,
    )
