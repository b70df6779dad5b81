"""One deployment, from an empty account to its end. The tests run in the order in which they are written."""

import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import boto3
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.api_keys import digest_of
from darkroom_local.service import Service
from rehearsal.emulator import StrictEmulator, strict_emulator
from rehearsal.left_out import leave_out
from rehearsal.tasks import open_role, running, usable_roles
from rehearsal.toolkit import Toolkit
from tests.support.api import Api, open_api

ACCOUNT: Final = "000000000000"
"""The emulator's."""
REGION: Final = "us-east-1"
COPIES: Final = "us-west-2"
"""Where tables and results are copied to."""
STACKS: Final = 12
"""All of the stage, with those of the pipelines and of the copy."""
KEY: Final = "rehearsal-key"

_OPTIONS: Final = {
    "replica_region": COPIES,
    "github_repository": "example/darkroom",
    # The emulator knows no identity providers, but it believes in this one.
    "github_provider_arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
}


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A deployed stage."""

    emulator: StrictEmulator
    toolkit: Toolkit
    assembly: Path
    """The dev stage, as deployed first."""
    left_out: Counter[str]
    """What the emulator did not take of it, by kind."""


@pytest_asyncio.fixture(scope="session")
async def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rehearsal]:
    """An account with the stacks in it; this process's AWS settings lead to it meanwhile."""
    async with strict_emulator() as emulator:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in emulator.environment().items():
                patch.setenv(name, value)
            toolkit = Toolkit(environment=emulator.environment(), directory=tmp_path_factory.mktemp("cdk"))
            assembly = toolkit.synth("first", stage="dev", **_OPTIONS)
            left_out = leave_out(assembly)
            toolkit.bootstrap(assembly, ACCOUNT, REGION, COPIES)
            toolkit.deploy(assembly)
            yield Rehearsal(emulator=emulator, toolkit=toolkit, assembly=assembly, left_out=left_out)


@pytest.fixture(scope="session")
def roles(rehearsal: Rehearsal) -> dict[str, str]:
    """ARNs of the roles of services and pipelines, which may be taken from now on."""
    (deployment,) = boto3.client("cloudformation").describe_stacks(StackName="darkroom-dev-deployment")["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in deployment["Outputs"]}
    pipelines = {"diff": outputs["DiffRoleArn"], "deploy": outputs["DeployRoleArn"]}
    for arn in pipelines.values():
        open_role(arn, ACCOUNT)
    return pipelines | usable_roles(ACCOUNT)


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
    async with running(roles, rehearsal.emulator.environment()) as services:
        yield services


@pytest_asyncio.fixture(scope="session")
async def api(services: dict[str, Service]) -> AsyncIterator[Api]:
    """A client of the deployed system."""
    async with open_api(services["upload"].url, KEY) as api:
        yield api
