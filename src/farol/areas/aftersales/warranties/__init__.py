"""Warranties and exchanges."""
