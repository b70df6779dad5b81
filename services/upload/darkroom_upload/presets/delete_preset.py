"""Delete: remove a preset with all its versions. Jobs that ran it keep their recipes."""

from dataclasses import dataclass, replace

from darkroom.errors import NotFound
from darkroom.recipes import Presets
from darkroom.recipes.preset_reference import is_preset_name
from darkroom.runtime.logs import get_logger
from darkroom.tables.preset_table import PresetTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.presets.preconditions import Precondition
from darkroom_upload.presets.preset_writes import PresetWrites
from darkroom_upload.presets.put_preset import require_free

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class DeletePreset:
    """Deletes a preset of the caller's owner."""

    installed: Presets
    table: PresetTable
    writes: PresetWrites

    async def __call__(self, name: str, *, caller: Caller, expected: Precondition) -> None:
        """Delete the preset. Raises RequestError and Unavailable.

        A deletion that broke off after its first write is finished by the next one.
        """
        if not is_preset_name(name):
            raise NotFound("There is no such preset.")
        require_free(name, self.installed)
        while True:
            history = await self.table.history(caller.owner, name)
            if history and history.is_deleted and history.created:
                await self.writes.clear(history)
                return
            expected.require(name, history)
            if history is None or history.is_deleted:
                raise NotFound("There is no such preset.")
            if await self.writes.delete(history):
                _LOG.info("preset_deleted", owner=caller.owner, preset=name, version=history.latest)
                await self.writes.clear(replace(history, is_deleted=True))
                return
