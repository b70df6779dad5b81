"""Lets the processor's children work on damaged images and drawn recipes for a while, and keeps what goes wrong."""
