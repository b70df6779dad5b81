"""Put: make a recipe the newest version of a preset."""

import asyncio
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from darkroom.clock import Clock, iso, parse
from darkroom.errors import Conflict, MalformedRequest
from darkroom.limits import MAX_PRESET_VERSIONS
from darkroom.recipes import Presets, Recipe, parse_recipe
from darkroom.recipes.owned_presets import PresetHistory, PresetVersion
from darkroom.recipes.preset_reference import is_preset_name
from darkroom.recipes.presets import RESERVED_NAMES
from darkroom.recipes.recipe import require_storable
from darkroom.runtime.logs import get_logger
from darkroom.tables.job_table import JobTable
from darkroom.tables.preset_table import PresetTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.choose_recipe import ChosenRecipe
from darkroom_upload.intake.watermark_images import require_watermark_images
from darkroom_upload.presets.preconditions import Precondition
from darkroom_upload.presets.preset_writes import PresetWrites

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class PutOutcome:
    """The newest version after a request, and whether the preset did not exist before."""

    version: PresetVersion
    created: bool


@dataclass(frozen=True, kw_only=True)
class PutPreset:
    """Makes a recipe the newest version of a preset of the caller's owner."""

    installed: Presets
    jobs: JobTable
    table: PresetTable
    writes: PresetWrites
    now: Clock
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def __call__(self, name: str, document: bytes, *, caller: Caller, expected: Precondition) -> PutOutcome:
        """Write the version, unless the newest one is the same recipe. Raises RequestError and Unavailable."""
        require_free(name, self.installed)
        recipe = require_storable(parse_recipe(document))
        await require_watermark_images(self.jobs, ChosenRecipe.custom(recipe), caller)
        # Transactions of one owner conflict. Within one process they wait for each other.
        async with self._locks.setdefault(caller.owner, asyncio.Lock()):
            return await self._put(name, recipe, caller.owner, expected)

    async def _put(self, name: str, recipe: Recipe, owner: str, expected: Precondition) -> PutOutcome:
        while True:
            history = await self.table.history(owner, name)
            expected.require(name, history)
            if history and history.is_deleted and history.created:
                # A deletion broke off. Its versions must not become those of the new preset.
                await self.writes.clear(history)
                continue
            fresh = self._next(name, recipe, history)
            newest = await self._same(fresh, history)
            if newest:
                return PutOutcome(version=newest, created=False)
            _require_number(fresh)
            if await self.writes.add(owner, fresh, after=history):
                _LOG.info("preset_put", owner=owner, preset=name, version=fresh.number)
                return PutOutcome(version=fresh, created=history is None or history.is_deleted)

    async def _same(self, fresh: PresetVersion, history: PresetHistory | None) -> PresetVersion | None:
        """Return the newest version if it has the same recipe as the fresh one."""
        if history is None or history.is_deleted or history.digest != fresh.digest:
            return None
        return await self.table.version(history.owner, history.name, history.latest)

    def _next(self, name: str, recipe: Recipe, history: PresetHistory | None) -> PresetVersion:
        return PresetVersion(
            name=name,
            number=history.latest + 1 if history else 1,
            recipe=recipe,
            document=recipe.model_dump(mode="json", exclude_unset=True),
            created_at=parse(iso(self.now())),
        )


def require_free(name: str, installed: Presets) -> None:
    """Raise MalformedRequest or Conflict if an owner's preset cannot have this name."""
    if not is_preset_name(name):
        raise MalformedRequest(
            "The name of a preset has up to 64 of a-z, 0-9, `.`, `_` and `-`, and begins with a letter or a digit."
        )
    if name in RESERVED_NAMES:
        raise Conflict(f"The name {name} is reserved. Choose another one.")
    if name in installed:
        raise Conflict(f"The preset {name} belongs to the installation and cannot be changed. Choose another name.")


def _require_number(version: PresetVersion) -> None:
    if version.number > MAX_PRESET_VERSIONS:
        raise Conflict(
            f"The preset {version.name} has had {MAX_PRESET_VERSIONS} versions, the most that a name can have, "
            "also over deletions. Put the recipe under another name.",
            limit=MAX_PRESET_VERSIONS,
        )
