"""The folder of test images beside the checkout. Nobody of this project made them, and it may be absent."""

from pathlib import Path
from typing import Final

PHOTOS: Final = Path(__file__).parents[2] / "shared/corpus/photos"
