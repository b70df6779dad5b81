"""Passwords: argon2id (RFC 9106), with the parameters that OWASP gives for it (Password Storage Cheat Sheet).

A hash takes 19 MiB and some 40 ms of CPU, so that whoever verifies for strangers bounds how many are under way.
"""

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST: Final = 15
"""In characters, as NIST SP 800-63B asks of a password that stands alone (section 3.1.1.2)."""
LONGEST: Final = 256

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$M0sChDBXpHxeG40wQYFPCQ$OPnfkqOSUeTvOTjtCyCLkWAwVMOLlBEDEMRnuPCCVdU"
"""A hash of nothing that anybody knows. To verify against it costs what it costs for a user who exists."""


def hashed(password: str) -> str:
    """What is kept of a password, its salt and the parameters included."""
    return _HASHER.hash(_bytes(password))


def is_password(password: str, password_hash: str) -> bool:
    """Whether the hash was made of this password. Compares in constant time; takes some 40 ms."""
    try:
        return _HASHER.verify(password_hash, _bytes(password))
    except VerificationError:
        return False


def canonical(password: str) -> str:
    """The same text for each way in which keyboards compose the same characters: what is hashed."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return canonical(password).encode("utf-8", "surrogatepass")
