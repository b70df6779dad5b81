"""Deploy, use, deploy again, change, destroy. The order of the tests is the order of the rehearsal."""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import boto3
import httpx
import pytest
import pytest_asyncio
from botocore.exceptions import ClientError

from darkroom import clock
from darkroom.api_keys import digest_of
from darkroom_local.service import Service
from rehearsal.conftest import ACCOUNT, STACKS, Rehearsal
from rehearsal.forbidden import FORBIDDEN, ORIGINALS, REFUSED, RESULTS, Call
from rehearsal.tasks import MODULES, add_batches, open_role, role_arn, take_role, task_environment, tasks
from tests.support.api import Api, open_api
from tests.support.images import jpeg

KEY: Final = "rehearsal-key"


def s3() -> Any:
    """S3 as the account's root."""
    return boto3.client("s3")


def test_what_is_deployed_is_what_was_written(rehearsal: Rehearsal) -> None:
    client = s3()
    assert client.get_bucket_versioning(Bucket=ORIGINALS)["Status"] == "Enabled"
    announced = client.get_bucket_notification_configuration(Bucket=ORIGINALS)["QueueConfigurations"]
    prefixes = [each["Filter"]["Key"]["FilterRules"][0]["Value"] for each in announced]
    assert prefixes == ["direct/", "incoming/"]
    sqs = boto3.client("sqs")
    for service in ("orchestrator", "processor"):
        for name, value in task_environment(rehearsal.assembly, rehearsal.outputs, service).items():
            if name.endswith(("_QUEUE_URL", "_DLQ_URL")):
                attributes = sqs.get_queue_attributes(QueueUrl=value, AttributeNames=["All"])["Attributes"]
                assert ("RedrivePolicy" in attributes) == name.endswith("_QUEUE_URL")


def test_plain_http_is_refused_by_policy(rehearsal: Rehearsal) -> None:
    policy = s3().get_bucket_policy(Bucket=RESULTS)["Policy"]
    assert '"aws:SecureTransport": "false"' in policy.replace('":"', '": "')
    assert rehearsal.emulator.endpoint_url.startswith("https://")


@pytest.mark.parametrize("service", list(MODULES))
def test_a_task_role_is_not_for_people(service: str, rehearsal: Rehearsal) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        take_role(role_arn(rehearsal.outputs, service), service)


@pytest.fixture(scope="session")
def roles(rehearsal: Rehearsal) -> dict[str, str]:
    """ARNs of the task roles by service, which may be taken from now on."""
    arns = {service: role_arn(rehearsal.outputs, service) for service in MODULES}
    for arn in arns.values():
        open_role(arn, ACCOUNT)
        add_batches(arn)
    return arns


@pytest_asyncio.fixture(scope="session")
async def services(rehearsal: Rehearsal, roles: dict[str, str]) -> AsyncIterator[dict[str, Service]]:
    """The services as ECS would start them: each in its role."""
    boto3.client("dynamodb").put_item(
        TableName="darkroom-dev-accounts",
        Item={
            "id": {"S": f"key#{digest_of(KEY)}"},
            "prefix": {"S": KEY[:11]},
            "key_owner": {"S": "demo"},
            "name": {"S": "rehearsal"},
            "scopes": {"SS": ["read", "upload"]},
            "created_at": {"S": clock.iso(clock.now())},
        },
    )
    started = tasks(rehearsal.assembly, rehearsal.outputs, rehearsal.emulator.environment())
    async with AsyncExitStack() as stack:
        for service in started.values():
            await service.start()
            stack.push_async_callback(service.stop)
        for service in started.values():
            await service.ready(seconds=60)
        yield started


@pytest_asyncio.fixture(scope="session")
async def api(services: dict[str, Service]) -> AsyncIterator[Api]:
    """A client of the deployed system."""
    async with open_api(services["upload"].url, KEY) as api:
        yield api


async def test_a_job_passes_through_services_in_their_roles(api: Api) -> None:
    job = await api.made(jpeg(640, 480), "augment")
    assert job["status"] == "completed", job
    pictures = await api.pictures(job)
    assert {name: picture.size for name, picture in pictures.items()} == dict.fromkeys(pictures, (256, 256))
    assert len(pictures) == 5


