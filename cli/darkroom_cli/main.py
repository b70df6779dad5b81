"""The command `darkroom` and what it consists of."""

import click

from darkroom_cli import (
    actions,
    downloads,
    imports,
    jobs,
    markup,
    originals,
    plans,
    presets,
    previews,
    publishing,
    uploads,
)
from darkroom_cli.extra_command import ExtraCommand


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="darkroom-cli", prog_name="darkroom")
def darkroom() -> None:
    """Darkroom: send images, get results.

    DARKROOM_URL is where Darkroom is, DARKROOM_API_KEY your key. Commands for operators use credentials for AWS
    instead, with DARKROOM_ACCOUNTS_TABLE, or DARKROOM_ORCHESTRATOR_URL.

    Exit status: 0 done, 1 refused, 2 called in the wrong way, 3 not all results were made, 4 away or busy.
    """


def _operator(name: str, target: str, short_help: str) -> ExtraCommand:
    return ExtraCommand(name, f"darkroom_cli.operators.{target}", short_help, extra="operator")


for command in (
    uploads.upload,
    imports.import_urls,
    downloads.download,
    originals.original,
    originals.rerun,
    jobs.status,
    jobs.jobs,
    jobs.events,
    actions.act,
    presets.presets,
    plans.plan,
    previews.preview,
    publishing.publish,
    publishing.unpublish,
    markup.markup,
    jobs.usage,
    ExtraCommand("try", "darkroom_cli.trial:try_recipe", "Run a recipe on photos of this machine.", extra="try"),
    _operator("keys", "keys:keys", "API keys; for operators."),
    _operator("users", "users:users", "Users who log in with a password; for operators."),
    _operator("data-keys", "data_keys:data_keys", "Encryption keys; for operators."),
    _operator("dlq", "dead_letters:dlq", "Dead-letter queues; for operators."),
):
    darkroom.add_command(command)


def main() -> None:
    """Run the command line."""
    darkroom()
