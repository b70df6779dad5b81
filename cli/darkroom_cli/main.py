"""The command `darkroom` and what it consists of."""

import click

from darkroom_cli import downloads, jobs, plans, uploads
from darkroom_cli.operator_command import OperatorCommand


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="darkroom-cli", prog_name="darkroom")
def darkroom() -> None:
    """Darkroom: send images, get results.

    DARKROOM_URL is where Darkroom is, DARKROOM_API_KEY your key. Commands for operators use credentials for AWS
    instead, with DARKROOM_ACCOUNTS_TABLE, or DARKROOM_ORCHESTRATOR_URL.

    Exit status: 0 done, 1 refused, 2 called in the wrong way, 3 not all results were made, 4 away or busy.
    """


for command in (
    uploads.upload,
    downloads.download,
    jobs.status,
    jobs.jobs,
    jobs.recipes,
    plans.plan,
    jobs.usage,
    OperatorCommand("keys", "darkroom_cli.operators.keys:keys", "API keys; for operators."),
    OperatorCommand("users", "darkroom_cli.operators.users:users", "Users who log in with a password; for operators."),
    OperatorCommand("data-keys", "darkroom_cli.operators.data_keys:data_keys", "Encryption keys; for operators."),
    OperatorCommand("dlq", "darkroom_cli.operators.dead_letters:dlq", "Dead-letter queues; for operators."),
):
    darkroom.add_command(command)


def main() -> None:
    """Run the command line."""
    darkroom()
