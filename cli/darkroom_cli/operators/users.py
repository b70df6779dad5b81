"""`darkroom users`: creates, lists and changes users. Each change of a user ends their sessions."""

from collections.abc import Callable
from typing import Any

import click

from darkroom import clock
from darkroom.accounts.users import User
from darkroom_cli.failures import Failed
from darkroom_cli.operators.accounts import Accounts, with_accounts
from darkroom_cli.output import as_json, show_rows

_password = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="The password; the command asks for it if it is not given.",
)


@click.group()
def users() -> None:
    """Users who log in with a password; for operators."""


@users.command()
@click.argument("name")
@click.option("--owner", help="Owner whose jobs the user sees; by default the user's own name.")
@_password
def create(name: str, owner: str | None, password: str) -> None:
    """Create a user."""
    user = _sound(lambda: User.of(name, owner=owner or name.lower(), password=password, created_at=clock.now()))
    if not with_accounts(lambda accounts: accounts.users.create(user)):
        raise Failed(f"The user {user.name} exists already. Choose another name.")
    click.echo(f"{user.name} may log in, for the owner {user.owner}.")


@users.command("list")
@as_json
def list_users(*, json_wanted: bool) -> None:
    """List all users, by name."""
    found = with_accounts(lambda accounts: accounts.users.all())
    show_rows(map(_row, found), columns=("name", "owner", "created_at", "disabled_at"), json_wanted=json_wanted)


@users.command("password")
@click.argument("name")
@_password
def set_password(name: str, password: str) -> None:
    """Set a user's password, and log them out everywhere."""
    user = _change(name, lambda user: _sound(lambda: user.with_password(password)))
    click.echo(f"The password of {user.name} is changed.")


@users.command()
@click.argument("name")
def disable(name: str) -> None:
    """Disable a user: they cannot log in, and are logged out everywhere."""
    user = _change(name, lambda user: user.disabled(clock.now()))
    click.echo(f"{user.name} cannot log in any more.")


@users.command()
@click.argument("name")
def enable(name: str) -> None:
    """Enable a disabled user again."""
    user = _change(name, User.enabled)
    click.echo(f"{user.name} may log in, for the owner {user.owner}.")


@users.command()
@click.argument("name", required=False)
@click.option("--all", "everybody", is_flag=True, help="Log out all users.")
def logout(name: str | None, *, everybody: bool) -> None:
    """Log out a user everywhere, or all users."""
    if everybody == (name is not None):
        raise click.UsageError("Give either a name or --all.")
    if name:
        click.echo(f"{_change(name, User.logged_out).name} has to log in again.")
        return

    async def log_all_out(accounts: Accounts) -> int:
        found = await accounts.users.all()
        for user in found:
            # If another command changes the user at the same time, that logs them out too.
            await accounts.users.change(user.logged_out(), instead_of=user)
        return len(found)

    click.echo(f"{with_accounts(log_all_out)} users have to log in again.")


def _change(name: str, how: Callable[[User], User]) -> User:
    """Change the user with this name. Raises Failed if there is none."""

    async def change(accounts: Accounts) -> User | None:
        user = await accounts.users.find(name.lower())
        if user is None:
            raise Failed(f"There is no user {name}. `darkroom users list` shows all users.")
        changed = how(user)
        return changed if await accounts.users.change(changed, instead_of=user) else None

    changed = with_accounts(change)
    if changed is None:
        raise Failed(f"Another command changed {name} at the same moment. Try again.")
    return changed


def _sound(make: Callable[[], User]) -> User:
    """Return the user. Raises UsageError if the name or the password is not valid."""
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
