"""Animations whose frames are put together here: those of GIF and PNG. Pillow composes the others right."""
