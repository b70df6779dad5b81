"""The processor's settings, read from environment variables."""

from typing import Annotated

from pydantic import Field

from darkroom.runtime.cores import cores
from darkroom.runtime.settings import ResourceName, ServiceSettings


class Settings(ServiceSettings):
    """Settings of the processor."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8002
    originals_bucket: ResourceName
    results_bucket: ResourceName
    tasks_queue_url: ResourceName
    results_queue_url: ResourceName
    children: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=cores)
    """Number of processes that work on images, one image each at a time. Default: the number of cores."""
