"""The texts that a watermark can draw: scripts that need no shaping, in characters that the font has.

The font (Noto Sans) is the processor's. Its characters are listed here because the upload service validates recipes and
does not have the font. A test compares the list with the font.
"""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

_RANGES: Final = (
    # Latin, with phonetic and modifier letters, without the soft hyphen, which is invisible.
    (0x0020, 0x007E),
    (0x00A0, 0x00AC),
    (0x00AE, 0x02FF),
    # Greek without Coptic, then Cyrillic without combining signs.
    (0x0370, 0x0377),
    (0x037A, 0x037F),
    (0x0384, 0x038A),
    (0x038C, 0x038C),
    (0x038E, 0x03A1),
    (0x03A3, 0x03E1),
    (0x03F0, 0x0482),
    (0x048A, 0x052F),
    # More Latin, such as Vietnamese, and Greek with breathings.
    (0x1E00, 0x1F15),
    (0x1F18, 0x1F1D),
    (0x1F20, 0x1F45),
    (0x1F48, 0x1F4D),
    (0x1F50, 0x1F57),
    (0x1F59, 0x1F59),
    (0x1F5B, 0x1F5B),
    (0x1F5D, 0x1F5D),
    (0x1F5F, 0x1F7D),
    (0x1F80, 0x1FB4),
    (0x1FB6, 0x1FC4),
    (0x1FC6, 0x1FD3),
    (0x1FD6, 0x1FDB),
    (0x1FDD, 0x1FEF),
    (0x1FF2, 0x1FF4),
    (0x1FF6, 0x1FFE),
    # Visible punctuation, small digits, currencies, letter-like signs, the minus.
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x2070, 0x2071),
    (0x2074, 0x208E),
    (0x2090, 0x209C),
    (0x20A0, 0x20C0),
    (0x2100, 0x215F),
    (0x2212, 0x2212),
)
"""First and last code point of each range."""

WRITABLE: Final = frozenset(chr(point) for first, last in _RANGES for point in range(first, last + 1))
"""All characters that a text may contain."""

_SHOWN: Final = 8
"""Number of characters that an error names at most."""


def _writable(text: str) -> str:
    """Return the text with its accents composed (Unicode normalization form C).

    Raises ValueError, which names the characters that the font lacks, and for a text of spaces only.
    """
    composed = unicodedata.normalize("NFC", text)
    foreign = sorted(set(composed) - WRITABLE)
    if foreign:
        named = ", ".join(_named(character) for character in foreign[:_SHOWN])
        raise ValueError(f"the font has Latin, Greek and Cyrillic letters only; it lacks {named}")
    if not composed.strip():
        raise ValueError("the text has only spaces; nothing would be visible")
    return composed


def _named(character: str) -> str:
    """Return a character's number, and the character itself unless it is invisible or changes others beside it."""
    shown = f" ({character})" if unicodedata.category(character)[0] in "LNPS" else ""
    return f"U+{ord(character):04X}{shown}"


Lettering = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_writable)]
"""A text of 1 to 100 characters that the font can draw."""
