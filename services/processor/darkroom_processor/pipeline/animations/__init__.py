"""Composes the animations of GIF and PNG, whose frames Pillow gets wrong. It composes those of other formats right."""
