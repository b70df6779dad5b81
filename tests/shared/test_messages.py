"""Message bodies: written, read back, and refused if unknown."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from darkroom.formats import ImageFormat
from darkroom.jobs import Cost, Fault, JobStatus, ObjectRef, VariantOutcome, VariantResult
from darkroom.messages import (
    DeliveryRequested,
    ImageMade,
    JobEvent,
    MakeImage,
    Message,
    ProcessTask,
    Report,
    TaskFinished,
    TaskStarted,
    TaskVariant,
    UploadArrived,
    VariantCounts,
)
from darkroom.recipes import Crop, Resize, Variant
from tests.shared.examples import DESCRIPTION, JOB_ID

NOW = datetime(2026, 11, 22, 5, 54, 1, 123_456, tzinfo=UTC)
SOURCE = ObjectRef(key=f"uploads/{JOB_ID}/cat.jpg", version_id="v1", etag='"abc"', size=829_183)
RESULT = VariantResult(key="a/b/cat.jpg", format=ImageFormat.JPEG, size=1, width=2, height=3, sha256="ab")
EVENT = JobEvent(
    event_id="e",
    job_id=JOB_ID,
    owner="demo",
    recipe="web",
    status=JobStatus.COMPLETED,
    attempt=1,
    occurred_at=NOW,
    variants=VariantCounts(done=3, failed=1, total=4),
)

MESSAGES: list[Message] = [
    MakeImage(
        job_id=JOB_ID,
        request_id=f"{JOB_ID}#preview#one",
        token="t",
        owner="demo",
        original=SOURCE,
        until=NOW,
        variants=(TaskVariant(variant=Variant(name="a"), key_stem="previews/b/one"),),
        most_bytes=1000,
    ),
    ImageMade(
        job_id=JOB_ID,
        request_id=f"{JOB_ID}#preview#one",
        token="t",
        key_stem="previews/b/one",
        outcome=VariantOutcome(name="a", result=RESULT),
        cost=Cost(cpu_ms=3),
    ),
    UploadArrived(job_id=JOB_ID, original=SOURCE),
    UploadArrived(job_id=JOB_ID, original=ObjectRef(key="k", etag="e", size=0)),
    ProcessTask(
        most_bytes=1000,
        job_id=JOB_ID,
        owner="demo",
        attempt=1,
        task=0,
        original=SOURCE,
        describe=True,
        variants=(
            TaskVariant(
                variant=Variant(
                    name="a",
                    operations=(Resize(op="resize", width=1, fit="pad"), Crop(op="crop", width=1, height=2)),
                ),
                key_stem="a/b/cat",
            ),
        ),
    ),
    TaskStarted(job_id=JOB_ID, attempt=1, task=0, worker="w", started_at=NOW),
    TaskFinished(
        job_id=JOB_ID,
        attempt=2,
        task=1,
        worker="w",
        described=True,
        description=DESCRIPTION,
        original_sha256="ab",
        outcomes=(
            VariantOutcome(name="a", result=RESULT),
            VariantOutcome(name="b", fault=Fault(code="output_limit", message="Too large.")),
        ),
        cost=Cost(cpu_ms=71, bytes_read=829_183, bytes_written=65_394),
        started_at=NOW,
        finished_at=NOW,
    ),
    TaskFinished(
        job_id=JOB_ID,
        attempt=1,
        task=0,
        worker="w",
        described=True,
        fault=Fault(code="truncated_image", message="The file ends early."),
        outcomes=(),
        started_at=NOW,
        finished_at=NOW,
    ),
    EVENT,
    DeliveryRequested(event=EVENT, replay="r"),
]
each_message = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.type)


@each_message
def test_a_message_is_read_back_as_it_was_written(message: Message) -> None:
    # As queues write it: without what is None.
    assert type(message).model_validate_json(message.model_dump_json(exclude_none=True)) == message


@each_message
def test_a_message_of_another_version_is_refused(message: Message) -> None:
    with pytest.raises(ValidationError, match="v"):
        type(message).model_validate_json(_changed(message, v=2))


@each_message
def test_a_message_with_an_unknown_field_is_refused(message: Message) -> None:
    with pytest.raises(ValidationError, match="priority"):
        type(message).model_validate_json(_changed(message, priority="high"))


@each_message
def test_a_message_of_another_type_is_refused(message: Message) -> None:
    with pytest.raises(ValidationError, match="type"):
        type(message).model_validate_json(_changed(message, type="task.exploded"))


@each_message
def test_a_message_says_its_type_and_version(message: Message) -> None:
    written = json.loads(message.model_dump_json(exclude_none=True))
    assert written["v"] == 1
    assert "." in written["type"]


@each_message
def test_a_message_cannot_be_changed(message: Message) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        message.v = 1  # type: ignore[misc] # What mypy refuses must fail at run time too.


def test_types_are_distinct() -> None:
    kinds = {type(message) for message in MESSAGES}
    assert len({kind.model_fields["type"].default for kind in kinds}) == len(kinds)


@pytest.mark.parametrize(
    "message", [one for one in MESSAGES if isinstance(one, TaskStarted | TaskFinished | ImageMade)]
)
def test_a_report_is_recognised_by_its_type(message: BaseModel) -> None:
    assert Report.validate_json(message.model_dump_json(exclude_none=True)) == message


@pytest.mark.parametrize(
    "body", ["", "{}", "null", '{"type": "task.process"}', '{"Event": "s3:TestEvent"}', '{"type": "task.started"}']
)
def test_a_message_that_is_not_a_report_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        Report.validate_json(body)


def test_the_largest_task_fits_into_a_message() -> None:
    operation = {"op": "resize", "width": 8192, "height": 8192, "fit": "contain", "background": "#00112233"}
    variants = [
        {
            "variant": {"name": f"{number:064}", "folder": f"{number:0128}", "operations": [operation] * 16},
            "key_stem": "k" * 300,
        }
        for number in range(32)
    ]
    task = ProcessTask(
        most_bytes=1000,
        job_id=JOB_ID,
        owner="demo",
        attempt=1,
        task=0,
        original=SOURCE,
        describe=True,
        variants=TypeAdapter(tuple[TaskVariant, ...]).validate_python(variants),
    )
    assert len(task.model_dump_json(exclude_none=True)) < 256 * 1024, "SQS takes no more in any of its regions"


def _changed(message: Message, **members: Any) -> str:
    return json.dumps({**json.loads(message.model_dump_json(exclude_none=True)), **members})
