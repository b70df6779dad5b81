"""Clients' file names, made safe: to show them, as part of a key, and in ASCII for old programs."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from darkroom.formats import ImageFormat

FALLBACK: Final = "image"
"""Name of a file without a name."""

_LONGEST_NAME: Final = 128
_LONGEST_KEY_NAME: Final = 80
_LONGEST_KEY_BYTES: Final = 200
"""Most bytes in UTF-8. File systems allow 255, and a variant's name may be added."""
_LONGEST_SUFFIX: Final = 16
_EXTENSIONS: Final = frozenset({image_format.extension for image_format in ImageFormat} | {"jpeg", "tif", "heic"})

_DIVIDERS: Final = "-._"
_NON_JOINER: Final = "\u200c"
_JOINER: Final = "\u200d"
_EMOJI_STYLE: Final = "\ufe0f"
_SKIN_TONES: Final = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_VIRAMA: Final = 9
"""Combining class of the signs that join consonants in Indic scripts."""


def display_name(raw: str) -> str:
    """Return a client's file name for people to read: the last part of the path, composed (NFC), on one line.

    Control characters, line breaks, bidirectional marks and lone surrogates are removed (Unicode categories C, Zl, Zp).
    All kinds of spaces become plain ones. The name is safe in a log line, a header or a page. Joiners stay where they
    change what is visible: within emoji, and in Arabic and Indic scripts.
    """
    last = re.split(r"[/\\]", raw)[-1]
    composed = unicodedata.normalize("NFC", "".join(map(_visible, last)))
    name = unicodedata.normalize("NFC", _without_stray_joiners(composed))
    trimmed = _trimmed(name, " .")
    if trimmed.lower() in _EXTENSIONS and name.rstrip(" .").endswith(f".{trimmed}"):
        trimmed = f"{FALLBACK}.{trimmed}"
    stem, suffix = _split(trimmed)
    return _trimmed(_shortened(stem.rstrip(" ") + suffix, _LONGEST_NAME), " .") or FALLBACK


def key_name(raw: str) -> str:
    """Return a client's file name as the last part of an object's key: in NFC, or in ASCII if only accents are lost.

    It has letters, digits, combining marks, symbols such as emoji, and `.`, `_` and `-`, but not as the first or last
    character. It has at most 80 characters and 200 bytes.
    """
    name = _assembled(*_split(display_name(raw)))
    letters = [character for character in unicodedata.normalize("NFD", name) if not _is_mark(character)]
    without_accents = "".join(letters)
    return without_accents if without_accents.isascii() else name


def plain_name(raw: str) -> str:
    """Return the name in ASCII letters, digits, `.`, `_` and `-`, for programs that read only these."""
    return _assembled(*map(_ascii, _split(display_name(raw))))


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "" if category[0] in "CZ" and character not in (_NON_JOINER, _JOINER) else character


def _without_stray_joiners(name: str) -> str:
    kept = ""
    for at, character in enumerate(name):
        if character not in (_NON_JOINER, _JOINER) or _shapes(character, kept[-1:], name[at + 1 : at + 2]):
            kept += character
    return kept


def _shapes(joiner: str, before: str, after: str) -> bool:
    """Return whether a joiner between these characters is visible (RFC 5892, appendix A; UTS #51, section 2.3)."""
    if not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after).startswith("L")
    if unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL":
        return True
    part_of_emoji = unicodedata.category(before) == "So" or before == _EMOJI_STYLE or before in _SKIN_TONES
    return joiner == _JOINER and part_of_emoji and unicodedata.category(after) == "So"


def _assembled(stem: str, suffix: str) -> str:
    """Return a name for a key, made of a stem and a suffix."""
    base = _trimmed(_replaced(stem), _DIVIDERS)
    name = (_replaced(stem) if base else FALLBACK) + _replaced(suffix)
    name = _trimmed(name, _DIVIDERS)
    return _trimmed(_shortened(name, _LONGEST_KEY_NAME, _LONGEST_KEY_BYTES), _DIVIDERS) or FALLBACK


def _replaced(name: str) -> str:
    """Return the name with `-` in place of each run of characters that a key cannot have, and of marks on them."""
    kept = ""
    for character in name:
        stray = _is_mark(character) and kept[-1:] in ("", "\0", *_DIVIDERS)
        kept += "\0" if stray or not _may_be_in_key(character) else character
    return re.sub("\0+", "-", kept)


def _may_be_in_key(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in _DIVIDERS
    category = unicodedata.category(character)
    return category[0] in "LNM" or category in ("So", "Sc") or character in _SKIN_TONES | {_NON_JOINER, _JOINER}


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _trimmed(name: str, ends: str) -> str:
    """Return the name without these characters at its ends.

    It also removes combining marks at the beginning: they would combine with the text before the name.
    """
    name = name.rstrip(ends + _NON_JOINER + _JOINER)
    for at, character in enumerate(name):
        if character not in ends and character not in (_NON_JOINER, _JOINER) and not _is_mark(character):
            return name[at:]
    return ""


def _split(name: str) -> tuple[str, str]:
    """Return the name without its extension, and the extension with its dot."""
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix), suffix


def _shortened(name: str, characters: int, size: int | None = None) -> str:
    """Cut the stem to this many characters and `size` bytes in UTF-8, and keep the extension."""
    if len(name) <= characters and (size is None or len(name.encode()) <= size):
        return name
    suffix = _split(name)[1][:_LONGEST_SUFFIX].rstrip(_NON_JOINER + _JOINER)
    head = name[: characters - len(suffix)]
    if size is not None:
        head = head.encode()[: size - len(suffix.encode())].decode(errors="ignore")
    return head.rstrip(" " + _NON_JOINER + _JOINER) + suffix
