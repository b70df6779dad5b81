"""Finds the texts of a file that people read: docstrings, comments, messages, test names, prose of documents."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from pathlib import Path
from typing import Final


class Kind(StrEnum):
    """What a text is. Docstrings and test names have rules for their beginning."""

    DOCSTRING = auto()
    TEST_NAME = auto()
    """The name of a test function, without `test_` and with spaces for underscores."""
    MESSAGE = auto()
    """A string with a space in it: an error, a description in a schema, a help text."""
    PROSE = auto()
    """A document, or all comments of a file."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text, and the line of the file on which it begins, counted from 1. Code in backticks is left out."""

    kind: Kind
    line: int
    words: str


_HASH_SUFFIXES: Final = {".toml", ".yaml", ".yml"}
_HASH_NAMES: Final = {".dockerignore", ".editorconfig", ".gitignore", "Dockerfile", "Makefile"}
_HASH_FOLDERS: Final = {".ci", ".github"}
"""Folders whose files without a suffix are shell scripts."""
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def texts_of(path: Path, source: str) -> Iterator[Text]:
    """Yield the texts of a file; of an unknown type of file, none. Raises SyntaxError for broken Python."""
    if path.suffix == ".py":
        yield from _of_python(source)
    elif path.suffix == ".md":
        yield _prose(_outside_of_fences(source.splitlines()))
    elif path.suffix in _HASH_SUFFIXES or path.name in _HASH_NAMES or _is_script(path):
        yield _prose(_comment_of(line) for line in source.splitlines())


def _is_script(path: Path) -> bool:
    return not path.suffix and path.parts[0] in _HASH_FOLDERS


def _of_python(source: str) -> Iterator[Text]:
    tree = ast.parse(source)
    docstrings = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in docstrings:
                yield Text(kind=Kind.DOCSTRING, line=node.lineno, words=_without_code(node.value))
            elif " " in node.value.strip():
                yield Text(kind=Kind.MESSAGE, line=node.lineno, words=_without_code(node.value))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            name = node.name.removeprefix("test_").replace("_", " ")
            yield Text(kind=Kind.TEST_NAME, line=node.lineno, words=name)
    yield _prose(_comments(source))


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the strings that stand alone: docstrings, and those that follow an attribute or a constant."""
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, _Documented) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value


def _comments(source: str) -> list[str]:
    """List the comment of each line; an empty string where a line has none."""
    comments = [""] * len(source.splitlines())
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0] - 1] = token.string.lstrip("#! ")
    return comments


def _outside_of_fences(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a document, with empty ones for the code between fences."""
    is_code = False
    for line in lines:
        is_fence = line.lstrip().startswith("```")
        is_code ^= is_fence
        yield "" if is_code or is_fence else line


def _comment_of(line: str) -> str:
    found = re.search(r"(?:^|\s)#+ (.*)", line)
    return found[1] if found else ""


def _prose(lines: "Iterator[str] | list[str]") -> Text:
    return Text(kind=Kind.PROSE, line=1, words=_without_code("\n".join(lines)))


def _without_code(text: str) -> str:
    """Replace code between backticks by empty backticks."""
    return re.sub(r"`+[^`\n]+`+", "``", text)
