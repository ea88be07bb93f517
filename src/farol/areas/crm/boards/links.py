"""Where records of the commercial area lead to: their page here, and the page of the system that holds them."""

from __future__ import annotations

from django.urls import reverse

FILES = "csv"  # the connection of loaded files: nothing outside to open


def lead_page(connection_id: str, lead_id: str) -> str:
    """The lead's own page; empty for rows that belong to none, such as spend."""
    return reverse("crm:lead", args=[connection_id, lead_id]) if connection_id and lead_id else ""


def kommo_page(connection_id: str, lead_id: str) -> str:
    """The lead in Kommo; empty where it did not come from there."""
    if connection_id == FILES:
        return ""
    from farol.connectors.kommo.links import lead_url

    return lead_url(lead_id)
