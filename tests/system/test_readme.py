"""The commands of the README, pasted into a shell beside the running system."""

from pathlib import Path

from darkroom_local.sample import write_sample
from darkroom_local.system import System
from tests.support.shown_commands import blocks_of, run_blocks, without_what_varies

README = Path(__file__).parents[2] / "README.md"


def test_readme_shows_what_its_commands_print(system: System, tmp_path: Path) -> None:
    write_sample(tmp_path / "out/sample.png")
    blocks = blocks_of(README)
    assert len(blocks) == README.read_text().count("```sh") == 2
    for block, printed in zip(blocks, run_blocks(blocks, tmp_path, url=system.url), strict=True):
        assert without_what_varies(printed) == without_what_varies(block.printed)
    assert {path.stem for path in tmp_path.glob("out/*/*.jpg")} >= {"resized", "90-degree"}
