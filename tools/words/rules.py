"""The rules: with which words a text must not begin, and which it must not contain. words.toml has the words."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.words.texts import Kind, Text

LONGEST_TEST_NAME: Final = 90
"""Characters of a test's name, `test_` included."""

_WORDS: Final = tomllib.loads(Path(__file__).with_name("words.toml").read_text())
_FRAGMENTS: Final = frozenset(_WORDS["fragments"].split())
_CLAUSES: Final = frozenset(_WORDS["clauses"].split())
_PLACES: Final = re.compile(
    rf"({'|'.join(_WORDS['places'].split())})\b[^,.:;]+, (an?|all|each|every|it|its|no|the|their|they|this)\b",
    re.IGNORECASE,
)
_TEST_NAMES: Final = frozenset(_WORDS["test_names"].split())
_INSTEAD: Final[list[tuple[re.Pattern[str], str]]] = [
    (re.compile(rf"\b(?:{words})\b".replace(" ", r"\s+"), re.IGNORECASE), instead)
    for words, instead in _WORDS["instead"].items()
]


@dataclass(frozen=True, order=True)
class Fault:
    """The line of a file, counted from 1, and a sentence that says what is wrong there."""

    line: int
    says: str


def is_shown(path: Path) -> bool:
    """Whether the file shows faulty texts on purpose."""
    return path.as_posix() in _WORDS["shown"]


def faults_of(text: Text) -> Iterator[Fault]:
    """Yield the faults of a text."""
    if text.kind is Kind.DOCSTRING:
        yield from _beginning_of_docstring(text)
    if text.kind is Kind.TEST_NAME:
        yield from _test_name(text)
    for pattern, instead in _INSTEAD:
        for found in pattern.finditer(text.words):
            line = text.line + text.words.count("\n", 0, found.start())
            yield Fault(line, f'"{_on_one_line(found[0])}" is hard to read. Instead: {instead}.')


def _beginning_of_docstring(text: Text) -> Iterator[Fault]:
    words = _on_one_line(text.words)
    first = _first_word(words)
    is_fragment = first in _FRAGMENTS and not _PLACES.match(words)
    if first in _CLAUSES:
        is_fragment = not re.match(r"[^.:;]*,", words)
    if is_fragment:
        yield Fault(text.line, f'A docstring begins with "{first}". Write a sentence with a verb, or name the thing.')


def _test_name(text: Text) -> Iterator[Fault]:
    first = _first_word(text.words)
    if first in _TEST_NAMES:
        yield Fault(text.line, f'A test name begins with "{first}". Write a sentence: subject, verb, object.')
    if len("test_" + text.words) > LONGEST_TEST_NAME:
        yield Fault(text.line, f"A test name is longer than {LONGEST_TEST_NAME} characters.")


def _first_word(text: str) -> str:
    return text.partition(" ")[0].strip(",;:.").lower()


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
