"""Archive: all results of a job as one ZIP file, written while it is sent."""

import stat
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from stream_zip import ZIP_AUTO, AsyncMemberFile, async_stream_zip

from darkroom.errors import Conflict
from darkroom.file_names import key_name
from darkroom.jobs import Job, VariantResult
from darkroom_upload.results.result_bytes import ResultBytes

_FILE: Final = stat.S_IFREG | 0o644
_NO_COMPRESSION: Final = 0
"""The level of deflate: images do not get smaller. The ZIP method "stored" is no choice, as it needs the checksum
before the file."""


def archive_name(job: Job) -> str:
    """Return the archive's file name."""
    return f"{PurePosixPath(job.filename).stem}.zip"


@dataclass(frozen=True, kw_only=True)
class MakeArchive:
    """Makes the archive of a job."""

    results: ResultBytes

    async def __call__(self, job: Job) -> AsyncIterable[bytes]:
        """Return the archive's bytes, in the recipe's order. Variants without a result are left out,
        among them those on request that nobody has asked for.

        A few megabytes are in memory at a time, however large the results are and however slowly the client reads.
        Raises Conflict if the job is open or has no result, NotFound if a result has been deleted, and Unavailable. An
        error after that breaks the archive off.
        """
        if job.status.is_open:
            raise Conflict("The job is still open: its results are not ready yet.")
        results = {name: state.result for name, state in job.variants.items() if state.result}
        if not results:
            raise Conflict("The job has no results. Variants on request are in the archive once they are made.")
        await self.results.require(results.values())
        return async_stream_zip(self._members(job, results))

    async def _members(self, job: Job, results: Mapping[str, VariantResult]) -> AsyncIterator[AsyncMemberFile]:
        # Without folders. Names of variants differ and have no capital letters, so no two files have the same name.
        stem = PurePosixPath(key_name(job.filename)).stem
        for name, result in results.items():
            yield (
                f"{stem}-{name}.{result.format.extension}",
                job.completed_at or job.updated_at,
                _FILE,
                ZIP_AUTO(result.size, level=_NO_COMPRESSION),
                self.results.pieces(result),
            )
