"""Synthesizers of pictures."""
