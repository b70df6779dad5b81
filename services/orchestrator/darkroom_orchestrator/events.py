"""Publishes job events on SNS, for e-mail, webhooks and other subscribers."""

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from darkroom.jobs import Job, VariantStatus
from darkroom.messages import JobEvent, VariantCounts
from darkroom.runtime import tracing
from darkroom.runtime.aws import translated
from darkroom.runtime.queue import OWNER_ATTRIBUTE, body_of, group_of
from darkroom.topology import CALLBACK_ATTRIBUTE

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient

_EVENT_IDS: Final = UUID("6f1d8a0e-6c55-5d0b-9a44-2d1c0f3b7e11")
"""Namespace of event IDs (RFC 9562, section 5.5)."""


class JobEvents:
    """Publishes the ends of jobs."""

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    async def publish(self, job: Job) -> None:
        """Publish the job's present status, at least once. Raises Unavailable.

        Subscribers filter by the attributes `owner`, `status`, `job_id` and, for jobs with a callback URL, `callback`.
        They recognise a repetition by `event_id`.
        """
        attributes = {**tracing.outgoing(job.job_id), OWNER_ATTRIBUTE: job.owner, "status": job.status.value}
        if job.callback_url:
            attributes[CALLBACK_ATTRIBUTE] = "true"
        with translated("SNS"):
            await self._client.publish(
                TopicArn=self._topic_arn,
                Message=body_of(event_of(job)),
                MessageGroupId=group_of(job.owner),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )


def event_of(job: Job) -> JobEvent:
    """Return the event of a job's present status. It is always the same for that status, including its ID."""
    return JobEvent(
        event_id=str(uuid5(_EVENT_IDS, f"{job.job_id}/{job.attempt}/{job.status}")),
        job_id=job.job_id,
        owner=job.owner,
        recipe=job.recipe_name,
        status=job.status,
        attempt=job.attempt,
        occurred_at=job.updated_at,
        variants=_counts(job),
        fault=job.fault,
    )


def _counts(job: Job) -> VariantCounts:
    return VariantCounts(
        done=job.count(VariantStatus.COMPLETED), failed=job.count(VariantStatus.FAILED), total=job.total
    )
