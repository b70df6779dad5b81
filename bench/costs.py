"""What a million images cost in AWS, by size and preset: `python -m bench.costs`.

CPU seconds and bytes are measured here, on made photographs. A vCPU of Fargate is taken to be as fast as a core of this
machine, which is the largest uncertainty. Prices are list prices of us-east-1, each beside its unit; free tiers and
discounts are left out. They were looked up in November 2026 in pages that quote AWS's own, since those show prices to
browsers only; what could not be found there says so.
"""

import io
import sys
import time
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFilter

from darkroom.recipes import Recipe
from darkroom.recipes.presets import load_presets
from darkroom_cdk.config import load
from darkroom_processor.pipeline.process import process
from darkroom_processor.pipeline.work import Picture, Work

MILLION: Final = 1_000_000
GB: Final = 1e9

# USD. Fargate, Linux on ARM, an hour (vantage.sh/blog/fargate-pricing).
VCPU_HOUR: Final = 0.03238
GB_HOUR: Final = 0.00356
SPOT: Final = 0.35
"""Spot's part of the price; it moves, and is "up to 70 %" less (wring.co/blog/aws-fargate-pricing-guide)."""
# PUT: cloudkaramchari.com on S3 pricing. The other prices of S3 and that of SQS were not found: check them.
S3_PUT: Final = 0.005 / 1000
S3_GET: Final = 0.0004 / 1000
S3_GB_MONTH: Final = 0.023
SQS_REQUEST: Final = 0.40 / MILLION
# On demand, since November 2024 (airbyte.com/data-engineering-resources/dynamodb-pricing).
DYNAMODB_WRITE: Final = 0.625 / MILLION
DYNAMODB_READ: Final = 0.125 / MILLION
# The first 10 TB to North America and Europe, and HTTPS (kindatechnical.com, "CloudFront Pricing").
CLOUDFRONT_GB: Final = 0.085
CLOUDFRONT_REQUEST: Final = 1.00 / MILLION
LOGS_GB: Final = 0.50
"""Not found: check it."""

USED: Final = 0.7
"""Part of the paid CPU that works: scaling runs behind the load."""
SERVICES_SECONDS: Final = 0.03
"""CPU of upload and orchestrator for one image; `make bench` measures it."""
QUEUE_REQUESTS: Final = 12
"""Four messages (arrived, task, started, finished), each sent, received and deleted; batches make it less."""
WRITE_UNITS: Final = 20
"""Four writes of a 3 KB item, and of the index entries that they change."""
READ_UNITS: Final = 8
"""Consistent reads: the orchestrator's, and a client that polls a few times."""
LOG_BYTES: Final = 3000

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
    s3: float
    sqs: float
    dynamodb: float
    cloudfront: float
    logs: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.fargate + self.s3 + self.sqs + self.dynamodb + self.cloudfront + self.logs


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
    """A million of these: originals kept a week, results kept a month and each fetched once."""
    hour = (VCPU_HOUR + gb_per_vcpu * GB_HOUR) * (spot_part * SPOT + 1 - spot_part)
    cpu_hours = (measured.cpu_seconds + SERVICES_SECONDS) / 3600 / USED
    stored = (measured.bytes_in * 7 / 30 + measured.bytes_out) / GB
    requests = (1 + measured.variants) * S3_PUT + (1 + measured.variants) * S3_GET
    return Cost(
        fargate=MILLION * cpu_hours * hour,
        s3=MILLION * (requests + stored * S3_GB_MONTH),
        sqs=MILLION * QUEUE_REQUESTS * SQS_REQUEST,
        dynamodb=MILLION * (WRITE_UNITS * DYNAMODB_WRITE + READ_UNITS * DYNAMODB_READ),
        cloudfront=MILLION * (measured.bytes_out / GB * CLOUDFRONT_GB + measured.variants * CLOUDFRONT_REQUEST),
        logs=MILLION * LOG_BYTES / GB * LOGS_GB,
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


def main() -> None:
    """Measure and print the table."""
    processor = load("prod", {}).processor
    presets = load_presets()
    heads = [
        "size",
        "preset",
        "CPU ms",
        "MB in",
        "MB out",
        "Fargate",
        "S3",
        "SQS",
        "DynamoDB",
        "CloudFront",
        "logs",
        "total",
    ]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for label, size in SIZES.items():
        data = photograph(size)
        for preset in PRESETS:
            measured = measure(data, presets[preset])
            million = cost(
                measured,
                gb_per_vcpu=processor.memory_mib / processor.cpu,
                spot_part=processor.spot_weight / 100,
            )
            sums = (
                million.fargate,
                million.s3,
                million.sqs,
                million.dynamodb,
                million.cloudfront,
                million.logs,
                million.total,
            )
            lines.append(
                f"| {label} | {preset} | {measured.cpu_seconds * 1000:.0f} | {measured.bytes_in / 1e6:.1f} "
                f"| {measured.bytes_out / 1e6:.2f} | " + " | ".join(f"{usd:,.1f}" for usd in sums) + " |"
            )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
