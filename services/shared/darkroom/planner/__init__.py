"""How pictures are made, as far as that is arithmetic: sizes, common steps, the scale to decode at, output formats.

No pixel is needed for it. The pipeline works by it, so what is told by it beforehand is what is then made.
"""
