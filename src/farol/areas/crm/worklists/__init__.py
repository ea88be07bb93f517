"""Leads that somebody should act on."""
