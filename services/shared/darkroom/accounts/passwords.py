"""Hashes of passwords: argon2id (RFC 9106) with the parameters of OWASP's Password Storage Cheat Sheet.

A hash takes 19 MiB and about 40 ms of CPU. A service that verifies passwords of strangers must limit how many it
verifies at once.
"""

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST: Final = 15
"""Fewest characters of a password, as NIST SP 800-63B asks for a password without a second factor (section 3.1.1.2)."""
LONGEST: Final = 256
"""Most characters of a password."""

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$M0sChDBXpHxeG40wQYFPCQ$OPnfkqOSUeTvOTjtCyCLkWAwVMOLlBEDEMRnuPCCVdU"
"""Hash of an unknown password. Verifying against it takes as long as for a user who exists."""


def hashed(password: str) -> str:
    """Return the hash of a password, with its salt and parameters."""
    return _HASHER.hash(_bytes(password))


def is_password(password: str, password_hash: str) -> bool:
    """Return whether the hash belongs to this password. Compares in constant time. Takes about 40 ms."""
    try:
        return _HASHER.verify(password_hash, _bytes(password))
    except VerificationError:
        return False


def canonical(password: str) -> str:
    """Return the text that is hashed. It is the same for all ways in which keyboards compose the same characters."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return canonical(password).encode("utf-8", "surrogatepass")
