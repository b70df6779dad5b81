"""The folder of test images that nobody of this project made. Tests that want it are skipped where it is absent."""

from pathlib import Path

import pytest

CORPUS = (Path(__file__).parents[2] / "../shared/corpus").resolve()

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no ../shared/corpus")


def corpus_files(pattern: str) -> list[Path]:
    """The files below the corpus that match the glob, sorted; none where it is absent."""
    return sorted(path for path in CORPUS.glob(pattern) if path.is_file())


def corpus_params(pattern: str) -> list[object]:
    """The same as parameters of a test, each with its name; one that is skipped where the corpus is absent."""
    files = corpus_files(pattern)
    if not files:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"there is no ../shared/corpus/{pattern}"))]
    return [pytest.param(path, id=f"{path.parent.name}-{path.name}") for path in files]
