"""Commands of an extra, which are imported when they are called: they need libraries that others do without."""

from importlib import import_module
from typing import Any, Final

import click

from darkroom_cli.failures import Failed, Status

_ALWAYS_THERE: Final = frozenset({"darkroom", "darkroom_cli", "darkroom_client"})
"""Packages that come with every installation: if a module of theirs is missing, that is a bug."""


class ExtraCommand(click.Command):
    """Stands for a command in the list of all commands, with its name and a line of help."""

    def __init__(self, name: str, target: str, short_help: str, *, extra: str) -> None:
        """`target` is the module and the name of the command within it, with a colon between them."""
        super().__init__(name, short_help=short_help)
        self._target = target
        self._extra = extra

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the command itself. Raises Failed if its extra is not installed."""
        return self._load().make_context(info_name, args, parent, **extra)

    def _load(self) -> click.Command:
        module, _, name = self._target.partition(":")
        try:
            command: click.Command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in _ALWAYS_THERE:
                raise
            raise Failed(
                f"`darkroom {self.name}` needs the extra `{self._extra}`: pip install 'darkroom-cli[{self._extra}]'",
                Status.MISUSED,
            ) from error
        return command
