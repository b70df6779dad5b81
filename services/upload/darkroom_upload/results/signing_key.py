"""The private key that links to the CDN are signed with."""

from collections.abc import Callable
from functools import partial
from typing import Final

_RSA_BITS: Final = 2048
"""CloudFront takes RSA 2048 and ECDSA P-256 (its API reference, `PublicKey`)."""


class SigningKey:
    """Signs with SHA-256. The same message has the same signature, whichever process signs it."""

    def __init__(self, pem: str) -> None:
        """Read a key without passphrase. Raises ValueError, which says nothing of the text, when it is none to use."""
        self._sign = _signer(pem)

    def sign(self, message: bytes) -> bytes:
        """The signature."""
        return self._sign(message)


def _signer(pem: str) -> Callable[[bytes], bytes]:
    # A tenth of a second to import, which only installations with a CDN need spend.
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("not a private key in PEM without a passphrase") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return partial(key.sign, signature_algorithm=ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size == _RSA_BITS:
        return partial(key.sign, padding=padding.PKCS1v15(), algorithm=hashes.SHA256())
    raise ValueError("neither a P-256 nor an RSA 2048 key")
