"""Settings of the keys that encrypt secrets in the tables."""

from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.runtime.settings import Environment


class EncryptionSettings(BaseSettings):
    """Settings of services and commands that read or write secrets in the tables."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    environment: Environment = Environment.PRODUCTION
    """`development` uses a public data key if `data_keys` is not set."""
    data_keys: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """Keys that encrypt secrets in the tables, each a text of at least 32 characters, with spaces between them. The
    first encrypts. The others only decrypt: keep the former key here while you change keys. Required in production."""

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
        """Return the cipher that encrypts and decrypts secrets in the tables."""
        return TextCipher(self.data_keys.get_secret_value().split() if self.data_keys else [DEVELOPMENT_KEY])
