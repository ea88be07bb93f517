"""Addresses of the data sources."""

from __future__ import annotations

from django.urls import include, path

from farol.engines.sources import pages, views

patterns = [
    path("fontes", views.sources, name="list"),
    path("fontes/<slug:name>", pages.source, name="source"),
    path("fontes/<slug:name>/carregar", pages.sync, name="sync"),
    path("fontes/<slug:name>/testar", pages.test, name="test"),
    path("fontes/<slug:name>/dias", pages.days, name="days"),
    path("fontes/<slug:name>/pessoas", pages.people, name="people"),
    path("fontes/<slug:name>/conectar", pages.connect, name="connect"),
    path("fontes/<slug:name>/retorno", pages.callback, name="callback"),
    path("fontes/<slug:name>/arquivos", views.upload, name="upload"),
    path("fontes/<slug:name>/versao", views.roll_back, name="rollback"),
    path("fontes/cargas/<int:run_id>", views.run, name="run"),
    path("fontes/cargas/<int:run_id>/estado", views.run_state, name="run-state"),
    path("fontes/cargas/<int:run_id>/recusadas", views.rejects, name="rejects"),
]
urlpatterns = [path("", include((patterns, "sources")))]
