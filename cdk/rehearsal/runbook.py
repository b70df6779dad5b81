"""Runs the programs in the documentation for operators exactly as they are written there."""

import asyncio
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Final

_DOCS: Final = Path(__file__).parents[2] / "docs"


async def run_program(page: str, heading: str, *arguments: str) -> None:
    """Run the Python program in the section `heading` of a page. Raises CalledProcessError."""
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _program(page, heading), *arguments], check=True)


def _program(page: str, heading: str) -> str:
    section = (_DOCS / page).read_text().partition(f"\n{heading}\n")[2]
    (program,) = re.findall(r"<<'EOF'\n(.*?)\n *EOF\n", section.partition("\n## ")[0], re.DOTALL)
    return textwrap.dedent(program)
