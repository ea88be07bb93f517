"""Addresses, under those of the area."""

from __future__ import annotations

from django.urls import URLPattern, path

from farol.areas.crm.forecasting import pages

patterns: list[URLPattern] = [path("previsao", pages.forecast, name="forecast")]
