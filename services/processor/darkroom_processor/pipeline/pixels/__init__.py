"""Decoded pixels: a raster, how it is resampled, and the frames that an encoder gets."""
