"""Items in DynamoDB's own notation, and plain values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

Item = dict[str, Any]
"""An item in DynamoDB's own notation, `{"name": {"S": "value"}}`."""

_SERIALIZE: Final = TypeSerializer().serialize
_DESERIALIZE: Final = TypeDeserializer().deserialize


def serialized(values: Mapping[str, Any]) -> Item:
    """Return plain values in DynamoDB's notation. None is left out, since an index cannot hold it."""
    return {name: _SERIALIZE(value) for name, value in values.items() if value is not None}


def deserialized(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain values of an item."""
    return {name: _DESERIALIZE(value) for name, value in item.items()}


def epoch(moment: datetime) -> int:
    """Return seconds since 1970, as DynamoDB's TTL and the index of deadlines want them."""
    return int(moment.timestamp())
