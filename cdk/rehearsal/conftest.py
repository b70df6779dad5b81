"""Fixtures: one deployment, from an empty account to its deletion. The test files run in the order of their numbers."""

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
"""The emulator's account id."""
REGION: Final = "us-east-1"
COPIES: Final = "us-west-2"
"""The region that holds the copies of tables and results."""
STACKS: Final = 13
"""Number of stacks, including those of the pipelines and of the copy."""
KEY: Final = "rehearsal-key"

_OPTIONS: Final = {
    "replica_region": COPIES,
    "github_repository": "example/darkroom",
    # The emulator has no identity providers, but it accepts the ARN of any.
    "github_provider_arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
}


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A deployed stage."""

    emulator: StrictEmulator
    toolkit: Toolkit
    assembly: Path
    """The cloud assembly of the first deployment of the dev stage."""
    left_out: Counter[str]
    """Number of resources that were left out because the emulator does not support them, by type."""


@pytest_asyncio.fixture(scope="session")
async def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rehearsal]:
    """Deploy the stacks to an empty account. Until the end, this process's AWS settings lead to that account."""
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
    """Return the ARNs of the services' and pipelines' roles, which the tests may now assume."""
    (deployment,) = boto3.client("cloudformation").describe_stacks(StackName="darkroom-dev-deployment")["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in deployment["Outputs"]}
    pipelines = {"diff": outputs["DiffRoleArn"], "deploy": outputs["DeployRoleArn"]}
    for arn in pipelines.values():
        open_role(arn, ACCOUNT)
    return pipelines | usable_roles(ACCOUNT)


@pytest_asyncio.fixture(scope="session")
async def services(rehearsal: Rehearsal, roles: dict[str, str]) -> AsyncIterator[dict[str, Service]]:
    """Start the services as ECS would: each with its role."""
    boto3.client("dynamodb").put_item(
        TableName="darkroom-dev-accounts",
        Item={
            "id": {"S": f"key#{digest_of(KEY)}"},
            "prefix": {"S": KEY[:11]},
            "key_owner": {"S": "demo"},
            "name": {"S": "rehearsal"},
            "scopes": {"SS": ["read", "recipes", "upload"]},
            "created_at": {"S": clock.iso(clock.now())},
        },
    )
    async with running(roles, rehearsal.emulator.environment()) as services:
        yield services


@pytest_asyncio.fixture(scope="session")
async def api(services: dict[str, Service]) -> AsyncIterator[Api]:
    """Return a client of the deployed system."""
    async with open_api(services["upload"].url, KEY) as api:
        yield api
