"""Addresses, under those of the area."""

from __future__ import annotations

from django.urls import path

from farol.areas.crm.channels import pages

patterns = [
    path("canais", pages.channels, name="channels"),
    path("canais/testar", pages.channels_try, name="channels-try"),
]
