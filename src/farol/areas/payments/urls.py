"""Addresses of the area."""

from __future__ import annotations

from django.urls import include, path

from farol.areas.payments.dashboard import PAYMENTS_BOARD
from farol.engines.dashboards.views import board_patterns

urlpatterns = [path("analises/pagamentos/", include((board_patterns(PAYMENTS_BOARD), "payments")))]
