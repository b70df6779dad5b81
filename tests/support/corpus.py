"""A folder of test images from other projects. Tests that need it are skipped if it is absent."""

from pathlib import Path

import pytest

CORPUS = (Path(__file__).parents[2] / "../shared/corpus").resolve()

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no ../shared/corpus")


def corpus_files(pattern: str) -> list[Path]:
    """Return the sorted files of the corpus that match the glob; none if the corpus is absent."""
    return sorted(path for path in CORPUS.glob(pattern) if path.is_file())


def corpus_params(pattern: str) -> list[object]:
    """Return these files as parameters of a test, with their names. If there are none, the test is skipped."""
    files = corpus_files(pattern)
    if not files:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"there is no ../shared/corpus/{pattern}"))]
    return [pytest.param(path, id=f"{path.parent.name}-{path.name}") for path in files]
