"""Settings from the environment, prefix `DARKROOM_`; each service adds what it needs to `ServiceSettings`.

They are built once, in a service's `main`, and every fault is reported in one go.
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
"""As shells and argparse use it: called in the wrong way."""

T = TypeVar("T")


def _from_json(value: Any) -> Any:
    """What the environment says of a list. Raises ValueError, which is told like any other fault."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError('not JSON; a list is written as ["one", "another"]') from error


JsonTuple = Annotated[tuple[T, ...], NoDecode, BeforeValidator(_from_json)]
"""Several values, in the environment a list in JSON."""


class Environment(StrEnum):
    """Where the service runs. Development accepts the development key, production does not."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """What every service is told."""

    model_config = SettingsConfigDict(
        env_prefix="DARKROOM_", frozen=True, extra="ignore", use_attribute_docstrings=True, allow_inf_nan=False
    )

    environment: Environment = Environment.PRODUCTION
    """`development` accepts the development key."""
    host: str = "127.0.0.1"
    """Address to listen on; containers set 0.0.0.0."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "json"
    """`json`: an object a line. `text`: for reading at a terminal."""
    drain_seconds: Annotated[float, Field(gt=0, le=110)] = 25
    """How long after SIGTERM work in hand may take before it is handed back."""
    receive_wait_seconds: Annotated[int, Field(ge=0, le=20)] = 20
    """Long poll of the queues; an emulator wants 1 or 2."""
    visibility_seconds: Annotated[int, Field(ge=1, le=12 * 60 * 60)] = 60
    """For how long a message in hand is hidden from others, again and again while it is; the queues' own visibility."""
    longest_pause_seconds: Annotated[int, Field(ge=1, le=PAUSES_SECONDS[-1])] = PAUSES_SECONDS[-1]
    """Upper bound of the growing pauses after which a message comes again whose handling failed."""
    traces_url: HttpUrl | None = None
    """Root of an OTLP/HTTP collector that spans are sent to; without one none are made."""
    traces_sampled: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Part of all traces that is kept."""

    def exported_traces(self, service: str) -> AbstractContextManager[None]:
        """Make and send spans in the name of a service, as set, for the length of a `with` block."""
        endpoint = str(self.traces_url) if self.traces_url else None
        return tracing.exported(service, endpoint=endpoint, sampled=self.traces_sampled)


S = TypeVar("S", bound=BaseSettings)


def load_settings(kind: type[S]) -> S:
    """Read settings of the given kind from the environment, or exit with status 2 and a line for each fault."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        sys.stderr.write(faults_in_words(error, prefix=prefix) + "\n")
        sys.exit(_EXIT_STATUS)
