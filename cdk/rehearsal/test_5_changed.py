"""Tests of restored data, of changes in place, and of the deletion of everything."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from darkroom_local.service import Service
from rehearsal.conftest import COPIES, REGION, STACKS, Rehearsal
from rehearsal.copies import copy_table
from rehearsal.forbidden import ORIGINALS, RESULTS
from rehearsal.runbook import run_program
from tests.support.api import Api
from tools.testbed.images import jpeg

_DOMAIN: Final = {
    "name": "pictures.example.org",
    "hosted_zone_id": "Z1",
    "hosted_zone_name": "example.org",
    "certificate_arn": "arn:aws:acm:us-east-1:000000000000:certificate/a",
    "origin_certificate_arn": "arn:aws:acm:us-east-1:000000000000:certificate/b",
}
_ACCESS_LOGS: Final = "darkroom-dev-access-logs-000000000000"
_EDGE_LOGS: Final = "darkroom-dev-edge-logs-000000000000"
_KINDS: Final = (
    ("s3", "list_buckets", "Buckets", "Name"),
    ("sqs", "list_queues", "QueueUrls", ""),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("events", "list_event_buses", "EventBuses", "Name"),
    ("events", "list_rules", "Rules", "Name"),
    ("pipes", "list_pipes", "Pipes", "Name"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("ecs", "list_clusters", "clusterArns", ""),
    ("ecs", "list_task_definitions", "taskDefinitionArns", ""),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    ("servicediscovery", "list_namespaces", "Namespaces", "Name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
)
"""Service, method, the list in its answer, and the name in an entry, for each resource type of the stacks."""


def test_a_deleted_result_comes_back(rehearsal: Rehearsal) -> None:
    client = boto3.client("s3")
    client.put_object(Bucket=RESULTS, Key="thumbs/lost.webp", Body=b"picture")
    marker = client.delete_object(Bucket=RESULTS, Key="thumbs/lost.webp")
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.get_object(Bucket=RESULTS, Key="thumbs/lost.webp")
    client.delete_object(Bucket=RESULTS, Key="thumbs/lost.webp", VersionId=marker["VersionId"])
    assert client.get_object(Bucket=RESULTS, Key="thumbs/lost.webp")["Body"].read() == b"picture"


async def test_a_deleted_item_comes_back_by_the_runbook(rehearsal: Rehearsal, api: Api) -> None:
    job = await api.made(jpeg(64, 64), "thumbnails")
    client = boto3.client("dynamodb")
    copy_table("darkroom-dev-jobs", "darkroom-dev-jobs-restored", region=REGION)
    client.delete_item(TableName="darkroom-dev-jobs", Key={"job_id": {"S": job["job_id"]}})
    assert (await api.http.get(f"/status/{job['job_id']}")).status_code == 404
    await run_program("operations.md", "## Restore", "darkroom-dev-jobs", "darkroom-dev-jobs-restored", "job_id")
    assert (await api.job(job["job_id"]))["status"] == "completed"
    client.delete_table(TableName="darkroom-dev-jobs-restored")


async def test_a_deleted_stack_without_data_is_created_again(rehearsal: Rehearsal, api: Api) -> None:
    job = await api.made(jpeg(64, 64), "thumbnails")
    gone = rehearsal.toolkit.destroy(rehearsal.assembly, "Network", "Registry")
    assert set(re.findall(r"(\w+) \(darkroom-dev-\w+\): destroyed", gone)) == {
        "Balancer",
        "Delivery",
        "Deployment",
        "Edge",
        "Network",
        "Observability",
        "Registry",
        "Services",
    }
    said = rehearsal.toolkit.deploy(rehearsal.assembly)
    assert said.count("(no changes)") == STACKS - 8, said
    assert (await api.job(job["job_id"]))["status"] == "completed"


def test_a_second_deployment_changes_nothing(rehearsal: Rehearsal) -> None:
    said = rehearsal.toolkit.deploy(rehearsal.assembly)
    assert said.count("(no changes)") == STACKS, said


async def test_a_changed_parameter_updates_in_place(rehearsal: Rehearsal, api: Api) -> None:
    client = boto3.client("s3")
    client.put_object(Bucket=RESULTS, Key="kept", Body=b"still here")
    assert await _may_send(rehearsal, "https://elsewhere.example.org"), "without a domain no origin is known"
    rehearsal.toolkit.pipeline(
        "dev", "deploy", "Storage", "--exclusively", INSTALLATION=json.dumps({"domain": _DOMAIN}), IMAGE_DIGESTS="{}"
    )
    assert client.get_object(Bucket=RESULTS, Key="kept")["Body"].read() == b"still here"
    assert await _may_send(rehearsal, f"https://{_DOMAIN['name']}")
    assert not await _may_send(rehearsal, "https://elsewhere.example.org")
    job = await api.made(jpeg(64, 64), "thumbnails")
    assert job["status"] == "completed", "the services never noticed"


async def _may_send(rehearsal: Rehearsal, page: str) -> bool:
    """Return whether CORS lets a page of this origin send a file to the originals and read a result."""
    emulator = rehearsal.emulator
    may = []
    async with httpx.AsyncClient(verify=emulator.trust, trust_env=False) as browser:
        for bucket, method in ((ORIGINALS, "POST"), (RESULTS, "GET")):
            asked = {"Origin": page, "Access-Control-Request-Method": method}
            answer = await browser.options(f"{emulator.endpoint_url}/{bucket}/key", headers=asked)
            may.append(answer.headers.get("access-control-allow-origin") in ("*", page))
    assert len(set(may)) == 1
    return may[0]


async def test_destroying_leaves_nothing(rehearsal: Rehearsal, services: dict[str, Service]) -> None:
    for service in services.values():
        await service.stop()
    rehearsal.toolkit.destroy(rehearsal.assembly, "Services")
    client = boto3.client("s3")
    client.delete_bucket_policy(Bucket=_ACCESS_LOGS)
    # The emulator ignores the template's ownership setting, without which a bucket accepts no ACL.
    client.put_bucket_ownership_controls(
        Bucket=_EDGE_LOGS, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    client.put_bucket_acl(Bucket=_EDGE_LOGS, ACL="private")
    for bucket in client.list_buckets()["Buckets"]:
        if bucket["Name"].startswith("darkroom-"):
            await run_program("deployment.md", "## Teardown", bucket["Name"])
    rehearsal.toolkit.destroy(rehearsal.assembly)
    assert [name for name in _left() if "darkroom" in name] == []
    assert [each["VpcId"] for each in boto3.client("ec2").describe_vpcs()["Vpcs"] if not each["IsDefault"]] == []


def _left() -> Iterator[str]:
    """Yield the names of all resources in the account."""
    account: Any = boto3.Session()
    for service, verb, entries, name in _KINDS:
        for each in getattr(account.client(service), verb)().get(entries, []):
            yield each[name] if name else each
    yield from (each["Name"] for each in account.client("wafv2").list_web_acls(Scope="CLOUDFRONT")["WebACLs"])
    for region in (REGION, COPIES):
        stacks = account.client("cloudformation", region).list_stacks()["StackSummaries"]
        yield from (each["StackName"] for each in stacks if each["StackStatus"] != "DELETE_COMPLETE")
