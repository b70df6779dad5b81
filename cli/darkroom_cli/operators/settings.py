"""Settings of operators' commands, from the environment. AWS's own variables count as well."""

from pydantic import HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

from darkroom.runtime.encryption_settings import EncryptionSettings
from darkroom.runtime.settings import ResourceName


class AccountsSettings(EncryptionSettings):
    """Settings of commands that write keys and users. In `development` a key's callback URL may be plain HTTP."""

    accounts_table: ResourceName


class RenewalSettings(AccountsSettings):
    """Settings of the command that encrypts secrets again, in both tables."""

    jobs_table: ResourceName


class QueueSettings(BaseSettings):
    """Settings of commands that look after queues."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    orchestrator_url: HttpUrl
    """Root of the orchestrator's internal API."""
