"""Addresses, under those of the area."""

from __future__ import annotations

from django.urls import path

from farol.areas.crm.quality import pages

patterns = [
    path("saude", pages.health, name="health"),
    path("saude/conferir", pages.health_check, name="health-check"),
]
