"""Farol: runs the after-sales work and watches the business of Brazilian companies."""

__version__ = "0.1.0"
