"""Clients for the emulator, on a machine with AWS settings of its own."""

import pytest

from darkroom_local.clients import open_clients
from tests.support.emulator import Cloud


async def test_a_developers_own_aws_settings_are_ignored(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    async with open_clients(cloud.endpoint_url) as clients:
        answer = await clients.sns.create_topic(Name="seen")
    # The emulator's own account, and the region that is given here.
    assert answer["TopicArn"] == "arn:aws:sns:us-east-1:000000000000:seen"


async def test_the_emulator_is_reached_without_the_proxy(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY")
    async with open_clients(cloud.endpoint_url) as clients:
        assert (await clients.s3.list_buckets())["ResponseMetadata"]["HTTPStatusCode"] == 200
