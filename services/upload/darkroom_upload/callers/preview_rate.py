"""The rate of previews, which every owner has beside the rates of requests: each preview is work for a processor."""

from dataclasses import dataclass
from typing import Final

from darkroom.accounts.allowances import Rate
from darkroom.errors import RateLimited
from darkroom_upload.callers.rate_table import RateTable

PREVIEWS: Final = Rate(per_second=4, burst=20)
"""Previews of one owner: as many as an editor sends while a person moves a slider."""


@dataclass(frozen=True, kw_only=True)
class PreviewRate:
    """Takes a token of an owner's rate for a preview."""

    rates: RateTable
    rate: Rate = PREVIEWS

    async def __call__(self, owner: str) -> None:
        """Raise RateLimited if no token is left. Raises Unavailable: an unchecked rate lets nothing pass."""
        state = await self.rates.take(f"previews#{owner}", self.rate)
        if state.is_reached:
            raise RateLimited(
                f"An owner may request {self.rate.per_second:g} previews a second, and {self.rate.burst} at once.",
                retry_after_seconds=state.retry_after,
            )
