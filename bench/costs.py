"""Prints the cost of a million images in AWS, by size and preset: `python -m bench.costs`.

`bench.standing` prints the fixed costs. CPU seconds and bytes are measured on this machine, with synthetic photographs.
The largest uncertainty is the assumption that a vCPU of Fargate, of either architecture, is as fast as a core of this
machine. For ARM, the engine runs without the resampler, which has no wheel for Linux on ARM.
"""

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Final
from unittest.mock import patch

from PIL import Image, ImageFilter

from bench import prices
from bench.prices import MILLION, Fargate
from darkroom.recipes import Recipe
from darkroom.recipes.presets import load_presets
from darkroom_cdk.config import Architecture, ProcessorSize
from darkroom_cdk.stage_settings import load
from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.operations import resize
from darkroom_processor.pipeline.outcomes import EncodedVariant
from darkroom_processor.pipeline.pixels import resampling
from darkroom_processor.pipeline.process import process

GB: Final = 1e9

USED: Final = 0.7
"""Share of the paid CPU that is used: scaling aims at 80 % and lags behind the load (`bench.simulate_scaling`)."""
SERVICES_SECONDS: Final = 0.03
"""CPU seconds of upload and orchestrator for one image: about twenty AWS calls of 1.5 ms each."""
QUEUE_REQUESTS: Final = 15
"""Requests for five messages (arrived, task, started, finished, event), each sent, received and deleted. Batches need
fewer."""
FAIR_REQUESTS: Final = 12
"""Requests among these whose messages name a message group, for SQS's fair queues."""
API_REQUESTS: Final = 4
"""The upload, and three status requests of a client."""
WRITE_UNITS: Final = 20
"""Two transactions (creation and end, at double price) of two items of 1 to 3 KB, two updates, three index entries."""
READ_UNITS: Final = 8
"""Consistent reads of the orchestrator, and of a client that polls a few times."""
LOG_BYTES: Final = 3000
ENDPOINT_BYTES: Final = 30_000
"""Bytes through interface endpoints: requests and responses of SQS and SNS, and log lines."""
WEBHOOK_BYTES: Final = 4000
"""Bytes of a webhook with its TLS handshake. Nothing else goes through the NAT."""

SIZES: Final = {"1 MP": (1224, 816), "6 MP": (3000, 2000), "12 MP": (4242, 2828), "24 MP": (6000, 4000)}
PRESETS: Final = ("thumbnails", "web", "augment", "optimize")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Measurements of one image with one preset."""

    cpu_seconds: float
    bytes_in: int
    bytes_out: int
    variants: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Cost of a million images, in US dollars, by service."""

    fargate: float
    spot: float
    s3: float
    sqs: float
    dynamodb: float
    events: float
    """SNS, the pipe and the event bus."""
    cloudfront: float
    guard: float
    """WAF, and the load balancer's capacity units."""
    network: float
    """Traffic through NAT and interface endpoints."""
    logs: float

    @property
    def total(self) -> float:
        """Sum of all services."""
        return sum(self.sums)

    @property
    def sums(self) -> list[float]:
        """Costs by service, in the order of the table's columns."""
        return [float(getattr(self, each.name)) for each in fields(self)]


HEADS: Final = (
    "size", "preset", "CPU ms", "MB in", "MB out",
    "Fargate", "Spot", "S3", "SQS", "DynamoDB", "events", "CloudFront", "WAF, ALB", "NAT, endpoints", "logs", "total",
)  # fmt: skip
COMPARED_HEADS: Final = ("size", "preset", "CPU ms, x86", "CPU ms, ARM", "computing, x86", "computing, ARM")


def measure(data: bytes, recipe: Recipe, *, times: int = 3) -> Measured:
    """Measure one image. CPU is the minimum of `times` runs, since other processes can only add to it."""
    work = Instructions(variants=recipe.variants, describe=True)
    done = process(data, work)
    seconds = []
    for _ in range(times):
        began = time.process_time()
        process(data, work)
        seconds.append(time.process_time() - began)
    made = [outcome for outcome in done.outcomes if isinstance(outcome, EncodedVariant)]
    return Measured(
        cpu_seconds=min(seconds),
        bytes_in=len(data),
        bytes_out=sum(len(picture.data) for picture in made),
        variants=len(made),
    )


@contextmanager
def without_resampler() -> Iterator[None]:
    """Run the block with the engine as it is on Linux on ARM."""
    with patch.object(resampling, "VECTORS", new=False), patch.object(resize, "VECTORS", new=False):
        yield


