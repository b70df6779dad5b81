"""Makes ICC profiles, and converts colours by them as their specification says (ICC.1:2022), in floating point.

It does not use lcms, by which the pipeline converts. The intent is relative colorimetric, so white stays white, with
black point compensation, so black stays black.
"""

import itertools
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]

WHITE = np.array([0.9642, 1.0, 0.8249])
"""D50, the white point of the profile connection space."""

SRGB = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
P3 = np.array(
    [[0.5151187, 0.2919778, 0.1571035], [0.2411892, 0.6922441, 0.0665668], [-0.0010505, 0.0418791, 0.7840713]]
)
"""Matrices from linear red, green and blue to XYZ under D50 (Bradford)."""

SRGB_CURVE = struct.pack(
    ">4sIHHiiiii", b"para", 0, 3, 0, *(round(c * 65536) for c in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
)


def gamma_curve(gamma: float) -> bytes:
    """Return a tone curve that is a power function."""
    return struct.pack(">4sIHHi", b"para", 0, 0, 0, round(gamma * 65536))


def rgb_profile(matrix: Any = P3, curve: bytes = SRGB_CURVE, name: str = "Wide") -> bytes:
    """Return a display profile; by default that of Display P3."""
    columns = {b"rXYZ": matrix[:, 0], b"gXYZ": matrix[:, 1], b"bXYZ": matrix[:, 2]}
    tags = {tag: _xyz(column) for tag, column in columns.items()}
    return _profile(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve), name)


def gray_profile(curve: bytes, name: str = "Grey") -> bytes:
    """Return a grey profile."""
    return _profile(b"GRAY", {b"kTRC": curve}, name)


def to_srgb(profile: bytes, samples: Levels) -> Levels:
    """Convert samples from 0 to 1, one row for each colour, to sRGB from 0 to 255."""
    tags = _tags(profile)
    if b"kTRC" in tags:
        xyz = _curve(tags[b"kTRC"], samples[:, :1]) * WHITE
    elif b"rXYZ" in tags:
        matrix = np.stack([_read_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")], axis=1)
        curves = (tags[name] for name in (b"rTRC", b"gTRC", b"bTRC"))
        linear = np.stack([_curve(curve, samples[:, at]) for at, curve in enumerate(curves)], axis=1)
        xyz = linear @ matrix.T
    else:
        xyz = _with_black(_lab_to_xyz(_lut(tags[b"A2B1"], samples)), _black(tags))
    return xyz_to_srgb(xyz)


def lab_to_srgb(lab: Levels) -> Levels:
    """Convert CIELAB under D50 to sRGB from 0 to 255."""
    return xyz_to_srgb(_lab_to_xyz(lab))


def xyz_to_srgb(xyz: Levels) -> Levels:
    """Convert XYZ under D50 to sRGB from 0 to 255. Colours outside of sRGB are clipped."""
    linear = np.clip(xyz @ np.linalg.inv(SRGB).T, 0, 1)
    levels: Levels = 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return levels


def _profile(space: bytes, tags: dict[bytes, bytes], name: str) -> bytes:
    text = name.encode("utf-16-be")
    localized = struct.pack(">4sIII2s2sII", b"mluc", 0, 1, 12, b"en", b"US", len(text), 28) + text
    tags = {b"desc": localized, b"cprt": localized, b"wtpt": _xyz(WHITE), **tags}
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += tag + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12s4s4sIIIQI12s", at + len(body), bytes(4), 0x04300000, b"mntr", space, b"XYZ ", bytes(12),
        b"acsp", bytes(4), 0, 0, 0, 0, 0, _xyz(WHITE)[8:],
    )  # fmt: skip
    return head.ljust(128, b"\0") + table + body


def _xyz(values: Any) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, 128)
    entries = (struct.unpack_from(">4sII", profile, 132 + 12 * number) for number in range(count))
    return {tag: profile[at : at + size] for tag, at, size in entries}


