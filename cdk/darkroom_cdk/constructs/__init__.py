"""Constructs: one or two AWS resources each, with the settings that all of Darkroom's resources share."""