async def test_pictures_are_read_again_for_watermarks_and_archives(api: Api) -> None:
    logo = await api.made(jpeg(64, 48), "grayscale")
    image = {"job_id": logo["job_id"], "variant": "grayscale"}
    recipe = {"variants": [{"name": "stamped", "operations": [{"op": "watermark", "image": image}]}]}
    job = await api.made(jpeg(320, 200), json.dumps(recipe))
    assert job["status"] == "completed", job
    archive = await api.http.get(f"/jobs/{job['job_id']}/archive")
    assert archive.status_code == 200, archive.text
    with zipfile.ZipFile(io.BytesIO(archive.content)) as unpacked:
        assert unpacked.namelist() == ["cat-stamped.jpg"]


async def test_a_large_upload_passes_in_parts(api: Api) -> None:
    noise = b"\0" * 6_000_000
    job = await api.made(jpeg(640, 480) + noise, "thumbnails")
    assert job["status"] == "completed", job


async def test_a_drop_becomes_a_job(api: Api) -> None:
    before = {job["job_id"] for job in (await api.http.get("/jobs")).json()["items"]}
    s3().put_object(Bucket=ORIGINALS, Key="incoming/thumbnails/drop.jpg", Body=jpeg(320, 200))
    job_id = await _new_job(api, before)
    assert (await api.ended(job_id))["status"] == "completed"


async def test_a_form_goes_straight_to_the_bucket(api: Api) -> None:
    data = jpeg(320, 200)
    wanted = {"filename": "form.jpg", "content_type": "image/jpeg", "size": len(data), "recipe": "thumbnails"}
    answer = await api.http.post("/uploads/presigned", json=wanted)
    assert answer.status_code == 201, answer.text
    form = answer.json()["upload"]
    async with httpx.AsyncClient() as anyone:
        sent = await anyone.post(form["url"], data=form["fields"], files={"file": ("form.jpg", data, "image/jpeg")})
    assert sent.is_success, sent.text
    assert (await api.ended(answer.json()["job_id"]))["status"] == "completed"


async def test_an_owner_gets_and_changes_the_secret_of_webhooks(api: Api) -> None:
    first = (await api.http.get("/webhooks/secret")).json()
    assert (await api.http.get("/webhooks/secret")).json() == first
    changed = await api.http.post("/webhooks/secret/rotate")
    assert changed.status_code == 200, changed.text
    assert changed.json() != first


async def test_operators_see_and_redrive_every_queue(services: dict[str, Service]) -> None:
    async with httpx.AsyncClient(base_url=services["orchestrator"].url, timeout=60, trust_env=False) as http:
        assert len((await http.get("/api/queues")).json()["queues"]) == 4
        for queue in ("uploads", "tasks", "results"):
            answer = await http.post(f"/api/dlq/{queue}/redrive")
            assert (answer.status_code, answer.json()) == (202, {"moved": 0}), queue


async def test_a_replayed_upload_is_the_same_job(api: Api) -> None:
    first = await api.upload(jpeg(64, 64), **{"Idempotency-Key": "once"})
    again = await api.upload(jpeg(64, 64), **{"Idempotency-Key": "once"})
    assert first["job_id"] == again["job_id"]


async def test_an_unwanted_job_goes_with_its_objects(api: Api) -> None:
    job = await api.made(jpeg(64, 64), "thumbnails")
    answer = await api.http.delete(f"/jobs/{job['job_id']}")
    assert answer.status_code == 204, answer.text
    found = s3().list_object_versions(Bucket=RESULTS)
    assert not [each for each in found.get("Versions", []) if job["job_id"] in each["Key"]]


def test_no_service_was_refused_anything(services: dict[str, Service]) -> None:
    refusals = [
        (name, found)
        for name, service in services.items()
        for found in re.findall(r"not authorized to perform: .{0,120}", str(service.log))
    ]
    assert refusals == []


@pytest.mark.parametrize(("service", "deed", "call"), FORBIDDEN, ids=[f"{who}: {what}" for who, what, _ in FORBIDDEN])
def test_a_service_may_not(service: str, deed: str, call: Call, roles: dict[str, str]) -> None:
    session = take_role(roles[service], service).session()
    with pytest.raises(ClientError) as refused:
        call(session)
    assert refused.value.response["Error"]["Code"] in REFUSED, f"{service} could {deed}"


