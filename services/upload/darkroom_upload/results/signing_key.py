"""The private key that signs links to the CDN."""

from collections.abc import Callable
from functools import partial
from typing import Final

_RSA_BITS: Final = 2048
"""CloudFront accepts RSA 2048 and ECDSA P-256 (its API reference, `PublicKey`)."""


class SigningKey:
    """Signs with SHA-256. Every process makes the same signature for the same message."""

    def __init__(self, pem: str) -> None:
        """Read a key without a passphrase. Raises ValueError, without any of the text, if it cannot be used."""
        self._sign = _signer(pem)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return self._sign(message)


def _signer(pem: str) -> Callable[[bytes], bytes]:
    # The import takes a tenth of a second. Only installations with a CDN need it.
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
