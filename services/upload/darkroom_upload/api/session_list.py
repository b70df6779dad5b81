"""`/auth/sessions`: where a user is logged in, and how to end that."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from darkroom.clock import Moment
from darkroom.errors import Forbidden, MalformedRequest, NotFound, Unauthenticated, Unavailable
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import problems
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.response_body import ResponseBody
from darkroom_upload.sessions.session import Session
from darkroom_upload.sessions.session_lifecycle import Sessions


class ListedSessionBody(ResponseBody):
    """A session of the user."""

    id: str
    """A name for the session. It opens nothing."""
    is_current: bool
    """Whether this request belongs to it."""
    browser: str
    """What the browser called itself at the login; empty if it did not."""
    address: str
    """The IPv4 address, or the network of the IPv6 address, from which the user logged in."""
    begun_at: Moment
    expires_at: Moment

    @classmethod
    def of(cls, session: Session, current: Session) -> "ListedSessionBody":
        """Return a session as its user sees it."""
        return cls(
            id=session.shown_id,
            is_current=session.id == current.id,
            browser=session.device.browser,
            address=session.device.address,
            begun_at=session.begun_at,
            expires_at=session.expires_at,
        )


class SessionsBody(ResponseBody):
    """The sessions of a user."""

    items: list[ListedSessionBody]
    """The newest first, up to 100."""


def router(sessions: Sessions, access: Access) -> APIRouter:
    """Return the routes. They cost nothing of the rate, as the other routes of sessions."""
    logged_in = access.session()
    routes = APIRouter(prefix="/auth/sessions", tags=["sessions"], dependencies=[logged_in, ONLY_DECLARED])
    refused = (MalformedRequest, Unauthenticated, Forbidden, Unavailable)

    @routes.get("", summary="List your sessions", responses=problems(*refused))
    async def list_sessions(session: Annotated[Session, logged_in]) -> SessionsBody:
        found = await sessions.of_user(session.user)
        return SessionsBody(items=[ListedSessionBody.of(each, session) for each in found])

    @routes.delete(
        "",
        summary="End all your other sessions",
        status_code=HTTPStatus.NO_CONTENT,
        responses=problems(*refused),
    )
    async def end_other_sessions(session: Annotated[Session, logged_in]) -> None:
        await sessions.end_others(session)

    @routes.delete(
        "/{session_id}",
        summary="End one of your sessions",
        status_code=HTTPStatus.NO_CONTENT,
        responses=problems(*refused, NotFound),
    )
    async def end_session(
        session_id: Annotated[str, Path(description="The session's id, as the list shows it.")],
        session: Annotated[Session, logged_in],
        response: Response,
    ) -> None:
        ended = await sessions.end_named(session.user, session_id)
        if ended.id == session.id:
            access.authenticate.cookie.clear_in(response)

    return routes
