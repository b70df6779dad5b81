"""Links to results: presigned URLs, signed here on the processor's own time and good for an hour."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from darkroom.aws import translated
from darkroom.keys import key_name

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LINK_SECONDS: Final = 60 * 60
_WINDOW_SECONDS: Final = 15 * 60
"""Within one of these the same result has the same link, so that what contains it can be compared and cached."""
_KEPT: Final = 8192
"""Links in memory, of up to 2 kB each."""
_ANY_KEY: Final = "key"


@dataclass(frozen=True, kw_only=True)
class Link:
    """What to link to: an object, under which name, to show or to save."""

    key: str
    filename: str
    download: bool = False


class ResultLinks:
    """Signs links to the results bucket. `client` is one for the address under which browsers reach S3.

    The client tells where the bucket is, once; the links are signed by botocore's own signer without the client, which
    would find that out anew for each of them, at seven times the cost (0.65 ms against 0.09).
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        credentials: Callable[[], Awaitable[ReadOnlyCredentials]],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._credentials = credentials
        self._clock = clock
        self._root: str | None = None
        self._signed: dict[Link, str] = {}
        self._window = 0

    async def sign(self, link: Link) -> str:
        """The URL, good for at least 45 minutes more. Raises Unavailable without credentials."""
        window = int(self._clock()) // _WINDOW_SECONDS
        if window != self._window or len(self._signed) >= _KEPT:
            self._window, self._signed = window, {}
        if link not in self._signed:
            self._signed[link] = await self._sign(link)
        return self._signed[link]

    async def _sign(self, link: Link) -> str:
        if self._root is None:
            self._root = await self._find_root()
        disposition = quote(content_disposition(link.filename, download=link.download), safe="")
        url = f"{self._root}{quote(link.key, safe='/~')}?response-content-disposition={disposition}"
        request = AWSRequest(method="GET", url=url)
        region = self._client.meta.region_name
        S3SigV4QueryAuth(await self._credentials(), "s3", region, expires=LINK_SECONDS).add_auth(request)
        return str(request.url)

    async def _find_root(self) -> str:
        """The bucket's URL with a slash at its end, in whichever style the client addresses buckets."""
        with translated("S3"):
            url = await self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": _ANY_KEY}
            )
        return url.partition("?")[0].removesuffix(_ANY_KEY)


def content_disposition(filename: str, *, download: bool) -> str:
    """The header that names a file, in ASCII and, where that is not the same, in full (RFC 6266)."""
    plain = key_name(filename)
    header = f'{"attachment" if download else "inline"}; filename="{plain}"'
    return header if plain == filename else f"{header}; filename*=UTF-8''{quote(filename, safe='')}"
