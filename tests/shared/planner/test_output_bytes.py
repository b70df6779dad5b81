"""Limits on the bytes of results, and estimates of them."""

import pytest

from darkroom.errors import OutputLimit
from darkroom.formats import ImageFormat
from darkroom.limits import JOB_RESULTS_BYTES, MAX_UNCOMPRESSED_PIXELS
from darkroom.planner.output_bytes import check_compressed, expected_bytes, most_bytes, too_many_bytes
from darkroom.recipes import Output, OutputFormat


def test_a_job_may_store_the_larger_of_64_mib_and_twenty_times_its_original() -> None:
    assert most_bytes(70) == 64 * 1024**2 == JOB_RESULTS_BYTES
    assert most_bytes(10 * 1024**2) == 200 * 1024**2


def test_the_error_names_the_limit_and_what_to_do() -> None:
    error = too_many_bytes(5_000_000, 1_000_000)
    assert (error.code, error.fields["limit"], error.fields["actual"]) == ("output_limit", 1_000_000, 5_000_000)
    for part in ("5000000 bytes", "20 times", str(JOB_RESULTS_BYTES), "compress"):
        assert part in error.message


def test_a_png_without_compression_has_at_most_a_megapixel() -> None:
    raw = Output(format=OutputFormat.PNG, effort=0)
    check_compressed(raw, ImageFormat.PNG, MAX_UNCOMPRESSED_PIXELS)
    with pytest.raises(OutputLimit, match="`effort` of 1 or more"):
        check_compressed(raw, ImageFormat.PNG, MAX_UNCOMPRESSED_PIXELS + 1)
    check_compressed(raw.model_copy(update={"effort": 1}), ImageFormat.PNG, MAX_UNCOMPRESSED_PIXELS + 1)
    check_compressed(raw, ImageFormat.WEBP, MAX_UNCOMPRESSED_PIXELS + 1)


@pytest.mark.parametrize("image_format", [one for one in ImageFormat if one.value in set(OutputFormat)])
def test_more_pixels_have_more_estimated_bytes(image_format: ImageFormat) -> None:
    output = Output(format=OutputFormat(image_format.value))
    small, large = (expected_bytes(output, image_format, pixels) for pixels in (10_000, 1_000_000))
    assert 0 < small < large <= 4_000_000
    assert expected_bytes(output.model_copy(update={"max_bytes": 500}), image_format, 1_000_000) == 500


def test_a_higher_quality_has_more_estimated_bytes() -> None:
    sizes = [expected_bytes(Output(quality=quality), ImageFormat.JPEG, 1_000_000) for quality in (1, 50, 80, 92, 100)]
    assert sizes == sorted(sizes)
    lossy, lossless = (expected_bytes(Output(lossless=lossless), ImageFormat.WEBP, 10**6) for lossless in (False, True))
    assert lossy < lossless
