"""Addresses, under those of the area."""

from __future__ import annotations

from django.urls import path

from farol.areas.crm.planning import pages

patterns = [
    path("metas", pages.goals, name="goals"),
    path("metas/importar", pages.goals_import, name="goals-import"),
    path("investimento", pages.spend, name="spend"),
    path("investimento/importar", pages.spend_import, name="spend-import"),
    path("marcas", pages.marks, name="marks"),
]
