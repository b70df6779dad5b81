"""Says which texts of the repository are hard to read. Run it in the root: `python -m tools.words [PATH…]`.

It reads Python (docstrings, comments, messages, test names), Markdown, and the comments of YAML, TOML, Makefile,
Dockerfiles and scripts. tools/words/words.toml lists what it looks for. codespell, with its settings in
pyproject.toml, checks the spelling of the same files. The exit status is 1 if there is a fault.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from tools.words.rules import faults_of, is_shown
from tools.words.texts import texts_of


def main() -> None:
    """Print the faults of the named files and folders, or of the whole repository."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.words", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file or folder; default: the whole repository")
    files = _files(parser.parse_args().paths)
    faults = [fault for path in files for fault in _faults(path)]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.flush()
    spelled = _is_spelled_well(files)
    sys.exit(1 if faults or not spelled else 0)


def _files(paths: list[str]) -> list[Path]:
    """List the files below the paths that git tracks or would add, without links."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - git, no shell
    files = (Path(name) for name in listed.split("\0") if name)
    return sorted(path for path in files if path.is_file() and not path.is_symlink())


def _faults(path: Path) -> list[str]:
    """List the faults of one file in the order of its lines."""
    if is_shown(path):
        return []
    try:
        source = path.read_text()
    except UnicodeDecodeError:  # An image.
        return []
    faults = sorted(fault for text in texts_of(path, source) for fault in faults_of(text))
    return [f"{path}:{fault.line}: {fault.says}" for fault in faults]


def _is_spelled_well(files: list[Path]) -> bool:
    """Run codespell, which prints what it finds."""
    command = [sys.executable, "-m", "codespell_lib", *map(str, files)]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - the pinned tool, no shell


if __name__ == "__main__":
    main()
