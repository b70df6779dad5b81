"""The cipher of the services that tests start."""

from dataclasses import replace
from typing import Final

from darkroom.jobs import Job
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher

CIPHER: Final = TextCipher([DEVELOPMENT_KEY])


def encrypted(job: Job) -> Job:
    """Return the job as the table stores it: with an encrypted callback URL."""
    url = job.callback_url
    return replace(job, callback_url=CIPHER.encrypt(url, place=job.job_id)) if url else job
