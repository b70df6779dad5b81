"""The link to a job's original."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, ObjectRef
from darkroom.object_keys import UPLOADS
from darkroom_upload.results.result_links import Link

SAFE_INLINE: Final = frozenset(image_format.media_type for image_format in ImageFormat)
"""Media types that a browser may show at the address of the bucket: images without scripts."""
_UNKNOWN: Final = "application/octet-stream"


def original_link(job: Job, details: JobDetails, original: ObjectRef, *, download: bool) -> Link:
    """Return the link to an original, in the version that the job has read.

    Its type is that of the bytes once they are described; before that, the one that the client said. If the type is not
    safe to show, the file is saved under an unknown type: the client who drops a file chooses its type.
    """
    description = details.description
    content_type = description.format.media_type if description else job.content_type
    is_safe = content_type in SAFE_INLINE
    return Link(
        key=original.key,
        filename=job.filename,
        download=download or not is_safe,
        content_type=content_type if is_safe else _UNKNOWN,
        # Clients cannot replace what the services have put there.
        version_id=None if original.key.startswith(f"{UPLOADS}/") else original.version_id,
    )
