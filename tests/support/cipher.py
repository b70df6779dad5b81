"""The cipher of the systems that tests start."""

from typing import Final

from darkroom.encryption import DEVELOPMENT_KEY, TextCipher

CIPHER: Final = TextCipher([DEVELOPMENT_KEY])
