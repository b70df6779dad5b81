"""Opens the tables for operators' commands, with the operator's own AWS credentials."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from darkroom.errors import Unavailable
from darkroom.runtime.aws import ANSWER_SECONDS, FAILURES, Aws
from darkroom.runtime.settings import Environment, load_settings
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.user_table import UserTable
from darkroom_cli.failures import Failed, Status
from darkroom_cli.operators.settings import AccountsSettings

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """The API keys and users of an installation."""

    keys: KeyTable
    users: UserTable
    development: bool


def with_accounts(work: Callable[[Accounts], Awaitable[T]]) -> T:
    """Run `work` with the accounts table of the settings. Raises Failed if AWS does not answer or refuses."""
    settings = load_settings(AccountsSettings)
    table, cipher = settings.accounts_table, settings.cipher

    async def with_client(client: "DynamoDBClient") -> T:
        return await work(
            Accounts(
                keys=KeyTable(client, table, cipher),
                users=UserTable(client, table, cipher),
                development=settings.environment is Environment.DEVELOPMENT,
            )
        )

    return with_dynamodb(with_client)


def with_dynamodb(work: Callable[["DynamoDBClient"], Awaitable[T]]) -> T:
    """Run `work` with a client for DynamoDB. Raises Failed if AWS does not answer or refuses."""

    async def run() -> T:
        async with Aws(pool=5, read_seconds=ANSWER_SECONDS).dynamodb() as client:
            return await work(client)

    try:
        return asyncio.run(run())
    except Unavailable as error:
        raise Failed(f"{error.message} {error.__cause__}", Status.AWAY) from error
    except FAILURES as error:
        raise Failed(f"AWS refuses the request: {error}") from error
