"""What an upload has left behind, and two files to upload."""

import asyncio
from typing import Any

from darkroom.messages import UploadArrived
from darkroom_upload.intake.originals import PART_BYTES
from tests.support import images
from tests.support.emulator import Cloud
from tests.upload.service import RunningService

CAT = images.jpeg(64, 48)
LARGE = images.png(16, 16) + b"\x00" * (2 * PART_BYTES)
"""Two parts and a bit; what follows the end of a PNG is nobody's business."""


async def stored(cloud: Cloud, service: RunningService, job_id: str) -> tuple[Any, bytes]:
    """The object of a job, and its bytes."""
    job = await service.services.jobs.get(job_id)
    assert job is not None
    answer = await cloud.s3.get_object(Bucket=service.settings.originals_bucket, Key=job.source_key)
    return answer, await answer["Body"].read()


async def announcement(cloud: Cloud, service: RunningService, job_id: str) -> UploadArrived:
    """The message that a job's bytes are there; those of other jobs are dropped."""
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
    """Ids of the default owner's jobs, the newest first."""
    return [job["job_id"] for job in (await service.client.get("/jobs", params={"limit": 5})).json()["items"]]


async def multipart_uploads(cloud: Cloud, bucket: str) -> list[str]:
    """Keys of uploads that were begun and neither completed nor aborted."""
    answer = await cloud.s3.list_multipart_uploads(Bucket=bucket)
    return [upload["Key"] for upload in answer.get("Uploads", [])]
