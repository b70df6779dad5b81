"""Sessions of users: to log in, to see who is logged in, and to log out."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
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
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import SET_COOKIE, problems
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.response_body import ResponseBody
from darkroom_upload.sessions.client_address import client_address
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.session import Session
from darkroom_upload.sessions.session_lifecycle import Sessions

_LONGEST_BODY_BYTES: Final = 8 * 1024
_FORWARDED: Final = "x-forwarded-for"


class LoginRequest(BaseModel):
    """The credentials of a user."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    name: Annotated[str, Field(max_length=256)]
    """The user's name, in capital or small letters."""
    password: Annotated[SecretStr, Field(max_length=LONGEST)]


class LogoutRequest(BaseModel):
    """The sessions to end."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    everywhere: bool = False
    """`true` for all sessions of the user, `false` for this one."""


class SessionBody(ResponseBody):
    """A session of a user."""

    user: str
    owner: str
    """The owner of the jobs that the user sees."""
    csrf_token: str
    """Send it in the header `X-CSRF-Token` of requests that change something."""
    expires_at: Moment

    @classmethod
    def of(cls, session: Session) -> "SessionBody":
        """Return a session as its browser sees it."""
        return cls(user=session.user, owner=session.owner, csrf_token=session.csrf_token, expires_at=session.expires_at)


def router(log_in: LogIn, sessions: Sessions, access: Access, *, proxies: int) -> APIRouter:
    """Return the routes. `proxies` is how many proxies in front of the service add to `X-Forwarded-For`."""
    routes = APIRouter(prefix="/auth", tags=["sessions"])
    cookie = access.authenticate.cookie
    logged_in = access.session()

    @routes.post(
        "/login",
        summary="Log in",
        description="Begins a session and sets its cookie. A session that the cookie stood for before ends. Attempts "
        "are limited for each address and each user.",
        dependencies=[ONLY_DECLARED],
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
        access.authenticate.require_trusted_page(request)
        wanted = await read_json(request, LoginRequest, max_bytes=_LONGEST_BODY_BYTES)
        address = _address(request, proxies=proxies)
        user = await log_in(wanted.name, wanted.password.get_secret_value(), address=address)
        session, token = await sessions.begin(user, instead_of=cookie.token_in(request))
        cookie.put_in(response, token)
        return SessionBody.of(session)

    @routes.get(
        "/me",
        summary="See who is logged in",
        dependencies=[logged_in, ONLY_DECLARED],
        responses=problems(MalformedRequest, Unauthenticated, Forbidden, Unavailable),
    )
    async def me(session: Annotated[Session, logged_in]) -> SessionBody:
        return SessionBody.of(session)

    @routes.post(
        "/logout",
        summary="Log out",
        description="Ends this session, or all sessions of the user.",
        status_code=HTTPStatus.NO_CONTENT,
        dependencies=[logged_in, ONLY_DECLARED],
        openapi_extra=documented(LogoutRequest, required=False),
        responses={
            HTTPStatus.NO_CONTENT: {"headers": SET_COOKIE},
            **problems(MalformedRequest, Unauthenticated, Forbidden, UploadTooLarge, UnsupportedMediaType, Unavailable),
        },
    )
    async def logout(request: Request, session: Annotated[Session, logged_in], response: Response) -> None:
        wanted = await read_json(request, LogoutRequest, max_bytes=_LONGEST_BODY_BYTES, otherwise=LogoutRequest())
        await (sessions.end_all if wanted.everywhere else sessions.end)(session)
        cookie.clear_in(response)

    return routes


def _address(request: Request, *, proxies: int) -> str:
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.getlist(_FORWARDED), proxies=proxies)
