"""Encryption of secrets in the tables, with a key that readers of the tables do not have.

It uses AES-256-GCM (NIST SP 800-38D). HKDF-SHA256 (RFC 5869) derives the keys from the data keys of the installation.
The first data key encrypts. All of them decrypt, so that a key can be changed while services run:

    old  →  new, old  →  (`darkroom data-keys renew` encrypts all secrets again)  →  new
"""

import base64
import hashlib
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from darkroom.errors import Unavailable

SHORTEST_KEY: Final = 32
"""Fewest characters of a data key. 32 random letters and digits have 190 bits."""
DEVELOPMENT_KEY: Final = "a-key-for-development-that-everybody-knows"
"""Data key of systems on a developer's machine. It is public, and production refuses it."""

_VERSION: Final = "1"
_NONCE_BYTES: Final = 12
_ID_CHARACTERS: Final = 8
_UNREADABLE: Final = "The secrets of this installation cannot be read now. Try again later."


class TextCipher:
    """Encrypts short texts.

    Each text is bound to a place, such as the id of its item. A copy in another place cannot be decrypted.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are the data keys; the first encrypts. Raises ValueError if there is none, or if one is too short."""
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"a data key must have at least {SHORTEST_KEY} characters")
        derived = [_derived(key) for key in keys]
        self._ciphers = {_id(key): AESGCM(key) for key in derived}
        self._current = _id(derived[0])

    def encrypt(self, text: str, *, place: str) -> str:
        """Return `1.<id of the key>.<nonce and ciphertext in base64url>`, different for each call."""
        nonce = os.urandom(_NONCE_BYTES)
        encrypted = nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), place.encode())
        return f"{_VERSION}.{self._current}.{base64.urlsafe_b64encode(encrypted).decode()}"

    def decrypt(self, encrypted: str, *, place: str) -> str:
        """Return the text that was encrypted for this place.

        Raises Unavailable if the text belongs to another place, or if its key is missing. A retry helps once the
        installation has the key again.
        """
        version, _, rest = encrypted.partition(".")
        key_id, _, body = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if version != _VERSION or cipher is None:
            missing = KeyError(f"DARKROOM_DATA_KEYS lacks the key {key_id[:_ID_CHARACTERS]!r}")
            raise Unavailable(_UNREADABLE) from missing
        try:
            decoded = base64.b64decode(body, altchars=b"-_", validate=True)
            return cipher.decrypt(decoded[:_NONCE_BYTES], decoded[_NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unavailable(_UNREADABLE) from error

    def is_current(self, encrypted: str) -> bool:
        """Return whether the current key has encrypted this text."""
        return encrypted.startswith(f"{_VERSION}.{self._current}.")


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"darkroom data key").derive(key.encode())


def _id(key: bytes) -> str:
    """Return an id of a key, which does not reveal the key."""
    return hashlib.sha256(b"id" + key).hexdigest()[:_ID_CHARACTERS]
