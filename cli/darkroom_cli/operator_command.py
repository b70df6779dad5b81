"""Operators' commands, which are imported when they are called: they need libraries that others do without."""

from importlib import import_module
from typing import Any

import click

from darkroom_cli.failures import Failed, Status


class OperatorCommand(click.Command):
    """Stands for a command of an operator in the list of all commands, with its name and a line of help."""

    def __init__(self, name: str, target: str, short_help: str) -> None:
        """`target` is the module and the name of the command within it, with a colon between them."""
        super().__init__(name, short_help=short_help)
        self._target = target

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the command itself. Raises Failed without the extra `operator`."""
        return self._load().make_context(info_name, args, parent, **extra)

    def _load(self) -> click.Command:
        module, _, name = self._target.partition(":")
        try:
            command: click.Command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("darkroom"):
                raise
            raise Failed(
                f"`darkroom {self.name}` is for operators and needs the extra `operator`: "
                "pip install 'darkroom-cli[operator]'",
                Status.MISUSED,
            ) from error
        return command
