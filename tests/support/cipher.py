"""The cipher of the services that tests start."""

from dataclasses import replace
from typing import Final

from darkroom.jobs import Job
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher

CIPHER: Final = TextCipher([DEVELOPMENT_KEY])


def encrypted(job: Job) -> Job:
    """Return the job as the table stores it: with encrypted URLs."""
    if job.callback_url:
        job = replace(job, callback_url=CIPHER.encrypt(job.callback_url, place=job.job_id))
    if pending := job.pending_import:
        job = replace(job, pending_import=replace(pending, url=CIPHER.encrypt(pending.url, place=job.job_id)))
    return job
