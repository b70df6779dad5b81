"""Computes what DynamoDB bills and limits from items.

Sizes: "DynamoDB item sizes and formats". Reads: "DynamoDB read and write operations" (a consistent read costs a unit
for each 4 KB of the item, rounded up). Writes to indexes: "Using global secondary indexes", "Write capacity units".
All in the Amazon DynamoDB Developer Guide.
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, Final

from darkroom.tables.dynamodb import Item
from darkroom.topology import IndexSpec

READ_UNIT_BYTES: Final = 4096
WRITE_UNIT_BYTES: Final = 1024
PARTITION_WRITES: Final = 1000
"""The most write units a second of one partition."""


def item_size(item: Item) -> int:
    """Return the bytes of an item: its names and values in UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    return _SIZES[kind](held)


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": lambda text: len(text.encode()),
    # About one byte for two significant digits, and one more byte.
    "N": lambda number: len(number.strip("-").replace(".", "").strip("0")) // 2 + 2,
    "BOOL": lambda _: 1,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "L": lambda values: 3 + sum(1 + _value_size(value) for value in values),
    "M": lambda values: 3 + sum(1 + len(name.encode()) + _value_size(value) for name, value in values.items()),
}


def read_units(item: Item) -> int:
    """Return the units of one consistent read. A read of a part costs as much as one of the whole item."""
    return ceil(item_size(item) / READ_UNIT_BYTES)


def index_writes(index: IndexSpec, before: Item | None, after: Item | None) -> int:
    """Return the write units of an index when an item of its table changes from `before` to `after`."""
    old, new = _projected(index, before), _projected(index, after)
    if old == new:
        return 0
    key = (index.partition.name, index.sort.name)
    if old and new and all(old[name] == new[name] for name in key):
        return max(_write_units(old), _write_units(new))
    # A changed key costs a deletion and a put.
    return sum(_write_units(each) for each in (old, new) if each)


def _projected(index: IndexSpec, item: Item | None) -> Item | None:
    """Return the attributes that the index projects. None if the item lacks a key of the index."""
    if item is None or index.partition.name not in item or index.sort.name not in item:
        return None
    names = {"job_id", index.partition.name, index.sort.name, *index.include}
    return {name: value for name, value in item.items() if name in names}


def _write_units(item: Item) -> int:
    return ceil(item_size(item) / WRITE_UNIT_BYTES)
