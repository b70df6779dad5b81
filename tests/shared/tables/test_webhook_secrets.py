"""The secrets that sign webhooks."""

import asyncio
import base64
from datetime import timedelta

import pytest

from darkroom import clock
from darkroom.tables.webhook_secrets import OVERLAP, PREFIX, SigningSecret, WebhookSecrets
from darkroom_local.installation import Installation
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud


@pytest.fixture
async def secrets(cloud: Cloud, installation: Installation) -> WebhookSecrets:
    return WebhookSecrets(cloud.dynamodb, installation.topology.accounts.name, CIPHER)


async def test_an_owner_keeps_the_first_secret(secrets: WebhookSecrets) -> None:
    secret = await secrets.of("demo")
    assert await secrets.of("demo") == secret
    assert (await secrets.of("other")).current != secret.current


async def test_a_secret_has_the_form_of_standard_webhooks(secrets: WebhookSecrets) -> None:
    secret = (await secrets.of("demo")).current
    assert secret.startswith(PREFIX)
    assert 24 <= len(base64.b64decode(secret.removeprefix(PREFIX), validate=True)) <= 64


async def test_parallel_first_requests_get_the_same_secret(secrets: WebhookSecrets) -> None:
    found = await asyncio.gather(*(secrets.of("demo") for _ in range(10)))
    assert len({secret.current for secret in found}) == 1


async def test_a_rotation_keeps_the_old_secret_for_a_day(secrets: WebhookSecrets) -> None:
    old = await secrets.of("demo")
    new = await secrets.rotate("demo")
    assert await secrets.of("demo") == new
    now = clock.now()
    assert new.signing(now) == [new.current, old.current]
    assert new.signing(now + OVERLAP + timedelta(seconds=1)) == [new.current]
    assert old.signing(now) == [old.current]


async def test_parallel_rotations_follow_one_another(secrets: WebhookSecrets) -> None:
    await secrets.of("demo")
    rotated = await asyncio.gather(*(secrets.rotate("demo") for _ in range(4)))
    assert len({secret.current for secret in rotated}) == 4
    assert await secrets.of("demo") in rotated


def test_the_repr_of_a_secret_does_not_show_it() -> None:
    secret = SigningSecret(current=f"{PREFIX}abc", created_at=clock.now(), previous=f"{PREFIX}def")
    assert PREFIX not in f"{secret} {secret!r}"
