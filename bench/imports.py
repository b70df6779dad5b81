"""Count the modules and imports of each package, now and at a revision: `python -m bench.imports [REVISION]`.

A room is a module or package directly below a root package, such as `darkroom_upload.intake`. The counts tell how well
the folders show the architecture: a cycle of rooms means that none of them can be understood alone.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import grimp

ROOTS: Final = {
    "darkroom": "services/shared",
    "darkroom_upload": "services/upload",
    "darkroom_orchestrator": "services/orchestrator",
    "darkroom_processor": "services/processor",
    "darkroom_client": "clients/python",
    "darkroom_cli": "cli",
    "darkroom_local": "tools/local",
    "darkroom_cdk": "cdk",
}
"""The folder of each root package, relative to the root of the repository."""


@dataclass(frozen=True, kw_only=True)
class Census:
    """The counts of one root package."""

    modules: int
    flat: int
    """Modules directly below the root package, in no folder."""
    imports: int
    """Imports between modules of the package."""
    cycles: int
    """Groups of two or more rooms that all import one another, directly or not."""
    back_up: int
    """Imports inside such groups that run against the direction of most."""


def take_census(graph: grimp.ImportGraph, root: str) -> Census:
    """Return the counts of the package `root`."""
    modules = {module for module in graph.modules if module == root or module.startswith(f"{root}.")}
    imports = [
        (importer, imported)
        for importer in modules
        for imported in graph.find_modules_directly_imported_by(importer) & modules
    ]
    between = Counter((_room(importer), _room(imported)) for importer, imported in imports)
    cycles = find_cycles({(a, b): count for (a, b), count in between.items() if a != b and root not in (a, b)})
    return Census(
        modules=len(modules),
        flat=sum(module.count(".") == 1 and not graph.find_children(module) for module in modules),
        imports=len(imports),
        cycles=len(cycles),
        back_up=sum(_against_the_stream(cycle, between) for cycle in cycles),
    )


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def find_cycles(between: Mapping[tuple[str, str], int]) -> list[frozenset[str]]:
    """Return the groups of two or more rooms of which each reaches every other, given the imports between rooms."""
    rooms = {room for pair in between for room in pair}
    reached = {room: _reachable(room, between) for room in rooms}
    groups = {frozenset(b for b in reached[a] if a in reached[b]) for a in rooms}
    return [group for group in groups if len(group) > 1]


def _reachable(start: str, between: Mapping[tuple[str, str], int]) -> set[str]:
    found: set[str] = set()
    ahead = {start}
    while ahead:
        room = ahead.pop()
        new = {b for a, b in between if a == room} - found
        found |= new
        ahead |= new
    return found


def _against_the_stream(cycle: frozenset[str], between: Mapping[tuple[str, str], int]) -> int:
    def excess(room: str) -> int:
        return sum(between.get((room, other), 0) - between.get((other, room), 0) for other in cycle)

    order = sorted(cycle, key=lambda room: (-excess(room), room))
    return sum(between.get((lower, upper), 0) for i, upper in enumerate(order) for lower in order[i + 1 :])


def read_graph(repository: Path) -> tuple[grimp.ImportGraph, list[str]]:
    """Return the import graph of a checkout, and those of the root packages that it has."""
    present = {root: repository / folder for root, folder in ROOTS.items() if (repository / folder / root).is_dir()}
    paths = [str(folder) for folder in present.values()]
    sys.path[:0] = paths
    try:
        return grimp.build_graph(*present, cache_dir=None), list(present)
    finally:
        del sys.path[: len(paths)]


def check_out(revision: str, into: Path) -> None:
    """Unpack the files of a revision into a folder. Raises CalledProcessError if git does not know the revision."""
    archive = subprocess.run(["git", "archive", revision], check=True, capture_output=True).stdout  # noqa: S603, S607 - the caller's own git
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(into, filter="data")


def print_census(title: str, repository: Path) -> None:
    """Print a table of the counts, a line a package."""
    graph, roots = read_graph(repository)
    counts = {root: astuple(take_census(graph, root)) for root in roots}
    counts["all"] = tuple(map(sum, zip(*counts.values(), strict=True)))
    heads = "".join(f"{field.name.replace('_', ' '):>9}" for field in fields(Census))
    rows = [f"  {name:<22}" + "".join(f"{count:>9}" for count in row) for name, row in counts.items()]
    sys.stdout.write("\n".join([title, f"  {'package':<22}{heads}", *rows]) + "\n")


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("revision", nargs="?", help="a revision of git to print first")
    revision = parser.parse_args().revision
    if revision:
        with tempfile.TemporaryDirectory() as folder:
            check_out(revision, Path(folder))
            print_census(revision, Path(folder))
    print_census("working tree", Path.cwd())


if __name__ == "__main__":
    main()
