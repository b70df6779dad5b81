"""Pages of other origins that may use the API from a browser: CORS (https://fetch.spec.whatwg.org/#http-cors-protocol).

Only those that a setting names, exactly; they count as the dashboard does, so that they may send its cookie as well.
"""

from collections.abc import Collection
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import AfterValidator
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp
from yarl import URL

from darkroom.errors import MalformedRequest
from darkroom.runtime.problems import MEDIA_TYPE, document

_METHODS: Final = ("GET", "POST", "DELETE")
_TAKEN: Final = ("Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "X-API-Key", "X-CSRF-Token")
_SHOWN: Final = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
)
_PREFLIGHT_SECONDS: Final = 600


def _is_origin(text: str) -> str:
    try:
        url = URL(text)
        sound = url.scheme in {"https", "http"} and str(url.origin()) == text and "*" not in text
    except ValueError:
        sound = False
    if not sound:
        raise ValueError("an origin is a scheme and a host, such as https://app.example.com, and none stands for all")
    return text


Origin = Annotated[str, AfterValidator(_is_origin)]
"""As browsers write it in the header of that name: scheme, host, and the port unless it is the scheme's own."""


class _Shared(CORSMiddleware):
    """Starlette's, whose refusals are problem documents."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser is told before it makes a request of another origin."""
        answer = super().preflight_response(request_headers)
        if answer.status_code != HTTPStatus.BAD_REQUEST:
            return answer
        detail = (
            f"{bytes(answer.body).decode()}. Let in are origins of DARKROOM_CORS_ORIGINS with {', '.join(_METHODS)}."
        )
        refusal = document(HTTPStatus.BAD_REQUEST, MalformedRequest.code, detail, instance="")
        del answer.headers["content-length"], answer.headers["content-type"]
        return Response(refusal, HTTPStatus.BAD_REQUEST, dict(answer.headers), MEDIA_TYPE)


def shared_with(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    """The application, open to pages of these origins; as it is when there are none."""
    if not origins:
        return app
    return _Shared(
        app,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=_TAKEN,
        allow_credentials=True,
        expose_headers=_SHOWN,
        max_age=_PREFLIGHT_SECONDS,
    )
