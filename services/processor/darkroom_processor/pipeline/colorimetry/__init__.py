"""Colours that a file tells by numbers, without a profile: what they mean, and how they become sRGB."""
