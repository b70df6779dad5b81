"""Clients' file names: as shown to people, as part of keys, and in ASCII."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.file_names import display_name, key_name, plain_name

KEYS = {
    "": "image",
    ".": "image",
    "..": "image",
    "......": "image",
    "/": "image",
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\cat.jpg": "cat.jpg",
    "/absolute/cat.jpg": "cat.jpg",
    "cat.jpg/": "image",
    "cat\x00.jpg": "cat.jpg",
    "cat\r\nSet-Cookie: a=b.jpg": "catSet-Cookie-a-b.jpg",
    "cat\u202egpj.exe": "catgpj.exe",
    "\ufeffcat.jpg": "cat.jpg",
    "ca\ud800t.jpg": "cat.jpg",
    "my  holiday (1).jpeg": "my-holiday-1-.jpeg",
    "．．／etc": "etc",
    "-rf.jpg": "rf.jpg",
    ".htaccess": "htaccess",
    "a%2F..%2Fb.jpg": "a-2F..-2Fb.jpg",
    '"><script>.jpg': "script-.jpg",
    "CON": "CON",
    "con.png": "con.png",
    "写真.png": "写真.png",
    "ß.png": "ß.png",
    "Ünïcødé.png": "Ünïcødé.png",
    "Кошка.jpg": "Кошка.jpg",
    "猫.webp": "猫.webp",
    "🐈.jpg": "🐈.jpg",
    "👍🏽.png": "👍🏽.png",
    "👩\u200d🚀 in space.jpg": "👩\u200d🚀-in-space.jpg",
    "❤\ufe0f\u200d🔥.webp": "❤\ufe0f\u200d🔥.webp",
    "می\u200cخواهم.png": "می\u200cخواهم.png",
    "क्\u200dष.png": "क्\u200dष.png",
    "cat\u200dfile.png": "catfile.png",
    "🐈\u200d.png": "🐈.png",
    "at 9.41.00\u202fAM.png": "at-9.41.00-AM.png",
    "cafe\u0301.png": "cafe.png",
    "写真 café.png": "写真-café.png",
    "\u1112\u1161\u11ab.png": "한.png",
    "\u0301.png": "image.png",
    "שלום\u202e\u2067.png": "שלום.png",
    "10 €.png": "10-€.png",
    "???.png": "image.png",
    ".png": "image.png",
    "。.png": "image.png",
    "\u200b.webp": "image.webp",
}


@pytest.mark.parametrize(("raw", "name"), KEYS.items())
def test_a_key_keeps_the_file_name_without_harmful_characters(raw: str, name: str) -> None:
    assert key_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("cat.jpg", "cat.jpg"),
        ("C:\\Users\\me\\Кошка и кот.jpg", "Кошка и кот.jpg"),
        ("猫.webp", "猫.webp"),
        ("cafe\u0301.png", "café.png"),
        ("a\u200b\u0301.png", "á.png"),
        ("cat\u202egpj.exe", "catgpj.exe"),
        ("cat\r\n.jpg", "cat.jpg"),
        ("cat\u2028.jpg", "cat.jpg"),
        ("\u00a0cat\u00a0.jpg", "cat.jpg"),
        ("at 9.41.00\u202fAM.png", "at 9.41.00 AM.png"),
        ("👩\u200d🚀.png", "👩\u200d🚀.png"),
        ("می\u200cخواهم.png", "می\u200cخواهم.png"),
        ("c\u200da\u200ct.png", "cat.png"),
        ("ca\udcfft.jpg", "cat.jpg"),
        ("???.png", "???.png"),
        (".png", "image.png"),
        ("  ..  ", "image"),
        ("", "image"),
    ],
)
def test_the_shown_name_has_no_invisible_characters(raw: str, name: str) -> None:
    assert display_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("cat 1.jpg", "cat-1.jpg"),
        ("Käfer: 1.jpg", "Kafer-1.jpg"),
        ("ß.png", "image.png"),
        ("größe.jpg", "groe.jpg"),
        ("写真.png", "image.png"),
        ("🐈 1.jpg", "1.jpg"),
    ],
)
def test_a_plain_name_is_the_name_in_ascii(raw: str, plain: str) -> None:
    assert plain_name(raw) == plain


def test_a_long_name_keeps_its_extension() -> None:
    assert key_name("a" * 10_000 + ".jpeg") == "a" * 75 + ".jpeg"
    assert key_name("猫" * 10_000 + ".jpeg") == "猫" * 65 + ".jpeg"
    assert display_name("ä" * 10_000 + ".jpeg") == "ä" * 123 + ".jpeg"
    assert len(key_name("a." + "b" * 10_000)) == 80


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
tricky_text = st.text(alphabet="ab._- /\\\u0301\u200bé\ud800\n", max_size=200)
joined_text = st.text(alphabet="\u200c\u200d🐈👩🏽\ufe0fمی\u0653क्\u0301a. -\u202f?", max_size=200)
names = any_text | tricky_text | joined_text


@given(names)
def test_a_key_name_is_always_short_composed_and_of_safe_characters(raw: str) -> None:
    name = key_name(raw)
    assert 0 < len(name) <= 80
    assert len(name.encode()) <= 200
    assert unicodedata.is_normalized("NFC", name)
    ascii_part = {character for character in name if character.isascii()}
    assert all(character.isalnum() or character in "-._" for character in ascii_part)
    beyond = {unicodedata.category(character) for character in name if not character.isascii()}
    assert all(category[0] in "LNM" or category in {"So", "Sc", "Sk", "Cf"} for category in beyond)
    assert unicodedata.category(name[0])[0] in "LNS"
    assert name[-1] not in "-._\u200c\u200d"


@given(names)
def test_a_plain_name_is_always_short_safe_ascii(raw: str) -> None:
    name = plain_name(raw)
    assert 0 < len(name) <= 80
    assert all(character.isascii() and (character.isalnum() or character in "-._") for character in name)


@given(names)
def test_naming_a_name_again_does_not_change_it(raw: str) -> None:
    assert key_name(key_name(raw)) == key_name(raw)
    assert display_name(display_name(raw)) == display_name(raw)
    assert key_name(display_name(raw)) == key_name(raw)


@given(names)
def test_a_shown_name_is_short_on_one_line_and_without_a_path(raw: str) -> None:
    name = display_name(raw)
    # A joiner is kept between characters that it joins, and is invisible by itself.
    assert name.replace("\u200c", "").replace("\u200d", "").isprintable()
    assert name[0] not in "\u200c\u200d"
    assert 0 < len(name) <= 128
    assert not {"/", "\\"} & set(name)
    assert name.encode()
