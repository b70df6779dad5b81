"""`darkroom data-keys`: the keys that secrets in the accounts table are encrypted with."""

import click

from darkroom_cli.accounts import with_accounts


@click.group("data-keys")
def data_keys() -> None:
    """Keys that secrets are encrypted with; for operators."""


@data_keys.command()
def renew() -> None:
    """Encrypt all secrets again, with the first key of DARKROOM_DATA_KEYS."""
    count = with_accounts(lambda accounts: accounts.renew_secrets())
    click.echo(f"{count} secrets are encrypted with the first key now.")
