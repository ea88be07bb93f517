"""Addresses of the board, of what moved the open deals, and of single leads."""

from __future__ import annotations

from django.urls import URLPattern, path

from farol.areas.crm.boards import views
from farol.areas.crm.dashboard import CRM_BOARD
from farol.engines.dashboards.views import board_patterns

patterns: list[URLPattern] = [
    path("o-que-mudou", views.waterfall, name="waterfall"),
    path("leads/<str:connection_id>/<str:lead_id>", views.lead, name="lead"),
    *board_patterns(CRM_BOARD),
]