def _read_xyz(tag: bytes) -> Any:
    return np.array(struct.unpack_from(">3i", tag, 8)) / 65536


def _curve(tag: bytes, values: Levels) -> Any:
    """Apply a tone curve: a parametric one of type 0 or 3, a power function, or a table."""
    if tag[:4] == b"para":
        parameters = np.array(struct.unpack(f">{(len(tag) - 12) // 4}i", tag[12:])) / 65536
        if tag[9] == 0:
            return values ** parameters[0]
        g, a, b, c, d = parameters[:5]
        return np.where(values >= d, np.maximum(a * values + b, 0) ** g, c * values)
    (count,) = struct.unpack_from(">I", tag, 8)
    table = np.array(struct.unpack_from(f">{count}H", tag, 12))
    if count == 1:
        return values ** (table[0] / 256)
    return np.interp(values, np.linspace(0, 1, count), table / 65535)


def _lut(tag: bytes, samples: Levels) -> Levels:
    """Apply a lookup table, `mft1` or `mft2`: input curves, a grid with linear interpolation, output curves.

    Three output channels are Lab. Otherwise the output is samples from 0 to 1.
    """
    wide = tag[:4] == b"mft2"
    inputs, outputs, points = tag[8:11]
    entries = struct.unpack_from(">2H", tag, 48) if wide else (256, 256)
    kind, most, at = (">u2", 65535, 52) if wide else (">u1", 255, 48)
    table = np.frombuffer(tag, kind, offset=at).astype(float) / most
    first, grid_size = inputs * entries[0], points**inputs * outputs
    grid = table[first : first + grid_size].reshape((points,) * inputs + (outputs,))
    values = _through_tables(samples, table[:first].reshape(inputs, -1))
    values = _through_tables(
        _interpolated(grid, values), table[first + grid_size :][: outputs * entries[1]].reshape(outputs, -1)
    )
    if outputs != 3:
        return values
    # With 16 bits, L = 100 is 65280, and one unit of a or b is 256. With 8 bits, L = 100 is 255.
    scaled = values * 65535 / 65280 if wide else values
    return np.stack([scaled[:, 0] * 100, scaled[:, 1] * 255 - 128, scaled[:, 2] * 255 - 128], axis=1)


def _through_tables(values: Levels, tables: Levels) -> Levels:
    columns = [np.interp(values[:, at], np.linspace(0, 1, len(table)), table) for at, table in enumerate(tables)]
    return np.stack(columns, axis=1)


def _interpolated(grid: Levels, values: Levels) -> Levels:
    """Interpolate between the corners of the grid cell of each value."""
    places = values * (grid.shape[0] - 1)
    low = np.minimum(places.astype(int), grid.shape[0] - 2)
    part = places - low
    total = np.zeros((len(values), grid.shape[-1]))
    for corner in itertools.product((0, 1), repeat=values.shape[1]):
        weight = np.prod(np.where(corner, part, 1 - part), axis=1)
        total += weight[:, None] * grid[tuple((low + corner).T)]
    return total


def _lab_to_xyz(lab: Levels) -> Any:
    y = (lab[:, 0] + 16) / 116
    roots = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], axis=1)
    return np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29)) * WHITE


def _black(tags: dict[bytes, bytes]) -> Any:
    """Return the XYZ of a printer's black: the lightness, without hue, of the colour that it prints for black."""
    inks = _lut(tags[b"B2A0"], np.array([[0.0, 128 / 255, 128 / 255]]))
    lightness = min(float(_lut(tags[b"A2B1"], inks)[0, 0]), 50.0)
    return _lab_to_xyz(np.array([[lightness, 0.0, 0.0]]))[0]


def _with_black(xyz: Levels, black: Levels) -> Any:
    """Scale XYZ so that this black becomes 0 and white stays."""
    return (xyz - black) * WHITE / (WHITE - black)
