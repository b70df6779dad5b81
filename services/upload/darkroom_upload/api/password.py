"""`PUT /auth/password`: a new password for the user who is logged in."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from darkroom.accounts.passwords import LONGEST, SHORTEST
from darkroom.errors import (
    Conflict,
    Forbidden,
    MalformedRequest,
    RateLimited,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    UploadTooLarge,
    WrongPassword,
)
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import SET_COOKIE, problems
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.api.sessions import SessionBody
from darkroom_upload.sessions.change_password import ChangePassword
from darkroom_upload.sessions.device import Device
from darkroom_upload.sessions.session import Session

_LONGEST_BODY_BYTES: Final = 8 * 1024


class PasswordRequest(BaseModel):
    """The present password and the next one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    current: Annotated[SecretStr, Field(max_length=LONGEST)]
    new: Annotated[SecretStr, Field(min_length=SHORTEST, max_length=LONGEST)]
    """Any characters, in any script."""


def router(change: ChangePassword, access: Access, *, proxies: int) -> APIRouter:
    """Return the route. `proxies` is how many proxies in front of the service add to `X-Forwarded-For`."""
    logged_in = access.session()
    routes = APIRouter(prefix="/auth", tags=["sessions"], dependencies=[logged_in, ONLY_DECLARED])

    @routes.put(
        "/password",
        summary="Change your password",
        description="Ends all sessions of the user. The answer has a new one for this browser, with its cookie. Wrong "
        "present passwords count as attempts to log in.",
        openapi_extra=documented(PasswordRequest),
        responses={
            HTTPStatus.OK: {"headers": SET_COOKIE},
            **problems(
                MalformedRequest,
                Unauthenticated,
                Forbidden,
                WrongPassword,
                Conflict,
                UploadTooLarge,
                UnsupportedMediaType,
                RateLimited,
                Unavailable,
            ),
        },
    )
    async def change_password(
        request: Request, session: Annotated[Session, logged_in], response: Response
    ) -> SessionBody:
        asked = await read_json(request, PasswordRequest, max_bytes=_LONGEST_BODY_BYTES)
        begun, token = await change(
            session,
            asked.current.get_secret_value(),
            asked.new.get_secret_value(),
            device=Device.of(request, proxies=proxies),
        )
        access.authenticate.cookie.put_in(response, token)
        return SessionBody.of(begun)

    return routes
