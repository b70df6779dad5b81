"""The originals bucket: originals that stream through this service, and forms for uploads straight to S3."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.intake.incoming_original import IncomingOriginal, NewOriginal

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


@dataclass(frozen=True, kw_only=True)
class PresignedPost:
    """A form that a client sends to S3 together with the file."""

    url: str
    fields: dict[str, str]


class Originals:
    """Writes originals, and signs forms for them. `public` is a client for the address at which clients reach S3."""

    def __init__(self, client: "S3Client", bucket: str, *, public: "S3Client") -> None:
        self._client = client
        self._bucket = bucket
        self._public = public

    def incoming(self, new: NewOriginal) -> IncomingOriginal:
        """Begin an object. Nothing is sent yet."""
        return IncomingOriginal(self._client, self._bucket, new)

    async def presigned_post(self, new: NewOriginal, *, max_bytes: int, seconds: int) -> PresignedPost:
        """Sign a form with which anyone can put this one object, of at most `max_bytes`, for some seconds."""
        fields = {
            "Content-Type": new.content_type,
            "tagging": new.tagging_field,
            **{f"x-amz-meta-{name}": value for name, value in new.metadata.items()},
        }
        post = await self._public.generate_presigned_post(
            Bucket=self._bucket,
            Key=new.key,
            Fields=dict(fields),
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, max_bytes]],
            ExpiresIn=seconds,
        )
        return PresignedPost(url=post["url"], fields=post["fields"])
