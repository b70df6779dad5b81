"""Arithmetic of colour spaces that a file describes without an ICC profile: by code points or by chromaticities."""
