"""Addresses of connections between records."""

from __future__ import annotations

from django.urls import include, path

from farol.handoffs import views

patterns = [path("<str:number>/garantia", views.link_warranty, name="link")]
urlpatterns = [path("vinculos/triagem/", include((patterns, "handoffs")))]
