"""Sessions of users: to log in, to see as whom, and to log out."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from darkroom.accounts.passwords import LONGEST
from darkroom.clock import Moment
from darkroom.errors import (
    Forbidden,
    MalformedRequest,
    RateLimited,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom_upload.api.documentation import SET_COOKIE, problems
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import takes
from darkroom_upload.callers.authentication import Authenticate, logged_in
from darkroom_upload.response_body import ResponseBody
from darkroom_upload.sessions.client_address import client_address
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.session import Session
from darkroom_upload.sessions.sessions import Sessions

_LONGEST_BODY_BYTES: Final = 8 * 1024
_FORWARDED: Final = "x-forwarded-for"


class LoginRequest(BaseModel):
    """Who logs in."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    name: Annotated[str, Field(max_length=256)]
    """The user's name; capitals do not matter."""
    password: Annotated[SecretStr, Field(max_length=LONGEST)]


class LogoutRequest(BaseModel):
    """What to end."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    everywhere: bool = False
    """All sessions of the user, rather than this one."""


class SessionBody(ResponseBody):
    """A session."""

    user: str
    owner: str
    """Whose jobs the user sees."""
    csrf_token: str
    """For the header `X-CSRF-Token` of requests that change something."""
    expires_at: Moment

    @classmethod
    def of(cls, session: Session) -> "SessionBody":
        """A session as its browser sees it."""
        return cls(user=session.user, owner=session.owner, csrf_token=session.csrf_token, expires_at=session.expires_at)


def router(log_in: LogIn, sessions: Sessions, authenticate: Authenticate, *, proxies: int) -> APIRouter:
    """The routes. `proxies` are those in front of the service that tell of their clients."""
    routes = APIRouter(prefix="/auth", tags=["sessions"])
    cookie = authenticate.cookie
    at_home = Depends(logged_in(authenticate))
    Own = Annotated[Session, at_home]  # noqa: N806 - a type

    @routes.post(
        "/login",
        summary="Log in",
        description="Begins a session, which the cookie stands for; one that it stood for before ends. Attempts are "
        "counted by address and by user.",
        dependencies=[Depends(takes())],
        openapi_extra=documented(LoginRequest),
        responses={
            HTTPStatus.OK: {"headers": SET_COOKIE},
            **problems(
                MalformedRequest,
                Unauthenticated,
                Forbidden,
                UploadTooLarge,
                UnsupportedMediaType,
                RateLimited,
                Unavailable,
            ),
        },
    )
    async def login(request: Request, response: Response) -> SessionBody:
        authenticate.check_page(request)
        wanted = await read_json(request, LoginRequest, max_bytes=_LONGEST_BODY_BYTES)
        address = _address(request, proxies=proxies)
        user = await log_in(wanted.name, wanted.password.get_secret_value(), address=address)
        session, token = await sessions.begin(user, instead_of=cookie.of(request))
        cookie.give(response, token)
        return SessionBody.of(session)

    @routes.get(
        "/me",
        summary="Who is logged in",
        dependencies=[at_home, Depends(takes())],
        responses=problems(MalformedRequest, Unauthenticated, Forbidden, Unavailable),
    )
    async def me(session: Own) -> SessionBody:
        return SessionBody.of(session)

    @routes.post(
        "/logout",
        summary="Log out",
        description="Ends this session, or all of the user's.",
        status_code=HTTPStatus.NO_CONTENT,
        dependencies=[at_home, Depends(takes())],
        openapi_extra=documented(LogoutRequest, required=False),
        responses={
            HTTPStatus.NO_CONTENT: {"headers": SET_COOKIE},
            **problems(MalformedRequest, Unauthenticated, Forbidden, UploadTooLarge, UnsupportedMediaType, Unavailable),
        },
    )
    async def logout(request: Request, session: Own, response: Response) -> None:
        wanted = await read_json(request, LogoutRequest, max_bytes=_LONGEST_BODY_BYTES, otherwise=LogoutRequest())
        await (sessions.end_all if wanted.everywhere else sessions.end)(session)
        cookie.take_back(response)

    return routes


def _address(request: Request, *, proxies: int) -> str:
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.getlist(_FORWARDED), proxies=proxies)
