"""Where a record stands in Kommo."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings


def lead_url(lead_id: str) -> str:
    """The address of a lead's page; empty where no Kommo is set up."""
    return f"{settings.FAROL_KOMMO_URL}/leads/detail/{quote(lead_id, safe='')}" if settings.FAROL_KOMMO_URL else ""
