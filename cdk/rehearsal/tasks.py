"""Starts each service as ECS would: with the environment of its task definition and the credentials of its role."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import boto3

from darkroom_local.ports import LOOPBACK, free_ports
from darkroom_local.service import Service


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The region of a deployment, and the prefix of its names."""

    prefix: str
    region: str


FIRST: Final = Installation(prefix="darkroom-dev", region="us-east-1")
"""The stage that the rehearsal deploys first."""

MODULES: Final = {
    "orchestrator": "darkroom_orchestrator",
    "processor": "darkroom_processor",
    "upload": "darkroom_upload",
}

_BATCHES: Final = {
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}

_HERE: Final = {
    # An aborted long poll goes on in the emulator and consumes messages.
    "DARKROOM_RECEIVE_WAIT_SECONDS": "1",
    "DARKROOM_DRAIN_SECONDS": "5",
    "DARKROOM_HOST": LOOPBACK,
    "PYTHONUNBUFFERED": "1",
}
"""Settings that differ from a task on AWS, because there is no VPC and an emulator instead of AWS."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Temporary credentials of a role."""

    access_key: str
    secret_key: str
    token: str

    def environment(self) -> dict[str, str]:
        """Environment variables for the AWS SDKs."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }

    def session(self) -> boto3.Session:
        """Return a session with the role's rights."""
        return boto3.Session(
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.token,
        )


def definition(service: str, of: Installation = FIRST) -> dict[str, Any]:
    """Return the deployed task definition of a service."""
    ecs = boto3.client("ecs", of.region)
    return dict(ecs.describe_task_definition(taskDefinition=f"{of.prefix}-{service}")["taskDefinition"])


def usable_roles(account: str, of: Installation = FIRST) -> dict[str, str]:
    """Let the account's root assume the services' roles, and return their ARNs."""
    arns = {service: str(definition(service, of)["taskRoleArn"]) for service in MODULES}
    for arn in arns.values():
        open_role(arn, account)
        _add_batches(arn)
    return arns


def open_role(arn: str, account: str) -> None:
    """Let the account's root assume a role in place of ECS, which does not run here. Its rights do not change."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    boto3.client("iam").update_assume_role_policy(RoleName=arn.rpartition("/")[2], PolicyDocument=document)


def _add_batches(arn: str) -> None:
    """Allow the batch form of each SQS call that a role may make, on the same queues.

    In AWS `sqs:SendMessage` covers both forms. The emulator checks the batch form by its own name.
    """
    iam = boto3.client("iam")
    role = arn.rpartition("/")[2]
    statements = [
        {"Effect": "Allow", "Action": [_BATCHES[action] for action in batched], "Resource": statement["Resource"]}
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        for statement in _statements(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
        if (batched := sorted(_BATCHES.keys() & _listed(statement["Action"])))
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName=role, PolicyName="batches", PolicyDocument=document)


def _statements(document: Any) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def _listed(value: str | list[str]) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


def take_role(arn: str, service: str) -> Credentials:
    """Assume a role. Return its temporary credentials."""
    given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName=service)["Credentials"]
    return Credentials(
        access_key=given["AccessKeyId"], secret_key=given["SecretAccessKey"], token=given["SessionToken"]
    )


def environment(service: str, of: Installation = FIRST) -> dict[str, str]:
    """Return the environment of a service's task definition, with the secrets that ECS would read."""
    (container,) = [each for each in definition(service, of)["containerDefinitions"] if each["name"] == service]
    told = {each["name"]: each["value"] for each in container["environment"]}
    # The emulator drops the names of a task's secrets and keeps only their number.
    if container.get("secrets"):
        told["DARKROOM_DATA_KEYS"] = secret(f"{FIRST.prefix}/data-keys")
    return told


def secret(name: str) -> str:
    """Return the current value of a secret."""
    return str(boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


@asynccontextmanager
async def running(
    roles: Mapping[str, str], account: Mapping[str, str], of: Installation = FIRST
) -> AsyncIterator[dict[str, Service]]:
    """Run the three services as ECS would, until the `with` block ends.

    `account` is the environment of an identity that may assume the roles.
    """
    made = _services(roles, account, of)
    async with AsyncExitStack() as stack:
        for service in made.values():
            await service.start()
            stack.push_async_callback(service.stop)
        for service in made.values():
            await service.ready(seconds=60)
        yield made


def _services(roles: Mapping[str, str], account: Mapping[str, str], of: Installation) -> dict[str, Service]:
    ports = dict(zip(MODULES, free_ports(len(MODULES)), strict=True))
    region = {"AWS_REGION": of.region, "AWS_DEFAULT_REGION": of.region}
    here = {**_HERE, "DARKROOM_ORCHESTRATOR_URL": f"http://{LOOPBACK}:{ports['orchestrator']}"}
    return {
        name: Service(
            name,
            module,
            port=ports[name],
            environment={
                **account,
                **region,
                **environment(name, of),
                **here,
                **take_role(roles[name], name).environment(),
            },
        )
        for name, module in MODULES.items()
    }
