"""`darkroom data-keys`: the keys that encrypt secrets in the tables."""

import click

from darkroom.runtime.settings import load_settings
from darkroom.tables.secret_renewal import renew_secrets
from darkroom_cli.operators.accounts import with_dynamodb
from darkroom_cli.operators.settings import RenewalSettings


@click.group("data-keys")
def data_keys() -> None:
    """Keys that encrypt secrets in the tables; for operators."""


@data_keys.command()
def renew() -> None:
    """Encrypt all secrets again, with the first key of DARKROOM_DATA_KEYS."""
    settings = load_settings(RenewalSettings)
    tables = {"accounts_table": settings.accounts_table, "jobs_table": settings.jobs_table}
    count = with_dynamodb(lambda client: renew_secrets(client, settings.cipher, **tables))
    click.echo(f"{count} secrets are encrypted with the first key now.")
