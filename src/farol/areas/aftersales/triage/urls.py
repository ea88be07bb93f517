"""Address of the lists behind triage."""

from __future__ import annotations

from django.urls import include, path

from farol.areas.aftersales.triage import views

patterns = [path("", views.rules, name="show")]
urlpatterns = [path("regras-da-triagem", include((patterns, "triage-rules")))]
