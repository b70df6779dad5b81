"""Secrets in the tables, and their renewal with another data key."""

from dataclasses import replace

from darkroom import clock
from darkroom.accounts import api_keys
from darkroom.accounts.api_keys import ApiKey
from darkroom.accounts.users import User
from darkroom.jobs import NewJob, new_job_id
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.job_table import JobTable
from darkroom.tables.secret_renewal import renew_secrets
from darkroom.tables.user_table import UserTable
from darkroom.tables.webhook_secrets import WebhookSecrets
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.examples import PRESETS, waiting

OLD, NEW = DEVELOPMENT_KEY, "n" * 32
NOW = clock.parse("2026-03-01T00:00:00.000Z")
CALLBACK = "https://hooks.example.org/token-of-the-receiver"


class Accounts:
    """The tables, with one cipher."""

    def __init__(self, cloud: Cloud, installation: Installation, *keys: str) -> None:
        self.cloud, self.name, self.cipher = cloud, installation.topology.accounts.name, TextCipher(keys)
        self.jobs = JobTable(cloud.dynamodb, installation.topology.jobs.name)
        self.keys = KeyTable(cloud.dynamodb, self.name, self.cipher)
        self.users = UserTable(cloud.dynamodb, self.name, self.cipher)
        self.secrets = WebhookSecrets(cloud.dynamodb, self.name, self.cipher)

    async def renew(self) -> int:
        return await renew_secrets(
            self.cloud.dynamodb, self.cipher, accounts_table=self.name, jobs_table=self.jobs.name
        )

    async def text(self) -> str:
        """Return all that a reader of the tables sees."""
        return str((await self.cloud.dynamodb.scan(TableName=self.name))["Items"])


async def filled(accounts: Accounts) -> tuple[ApiKey, User]:
    key = ApiKey.of(api_keys.generate(), owner="ann", name="laptop", created_at=NOW, callback_url=CALLBACK)
    await accounts.keys.put(key)
    user = User.of("ann", owner="ann", password="a long enough password", created_at=NOW)
    await accounts.users.create(user)
    await accounts.secrets.of("ann")
    await accounts.secrets.rotate("ann")
    return key, user


async def test_a_reader_of_the_tables_sees_no_secret(cloud: Cloud, installation: Installation) -> None:
    accounts = Accounts(cloud, installation, OLD)
    _, user = await filled(accounts)
    secret = await accounts.secrets.of("ann")
    seen = await accounts.text()
    for text in (secret.current, secret.previous, user.password_hash, CALLBACK, "whsec_", "$argon2"):
        assert text
        assert text not in seen


async def test_renewed_secrets_do_not_need_the_old_key(cloud: Cloud, installation: Installation) -> None:
    key, user = await filled(Accounts(cloud, installation, OLD))
    both = Accounts(cloud, installation, NEW, OLD)
    secret = await both.secrets.of("ann")
    assert await both.renew() == 5, "hashes of two users, one callback URL, and a webhook secret with the one before it"
    assert await both.renew() == 0

    accounts = Accounts(cloud, installation, NEW)
    assert await accounts.secrets.of("ann") == secret
    assert await accounts.users.find("ann") == user, "the version is the same, so nobody is logged out"
    assert await accounts.keys.find(key.digest) == key


async def test_renewal_changes_nothing_of_a_job_but_its_callback_url(cloud: Cloud, installation: Installation) -> None:
    old, both = Accounts(cloud, installation, OLD), Accounts(cloud, installation, NEW, OLD)
    without = replace(waiting(), job_id=new_job_id())
    job = replace(waiting(), job_id=new_job_id())
    job = replace(job, callback_url=old.cipher.encrypt(CALLBACK, place=job.job_id))
    for each in (job, without):
        await old.jobs.create(NewJob(job=each, recipe=PRESETS["thumbnails"]))
    before = [await old.jobs.get(each.job_id) for each in (job, without)]
    assert await both.renew() == 2, "the callback URL, and the password hash of the user that development has"
    assert await both.renew() == 0

    renewed = await both.jobs.get(job.job_id)
    assert renewed is not None
    assert renewed.callback_url is not None
    assert TextCipher([NEW]).decrypt(renewed.callback_url, place=job.job_id) == CALLBACK
    assert [replace(renewed, callback_url=job.callback_url), await both.jobs.get(without.job_id)] == before
