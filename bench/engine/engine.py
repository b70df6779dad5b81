"""Measures Darkroom's pipeline against sharp: CPU and wall-clock time, bytes and quality, side by side in one run.

    npm ci --prefix bench/engine
    python -m bench.engine.engine [--repeat N] [--only CASE]

The pictures are those of sharp's own benchmark when ../shared/corpus is there, else generated ones of the same sizes.
Runs alternate, so that a busy machine is as busy for both.
"""

import argparse
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bench.engine.quality import psnr, reference, ssim
from darkroom.recipes import Variant, load_presets
from darkroom_processor.pipeline import Picture, Work, process
from tests.support import images

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS = ROOT / "../shared/corpus/photos"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to measure. `goal` is the highest share of sharp's CPU time that is aimed at."""

    name: str
    source: str
    variants: tuple[Variant, ...]
    goal: float


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run took; times in seconds."""

    cpu: float
    wall: float
    bytes: int


def one(width: int, **output: Any) -> tuple[Variant, ...]:
    """A variant of a width."""
    resize = {"op": "resize", "width": width}
    return (Variant.model_validate({"name": "it", "operations": [resize], "output": output}),)


def cases() -> list[Case]:
    """All of them. Their names are also the peer's."""
    presets = {name: recipe.variants for name, recipe in load_presets().items()}
    return [
        Case(name="jpeg 720 jpeg", source="jpg", variants=one(720, format="jpeg", quality=80), goal=1.1),
        Case(name="jpeg 720 webp", source="jpg", variants=one(720, format="webp", quality=80), goal=1.1),
        Case(name="jpeg 720 avif", source="jpg", variants=one(720, format="avif", quality=50), goal=0.5),
        Case(name="png 720 png", source="png", variants=one(720, format="png"), goal=1.3),
        Case(name="grayscale", source="jpg", variants=presets["grayscale"], goal=0.7),
        Case(name="augment", source="jpg", variants=presets["augment"], goal=1.0),
        Case(name="thumbnails", source="jpg", variants=presets["thumbnails"], goal=0.6),
        Case(name="web", source="jpg", variants=presets["web"], goal=0.6),
    ]


def source_files(folder: Path) -> dict[str, Path]:
    """The pictures by kind; stand-ins are put into the folder."""
    published = {kind: CORPUS / f"sharp-benchmark.{kind}" for kind in ("jpg", "png")}
    if all(path.is_file() for path in published.values()):
        return published
    files = {kind: folder / f"stand-in.{kind}" for kind in published}
    files["jpg"].write_bytes(images.encoded(images.photo(2725, 2225), "JPEG", quality=80))
    files["png"].write_bytes(images.encoded(images.photo(2048, 1536, "RGBA"), "PNG"))
    return files


def run_own(data: bytes, case: Case, output: Path | None = None) -> Run:
    """Darkroom, in this process."""
    cpu, wall = _cpu_seconds(), time.perf_counter()
    outcomes = process(data, Work(variants=case.variants, describe=False)).outcomes
    spent = _cpu_seconds() - cpu, time.perf_counter() - wall
    pictures = [outcome for outcome in outcomes if isinstance(outcome, Picture)]
    if output is not None:
        output.write_bytes(pictures[0].data)
    return Run(cpu=spent[0], wall=spent[1], bytes=sum(len(picture.data) for picture in pictures))


class Peer:
    """sharp, in a process of its own that lives as long as the measurement."""

    def __init__(self) -> None:
        if not (HERE / "node_modules").is_dir():
            raise SystemExit(f"The peer is not installed: run npm ci in {HERE.relative_to(ROOT)} first.")
        self._process = subprocess.Popen(  # noqa: S603 - the peer is the project's own
            ["node", str(HERE / "peer.mjs")],  # noqa: S607 - node is found where the user has it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, source: Path, case: Case, output: Path | None = None) -> Run:
        """One run of a case."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the peer has no pipes")
        request = {"source": str(source), "case": case.name, "output": str(output) if output else None}
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        return Run(**json.loads(stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def compare(case: Case, source: Path, peer: Peer, folder: Path, repeat: int) -> list[str]:
    """One row of the table."""
    data = source.read_bytes()
    own_file, peer_file = folder / "own", folder / "peer"
    own, other = [run_own(data, case, own_file)], [peer.run(source, case, peer_file)]
    for _ in range(repeat):
        own.append(run_own(data, case))
        other.append(peer.run(source, case))
    own_cpu, peer_cpu = _median([run.cpu for run in own[1:]]), _median([run.cpu for run in other[1:]])
    ratio = own_cpu / peer_cpu
    qualities = [_quality(data, path) for path in (own_file, peer_file)]
    return [
        case.name,
        f"{own_cpu * 1000:.0f}",
        f"{peer_cpu * 1000:.0f}",
        f"{ratio:.2f}",
        f"{case.goal:.1f}",
        "yes" if ratio <= case.goal else "no",
        f"{_median([run.wall for run in own[1:]]) * 1000:.0f}",
        f"{_median([run.wall for run in other[1:]]) * 1000:.0f}",
        f"{own[0].bytes / 1000:.1f}",
        f"{other[0].bytes / 1000:.1f}",
        *(f"{decibels:.1f}" for decibels, _ in qualities),
        *(f"{similarity:.4f}" for _, similarity in qualities),
    ]


def _quality(source: bytes, result: Path) -> tuple[float, float]:
    """PSNR and SSIM of a case's first result; of a letterboxed one, of what is in the box."""
    opened = Image.open(io.BytesIO(result.read_bytes()))
    opened.load()
    picture = opened.convert("RGBA" if opened.has_transparency_data else "L" if opened.mode == "L" else "RGB")
    expected = _fitted(source, picture.size, picture.mode)
    return psnr(picture, expected), ssim(picture, expected)


def _fitted(source: bytes, size: tuple[int, int], mode: str) -> Image.Image:
    """The reference at this size: scaled as a whole, or letterboxed on white, or cut to a square."""
    with Image.open(io.BytesIO(source)) as image:
        width, height = image.size
    if size[0] != size[1]:
        return reference(source, size, mode)
    scale = (min if size[0] == 256 else max)(size[0] / width, size[1] / height)
    scaled = reference(source, (round(width * scale), round(height * scale)), mode)
    canvas = Image.new(mode, size, "white")
    canvas.paste(scaled, ((size[0] - scaled.width) // 2, (size[1] - scaled.height) // 2))
    return canvas


def _median(values: list[float]) -> float:
    return statistics.median(values)


TITLES = [
    "case",
    "CPU ms",
    "sharp",
    "ratio",
    "goal",
    "met",
    "wall ms",
    "sharp",
    "kB",
    "sharp",
    "dB",
    "sharp",
    "SSIM",
    "sharp",
]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15, help="runs of each case, after one to warm up")
    parser.add_argument("--only", default="", help="only cases whose name has this in it")
    arguments = parser.parse_args()
    peer = Peer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            files = source_files(Path(folder))
            rows = [TITLES] + [
                compare(case, files[case.source], peer, Path(folder), arguments.repeat)
                for case in cases()
                if arguments.only in case.name
            ]
    finally:
        peer.close()
    widths = [max(len(row[column]) for row in rows) for column in range(len(TITLES))]
    for row in rows:
        cells = [
            text.ljust(width) if not column else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


if __name__ == "__main__":
    main()
