"""Settings from the environment, with the prefix `DARKROOM_`. Each service adds its own to `ServiceSettings`.

A service's `main` reads them once. All faults are reported together.
"""

import json
import sys
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BeforeValidator, Field, HttpUrl, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from darkroom.environment import faults_in_words
from darkroom.runtime import tracing
from darkroom.runtime.consumer import PAUSES_SECONDS

_EXIT_STATUS: Final = 2
"""Called in the wrong way, as shells and argparse use it."""

T = TypeVar("T")


def _from_json(value: Any) -> Any:
    """Read a list from the environment. Raises ValueError, which pydantic reports like any other fault."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError('not JSON; a list is written as ["one", "another"]') from error


ResourceName = Annotated[str, Field(min_length=1)]
"""Name, URL or ARN of a resource in AWS. It may not be empty."""
JsonTuple = Annotated[tuple[T, ...], NoDecode, BeforeValidator(_from_json)]
"""Several values; in the environment, a list in JSON."""


class Environment(StrEnum):
    """Environment of the service. Only development accepts the development keys, which are public."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """Settings of every service."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True, allow_inf_nan=False
    )

    environment: Environment = Environment.PRODUCTION
    """`development` accepts the development key."""
    host: str = "127.0.0.1"
    """Address to listen on. Containers set 0.0.0.0. Default: 127.0.0.1."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "json"
    """`json`: one object on each line. `text`: for a terminal."""
    drain_seconds: Annotated[float, Field(gt=0, le=110)] = 25
    """Seconds after SIGTERM in which running work may finish. After that it is returned to its queue."""
    receive_wait_seconds: Annotated[int, Field(ge=0, le=20)] = 20
    """Seconds of a long poll of a queue. With an emulator use 1 or 2."""
    visibility_seconds: Annotated[int, Field(ge=1, le=12 * 60 * 60)] = 60
    """Seconds for which a received message is hidden from other consumers. A heartbeat renews it while work goes on."""
    longest_pause_seconds: Annotated[int, Field(ge=1, le=PAUSES_SECONDS[-1])] = PAUSES_SECONDS[-1]
    """Longest pause in seconds before a failed message is delivered again. Pauses grow up to it."""
    traces_url: HttpUrl | None = None
    """Root URL of an OTLP/HTTP collector for spans. Without it no spans are made."""
    traces_sampled: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Fraction of all traces to keep, from 0 to 1."""

    def exported_traces(self, service: str) -> AbstractContextManager[None]:
        """Make spans of a service inside a `with` block, and send them as these settings say."""
        endpoint = str(self.traces_url) if self.traces_url else None
        return tracing.exported(service, endpoint=endpoint, sampled=self.traces_sampled)


S = TypeVar("S", bound=BaseSettings)


def load_settings(kind: type[S]) -> S:
    """Read settings from the environment. Exits with status 2 and a line for each fault if they are not valid."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        sys.stderr.write(faults_in_words(error, prefix=prefix) + "\n")
        sys.exit(_EXIT_STATUS)
