"""Documents, docstrings and comments name only modules, files and commands that exist."""

import ast
import importlib
import importlib.util
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import click

from darkroom_cli.extra_command import ExtraCommand
from darkroom_cli.main import darkroom

ROOT = Path(__file__).parents[1]
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
).stdout.split()
FILES = [name for name in TRACKED if (ROOT / name).is_file()]
FOLDERS = {str(parent) for name in FILES for parent in Path(name).parents}
SUFFIXES = {Path(name).suffix for name in FILES if Path(name).suffix}
DOCUMENTS = [name for name in FILES if name.endswith(".md")]
MODULES = [name for name in FILES if name.endswith(".py")]
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))

MADE = re.compile(r"out/|cdk\.out/|cdk/cdk\.out/|\.\./|/|~|(?:.*/)?(?:node_modules|\.venv)\b")
"""Paths that are not in the repository."""
ELSEWHERE = {"receiver.py", "_client.py"}
"""Files of readers and of other projects."""


class Reference(NamedTuple):
    """A file, and what it names."""

    file: str
    said: str


def code_spans(text: str) -> Iterator[str]:
    """Yield what stands in backticks on one line, and paths that stand without them."""
    yield from re.findall(r"`+([^`\n]+)`+", text)
    yield from re.findall(r"(?<![\w/`.-])(?:bench|cdk|cli|docs|services|tests|tools)/[\w./-]*\w\.\w+(?![\w`/])", text)


def spans_of(name: str) -> Iterator[str]:
    """Yield what a document, or the docstrings and comments of a module, put in backticks or between fences."""
    source = (ROOT / name).read_text()
    if name.endswith(".md"):
        outside = re.sub(r"^ *```.*?^ *```$", "", source, flags=re.MULTILINE | re.DOTALL)
        yield from code_spans(outside)
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from code_spans(node.value.value)
    with (ROOT / name).open("rb") as file:
        comments = [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    yield from (span for comment in comments for span in code_spans(comment))


def commands_of(name: str) -> Iterator[str]:
    """Yield the lines of a file's fenced blocks, and what it puts in backticks."""
    yield from spans_of(name)
    if name.endswith(".md"):
        for block in re.findall(
            r"^ *```(?:sh|bash|console)\n(.*?)^ *```$", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL
        ):
            yield from block.splitlines()


REFERENCES = [Reference(name, span) for name in (*DOCUMENTS, *MODULES) for span in spans_of(name)]
COMMANDS = [Reference(name, line) for name in (*DOCUMENTS, *MODULES) for line in commands_of(name)]


@cache
def resolves(dotted: str) -> bool:
    """Tell whether a dotted name is a module, or an attribute of one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            continue
        if found:
            return has_attribute(importlib.import_module(module), parts[length:])
    return False


def has_attribute(owner: object, names: list[str]) -> bool:
    if not names:
        return True
    fields = getattr(owner, "model_fields", {}) | getattr(owner, "__annotations__", {})
    if names[0] in fields:
        return len(names) == 1
    return hasattr(owner, names[0]) and has_attribute(getattr(owner, names[0]), names[1:])


def exists(path: str) -> bool:
    """Tell whether a path, or the end of one, is in the repository. `*` stands for any name."""
    pattern = re.compile(r"(?:.*/)?" + re.escape(path.rstrip("/")).replace(r"\*", "[^/]*"))
    return any(pattern.fullmatch(name) for name in (*FILES, *FOLDERS))


def is_path(span: str) -> bool:
    """Tell whether a span looks like a file or a folder of the repository."""
    if not re.fullmatch(r"\.?[\w*-][\w.*-]*(?:/[\w.*-]+)*/?", span) or MADE.match(span) or span in ELSEWHERE:
        return False
    first = span.partition("/")[0]
    if "/" in span and (ROOT / first).is_dir() and first in {name.partition("/")[0] for name in FILES}:
        return True
    return Path(span).suffix in {".py", ".toml", ".yml", ".js", ".mjs", ".lock"} and not span.startswith(".")


def test_modules_and_names_in_them_exist() -> None:
    dotted = re.compile(r"darkroom(?:_\w+)?(?:\.\w+)+|(?:bench|tests|tools)(?:\.\w+)+")
    named = [one for one in REFERENCES if dotted.fullmatch(one.said) and not is_path(one.said)]
    assert len(named) > 80
    assert [one for one in named if not resolves(one.said)] == []


def test_files_and_folders_exist() -> None:
    named = [one for one in REFERENCES if is_path(one.said)]
    assert len(named) > 150
    assert [one for one in named if not exists(one.said)] == []


def test_targets_of_make_exist() -> None:
    named = [
        Reference(file, target) for file, line in COMMANDS for target in re.findall(r"\bmake ([a-z][a-z-]+)", line)
    ]
    assert len(named) > 50
    assert [one for one in named if one.said not in TARGETS] == []


def test_modules_that_python_runs_exist() -> None:
    named = [Reference(file, name) for file, line in COMMANDS for name in re.findall(r"python3? -m ([\w.]+)", line)]
    assert len(named) > 5
    assert [one for one in named if importlib.util.find_spec(one.said) is None] == []


def test_commands_of_darkroom_exist() -> None:
    named = [one for one in COMMANDS if re.match(r"(?:\$ )?(?:\w+=\S+ )*darkroom [a-z]", one.said)]
    assert len(named) > 20
    assert [one for one in named if not is_command(re.split(r"darkroom ", one.said, maxsplit=1)[1].split())] == []


def is_command(words: list[str]) -> bool:
    """Tell whether the command line knows the command, and the options that follow it."""
    context = click.Context(darkroom)
    command: click.Command = darkroom
    while isinstance(command, click.Group) and words and re.match(r"[a-z]", words[0]):
        found = command.get_command(context, words[0].strip(",;"))
        if found is None:
            return False
        command = found._load() if isinstance(found, ExtraCommand) else found
        words = words[1:]
    known = {name for parameter in command.get_params(context) for name in (*parameter.opts, *parameter.secondary_opts)}
    return {word.partition("=")[0] for word in words if word.startswith("--")} <= known


def test_identifiers_exist_in_the_code() -> None:
    code = {name for file in FILES if not file.endswith(".md") for name in identifiers(file)}
    pages = [one for one in REFERENCES if re.fullmatch(r"(?:docs/[^/]*|README)\.md", one.file)]
    named = [one for one in pages if re.fullmatch(r"(?!test_)[a-z]+(?:_[a-z0-9]+)+", one.said)]
    assert len(named) > 100
    assert [one for one in named if one.said not in code] == []


def identifiers(name: str) -> set[str]:
    """Return the words of a file; none of an image."""
    try:
        return set(re.findall(r"\w+", (ROOT / name).read_text()))
    except UnicodeDecodeError:
        return set()
