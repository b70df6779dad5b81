"""Settings of commands that use the API, from the environment."""

from pydantic import HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from darkroom.environment import faults_in_words
from darkroom_cli.failures import Failed, Status


class ClientSettings(BaseSettings):
    """URL of Darkroom, and the API key for it."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    url: HttpUrl = HttpUrl("http://localhost:8000")
    """Root of the API."""
    api_key: SecretStr


def load_client_settings() -> ClientSettings:
    """Read the settings. Raises Failed, which names every fault."""
    try:
        return ClientSettings()
    except ValidationError as error:
        raise Failed(faults_in_words(error, prefix="DARKROOM_"), Status.MISUSED) from error
