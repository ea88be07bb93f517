"""Inspection of returned goods."""
