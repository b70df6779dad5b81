"""Makes the variant of a public address at which there is no copy yet, if its job's recipe names it."""

from dataclasses import dataclass
from typing import Final

from darkroom.errors import NotFound, Unavailable
from darkroom.formats import ImageFormat
from darkroom.jobs import Job, VariantState
from darkroom.planner.output_format import requested_format
from darkroom.public_copies import HAS_RESULTS
from darkroom.recipes import OutputFormat
from darkroom_upload.admission import Admission
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.on_request.make_variant import MakeVariant
from darkroom_upload.results.public_results import PublicAddress

NOTHING_SECONDS: Final = 2.0
"""How long an address at which there is nothing costs no further read. A job that is published then waits so long."""
_NOTHING: Final = "There is no published result at this address."


@dataclass(frozen=True, kw_only=True)
class MakePublicVariant:
    """Makes what a public address names. Anybody may ask, so what does not exist costs one read in two seconds."""

    jobs: JobReader
    make_variant: MakeVariant
    nothing: ExpiringCache[PublicAddress]
    """Addresses at which there was nothing a moment ago, by their keys."""
    looks: Admission

    async def __call__(self, address: PublicAddress) -> None:
        """Make the variant of this address, and its public copy. If this returns, the copy is there.

        Raises NotFound if the address is not that of a variant on request of a published job that has ended; and as
        `MakeVariant` does.
        """
        if self.nothing.get(address.key):
            raise NotFound(_NOTHING)
        try:
            with self.looks.slot(address.job_id):
                job = await self._job_of(address)
        except NotFound:
            self.nothing.put(address.key, address)
            raise
        await self.make_variant(job, address.variant)

    async def _job_of(self, address: PublicAddress) -> Job:
        job = await self.jobs.get(address.job_id)
        if job is None or not job.published or job.deletion_began_at:
            raise NotFound(_NOTHING)
        state = job.variants.get(address.variant, VariantState())
        if state.on_request is None or await self._extension(job, state.on_request) != address.extension:
            raise NotFound(_NOTHING)
        if job.status.is_open and job.attempt > 1:
            raise Unavailable("The job runs again. Its variants on request are made after that.")
        if job.status not in HAS_RESULTS:
            raise NotFound(_NOTHING)
        return job

    async def _extension(self, job: Job, wanted: OutputFormat) -> str | None:
        """Return the extension of a variant's address. None if it is that of an original that is not described."""
        if wanted is not OutputFormat.SAME:
            return ImageFormat(wanted.value).extension
        description = (await self.jobs.details_of(job.job_id)).description
        return requested_format(wanted, description.format).extension if description else None
