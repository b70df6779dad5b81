"""Makes the parts of a release: `python -m tools.release version|notes|packages`. make dist and make notes call it."""

import argparse
import sys
from pathlib import Path

from tools.release.notes import NotReleasable, notes_of
from tools.release.packages import build
from tools.release.version import ROOT, version


def main() -> None:
    """Print the version or the notes, or build the packages. The exit status is 1 if they cannot be released."""
    arguments = _parser().parse_args()
    try:
        arguments.run(arguments)
    except NotReleasable as fault:
        sys.exit(str(fault))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("version", help="print the version").set_defaults(run=_version)
    notes = commands.add_parser("notes", help="print the changelog's section of the version")
    notes.add_argument("--tag", help="fail unless this is the tag of the version")
    notes.set_defaults(run=_notes)
    packages = commands.add_parser("packages", help="build the published packages of a commit")
    packages.add_argument("--commit", default="HEAD", help="default: %(default)s")
    packages.add_argument("--output", type=Path, default=Path("dist"), metavar="DIR", help="default: %(default)s")
    packages.set_defaults(run=_packages)
    return parser


def _version(_: argparse.Namespace) -> None:
    sys.stdout.write(f"{version()}\n")


def _notes(arguments: argparse.Namespace) -> None:
    sys.stdout.write(notes_of(version(), (ROOT / "CHANGELOG.md").read_text(), tag=arguments.tag))


def _packages(arguments: argparse.Namespace) -> None:
    build(ROOT, arguments.commit, arguments.output)


if __name__ == "__main__":
    main()
