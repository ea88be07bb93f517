"""Addresses of the area."""

from __future__ import annotations

from django.urls import include, path

from farol.areas.payments import pages
from farol.areas.payments.dashboard import PAYMENTS_BOARD
from farol.engines.dashboards.views import board_patterns

patterns = [path("metas", pages.goals, name="goals"), *board_patterns(PAYMENTS_BOARD)]
urlpatterns = [path("analises/pagamentos/", include((patterns, "payments")))]
