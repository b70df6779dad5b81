"""The rules for words, on texts that break them and texts that keep them."""

from pathlib import Path

import pytest

from tools.words.rules import LONGEST_TEST_NAME, faults_of
from tools.words.texts import texts_of


def faults(source: str, name: str = "module.py") -> list[str]:
    """List what is wrong with a file of this name and content, each with its line."""
    found = sorted(fault for text in texts_of(Path(name), source) for fault in faults_of(text))
    return [f"{fault.line}: {fault.says}" for fault in found]


@pytest.mark.parametrize(
    "docstring",
    [
        "Of the rectangle.",
        "For whom somebody waits.",
        "Which of the keys.",
        "In pixels.",
        "Not by its name.",
        "Where the services listen.",
        "When it is over.",
        "So that nothing is lost.",
    ],
)
def test_docstring_that_begins_like_a_fragment_is_a_fault(docstring: str) -> None:
    (fault,) = faults(f'"""{docstring}"""\n')
    assert fault.startswith(f'1: A docstring begins with "{docstring.split(maxsplit=1)[0].lower()}".')


@pytest.mark.parametrize(
    "docstring",
    [
        "Width of the rectangle, in `unit`.",
        "Return the key of the object.",
        "If the job is over, nothing happens.",
        "When the queue is empty, wait.",
        "On AWS, the load balancer asks for this.",
        "In a test, no process is started.",
        "`of` is a field.",
    ],
)
def test_docstring_that_is_a_sentence_or_names_a_thing_is_no_fault(docstring: str) -> None:
    assert faults(f'"""{docstring}"""\n') == []


def test_docstrings_of_classes_functions_attributes_and_constants_are_read() -> None:
    source = (
        "LIMIT = 1\n"
        '"""Of bytes."""\n'
        "class Key:\n"
        '    """Of an owner."""\n'
        "    name: str\n"
        '    """By which it is found."""\n'
        "    async def find(self) -> None:\n"
        '        """From the table."""\n'
    )
    assert [fault.partition(":")[0] for fault in faults(source)] == ["2", "4", "6", "8"]


def test_other_strings_may_begin_with_any_word() -> None:
    assert faults('raise ValueError("Of 10 jobs, 10 are used.")\n') == []


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("# It is read anew.\n", 1, "anew"),
        ('"""Read a file.\n\nWhoever asks reads it.\n"""\n', 3, "Whoever"),
        ('raise ValueError("There are so many of them.")\n', 1, "so many"),
        ('raise ValueError(f"{key} has not the scope.")\n', 1, "has not the"),
        ("# There are so\n# many of them.\n", 1, "so many"),
        ("def test_what_would_else_be_lost_is_kept() -> None: ...\n", 1, "would else"),
    ],
)
def test_discouraged_words_are_found_in_comments_docstrings_messages_and_test_names(
    source: str, line: int, words: str
) -> None:
    (fault,) = faults(source)
    assert fault.startswith(f'{line}: "{words}" is hard to read. Instead: ')


def test_names_in_code_are_not_read() -> None:
    assert faults("anew = 1\nwhoever(anew)\n") == []


def test_code_in_backticks_is_not_read() -> None:
    assert faults('"""Call `anew`, or ``whoever``."""\n') == []


def test_late_reports_are_not_taken_for_a_phrase_about_time() -> None:
    assert len(faults("# Nothing came of late.\n")) == 1
    assert faults("# The fate of late reports.\n") == []


def test_test_name_must_not_begin_with_a_preposition() -> None:
    (fault,) = faults("def test_of_two_jobs_one_wins() -> None: ...\n")
    assert fault.startswith('1: A test name begins with "of".')


def test_test_name_has_a_greatest_length() -> None:
    longest = "test_" + "a" * (LONGEST_TEST_NAME - len("test_"))
    assert faults(f"def {longest}() -> None: ...\n") == []
    assert faults(f"def {longest}a() -> None: ...\n") == ["1: A test name is longer than 90 characters."]


def test_documents_are_read_outside_of_code() -> None:
    document = "# Title\n\n```sh\necho anew\n```\n\nCall `anew`.\nIt begins anew.\n"
    assert faults(document, "page.md") == ['8: "anew" is hard to read. Instead: again.']


@pytest.mark.parametrize("name", ["Makefile", "services/upload/Dockerfile", ".github/smoke", "a.yml", "a.toml"])
def test_comments_of_other_files_are_read(name: str) -> None:
    assert faults("anew: 1\nb: 2 # Begins anew.\n", name) == ['2: "anew" is hard to read. Instead: again.']


def test_files_of_unknown_types_have_no_texts() -> None:
    assert faults("It begins anew.\n", "data.csv") == []
