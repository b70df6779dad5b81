"""`/keys`: the API keys of an owner, for the users who act for it."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from darkroom.accounts.api_keys import ApiKey, Scope
from darkroom.clock import Moment
from darkroom.errors import (
    Conflict,
    MalformedRequest,
    NotFound,
    PasswordNeeded,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.callers.caller import Caller
from darkroom_upload.keys.key_writes import MOST_KEYS
from darkroom_upload.keys.manage_keys import ManageKeys, NewKey
from darkroom_upload.response_body import ResponseBody

_LONGEST_BODY_BYTES: Final = 8 * 1024
_LONGEST_DAYS: Final = 3650


class KeyRequest(BaseModel):
    """A new API key."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=80)]
    """What the key is for, in your words: one line of text."""
    scopes: Annotated[frozenset[Scope], Field(min_length=1)] = frozenset({Scope.READ, Scope.UPLOAD})
    """What the key may do."""
    expires_in_days: Annotated[int | None, Field(strict=True, ge=1, le=_LONGEST_DAYS)] = None
    """Days until the key expires; null for a key that is good until it is revoked."""
    keep_original: Annotated[bool, Field(strict=True)] = False
    """Whether jobs keep their originals if neither the request nor the recipe says so."""
    publish: Annotated[bool, Field(strict=True)] = False
    """Whether jobs are published if neither the request nor the recipe says so."""

    def wanted(self) -> NewKey:
        """Return what the request asks for. Raises MalformedRequest for a name that is not one line."""
        if not self.name.isprintable() or self.name.isspace():
            raise MalformedRequest(
                "A key's name is one line of text.",
                errors=[{"pointer": "/name", "message": "has characters that cannot be shown, or only spaces"}],
            )
        return NewKey(
            name=self.name,
            scopes=self.scopes,
            expires_in_days=self.expires_in_days,
            keep_original=self.keep_original,
            publish=self.publish,
        )


class KeyBody(ResponseBody):
    """An API key, without the key itself."""

    prefix: str
    """The beginning of the key, by which people recognise it."""
    name: str
    scopes: list[Scope]
    keep_original: bool
    publish: bool
    made_by: str | None
    """The user who made the key; null for a key of an operator."""
    created_at: Moment
    last_used_at: Moment | None
    """When the key was last used, up to an hour too early; null if it never was."""
    expires_at: Moment | None
    revoked_at: Moment | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyBody":
        """Return a key as users see it."""
        return cls(
            prefix=key.prefix,
            name=key.name,
            scopes=sorted(key.scopes),
            keep_original=key.keep_original,
            publish=key.publish,
            made_by=key.made_by,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
        )


class NewKeyBody(KeyBody):
    """An API key that was just made."""

    key: str
    """The key itself. It is shown in this answer only."""


class KeysBody(ResponseBody):
    """The API keys of an owner."""

    items: list[KeyBody]
    """The newest first. Keys that were revoked or have expired stay for 30 days."""
    limit: int
    """Most usable keys that users may have made."""


def router(manage: ManageKeys, access: Access) -> APIRouter:
    """Return the routes. They accept no API key: a key must not make further keys."""
    person = access.person()
    routes = APIRouter(prefix="/keys", tags=["keys"], dependencies=[person, ONLY_DECLARED])

    @routes.get("", summary="List the API keys of your owner", responses=refusals())
    async def list_keys(caller: Annotated[Caller, person]) -> KeysBody:
        return KeysBody(items=[KeyBody.of(key) for key in await manage.listed(caller.owner)], limit=MOST_KEYS)

    @routes.post(
        "",
        summary="Make an API key",
        description="The answer shows the key, once. The login must be at most 10 minutes ago. Keys that users make "
        "share the limits of their owner's sessions.",
        status_code=HTTPStatus.CREATED,
        openapi_extra=documented(KeyRequest),
        responses=refusals(PasswordNeeded, Conflict, UploadTooLarge, UnsupportedMediaType),
    )
    async def make_key(request: Request, caller: Annotated[Caller, person]) -> NewKeyBody:
        asked = await read_json(request, KeyRequest, max_bytes=_LONGEST_BODY_BYTES)
        key, text = await manage.make(asked.wanted(), caller)
        return NewKeyBody(key=text, **KeyBody.of(key).model_dump())

    @routes.delete(
        "/{prefix}",
        summary="Revoke an API key",
        description="It may work for 30 more seconds. The login must be at most 10 minutes ago.",
        status_code=HTTPStatus.NO_CONTENT,
        responses=refusals(PasswordNeeded, NotFound),
    )
    async def revoke_key(
        prefix: Annotated[str, Path(description="The beginning of the key, as the list shows it.")],
        caller: Annotated[Caller, person],
    ) -> None:
        await manage.revoke(prefix, caller)

    return routes
