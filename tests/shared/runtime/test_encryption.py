"""Encryption of secrets in tables."""

import base64

import pytest
from pydantic import SecretStr, ValidationError

from darkroom.errors import Unavailable
from darkroom.runtime.encryption import DEVELOPMENT_KEY, TextCipher
from darkroom.runtime.encryption_settings import EncryptionSettings
from darkroom.runtime.settings import Environment

OLD, NEW = "o" * 32, "n" * 32
PLACE = "webhook#demo"


@pytest.mark.parametrize("text", ["", "whsec_abc", "写真 🖼", "x" * 4096])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    cipher = TextCipher([NEW])
    encrypted = cipher.encrypt(text, place=PLACE)
    assert cipher.decrypt(encrypted, place=PLACE) == text
    assert not text or text not in encrypted


def test_no_two_ciphertexts_are_the_same() -> None:
    cipher = TextCipher([NEW])
    assert len({cipher.encrypt("secret", place=PLACE) for _ in range(100)}) == 100


def test_a_text_moved_to_another_place_is_refused() -> None:
    cipher = TextCipher([NEW])
    with pytest.raises(Unavailable):
        cipher.decrypt(cipher.encrypt("secret", place=PLACE), place="webhook#other")


def test_a_text_of_an_unknown_key_is_refused_and_only_operators_see_the_key() -> None:
    encrypted = TextCipher([OLD]).encrypt("secret", place=PLACE)
    with pytest.raises(Unavailable) as refused:
        TextCipher([NEW]).decrypt(encrypted, place=PLACE)
    key_id = encrypted.split(".")[1]
    assert key_id in str(refused.value.cause)
    assert key_id not in refused.value.message


def test_every_changed_byte_is_noticed() -> None:
    cipher = TextCipher([NEW])
    head, _, body = cipher.encrypt("secret", place=PLACE).rpartition(".")
    raw = base64.urlsafe_b64decode(body)
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(Unavailable):
            cipher.decrypt(f"{head}.{base64.urlsafe_b64encode(changed).decode()}", place=PLACE)


@pytest.mark.parametrize("junk", ["", "secret", "1.", "1..", "2.aaaaaaaa.AAAA", "1.%s.", "1.%s.A", "1.%s.~~~~"])
def test_junk_is_refused(junk: str) -> None:
    cipher = TextCipher([NEW])
    key_id = cipher.encrypt("", place=PLACE).split(".")[1]
    with pytest.raises(Unavailable):
        cipher.decrypt(junk % key_id if "%s" in junk else junk, place=PLACE)


def test_keys_change_without_a_gap() -> None:
    by_old = TextCipher([OLD]).encrypt("secret", place=PLACE)
    both = TextCipher([NEW, OLD])
    assert both.decrypt(by_old, place=PLACE) == "secret"
    assert not both.is_current(by_old)
    by_new = both.encrypt("secret", place=PLACE)
    assert both.is_current(by_new)
    assert TextCipher([NEW]).decrypt(by_new, place=PLACE) == "secret"


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "short"]])
def test_a_key_that_is_too_short_is_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="at least 32 characters"):
        TextCipher(keys)


@pytest.mark.parametrize(
    ("told", "fault"),
    [({}, "is required"), ({"data_keys": DEVELOPMENT_KEY}, "key is public"), ({"data_keys": "short"}, "at least 32")],
)
def test_production_needs_its_own_key(told: dict[str, str], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        EncryptionSettings.model_validate({"environment": "production", **told})


def test_development_has_a_key() -> None:
    settings = EncryptionSettings(environment=Environment.DEVELOPMENT)
    assert settings.cipher.decrypt(TextCipher([DEVELOPMENT_KEY]).encrypt("a", place="b"), place="b") == "a"


def test_the_first_key_of_the_settings_encrypts_and_none_is_shown() -> None:
    settings = EncryptionSettings(data_keys=SecretStr(f"{NEW} {OLD}"))
    assert settings.cipher.is_current(TextCipher([NEW]).encrypt("", place=PLACE))
    assert NEW not in repr(settings)
