"""What the service tells everybody about itself."""

from collections.abc import Mapping

from darkroom_client.response_model import ResponseModel


class Formats(ResponseModel):
    """Image formats by name."""

    read: list[str]
    written: list[str]


class Storage(ResponseModel):
    """Origins of presigned forms and of links to results, and the beginning of public addresses."""

    uploads: str
    results: str
    public: str | None
    """None if public addresses begin with the address of the API."""


class Config(ResponseModel):
    """What the service tells everybody about itself."""

    version: str
    environment: str
    has_session: bool
    limits: Mapping[str, int]
    formats: Formats
    presets: list[str]
    storage: Storage
    features: Mapping[str, bool]
