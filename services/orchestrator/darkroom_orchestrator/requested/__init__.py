"""Requested images: images that are made because a client waits for them."""
