"""Links to results in CloudFront, signed with a key of its key group."""

from collections.abc import Callable
from datetime import UTC, datetime

from botocore.signers import CloudFrontSigner

from darkroom_upload.results.result_links import Link, LinkMemory, public_address
from darkroom_upload.results.signing_key import SigningKey


class CdnLinks:
    """Signs links to the distribution at `root`, by canned policy: one URL, until one moment.

    All tasks sign equal links within a window of 15 minutes, so the responses of different tasks are equal too.
    """

    def __init__(
        self,
        root: str,
        key_pair_id: str,
        key: SigningKey,
        *,
        public_root: str | None = None,
        now: Callable[[], datetime],
    ) -> None:
        """`public_root` is that of public addresses, if the same distribution does not serve them."""
        self._root = root.rstrip("/")
        self._public_root = public_root or root
        self._signer = CloudFrontSigner(key_pair_id, key.sign)
        self._key_pair_id = key_pair_id
        self._memory = LinkMemory(now)

    async def sign(self, link: Link) -> str:
        """Sign as `ResultLinks` describes."""
        return await self._memory.recall(link, self._sign, signer=self._key_pair_id)

    def public(self, key: str) -> str:
        """Return an address as `ResultLinks` describes."""
        return public_address(self._public_root, key)

    async def _sign(self, link: Link, until: int) -> str:
        url = f"{self._root}/{link.path}"
        signed = self._signer.generate_presigned_url(url, date_less_than=datetime.fromtimestamp(until, UTC))
        # Without this parameter CloudFront assumes SHA-1 (CloudFront Developer Guide, "canned policy").
        return f"{signed}&Hash-Algorithm=SHA256"
