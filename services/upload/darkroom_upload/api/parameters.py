"""Parameters that several routes share, and the refusal of query parameters that a route does not declare."""

import json
import re
from collections.abc import Collection
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Path, Request
from fastapi.routing import APIRoute

from darkroom.errors import MalformedRequest, NotFound

_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]{1,255}")


def _only_declared(request: Request) -> None:
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        raise TypeError(f"{route!r} declares no query parameters")
    require_known(request, [parameter.alias for parameter in route.dependant.query_params])


ONLY_DECLARED: Final = Depends(_only_declared)
"""A dependency that refuses a query parameter that the route does not declare, and one that is given twice.

If the service ignored `?recipes=thumbnails`, it would do something else than the client asked for.
"""


def require_known(
    request: Request, names: Collection[str], *, repeatable: Collection[str] = (), prefix: str | None = None
) -> None:
    """Raise MalformedRequest unless each query parameter has one of these names and is given once.

    Those in `repeatable` may be given several times. With a `prefix`, names that begin with it are known too.
    """
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in names and not (prefix and name.startswith(prefix)):
            told = [*names, f"{prefix}<key>"] if prefix else names
            known = f"Known are: {', '.join(told)}." if told else "This request takes none."
            raise MalformedRequest(f"There is no query parameter {json.dumps(name[:64])}. {known}")
        if name in seen and name not in repeatable:
            raise MalformedRequest(f'The query parameter "{name}" is given more than once.')
        seen.add(name)


def _job_id(job_id: Annotated[str, Path(description="The job's id, a UUID.")]) -> str:
    return stored_id(job_id)


def stored_id(job_id: str) -> str:
    """Return a job's id in the form in which it is stored. Raises NotFound for a text that cannot be a job's id."""
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
            description="1 to 255 visible ASCII characters. Requests with the same key are carried out once. The "
            "service remembers a key for a day.",
            json_schema_extra={"pattern": "^[!-~]{1,255}$", "example": "5f3c1f9e-cat"},
        ),
    ] = None,
) -> str | None:
    if idempotency_key is not None and not _VISIBLE_ASCII.fullmatch(idempotency_key):
        raise MalformedRequest("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    return idempotency_key


JobId = Annotated[str, Depends(_job_id)]
IdempotencyKey = Annotated[str | None, Depends(_idempotency_key)]
