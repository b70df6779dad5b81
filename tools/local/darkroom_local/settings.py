"""Ports of the local system."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]


class LocalSettings(BaseSettings):
    """Ports from the environment."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    port: Port = 8000
    """The API."""
    orchestrator_port: Port = 8001
    processor_port: Port = 8002
    emulator_port: Port = 4566
    """The AWS emulator."""

    @property
    def by_variable(self) -> dict[str, int]:
        """The ports, each by the name of its variable."""
        return {f"DARKROOM_{name.upper()}": port for name, port in self.model_dump().items()}

    @model_validator(mode="after")
    def _all_different(self) -> Self:
        if len(set(self.by_variable.values())) < len(self.by_variable):
            raise ValueError(f"{', '.join(self.by_variable)} must be different ports")
        return self
