"""Restarts services whose code has changed."""

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from watchfiles import PythonFilter, awatch

from darkroom_local.console import tell
from darkroom_local.keeper import Keeper

_SHARED: Final = "darkroom"
"""The package that all services import."""
_DATA: Final = (".json",)
"""Endings of files beside the code that services read."""


async def restart_on_changes(keepers: Sequence[Keeper]) -> None:
    """Watch the code of the services, until cancelled. A change of the shared package restarts all of them."""
    folders = {folder_of(module) for module in (_SHARED, *(keeper.service.module for keeper in keepers))}
    async for changes in awatch(*folders, watch_filter=PythonFilter(extra_extensions=_DATA)):
        paths = [Path(path) for _, path in changes]
        affected = [keeper for keeper in keepers if is_affected(keeper.service.module, paths)]
        if affected:
            tell(f"{paths[0].name} changed: {', '.join(keeper.service.name for keeper in affected)} restarts")
        for keeper in affected:
            keeper.restart()


def folder_of(module: str) -> Path:
    """Return the folder of a package."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return Path(spec.origin).resolve().parent


def is_affected(module: str, changed: Iterable[Path]) -> bool:
    """Whether a changed file belongs to the package or to the shared one."""
    folders = (folder_of(module), folder_of(_SHARED))
    return any(path.is_relative_to(folder) for path in changed for folder in folders)
