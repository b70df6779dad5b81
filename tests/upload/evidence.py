"""What an upload leaves behind, and two files to upload."""

import asyncio
from typing import Any

from darkroom.intake.incoming_original import PART_BYTES
from darkroom.messages import UploadArrived
from tests.support.emulator import Cloud
from tests.upload.service import RunningService
from tools.testbed import images

CAT = images.jpeg(64, 48)
LARGE = images.png(16, 16) + b"\x00" * (2 * PART_BYTES)
"""A PNG of two parts and a few bytes. Readers ignore the bytes after its end."""


async def stored(cloud: Cloud, service: RunningService, job_id: str) -> tuple[Any, bytes]:
    """Return the original of a job, and its bytes."""
    job = await service.services.jobs.get(job_id)
    assert job is not None
    answer = await cloud.s3.get_object(Bucket=service.settings.originals_bucket, Key=job.original_key)
    return answer, await answer["Body"].read()


async def announcement(cloud: Cloud, service: RunningService, job_id: str) -> UploadArrived:
    """Return the message that a job's original has arrived. Drops messages of other jobs."""
    async with asyncio.timeout(10):
        while True:
            answer = await cloud.sqs.receive_message(
                QueueUrl=str(service.settings.uploads_queue_url),
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                # S3's own events have no attributes.
                if "MessageAttributes" in message and message["MessageAttributes"]["job_id"]["StringValue"] == job_id:
                    return UploadArrived.model_validate_json(message["Body"])


async def latest_jobs(service: RunningService) -> list[str]:
    """Return the ids of the default owner's jobs, newest first."""
    return [job["job_id"] for job in (await service.client.get("/jobs", params={"limit": 5})).json()["items"]]


async def multipart_uploads(cloud: Cloud, bucket: str) -> list[str]:
    """Return the keys of multipart uploads that were neither completed nor aborted."""
    answer = await cloud.s3.list_multipart_uploads(Bucket=bucket)
    return [upload["Key"] for upload in answer.get("Uploads", [])]