def test_a_deleted_result_comes_back(rehearsal: Rehearsal) -> None:
    client = s3()
    client.put_object(Bucket=RESULTS, Key="thumbs/lost.webp", Body=b"picture")
    marker = client.delete_object(Bucket=RESULTS, Key="thumbs/lost.webp")
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.get_object(Bucket=RESULTS, Key="thumbs/lost.webp")
    client.delete_object(Bucket=RESULTS, Key="thumbs/lost.webp", VersionId=marker["VersionId"])
    assert client.get_object(Bucket=RESULTS, Key="thumbs/lost.webp")["Body"].read() == b"picture"


async def test_what_holds_no_data_is_made_again(rehearsal: Rehearsal, api: Api) -> None:
    job = await api.made(jpeg(64, 64), "thumbnails")
    rehearsal.toolkit.destroy(rehearsal.assembly, ["Registry"])
    said = rehearsal.toolkit.deploy(rehearsal.assembly, STACKS)
    assert said.count("(no changes)") == len(STACKS) - 1, said
    assert (await api.job(job["job_id"]))["status"] == "completed"


def test_a_second_deployment_changes_nothing(rehearsal: Rehearsal) -> None:
    said = rehearsal.toolkit.deploy(rehearsal.assembly, STACKS)
    assert said.count("(no changes)") == len(STACKS), said


async def test_a_changed_parameter_updates_in_place(rehearsal: Rehearsal, api: Api) -> None:
    client = s3()
    client.put_object(Bucket=RESULTS, Key="kept", Body=b"still here")
    domain = (
        '{"name": "pictures.example.org", "hosted_zone_id": "Z1", "hosted_zone_name": "example.org", '
        '"certificate_arn": "arn:aws:acm:us-east-1:000000000000:certificate/a", '
        '"origin_certificate_arn": "arn:aws:acm:us-east-1:000000000000:certificate/b"}'
    )
    changed = rehearsal.toolkit.synth("changed", stage="dev", domain=domain)
    said = rehearsal.toolkit.deploy(changed, STACKS)
    assert said.count("(no changes)") == len(STACKS) - 1, "only the buckets' stack is concerned"
    (rule,) = client.get_bucket_cors(Bucket=RESULTS)["CORSRules"]
    assert rule["AllowedOrigins"] == ["https://pictures.example.org"]
    assert client.get_object(Bucket=RESULTS, Key="kept")["Body"].read() == b"still here"
    job = await api.made(jpeg(64, 64), "thumbnails")
    assert job["status"] == "completed", "the services never noticed"


async def test_destroying_leaves_nothing(rehearsal: Rehearsal, services: dict[str, Service]) -> None:
    for service in services.values():
        await service.stop()
    rehearsal.toolkit.destroy(rehearsal.assembly, STACKS)
    ours = "darkroom-dev"
    left = [
        *(each["Name"] for each in s3().list_buckets()["Buckets"]),
        *boto3.client("sqs").list_queues().get("QueueUrls", []),
        *boto3.client("dynamodb").list_tables()["TableNames"],
        *(each["TopicArn"] for each in boto3.client("sns").list_topics()["Topics"]),
        *(each["RoleName"] for each in boto3.client("iam").list_roles()["Roles"]),
        *(each["repositoryName"] for each in boto3.client("ecr").describe_repositories()["repositories"]),
        *(each["Name"] for each in boto3.client("events").list_event_buses()["EventBuses"]),
        *(each["Name"] for each in boto3.client("pipes").list_pipes()["Pipes"]),
        *(
            each["StackName"]
            for each in boto3.client("cloudformation").list_stacks()["StackSummaries"]
            if each["StackStatus"] != "DELETE_COMPLETE"
        ),
    ]
    assert [name for name in left if ours in name] == []


async def _new_job(api: Api, before: set[str]) -> str:
    """The id of a job that was not there before."""
    async with asyncio.timeout(30):
        while True:
            now = {str(job["job_id"]) for job in (await api.http.get("/jobs")).json()["items"]}
            if now - before:
                return (now - before).pop()
            await asyncio.sleep(0.2)
