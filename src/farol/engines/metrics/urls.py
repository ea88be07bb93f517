"""Addresses of the metrics engine."""

from __future__ import annotations

from django.urls import include, path

from farol.engines.metrics import views

urlpatterns = [path("recibos/", include(([path("<str:code>", views.receipt, name="receipt")], "metrics")))]
