"""`darkroom try`, with the real pipeline in its sandbox."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from darkroom.recipes import load_presets
from darkroom_cli import trial
from darkroom_cli.main import darkroom
from tools.testbed.images import jpeg, opened

pytestmark = pytest.mark.slow

SMALL = '{"variants": [{"name": "small", "folder": "a/b", "operations": [{"op": "resize", "width": 40}]}]}'


def run(*words: str | Path, status: int = 0, text: str | None = None) -> Result:
    result = CliRunner().invoke(darkroom, ["try", *map(str, words)], input=text)
    assert result.exit_code == status, (result.output, result.exception)
    return result


def documents(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "Ærø cat.jpg"
    path.write_bytes(jpeg(400, 300))
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_preset_makes_its_variants_in_their_folders(photo: Path, output: Path) -> None:
    (tried,) = documents(run("augment", photo, "--output", output, "--json"))
    folders = [variant.result_folder for variant in load_presets()["augment"].variants]
    assert files(output) == sorted(f"{folder}/Ærø-cat.jpg" for folder in folders)
    for variant in tried["variants"]:
        data = Path(variant["file"]).read_bytes()
        assert (variant["bytes"], (variant["width"], variant["height"])) == (len(data), opened(data).size)
    assert (tried["error"], tried["source"]["width"], tried["source"]["format"]) == (None, 400, "jpeg")
    assert 0 < sum(variant["cpu_ms"] for variant in tried["variants"]) <= tried["cpu_ms"]


def test_table_tells_what_each_variant_became(photo: Path, output: Path) -> None:
    heading, row, total = run("-", photo, "--output", output, text=SMALL).stdout.splitlines()
    assert heading.split() == ["photo", "variant", "format", "width", "height", "bytes", "cpu_ms", "file", "remark"]
    assert "small" in row
    assert str(output / "a" / "b" / "Ærø-cat.jpg") in row
    assert total.startswith(f"{photo}: ")


def test_animation_stays_one(tmp_path: Path, output: Path) -> None:
    animation = tmp_path / "moving.gif"
    first, *others = [Image.new("P", (60, 40), number) for number in range(5)]
    first.putpalette([value for number in range(256) for value in (number * 50 % 256, 100, 50)])
    for frame in others:
        frame.putpalette(first.getpalette() or [])
    first.save(animation, save_all=True, append_images=others, duration=80, loop=0)
    run("grayscale", animation, "--output", output)
    (made,) = output.rglob("*.gif")
    with Image.open(made) as shown:
        assert getattr(shown, "n_frames", 1) == 5


def test_image_of_twelve_megapixels_is_cut_into_tasks_as_a_job_is(tmp_path: Path, output: Path) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(jpeg(4000, 3000))
    (tried,) = documents(run("web", large, "--output", output, "--json"))
    assert len(tried["variants"]) == len(files(output)) == len(load_presets()["web"].variants)
    assert not [variant for variant in tried["variants"] if variant["error"]]


def test_broken_photo_is_reported_by_code_and_stops_no_other(photo: Path, tmp_path: Path, output: Path) -> None:
    broken, text = tmp_path / "broken.jpg", tmp_path / "notes.txt"
    broken.write_bytes(photo.read_bytes()[:500])
    text.write_text("This is text.")
    result = run("thumbnails", broken, text, photo, "--output", output, "--json", status=3)
    codes = [one["error"] and one["error"]["code"] for one in documents(result)]
    assert codes == ["truncated_image", "undecodable_image", None]
    assert {variant["error"]["code"] for variant in documents(result)[0]["variants"]} == {"truncated_image"}
    assert len(files(output)) == 4
    first, second = result.stderr.splitlines()
    assert first.startswith(f"Error: {broken}: Not all results were made.")
    assert second.startswith(f"{text}: Not all results were made.")


def test_variant_that_fails_leaves_the_others(photo: Path, output: Path) -> None:
    tiny = '{"name": "tiny", "output": {"format": "jpeg", "max_bytes": 100}}'
    recipe = f'{{"variants": [{tiny}, {{"name": "copy"}}]}}'
    result = run("-", photo, "--output", output, status=3, text=recipe)
    assert "(output_limit)" in result.stdout
    assert files(output) == ["copy/Ærø-cat.jpg"]


def test_warning_is_shown_by_its_code(tmp_path: Path, output: Path) -> None:
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((64, 48), 90).convert("RGB").save(turned, quality=5, exif=exif)
    (tried,) = documents(run("-", turned, "--output", output, "--json", text='{"variants": [{"name": "copy"}]}'))
    assert tried["variants"][0]["warnings"] in ([], ["larger_than_source"])
    assert (tried["variants"][0]["width"], tried["variants"][0]["height"]) == (48, 64)


def test_a_numbered_name_does_not_overwrite_a_photo_of_that_name() -> None:
    photos = tuple(Path(name) for name in ("x/a.jpg", "y/a.jpg", "z/a-2.jpg"))
    assert list(trial._stems(photos)) == ["a", "a-2", "a-2-2"]


def test_photos_of_the_same_name_do_not_overwrite_each_other(photo: Path, tmp_path: Path, output: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(SMALL)
    run(recipe, photo, photo, "--output", output)
    assert files(output) == ["a/b/Ærø-cat-2.jpg", "a/b/Ærø-cat.jpg"]


def test_recipe_with_a_fault_is_refused_with_its_place(photo: Path, output: Path) -> None:
    result = run("-", photo, "--output", output, status=1, text=SMALL.replace("40", "0"))
    assert result.stderr.splitlines()[0].endswith("(invalid_recipe)")
    assert "  /variants/0/operations/0/width: " in result.stderr
    assert files(output) == []


def test_missing_recipe_is_reported(photo: Path, output: Path) -> None:
    assert "There is no preset" in run("nothing", photo, "--output", output, status=1).stderr
    assert "cannot be read" in run("nothing.json", photo, "--output", output, status=2).stderr
    assert "PHOTO" in run("web", "--output", output, status=2).stderr
    assert "cannot be written" in run("web", photo, "--output", photo / "below", status=1).stderr


def test_watermark_of_a_jobs_result_is_not_there(photo: Path, output: Path) -> None:
    image = '{"job_id": "01a20269-0000-7000-8000-000000000000", "variant": "logo"}'
    recipe = f'{{"variants": [{{"name": "it", "operations": [{{"op": "watermark", "image": {image}}}]}}]}}'
    assert "(overlay_missing)" in run("-", photo, "--output", output, status=3, text=recipe).stdout
