"""Presets of owners as items of the accounts table.

    preset#<owner>#<name>             the history: which versions there are, and whether the preset is deleted
    preset#<owner>#<name>#<number>    one version; it is written once, and emptied if the preset is deleted
    presets#<owner>                   the names of all presets that are not deleted, so that a list is one read

Owners are percent-encoded, so a key has one meaning. A change of a preset is one transaction of all three.
"""

import json
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zlib import compress, decompress

from darkroom import clock
from darkroom.recipes import Recipe
from darkroom.recipes.owned_presets import PresetHistory, PresetSummary, PresetVersion
from darkroom.tables.dynamodb import Item, deserialized, epoch, serialized

LISTED: Final = "="
"""Beginning of the attributes of the list that stand for presets. The rest is the preset's name."""


def history_key(owner: str, name: str) -> Item:
    """Return the primary key of a preset's history."""
    return _key("preset", owner, name)


def version_key(owner: str, name: str, number: int) -> Item:
    """Return the primary key of a version."""
    return _key("preset", owner, name, str(number))


def list_key(owner: str) -> Item:
    """Return the primary key of the list of an owner's presets."""
    return _key("presets", owner)


def history_item(history: PresetHistory) -> Item:
    """Return a history as an item."""
    return history_key(history.owner, history.name) | serialized(
        {
            "owner": history.owner,
            "name": history.name,
            "oldest": history.first,
            "latest": history.latest,
            "digest": history.digest,
            "created": [clock.iso(moment) for moment in history.created],
            "deleted": history.is_deleted or None,
        }
    )


def history_of(item: Item) -> PresetHistory:
    """Return the history that `history_item` wrote."""
    read = deserialized(item)
    return PresetHistory(
        owner=read["owner"],
        name=read["name"],
        first=int(read["oldest"]),
        digest=read["digest"],
        created=tuple(map(clock.parse, read["created"])),
        is_deleted=read.get("deleted", False),
    )


def version_item(owner: str, version: PresetVersion) -> Item:
    """Return a version as an item. Its texts are compressed: reads and writes cost by the kilobyte."""
    return version_key(owner, version.name, version.number) | serialized(
        {
            "name": version.name,
            "number": version.number,
            "recipe": compress(version.recipe.stored.encode()),
            "document": compress(json.dumps(dict(version.document)).encode()),
            "created_at": clock.iso(version.created_at),
        }
    )


def emptied_version_item(owner: str, name: str, number: int, moment: datetime) -> Item:
    """Return the item that takes the place of a deleted version. DynamoDB removes it some time after the moment."""
    return version_key(owner, name, number) | serialized({"expires_at": epoch(moment)})


def version_of(item: Item) -> PresetVersion | None:
    """Return the version that `version_item` wrote, or None if it was emptied."""
    read = deserialized(item)
    if "recipe" not in read:
        return None
    return PresetVersion(
        name=read["name"],
        number=int(read["number"]),
        recipe=Recipe.model_validate_json(decompress(bytes(read["recipe"]))),
        document=json.loads(decompress(bytes(read["document"]))),
        created_at=clock.parse(read["created_at"]),
    )


def listed(number: int, created_at: datetime) -> str:
    """Return the value of a preset in the list: the newest version's number, and when it was put."""
    return f"{number} {clock.iso(created_at)}"


def summaries_of(item: Item) -> dict[str, PresetSummary]:
    """Return the presets of a list by name, in alphabetical order."""
    found = {name.removeprefix(LISTED): value["S"] for name, value in item.items() if name.startswith(LISTED)}
    return {name: _summary(found[name]) for name in sorted(found)}


def _summary(value: str) -> PresetSummary:
    number, _, moment = value.partition(" ")
    return PresetSummary(number=int(number), created_at=clock.parse(moment))


def _key(*parts: str) -> Item:
    # A name and a number need no encoding. They have none of the separator.
    return {"id": {"S": "#".join(quote(part, safe="@+") for part in parts)}}
