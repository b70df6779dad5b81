"""The cipher of the systems that tests start."""

from dataclasses import replace
from typing import Final

from darkroom.jobs import Job
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher

CIPHER: Final = TextCipher([DEVELOPMENT_KEY])


def encrypted(job: Job) -> Job:
    """The job as it stands in the table: its callback URL encrypted."""
    url = job.callback_url
    return replace(job, callback_url=CIPHER.encrypt(url, place=job.job_id)) if url else job
