"""Decoding: from an opened image to upright pixels, in sRGB or in the embedded colour space."""
