"""Readers of container formats, one module for each: which parts a file has, and where each part begins and ends.

They decode no pixels, and their time is linear in the bytes. The readers of PNG and JPEG never raise. These two also
rewrite a file with only some of its parts; they copy the bytes once, or not at all if nothing changes.
"""