def cost(measured: Measured, *, fargate: Fargate, gb_per_vcpu: float, spot_part: float) -> Cost:
    """Return the cost of a million such images.

    Originals are kept for a week and results for a month. Each result is fetched once. The services never run on Spot.
    """
    vcpu_second = (fargate.vcpu + gb_per_vcpu * fargate.gb) / 3600 / USED
    on_spot = measured.cpu_seconds * spot_part
    on_demand = measured.cpu_seconds - on_spot + SERVICES_SECONDS
    stored = (measured.bytes_in * 7 / 30 + measured.bytes_out) / GB
    objects = 1 + measured.variants
    sent, fetched = measured.bytes_in / GB, measured.bytes_out / GB
    requests = API_REQUESTS + measured.variants
    return Cost(
        fargate=MILLION * on_demand * vcpu_second,
        spot=MILLION * on_spot * vcpu_second * prices.SPOT,
        s3=MILLION * (objects * (prices.S3_PUT + prices.S3_GET) + stored * prices.S3_GB_MONTH),
        sqs=MILLION * (QUEUE_REQUESTS * prices.SQS_REQUEST + FAIR_REQUESTS * prices.SQS_FAIR),
        dynamodb=MILLION * (WRITE_UNITS * prices.DYNAMODB_WRITE + READ_UNITS * prices.DYNAMODB_READ),
        events=MILLION * (prices.SNS_PUBLISH + prices.PIPE_REQUEST + prices.BUS_EVENT),
        cloudfront=MILLION
        * (
            fetched * prices.CLOUDFRONT_GB
            + sent * prices.CLOUDFRONT_TO_ORIGIN_GB
            + requests * prices.CLOUDFRONT_REQUEST
        ),
        guard=MILLION * (requests * prices.WAF_REQUEST + sent * prices.BALANCER_UNIT),
        network=MILLION * (WEBHOOK_BYTES * prices.NAT_GB + ENDPOINT_BYTES * prices.ENDPOINT_GB) / GB,
        logs=MILLION * LOG_BYTES / GB * prices.LOGS_GB,
    )


def photograph(size: tuple[int, int]) -> bytes:
    """Return a JPEG that compresses about as well as a photograph: smooth areas with fine grain."""
    width, height = size
    channels = []
    for spread in (60, 70, 80):
        areas = Image.effect_noise((width // 40, height // 40), spread).resize(size, Image.Resampling.BICUBIC)
        grain = Image.effect_noise(size, 12).filter(ImageFilter.GaussianBlur(0.8))
        channels.append(Image.blend(areas, grain, 0.3))
    written = io.BytesIO()
    Image.merge("RGB", channels).save(written, "JPEG", quality=88)
    return written.getvalue()


def million(measured: Measured, architecture: Architecture, processor: ProcessorSize) -> Cost:
    """Return the cost of a million such images with a stage's size of tasks."""
    return cost(
        measured,
        fargate=prices.FARGATE[architecture],
        gb_per_vcpu=processor.memory_mib / processor.cpu,
        spot_part=processor.spot_weight / 100,
    )


def line(label: str, preset: str, measured: Measured, costs: Cost) -> str:
    """Return a row of the table of costs."""
    found = [
        label,
        preset,
        f"{measured.cpu_seconds * 1000:.0f}",
        f"{measured.bytes_in / 1e6:.1f}",
        f"{measured.bytes_out / 1e6:.2f}",
        *(f"{usd:,.1f}" for usd in (*costs.sums, costs.total)),
    ]
    return f"| {' | '.join(found)} |"


def compared(label: str, preset: str, measured: dict[Architecture, Measured], processor: ProcessorSize) -> str:
    """Return a row of the table of architectures."""
    costs = [million(each, architecture, processor) for architecture, each in measured.items()]
    cpu = [f"{each.cpu_seconds * 1000:.0f}" for each in measured.values()]
    usd = [f"{each.fargate + each.spot:,.1f}" for each in costs]
    return f"| {' | '.join([label, preset, *cpu, *usd])} |"


def head(titles: tuple[str, ...]) -> list[str]:
    """Return the first two lines of a Markdown table."""
    return [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]


def main() -> None:
    """Measure, and print two tables: all costs on x86, and the cost of computing on x86 and on ARM."""
    if not resampling.VECTORS:
        sys.exit("The resampler is not installed; its CPU time cannot be measured here.")
    processor = load("prod", {}).processor
    presets = load_presets()
    lines, others = head(HEADS), head(COMPARED_HEADS)
    for label, size in SIZES.items():
        data = photograph(size)
        for preset in PRESETS:
            measured = {Architecture.X86_64: measure(data, presets[preset])}
            with without_resampler():
                measured[Architecture.ARM64] = measure(data, presets[preset])
            x86 = measured[Architecture.X86_64]
            lines.append(line(label, preset, x86, million(x86, Architecture.X86_64, processor)))
            others.append(compared(label, preset, measured, processor))
    sys.stdout.write("\n".join([*lines, "", *others]) + "\n")


if __name__ == "__main__":
    main()
