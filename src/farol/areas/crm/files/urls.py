"""Addresses of the files."""

from __future__ import annotations

from django.urls import path

from farol.areas.crm.files import views

patterns = [
    path("arquivos", views.files, name="files"),
    path("arquivos/colunas", views.columns, name="files-columns"),
]
