"""Reads the messages of the `uploads` queue: of the upload service, of the sweeper, and notifications of S3."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_plus

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from darkroom.messages import ContinueAction, CopyRequested, UploadArrived
from darkroom.runtime.consumer import Poison

_CREATED = "ObjectCreated:"


@dataclass(frozen=True, kw_only=True)
class AnnouncedObject:
    """A new object in the bucket of originals, as a message names it."""

    key: str
    version_id: str | None
    """None in a bucket without versions."""
    bucket: str | None = None
    """None in an announcement of a service, which knows only one bucket."""
    sha256: str | None = None
    """SHA-256 of an import, hexadecimal, if the announcement has it."""


class _Bucket(BaseModel):
    name: str


class _Object(BaseModel):
    key: str
    """Encoded as in a form: `+` for a space, percent signs for special characters."""
    version_id: str | None = Field(default=None, alias="versionId")


class _Entity(BaseModel):
    bucket: _Bucket
    object: _Object


class _Record(BaseModel):
    event: str = Field(alias="eventName")
    s3: _Entity


class _Notification(BaseModel):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"""

    records: list[_Record] = Field(alias="Records")


class _TestEvent(BaseModel):
    """S3 sends one when notifications are set up. It announces no object."""

    event: Literal["s3:TestEvent"] = Field(alias="Event")


_Message = UploadArrived | CopyRequested | ContinueAction | _Notification | _TestEvent
_BODY = TypeAdapter[_Message](_Message)


def read_announcements(body: str) -> list[AnnouncedObject | CopyRequested | ContinueAction]:
    """Return the new objects that a message announces, or its request. Raises Poison if it cannot be read."""
    try:
        message = _BODY.validate_json(body)
    except ValidationError as error:
        raise Poison("The message is neither an announcement nor an S3 notification.") from error
    match message:
        case UploadArrived(original=original, sha256=sha256):
            return [AnnouncedObject(key=original.key, version_id=original.version_id, sha256=sha256)]
        case CopyRequested() | ContinueAction():
            return [message]
        case _Notification(records=records):
            return [_new_object(record) for record in records if record.event.startswith(_CREATED)]
        case _:
            return []


def _new_object(record: _Record) -> AnnouncedObject:
    return AnnouncedObject(
        key=unquote_plus(record.s3.object.key),
        version_id=record.s3.object.version_id,
        bucket=record.s3.bucket.name,
    )
