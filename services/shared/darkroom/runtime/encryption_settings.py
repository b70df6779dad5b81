"""The keys that secrets in the accounts table are encrypted with, from the environment."""

from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.runtime.settings import Environment


class EncryptionSettings(BaseSettings):
    """Settings of the services that read or write secrets in the accounts table."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    environment: Environment = Environment.PRODUCTION
    """`development` has a data key that everybody knows."""
    data_keys: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """What secrets in the accounts table are encrypted with: a text of at least 32 characters. Further ones, after
    spaces, only decrypt: the former key, while keys change."""

    @field_validator("data_keys")
    @classmethod
    def _fit(cls, told: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        development = info.data.get("environment") is Environment.DEVELOPMENT
        texts = told.get_secret_value().split() if told else []
        if not texts and not development:
            raise ValueError("it is required; secrets in the accounts table are encrypted with it")
        if DEVELOPMENT_KEY in texts and not development:
            raise ValueError("the development key is public; set a secret of at least 32 characters")
        if texts:
            TextCipher(texts)
        return told

    @property
    def cipher(self) -> TextCipher:
        """Encrypts and decrypts secrets of the accounts table."""
        return TextCipher(self.data_keys.get_secret_value().split() if self.data_keys else [DEVELOPMENT_KEY])
