"""What is only written again never has more bytes than its source, or says that it has; what was lossless stays so."""

import pytest

from darkroom.jobs import VariantWarning
from tests.processor.pipeline.running import picture
from tests.support import images


@pytest.mark.parametrize("turned", [True, False])
def test_a_source_that_has_to_be_turned_may_grow_and_says_so(turned: object) -> None:
    data = images.jpeg(40, 24, 6 if turned else 1, quality=1)
    made = picture(data, [], {"format": "same", "quality": 1, "subsampling": "4:4:4", "keep_metadata": "icc"})
    grown = len(made.data) > len(data)
    assert made.warnings == ((VariantWarning.LARGER_THAN_SOURCE,) if grown else ())


def test_a_variant_that_does_more_than_write_the_source_again_is_not_warned_about() -> None:
    data = images.jpeg(40, 24, quality=5)
    made = picture(data, [{"op": "resize", "width": 400, "enlarge": True}], {"format": "same"})
    assert len(made.data) > len(data)
    assert made.warnings == ()
