"""CORS for pages of other origins that use the API (https://fetch.spec.whatwg.org/#http-cors-protocol).

Only origins that a setting names exactly. They may also send the cookie, as the dashboard does.
"""

from collections.abc import Collection
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import AfterValidator
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from darkroom.errors import MalformedRequest
from darkroom.object_keys import PUBLIC
from darkroom.runtime.problems import MEDIA_TYPE, document

_METHODS: Final = ("GET", "POST", "PUT", "DELETE")
_REQUEST_HEADERS: Final = (
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-API-Key",
    "X-CSRF-Token",
)
_RESPONSE_HEADERS: Final = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Darkroom-Cpu-Ms",
    "X-Darkroom-Height",
    "X-Darkroom-Width",
)
_PREFLIGHT_SECONDS: Final = 600


def _is_origin(text: str) -> str:
    try:
        url = URL(text)
        sound = url.scheme in {"https", "http"} and str(url.origin()) == text and "*" not in text
    except ValueError:
        sound = False
    if not sound:
        raise ValueError("an origin is a scheme and a host, such as https://app.example.com; `*` is not allowed")
    return text


Origin = Annotated[str, AfterValidator(_is_origin)]
"""An origin as browsers send it: scheme, host, and the port unless it is the scheme's default."""


class _ProblemCors(CORSMiddleware):
    """Starlette's middleware, with problem documents for refusals.

    Public addresses are open to all origins by themselves. An answer for one origin must not be cached for all.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"].startswith(f"/{PUBLIC}/"):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer the request that a browser sends before a request of another origin."""
        answer = super().preflight_response(request_headers)
        if answer.status_code != HTTPStatus.BAD_REQUEST:
            return answer
        detail = (
            f"{bytes(answer.body).decode()}. Allowed are the origins in DARKROOM_CORS_ORIGINS, with "
            f"{', '.join(_METHODS)}."
        )
        refusal = document(HTTPStatus.BAD_REQUEST, MalformedRequest.code, detail, instance="")
        del answer.headers["content-length"], answer.headers["content-type"]
        return Response(refusal, HTTPStatus.BAD_REQUEST, dict(answer.headers), MEDIA_TYPE)


def with_cors(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    """Return the application open to pages of these origins; unchanged if there are none."""
    if not origins:
        return app
    return _ProblemCors(
        app,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=_REQUEST_HEADERS,
        allow_credentials=True,
        expose_headers=_RESPONSE_HEADERS,
        max_age=_PREFLIGHT_SECONDS,
    )
