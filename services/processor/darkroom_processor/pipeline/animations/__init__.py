"""Composes the frames of GIF and PNG animations. Pillow composes other formats correctly, but not these two."""
