"""Conversion from colour spaces without a profile, compared to a computation by the specifications."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from darkroom.recipes import Overlay
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.running import description, image, picture, variant
from tests.support import bombs, h273, heif, profiles, recipes
from tests.support.color_chunks import by_codes, by_exponent, chrm, cicp, gama, profile_name, rows, with_chunks
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed import images

pytestmark = pytest.mark.slow

PHOTO = images.photo(48, 36)
PLAIN = images.encoded(PHOTO, "PNG")


@pytest.mark.parametrize("primaries", sorted(h273.PRIMARIES))
def test_primaries_of_a_png_are_those_of_the_table(primaries: int) -> None:
    made = image(with_chunks(PLAIN, cICP=cicp(primaries, 13)), [])
    assert np.abs(rows(made) - by_codes(rows(PHOTO), primaries, 13)).max() <= 1.5


@pytest.mark.parametrize("transfer", sorted({*h273.ENCODERS, *h273.HDR}))
def test_transfer_functions_of_a_png_are_those_of_the_table(transfer: int) -> None:
    made = image(with_chunks(PLAIN, cICP=cicp(1, transfer)), [])
    assert np.abs(rows(made) - by_codes(rows(PHOTO), 1, transfer)).max() <= 1


@pytest.mark.parametrize(("primaries", "transfer"), [(9, 16), (9, 18), (12, 16), (12, 18), (9, 14), (11, 17), (12, 8)])
def test_primaries_and_transfer_functions_are_applied_together(primaries: int, transfer: int) -> None:
    made = image(with_chunks(PLAIN, cICP=cicp(primaries, transfer)), [])
    assert np.abs(rows(made) - by_codes(rows(PHOTO), primaries, transfer)).max() <= 2


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 13), (12, 13), (9, 16), (1, 8)])
@pytest.mark.parametrize("where", ["box", "coded data"])
def test_colours_of_an_avif_are_converted_by_its_code_points(primaries: int, transfer: int, where: str) -> None:
    data = heif.avif(PHOTO, heif.nclx(primaries, transfer))
    if where == "coded data":
        coded = heif.coded(PHOTO)
        stream = renumbered(coded.data, primaries, transfer)
        item = heif.Item(number=1, data=stream, properties=(coded.config, coded.pixi, heif.ispe(*PHOTO.size)))
        data = heif.File(items=(item,)).written()
    samples = rows(images.opened(data))
    assert np.abs(rows(image(data, [])) - by_codes(samples, primaries, transfer)).max() <= 2


def renumbered(stream: bytes, primaries: int, transfer: int) -> bytes:
    """Replace the code points in a sequence header that Pillow wrote. They need not begin at a byte."""
    text = "".join(format(byte, "08b") for byte in stream[:20])
    old, new = (f"{a:08b}{b:08b}{6:08b}" for a, b in ((1, 13), (primaries, transfer)))
    assert text.count(old) == 1
    changed = text.replace(old, new)
    return int(changed, 2).to_bytes(20, "big") + stream[20:]


def test_a_profile_in_an_avif_precedes_code_points() -> None:
    data = heif.avif(PHOTO, heif.nclx(9, 16), heif.icc(profiles.rgb_profile()))
    expected = profiles.to_srgb(profiles.rgb_profile(), rows(images.opened(data)) / 255)
    assert np.abs(rows(image(data, [])) - expected).max() <= 1


@pytest.mark.parametrize(("primaries", "transfer"), [(0, 0), (2, 2), (3, 3), (13, 19), (65_535, 65_535), (1, 13)])
def test_unknown_code_points_mean_srgb(primaries: int, transfer: int) -> None:
    data = heif.avif(PHOTO, heif.nclx(primaries, transfer))
    assert image(data, []).tobytes() == images.opened(data).tobytes()


def test_an_unknown_code_point_does_not_change_the_other() -> None:
    data = heif.avif(PHOTO, heif.nclx(12, 2))
    assert np.abs(rows(image(data, [])) - by_codes(rows(images.opened(data)), 12, 13)).max() <= 2


def test_alpha_is_not_converted() -> None:
    shown = images.photo(48, 36, "RGBA")
    for chunks in ({"cICP": cicp(12, 13)}, {"gAMA": gama(1)}):
        made = rows(image(with_chunks(images.encoded(shown, "PNG"), **chunks), []))
        assert (made[:, 3] == rows(shown)[:, 3]).all()
        expected = by_codes(rows(shown)[:, :3], 12, 13) if "cICP" in chunks else by_exponent(rows(shown)[:, :3], 1)
        assert np.abs(made[:, :3] - expected)[made[:, 3] > 0].max() <= 1.5


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.8, 2.0, 2.5, 4.0])
def test_a_gamma_alone_has_the_primaries_of_srgb(exponent: float) -> None:
    made = image(with_chunks(PLAIN, gAMA=gama(exponent)), [])
    assert np.abs(rows(made) - by_exponent(rows(PHOTO), 100_000 / round(100_000 / exponent))).max() <= 1


@pytest.mark.parametrize("stored", [45_455, 45_454, 45_000, 46_000, 44_000])
def test_a_gamma_of_nearly_srgb_changes_nothing(stored: int) -> None:
    data = with_chunks(PLAIN, gAMA=struct.pack(">I", stored), cHRM=chrm(h273.PRIMARIES[1]))
    assert image(data, []).tobytes() == PHOTO.tobytes()


@pytest.mark.parametrize("code", [4, 9, 12])
@pytest.mark.parametrize("exponent", [1.0, 2.2])
def test_gamma_and_primaries_are_applied_together(code: int, exponent: float) -> None:
    made = image(with_chunks(PLAIN, gAMA=gama(exponent), cHRM=chrm(h273.PRIMARIES[code])), [])
    expected = by_exponent(rows(PHOTO), 100_000 / round(100_000 / exponent), h273.PRIMARIES[code])
    assert np.abs(rows(made) - expected).max() <= 2


def test_primaries_without_a_gamma_are_ignored() -> None:
    assert image(with_chunks(PLAIN, cHRM=chrm(h273.PRIMARIES[9])), []).tobytes() == PHOTO.tobytes()


IMPOSSIBLE = {
    "in a line": ((0.2, 0.2), (0.3, 0.3), (0.4, 0.4), h273.D65),
    "all the same": ((0.3, 0.3),) * 4,
    "white without light": ((0.3, 0.6), (0.15, 0.06), (0.64, 0.33), (0.3, 0.0)),
    "white outside": ((0.3, 0.6), (0.15, 0.06), (0.64, 0.33), (0.7, 0.28)),
    "beyond the diagram": ((0.3, 0.6), (0.15, 0.06), (9.0, 9.0), h273.D65),
}


@pytest.mark.parametrize("primaries", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_primaries_are_ignored_and_the_gamma_is_used(primaries: Any) -> None:
    made = image(with_chunks(PLAIN, gAMA=gama(1), cHRM=chrm(primaries)), [])
    assert made.tobytes() == image(with_chunks(PLAIN, gAMA=gama(1)), []).tobytes()


ODD: dict[str, dict[str, bytes]] = {
    "no gamma": {"gAMA": bytes(4)},
    "short gamma": {"gAMA": bytes(3)},
    "short primaries": {"cHRM": bytes(31)},
    "tiny gamma": {"gAMA": struct.pack(">I", 1)},
    "huge gamma": {"gAMA": struct.pack(">I", 2**32 - 1)},
    "long gamma": {"gAMA": gama(1) + b"\0"},
    "unknown primaries": {"cICP": cicp(3, 13)},
    "unspecified": {"cICP": cicp(2, 2)},
    "unknown transfer": {"cICP": cicp(12, 19)},
    "a matrix": {"cICP": cicp(12, 13, matrix=1)},
    "no range": {"cICP": cicp(12, 13, full=2)},
    "short numbers": {"cICP": cicp(12, 13)[:3]},
}


@pytest.mark.parametrize("chunks", ODD.values(), ids=ODD)
def test_an_invalid_chunk_is_ignored(chunks: dict[str, bytes]) -> None:
    assert image(with_chunks(PLAIN, **chunks), []).tobytes() == PHOTO.tobytes()
    # The chunk of the next lower precedence is used instead.
    if "cICP" in chunks:
        data = with_chunks(PLAIN, gAMA=gama(1), **chunks)
        assert image(data, []).tobytes() == image(with_chunks(PLAIN, gAMA=gama(1)), []).tobytes()


def test_colour_space_chunks_after_the_pixels_are_ignored() -> None:
    late = PLAIN[:-12] + bombs.chunk(b"gAMA", gama(1)) + bombs.chunk(b"cICP", cicp(12, 13)) + PLAIN[-12:]
    assert image(late, []).tobytes() == PHOTO.tobytes()


def test_the_colour_space_chunk_with_the_highest_precedence_is_used() -> None:
    ranked: dict[str, tuple[bytes, Callable[[Any], Any]]] = {
        "gAMA": (gama(1), lambda samples: by_exponent(samples, 1)),
        "sRGB": (b"\0", lambda samples: samples),
        "iCCP": (
            b"icc\0\0" + zlib.compress(profiles.rgb_profile()),
            lambda samples: profiles.to_srgb(profiles.rgb_profile(), samples / 255),
        ),
        "cICP": (cicp(9, 13), lambda samples: by_codes(samples, 9, 13)),
    }
    told: dict[str, bytes] = {}
    for kind, (body, expected) in ranked.items():
        told[kind] = body
        for order in (told, dict(reversed(told.items()))):
            made = rows(image(with_chunks(PLAIN, **order), []))
            assert np.abs(made - expected(rows(PHOTO))).max() <= 1.5, kind


def test_code_points_of_srgb_precede_a_profile() -> None:
    wide = b"icc\0\0" + zlib.compress(profiles.rgb_profile())
    made = picture(with_chunks(PLAIN, iCCP=wide, cICP=cicp(1, 13)), [], {"format": "png", "keep_metadata": "icc"})
    assert images.opened(made.data).convert("RGB").tobytes() == PHOTO.tobytes()
    assert profile_name(made.data) == "sRGB built-in"


def test_levels_of_a_narrow_range_are_expanded() -> None:
    levels = Image.frombytes("L", (5, 1), bytes([0, 16, 126, 235, 255]))
    made = image(with_chunks(images.encoded(levels.convert("RGB"), "PNG"), cICP=cicp(1, 13, full=0)), [])
    assert [made.convert("RGB").getpixel((x, 0))[0] for x in range(5)] == [0, 0, 128, 255, 255]  # type: ignore[index]


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA"])
def test_a_gamma_applies_to_every_layout(mode: str) -> None:
    source = images.photo(48, 36, "RGBA").convert(mode)
    made = image(with_chunks(images.encoded(source, "PNG"), gAMA=gama(1)), [])
    shown = source.convert("RGB") if mode == "P" else source
    colors = len(shown.getbands()) - ("A" in shown.mode)
    seen = rows(shown)[:, -1] > 0 if "A" in shown.mode else np.full(48 * 36, fill_value=True)
    expected = by_exponent(np.repeat(rows(shown)[:, :1], 3, axis=1), 1)[:, :1] if colors == 1 else None
    expected = by_exponent(rows(shown)[:, :3], 1) if expected is None else expected
    assert np.abs(rows(made.convert(shown.mode))[:, :colors] - expected)[seen].max() <= 1


def test_transparent_colours_are_found_before_the_conversion() -> None:
    source = Image.new("RGB", (8, 8), (55, 60, 65))
    source.paste((90, 20, 10), (4, 0, 8, 8))
    made = image(with_chunks(images.encoded(source, "PNG", transparency=(55, 60, 65)), gAMA=gama(1)), [])
    assert made.mode == "RGBA"
    assert [made.getpixel((x, 0))[3] for x in (0, 7)] == [0, 255]  # type: ignore[index]  # RGBA pixels are tuples.
    palette = source.quantize(4)
    hidden = palette.getpixel((0, 0))
    made = image(with_chunks(images.encoded(palette, "PNG", transparency=hidden), cICP=cicp(12, 13)), [])
    assert [made.getpixel((x, 0))[3] for x in (0, 7)] == [0, 255]  # type: ignore[index]  # RGBA pixels are tuples.


def test_every_frame_of_an_animation_is_converted() -> None:
    data = images.animation(40, 30, 3, "PNG")
    made = images.opened(picture(with_chunks(data, cICP=cicp(12, 13)), [], {"format": "png", "frames": "all"}).data)
    expected = by_codes(np.array([images.YELLOW, images.BLUE], dtype=float), 12, 13)
    for number in range(3):
        made.seek(number)
        seen = rows(made.convert("RGB"))
        assert all(np.abs(expected - row).max(axis=1).min() <= 1.5 for row in np.unique(seen, axis=0))


def test_every_frame_of_an_avif_is_converted() -> None:
    old, new = (b"nclx" + struct.pack(">HHHB", *numbers, 6, 128) for numbers in ((1, 13), (12, 13)))
    data = images.animation(40, 30, 3, "AVIF").replace(old, new)
    made = images.opened(picture(data, [], {"format": "png", "frames": "all"}).data)
    source = images.opened(data)
    for number in range(3):
        made.seek(number)
        source.seek(number)
        assert np.abs(rows(made.convert("RGB")) - by_codes(rows(source.convert("RGB")), 12, 13)).max() <= 2


@pytest.mark.parametrize("keep", ["none", "icc", "all"])
@pytest.mark.parametrize(
    "data", [with_chunks(PLAIN, cICP=cicp(12, 13)), heif.avif(PHOTO, heif.nclx(12, 13))], ids=["png", "avif"]
)
def test_results_are_srgb_for_any_kept_metadata(data: bytes, keep: str) -> None:
    made = picture(data, [], {"format": "png", "keep_metadata": keep})
    assert profile_name(made.data) == (None if keep == "none" else "sRGB built-in")
    assert rows(images.opened(made.data).convert("RGB")).tolist() == rows(image(data, [])).tolist()
    assert b"cICP" not in made.data
    assert description(data).icc_profile is None


@pytest.mark.parametrize(("chunks", "codes"), [({"cICP": cicp(12, 13)}, (12, 13)), ({"gAMA": gama(1)}, (1, 8))])
def test_a_file_without_operations_is_converted(chunks: dict[str, bytes], codes: tuple[int, int]) -> None:
    made = picture(with_chunks(PLAIN, **chunks), [], {"format": "same"})
    assert np.abs(rows(images.opened(made.data).convert("RGB")) - by_codes(rows(PHOTO), *codes)).max() <= 1.5


def test_an_overlay_image_is_converted() -> None:
    data = with_chunks(images.encoded(Image.new("RGB", (8, 8), (55, 55, 55)), "PNG"), gAMA=gama(1))
    mark: dict[str, Any] = {
        "op": "watermark",
        "image": recipes.LOGO.model_dump(),
        "scale": 1,
        "opacity": 1,
        "margin": 0,
    }
    overlays: dict[Overlay, bytes] = {recipes.LOGO: data}
    work = Instructions(variants=(variant([mark]),), describe=False, overlays=overlays)
    (made,) = process(images.encoded(Image.new("RGB", (8, 8)), "PNG"), work).outcomes
    assert isinstance(made, EncodedVariant)
    assert images.opened(made.data).convert("RGB").getpixel((4, 4)) == (128, 128, 128)


@needs_corpus
@pytest.mark.parametrize("name", ["colors_hdr_p3", "colors_hdr_rec2020"])
def test_hdr_pictures_get_closer_to_their_srgb_versions(name: str) -> None:
    data, twin = ((CORPUS / f"hdr/{stem}.avif").read_bytes() for stem in (name, "colors_sdr_srgb"))
    right = rows(image(twin, []))
    as_stored, made = (np.abs(rows(shown) - right).mean() for shown in (images.opened(data), image(data, [])))
    assert made < 0.6 * as_stored


@needs_corpus
def test_an_hdr_picture_looks_the_same_in_other_primaries() -> None:
    first, second = (
        rows(image((CORPUS / f"hdr/seine_hdr_{name}.avif").read_bytes(), [])) for name in ("srgb", "rec2020")
    )
    assert np.abs(first - second).mean() < 2.5
