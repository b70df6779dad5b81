"""The arithmetic of processing: sizes, shared operations, the scale of decoding, output formats, time and memory.

It needs no pixels. The pipeline uses it too, so a plan predicts what the pipeline does.
"""
