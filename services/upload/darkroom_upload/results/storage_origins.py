"""The origins to which browsers send files and from which they load results."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from darkroom.runtime.aws import translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_ANY_KEY = "key"


@dataclass(frozen=True, kw_only=True)
class Origins:
    """Origins, such as `https://example.com`."""

    uploads: str
    """S3, for presigned forms."""
    results: str
    """The CDN if there is one, otherwise S3."""
    public: str | None
    """Beginning of public addresses, if they do not begin with the address of the API."""


class StorageOrigins:
    """Finds the origins once. `client` is a client for the address at which browsers reach S3."""

    def __init__(
        self,
        client: "S3Client",
        *,
        originals_bucket: str,
        results_bucket: str,
        results_cdn_url: str | None,
        public_base_url: str | None,
    ) -> None:
        self._client = client
        self._originals_bucket = originals_bucket
        self._results_bucket = results_bucket
        self._cdn_url = results_cdn_url
        self._public_base = public_base_url or results_cdn_url
        self._found: Origins | None = None

    async def __call__(self) -> Origins:
        """Return the origins. Raises Unavailable if there are no credentials."""
        if self._found is None:
            self._found = Origins(
                uploads=await self._bucket_origin(self._originals_bucket),
                results=_origin(self._cdn_url) if self._cdn_url else await self._bucket_origin(self._results_bucket),
                public=self._public_base.rstrip("/") if self._public_base else None,
            )
        return self._found

    async def _bucket_origin(self, bucket: str) -> str:
        # The client knows in which style it addresses buckets. Nothing is sent.
        with translated("S3"):
            return _origin(
                await self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": _ANY_KEY})
            )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
