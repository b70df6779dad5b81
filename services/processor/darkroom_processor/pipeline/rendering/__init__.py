"""Rendering: from the decoded source to the pixels of each variant, by the operations of the recipe."""
