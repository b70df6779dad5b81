"""Tests how messages of the uploads queue are read: announcements and S3 notifications."""

import json

import pytest

from darkroom.jobs import ObjectRef
from darkroom.messages import CopyRequested, UploadArrived
from darkroom.runtime.consumer import Poison
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject, read_announcements

JOB_ID = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"


def notification(*keys: str, event: str = "ObjectCreated:Put", version: str | None = "v1") -> str:
    """Return a notification as S3 sends it, with more fields than are read."""
    versions = {"versionId": version} if version else {}
    return json.dumps(
        {
            "Records": [
                {
                    "eventVersion": "2.1",
                    "eventSource": "aws:s3",
                    "eventTime": "2035-11-22T12:00:00.000Z",
                    "eventName": event,
                    "s3": {
                        "s3SchemaVersion": "1.0",
                        "bucket": {"name": "originals", "arn": "arn:aws:s3:::originals"},
                        "object": {"key": key, "size": 3, "eTag": "e", "sequencer": "0", **versions},
                    },
                }
                for key in keys
            ]
        }
    )


def test_announcement_names_the_stored_version() -> None:
    source = ObjectRef(key=f"uploads/{JOB_ID}/cat.jpg", version_id="v7", etag='"e"', size=3)
    body = UploadArrived(job_id=JOB_ID, original=source).model_dump_json()

    assert read_announcements(body) == [AnnouncedObject(key=source.key, version_id="v7")]


def objects(body: str) -> list[AnnouncedObject]:
    """Return the objects that a message announces."""
    return [new for new in read_announcements(body) if isinstance(new, AnnouncedObject)]


@pytest.mark.parametrize(
    "event",
    ["ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload"],
)
def test_each_way_to_create_an_object_announces_it(event: str) -> None:
    [new] = read_announcements(notification("incoming/web/cat.jpg", event=event))

    assert new == AnnouncedObject(key="incoming/web/cat.jpg", version_id="v1", bucket="originals")


def test_keys_are_decoded_like_form_fields() -> None:
    [new] = objects(notification("incoming/web/caf%C3%A9+%2B+1%252.jpg"))

    assert new.key == "incoming/web/café + 1%2.jpg"


def test_one_notification_may_name_several_objects() -> None:
    assert [new.key for new in objects(notification("incoming/web/a", "incoming/web/b"))] == [
        "incoming/web/a",
        "incoming/web/b",
    ]


def test_notification_of_a_bucket_without_versions_names_no_version() -> None:
    [new] = objects(notification("incoming/web/a", version=None))

    assert new.version_id is None


def test_request_for_a_copy_names_its_job() -> None:
    request = CopyRequested(job_id="0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000")

    assert read_announcements(request.model_dump_json()) == [request]


def test_removal_and_test_event_announce_nothing() -> None:
    test_event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2035-11-22T12:00:00.000Z", "Bucket": "o"}

    assert read_announcements(notification("incoming/web/a", event="ObjectRemoved:Delete")) == []
    assert read_announcements(json.dumps(test_event)) == []


@pytest.mark.parametrize(
    "body",
    ["", "no json", "[]", "{}", '{"type":"upload.arrived"}', '{"Records":[{}]}', '{"Event":"other"}', "null"],
)
def test_any_other_message_is_poison(body: str) -> None:
    with pytest.raises(Poison):
        read_announcements(body)


def test_announcement_of_another_message_version_is_poison() -> None:
    source = ObjectRef(key="uploads/x/y", version_id=None, etag="e", size=3)
    body = json.loads(UploadArrived(job_id=JOB_ID, original=source).model_dump_json()) | {"v": 2}

    with pytest.raises(Poison):
        read_announcements(json.dumps(body))
