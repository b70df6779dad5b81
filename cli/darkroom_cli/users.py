"""`darkroom users`: who may log in, made, listed and disabled by operators."""

from typing import Any

import click

from darkroom import clock
from darkroom.users import User
from darkroom_cli.accounts import Accounts, with_accounts
from darkroom_cli.failures import Failed
from darkroom_cli.output import as_json, show_rows


@click.group()
def users() -> None:
    """Users of the dashboard; for operators."""


@users.command()
@click.argument("name")
@click.option("--owner", help="Whose jobs they see; their own name if not given.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for if not given.",
)
def create(name: str, owner: str | None, password: str) -> None:
    """Make a user."""
    try:
        user = User.of(name, owner=owner or name, password=password, created_at=clock.now())
    except ValueError as error:
        raise click.UsageError(f"{error}") from error
    if not with_accounts(lambda accounts: accounts.users.create(user)):
        raise Failed(f"There is a user {user.name} already.")
    click.echo(f"{user.name} may log in, as {user.owner}.")


@users.command("list")
@as_json
def list_users(*, json_wanted: bool) -> None:
    """All users, by name."""
    found = with_accounts(lambda accounts: accounts.users.all())
    show_rows(map(_row, found), columns=("name", "owner", "created_at", "disabled_at"), json_wanted=json_wanted)


@users.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let a user log in no more, and log them out everywhere."""

    async def change(accounts: Accounts) -> bool:
        user = await accounts.users.find(name.lower())
        if user is None:
            raise Failed(f"There is no user {name}.")
        return bool(user.disabled_at) or await accounts.users.change(user.disabled(clock.now()), instead_of=user)

    if not with_accounts(change):
        raise Failed(f"{name} was changed in this moment. Try again.")
    click.echo(f"{name.lower()} may not log in any more.")


def _row(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "owner": user.owner,
        "created_at": clock.iso(user.created_at),
        "disabled_at": clock.iso(user.disabled_at) if user.disabled_at else None,
    }
