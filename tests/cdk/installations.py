"""Installations whose stacks are tested: each stage, bare and with everything that is optional."""

from typing import Any, Final

_PUBLIC_KEY: Final = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA8QXZbxPfKf5OGGpCZBnI
7cRD9IIIs8uuRD4Ib7GA2zPk2BKzK1POszak3JjBSP4hpoZpKoqQmx0rQGWqL2Ev
BwYsE3y7x5pvOUAOOC01SQWKBw87LSToCTuuT/bMOnD2fS0BWyeO58omEx33stgc
7kXopwj3YSPgTZlkV0IeOL8l4Pz9Kqc2Y7su+d4Hs0UDT2MJjgtBiglQcg63lMnM
m3D5MXsVE/WjH1hWVj5CcrhjRMPrDQ32zqutMtHuVZwS/rPBZt10n4qV8zxCMopw
P7uFE1Ab4my+Hzk/x6oxbO9bq22RKzcKhzIL8sy8jTSmn8gsSATAd8avJucoBH3Y
NQIDAQAB
-----END PUBLIC KEY-----
"""
_NEXT_PUBLIC_KEY: Final = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDlrJQu49ejW0A4IQtLrNy+QvLcbL
ASl0lHDxzW7hQnGXQtiYJYOyp7/JuVVPW3pFBX3Zgc7Pd8JFU5mVkxj9lg==
-----END PUBLIC KEY-----
"""

CONTEXTS: Final[dict[str, dict[str, Any]]] = {
    "dev": {"stage": "dev"},
    "prod": {
        "stage": "prod",
        "image_digests": '{"upload": "sha256:' + "a" * 64 + '"}',
        "alarm_email": "operators@example.org",
        "event_email": "owner@example.org",
        "event_owner": "demo",
        "cloudfront_prefix_list": "pl-0123456789abcdef0",
        "results_public_key": _PUBLIC_KEY,
        "results_other_public_key": _NEXT_PUBLIC_KEY,
        "results_key_secret_arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:darkroom/results-key-a1B2c3",
        "traces_sampled": "0.05",
        "replica_region": "us-west-2",
        "github_repository": "example/darkroom",
        "domain": {
            "name": "pictures.example.org",
            "hosted_zone_id": "Z0123456789",
            "hosted_zone_name": "example.org",
            "certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/site",
            "origin_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/origin",
        },
    },
}
