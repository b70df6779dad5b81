"""Previews: images of variants that no recipe has yet, made of the original of a job."""
