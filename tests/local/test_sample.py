"""The sample image."""

from pathlib import Path

from PIL import Image

from darkroom_local.sample import write_sample


def test_the_sample_is_a_sound_and_colourful_png(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sample.png"
    write_sample(path)
    with Image.open(path) as image:
        image.load()
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (640, 480))
        assert len(image.getcolors(maxcolors=640 * 480) or []) > 100_000
