"""What routes take beside their bodies: ids, the Idempotency-Key, and no query parameter that they do not know."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Path, Request

from darkroom.errors import MalformedRequest, NotFound

_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]{1,255}")


def takes(*names: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency that refuses a request with other query parameters than these, or with one of them twice.

    To ignore `?recipes=thumbnails` would be to do something else than was asked for.
    """

    async def check(request: Request) -> None:
        refuse_others(request, *names)

    return check


def refuse_others(request: Request, *names: str) -> None:
    """Raise MalformedRequest unless each query parameter is one of these, given once."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in names:
            known = f"Known are: {', '.join(names)}." if names else "This request takes none."
            raise MalformedRequest(f"There is no query parameter {json.dumps(name[:64])}. {known}")
        if name in seen:
            raise MalformedRequest(f'The query parameter "{name}" is given more than once.')
        seen.add(name)


def _job_id(job_id: Annotated[str, Path(description="The job's id, a UUID.")]) -> str:
    return stored_id(job_id)


def stored_id(job_id: str) -> str:
    """The id as it is stored. What can be no job's id is not found, like any id that no job has."""
    try:
        known = str(UUID(job_id))
    except ValueError:
        known = None
    if known is None or known != job_id.lower():
        raise NotFound("There is no such job.")
    return known


def _idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            description="1 to 255 visible ASCII characters. The same request with the same key is carried out once; "
            "the key is remembered for a day.",
            json_schema_extra={"pattern": "^[!-~]{1,255}$", "example": "5f3c1f9e-cat"},
        ),
    ] = None,
) -> str | None:
    if idempotency_key is not None and not _VISIBLE_ASCII.fullmatch(idempotency_key):
        raise MalformedRequest("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    return idempotency_key


JobId = Annotated[str, Depends(_job_id)]
IdempotencyKey = Annotated[str | None, Depends(_idempotency_key)]
