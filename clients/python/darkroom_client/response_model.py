"""The base class of the models of the API's responses."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer


class ResponseModel(BaseModel):
    """A part of an answer. Fields that this release does not know are kept, so that a newer service can be used."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    def as_document(self) -> dict[str, Any]:
        """Return the answer as the API sent it."""
        return self.model_dump(mode="json", exclude_unset=True)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_iso, return_type=str)]
"""A point in time, in UTC with milliseconds."""
