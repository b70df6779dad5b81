"""`darkroom users`: who may log in, made, listed and changed by operators. A change of a user ends their sessions."""

from collections.abc import Callable
from typing import Any

import click

from darkroom import clock
from darkroom.accounts.users import User
from darkroom_cli.failures import Failed
from darkroom_cli.operators.accounts import Accounts, with_accounts
from darkroom_cli.output import as_json, show_rows

_password = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if not given."
)


@click.group()
def users() -> None:
    """Users, who log in with a password; for operators."""


@users.command()
@click.argument("name")
@click.option("--owner", help="Whose jobs they see; their own name if not given.")
@_password
def create(name: str, owner: str | None, password: str) -> None:
    """Make a user."""
    user = _sound(lambda: User.of(name, owner=owner or name.lower(), password=password, created_at=clock.now()))
    if not with_accounts(lambda accounts: accounts.users.create(user)):
        raise Failed(f"There is a user {user.name} already.")
    click.echo(f"{user.name} may log in, as {user.owner}.")


@users.command("list")
@as_json
def list_users(*, json_wanted: bool) -> None:
    """All users, by name."""
    found = with_accounts(lambda accounts: accounts.users.all())
    show_rows(map(_row, found), columns=("name", "owner", "created_at", "disabled_at"), json_wanted=json_wanted)


@users.command("password")
@click.argument("name")
@_password
def set_password(name: str, password: str) -> None:
    """Give a user another password, and log them out everywhere."""
    user = _change(name, lambda user: _sound(lambda: user.with_password(password)))
    click.echo(f"{user.name} has another password.")


@users.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let a user log in no more, and log them out everywhere."""
    user = _change(name, lambda user: user.disabled(clock.now()))
    click.echo(f"{user.name} may not log in any more.")


@users.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let a user who was disabled log in again."""
    user = _change(name, User.enabled)
    click.echo(f"{user.name} may log in, as {user.owner}.")


@users.command()
@click.argument("name", required=False)
@click.option("--all", "everybody", is_flag=True, help="All users rather than one.")
def logout(name: str | None, *, everybody: bool) -> None:
    """Log a user out everywhere, or everybody."""
    if everybody == (name is not None):
        raise click.UsageError("Give either a name or --all.")
    if name:
        click.echo(f"{_change(name, User.logged_out).name} has to log in anew.")
        return

    async def log_all_out(accounts: Accounts) -> int:
        found = await accounts.users.all()
        for user in found:
            # Whoever overtakes this changes the user as well, which logs them out too.
            await accounts.users.change(user.logged_out(), instead_of=user)
        return len(found)

    click.echo(f"{with_accounts(log_all_out)} users have to log in anew.")


def _change(name: str, how: Callable[[User], User]) -> User:
    """The user of that name, changed. Raises Failed."""

    async def change(accounts: Accounts) -> User | None:
        user = await accounts.users.find(name.lower())
        if user is None:
            raise Failed(f"There is no user {name}.")
        changed = how(user)
        return changed if await accounts.users.change(changed, instead_of=user) else None

    changed = with_accounts(change)
    if changed is None:
        raise Failed(f"{name} was changed in this moment. Try again.")
    return changed


def _sound(make: Callable[[], User]) -> User:
    """The user, unless name or password is not taken. Raises UsageError."""
    try:
        return make()
    except ValueError as error:
        raise click.UsageError(f"{error}") from error


def _row(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "owner": user.owner,
        "created_at": clock.iso(user.created_at),
        "disabled_at": clock.iso(user.disabled_at) if user.disabled_at else None,
    }
