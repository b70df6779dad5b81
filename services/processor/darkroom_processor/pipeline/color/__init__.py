"""Colour: from whatever a decoder yields to 8-bit sRGB, or to 8 bits in the space of the embedded profile."""
