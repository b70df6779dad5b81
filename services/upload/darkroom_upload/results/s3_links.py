"""Links to results in S3: presigned URLs."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from darkroom.runtime.aws import translated
from darkroom_upload.results.result_links import LINK_SECONDS, Link, LinkMemory, public_address

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_ANY_KEY: Final = "key"

GetCredentials = Callable[[], Awaitable[ReadOnlyCredentials]]
"""Returns the credentials that sign links to S3."""


class S3Links:
    """Signs links to the results bucket. `client` is a client for the address at which browsers reach S3.

    The client resolves the bucket's address once. Then botocore's signer signs each link without the client, which
    would resolve the address again each time, at seven times the cost (0.65 ms instead of 0.09).

    S3 accepts a link only as long as the credentials that signed it. The credentials of a role are renewed about ten
    minutes before they end (botocore's `RefreshableCredentials`). From then on, only links signed by the new ones are
    given out.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        credentials: GetCredentials,
        *,
        public_root: str = "",
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._credentials = credentials
        self._public_root = public_root
        self._memory = LinkMemory(now)
        self._root: str | None = None

    async def sign(self, link: Link) -> str:
        """Sign as `ResultLinks` describes."""
        credentials = await self._credentials()
        return await self._memory.recall(link, partial(self._sign, credentials), signer=credentials.access_key)

    def public(self, key: str) -> str:
        """Return an address as `ResultLinks` describes."""
        return public_address(self._public_root, key)

    async def _sign(self, credentials: ReadOnlyCredentials, link: Link, until: int) -> str:
        del until  # S3 counts from the moment of signing, so the link is valid a little longer.
        if self._root is None:
            self._root = await self._find_root()
        request = AWSRequest(method="GET", url=f"{self._root}{link.path}")
        region = self._client.meta.region_name
        S3SigV4QueryAuth(credentials, "s3", region, expires=LINK_SECONDS).add_auth(request)
        return str(request.url)

    async def _find_root(self) -> str:
        """Return the bucket's URL with a slash at its end, in the style in which the client addresses buckets."""
        with translated("S3"):
            url = await self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": _ANY_KEY}
            )
        return url.partition("?")[0].removesuffix(_ANY_KEY)
