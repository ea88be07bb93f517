"""Addresses of the data sources."""

from __future__ import annotations

from django.urls import include, path

from farol.engines.sources import views

patterns = [
    path("fontes", views.sources, name="list"),
    path("fontes/<slug:name>/arquivos", views.upload, name="upload"),
    path("fontes/<slug:name>/versao", views.roll_back, name="rollback"),
    path("fontes/cargas/<int:run_id>", views.run, name="run"),
    path("fontes/cargas/<int:run_id>/estado", views.run_state, name="run-state"),
    path("fontes/cargas/<int:run_id>/recusadas", views.rejects, name="rejects"),
]
urlpatterns = [path("", include((patterns, "sources")))]
