"""What a million images cost in AWS, by size and preset: `python -m bench.costs`. What stands still: `bench.standing`.

CPU seconds and bytes are measured here, on made photographs. A vCPU of Fargate is taken to be as fast as a core of this
machine, which is the largest uncertainty.
"""

import io
import sys
import time
from dataclasses import dataclass, fields
from typing import Final

from PIL import Image, ImageFilter

from bench import prices
from bench.prices import MILLION
from darkroom.recipes import Recipe
from darkroom.recipes.presets import load_presets
from darkroom_cdk.config import ProcessorSize
from darkroom_cdk.stages import load
from darkroom_processor.pipeline.process import process
from darkroom_processor.pipeline.work import Picture, Work

GB: Final = 1e9

USED: Final = 0.7
"""Part of the paid CPU that works: scaling aims at 80 % and runs behind the load (`bench.simulate_scaling`)."""
SERVICES_SECONDS: Final = 0.03
"""CPU of upload and orchestrator for one image: some twenty calls of AWS at 1.5 ms each."""
QUEUE_REQUESTS: Final = 15
"""Five messages (arrived, task, started, finished, event), each sent, received and deleted; batches make it less."""
FAIR_REQUESTS: Final = 12
"""Those of them whose messages name their owner's group."""
API_REQUESTS: Final = 4
"""The upload, and a client that asks three times."""
WRITE_UNITS: Final = 20
"""Four writes of a 3 KB item, and of the index entries that they change."""
READ_UNITS: Final = 8
"""Consistent reads: the orchestrator's, and a client that polls a few times."""
LOG_BYTES: Final = 3000
ENDPOINT_BYTES: Final = 30_000
"""Requests and answers of SQS and SNS, and log lines, through interface endpoints."""
WEBHOOK_BYTES: Final = 4000
"""With its TLS handshake: all that goes through the NAT."""

SIZES: Final = {"1 MP": (1224, 816), "6 MP": (3000, 2000), "12 MP": (4242, 2828), "24 MP": (6000, 4000)}
PRESETS: Final = ("thumbnails", "web", "augment", "optimize")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One image through one preset."""

    cpu_seconds: float
    bytes_in: int
    bytes_out: int
    variants: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """USD for a million images."""

    fargate: float
    spot: float
    s3: float
    sqs: float
    dynamodb: float
    events: float
    """SNS, the pipe and the event bus."""
    cloudfront: float
    guard: float
    """WAF and the load balancer's capacity units."""
    network: float
    """NAT and interface endpoints, by the byte."""
    logs: float

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.sums)

    @property
    def sums(self) -> list[float]:
        """Each of them, in the order of the table."""
        return [float(getattr(self, each.name)) for each in fields(self)]


HEADS: Final = (
    "size", "preset", "CPU ms", "MB in", "MB out",
    "Fargate", "Spot", "S3", "SQS", "DynamoDB", "events", "CloudFront", "WAF, ALB", "NAT, endpoints", "logs", "total",
)  # fmt: skip


def measure(data: bytes, recipe: Recipe, *, times: int = 3) -> Measured:
    """The least CPU of a few runs; other processes can only add to it."""
    work = Work(variants=recipe.variants, describe=True)
    done = process(data, work)
    seconds = []
    for _ in range(times):
        began = time.process_time()
        process(data, work)
        seconds.append(time.process_time() - began)
    made = [outcome for outcome in done.outcomes if isinstance(outcome, Picture)]
    return Measured(
        cpu_seconds=min(seconds),
        bytes_in=len(data),
        bytes_out=sum(len(picture.data) for picture in made),
        variants=len(made),
    )


def cost(measured: Measured, *, gb_per_vcpu: float, spot_part: float) -> Cost:
    """A million of these: originals kept a week, results a month and each fetched once; the services never on Spot."""
    vcpu_hour = (prices.VCPU_HOUR + gb_per_vcpu * prices.GB_HOUR) / 3600 / USED
    on_spot = measured.cpu_seconds * spot_part
    on_demand = measured.cpu_seconds - on_spot + SERVICES_SECONDS
    stored = (measured.bytes_in * 7 / 30 + measured.bytes_out) / GB
    objects = 1 + measured.variants
    sent, fetched = measured.bytes_in / GB, measured.bytes_out / GB
    requests = API_REQUESTS + measured.variants
    return Cost(
        fargate=MILLION * on_demand * vcpu_hour,
        spot=MILLION * on_spot * vcpu_hour * prices.SPOT,
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
    """A JPEG about as hard to compress as a photograph: smooth areas with fine grain."""
    width, height = size
    channels = []
    for spread in (60, 70, 80):
        areas = Image.effect_noise((width // 40, height // 40), spread).resize(size, Image.Resampling.BICUBIC)
        grain = Image.effect_noise(size, 12).filter(ImageFilter.GaussianBlur(0.8))
        channels.append(Image.blend(areas, grain, 0.3))
    written = io.BytesIO()
    Image.merge("RGB", channels).save(written, "JPEG", quality=88)
    return written.getvalue()


def line(label: str, preset: str, measured: Measured, processor: ProcessorSize) -> str:
    """A row of the table."""
    million = cost(measured, gb_per_vcpu=processor.memory_mib / processor.cpu, spot_part=processor.spot_weight / 100)
    found = [
        label,
        preset,
        f"{measured.cpu_seconds * 1000:.0f}",
        f"{measured.bytes_in / 1e6:.1f}",
        f"{measured.bytes_out / 1e6:.2f}",
        *(f"{usd:,.1f}" for usd in (*million.sums, million.total)),
    ]
    return f"| {' | '.join(found)} |"


def main() -> None:
    """Measure and print the table."""
    processor = load("prod", {}).processor
    presets = load_presets()
    lines = [f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    for label, size in SIZES.items():
        data = photograph(size)
        lines += [line(label, preset, measure(data, presets[preset]), processor) for preset in PRESETS]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
