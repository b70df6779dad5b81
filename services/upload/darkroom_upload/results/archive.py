"""Archive: all pictures of a job as one ZIP, written while it is sent."""

import stat
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import PurePosixPath
from typing import Final

from stream_zip import ZIP_AUTO, AsyncMemberFile, async_stream_zip

from darkroom.errors import Conflict
from darkroom.file_names import key_name
from darkroom.jobs import Job, VariantResult
from darkroom_upload.results.result_bytes import ResultBytes

_FILE: Final = stat.S_IFREG | 0o644
_STORED: Final = 0
"""The level of compression: pictures do not get smaller. It is deflate all the same, in stored blocks, since what is
merely stored must have its checksum in front of it."""


def archive_name(job: Job) -> str:
    """What to call the archive."""
    return f"{PurePosixPath(job.filename).stem}.zip"


async def archive(job: Job, pictures: ResultBytes) -> AsyncIterable[bytes]:
    """The bytes of the archive, in the recipe's order; a job that failed in part has what there is.

    Some megabytes are held at a time, however large the pictures and however slowly they are taken. Raises Conflict for
    a job that is open or has no picture, NotFound when one has been deleted, and Unavailable. What goes wrong later
    breaks the archive off.
    """
    if job.status.is_open:
        raise Conflict("The pictures are not ready yet.")
    results = {name: state.result for name, state in job.variants.items() if state.result}
    if not results:
        raise Conflict("The job has no pictures.")
    await pictures.require(results.values())
    return async_stream_zip(_members(job, results, pictures))


async def _members(
    job: Job, results: dict[str, VariantResult], pictures: ResultBytes
) -> AsyncIterator[AsyncMemberFile]:
    # No folders, and apart from each other by the variants' names, which differ and are in small letters.
    stem = PurePosixPath(key_name(job.filename)).stem
    for name, result in results.items():
        file = f"{stem}-{name}.{result.format.extension}"
        yield (
            file,
            job.completed_at or job.updated_at,
            _FILE,
            ZIP_AUTO(result.size, level=_STORED),
            pictures.pieces(result),
        )
